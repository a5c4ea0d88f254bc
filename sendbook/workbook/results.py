"""Drawing result sheets into a new workbook (XlsxWriter). The same descriptions will be drawn into an open one."""

import os
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree
from xlsxwriter.utility import xl_col_to_name

from sendbook.sheets.blocks import Cell, Chart, Grid, Heading, Link, ResultColumn, ResultSheet, Table
from sendbook.sheets.layout import CHART_ROWS, frozen, has_totals, last_row, placed, tables_of, widths
from sendbook.tables import Kind, Place
from sendbook.workbook.excel import (
    ALIGNED,
    COLOURS,
    GREY,
    GRID_WIDTH,
    HEADING,
    INK,
    LINE,
    LINK,
    NUMBER_FORMATS,
    TABLE_STYLE,
    TITLE,
    TONES,
    as_cell,
    as_result,
    grid_height,
    in_cells,
    in_file,
    row_height,
    write_value,
)  # fmt: skip
from sendbook.workbook.safe import CannotDo, cannot_read, refuse_if_open, write_beside
from sendbook.workbook.sheet import Sheet

RESULTS = "Sendbook results"  # the document's title, by which a later run knows that it may replace the file
LINK_LIMIT = 65_000  # of a sheet; Excel takes 65,530
LONGEST_LINK = 2_000  # characters; Excel takes 2,080


def write_results(path: Path, sheets: Sequence[ResultSheet], master: Path) -> None:
    """Write result sheets to a workbook whose links lead into `master`. An earlier one of ours is replaced, no other file is.

    Raises CannotDo where it cannot be written, or something else stands in its place.
    """
    refuse_to_replace(path)
    with write_beside(path) as beside:
        _Results(beside, sheets, link_to(master, path.absolute().parent)).write()


def refuse_to_replace(path: Path) -> None:
    """Raise CannotDo where `path` holds anything but results of an earlier run, or results that are open in another program."""
    if not path.exists():
        return
    if path.is_dir():
        raise CannotDo(f"{path} is a folder. Choose the name of a file in it, such as {path / 'results.xlsx'}.")
    refuse_if_open(path)
    if title_of(path) != RESULTS:
        raise CannotDo(
            f"There is already a file {path.name} in {path.absolute().parent}, and Sendbook did not make it as results; it was not changed. "
            "Choose another name after --out, or move that file away."
        )


def title_of(path: Path) -> str | None:
    """The title in a workbook's properties; None where it has none or is no workbook. Raises CannotDo where it cannot be read."""
    try:
        with zipfile.ZipFile(path) as package, package.open("docProps/core.xml") as part:
            root = etree.fromstring(part.read(2**16), etree.XMLParser(resolve_entities=False, no_network=True))
    except OSError as error:
        raise cannot_read(path, error) from error
    except (KeyError, zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, etree.XMLSyntaxError):
        return None
    return root.findtext("{http://purl.org/dc/elements/1.1/}title")


# What Excel escapes in the address of a file; other letters, with accents too, it writes as they are.
_ESCAPES = str.maketrans({c: f"%{ord(c):02X}" for c in '%# "<>[]`^{}'})


def link_to(file: Path, folder: Path) -> str:
    """The address of a file as Excel writes it in a workbook of that folder: relative, or absolute on another drive."""
    try:
        return os.path.relpath(file.absolute(), folder).translate(_ESCAPES)
    except ValueError:  # Windows knows no way from one drive to another
        return str(file.absolute()).translate(_ESCAPES)


class _Results:
    """Holds one results workbook while it is written."""

    def __init__(self, path: Path, sheets: Sequence[ResultSheet], master: str) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        self.sheets, self.master = sheets, master
        self.styles: dict[tuple[tuple[str, object], ...], Any] = {}

    def write(self) -> None:
        """All sheets in their order."""
        self.book.set_properties({"title": RESULTS, "created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)})
        for result in self.sheets:
            self._sheet(self.book.add_worksheet(result.name, Sheet), result)
        self.book.close()

    def style(self, **what: object) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(what.items()))
        if key not in self.styles:
            self.styles[key] = self.book.add_format({"font_name": "Calibri", "font_size": 11, "valign": "top", **what})
        return self.styles[key]

    def _sheet(self, sheet: Any, result: ResultSheet) -> None:
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        if result.printed:
            sheet.print_area(0, 0, 1_048_575, result.printed - 1)
        sheet.set_header(f"&L{result.title}&RConfidential: information about children")
        sheet.set_footer("&CPage &P of &N&R&D")
        sheet.write_string(0, 0, result.title, self.style(**TITLE))
        sheet.set_row(0, 24)
        sheet.write_string(1, 0, result.about + self._unlinked(result), self.style(font_color=GREY))
        draw: dict[type, Callable[[Any, int, Any], None]] = {Heading: self._heading, Table: self._table, Grid: self._grid}
        for i, width in enumerate(widths(result)):
            sheet.set_column(i, i, width)
        for row, block in placed(result):
            draw[type(block)](sheet, row, block)
        if at := frozen(result):
            sheet.freeze_panes(*at)
            sheet.repeat_rows(at[0] - 1)

    def _unlinked(self, result: ResultSheet) -> str:
        """A sentence where a sheet has more links than Excel takes."""
        links = sum(isinstance(value, Link) for t in tables_of(result) for row in t.rows for value in row)
        return f" Only the first {LINK_LIMIT:,} cells have a link, as Excel takes no more." if links > LINK_LIMIT else ""

    def _heading(self, sheet: Any, row: int, block: Heading) -> None:
        sheet.write_string(row, 0, block.text, self.style(bold=True, font_size=13, font_color=INK))
        if block.note:
            sheet.write_string(row + 1, 0, block.note, self.style(font_color=GREY))

    # --- tables ---
    def _table(self, sheet: Any, row: int, block: Table) -> None:
        """Draw a table with its headings in `row`."""
        totals, last = has_totals(block), last_row(block, row)
        sheet.set_row(row, 32)
        columns = [self._column(block, c, i, row) for i, c in enumerate(block.columns)]
        sheet.add_table(row, 0, last, len(columns) - 1, {"name": block.name, "columns": columns, "style": TABLE_STYLE, "total_row": totals})
        sheet.table_formulas([in_file(c.formula, block.name) if c.formula else None for c in block.columns])
        for i, c in enumerate(block.columns):
            self._cells(sheet, row + 1, i, c, [values[i] for values in block.rows], block.name)
            if totals and c.total:
                self._total(sheet, last, i, block)
        self._heights(sheet, row + 1, block)
        self._tones(sheet, block, row)
        self._charts(sheet, block, row)

    def _column(self, block: Table, c: ResultColumn, at: int, row: int) -> dict[str, Any]:
        wide = {"header": c.heading, "header_format": self.style(**HEADING), "format": self._look(c)}
        if c.total and block.rows:
            wide["total_function"] = "sum"
        elif at == 0:
            wide["total_string"] = "Total"
        return wide

    def _total(self, sheet: Any, row: int, i: int, block: Table) -> None:
        """A column's total. XlsxWriter writes `SUBTOTAL(109,[Share])`, which LibreOffice cannot read; Excel itself names the table."""
        c = block.columns[i]
        value = float(sum(as_cell(values[i]) or 0 for values in block.rows))
        sheet.write_formula(
            row, i, f"=SUBTOTAL(109,{block.name}[{c.heading}])", self.style(num_format=NUMBER_FORMATS[c.kind], bold=True), value
        )

    def _look(self, c: ResultColumn) -> Any:
        worked_out = {"italic": True} if c.formula else {}
        wrap = {"text_wrap": True} if c.kind is Kind.PROSE else {}
        apart = {"indent": 1} if c.kind in (Kind.TEXT, Kind.PROSE) else {}  # from a number that stands right in the next column
        return self.style(num_format=NUMBER_FORMATS[c.kind], **ALIGNED.get(c.kind, {}), **worked_out, **wrap, **apart)

    def _cells(self, sheet: Any, first: int, i: int, c: ResultColumn, values: Sequence[Cell], table: str) -> None:
        """One column from top to bottom."""
        look, formula = self._look(c), in_file(c.formula, table) if c.formula else ""
        for r, value in enumerate(values, first):
            if formula:
                sheet.write_formula(r, i, formula, look, as_result(value))
            elif isinstance(value, Link):
                self._link(sheet, r, i, value, look)
            else:
                write_value(sheet, r, i, value, look)

    def _heights(self, sheet: Any, first: int, block: Table) -> None:
        prose = [(i, c.width) for i, c in enumerate(block.columns) if c.kind is Kind.PROSE]
        for r, values in enumerate(block.rows, first):
            if prose and (height := row_height((values[i], width) for i, width in prose)):
                sheet.set_row(r, height)

    def _link(self, sheet: Any, row: int, i: int, link: Link, look: Any) -> None:
        """A link, or its text alone past what Excel takes, where XlsxWriter would leave the cell blank."""
        if sheet.hlink_count >= LINK_LIMIT or len(self.master) > LONGEST_LINK:
            write_value(sheet, row, i, link.text, look)
        else:
            sheet.write_url(row, i, self._target(link.to), self.style(font_color=LINK, underline=1), link.text)

    def _target(self, place: Place) -> str:
        sheet = place.sheet.replace("'", "''")
        return f"external:{self.master}#'{sheet}'!{place.cell or 'A1'}"

    def _tones(self, sheet: Any, block: Table, row: int) -> None:
        letters = {c.heading: xl_col_to_name(i) for i, c in enumerate(block.columns)}
        for i, c in enumerate(block.columns):
            for condition, tone in c.tones:
                background, ink = TONES[tone]
                criteria = "=" + in_cells(condition, lambda heading: f"${letters[heading]}{row + 2}")
                look = self.style(bg_color=background, font_color=ink)
                sheet.conditional_format(
                    row + 1, i, row + max(len(block.rows), 1), i, {"type": "formula", "criteria": criteria, "format": look}
                )

    # --- charts ---
    def _charts(self, sheet: Any, block: Table, row: int) -> None:
        """Charts right of their table."""
        for n, chart in enumerate(block.charts):
            top = row + n * CHART_ROWS
            sheet.insert_chart(
                top, len(block.columns) + 1, self._chart(sheet, block, chart, row), {"object_position": 2, "description": chart.title}
            )

    def _chart(self, sheet: Any, block: Table, chart: Chart, row: int) -> Any:
        kind, stacked = {"bar": ("bar", None), "column": ("column", None), "stacked bar": ("bar", "stacked")}[chart.kind]
        drawn = self.book.add_chart({"type": kind, **({"subtype": stacked} if stacked else {})})
        headings = [c.heading for c in block.columns]
        first, last = row + 1, row + (chart.rows or len(block.rows))
        for n, heading in enumerate(chart.series):
            at, names = headings.index(heading), headings.index(chart.categories)
            drawn.add_series(
                {
                    "name": heading,
                    "categories": [sheet.name, first, names, last, names],
                    "values": [sheet.name, first, at, last, at],
                    "fill": {"color": COLOURS[n % len(COLOURS)]},
                    "gap": 60,
                }
            )
        drawn.set_title({"name": chart.title, "name_font": {"size": 13, "color": INK}})
        drawn.set_legend({"position": "bottom"} if len(chart.series) > 1 else {"none": True})
        drawn.set_y_axis({"reverse": kind == "bar", "num_font": {"size": 9}})
        drawn.set_x_axis({"num_font": {"size": 9}, "name": chart.axis} if chart.axis else {"num_font": {"size": 9}})
        drawn.set_size({"width": 620, "height": max(300, 24 * (last - first + 1) + 120)})
        return drawn

    # --- maps ---
    def _grid(self, sheet: Any, row: int, block: Grid) -> None:
        head = self.style(**HEADING)
        cell = self.style(border=1, border_color=LINE, text_wrap=True, font_size=10)
        side = self.style(bold=True, bg_color="#DDE6F3", border=1, border_color=LINE, text_wrap=True)
        sheet.set_column(0, 0, 20)
        sheet.set_column(1, len(block.across), GRID_WIDTH)
        for i, text in enumerate((block.corner, *block.across)):
            sheet.write_string(row, i, text, head)
        for r, (name, cells) in enumerate(zip(block.down, block.cells, strict=True), row + 1):
            sheet.set_row(r, grid_height(cells))
            sheet.write_string(r, 0, name, side)
            for i, text in enumerate(cells, 1):
                sheet.write_string(r, i, text, cell)
