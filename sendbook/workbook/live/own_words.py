"""What xlwings has no call for on every system, asked of each application in its own words.

Windows' Excel is asked by COM, macOS' by AppleScript, LibreOffice by UNO. Only LibreOffice's answers have been tried.
"""

import sys
from collections.abc import Callable
from contextlib import suppress
from decimal import Decimal
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
