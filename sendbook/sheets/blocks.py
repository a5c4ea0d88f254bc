"""What a result sheet is made of, as plain data: described once, drawn into a new file or an open workbook.

A sheet is a run of blocks from top to bottom. A chart stands right of the table it draws from. Formula columns carry
their results with them, so that a viewer that does not calculate shows the right figures.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

from sendbook.tables import Kind, Place


class Tone(Enum):
    """How a cell or row is meant: the renderer gives each its colours, which never stand alone for a meaning."""

    PLAIN = "plain"
    GOOD = "good"
    LOOK = "look"
    BAD = "bad"


@dataclass(frozen=True, slots=True)
class Link:
    """A cell that leads to a place in the master workbook."""

    text: str
    to: Place


Cell = object  # str, int, float, Decimal (pounds), date, bool, None or Link


@dataclass(frozen=True)
class ResultColumn:
    """A column of a result table. `formula` uses structured references; its rows then hold the results."""

    heading: str
    width: int = 14
    kind: Kind = Kind.TEXT
    formula: str | None = None
    total: bool = False  # the sum stands below
    tones: Sequence[tuple[str, Tone]] = ()  # (condition over `[@Heading]`, tone)


@dataclass(frozen=True)
class Heading:
    """A heading within the sheet, with a sentence below it."""

    text: str
    note: str = ""


@dataclass(frozen=True)
class Chart:
    """A native chart of one of the sheet's tables; `rows` is how many of its first rows it shows (None: all)."""

    title: str
    kind: Literal["bar", "column", "stacked bar"]
    categories: str
    series: Sequence[str]
    rows: int | None = None
    axis: str = ""


@dataclass(frozen=True)
class Table:
    """An Excel table of results. `name` is unique over all result sheets of a run."""

    name: str
    columns: Sequence[ResultColumn]
    rows: Sequence[Sequence[Cell]]
    charts: Sequence[Chart] = ()


@dataclass(frozen=True)
class Grid:
    """A map: row headings down, column headings across, text of several lines in the cells."""

    corner: str
    across: Sequence[str]
    down: Sequence[str]
    cells: Sequence[Sequence[str]]


Block = Heading | Table | Grid


@dataclass(frozen=True)
class ResultSheet:
    """A sheet that Sendbook owns and draws anew each time."""

    name: str
    title: str
    about: str
    blocks: Sequence[Block] = field(default_factory=tuple)
    printed: int | None = None  # how many columns are printed (None: all); charts beside a table would make its letters too small
