"""Sending is killed at every step: each mail is sent exactly once, or is unsure; never twice, and none is lost."""

import os
import subprocess
import sys
from collections import Counter
from contextlib import contextmanager

import pytest

from sendbook.mail.outbox import State, open_outbox
from sendbook.mail.settings import MailSettings
from tests.live import ROOT
from tests.mail.killed import fill
from tests.mail.servers import PASSWORD, smtp_server

pytestmark = pytest.mark.skipif(
    not hasattr(os, "fork"), reason="this system has no fork, by which so many processes can be killed in little time"
)
MAILS = 200
START, EACH = 40, 30  # more steps than a run needs to begin, and than one mail takes


@contextmanager
def killed_again_and_again(path, settings, drafts, steps, mails):
    """An outbox after its sending was killed after so many steps, each in turn, and then let run to its end."""
    with open_outbox(path) as outbox:
        fill(outbox, mails)
    done = subprocess.run(
        [sys.executable, "-m", "tests.mail.killed", path, settings.model_dump_json(), drafts, *map(str, steps)],
        capture_output=True, text=True, cwd=ROOT, env=os.environ | {"SENDBOOK_MAIL_PASSWORD": PASSWORD}, timeout=240,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    with open_outbox(path) as outbox:
        yield outbox.entries(), int(done.stdout)


def states(entries):
    return Counter(e.state for e in entries)


def test_two_hundred_mails_through_a_server(tmp_path):
    steps = [first + more for more in range(EACH) for first in (START, START + EACH, START + 3 * EACH)]
    with (
        smtp_server() as server,
        killed_again_and_again(tmp_path / "o.sqlite", server.settings(), tmp_path, steps, MAILS) as (entries, killed),
    ):
        held = {e.ref: server.holds(e.address) for e in entries}
        assert len(entries) == MAILS
        assert set(states(entries)) == {State.SENT, State.UNSURE}
        assert all(held[e.ref] == 1 for e in entries if e.state is State.SENT)
        assert all(held[e.ref] <= 1 for e in entries)
        assert len(server.messages) == sum(held.values())
        # it was killed for real, in the midst of mails that the server had and that it had not
        assert killed > EACH
        assert {held[e.ref] for e in entries if e.state is State.UNSURE} == {0, 1}
        assert states(entries)[State.SENT] > MAILS / 2


@pytest.mark.parametrize("first", [1, 1 + START // 2])
def test_every_single_step_of_a_run(tmp_path, first):
    """From the very first statement on, each step in turn is the last of a run."""
    steps = range(first, first + START // 2 + EACH)
    with (
        smtp_server() as server,
        killed_again_and_again(tmp_path / "o.sqlite", server.settings(), tmp_path, steps, 40) as (entries, killed),
    ):
        assert killed >= START // 2
        for e in entries:
            assert server.holds(e.address) == 1 if e.state is State.SENT else (e.state is State.UNSURE and server.holds(e.address) <= 1)


def test_drafts_can_be_looked_for_so_none_is_ever_unsure(tmp_path):
    drafts = tmp_path / "drafts"
    steps = [START // 2 + more for more in range(2 * EACH)]
    with killed_again_and_again(tmp_path / "o.sqlite", MailSettings(), drafts, steps, MAILS) as (entries, killed):
        assert states(entries) == {State.DRAFTED: MAILS}
        files = [p for p in drafts.iterdir() if p.suffix == ".eml" and not p.name.startswith(".")]
        assert sorted(p.stem.rpartition(" - ")[2] for p in files) == sorted(e.ref for e in entries)
        assert killed > EACH
