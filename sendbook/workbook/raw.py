"""What a reader gives, whether a workbook is closed or open: tables as headings and values, and what stands around them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time, timedelta

from sendbook.tables import Row, columns, name_key

AREA_LIMIT = 30_000_000  # cells in the rectangle from A1 to the last value of a sheet; the reader takes 32 bytes for each
HEADING_ROWS = 30  # how far down a sheet its headings are looked for, where its table is gone

Cell = str | float | bool | date | time | timedelta


@dataclass(frozen=True)
class TableArea:
    """The cells of a table with its headings and totals, by sheet rows and columns, which count from 1."""

    name: str
    top: int
    bottom: int
    left: int
    right: int


@dataclass
class SheetFacts:
    """What the reader would not tell of one sheet: cells with error values by A1 reference, merged ranges, its tables.

    `last_row` is the last that stands in the file, 0 where the file numbers no rows.
    """

    errors: dict[str, str] = field(default_factory=dict)
    merged: list[str] = field(default_factory=list)
    tables: list[TableArea] = field(default_factory=list)
    last_row: int = 0
    last_column: int = 52
    size: int = 0


@dataclass(frozen=True)
class RawTable:
    """A table as it stands in a sheet: `rows` below `headings`; row and column numbers count from 1.

    `below`: what stands in its columns under it, down to another table, row by row from the first under its end; read
    from the file only when asked for.
    """

    name: str
    sheet: str
    headings: Sequence[str]
    first_row: int
    first_column: int
    rows: Sequence[Sequence[Cell]]
    is_table: bool = True  # False: headings found in a plain sheet, since the Excel table is gone
    below: Iterable[tuple[int, Sequence[Cell]]] = ()


@dataclass(frozen=True)
class RawWorkbook:
    """A workbook's tables, each read when asked for and not kept, and what the reader itself would hide (`SheetFacts` by sheet).

    `older`: a Sendbook made it that knew fewer tables and columns.
    """

    load: Callable[[type[Row]], RawTable | None]
    facts: Mapping[str, SheetFacts] = field(default_factory=dict)
    older: bool = False


def plain_range(model: type[Row], sheet: str, rows: Sequence[Sequence[Cell]], top: int, left: int) -> RawTable | None:
    """A sheet whose Excel table was turned into a plain range: its headings are looked for in the first of `rows`.

    `top` and `left`: the sheet's row and column, from 1, where `rows` begin.
    """
    wanted = {"setting"} if model.layout == "form" else {name_key(c.heading) for c in columns(model)}
    for i, row in enumerate(rows[:HEADING_ROWS]):
        texts = [str(v) for v in row]
        if len(wanted & {name_key(t) for t in texts}) * 2 >= min(len(wanted), 6):
            return RawTable(model.table, sheet, texts, top + i + 1, left, rows[i + 1 :], is_table=False)
    return None
