"""Excel's own ways of writing things: formulas as files hold them, number formats, a cell written as what it is."""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sendbook.tables import Kind

NUMBER_FORMATS = {
    Kind.TEXT: "General",
    Kind.PROSE: "General",
    Kind.DATE: "dd/mm/yyyy",
    Kind.WHOLE: "#,##0",
    Kind.NUMBER: "#,##0.##",
    Kind.MONEY: "£#,##0.00",
    Kind.YES_NO: "General",
    Kind.CHOICE: "General",
}
ROW_LIMIT = 1_048_576
_THIS_ROW = re.compile(r"\[@(?:\[([^\]]+)\]|([^\]\[]+))\]")


def in_file(formula: str, table: str) -> str:
    """A table formula as a file must hold it: `[@Minutes]` becomes `Groups[[#This Row],[Minutes]]`."""
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
