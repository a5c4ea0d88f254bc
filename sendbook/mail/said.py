"""What mailing says on the screen: each mail with who gets it and why, who gets none, and what became of a run."""

from collections.abc import Iterator, Mapping, Sequence
from textwrap import wrap

from sendbook.mail.outbox import WAITING, Entry, State
from sendbook.mail.recipients import LeftOut
from sendbook.mail.sending import BY_HAND, Sent
from sendbook.mail.sheet import WORDS, names, sentence, to_look_at
from sendbook.summaries.words import counted
from sendbook.tables import Pupil

MOST = 8  # mails named in a message box
WIDTH = 120  # letters in a line of many names


def listing(entries: Sequence[Entry]) -> Iterator[str]:
    """Each mail in three lines: its mark and pupil; to whom and why; the document and what is new."""
    for e in entries:
        state = "" if e.state is State.PREPARED else f" ({WORDS[e.state]})"
        yield f"{e.ref}  {e.pupil}{state}"
        yield f"          to {e.contact}, {e.address}: {e.reason}"
        yield f"          {e.document}{', with a password' if e.locked else ''}: {e.changed}"
        yield from (f"          Look: {note}" for note in to_look_at(e))


def left_out_words(left_out: Sequence[LeftOut]) -> Iterator[str]:
    """Who gets no mail, by the reason, as most share a few; those with which something is to be done come last, nearest to the eye."""
    if not left_out:
        return
    yield f"No mail, {counted(len(left_out), 'time')}:"
    by_reason: dict[tuple[str, str], list[str]] = {}
    for left in left_out:
        by_reason.setdefault((left.reason, left.todo), []).append(" to ".join(filter(None, names(left))))
    for (reason, todo), who in sorted(by_reason.items(), key=lambda one: bool(one[0][1])):
        many = f" ({len(who):,} times)" if len(who) > 1 else ""
        yield f"  {sentence(reason)} {todo}".rstrip() + many
        yield from wrap("; ".join(filter(None, who)), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def unheard_words(unheard: Sequence[Pupil]) -> Iterator[str]:
    """The pupils about whom nobody gets a mail, so that their summaries are given another way."""
    if unheard:
        yield f"Nobody gets a mail about {counted(len(unheard), 'pupil')}:"
        yield from wrap("; ".join(p.label for p in unheard), WIDTH, initial_indent=" " * 6, subsequent_indent=" " * 6)


def what_now(entries: Sequence[Entry], line: str) -> Iterator[str]:
    """How many mails wait for what, and what to type. `line`: what was typed to see them."""
    how = {
        State.RECALLED: "Its file is taken away, unless a program has it open; if it lies in your mail program, delete it there. Then: "
        f"{line} --was-not-sent {_refs(entries, State.RECALLED)} (where one went: --was-sent)",
        State.UNSURE: f"Find out, then: {line} --was-sent {_ref(entries, State.UNSURE)} (where it did not: --was-not-sent)",
        State.SENDING: f"To find out: {line} --resume",
        State.PREPARED: f"Look at {{each}}, then: {line} --approve all (or only some: --approve {_ref(entries, State.PREPARED)})",
        State.APPROVED: f"To go on: {line} --resume",
        State.DRAFTED: f"Send {{each}} in your mail program, then: {line} --was-sent all (or only some: --was-sent {_ref(entries, State.DRAFTED)})",
    }
    return _now(entries, how)


def _refs(entries: Sequence[Entry], state: State) -> str:
    """The marks of the mails in that state."""
    return " ".join(e.ref for e in entries if e.state is state)


def _ref(entries: Sequence[Entry], state: State) -> str:
    """The mark of a mail in that state, as an example."""
    return next((e.ref for e in entries if e.state is state), "")


def others_wait(number: int) -> Iterator[str]:
    """That more mails wait than were asked for."""
    if number:
        yield f"{counted(number, 'mail')} about other pupils {_wait(number)} too: without --pupil they are listed."


IN_EXCEL = {
    State.RECALLED: "Delete {each} in your mail program, then click Review and send and say so.",
    State.PREPARED: "Look at {each}, then click Review and send.",
    State.APPROVED: "They go when you click Review and send and say yes.",
    State.SENDING: "Click Review and send to find out.",
    State.DRAFTED: "Send {each} in your mail program, then click Review and send and say so.",
    State.UNSURE: "Find out, then click Review and send and say so.",
}


def what_to_click(entries: Sequence[Entry]) -> Iterator[str]:
    """How many mails wait for what, and what to click."""
    return _now(entries, IN_EXCEL)


def _now(entries: Sequence[Entry], how: Mapping[State, str]) -> Iterator[str]:
    """How many mails wait for what, each with how to go on."""
    many = {state: sum(e.state is state for e in entries) for state in State}
    is_so = {
        State.RECALLED: f"{'lies as a draft and' if many[State.RECALLED] == 1 else 'lie as drafts and'} must NOT be sent any more",
        State.UNSURE: "of which nobody knows whether it went",
        State.SENDING: "was being sent when a run stopped",
        State.PREPARED: f"{_wait(many[State.PREPARED])} for approval and {'has' if many[State.PREPARED] == 1 else 'have'} not been sent",
        State.APPROVED: "approved earlier and not yet gone",
        State.DRAFTED: f"{'lies as a draft' if many[State.DRAFTED] == 1 else 'lie as drafts'}",
    }
    for state in (s for s in is_so if many[s]):
        yield f"{counted(many[state], 'mail')} {is_so[state]}. {how[state].replace('{each}', 'it' if many[state] == 1 else 'each')}"
    if not any(many[s] for s in (*WAITING, State.SENDING)):
        yield "No mail waits to be sent."


def _wait(number: int) -> str:
    return "waits" if number == 1 else "wait"


REST_STAYS = "The rest was not tried, as it would have gone the same way; it stays approved."


def outcome(sent: Sent, where: str, drafts: bool, entries: Sequence[Entry], line: str, unseen: int) -> Iterator[str]:
    """What became of a run of sending, in sentences. `line`: what to type, before an option. `unseen`: as of `Posted`."""
    yield from _fates(
        sent,
        where,
        drafts,
        {State.DRAFTED: f"type: {line} --was-sent all", State.UNSURE: f"type: {line} --was-sent MAIL, or --was-not-sent MAIL"},
    )
    who = _who(entries)
    yield from (f"  {ref}, {who.get(ref, '')}: {told}" for ref, told in sent.told.items())
    if sent.halted:
        yield f"{BY_HAND} What had not gone stays approved." if sent.halted == BY_HAND else REST_STAYS
        yield f"To go on: {line} --resume. To take it back: {line} --withdraw all"
    if unseen:
        shown = "was not shown" if unseen == 1 else "were not shown"
        yield f"{counted(unseen, 'mail')} {_wait(unseen)} that somebody else prepared and that {shown} to you. To see what waits: {line}"


def _who(entries: Sequence[Entry]) -> Mapping[str, str]:
    """Whom each mail is about and goes to, by its mark."""
    return {e.ref: f"{e.pupil.partition(' (')[0]} to {e.contact}" for e in entries}


def outcome_in_excel(sent: Sent, where: str, drafts: bool, entries: Sequence[Entry]) -> Iterator[str]:
    """The same for the one who clicked: a few of the mails that did not go by name, as a message box holds little."""
    yield from _fates(sent, where, drafts, dict.fromkeys((State.DRAFTED, State.UNSURE), "click Review and send and say so"))
    names = _who(entries)
    yield from (f"{names.get(ref, ref)}: {told}" for ref, told in list(sent.told.items())[:MOST])
    if len(sent.told) > MOST:
        yield f"And {len(sent.told) - MOST:,} more: the sheets Mails and Sent log say why."
    if sent.halted:
        yield f"{REST_STAYS} Put right what is said above, then click Review and send again."


def _fates(sent: Sent, where: str, drafts: bool, say_so: Mapping[State, str]) -> Iterator[str]:
    """How many mails came to what, and what to do. `say_so`: how the SENCo says that a mail went."""
    went = sent.states[State.DRAFTED if drafts else State.SENT]
    yield f"{counted(went, 'mail')} {where}." if went else "No mail went." if sent.states else "No mail went: none that is meant waited."
    if drafts and went:
        yield f"They are drafts: look at each, send it, then {say_so[State.DRAFTED]}. Only then does it count as sent."
    counts: Mapping[State, str] = {
        State.FAILED: "refused, went nowhere",
        State.UNSURE: f"nobody knows whether it went: find out, then {say_so[State.UNSURE]}",
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
