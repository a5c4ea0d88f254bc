"""Cell values between Excel's kinds and the numbers and texts LibreOffice keeps; no LibreOffice here."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

# Whatever is a number, a date or a truth value in some language has a digit in it or is one of few short words.
_NUMBERLIKE = re.compile(r"\d|\A\s*\w{2,9}\s*\Z")

EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's time has no zone
_DAY = dt.timedelta(days=1)

# The numbers Excel itself gives for errors in a raw value.
ERROR_CODES = {
    "#DIV/0!": -2146826281,
    "#N/A": -2146826246,
    "#NAME?": -2146826259,
    "#NULL!": -2146826288,
    "#NUM!": -2146826252,
    "#REF!": -2146826265,
    "#VALUE!": -2146826273,
}
ERROR_TEXTS = {code: text for text, code in ERROR_CODES.items()}

# LibreOffice shows what Excel has no word for by a number; these are the ones it saves to Excel's files as something else than #VALUE!.
_OTHER_ERRORS = {"Err:503": "#NUM!", "Err:511": "#NAME?", "Err:508": "#NAME?", "Err:523": "#NUM!"}


def error_code(shown: str) -> int:
    """Excel's number for the error a cell shows."""
    text = _OTHER_ERRORS.get(shown, shown)
    return ERROR_CODES.get(text, ERROR_CODES["#VALUE!"])


@lru_cache(maxsize=8192)
def from_serial(serial: float) -> dt.datetime | float:
    """The moment a date's number stands for; a number no date has stays a number."""
    try:
        # A number of days holds no more than milliseconds for certain.
        return EPOCH + dt.timedelta(milliseconds=round(serial * 86_400_000))
    except OverflowError:
        return serial


def to_serial(moment: dt.date) -> float:
    """The number of days that stands for a date or a moment; a time zone is left out, as cells have none."""
    if not isinstance(moment, dt.datetime):
        return float((moment - EPOCH.date()).days)
    return (moment.replace(tzinfo=None) - EPOCH) / _DAY


def clean(
    data: Sequence[Sequence[Any]],
    make_date: Callable[..., Any],
    empty_as: Any,
    make_number: Callable[[float], Any] | None,
    errors_as_text: bool,
) -> list[list[Any]]:
    """Raw values with the options of a read: how dates, empty cells, numbers and errors are to come."""
    keeps_numbers = make_number is None
    simple = {str, bool} | ({float} if keeps_numbers else set()) | ({dt.datetime} if make_date is dt.datetime else set())

    def other(value: Any) -> Any:
        if isinstance(value, dt.datetime):
            return make_date(
                year=value.year,
                month=value.month,
                day=value.day,
                hour=value.hour,
                minute=value.minute,
                second=value.second,
                microsecond=value.microsecond,
                tzinfo=None,
            )
        if isinstance(value, int):
            return ERROR_TEXTS.get(value) if errors_as_text else None
        return value if make_number is None else make_number(value)

    return [[empty_as if value is None else value if value.__class__ in simple else other(value) for value in row] for row in data]


def prepare(value: Any) -> Any:
    """A value as Python programs have it in the form :func:`plan` takes: numpy's and pandas' kinds become Python's own."""
    if value is None or value.__class__ in (str, float, int, bool, dt.datetime, dt.date):
        return "" if value is None or value != value else value
    if not isinstance(value, (str, int, float, dt.date)) and hasattr(value, "item"):
        value = value.item()
    try:
        return "" if value != value else value  # not a number, or not a time
    except (TypeError, ValueError):
        return value


@dataclass
class Plan:
    """What is to be written: plain data for all the cells, and the places of those that need more."""

    data: list[list[str | float | None]] = field(default_factory=list)
    formulas: dict[tuple[int, int], str] = field(default_factory=dict)
    dates: list[tuple[int, int]] = field(default_factory=list)
    times: list[tuple[int, int]] = field(default_factory=list)
    booleans: list[tuple[int, int]] = field(default_factory=list)
    numeric_columns: set[int] = field(default_factory=set)
    numberlike_columns: set[int] = field(default_factory=set)

    def add(self, row: int, column: int, value: Any) -> str | float | None:
        """Note one value that is neither a plain number nor empty, and give back the data for its cell."""
        if isinstance(value, str):
            return self._text(row, column, str(value))
        self.numeric_columns.add(column)
        if isinstance(value, bool):
            self.booleans.append((row, column))
            return float(value)
        if isinstance(value, (int, float)):
            return _number(value)
        if isinstance(value, dt.date):
            serial = to_serial(value)
            (self.dates if serial.is_integer() else self.times).append((row, column))
            return serial
        value = prepare(value)
        return self.add(row, column, value if isinstance(value, (str, int, float, dt.date)) else str(value))

    def see_text(self, column: int, text: str) -> None:
        """Note a column with a text that LibreOffice may take for one of a number: it formats such a cell as text by itself."""
        if column not in self.numberlike_columns and _NUMBERLIKE.search(text):
            self.numberlike_columns.add(column)

    def _text(self, row: int, column: int, text: str) -> str:
        if text.startswith("=") and len(text) > 1:
            self.formulas[row, column] = text
            self.numeric_columns.add(column)
            return ""
        self.see_text(column, text)
        return text[1:] if text.startswith("'") else text


def _number(value: float) -> float | str:
    number = float(value)
    if math.isinf(number):
        raise ValueError("A cell cannot hold an infinite number.")
    return "" if math.isnan(number) else number


def plan(grid: Sequence[Sequence[Any]]) -> Plan:
    """Sort the values of a grid by what has to be done to write them."""
    made = Plan()
    numeric, numberlike = made.numeric_columns, made.numberlike_columns
    for row, values in enumerate(grid):
        line: list[str | float | None] = []
        for column, value in enumerate(values):
            if value is None:
                line.append("")
            elif value.__class__ is float and math.isfinite(value):
                line.append(value)
                numeric.add(column)
            elif value is Missing:
                line.append(None)  # LibreOffice makes #N/A of nothing
            elif value.__class__ is str and value[:1] != "=":
                text = value[1:] if value[:1] == "'" else value
                line.append(text)
                if column not in numberlike and _NUMBERLIKE.search(text):
                    numberlike.add(column)
            else:
                line.append(made.add(row, column, value))
        made.data.append(line)
    return made


class Missing:
    """Stands for cells a written value does not reach; Excel fills them with #N/A."""


def as_grid(value: Any, rows: int, columns: int) -> list[list[Any]]:
    """Any value for a range as rows of cells: one value fills the range, one row is repeated, what is too much is left out."""
    if not isinstance(value, (list, tuple)):
        return [[value] * columns for _ in range(rows)]
    lines = [list(line) for line in value] if value and isinstance(value[0], (list, tuple)) else [list(value)]
    if len(lines) == 1 and rows > 1:
        lines = lines * rows
    lines = [line * columns if len(line) == 1 else line for line in lines]
    return [(line + [Missing] * (columns - len(line)))[:columns] for line in lines[:rows]] + [[Missing] * columns] * (rows - len(lines))
