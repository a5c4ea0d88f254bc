"""A workbook that was renamed or copied: what became of its mails is known still, and nothing goes twice."""

import sys

import pytest

from sendbook.mail import settings as mail_settings
from sendbook.mail.outbox import State, open_outbox, outbox_path
from sendbook.mail.settings import write_settings
from tests.mail.typed import DAY, change_cell, refs

pytestmark = pytest.mark.usefixtures("own_settings")


def renamed(book, name="SEND register 2027"):
    """The workbook under its new name; its folders keep the old one."""
    return book.rename(book.with_stem(name))


def sent(run, book):
    run("send", book, *DAY)
    run("send", book, *DAY, "--approve", "all")


def states(book):
    with open_outbox(outbox_path(book)) as outbox:
        return [e.state for e in outbox.entries()]


def test_a_renamed_workbook_keeps_its_outbox(run, book, server):
    sent(run, book)
    new = renamed(book)
    _, out, _ = run("send", new, *DAY)
    assert "SEND register - outbox.sqlite goes on as SEND register 2027 - outbox.sqlite, as the workbook was renamed" in out
    assert "The same summary was sent" in out
    assert (refs(out), outbox_path(book).exists(), len(server.messages)) == ([], False, 2)


def test_drafts_of_which_nobody_said_anything_go_on_too(run, book):
    """Communications tells of nothing yet; their files are taken away as they would have been under the old name."""
    sent(run, book)
    new = renamed(book)
    _, out, _ = run("send", new, *DAY)
    assert "2 mails lie as drafts." in out
    assert (states(new), book.with_name("SEND register - mail drafts").exists()) == ([State.DRAFTED] * 2, False)
    run("send", new, *DAY, "--was-sent", "all")
    assert list(new.with_name("SEND register 2027 - mail drafts").iterdir()) == []


@pytest.mark.parametrize("words", [["--approve", "all"], ["--resume"], ["--withdraw", "all"], ["--was-sent", "all"], ["--forget", "1"]])
def test_nothing_but_preparing_begins_an_outbox(run, book, words):
    """An empty one under the new name would hide the old one for good."""
    sent(run, book)
    new = renamed(book)
    code, _, err = run("send", new, *DAY, *words)
    assert (code, "Prepare the mails first" in err, outbox_path(new).exists()) == (2, True, False)
    assert "goes on as" in run("send", new, *DAY)[1]


def test_a_copy_of_a_workbook_takes_nothing_from_the_other(run, book, server):
    sent(run, book)
    copy = book.with_name("Copy.XLSX")
    copy.write_bytes(book.read_bytes())
    book.with_name("SEND register - summaries").rename(copy.with_name("Copy - summaries"))
    _, out, _ = run("send", copy, *DAY)
    assert out.count("this outbox does not know of it") == 2
    assert outbox_path(book).exists()
    assert "there are mails about the same pupils in: SEND register - outbox.sqlite." in out
    assert "about the same pupils" not in run("send", copy, *DAY)[1]


def test_case_does_not_make_a_workbook_another(run, book, server):
    """Windows finds the outbox of “SEND Register.xlsx” whatever its letters' case, so that it is not there for a copy to take."""
    sent(run, book)
    copy = book.with_name("Copy.xlsx")
    copy.write_bytes(book.read_bytes())
    renamed(book, "send REGISTER")
    book.with_name("SEND register - summaries").rename(copy.with_name("Copy - summaries"))
    assert "goes on as" not in run("send", copy, *DAY)[1]


def test_an_outbox_that_somebody_else_has_open_is_waited_for(run, book, server, monkeypatch):
    monkeypatch.setattr("sendbook.mail.outbox.PATIENCE", 0.05)
    sent(run, book)
    new = renamed(book)
    with open_outbox(outbox_path(book)):
        code, _, err = run("send", new, *DAY)
    assert (code, "is in use" in err, outbox_path(new).exists()) == (2, True, False)
    assert "goes on as" in run("send", new, *DAY)[1]


def test_of_two_that_may_be_its_own_none_is_taken(run, book, server):
    sent(run, book)
    outbox_path(book).with_name("Older - outbox.sqlite").write_bytes(outbox_path(book).read_bytes())
    new = renamed(book)
    code, _, err = run("send", new, *DAY)
    assert (code, "Older - outbox.sqlite, SEND register - outbox.sqlite" in err, outbox_path(new).exists()) == (2, True, False)


def test_of_a_workbook_that_was_renamed_and_copied_it_is_not_guessed_which_goes_on(run, book, server):
    sent(run, book)
    new = renamed(book, "A 2026")
    copy = new.with_name("A 2027.xlsx")
    copy.write_bytes(new.read_bytes())
    new.with_name("~$A 2026.xlsx").touch()  # open in Excel, it is one all the same
    code, _, err = run("send", copy, *DAY)
    new.with_name("~$A 2026.xlsx").unlink()
    assert (code, "A 2027.xlsx and A 2026.xlsx both hold the pupils" in err, outbox_path(book).exists()) == (2, True, True)
    outbox_path(book).rename(outbox_path(new))
    book.with_name("SEND register - summaries").rename(new.with_name("A 2026 - summaries"))
    assert refs(run("send", new, *DAY)[1]) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links of POSIX")
def test_a_workbook_under_another_of_its_names_is_no_copy_of_itself(run, book, server):
    """As on Windows, where “a 2026.xlsx” is “A 2026.xlsx”."""
    sent(run, book)
    new = renamed(book, "A 2026")
    other = new.with_name("a 2026.xlsx")
    other.symlink_to(new)
    assert "goes on as" in run("send", other, *DAY)[1]


def test_files_of_drafts_go_from_a_folder_under_the_old_name_too(run, book):
    """Where the outbox was renamed by hand, or there are both folders."""
    sent(run, book)
    new = renamed(book)
    outbox_path(book).rename(outbox_path(new))
    old = book.with_name("SEND register - mail drafts")
    assert len(list(old.iterdir())) == 2
    change_cell(new, "Contacts", "Contact restriction", 1, "Yes")
    run("summaries", new, *DAY)
    run("send", new, *DAY)
    assert [p.name[:4] for p in old.iterdir()] == ["Khan"]


def test_in_a_folder_of_outboxes_nothing_is_taken_and_it_is_said(run, book, server, tmp_path):
    """The workbook that it belongs to may be in any folder."""
    outboxes = tmp_path / "outboxes"
    outboxes.mkdir()
    write_settings(mail_settings.read_settings().model_copy(update={"outbox_folder": str(outboxes)}))
    sent(run, book)
    copy = tmp_path / "copies" / "Copy.xlsx"
    copy.parent.mkdir()
    copy.write_bytes(book.read_bytes())
    run("summaries", copy, *DAY)
    said = f"there are mails about the same pupils in: {book.stem} - outbox.sqlite."
    assert said in run("send", copy, *DAY)[1]
    assert said not in run("send", copy, *DAY)[1]
    assert {p.name for p in outboxes.iterdir()} == {"SEND register - outbox.sqlite", "Copy - outbox.sqlite"}


def test_an_outbox_that_cannot_be_renamed_is_said(run, book, server, monkeypatch):
    sent(run, book)
    new = renamed(book)

    def refused(self, target):
        raise PermissionError(13, "no")

    with monkeypatch.context() as system:
        system.setattr("pathlib.Path.rename", refused)
        code, _, err = run("send", new, *DAY)
    assert (code, "Sendbook may not write SEND register - summaries in" in err) == (2, True)
    assert "goes on as" in run("send", new, *DAY)[1]
