"""What to write into a table, said the same for a closed workbook and an open one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

Value = str | int | float | Decimal | bool | date


@dataclass(frozen=True)
class TableEdits:
    """What to write into one table: cells by sheet row number and heading, and rows to add at its end.

    Text stays text whatever it begins with; True and False become Yes and No; a Decimal is pounds.
    """

    table: str
    cells: Mapping[tuple[int, str], Value] = field(default_factory=dict)
    new_rows: Sequence[Mapping[str, Value]] = ()
