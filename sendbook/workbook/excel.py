"""Excel's own ways of writing things: formulas as files hold them, number formats, a cell written as what it is."""

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from sendbook.sheets.blocks import Tone
from sendbook.tables import Kind

NUMBER_FORMATS = {
    Kind.TEXT: "General",
    Kind.PROSE: "General",
    Kind.DATE: "dd/mm/yyyy",
    Kind.WHOLE: "#,##0_)",  # a bracket's width behind a number keeps it from the next column's text
    Kind.NUMBER: "#,##0.##_)",
    Kind.MONEY: "£#,##0.00_)",
    Kind.YES_NO: "General",
    Kind.CHOICE: "General",
}
ALIGNED: dict[Kind, dict[str, object]] = {
    Kind.DATE: {"align": "left"}
}  # numbers stand right; a date there would touch the next column's text
TABLE_STYLE = "Table Style Light 1"  # bands only: the headings carry their own colour, which every program shows
INK, GREY, LINK, LINE = "#1F3864", "#595959", "#0563C1", "#BFBFBF"
HEADING = {
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#2F5597",
    "border": 1,
    "border_color": LINE,
    "text_wrap": True,
    "valign": "vcenter",
}
TONES = {Tone.BAD: ("#FFC7CE", "#9C0006"), Tone.LOOK: ("#FFEB9C", "#7F6000"), Tone.GOOD: ("#C6EFCE", "#006100")}  # fill, letters
COLOURS = ("#2F5597", "#C55A11", "#7F7F7F")  # of a chart's series; told apart in black and white too
GRID_WIDTH = 36  # characters; with five layers across, an A3 or A4 page still reads
TITLE = {"bold": True, "font_size": 16, "font_color": INK}
_TABLE = re.compile(r"\b([A-Za-z_]\w*)\[")
_THIS_ROW = re.compile(r"\[@(?:\[([^\]]+)\]|([^\]\[]+))\]")


@cache
def in_file(formula: str, table: str) -> str:
    """A table formula as a file must hold it: `[@Minutes]` becomes `Groups[[#This Row],[Minutes]]`, newer functions get their mark."""
    return "=" + _in_row(formula, table).replace("MAXIFS(", "_xlfn.MAXIFS(")


def in_table(formula: str, table: str, names: Mapping[str, str]) -> str:
    """A table formula as it is typed into an open workbook, where tables are called as `names` says: `Cost_shares` perhaps `Cost_shares_2`."""
    return "=" + _TABLE.sub(lambda m: names.get(m[1], m[1]) + "[", _in_row(formula, table))


def _in_row(formula: str, table: str) -> str:
    return _THIS_ROW.sub(lambda m: f"{table}[[#This Row],[{m[1] or m[2]}]]", formula)


def in_cells(formula: str, cell_of: Callable[[str], str]) -> str:
    """A table formula for conditional formats, which know no tables: `[@Minutes]` becomes the cell of that heading."""
    return _THIS_ROW.sub(lambda m: cell_of(m[1] or m[2]), formula)


def as_cell(value: object) -> Any:
    """A value as a cell holds it: Yes and No for booleans, floats for money; text stays text whatever it begins with."""
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decimal):
        return float(value)
    return value


LINE_HEIGHT, MOST_LINES = 15, 5  # points; more lines than that would make a register hard to scan


def row_height(texts: Iterable[tuple[object, int]]) -> float | None:
    """Height in points of a row with these texts in columns of these widths (characters); None where one line is enough."""
    lines = max((_lines(str(text), width) for text, width in texts if text), default=1)
    return LINE_HEIGHT * min(lines, MOST_LINES) if lines > 1 else None


def _lines(text: str, width: int) -> int:
    return sum(1 + int(len(line) * 1.1) // max(width, 1) for line in text.split("\n"))


def grid_height(cells: Iterable[str]) -> float:
    """Height in points of a map's row with these texts in its cells."""
    return min(400, max(30, 13 * max((_lines_in_map(c) for c in cells), default=1) + 4))


def _lines_in_map(text: str) -> int:
    return sum(1 + len(line) // GRID_WIDTH for line in text.split("\n")) if text else 1


def as_result(value: object) -> Any:
    """A value as a formula's stored result: dates as Excel's day numbers, nothing as empty text."""
    if isinstance(value, date):
        return (value - date(1899, 12, 30)).days
    return "" if value is None else as_cell(value)


def write_value(sheet: Any, row: int, column: int, value: object, style: Any = None) -> None:
    """Write one value; `sheet` is XlsxWriter's, row and column count from 0. Text is never taken for a formula or a link."""
    value = as_cell(value)
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif isinstance(value, int | float):
        sheet.write_number(row, column, value, style)
    elif isinstance(value, datetime | date):
        sheet.write_datetime(row, column, value, style)
    else:
        sheet.write_string(row, column, str(value)[:32_767], style)
