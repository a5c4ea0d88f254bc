"""Mails as result sheets: those that wait with who gets none, and the log of all that went."""

from collections.abc import Iterator, Sequence

from sendbook.mail.outbox import WAITING, Entry, State
from sendbook.mail.recipients import LeftOut
from sendbook.sheets.blocks import Heading, ResultColumn, ResultSheet, Table, Tone
from sendbook.summaries.words import counted
from sendbook.tables import Kind

MAILS, LOG = "Mails", "Sent log"
MAILS_TABLE, LEFT_OUT_TABLE = "Mails_waiting", "Mails_left_out"
WORDS = {
    State.PREPARED: "waits for approval",
    State.APPROVED: "approved, not yet sent",
    State.SENDING: "was being sent when a run stopped",
    State.DRAFTED: "lies as a draft: send it, then say so",
    State.RECALLED: "must not be sent: delete this draft",
    State.SENT: "sent",
    State.FAILED: "refused, went nowhere",
    State.UNSURE: "not known whether it went: find out",
    State.WITHDRAWN: "taken back",
}
OPEN = (State.RECALLED, State.UNSURE, State.SENDING, *WAITING, State.DRAFTED)  # somebody has something to do with these: the worst first
_TONES = (
    (f'[@State]="{WORDS[State.RECALLED]}"', Tone.BAD),
    (f'[@State]="{WORDS[State.UNSURE]}"', Tone.BAD),
    (f'[@State]="{WORDS[State.FAILED]}"', Tone.BAD),
    (f'[@State]="{WORDS[State.SENDING]}"', Tone.BAD),
    (f'[@State]="{WORDS[State.DRAFTED]}"', Tone.LOOK),
)


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """Mails with which somebody has something to do, the worst first, else as they were prepared."""
    return sorted(entries, key=lambda e: OPEN.index(e.state))


def mails_sheet(entries: Sequence[Entry], left_out: Sequence[Sequence[str]], page: str) -> ResultSheet:
    """Mails that somebody has something to do with, and who gets none (as of `left_out_rows`).

    `page`: the name of the file that shows each as its reader gets it.
    """
    waiting = in_order([e for e in entries if e.state in OPEN])
    blocks: list[Heading | Table] = []
    if waiting:
        blocks += [
            Heading("To be done", "To approve or take back only some, select their rows; with cell A1 selected all are meant."),
            _mails(waiting),
        ]
    if left_out:
        blocks += [Heading("No mail", "Who gets none, and why, as it was when mails were prepared last."), _left_out(left_out)]
    return ResultSheet(MAILS, MAILS, " ".join(_about(waiting, page)), tuple(blocks))


def _about(waiting: Sequence[Entry], page: str) -> Iterator[str]:
    new = sum(e.state is State.PREPARED for e in waiting)
    if new:
        wait = "waits" if new == 1 else "wait"
        yield f"{counted(new, 'mail')} {wait} for approval: look at each in the file “{page}” before you click Review and send."
    if others := len(waiting) - new:
        yield f"For {counted(others, 'other mail' if new else 'mail')} something else is to be done: see State."
    if not waiting:
        yield "No mail waits."


def _mails(entries: Sequence[Entry]) -> Table:
    columns = (
        ResultColumn("Pupil", 32),
        ResultColumn("To", 24),
        ResultColumn("Why", 36, Kind.PROSE),
        ResultColumn("Look at", 40, Kind.PROSE),
        ResultColumn("State", 22, Kind.PROSE, tones=_TONES),
        ResultColumn("Address", 30),
        ResultColumn("What is new", 30, Kind.PROSE),
        ResultColumn("Document", 34),
        ResultColumn("Mail", 12),
    )
    rows = [
        [
            e.pupil,
            e.contact,
            sentence(e.reason),
            " ".join(to_look_at(e)),
            WORDS[e.state],
            e.address,
            e.changed,
            e.document,
            e.ref,
        ]
        for e in entries
    ]
    return Table(MAILS_TABLE, columns, rows)


def to_look_at(entry: Entry) -> tuple[str, ...]:
    """What somebody should look at in a mail."""
    if entry.state is State.RECALLED:
        return (f"Do not send this draft. {entry.told}", *entry.notes)
    return (*entry.notes, entry.told) if entry.told else entry.notes


def left_out_rows(left_out: Sequence[LeftOut]) -> list[list[str]]:
    """Who gets none, as rows: pupil, person, why not, what to do."""
    return [[*names(n), sentence(n.reason), n.todo] for n in left_out]


def _left_out(rows: Sequence[Sequence[str]]) -> Table:
    columns = (
        ResultColumn("Pupil", 32),
        ResultColumn("To", 24),
        ResultColumn("Why not", 36, Kind.PROSE),
        ResultColumn("What to do", 40, Kind.PROSE),
    )
    return Table(LEFT_OUT_TABLE, columns, [list(row)[: len(columns)] for row in rows])  # somebody may have added columns


def names(left: LeftOut) -> tuple[str, str]:
    """The pupil's and the person's name, as far as there are any."""
    return left.pupil.label if left.pupil else "", (left.contact.name or "") if left.contact else ""


def sentence(reason: str) -> str:
    """A reason as a sentence."""
    return reason[:1].upper() + reason[1:] + ("" if reason.endswith((".", "!", "?")) else ".")


def log_sheet(entries: Sequence[Entry]) -> ResultSheet:
    """Every mail that there was, the latest first."""
    told = sorted(entries, key=lambda e: -e.number)
    sent = sum(e.state is State.SENT for e in told)
    about = f"{counted(sent, 'mail')} sent; {counted(len(told), 'mail')} in all." if told else "No mail has been prepared yet."
    return ResultSheet(LOG, LOG, about, (_log(told),) if told else ())


def _log(entries: Sequence[Entry]) -> Table:
    columns = (
        ResultColumn("When", 18),
        ResultColumn("State", 30, tones=_TONES),
        ResultColumn("Pupil", 34),
        ResultColumn("To", 24),
        ResultColumn("Address", 30),
        ResultColumn("Document", 34),
        ResultColumn("Approved by", 18),
        ResultColumn("Approved", 18),
        ResultColumn("What was said", 50, Kind.PROSE),
        ResultColumn("Mail", 12),
        ResultColumn("Digest of the document", 40),
    )
    return Table("Mails_log", columns, [_log_row(e) for e in entries])


def _log_row(e: Entry) -> list[object]:
    when, approved = (f"{t:%d/%m/%Y %H:%M}" if t else "" for t in (e.settled or e.prepared, e.approved))
    return [when, WORDS[e.state], e.pupil, e.contact, e.address, e.document, e.approved_by, approved, e.told, e.ref, e.sha256]
