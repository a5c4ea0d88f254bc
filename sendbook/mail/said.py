"""What mailing says on the screen: each mail with who gets it and why, who gets none, and what became of a run."""

from collections.abc import Iterator, Mapping, Sequence

from sendbook.mail.outbox import WAITING, Entry, State
from sendbook.mail.recipients import LeftOut
from sendbook.mail.sending import Sent
from sendbook.mail.sheet import WORDS, names, sentence
from sendbook.summaries.words import counted


def listing(entries: Sequence[Entry]) -> Iterator[str]:
    """Each mail in three lines: its mark and pupil; to whom and why; the document and what is new."""
    for e in entries:
        state = "" if e.state is State.PREPARED else f" ({WORDS[e.state]})"
        yield f"{e.ref}  {e.pupil}{state}"
        yield f"          to {e.contact}, {e.address}: {e.reason}"
        yield f"          {e.document}{', with a password' if e.locked else ''}: {e.changed}"
        yield from (f"          Look: {note}" for note in (*e.notes, e.told) if note)


def left_out_words(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """Who gets no mail, each with the reason."""
    if left_out:
        yield f"No mail, {counted(len(left_out), 'time')}:"
    for left in left_out:
        who = " to ".join(filter(None, names(left)))
        yield f"  {who}: {sentence(left.reason)} {left.todo}".rstrip()


def what_now(entries: Sequence[Entry], book: str) -> Iterator[str]:
    """How many mails wait for what, and what to type."""
    many = {state: sum(e.state is state for e in entries) for state in State}
    if n := many[State.PREPARED]:
        yield f'{counted(n, "mail")} {_wait(n)} for approval; nothing has been sent. Look at each, then: sendbook send "{book}" --approve all'
    if n := many[State.APPROVED]:
        yield f'{counted(n, "mail")} approved earlier and not yet gone. To go on: sendbook send "{book}" --resume'
    if n := many[State.SENDING]:
        yield f'{counted(n, "mail")} in the air when a run stopped. To find out: sendbook send "{book}" --resume'
    if n := many[State.DRAFTED]:
        yield f'{counted(n, "draft")}: send them in your mail program, then: sendbook send "{book}" --was-sent all'
    if n := many[State.UNSURE]:
        yield f'{counted(n, "mail")} of which nobody knows: find out, then: sendbook send "{book}" --was-sent MAIL, or --was-not-sent MAIL'
    if not any(many[s] for s in (*WAITING, State.SENDING)):
        yield "No mail waits to be sent."


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


def outcome(sent: Sent, where: str, drafts: bool) -> Iterator[str]:
    """What became of a run of sending, in sentences."""
    went = sent.states[State.DRAFTED if drafts else State.SENT]
    yield f"{counted(went, 'mail')} {where}." if went else "No mail went."
    if drafts and went:
        yield "They are drafts: look at each, send it, and say so afterwards. Only then does it count as sent."
    counts: Mapping[State, str] = {
        State.FAILED: "refused, went nowhere",
        State.UNSURE: "nobody knows whether it went: find out, then say so",
        State.APPROVED: "not taken yet, and may be tried again",
        State.WITHDRAWN: "stopped, as something has changed since it was approved",
    }
    yield from (f"{counted(sent.states[state], 'mail')}: {words}." for state, words in counts.items() if sent.states[state])
    yield from (f"  {ref}: {told}" for ref, told in sent.told.items())
    if sent.halted:
        yield "The rest was not tried, as it would have gone the same way; it stays approved."


def log_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Every mail that there was, the latest first, in two lines."""
    for e in sorted(entries, key=lambda e: -e.number):
        when = f"{e.settled or e.prepared:%d/%m/%Y %H:%M}"
        approved = f"; approved by {e.approved_by} {e.approved:%d/%m/%Y %H:%M}" if e.approved else ""
        yield f"{e.ref}  {when}  {WORDS[e.state]}{approved}"
        yield f"          {e.pupil} to {e.contact}, {e.address}: {e.document}{f'. {e.told}' if e.told else ''}"
    if not entries:
        yield "No mail has been prepared yet."
