"""What mailing says on the screen: each mail with who gets it and why, who gets none, and what became of a run."""

from collections.abc import Iterator, Mapping, Sequence

from sendbook.mail.outbox import WAITING, Entry, State
from sendbook.mail.recipients import LeftOut
from sendbook.mail.sending import BY_HAND, Sent
from sendbook.mail.sheet import WORDS, names, sentence
from sendbook.summaries.words import counted

MOST = 8  # mails named in a message box


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
    command = f'sendbook send "{book}"'
    how = {
        State.PREPARED: f"Look at each, then: {command} --approve all",
        State.APPROVED: f"To go on: {command} --resume",
        State.SENDING: f"To find out: {command} --resume",
        State.DRAFTED: f"Send them in your mail program, then: {command} --was-sent all",
        State.UNSURE: f"Find out, then: {command} --was-sent MAIL, or --was-not-sent MAIL",
    }
    return _now(entries, how)


IN_EXCEL = {
    State.PREPARED: "Look at each, then click Review and send.",
    State.APPROVED: "They go when you click Review and send and say yes.",
    State.SENDING: "Click Review and send to find out.",
    State.DRAFTED: "Send them in your mail program, then click Review and send and say so.",
    State.UNSURE: "Find out, then click Review and send and say so.",
}


def what_to_click(entries: Sequence[Entry]) -> Iterator[str]:
    """How many mails wait for what, and what to click."""
    return _now(entries, IN_EXCEL)


def _now(entries: Sequence[Entry], how: Mapping[State, str]) -> Iterator[str]:
    """How many mails wait for what, each with how to go on."""
    many = {state: sum(e.state is state for e in entries) for state in State}
    is_so = {
        State.PREPARED: f"{_wait(many[State.PREPARED])} for approval; nothing has been sent",
        State.APPROVED: "approved earlier and not yet gone",
        State.SENDING: "in the air when a run stopped",
        State.DRAFTED: f"{'lies as a draft' if many[State.DRAFTED] == 1 else 'lie as drafts'}",
        State.UNSURE: "of which nobody knows whether it went",
    }
    yield from (f"{counted(many[state], 'mail')} {words}. {how[state]}" for state, words in is_so.items() if many[state])
    if not any(many[s] for s in (*WAITING, State.SENDING)):
        yield "No mail waits to be sent."


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


REST_STAYS = "The rest was not tried, as it would have gone the same way; it stays approved."
STOPPED = f"{BY_HAND} What had not gone stays approved: to go on, the same line with “--resume”; to take it back, with “--withdraw all”."


def outcome(sent: Sent, where: str, drafts: bool) -> Iterator[str]:
    """What became of a run of sending, in sentences."""
    yield from _fates(sent, where, drafts, "say so")
    yield from (f"  {ref}: {told}" for ref, told in sent.told.items())
    if sent.halted:
        yield STOPPED if sent.halted == BY_HAND else REST_STAYS


def outcome_in_excel(sent: Sent, where: str, drafts: bool, entries: Sequence[Entry]) -> Iterator[str]:
    """The same for the one who clicked: a few of the mails that did not go by name, as a message box holds little."""
    yield from _fates(sent, where, drafts, "click Review and send and say so")
    names = {e.ref: f"{e.pupil.partition(' (')[0]} to {e.contact}" for e in entries}
    yield from (f"{names.get(ref, ref)}: {told}" for ref, told in list(sent.told.items())[:MOST])
    if len(sent.told) > MOST:
        yield f"And {len(sent.told) - MOST:,} more: the sheets Mails and Sent log say why."
    if sent.halted:
        yield f"{REST_STAYS} Put right what is said above, then click Review and send again."


def _fates(sent: Sent, where: str, drafts: bool, say_so: str) -> Iterator[str]:
    """How many mails came to what, and what to do. `say_so`: how the SENCo says that a mail went."""
    went = sent.states[State.DRAFTED if drafts else State.SENT]
    yield f"{counted(went, 'mail')} {where}." if went else "No mail went."
    if drafts and went:
        yield f"They are drafts: look at each, send it, then {say_so}. Only then does it count as sent."
    counts: Mapping[State, str] = {
        State.FAILED: "refused, went nowhere",
        State.UNSURE: f"nobody knows whether it went: find out, then {say_so}",
        State.APPROVED: "not taken yet, and may be tried again",
        State.WITHDRAWN: "stopped, as something has changed since it was approved",
    }
    yield from (f"{counted(sent.states[state], 'mail')}: {words}." for state, words in counts.items() if sent.states[state])


def log_lines(entries: Sequence[Entry]) -> Iterator[str]:
    """Every mail that there was, the latest first, in two lines."""
    for e in sorted(entries, key=lambda e: -e.number):
        when = f"{e.settled or e.prepared:%d/%m/%Y %H:%M}"
        approved = f"; approved by {e.approved_by} {e.approved:%d/%m/%Y %H:%M}" if e.approved else ""
        yield f"{e.ref}  {when}  {WORDS[e.state]}{approved}"
        yield f"          {e.pupil} to {e.contact}, {e.address}: {e.document}{f'. {e.told}' if e.told else ''}"
    if not entries:
        yield "No mail has been prepared yet."
