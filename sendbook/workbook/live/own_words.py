"""What xlwings has no call for on every system, asked of each application in its own words.

Windows' Excel is asked by COM, macOS' by AppleScript, LibreOffice by UNO. Only LibreOffice's answers have been tried.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

Asked = dict[str, Callable[[Any], Any]]

_WINDOWS: Asked = {
    "read_only": lambda book: book.api.ReadOnly,
    "shared": lambda book: book.api.MultiUserEditing,
    "locked": lambda book: book.api.ProtectStructure,
    "online": lambda book: book.api.AutoSaveOn,
    "protected": lambda sheet: sheet.api.ProtectContents,
}
_MAC: Asked = {
    "read_only": lambda book: book.api.read_only.get(),
    "shared": lambda book: book.api.multi_user_editing.get(),
    "locked": lambda book: book.api.protect_structure.get(),
    "protected": lambda sheet: sheet.api.protect_contents.get(),
}
_LIBREOFFICE: Asked = {
    "read_only": lambda book: book.api.isReadonly(),
    "shared": lambda book: book.api.IsDocumentShared,
    "locked": lambda book: book.api.isProtected(),
    "protected": lambda sheet: sheet.api.isProtected(),
}


def is_so(what: str, thing: Any) -> bool:
    """Whether a workbook is `read_only`, `shared`, `locked` (its structure) or `online`, or a sheet `protected`.

    What cannot be found out counts as no: the application will say so itself when something is written.
    """
    asked = {"win32": _WINDOWS, "darwin": _MAC}.get(sys.platform, _LIBREOFFICE).get(what)
    with suppress(Exception):  # an application that does not know the question
        return bool(asked and asked(thing))
    return False


# Error values that xlwings does not know, by Excel's own number; COM gives them as whole numbers from this one on.
ERRORS_FROM = -2_146_828_288
NEWER_ERRORS = {
    2043: "#GETTING_DATA", 2045: "#SPILL!", 2046: "#CONNECT!", 2047: "#BLOCKED!", 2048: "#UNKNOWN!", 2049: "#FIELD!", 2050: "#CALC!",
    2051: "#BUSY!",
}  # fmt: skip


def errors_as_text(rows: list[list[Any]]) -> list[list[Any]]:
    """The rows read of a range, with the text of error values that xlwings gives as numbers: Excel's own numbers are never whole."""
    if not any(_is_error(value) for row in rows for value in row):
        return rows
    return [[NEWER_ERRORS.get(v - ERRORS_FROM, "#ERROR!") if _is_error(v) else v for v in row] for row in rows]


def _is_error(value: object) -> bool:
    return type(value) is int and ERRORS_FROM + 2000 <= value <= ERRORS_FROM + 2100


def exact_numbers(area: Any, rows: list[list[Any]]) -> list[list[Any]]:
    """The rows read of a range, with floats for numbers formatted as money.

    Windows' Excel gives those as Decimals of four places, which no reader of ours expects, and without the places behind them.
    """
    if not any(isinstance(value, Decimal) for row in rows for value in row):
        return rows
    full = area.api.Value2
    full = full if isinstance(full, tuple) else ((full,),)  # of one cell it is no table
    return [
        [float(whole) if isinstance(value, Decimal) else value for value, whole in zip(row, line, strict=True)]
        for row, line in zip(rows, full, strict=True)
    ]


def local_file(book: Any) -> Path | None:
    """The workbook's file on this computer; None where it was never saved, or is kept online and not synchronised."""
    with suppress(Exception):  # xlwings has errors of several kinds for a workbook that is kept online
        path = Path(book.fullname)
        if path.is_absolute() and path.is_file():
            return path
    return None


def user_name(app: Any) -> str:
    """Who uses the application, as its options say; empty where they do not."""
    with suppress(Exception):
        if sys.platform == "win32":
            return str(app.api.UserName or "").strip()
        if sys.platform == "darwin":
            return str(app.api.user_name.get() or "").strip()
    return ""


def visible_spans(chosen: Any) -> list[tuple[int, int]] | None:
    """First and last rows of what is selected, without the rows that a filter hides; None where that cannot be found out."""
    with suppress(Exception):
        if sys.platform == "win32" and chosen.count > 1:  # of a single cell Excel would give the whole sheet's
            return [(a.Row, a.Row + a.Rows.Count - 1) for a in chosen.api.SpecialCells(12).Areas]
        if sys.platform not in ("win32", "darwin"):
            return [(a.StartRow + 1, a.EndRow + 1) for a in chosen.api.uno.queryVisibleCells().getRangeAddresses()]
    return None


def is_hidden(cell: Any) -> bool:
    """Whether a cell's row is hidden."""
    with suppress(Exception):
        if sys.platform == "win32":
            return bool(cell.api.EntireRow.Hidden)
        if sys.platform == "darwin":
            return bool(cell.api.entire_row.hidden.get())
        return not cell.api.uno.Rows.getByIndex(0).IsVisible
    return False


def unlist(table: Any) -> None:
    """Turn a table into plain cells, which stay as they are."""
    if sys.platform == "win32":
        table.api.Unlist()
    elif sys.platform == "darwin":
        table.api.unlist()
    else:
        table.impl.delete()


LETTERS, LINE, WIDTH = 42, 14, 240  # of a note's box: letters in a line, points of a line's height, points of its width


def fit_note(note: Any) -> None:
    """Make a note's box as large as its text: Excel's does not grow by itself. LibreOffice's does."""
    height = LINE * (1 + sum(1 + len(line) // LETTERS for line in note.text.split("\n")))
    with suppress(Exception):
        if sys.platform == "win32":
            note.api.Shape.Width, note.api.Shape.Height = WIDTH, height
        elif sys.platform == "darwin":
            note.api.shape_object.width.set(WIDTH)
            note.api.shape_object.height.set(height)


def freeze(sheet: Any, rows: int, columns: int) -> None:
    """Keep so many rows and columns of a sheet in view. Where that fails the sheet only scrolls as a whole."""
    sheet.activate()
    with suppress(Exception):
        if sys.platform == "win32":
            window = sheet.book.app.api.ActiveWindow
            window.FreezePanes = False
            window.ScrollRow = window.ScrollColumn = 1
            window.SplitRow, window.SplitColumn = rows, columns
            window.FreezePanes = True
        elif sys.platform == "darwin":
            window = sheet.book.app.api.active_window
            window.freeze_panes.set(False)
            window.split_row.set(rows)
            window.split_column.set(columns)
            window.freeze_panes.set(True)
        else:
            sheet.freeze_panes.freeze_at(sheet.range((1, 1), (rows, max(columns, 1))))
