"""One click of a button on the ribbon: the open workbook, the day, and how to speak with the SENCo."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendbook.workbook.safe import CannotDo

if TYPE_CHECKING:
    from sendbook.tables import Book, Problem

TITLE = "Sendbook"
EACH = 0.3  # seconds between two words in the status bar: each is a call
LONGEST_STATUS = 250  # letters of the status bar
STATE = "What had been drawn stays; click again to have it drawn anew."


def in_words(error: BaseException) -> str:
    """An error as the sentence that the SENCo reads; details of an unforeseen one go to the log."""
    from sendbook.failure import keep_details, sentence
    from sendbook.workbook.live.state import in_words as excels_words

    now = datetime.now()  # noqa: DTZ005 - the log is in the SENCo's own time
    if (said := excels_words(error)) is not None:
        keep_details(error, now)
    return sentence(said or error, now, STATE)


def show(sheet: Any) -> None:
    """Bring a sheet to the front, from its top."""
    sheet.activate()
    sheet.range("A1").select()


def show_file(path: Path) -> None:
    """Open a file or folder with the program that the computer has for it."""
    import webbrowser

    webbrowser.open(path.as_uri())


class StatusBar:
    """Progress in Excel's status bar, as `steps.Bar` has it."""

    def __init__(self, app: Any, total: int, what: str) -> None:
        self.app, self.total, self.what = app, max(total, 1), what
        self.done, self.shown = 0.0, 0.0
        self._show()

    def update(self, n: float | None = 1) -> bool | None:
        """Count n more done."""
        self.done += n or 0
        if time.monotonic() - self.shown >= EACH:
            self._show()
        return None

    def close(self) -> None:
        """Give the status bar back to Excel."""
        self.app.status_bar = False

    def _show(self) -> None:
        self.shown = time.monotonic()
        self.app.status_bar = f"Sendbook: {self.what}, {self.done / self.total:.0%}"


class Click:
    """One click of a button: the open workbook, the day, and how to speak with the SENCo."""

    def __init__(self, book: Any, today: date) -> None:
        self.book, self.app, self.today = book, book.app, today
        self._may_write = False
        self._leaves_words = False

    def bar(self, total: int, what: str) -> StatusBar:
        """A progress bar for the steps."""
        return StatusBar(self.app, total, what)

    def ask(self, question: str) -> bool:
        """Whether the SENCo says yes."""
        return bool(self.app.alert(question, TITLE, "yes_no") == "yes")

    def ask_if_known(self, question: str) -> bool | None:
        """Yes, no, or that it is not known yet (Cancel)."""
        return {"yes": True, "no": False}.get(self.app.alert(question, TITLE, "yes_no_cancel"))

    def say(self, *words: str) -> None:
        """Tell something, where there is something to tell."""
        if told := "\n".join(w for w in words if w):
            self.app.alert(told, TITLE, "ok", "info")

    def leave(self, words: str) -> None:
        """Words that stay in the status bar when the click is over; the add-in takes them away when another cell is selected."""
        self.app.status_bar = f"Sendbook: {words}"[:LONGEST_STATUS]
        self._leaves_words = True

    def over(self) -> None:
        """Give the status bar back to Excel."""
        if not self._leaves_words:
            with suppress(Exception):  # Excel may have been closed meanwhile
                self.app.status_bar = False

    def may_write(self) -> None:
        """See to it, and ask where others would see it at once, that something may be written into the workbook. Raises CannotDo else."""
        from sendbook.workbook.live.state import is_online, refuse_drawing

        if self._may_write:
            return
        refuse_drawing(self.book)
        if is_online(self.book) and not self.ask(
            f"{self.book.name} saves itself online: whoever has it open will see what Sendbook writes into it. Go on?"
        ):
            raise CannotDo("Nothing was written.")
        self._may_write = True

    @contextmanager
    def drawing(self, what: str) -> Iterator[None]:
        """Screen and calculation held while something is written into the workbook."""
        from sendbook.workbook.live.state import held

        self.may_write()
        self.app.status_bar = f"Sendbook: {what}"
        with held(self.app):
            yield

    def register(self) -> "tuple[Book, tuple[Problem, ...]]":
        """The book in the open workbook, and what was found as it was read."""
        from sendbook import steps
        from sendbook.workbook.live.read import open_book
        from sendbook.workbook.live.state import the_register
        from sendbook.workbook.rows import READ, build_book

        raw = open_book(the_register(self.book))
        with steps.counting(self.bar, len(READ), "Reading") as on_table:
            return build_book(raw, on_table)
