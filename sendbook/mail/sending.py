"""Handing approved mails over, one by one. What is not certain is never tried again: a person decides.

The order is: note in the outbox that a mail is being handed over, hand it over, note what became of it. Wherever a run
is stopped, the outbox says which mail was in the air; all others certainly were not.
"""

import signal
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime

from sendbook.mail.outbox import Entry, Outbox, State
from sendbook.mail.way import Fate, Mail, Outcome, Way
from sendbook.summaries.files import safe

BY_HAND = "You stopped the run."
_UNKNOWN = "The run stopped while this mail was in the air. Look in the mail program whether it went, then say so."


@dataclass(frozen=True)
class Clock:
    """The time, how to wait, and how many seconds lie between two mails at least: the rate that a school's mail server allows."""

    now: Callable[[], datetime]
    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    apart: float = 0.0


@dataclass
class Sent:
    """What a run did: how many mails came to each state, what was said of those that did not go, and why it stopped early."""

    states: Counter[State] = field(default_factory=Counter)
    told: dict[str, str] = field(default_factory=dict)
    halted: str = ""


def recover(outbox: Outbox, way: Way, now: datetime) -> None:
    """Settle the mail that a run was handing over when it was stopped: as the way knows, where it is the same and knows; else it is unsure."""
    for entry in outbox.entries(State.SENDING):
        took = way.took(_mail(entry, outbox, way, now, "")) if entry.way == way.name else None
        if took is None:
            outbox.settle(entry.ref, State.UNSURE, _UNKNOWN, now)
        else:
            outbox.settle(entry.ref, _taken(way) if took else State.APPROVED, "", now)


def send(
    outbox: Outbox,
    way: Way,
    entries: Sequence[Entry],
    sender: str,
    stops: Callable[[], Mapping[str, str]],
    clock: Clock,
    on_done: Callable[[], None],
) -> Sent:
    """Hand approved mails over through an open way. `sender`: the address they come from. `on_done` is called once for each.

    `stops` is asked before each mail for what must not go any more, by mark, with the reason; it is cheap where nothing changed.
    """
    done = Sent()
    try:
        for entry in _in_time(entries, clock):
            if reason := stops().get(entry.ref):  # after the wait, in which somebody may have been barred
                _stop(outbox, entry, reason, clock, done)
            else:
                outcome = _one(outbox, way, entry, sender, clock, done)
                if outcome and outcome.stop:
                    done.halted = outcome.told
                    break
            on_done()
    except KeyboardInterrupt:
        done.halted = BY_HAND
    return done


def _in_time(entries: Sequence[Entry], clock: Clock) -> Iterator[Entry]:
    """The mails, each when it may go."""
    last = -clock.apart + clock.monotonic()
    for entry in entries:
        clock.sleep(max(0.0, last + clock.apart - clock.monotonic()))
        last = clock.monotonic()
        yield entry


def _stop(outbox: Outbox, entry: Entry, reason: str, clock: Clock, done: Sent) -> None:
    outbox.withdraw([entry.ref], f"stopped: {reason}", clock.now())
    done.states[State.WITHDRAWN] += 1
    done.told[entry.ref] = f"Stopped: {reason}. Prepare the mails again to see what may go now."


def _one(outbox: Outbox, way: Way, entry: Entry, sender: str, clock: Clock, done: Sent) -> Outcome | None:
    """Hand one mail over; None where it is not approved any more."""
    with uninterrupted():
        if not outbox.claim(entry.ref, way.name):
            return None
        outcome = way.hand_over(_mail(entry, outbox, way, clock.now(), sender))
        state = {Fate.TAKEN: _taken(way), Fate.REFUSED: State.FAILED, Fate.LATER: State.APPROVED, Fate.UNKNOWN: State.UNSURE}[outcome.fate]
        outbox.settle(entry.ref, state, outcome.told, clock.now())
        done.states[state] += 1
        if outcome.told and outcome.fate is not Fate.TAKEN:
            done.told[entry.ref] = outcome.told
    return outcome


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Let Ctrl+C wait until the block is done: broken off in the middle, a mail would be one of which nobody knows whether it went."""
    before = signal.getsignal(signal.SIGINT)
    # it is not Python's, nobody listens to it, or it does not reach this thread
    if before in (None, signal.SIG_IGN) or threading.current_thread() is not threading.main_thread():
        yield
        return
    asked: list[object] = []
    signal.signal(signal.SIGINT, lambda *_: asked.append(True))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
    if asked:
        raise KeyboardInterrupt


def _taken(way: Way) -> State:
    return State.DRAFTED if way.drafts else State.SENT


def _mail(entry: Entry, outbox: Outbox, way: Way, now: datetime, sender: str) -> Mail:
    """The mail with the date on which it goes; a draft gets its own when a person sends it."""
    date = b"" if way.drafts else f"Date: {format_datetime(now.astimezone())}\r\n".encode()
    label = f"{safe(entry.pupil.partition(' (')[0])}-to-{safe(entry.contact)}"
    return Mail(entry.ref, sender, entry.address, date + outbox.message(entry.ref), label)
