"""Drawing result sheets into an open workbook: the same cells in the same places as in a new file.

Each sheet's values are written in one call; formulas and links follow when all tables of the run are there, since formulas
look from one sheet into another.
"""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from typing import Any

from sendbook.sheets.blocks import Block, Chart, Grid, Heading, Link, ResultSheet, Table
from sendbook.sheets.layout import CHART_ROWS, frozen, has_totals, last_row, placed, widths
from sendbook.tables import Kind, Place
from sendbook.workbook.excel import (
    COLOURS,
    GREY,
    GRID_WIDTH,
    HEADING,
    INK,
    LINK,
    NUMBER_FORMATS,
    TABLE_STYLE,
    TONES,
    as_cell,
    in_cells,
    in_table,
)
from sendbook.workbook.live.own_words import freeze
from sendbook.workbook.live.owned import empty_sheet

LONGEST_TEXT = 32_767  # characters of a cell
CHART_SIZE = (465, 300)  # points
CHARTS: dict[str, Any] = {"bar": "bar_clustered", "column": "column_clustered", "stacked bar": "bar_stacked"}  # as Excel calls them
SIDE = "#DDE6F3"  # of a map's row headings
BAND = "#F5F8FC"  # of every second row of a map, so that it can be seen where one ends


def draw(book: Any, results: Sequence[ResultSheet]) -> list[Any]:
    """Draw result sheets into an open workbook (`xlwings.Book`) and give their sheets. Raises CannotDo where there is no place for one."""
    drawn = [_Drawing(*empty_sheet(book, r.name), r) for r in results]
    names = _table_names(book, results, [d.sheet.name for d in drawn])
    for one in drawn:
        one.write(names)
    for one in drawn:
        one.calculate(names)
    for one in drawn:
        one.dress()
    return [one.sheet for one in drawn]


def _table_names(book: Any, results: Sequence[ResultSheet], ours: Sequence[str]) -> dict[str, str]:
    """What each result table is called here: its own name, or one with a number where a sheet the SENCo kept has it."""
    taken = {t.name.casefold() for s in book.sheets if s.name not in ours for t in s.tables}
    found = {}
    for table in (b for r in results for b in r.blocks if isinstance(b, Table)):
        ways = (f"{table.name}_{n}" if n > 1 else table.name for n in range(1, 1000))
        found[table.name] = next(n for n in ways if n.casefold() not in taken)
    return found


def typed(value: object) -> Any:
    """A value as it is handed to Excel: text with an apostrophe before it, so that none is taken for a formula, number or date."""
    if isinstance(value, Link):
        value = value.text
    elif value is None or value.__class__ is float:  # most cells
        return value
    value = as_cell(value)
    if isinstance(value, str):
        return "'" + value[:LONGEST_TEXT] if value else None
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime.combine(value, time())
    return value


@dataclass
class _Drawing:
    """One result sheet while it is drawn."""

    sheet: Any
    is_new: bool
    result: ResultSheet

    def area(self, top: int, left: int, bottom: int, right: int) -> Any:
        """A range by rows and columns counted from 0, as the layout counts."""
        return self.sheet.range((top + 1, left + 1), (bottom + 1, right + 1))

    def tables(self) -> Iterator[tuple[int, Table]]:
        """The tables with the row of their headings."""
        return ((row, b) for row, b in placed(self.result) if isinstance(b, Table))

    # --- what stands in the cells ---
    def write(self, names: Mapping[str, str]) -> None:
        """All values of the sheet in one call, then its tables."""
        lines: list[list[object]] = [[self.result.title], [self.result.about], []]
        for row, block in placed(self.result):
            lines += [[] for _ in range(row - len(lines))]
            lines += _lines(block)
        width = max(map(len, lines))
        cells = [[typed(v) for v in line] + [None] * (width - len(line)) for line in lines]
        self.area(0, 0, len(cells) - 1, width - 1).value = cells
        for row, table in self.tables():
            if has_totals(table):
                self._totals(row, table)
            area = self.area(row, 0, row + max(len(table.rows), 1), len(table.columns) - 1)
            self.sheet.tables.add(area, name=names[table.name], table_style_name=TABLE_STYLE.replace(" ", ""))

    def _totals(self, row: int, table: Table) -> None:
        """The sums below a table, while it is none yet: Excel makes a table longer when something is written right below it."""
        last = row + len(table.rows)
        for i, c in enumerate(table.columns):
            if c.total:
                column = self.area(row + 1, i, last, i).get_address(False, False)
                self.area(last + 1, i, last + 1, i).formula = f"=SUBTOTAL(109,{column})"

    def calculate(self, names: Mapping[str, str]) -> None:
        """The formula columns, the totals and the links."""
        for row, table in self.tables():
            last = row + len(table.rows)
            for i, c in enumerate(table.columns):
                if c.formula and table.rows:
                    self.area(row + 1, i, last, i).formula = in_table(c.formula, table.name, names)
                links = [line[i] for line in table.rows]
                if any(isinstance(v, Link) for v in links):
                    self.area(row + 1, i, last, i).formula = [[_link(v)] for v in links]

    # --- how it looks ---
    def dress(self) -> None:
        """Colours, widths, formats, charts; nothing that means anything."""
        self.area(0, 0, 0, 0).font.set(size=16, bold=True, color=INK)
        self.area(1, 0, 1, 0).font.color = GREY
        for first, last, width in _runs(self._widths()):
            self.area(0, first, 0, last).column_width = width
        dress: dict[type, Callable[[int, Any], None]] = {Heading: self._heading, Table: self._table, Grid: self._grid}
        for row, block in placed(self.result):
            dress[type(block)](row, block)
        if self.is_new:  # one drawn before has kept them, and the sheet has to be shown for it
            self._view()

    def _widths(self) -> list[int]:
        """The columns' widths; a map's are wider."""
        across = max((len(b.across) for b in self.result.blocks if isinstance(b, Grid)), default=0)
        maps = [20] + [GRID_WIDTH] * across if across else []
        return [*maps, *widths(self.result)[len(maps) :]]

    def _view(self) -> None:
        self.sheet.show_gridlines = False
        if at := frozen(self.result):
            freeze(self.sheet, *at)

    def _heading(self, row: int, block: Heading) -> None:
        self.area(row, 0, row, 0).font.set(size=13, bold=True, color=INK)
        if block.note:
            self.area(row + 1, 0, row + 1, 0).font.color = GREY

    def _head(self, row: int, columns: int) -> None:
        head = self.area(row, 0, row, columns - 1)
        head.color = HEADING["bg_color"]
        head.font.set(bold=True, color=HEADING["font_color"])
        head.wrap_text = True
        head.vertical_alignment = "center"

    def _table(self, row: int, block: Table) -> None:
        self._head(row, len(block.columns))
        body = self.area(row + 1, 0, last_row(block, row), len(block.columns) - 1)
        body.vertical_alignment = "top"
        self._columns(row, block)
        with suppress(Exception):  # Excel reads conditions in its user's language; the figures are the same without
            self._tones(row, block)
        if has_totals(block):
            self.area(last_row(block, row), 0, last_row(block, row), len(block.columns) - 1).font.bold = True
        if any(c.kind is Kind.PROSE for c in block.columns) and block.rows:
            body.rows.autofit()
        for n, chart in enumerate(block.charts):
            with suppress(Exception):  # a chart shows nothing that the table does not
                self._chart(row, n, block, chart)

    def _columns(self, row: int, block: Table) -> None:
        """How the columns look: neighbours that look alike in something get it in one call."""
        columns, bottom = block.columns, last_row(block, row)
        links = {i for line in block.rows for i, v in enumerate(line) if isinstance(v, Link)}
        self._set_runs(row, bottom, [NUMBER_FORMATS[c.kind] for c in columns], "number_format", but="General")
        self._set_runs(row, bottom, ["left" if c.kind is Kind.DATE else None for c in columns], "horizontal_alignment")
        self._set_runs(row, bottom, [c.kind is Kind.PROSE or None for c in columns], "wrap_text")
        for first, last, slanted in _runs([c.formula is not None for c in columns]):
            if slanted:
                self.area(row + 1, first, bottom, last).font.italic = True
        for first, last, is_link in _runs([i in links for i in range(len(columns))]):
            if is_link:
                self.area(row + 1, first, bottom, last).font.color = LINK

    def _set_runs(self, row: int, bottom: int, values: Sequence[Any], name: str, but: Any = None) -> None:
        """Set a property of the cells below `row`, column by column; None, or `but`, is what they have anyway."""
        for first, last, value in _runs(values):
            if value != but:
                setattr(self.area(row + 1, first, bottom, last), name, value)

    def _tones(self, row: int, block: Table) -> None:
        headings = [c.heading for c in block.columns]

        def first_cell(heading: str) -> str:
            at = headings.index(heading)
            return str(self.area(row + 1, at, row + 1, at).get_address(False, True))

        for i, c in enumerate(block.columns):
            cells = self.area(row + 1, i, row + max(len(block.rows), 1), i)
            if c.tones and sys.platform in ("win32", "darwin"):
                self.sheet.activate()  # Excel takes a condition's cells as seen from the one that is selected
                cells[0, 0].select()
            for condition, tone in c.tones:
                fill, ink = TONES[tone]
                cells.conditional_formats.add_custom("=" + in_cells(condition, first_cell), fill_color=fill, font_color=ink)

    def _chart(self, row: int, n: int, block: Table, chart: Chart) -> None:
        headings = [c.heading for c in block.columns]
        last = row + (chart.rows or len(block.rows))
        at = [headings.index(s) for s in chart.series]
        place = self.area(row + n * CHART_ROWS, len(headings) + 1, row + n * CHART_ROWS, len(headings) + 1)
        drawn = self.sheet.charts.add(
            width=CHART_SIZE[0],
            height=max(225, 18 * (last - row) + 90),
            chart_type=CHARTS[chart.kind],
            source=self.area(row, min(at), last, max(at)),
            plot_by="columns",
            anchor=place,
        )
        names = headings.index(chart.categories)
        drawn.set_x_axis_values(self.area(row + 1, names, last, names))
        drawn.title = chart.title
        drawn.legend.visible = len(chart.series) > 1
        if chart.kind != "column":
            drawn.category_axis.reverse_order = True  # the first row at the top, as in the table
        for series, colour in zip(drawn.series, COLOURS, strict=False):
            series.fill_color = colour

    def _grid(self, row: int, block: Grid) -> None:
        bottom = row + len(block.down)
        self._head(row, len(block.across) + 1)
        cells = self.area(row + 1, 0, bottom, len(block.across))
        cells.wrap_text = True
        cells.vertical_alignment = "top"
        side = self.area(row + 1, 0, bottom, 0)
        side.color = SIDE
        side.font.bold = True
        cells.rows.autofit()
        for r in range(row + 2, bottom + 1, 2):
            self.area(r, 1, r, len(block.across)).color = BAND


def _lines(block: Block) -> list[list[object]]:
    """What stands in a block's cells, line by line; nothing where formulas and links are to follow."""
    if isinstance(block, Heading):
        return [[block.text], [block.note]] if block.note else [[block.text]]
    if isinstance(block, Grid):
        return [[block.corner, *block.across], *map(_map_line, block.down, block.cells)]
    lines: list[list[object]] = [[c.heading for c in block.columns], *(_line(block, row) for row in block.rows or [()])]
    if has_totals(block):
        lines.append([None if c.total else "Total" if i == 0 else None for i, c in enumerate(block.columns)])
    return lines


def _line(block: Table, row: Sequence[object]) -> list[object]:
    line = [None if c.formula or isinstance(v, Link) else v for c, v in zip(block.columns, row, strict=False)]
    return line + [None] * (len(block.columns) - len(line))


def _runs(values: Sequence[Any]) -> Iterator[tuple[int, int, Any]]:
    """Equal values that follow each other, as the first place, the last, and the value."""
    first = 0
    for value, run in groupby(values):
        last = first + len(list(run)) - 1
        yield first, last, value
        first = last + 1


def _map_line(name: str, cells: Sequence[str]) -> list[object]:
    return [name, *cells]


def _link(value: object) -> str:
    """A link as a formula, which whole columns take in one call; other values as they are."""
    if not isinstance(value, Link):
        return str(typed(value) or "")
    return f'=HYPERLINK("{_quoted(_target(value.to))}","{_quoted(value.text)}")'


def _target(place: Place) -> str:
    sheet = place.sheet.replace("'", "''")
    return f"#'{sheet}'!{place.cell or 'A1'}"


def _quoted(text: str) -> str:
    return text.replace('"', '""')
