"""Sent mails as rows of Communications: each once, whatever happens in between."""

import re
from collections.abc import Sequence

from sendbook.mail.outbox import Entry, Outbox, State
from sendbook.tables import Book, Communication, column_named
from sendbook.workbook.edits import TableEdits, Value

_MARK = re.compile(r"Sendbook mail ([A-Z2-9]{8})\b")


def unlogged(outbox: Outbox) -> list[Entry]:
    """Sent mails of which it is not noted that they have a row."""
    return [e for e in outbox.entries(State.SENT) if not e.logged]


def refs_in(row: Communication) -> set[str]:
    """The marks of the mails that a row tells of."""
    return set(_MARK.findall(row.summary or ""))


def without_row(entries: Sequence[Entry], book: Book) -> list[Entry]:
    """Those of the mails that no row of Communications names: a run may have been stopped after it wrote one."""
    there = {ref for row in book.communications for ref in refs_in(row)}
    return [e for e in entries if e.ref not in there]


def rows_for(entries: Sequence[Entry], book: Book) -> TableEdits:
    """The rows that say that these mails were sent."""
    return TableEdits(Communication.table, {}, [_row(e, book) for e in entries])


def _row(entry: Entry, book: Book) -> dict[str, Value]:
    day = entry.settled or entry.prepared
    pupil = book.pupil(entry.pupil)
    approved = f", approved by {entry.approved_by}" if entry.approved_by else ""
    values: dict[str, Value] = {
        "pupil": pupil.label if pupil else entry.pupil,
        "date": day.date(),
        "contact": entry.contact,
        "method": "Email",
        "subject": entry.subject,
        "summary": f"The summary was sent by email to {entry.address} (Sendbook mail {entry.ref}{approved}).",
    }
    if who := next((name for name in (entry.approved_by, book.school.senco) if name and book.staff_named(name)), None):
        values["by"] = who
    return {column_named(Communication, name).heading: value for name, value in values.items()}
