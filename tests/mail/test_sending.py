"""Handing mails over: every fate, interrupted runs, the clock, the rate, what changed in between."""

import os
import signal
import sqlite3
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sendbook.mail.outbox import State, open_outbox
from sendbook.mail.said import outcome
from sendbook.mail.sending import Clock, recover, send
from sendbook.mail.way import Fate, Outcome
from sendbook.workbook.safe import CannotDo
from tests.mail.killed import fill
from tests.mail.office import NOW, FakeWay

SENDER = "senco@school.example"


class Watch:
    """A clock that only goes when somebody waits."""

    def __init__(self, apart: float = 0.0, now: datetime = NOW) -> None:
        self.seconds, self.waited, self.start = 100.0, [], now
        self.clock = Clock(lambda: self.start + timedelta(seconds=self.seconds), lambda: self.seconds, self._sleep, apart)

    def _sleep(self, seconds: float) -> None:
        self.waited.append(seconds)
        self.seconds += seconds


@pytest.fixture
def path(tmp_path):
    with open_outbox(tmp_path / "o.sqlite") as outbox:
        fill(outbox, 5)
    return tmp_path / "o.sqlite"


def run(path, way=None, stops=dict, watch=None):
    """A run of sending; what it did, and the states afterwards."""
    way = way or FakeWay()
    with open_outbox(path) as outbox, way:
        recover(outbox, way, NOW)
        done = send(outbox, way, outbox.entries(State.APPROVED), SENDER, stops, (watch or Watch()).clock, lambda: None)
        return done, [e.state for e in outbox.entries()]


def answers(*outcomes):
    left = list(outcomes)
    return FakeWay(lambda mail: left.pop(0) if left else Outcome(Fate.TAKEN))


def test_each_goes_once_and_to_its_own_person(path):
    way = FakeWay()
    done, states = run(path, way)
    assert states == [State.SENT] * 5
    assert [m.address for m in way.taken] == [f"parent{i}@families.example" for i in range(5)]
    assert all(f"To: {m.address}".encode() in m.message for m in way.taken)
    assert all(m.sender == SENDER for m in way.taken)
    assert (done.states, done.told, done.halted) == ({State.SENT: 5}, {}, "")


def test_a_second_run_sends_nothing(path):
    run(path)
    way = FakeWay()
    run(path, way)
    assert way.taken == []


def test_a_mail_that_goes_has_the_date_of_that_moment_and_a_draft_has_none(path):
    way = FakeWay()
    run(path, way)
    assert way.taken[0].message.startswith(b"Date: Tue, 24 Nov 2026 09:31:40 ")


def test_drafts_are_not_sent(path):
    way = FakeWay()
    way.drafts = True
    assert run(path, way)[1] == [State.DRAFTED] * 5
    assert b"Date:" not in way.taken[0].message


FATES = (
    (Outcome(Fate.REFUSED, "No such person."), State.FAILED),
    (Outcome(Fate.LATER, "Busy."), State.APPROVED),
    (Outcome(Fate.UNKNOWN, "The line went."), State.UNSURE),
)


@pytest.mark.parametrize(("outcome", "state"), FATES)
def test_what_becomes_of_one_is_told_and_the_others_go(path, outcome, state):
    done, states = run(path, answers(Outcome(Fate.TAKEN), outcome))
    assert states == [State.SENT, state, State.SENT, State.SENT, State.SENT]
    assert list(done.told.values()) == [outcome.told]


@pytest.mark.parametrize(("outcome", "state"), FATES)
def test_where_no_other_could_go_the_run_stops_and_the_rest_stays_approved(path, outcome, state):
    done, states = run(path, answers(Outcome(outcome.fate, outcome.told, stop=True)))
    assert states == [state] + [State.APPROVED] * 4
    assert done.halted == outcome.told


def test_a_later_run_takes_up_what_was_not_taken(path):
    run(path, answers(Outcome(Fate.LATER, "Busy.", stop=True)))
    assert run(path)[1] == [State.SENT] * 5


@pytest.mark.parametrize("fate", [Fate.REFUSED, Fate.UNKNOWN])
def test_what_was_refused_or_is_unsure_is_never_tried_again(path, fate):
    run(path, answers(*[Outcome(fate, "x")] * 5))
    way = FakeWay()
    run(path, way)
    assert way.taken == []


# --- a run that was stopped ---
def broken(mail):
    raise SystemExit


def interrupted(path):
    with pytest.raises(SystemExit):
        run(path, FakeWay(broken))


def ctrl_c(mail):
    os.kill(os.getpid(), signal.SIGINT)
    time.sleep(0.01)  # it would break in here
    return Outcome(Fate.TAKEN)


@pytest.fixture
def listening():
    """Ctrl+C as a terminal has it: a program in the background may be told to pass it over."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def test_ctrl_c_waits_until_it_is_known_what_became_of_the_mail(path, listening):
    done, states = run(path, FakeWay(ctrl_c))
    assert states == [State.SENT] + [State.APPROVED] * 4
    assert "stays approved" in "".join(outcome(done, "sent", False, (), "sendbook send BOOK", 0))
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert run(path)[1] == [State.SENT] * 5


@pytest.mark.parametrize("before", [None, signal.SIG_IGN])
def test_a_program_that_takes_ctrl_c_itself_keeps_it(path, monkeypatch, before):
    """Within LibreOffice the handler is not Python's, and could not be put back; in the background nobody listens."""
    monkeypatch.setattr(signal, "getsignal", lambda number: before)
    monkeypatch.setattr(signal, "signal", lambda *_: pytest.fail("it was taken away"))
    assert run(path)[1] == [State.SENT] * 5


def test_ctrl_c_between_two_mails_stops_the_run_too(path):
    watch = Watch(apart=2)

    def sleep(seconds):
        if watch.waited:
            raise KeyboardInterrupt
        watch.waited.append(seconds)

    watch.clock = replace(watch.clock, sleep=sleep)
    assert run(path, watch=watch)[1] == [State.SENT] + [State.APPROVED] * 4


def test_a_run_in_another_thread_than_the_first_works_too(path):
    with ThreadPoolExecutor() as pool:
        assert pool.submit(run, path).result()[1] == [State.SENT] * 5


@pytest.mark.parametrize(("knows", "state", "sent"), [(None, State.UNSURE, 4), (True, State.SENT, 4), (False, State.SENT, 5)])
def test_the_mail_in_the_air_is_what_the_way_knows_of_it(path, knows, state, sent):
    interrupted(path)
    way = FakeWay(knows=lambda mail: knows)
    assert run(path, way)[1] == [state] + [State.SENT] * 4
    assert len(way.taken) == sent


def test_another_way_cannot_know_of_it(path):
    interrupted(path)
    way = FakeWay(knows=lambda mail: False)
    way.name = "another"
    assert run(path, way)[1][0] is State.UNSURE


def test_a_person_decides_about_what_is_unsure(path):
    interrupted(path)
    run(path)
    with open_outbox(path) as outbox:
        (unsure,) = outbox.entries(State.UNSURE)
        assert outbox.decide([unsure.ref], True, NOW) == 1
        assert [e.state for e in outbox.entries()] == [State.SENT] * 5
        assert outbox.decide([unsure.ref], False, NOW) == 1  # a slip can be taken back
        assert outbox.decide([e.ref for e in outbox.entries(State.SENT)], False, NOW) == 0  # but not what went for certain


# --- in between ---
def test_what_changed_in_between_stops_its_mail_and_no_other(path):
    with open_outbox(path) as outbox:
        changed = outbox.entries()[2].ref
    way = FakeWay()
    done, states = run(path, way, lambda: {changed: "has a contact restriction"} if len(way.taken) == 2 else {})
    assert states == [State.SENT, State.SENT, State.WITHDRAWN, State.SENT, State.SENT]
    assert done.told[changed] == "Stopped: has a contact restriction. Prepare the mails again to see what may go now."


def test_a_workbook_that_is_gone_stops_the_run_before_the_next_mail(path):
    way = FakeWay()

    def stops():
        if len(way.taken) == 2:
            raise CannotDo("It is not there any more.")
        return {}

    with pytest.raises(CannotDo):
        run(path, way, stops)
    with open_outbox(path) as outbox:
        assert [e.state for e in outbox.entries()] == [State.SENT, State.SENT] + [State.APPROVED] * 3


def test_a_mail_withdrawn_after_the_list_was_made_does_not_go(path):
    way = FakeWay()
    with open_outbox(path) as outbox, way:
        entries = outbox.entries(State.APPROVED)
        outbox.withdraw([entries[1].ref], "", NOW)
        send(outbox, way, entries, SENDER, dict, Watch().clock, lambda: None)
    assert len(way.taken) == 4


# --- time ---
def test_the_rate_is_kept(path):
    watch = Watch(apart=2.0)
    run(path, watch=watch)
    assert watch.waited == [0.0, 2.0, 2.0, 2.0, 2.0]


def test_a_slow_server_is_not_waited_for_twice(path):
    watch = Watch(apart=2.0)

    def slow(mail):
        watch.seconds += 1.5
        return Outcome(Fate.TAKEN)

    run(path, FakeWay(slow), watch=watch)
    assert watch.waited == [0.0, 0.5, 0.5, 0.5, 0.5]


def test_a_clock_that_was_put_back_changes_nothing(path):
    run(path, answers(Outcome(Fate.TAKEN), Outcome(Fate.LATER, "Busy.", stop=True)), watch=Watch(now=NOW))
    way = FakeWay()
    assert run(path, way, watch=Watch(now=NOW - timedelta(days=400)))[1] == [State.SENT] * 5
    assert len(way.taken) == 4
    assert run(path, way, watch=Watch(now=NOW - timedelta(days=800)))[1] == [State.SENT] * 5
    assert len(way.taken) == 4


# --- the disk ---
def test_a_disk_that_is_full_before_a_mail_sends_nothing_and_after_it_leaves_it_unsure(path, monkeypatch):
    """SQLite's own answer to a full disk, at each place where it may come."""
    way = FakeWay()
    claims = iter([True, True, False])
    real_claim, real_settle = "sendbook.mail.outbox.Outbox.claim", "sendbook.mail.outbox.Outbox.settle"
    from sendbook.mail.outbox import Outbox

    claim, settle = Outbox.claim, Outbox.settle

    def full(*args):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(real_claim, lambda self, *a: claim(self, *a) if next(claims) else full())
    with pytest.raises(CannotDo, match="There is no room left for the outbox"):
        run(path, way)
    assert len(way.taken) == 2
    monkeypatch.setattr(real_claim, claim)
    monkeypatch.setattr(real_settle, full)
    with pytest.raises(CannotDo, match="There is no room left"):
        run(path, way)
    assert len(way.taken) == 3
    monkeypatch.setattr(real_settle, settle)
    assert run(path, way)[1] == [State.SENT, State.SENT, State.UNSURE, State.SENT, State.SENT]
    assert len(way.taken) == 5


# --- the law ---
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=40)
@given(plan=st.lists(st.sampled_from((*Fate, "killed")), max_size=30), knows=st.sampled_from((None, True)))
def test_whatever_happens_no_mail_goes_twice_and_none_is_lost(tmp_path_factory, plan, knows):
    path = tmp_path_factory.mktemp("law") / "o.sqlite"
    with open_outbox(path) as outbox:
        fill(outbox, 6)
    went, left = [], list(plan)

    def answer(mail):
        fate = left.pop(0) if left else Fate.TAKEN
        if fate in (Fate.TAKEN, Fate.UNKNOWN, "killed"):
            went.append(mail.ref)
        if fate == "killed":
            raise KeyboardInterrupt
        return Outcome(fate, "x")

    while left and _approved(path):
        with suppress(KeyboardInterrupt):
            run(path, FakeWay(answer, lambda mail: knows and mail.ref in went))
    run(path, FakeWay(answer, lambda mail: knows and mail.ref in went))
    with open_outbox(path) as outbox:
        entries = outbox.entries()
    assert len(entries) == 6
    assert all(went.count(e.ref) <= 1 for e in entries)
    assert all(went.count(e.ref) == 1 for e in entries if e.state is State.SENT)
    assert all(e.ref not in went for e in entries if e.state in (State.FAILED, State.APPROVED))
    assert {e.state for e in entries} <= {State.SENT, State.UNSURE, State.FAILED, State.APPROVED}


def _approved(path):
    with open_outbox(path) as outbox:
        return outbox.entries(State.APPROVED)


def test_who_is_barred_while_a_run_waits_for_its_next_mail_gets_none(path):
    watch, way = Watch(apart=60.0), FakeWay()
    with open_outbox(path) as outbox:
        second = outbox.entries()[1].ref
    states = run(path, way, lambda: {second: "has a contact restriction"} if watch.seconds > 130 else {}, watch)[1]
    assert states == [State.SENT, State.WITHDRAWN, *[State.SENT] * 3]
    assert "parent1@families.example" not in [m.address for m in way.taken]
