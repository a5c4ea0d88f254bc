"""What stands in the way of mails, in a live spreadsheet: each has its sentence, and nothing is done."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from sendbook import ribbon, ribbon_mail
from sendbook.mail import settings
from sendbook.mail.outbox import State, outbox_path
from sendbook.mail.settings import MailSettings
from sendbook.workbook.live import state
from sendbook.workbook.live.owned import owned_sheets
from sendbook.workbook.safe import CannotDo
from tests.ribbon.mailed import NAME, drafts, listed, mails, states

HOLD = """
import sys
from pathlib import Path
from sendbook.mail.outbox import open_outbox
with open_outbox(Path(sys.argv[1])):
    print("open", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held_elsewhere(tmp_path: Path) -> Iterator[None]:
    """The outbox is in use by another run."""
    command = [sys.executable, "-c", HOLD, str(outbox_path(tmp_path / f"{NAME}.xlsx"))]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        yield
        other.communicate("")


def test_an_outbox_that_another_run_has_is_said_and_nothing_is_done(school, said, tmp_path, held_elsewhere):
    for button in (ribbon.mails_for_all, ribbon.review_and_send, ribbon.withdraw_mails, ribbon.sent_log):
        said.words.clear()
        button()
        assert "is in use: another run of Sendbook" in said.words[-1], button.__name__
    assert drafts(tmp_path) == []
    assert owned_sheets(school) == []


BUTTONS = [ribbon.mails_for_all, ribbon.review_and_send, ribbon.withdraw_mails, ribbon.sent_log]


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.__name__)
def test_a_workbook_without_a_file_is_a_sentence(school, said, tmp_path, monkeypatch, button):
    monkeypatch.setattr(state, "local_file", lambda book: None)
    button()
    assert "has no folder on this computer yet" in said.words[-1]
    assert not outbox_path(tmp_path / f"{NAME}.xlsx").exists()


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.__name__)
def test_what_others_would_see_at_once_is_asked_about_first(school, said, tmp_path, monkeypatch, button):
    monkeypatch.setattr(state, "is_online", lambda book: True)
    said.to = {"saves itself online": "no"}
    button()
    assert said.words[-1] == "Nothing was written."
    assert not outbox_path(tmp_path / f"{NAME}.xlsx").exists()
    assert owned_sheets(school) == []


@pytest.mark.parametrize("button", BUTTONS, ids=lambda b: b.__name__)
def test_another_workbook_in_front_is_a_sentence(opened, said, shown, tmp_path, button):
    path = tmp_path / "Other.csv"
    path.write_text("UPN,Legal surname\r\nA801200005019,Ng\r\n", encoding="utf-8")
    other = opened(path)
    button()
    assert "is not a Sendbook register" in said.words[-1]
    assert list(tmp_path.glob("*.sqlite")) == []
    assert owned_sheets(other) == []


def test_a_missing_part_is_refused_as_the_summaries_refuse_it(school, said, tmp_path):
    school.sheets["Plans"].delete()
    ribbon.mails_for_all()
    assert "families would be told wrongly" in said.words[-1]
    assert not outbox_path(tmp_path / f"{NAME}.xlsx").exists()


def test_settings_that_lack_something_are_a_sentence(school, said, tmp_path, monkeypatch):
    monkeypatch.setattr(settings, "read_settings", lambda *_: MailSettings(way="smtp"))
    ribbon.mails_for_all()
    assert "smtp.host" in said.words[-1]
    assert drafts(tmp_path) == []


def test_an_error_in_the_middle_is_told_and_what_went_is_kept(school, said, tmp_path, monkeypatch):
    """The sheet Mails is drawn and rows are written whatever becomes of the run."""
    ribbon.mails_for_all()
    said.words.clear()

    def breaks(*_: Any, **__: Any) -> None:
        raise CannotDo("The server is not there.")

    monkeypatch.setattr(ribbon_mail, "approve_and_send", breaks)
    ribbon.review_and_send()
    assert said.words[-1].startswith("The server is not there. Click Sent log to see what has gone")
    assert states(tmp_path) == {State.PREPARED}
    assert len(listed(school)) == len(mails(tmp_path))
