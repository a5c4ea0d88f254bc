"""Writing an import into a master workbook: a copy is kept, and whatever goes wrong the old file is whole."""

import hashlib
import subprocess
import sys
import time
from datetime import date, datetime
from pathlib import Path

import pytest

from sendbook.importing import apply_import, plan_import
from sendbook.importing.write import edits_of
from sendbook.tables import Pupil
from sendbook.workbook.master import write_master
from sendbook.workbook.rows import read_book
from sendbook.workbook.safe import CannotDo, keep_copy, lock_file_of, write_beside
from tests.importing.lists import ARBOR, BROMCOM, OWN, SCHOLARPACK, SIMS, listed
from tests.importing.workbooks import cells, parts, rich_workbook
from tests.live import ROOT, ooxml_errors

STAMP = datetime(2026, 11, 24, 9, 30)
AMARA = {
    "upn": "B801200005001",
    "surname": "Okafor",
    "forename": "Amara",
    "born": date(2018, 3, 14),
    "top_up": 100,
    "internal_notes": "ours",
}


def _master(folder: Path) -> Path:
    path = folder / "SEND register.xlsx"
    write_master(path, {Pupil: [AMARA]})
    return path


@pytest.mark.parametrize("text", [ARBOR, SIMS, BROMCOM, SCHOLARPACK, OWN])
def test_an_export_goes_into_the_book_and_a_second_time_changes_nothing(tmp_path: Path, text: str) -> None:
    path, source = _master(tmp_path), listed(tmp_path, text)
    before = path.read_bytes()
    plan = plan_import(read_book(path)[0], source)
    copy = apply_import(plan, path, STAMP)
    assert copy is not None and copy.name == "SEND register before import 2026-11-24 0930.xlsx" and copy.read_bytes() == before
    book, problems = read_book(path)
    assert not problems and len(book.pupils) == 1 + len(plan.add)
    assert (book.pupils[0].internal_notes, book.pupils[0].top_up) == ("ours", 10000)
    for addition, pupil in zip(plan.add, book.pupils[1:], strict=True):
        assert {n: v for n, v in pupil.model_dump().items() if v is not None and n != "row"} == dict(addition.values)
    again = plan_import(book, source)
    assert not again.writes and apply_import(again, path, STAMP) is None
    assert sorted(p.name for p in tmp_path.glob("*.xlsx")) == [copy.name, path.name]


def test_what_the_list_does_not_name_stays_byte_for_byte(tmp_path: Path) -> None:
    path = _master(tmp_path)
    old, old_cells = parts(path), cells(path, _pupils_part(path))
    apply_import(plan_import(read_book(path)[0], listed(tmp_path, "UPN,NC Year,Top-up\nB801200005001,5,1234.50\n")), path, STAMP)
    new = parts(path)
    assert {n for n in old if old[n] != new[n]} <= {_pupils_part(path), "xl/workbook.xml"}
    new_cells = cells(path, _pupils_part(path))
    written = {ref for ref in old_cells | new_cells if old_cells.get(ref) != new_cells.get(ref)}
    book = read_book(path)[0]
    letters = book.origins["Pupils"].letters
    assert {f"{letters[n]}5" for n in ("year", "top_up")} <= written
    assert all(
        b"<f>" in old_cells[ref] for ref in written if ref not in {f"{letters[n]}5" for n in ("year", "top_up")}
    )  # results to work out anew
    assert (book.pupils[0].year, book.pupils[0].top_up) == ("5", 123450)


def _pupils_part(path: Path) -> str:
    """The part of the sheet with the table Pupils: the one related to the table's part."""
    held = parts(path)
    table = next(n for n, content in held.items() if n.startswith("xl/tables/") and b'displayName="Pupils"' in content)
    rels = next(n for n, content in held.items() if "worksheets/_rels" in n and table.removeprefix("xl/").encode() + b'"' in content)
    return rels.replace("_rels/", "").removesuffix(".rels")


def test_the_validator_finds_nothing_in_an_imported_book(tmp_path: Path) -> None:
    path = _master(tmp_path)
    apply_import(plan_import(read_book(path)[0], listed(tmp_path, ARBOR.replace("O'Neill", "=cmd"))), path, STAMP)
    assert ooxml_errors(path) == []


def test_a_book_open_in_another_program_is_left(tmp_path: Path) -> None:
    path, source = _master(tmp_path), listed(tmp_path, ARBOR)
    plan = plan_import(read_book(path)[0], source)
    before = path.read_bytes()
    (tmp_path / f"~${path.name}").write_bytes(b"")
    with pytest.raises(CannotDo, match="open in another program"):
        apply_import(plan, path, STAMP)
    assert path.read_bytes() == before and len(list(tmp_path.glob("*.xlsx"))) == 2  # the book and the lock file, no copy


def test_money_is_written_in_pounds(tmp_path: Path) -> None:
    plan = plan_import(read_book(_master(tmp_path))[0], listed(tmp_path, "UPN,Top-up\nB801200005001,£12.05\n"))
    assert str(edits_of(plan).cells[5, "Top-up received"]) == "12.05"


# --- safe.py ---
def test_an_earlier_copy_is_never_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "B.xlsx"
    names = []
    for content in (b"one", b"two", b"three"):
        path.write_bytes(content)
        names.append(keep_copy(path, STAMP).name)
    assert names == [
        "B before import 2026-11-24 0930.xlsx",
        "B before import 2026-11-24 0930 (2).xlsx",
        "B before import 2026-11-24 0930 (3).xlsx",
    ]
    assert [(tmp_path / n).read_bytes() for n in names] == [b"one", b"two", b"three"]


@pytest.mark.parametrize("lock", ["~$Register.xlsx", "~$egister.xlsx", "~$gister.xlsx", ".~lock.Register.xlsx#"])
def test_lock_files(tmp_path: Path, lock: str) -> None:
    path = tmp_path / "Register.xlsx"
    path.write_bytes(b"")
    assert lock_file_of(path) is None
    (tmp_path / "~$Other.xlsx").write_bytes(b"")
    assert lock_file_of(path) is None
    (tmp_path / lock).write_bytes(b"")
    assert lock_file_of(path) == tmp_path / lock


def test_a_failed_block_leaves_the_old_file_and_no_other(tmp_path: Path) -> None:
    path = tmp_path / "B.xlsx"
    path.write_bytes(b"old")
    with pytest.raises(RuntimeError), write_beside(path) as beside:
        beside.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (OSError(28, "No space left on device"), "no room left"),
        (PermissionError(13, "Permission denied"), "open in Excel, close it"),
        (OSError(5, "I/O"), "I/O"),
    ],
)
def test_errors_of_the_system_become_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, says: str) -> None:
    path = tmp_path / "B.xlsx"
    path.write_bytes(b"old")

    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr("sendbook.workbook.safe.os.fsync", fail)
    with pytest.raises(CannotDo, match=says), write_beside(path) as beside:
        beside.write_bytes(b"new")
    with pytest.raises(CannotDo, match=says):
        keep_copy(path, STAMP)
    assert path.read_bytes() == b"old" and list(tmp_path.iterdir()) == [path]


def test_no_folder(tmp_path: Path) -> None:
    with pytest.raises(CannotDo, match="is not there"), write_beside(tmp_path / "none" / "B.xlsx"):
        pass


@pytest.mark.skipif(sys.platform == "win32", reason="file permissions and links of POSIX")
def test_a_link_and_the_files_permissions_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to(real)
    with write_beside(link) as beside:
        beside.write_bytes(b"new")
    assert link.is_symlink() and real.read_bytes() == b"new" and real.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
def test_a_disk_that_is_full_half_way(tmp_path: Path) -> None:
    """The system itself stops the writing: no file of this process may grow over 8 kB."""
    book = rich_workbook(tmp_path / "book.xlsx")
    before = book.read_bytes()
    assert len(before) > 8192
    program = (
        "import resource, signal, sys; from pathlib import Path\n"
        "from tests.importing.killed import patch_once; from sendbook.workbook.safe import CannotDo\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (8192, 8192))\n"
        "try: patch_once(Path(sys.argv[1]), 'x')\nexcept CannotDo as e: print(e)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(book)], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "no room left to write book.xlsx" in done.stdout
    assert book.read_bytes() == before and list(tmp_path.iterdir()) == [book]


def test_killed_while_writing_the_file_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    """The process is killed at many moments of writing over and over; the book is always one of its whole versions."""
    from tests.importing.killed import patch_once, versions

    book = rich_workbook(tmp_path / "book.xlsx")
    whole = {hashlib.sha256(book.read_bytes()).hexdigest()} | versions(book, tmp_path / "trial.xlsx")
    assert len(whole) == 3
    caught = 0
    for moment in range(6):
        program = (
            "import sys; from pathlib import Path; from tests.importing.killed import patch_for_ever; patch_for_ever(Path(sys.argv[1]))"
        )
        with subprocess.Popen([sys.executable, "-c", program, str(book)], cwd=ROOT, stdout=subprocess.PIPE) as process:
            assert process.stdout is not None
            process.stdout.readline()  # the first whole turn is done
            time.sleep(0.004 * moment)
            process.kill()
        assert hashlib.sha256(book.read_bytes()).hexdigest() in whole
        caught += len(list(tmp_path.glob(".sendbook-*")))
        for left in tmp_path.glob(".sendbook-*"):
            left.unlink()
    assert caught, "no kill fell into the writing; the test proved nothing"
    patch_once(book, "after")  # and it can be written again
