"""What the tests of the mail buttons look at: the outbox, the drafts, the sheet Mails, and the rows of Communications."""

import shutil
from pathlib import Path
from typing import Any

from sendbook import ribbon
from sendbook.mail.outbox import Entry, State, open_outbox, outbox_path
from sendbook.mail.sheet import MAILS, MAILS_TABLE
from sendbook.tables import Communication
from sendbook.workbook.live.read import open_book, values
from sendbook.workbook.rows import build_book, read_book

NAME = "SEND register"


def mails(folder: Path) -> tuple[Entry, ...]:
    with open_outbox(outbox_path(folder / f"{NAME}.xlsx")) as outbox:
        return outbox.entries()


def states(folder: Path) -> set[State]:
    return {e.state for e in mails(folder)}


def drafts(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.eml"))


def listed(book: Any) -> list[dict[str, Any]]:
    """The mails on the sheet Mails."""
    head, *rows = values(book.sheets[MAILS].tables[MAILS_TABLE].range)
    return [dict(zip(head, row, strict=True)) for row in rows]


def select_mails(book: Any, *numbers: int) -> list[str]:
    """Select rows on the sheet Mails by their place in its table; the marks of these mails."""
    sheet = book.sheets[MAILS]
    sheet.activate()
    top = sheet.tables[MAILS_TABLE].range.row
    sheet.range(f"B{top + 1 + numbers[0]}:C{top + 1 + numbers[-1]}").select()
    return [listed(book)[n]["Mail"] for n in range(numbers[0], numbers[-1] + 1)]


def logged(book: Any) -> list[Communication]:
    """The rows of Communications that tell of a mail of ours, in the open workbook."""
    return [c for c in build_book(open_book(book))[0].communications if "Sendbook mail" in (c.summary or "")]


def logged_in_file(folder: Path) -> list[Communication]:
    """The same in the file as it was saved; read from a copy, as the open one is locked."""
    (folder / "copy").mkdir(exist_ok=True)
    copy = Path(shutil.copy(folder / f"{NAME}.xlsx", folder / "copy"))
    return [c for c in read_book(copy)[0].communications if "Sendbook mail" in (c.summary or "")]


def sent(school: Any, said: Any) -> None:
    """Everybody's mail made a draft, and said to have been sent."""
    ribbon.mails_for_all()
    ribbon.review_and_send()
    ribbon.review_and_send()
    said.words.clear()
