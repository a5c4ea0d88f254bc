"""Drafts as files: whole or not at all, and known again."""

import email
import os
from email.policy import default
from pathlib import Path

import pytest

from sendbook.mail.settings import MailSettings
from sendbook.mail.way import Fate, Mail
from sendbook.mail.ways import drafts, way_of
from sendbook.mail.ways.drafts import DraftsWay
from sendbook.workbook.safe import CannotDo
from tests.mail.servers import some_mail


def way_into(folder: Path) -> DraftsWay:
    return DraftsWay(MailSettings(), folder)


def test_drafts_are_the_way_where_nothing_is_set(tmp_path: Path):
    way = way_of(MailSettings(), tmp_path)
    assert isinstance(way, DraftsWay) and way.drafts and str(tmp_path) in way.where


def test_a_draft_opens_as_one_and_holds_the_mail(tmp_path: Path):
    mail = some_mail(size=50_000)
    with way_into(tmp_path / "new" / "folder") as way:
        assert way.hand_over(mail).fate is Fate.TAKEN
    (file,) = (tmp_path / "new" / "folder").iterdir()
    assert file.name == "Summary for Mrs Okafor - K7Q2MM001.eml"
    assert file.read_bytes().startswith(b"X-Unsent: 1\r\n") and file.read_bytes().endswith(mail.message)
    read = email.message_from_bytes(file.read_bytes(), policy=default)
    assert read["To"] == mail.address and [part.get_filename() for part in read.iter_attachments()] == ["Summary for Mrs Okafor.pdf"]


def test_two_people_of_one_name_get_a_file_each(tmp_path: Path):
    with way_into(tmp_path) as way:
        for number in range(2):
            way.hand_over(some_mail(number))
    assert len(list(tmp_path.glob("Summary for Mrs Okafor - *.eml"))) == 2


def test_a_long_label_makes_a_name_that_every_system_takes(tmp_path: Path):
    mail = some_mail()
    with way_into(tmp_path) as way:
        assert way.hand_over(Mail(mail.ref, mail.sender, mail.address, mail.message, "Müller " * 60)).fate is Fate.TAKEN
    (file,) = tmp_path.iterdir()
    assert len(file.name) < 130


def test_an_earlier_draft_is_known_again_and_only_that_one(tmp_path: Path):
    with way_into(tmp_path) as way:
        way.hand_over(some_mail(1))
        assert way.took(some_mail(1)) is True
        assert way.took(some_mail(2)) is False
        assert way.took(some_mail(1, size=5)) is False  # another mail under the same mark
    assert way_into(tmp_path / "none").took(some_mail(1)) is None


def test_a_draft_is_found_where_its_folder_was_renamed(tmp_path, monkeypatch):
    """In a longer path less of the label fits into its file's name."""
    with way_into(tmp_path) as way:
        way.hand_over(some_mail(1))
        monkeypatch.setattr(drafts, "LONGEST_PATH", 0)
        assert way._path(some_mail(1)).exists() is False
        assert way.took(some_mail(1)) is True


def test_the_same_mail_once_more_leaves_one_draft(tmp_path: Path):
    with way_into(tmp_path) as way:
        for _ in range(2):
            assert way.hand_over(some_mail()).fate is Fate.TAKEN
    assert len(list(tmp_path.iterdir())) == 1


def stopped(way: DraftsWay) -> str:
    """The way stops and says why, of nobody; nothing is left behind."""
    outcome = way.hand_over(some_mail(size=200_000))
    assert (outcome.fate, outcome.stop) == (Fate.LATER, True)
    assert "Okafor" not in outcome.told and "parent1" not in outcome.told
    assert way.took(some_mail(size=200_000)) is not True
    return outcome.told


def test_a_full_disk_stops_the_run_and_leaves_no_part(tmp_path: Path):
    """The system itself refuses to write on, as it does on a full disk: a limit on the size of files."""
    resource = pytest.importorskip("resource", reason="Windows has no such limit")
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with way_into(tmp_path) as way:
        resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, hard))
        try:
            told = stopped(way)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert "no room left" in told and str(tmp_path) in told
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_may_not_be_written_stops_the_run(tmp_path: Path):
    folder = tmp_path / "folder"
    with way_into(folder) as way:
        if os.geteuid() == 0:  # root may write everywhere: the folder's place is taken by a file instead
            folder.rmdir()
            folder.write_text("", encoding="utf-8")
            assert "not there any more" in stopped(way)
        else:
            folder.chmod(0o500)
            assert "may not write" in stopped(way)
            folder.chmod(0o700)


def test_a_folder_that_goes_in_the_midst_of_a_run(tmp_path: Path):
    with way_into(tmp_path / "folder") as way:
        (tmp_path / "folder").rmdir()
        assert "not there any more" in stopped(way)


def test_a_folder_that_cannot_be_made(tmp_path: Path):
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(CannotDo), way_into(tmp_path / "file" / "folder"):
        pass
