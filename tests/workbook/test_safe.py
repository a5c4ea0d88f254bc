"""Writing files: as Windows has it, and what is left by runs that were killed."""

import os
import tempfile
from pathlib import Path

import pytest

from sendbook.workbook.safe import SCRATCH, STALE, CannotDo, cannot_write, scratch_for_documents, write_beside

DAY = 24 * 60 * 60


def read_only(path: Path) -> bool:
    return path.exists() and not path.stat().st_mode & 0o200


def test_where_a_read_only_file_can_be_neither_replaced_nor_removed_nothing_is_left(tmp_path, monkeypatch):
    """Windows refuses both; so the temporary file must not be made read-only before it takes the old one's place."""
    path = tmp_path / "B.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o444)
    replace, unlink = Path.replace, Path.unlink

    def replace_as_windows(self: Path, target: Path) -> Path:
        if read_only(self) or read_only(target):
            raise PermissionError(13, "Access is denied")
        return replace(self, target)

    def unlink_as_windows(self: Path, missing_ok: bool = False) -> None:
        if read_only(self):
            raise PermissionError(13, "Access is denied")
        unlink(self, missing_ok)

    monkeypatch.setattr(Path, "replace", replace_as_windows)
    monkeypatch.setattr(Path, "unlink", unlink_as_windows)
    with pytest.raises(CannotDo, match=r"may not write B\.xlsx"), write_beside(path) as beside:
        beside.write_bytes(b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["B.xlsx"]
    assert path.read_bytes() == b"old"


def test_a_new_files_permissions_are_the_usual_ones(tmp_path):
    usual = tmp_path / "usual"
    usual.write_bytes(b"")
    with write_beside(tmp_path / "B.xlsx") as beside:
        beside.write_bytes(b"new")
    assert (tmp_path / "B.xlsx").stat().st_mode == usual.stat().st_mode


def test_what_a_killed_run_left_a_day_ago_is_removed_and_nothing_else(tmp_path):
    old, young, others = tmp_path / ".sendbook-abcd1234.xlsx", tmp_path / ".sendbook-efgh5678.xlsx", tmp_path / "old.xlsx"
    elsewhere = tmp_path / "other" / ".sendbook-abcd1234.xlsx"
    (tmp_path / ".sendbook-templates").mkdir()
    elsewhere.parent.mkdir()
    for path, age in ((old, DAY + 60), (young, DAY - 600), (others, 9 * DAY), (elsewhere, 9 * DAY)):
        path.write_bytes(b"x")
        then = path.stat().st_mtime - age
        os.utime(path, (then, then))
    with write_beside(tmp_path / "B.xlsx") as beside:
        beside.write_bytes(b"new")
    assert not old.exists()
    assert all(p.exists() for p in (young, others, elsewhere, tmp_path / ".sendbook-templates"))


@pytest.mark.parametrize(
    "error", [OSError(28, "full"), PermissionError(13, "no"), FileNotFoundError(2, "none"), OSError(5, "Input/output error")]
)
def test_a_name_that_must_not_be_read_is_in_no_sentence(tmp_path, error):
    path = tmp_path / "St. Mary's" / "Okafor-Amara.pdf"
    assert "Okafor" in str(cannot_write(path, error))
    said = str(cannot_write(path, error, "the file"))
    assert "Okafor" not in said
    assert "St. Mary" not in said
    assert len(said.split(". ")) >= 2


def test_documents_that_a_killed_run_left_among_temporary_files_are_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    for name, age in ((f"{SCRATCH}old", STALE + 60), (f"{SCRATCH}of-a-run-at-work", 60), ("another-program", STALE + 60)):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "Okafor-Amara-summary.pdf").write_bytes(b"%PDF")
        then = folder.stat().st_mtime - age
        os.utime(folder, (then, then))
    with scratch_for_documents() as own:
        assert own.is_dir()
    assert sorted(p.name for p in tmp_path.iterdir()) == ["another-program", f"{SCRATCH}of-a-run-at-work"]
