"""The outbox's file: locked by others, full, damaged, of a newer form; and the states a mail can take."""

import os
import resource
import sqlite3
import subprocess
import sys
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, invariant, rule

from sendbook.mail import outbox as boxes
from sendbook.mail.outbox import GONE, WAITING, NewMail, State, glimpse, new_ref, open_outbox, outbox_path
from sendbook.workbook.safe import CannotDo
from tests.live import ROOT
from tests.mail.office import NOW


def new_mail(ref="", **more):
    values = {
        "ref": ref or new_ref(), "upn": "X1", "pupil": "Okafor, Amara (X1)", "contact": "Mrs N. Okafor", "address": "n@mail.example", "reason": "Mother",
        "language": "English", "locked": False, "subject": "Hello", "document": "a.pdf", "sha256": "0" * 64, "parts": {"Goals": "1"}, "mark": "m",
        "changed": "first mail", "notes": ("look",), "message": b"From: x\r\n\r\n" + bytes(1000),
    }  # fmt: skip
    return NewMail(**(values | more))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "outbox.sqlite"


def test_it_lies_beside_the_workbook_or_where_the_school_says(tmp_path):
    assert outbox_path(tmp_path / "SEND register.xlsx") == tmp_path / "SEND register - outbox.sqlite"
    assert outbox_path(tmp_path / "SEND register.xlsx", tmp_path / "x") == tmp_path / "x" / "SEND register - outbox.sqlite"


def test_what_is_put_in_comes_out(path):
    with open_outbox(path) as outbox:
        outbox.put([new_mail("ABCDEFGH")], NOW)
    with open_outbox(path) as outbox:
        (entry,) = outbox.entries()
        assert (entry.ref, entry.state, entry.prepared, entry.parts, entry.notes) == (
            "ABCDEFGH",
            State.PREPARED,
            NOW,
            {"Goals": "1"},
            ("look",),
        )
        assert outbox.message("ABCDEFGH").startswith(b"From: x")
    assert [p.name for p in path.parent.iterdir()] == ["outbox.sqlite"]  # and nothing is left beside it


def test_one_run_at_a_time_in_this_process_too(path, monkeypatch):
    monkeypatch.setattr("sendbook.mail.outbox.PATIENCE", 0.05)
    with open_outbox(path), pytest.raises(CannotDo, match="is in use: another run"), open_outbox(path):
        pass


def test_another_process_has_it(path, monkeypatch):
    monkeypatch.setattr("sendbook.mail.outbox.PATIENCE", 0.05)
    code = "from pathlib import Path; from sendbook.mail.outbox import open_outbox; from sys import argv, stdin\n"
    code += "with open_outbox(Path(argv[1])):\n print('has it', flush=True); stdin.read()"
    other = subprocess.Popen([sys.executable, "-c", code, path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
    assert other.stdout.readline() == b"has it\n"
    with pytest.raises(CannotDo, match="is in use"), open_outbox(path):
        pass
    other.kill()  # the lock goes with the process, however it ends
    other.wait()
    other.stdin.close()
    other.stdout.close()
    with open_outbox(path) as outbox:
        assert outbox.entries() == ()


def test_a_database_that_another_program_has_locked(path, monkeypatch):
    monkeypatch.setattr("sendbook.mail.outbox.PATIENCE", 0.05)
    with open_outbox(path):
        pass
    other = sqlite3.connect(path)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(CannotDo, match="is in use"), open_outbox(path):
        pass
    other.close()


def test_a_glimpse_holds_and_changes_nothing(path, tmp_path):
    assert glimpse(tmp_path / "none.sqlite") == frozenset()
    with open_outbox(path) as outbox:
        outbox.put([new_mail(), new_mail()], NOW)
        assert glimpse(path) == frozenset(), "in use: not seen, and not waited for"
    before = path.read_bytes()
    assert glimpse(path) == {"X1"}
    assert path.read_bytes() == before
    assert [p.name for p in path.parent.iterdir()] == ["outbox.sqlite"]


def test_a_newer_form_is_not_touched(path):
    with open_outbox(path):
        pass
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(CannotDo, match="newer Sendbook"), open_outbox(path):
        pass


@pytest.mark.parametrize("content", [b"no database" * 100, b"SQLite format 3\x00" + bytes(2000)])
def test_a_damaged_file_sends_nothing(path, content):
    path.write_bytes(content)
    with pytest.raises(CannotDo, match="damaged"), open_outbox(path):
        pass
    assert path.read_bytes() == content


def test_a_folder_that_is_not_there(tmp_path):
    with pytest.raises(CannotDo, match="cannot be written"), open_outbox(tmp_path / "none" / "outbox.sqlite"):
        pass


@pytest.mark.skipif(os.name == "nt", reason="Windows has no limit of a file's size to set")
def test_a_full_disk_is_said_and_loses_nothing(path):
    with open_outbox(path) as outbox:
        outbox.put([new_mail("ABCDEFGH")], NOW)
    code = f"""
import resource, signal
from pathlib import Path
from sendbook.mail.outbox import open_outbox
from sendbook.workbook.safe import CannotDo
from tests.mail.test_outbox import new_mail, NOW
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
try:
    with open_outbox(Path({str(path)!r})) as outbox:
        outbox.put([new_mail("BBBBBBBB", message=bytes(200_000))], NOW)
except CannotDo as said:
    print(said)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert "is there room on the disk" in done.stdout, done.stderr  # a limit comes to SQLite as a fault of the disk
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] != 60_000
    with open_outbox(path) as outbox:
        assert [e.ref for e in outbox.entries()] == ["ABCDEFGH"]


def test_documents_of_long_ago_can_be_taken_out(path):
    with open_outbox(path) as outbox:
        outbox.put([new_mail("ABCDEFGH"), new_mail("BBBBBBBB")], NOW)
        outbox.approve(["ABCDEFGH"], "SENCo", NOW)
        outbox.claim("ABCDEFGH", "smtp")
        outbox.settle("ABCDEFGH", State.SENT, "", datetime(2025, 1, 1))
        assert outbox.forget_documents(datetime(2026, 1, 1)) == 1
        assert (outbox.message("ABCDEFGH"), bool(outbox.message("BBBBBBBB"))) == (b"", True)
        assert [e.state for e in outbox.entries()] == [State.SENT, State.PREPARED]


def test_a_mail_nobody_knew_of_went_when_it_was_handed_over_and_a_draft_when_somebody_said_so(path):
    later = datetime(2026, 12, 3, 8, 0)
    with open_outbox(path) as outbox:
        outbox.put([new_mail("ABCDEFGH"), new_mail("BBBBBBBB")], NOW)
        outbox.approve(["ABCDEFGH", "BBBBBBBB"], "SENCo", NOW)
        for ref, state in (("ABCDEFGH", State.UNSURE), ("BBBBBBBB", State.DRAFTED)):
            outbox.claim(ref, "smtp")
            outbox.settle(ref, state, "", NOW)
        assert outbox.decide(["ABCDEFGH", "BBBBBBBB"], True, later) == 2
        assert [e.settled for e in outbox.entries(State.SENT)] == [NOW, later]


def test_a_network_drive_that_is_gone_is_not_called_a_full_disk():
    said = str(boxes._cannot(Path("S:/x/outbox.sqlite"), sqlite3.OperationalError("disk I/O error")))
    assert "is the network drive there?" in said


def test_an_answer_after_a_failed_change_is_the_state_before(path):
    with open_outbox(path) as outbox:
        outbox.put([new_mail("ABCDEFGH")], NOW)
        with pytest.raises(sqlite3.IntegrityError):
            outbox.put([new_mail("BBBBBBBB"), new_mail("ABCDEFGH")], NOW)
        assert [e.ref for e in outbox.entries()] == ["ABCDEFGH"]


@given(st.integers(0, 2**32))
def test_marks_are_short_and_cannot_be_misread(_):
    ref = new_ref()
    assert len(ref) == 8
    assert not set(ref) & set("ILO01")


class States(RuleBasedStateMachine):
    """Whatever is asked of it in whatever order: what went stays gone, and a mail that was never approved never goes."""

    def __init__(self):
        super().__init__()
        import tempfile
        from pathlib import Path

        self.folder = tempfile.TemporaryDirectory()
        self.opened = open_outbox(Path(self.folder.name) / "o.sqlite")
        self.outbox = self.opened.__enter__()
        self.approved: set[str] = set()
        self.gone: set[str] = set()  # as a way out said
        self.said: set[str] = set()  # as a person said, who may say otherwise later

    mails = Bundle("mails")

    @rule(target=mails)
    def put(self):
        mail = new_mail()
        self.outbox.put([mail], NOW)
        return mail.ref

    @rule(ref=mails)
    def approve(self, ref):
        if self.outbox.approve([ref], "SENCo", NOW):
            self.approved.add(ref)

    @rule(ref=mails)
    def withdraw(self, ref):
        self.outbox.withdraw([ref], "", NOW)

    @rule(ref=mails, state=st.sampled_from((State.SENT, State.DRAFTED, State.FAILED, State.UNSURE, State.APPROVED)))
    def hand_over(self, ref, state):
        if self.outbox.claim(ref, "smtp"):
            assert ref in self.approved
            assert ref not in self.gone
            self.outbox.settle(ref, state, "", NOW)
            if state is State.SENT:
                self.gone.add(ref)

    @rule(ref=mails)
    def recall(self, ref):
        self.outbox.recall(ref, "barred")

    @rule(ref=mails, sent=st.booleans())
    def decide(self, ref, sent):
        if self.outbox.decide([ref], sent, NOW):
            assert ref not in self.gone
            self.said = self.said | {ref} if sent else self.said - {ref}

    @invariant()
    def what_went_stays_gone(self):
        states = {e.ref: e.state for e in self.outbox.entries()}
        assert {ref for ref, state in states.items() if state is State.SENT} == self.gone | self.said
        assert all(e.approved for e in self.outbox.entries(*GONE))
        assert all(bool(self.outbox.message(e.ref)) for e in self.outbox.entries(*WAITING))

    def teardown(self):
        self.opened.__exit__(None, None, None)
        self.folder.cleanup()


TestStates = States.TestCase
