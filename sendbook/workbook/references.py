"""Cells by their names: A1, and columns by letters; rows and columns count from 1.

XlsxWriter has such functions too, but they come with all of it, and reading and checking need no writer.
"""

import re
from functools import cache

_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")


@cache
def column_letters(number: int) -> str:
    """A column's letters: `A` for 1, `AB` for 28."""
    left, last = divmod(number - 1, 26)
    return (column_letters(left) if left else "") + chr(ord("A") + last)


def column_number(letters: str) -> int:
    """A column's number: 28 for `AB`."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


def row_and_column(cell: str) -> tuple[int, int]:
    """The row and column of a cell, or of a range's first; those of A1 for what is no such name, as files may hold anything."""
    found = _CELL.match(cell)
    return (int(found[2]), column_number(found[1])) if found else (1, 1)
