"""Rectangles of cells and their addresses in Excel's A1 notation."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import Any, NamedTuple

MAX_ROWS = 1_048_576
MAX_COLUMNS = 16_384

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?([1-9]\d{0,6})\Z")
_COLUMN = re.compile(r"\$?([A-Za-z]{1,3})\Z")
_LISTED = re.compile(r"\.([A-Z]+)(\d+)(?::([A-Z]+)(\d+))?(?=,|\Z)")
_ROW = re.compile(r"\$?([1-9]\d{0,6})\Z")


class Area(NamedTuple):
    """A rectangle of cells; rows and columns are counted from one, as Excel does."""

    row: int
    column: int
    rows: int = 1
    columns: int = 1

    @property
    def last_row(self) -> int:
        """The bottom row."""
        return self.row + self.rows - 1

    @property
    def last_column(self) -> int:
        """The rightmost column."""
        return self.column + self.columns - 1

    @property
    def is_empty(self) -> bool:
        """Whether it has no cells, which a slice of a range may not."""
        return not (self.rows and self.columns)

    @property
    def is_on_sheet(self) -> bool:
        """Whether a sheet has all its cells."""
        return self.row >= 1 and self.column >= 1 and self.last_row <= MAX_ROWS and self.last_column <= MAX_COLUMNS

    def part(self, row: int, column: int, rows: int = 1, columns: int = 1) -> Area:
        """A rectangle whose place is given from this one's corner, counted from zero."""
        return Area(self.row + row, self.column + column, rows, columns)

    def common(self, other: Area) -> Area | None:
        """The cells both have."""
        row, column = max(self.row, other.row), max(self.column, other.column)
        rows = min(self.last_row, other.last_row) - row + 1
        columns = min(self.last_column, other.last_column) - column + 1
        return Area(row, column, rows, columns) if rows > 0 and columns > 0 else None

    def around(self, other: Area) -> Area:
        """The smallest rectangle that holds both."""
        row, column = min(self.row, other.row), min(self.column, other.column)
        return Area(row, column, max(self.last_row, other.last_row) - row + 1, max(self.last_column, other.last_column) - column + 1)

    def address(self, row_absolute: bool = True, column_absolute: bool = True) -> str:
        """The address as Excel writes it: ``$A$1:$B$2``, ``$A:$A`` for whole columns, ``$1:$1`` for whole rows."""
        across, down = ("$" if column_absolute else ""), ("$" if row_absolute else "")
        first, last = across + column_letters(self.column), across + column_letters(self.last_column)
        if self.rows == MAX_ROWS:
            return f"{first}:{last}"
        if self.columns == MAX_COLUMNS:
            return f"{down}{self.row}:{down}{self.last_row}"
        start, end = f"{first}{down}{self.row}", f"{last}{down}{self.last_row}"
        return start if start == end else f"{start}:{end}"


SHEET = Area(1, 1, MAX_ROWS, MAX_COLUMNS)


def area_of(address: Any) -> Area:
    """The rectangle of one of LibreOffice's addresses, which count from zero."""
    rows, columns = address.EndRow - address.StartRow + 1, address.EndColumn - address.StartColumn + 1
    return Area(address.StartRow + 1, address.StartColumn + 1, rows, columns)


def areas_in(addresses: str) -> list[Area]:
    """The rectangles of LibreOffice's list of addresses: ``Sheet1.A1:B2,Sheet1.D4``. Reading one text is quicker than many objects."""
    found = []
    for first_column, first_row, last_column, last_row in _LISTED.findall(addresses):
        column, row = column_number(first_column), int(first_row)
        right, bottom = (column_number(last_column), int(last_row)) if last_row else (column, row)
        found.append(Area(row, column, bottom - row + 1, right - column + 1))
    return found


def column_letters(number: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, letter = divmod(number - 1, 26)
        letters = chr(65 + letter) + letters
    return letters


@cache
def column_number(letters: str) -> int:
    """The number of a column: A is 1, AA is 27."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


def _corner(text: str, last: bool) -> tuple[int, int] | None:
    """Row and column of one end of an address; whole columns and rows end at the sheet's edges."""
    if found := _CELL.match(text):
        place = int(found[2]), column_number(found[1])
    elif found := _COLUMN.match(text):
        place = (MAX_ROWS if last else 1), column_number(found[1])
    elif found := _ROW.match(text):
        place = int(found[1]), (MAX_COLUMNS if last else 1)
    else:
        return None
    return place if place[0] <= MAX_ROWS and place[1] <= MAX_COLUMNS else None


def parse(address: str) -> Area | None:
    """The rectangle an A1 address stands for, or None if it is not one (then it may be a name)."""
    first, colon, last = address.strip().partition(":")
    if not _CELL.match(first) if not colon else not last:
        return None
    start, end = _corner(first, last=False), _corner(last or first, last=True)
    if start is None or end is None:
        return None
    return Area(*start).around(Area(*end))


def rectangles(cells: Iterable[tuple[int, int]]) -> list[Area]:
    """Single cells (row, column) put together to few rectangles: runs in a row first, then equal runs below each other."""
    open_runs: dict[tuple[int, int], Area] = {}
    done: list[Area] = []
    for row, runs in _runs(cells):
        following: dict[tuple[int, int], Area] = {}
        for run in runs:
            above = open_runs.pop(run, None)
            grows = above is not None and above.last_row + 1 == row
            if above is not None and not grows:
                done.append(above)
            following[run] = Area(above.row, run[0], above.rows + 1, run[1]) if above and grows else Area(row, run[0], 1, run[1])
        done += open_runs.values()
        open_runs = following
    return done + list(open_runs.values())


def _runs(cells: Iterable[tuple[int, int]]) -> list[tuple[int, list[tuple[int, int]]]]:
    """For each row its runs of neighbouring cells as (first column, how many)."""
    rows: dict[int, list[int]] = {}
    for row, column in cells:
        rows.setdefault(row, []).append(column)
    return [(row, _row_runs(sorted(columns))) for row, columns in sorted(rows.items())]


def _row_runs(columns: list[int]) -> list[tuple[int, int]]:
    if len(columns) == 1:
        return [(columns[0], 1)]
    runs: list[tuple[int, int]] = []
    for column in columns:
        if runs and sum(runs[-1]) == column:
            runs[-1] = (runs[-1][0], runs[-1][1] + 1)
        else:
            runs.append((column, 1))
    return runs
