"""What state an open workbook and its application are in, and what to say where nothing can be done."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from sendbook.tables import name_key
from sendbook.workbook.live.own_words import is_so, local_file
from sendbook.workbook.live.read import find_table
from sendbook.workbook.safe import CannotDo

REGISTER = ("Pupils", "School")  # tables by which a workbook shows that it is a register, here and in the ribbon's own VBA
OWN_SETTINGS = "sendbook.conf"  # the sheet of a register that was made with the macros in it
HELD: dict[str, object] = {"screen_updating": False, "calculation": "manual", "enable_events": False, "display_alerts": False}


def is_protected(sheet: Any) -> bool:
    """Whether a sheet is protected, so that its cells cannot be changed."""
    return is_so("protected", sheet)


def is_online(book: Any) -> bool:
    """Whether a workbook saves itself as it is changed, so that others who have it open see each change at once."""
    return is_so("online", book)


def the_register(book: Any | None) -> Any:
    """The workbook, if it is a register of Sendbook's. Raises CannotDo where none is open or another is in front."""
    if book is None:
        raise CannotDo("No workbook is open. Open your SEND register, then click again.")
    _refuse_settings(book)
    if lost := [name for name in REGISTER if find_table(book, name) is None]:
        if len(lost) < len(REGISTER):
            raise CannotDo(
                f"The table {lost[0]} is missing from {book.name}. Undo what took it away (Ctrl+Z), or go back to an earlier copy."
            )
        raise CannotDo(
            f"{book.name} is not a Sendbook register: it has no tables {' and '.join(REGISTER)}. Bring your register to the front, then click again. "
            "If you have none yet, type in a terminal: uv run sendbook new"
        )
    return book


def _refuse_settings(book: Any) -> None:
    """xlwings takes the folder of a workbook that is kept online from a sheet of it: a stranger's could send summaries elsewhere."""
    if found := [s.name for s in book.sheets if name_key(s.name).endswith(".conf") and name_key(s.name) != OWN_SETTINGS]:
        raise CannotDo(
            f"{book.name} has a sheet {found[0]}, which could make Sendbook write files elsewhere. Delete that sheet, or use a register "
            "that you made yourself."
        )


def refuse_drawing(book: Any) -> None:
    """Raise CannotDo where result sheets could not be put into the workbook, or would be lost with it."""
    if is_so("read_only", book):
        raise CannotDo(
            f"{book.name} is open for reading only, so what Sendbook writes would be lost. Save it under another name (File, Save As), "
            "or close it where it is open elsewhere, then click again."
        )
    if is_so("shared", book):
        raise CannotDo(
            f"{book.name} is shared in Excel's old way, in which no tables can be added. Stop sharing (Review, Unshare Workbook), then click again."
        )
    if is_so("locked", book):
        raise CannotDo(
            f"The structure of {book.name} is protected, so no sheet can be added. Take the protection off (Review, Protect Workbook), then click again."
        )


def file_of(book: Any) -> Path:
    """The workbook's file on this computer. Raises CannotDo where it has none: documents are put beside it."""
    path = local_file(book)
    if path is None:
        raise CannotDo(
            f"{book.name} has no folder on this computer yet. Save it in one (for OneDrive or SharePoint: a folder that is synchronised), then click again."
        )
    return path


@contextmanager
def held(app: Any) -> Iterator[None]:
    """Screen, events, calculation and warnings held while much is written; each is given back as it was, whatever happens."""
    before: dict[str, object] = {}
    try:
        for name, value in HELD.items():
            before[name] = getattr(app, name)
            setattr(app, name, value)
        yield
    finally:
        for name, value in reversed(before.items()):
            with suppress(Exception):  # one that cannot be given back must not keep the others
                setattr(app, name, value)


# --- errors of the application ---
_BUSY = {-2147418111, -2147417846, -2146777998}  # call rejected, retry later, "cannot do this now": a cell is being edited, a box is open
_REFUSED = {-2146827284}  # 1004: what Excel says of nearly everything it will not do


def in_words(error: BaseException) -> CannotDo | None:
    """An error of Excel's as a sentence; None where it is no such error. The error's own words may quote cells and are left out."""
    codes = set(_codes(error))
    if codes & _BUSY or type(error).__name__ == "ExcelBusyError":
        return CannotDo("Excel is busy: a cell is being edited or a box is open. Press Enter or Esc, close the box, then click again.")
    if codes & _REFUSED:
        return CannotDo(
            "Excel refused a step, so this was not finished. Often a sheet is protected or filtered, or others have the workbook open. Put that right "
            "and click again; what had been drawn is drawn anew."
        )
    if type(error).__name__ in {"com_error", "CommandError", "DisposedException"}:
        return CannotDo(
            "The spreadsheet program did not answer as it should, or the workbook was closed meanwhile. Save your work, then click again."
        )
    return None


def _codes(error: BaseException) -> Iterator[int]:
    """The numbers in an error of Windows' or macOS': its own, and the one within its description."""
    for arg in getattr(error, "args", ()):
        parts = arg if isinstance(arg, tuple) else (arg,)
        yield from (part for part in parts if isinstance(part, int))
