"""The sheets that Sendbook owns in an open workbook: found by a mark of ours, never by their name alone.

The mark is a name scoped to the sheet that holds what the sheet was called when it was drawn. A sheet of the SENCo's own that
happens to be called as a result is left alone, and so is a result sheet that was renamed or copied: that is how a SENCo keeps one.
"""

from contextlib import suppress
from typing import Any

from sendbook.tables import name_key
from sendbook.workbook.live.own_words import is_so, unlist
from sendbook.workbook.safe import CannotDo

MARK = "Sendbook_result"
LONGEST = 31  # characters of a sheet's name


def is_owned(sheet: Any) -> bool:
    """Whether a sheet carries our mark, and still has the name it was drawn under."""
    marks = (name.refers_to for name in sheet.names if name.name.rpartition("!")[2].rpartition(".")[2] == MARK)
    return any(name_key(mark.strip('="')) == name_key(sheet.name) for mark in marks)


def sheet_named(book: Any, name: str) -> Any | None:
    """The sheet of that name, whatever its capitals, or None."""
    with suppress(Exception):  # each engine has its own error for a name that is not there
        sheet = book.sheets[name]
        return sheet if sheet.name else None  # macOS looks for the sheet only when something of it is asked
    return None


def names_for(name: str) -> tuple[str, str]:
    """What a result's sheet may be called: its name, or another where a sheet of the SENCo's own has that."""
    suffix = " (Sendbook)"
    return name, name[: LONGEST - len(suffix)] + suffix


def result_sheet(book: Any, name: str) -> Any | None:
    """The sheet on which the result of that name was drawn, or None."""
    return next((s for n in names_for(name) if (s := sheet_named(book, n)) is not None and is_owned(s)), None)


def owned_sheets(book: Any) -> list[Any]:
    """All sheets of ours."""
    return [sheet for sheet in book.sheets if is_owned(sheet)]


def empty_sheet(book: Any, name: str) -> tuple[Any, bool]:
    """An empty sheet of ours for the result of that name, and whether it is new: the one drawn before, emptied, or one at the end.

    Raises CannotDo where sheets of the SENCo's own have both names.
    """
    if (sheet := result_sheet(book, name)) is not None:
        if is_so("protected", sheet):
            raise CannotDo(
                f"The sheet {sheet.name} is protected, so it was not drawn anew. Take the protection off (Review, Unprotect Sheet), or rename it to keep it."
            )
        return _emptied(book, sheet)
    free = next((n for n in names_for(name) if sheet_named(book, n) is None), None)
    if free is None:
        raise CannotDo(
            f"Two of your own sheets are called {' and '.join(names_for(name))}, so there is no place for the result. Rename one."
        )
    return _added(book, free, _last_visible(book)), True


def _last_visible(book: Any) -> Any:
    """The last sheet that is shown: Excel puts none behind one that is hidden for good."""
    return next(sheet for n in range(len(book.sheets) - 1, -1, -1) if (sheet := book.sheets[n]).visible)


def _added(book: Any, name: str, after: Any) -> Any:
    sheet = book.sheets.add(name, after=after)
    sheet.names.add(MARK, f'="{name}"')
    return sheet


def _emptied(book: Any, sheet: Any) -> tuple[Any, bool]:
    """Emptied in place, so that the SENCo's own formulas that look into it stay whole; a new one where its tables cannot be undone."""
    try:
        for table in list(iter(sheet.tables)):  # of a collection itself its length would be asked first
            unlist(table)
    except Exception:  # only on macOS, if at all: nobody has tried what Excel there says to it
        name, index = sheet.name, sheet.index
        sheet.delete()
        return _added(book, name, book.sheets[max(index - 2, 0)]), True
    for chart in list(iter(sheet.charts)):
        chart.delete()
    sheet.clear()
    if not sheet.visible:
        sheet.visible = True
    return sheet, False
