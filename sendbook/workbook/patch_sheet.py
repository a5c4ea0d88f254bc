"""The cells of one sheet's XML: found, filled, given a row of their own. What is not touched keeps its bytes' meaning."""

import re
from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal

from lxml import etree
from openpyxl.utils.cell import coordinate_to_tuple, get_column_letter
from openpyxl.utils.datetime import to_excel

from sendbook.workbook.edits import Value
from sendbook.workbook.patch_package import q

TEXT_LIMIT = 32_767  # characters Excel takes in a cell
SPACE = "{http://www.w3.org/XML/1998/namespace}space"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPE_LIKE = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_OF_THE_ROW = ("r", "spans", "hidden", "collapsed", "outlineLevel")  # not passed on to a new row


def cell_text(value: str) -> str:
    """Text as a cell's XML can hold it: control characters out, and nothing in it read as an escape."""
    text = _NOT_XML.sub("", value)[:TEXT_LIMIT]
    return _ESCAPE_LIKE.sub("_x005F_", text)


class Grid:
    """The rows and cells of a sheet part. Rows and columns count from 1."""

    def __init__(self, sheet: etree._Element, shared: Callable[[], Sequence[str]], epoch: datetime) -> None:
        found = sheet.find(q("sheetData"))
        self._data = found if found is not None else etree.SubElement(sheet, q("sheetData"))
        self._shared, self._epoch = shared, epoch
        self._columns = [
            (int(c.get("min", 0)), int(c.get("max", 0)), int(c.get("style", 0))) for c in sheet.iterfind(f"{q('cols')}/{q('col')}")
        ]
        self._index: dict[int, dict[int, etree._Element]] = {}
        self._rows = self._numbered()
        self._last = max(self._rows, default=0)

    def _numbered(self) -> dict[int, etree._Element]:
        """Rows by number. A writer may leave numbers out, each then meaning the next; they are written in, since rows come between."""
        rows: dict[int, etree._Element] = {}
        number = 0
        for row in self._data.iterchildren(q("row")):
            number = int(row.get("r") or number + 1)
            if row.get("r") is None:
                row.set("r", str(number))
            rows[number] = row
            _number_cells(row, number)
        return rows

    def last_row(self) -> int:
        """The number of the last row that stands in the sheet, 0 in an empty one."""
        return self._last

    def cell(self, row: int, column: int) -> etree._Element | None:
        """The cell's element, or None where the sheet has none."""
        return self._cells(row).get(column)

    def _cells(self, row: int) -> dict[int, etree._Element]:
        """The row's cells by column number, kept up as cells come in."""
        if row not in self._index:
            cells = self._rows[row].iterchildren(q("c")) if row in self._rows else ()
            self._index[row] = {coordinate_to_tuple(str(c.get("r")))[1]: c for c in cells}
        return self._index[row]

    def has_content(self, row: int, first: int, last: int) -> bool:
        """Anything but blanks between two columns of a row, both counted in; a formula counts."""
        return any(first <= column <= last and self.holds(cell) for column, cell in self._cells(row).items())

    def holds(self, cell: etree._Element | None) -> bool:
        """A cell with a formula or with anything but spaces in it."""
        if cell is None:
            return False
        return cell.find(q("f")) is not None or bool(self._text(cell).strip())

    def _text(self, cell: etree._Element) -> str:
        if cell.get("t") == "inlineStr":
            return "".join(t.text or "" for t in cell.iter(q("t")))
        value = cell.findtext(q("v")) or ""
        return self._shared()[int(value)] if cell.get("t") == "s" and value else value

    def style(self, row: int, column: int) -> int:
        """The format a cell has or would be given when typed into: its own, its row's, its column's."""
        cell = self.cell(row, column)
        if cell is not None:
            return int(cell.get("s") or 0)
        element = self._rows.get(row)
        if element is not None and element.get("customFormat") in ("1", "true"):
            return int(element.get("s") or 0)
        return next((style for low, high, style in self._columns if low <= column <= high), 0)

    def put(self, row: int, column: int, value: Value, style: int) -> None:
        """Fill a cell; what was in it goes, its format is `style`."""
        cell = self._emptied(row, column, style)
        if isinstance(value, bool):
            value = "Yes" if value else "No"
        if isinstance(value, str):
            _put_text(cell, value)
        else:
            number = to_excel(value, self._epoch) if isinstance(value, date) else value
            etree.SubElement(cell, q("v")).text = f"{number:f}" if isinstance(number, Decimal) else repr(number)

    def put_formula(self, row: int, column: int, formula: str, style: int, *, array: bool = False) -> None:
        """Write a formula with no result, so that whoever opens the workbook works it out."""
        cell = self._emptied(row, column, style)
        element = etree.SubElement(cell, q("f"))
        element.text = formula
        if array:
            element.set("t", "array")
            element.set("ref", str(cell.get("r")))

    def put_blank(self, row: int, column: int, style: int) -> None:
        """An empty cell with a format; none where it would have the format that no cell has."""
        if style or self.cell(row, column) is not None:
            self._emptied(row, column, style)

    def forget_result(self, row: int, column: int) -> None:
        """Take out the kept result of a formula, so that it is worked out again."""
        cell = self.cell(row, column)
        if cell is not None and cell.find(q("f")) is not None:
            for value in cell.findall(q("v")):
                cell.remove(value)
            cell.attrib.pop("t", "")

    def _emptied(self, row: int, column: int, style: int) -> etree._Element:
        cell = self.cell(row, column)
        if cell is None:
            cell = self._insert(row, column)
        for child in list(cell):
            cell.remove(child)
        for name in ("t", "cm", "vm"):  # type and metadata belong to what was in it
            cell.attrib.pop(name, "")
        if style:
            cell.set("s", str(style))
        return cell

    def _insert(self, row: int, column: int) -> etree._Element:
        element = self._rows[row] if row in self._rows else self._insert_row(row)
        element.attrib.pop("spans", "")  # a hint for quick reading that the new cell may make untrue
        cell = etree.Element(q("c"), {"r": f"{get_column_letter(column)}{row}"})
        cells = self._cells(row)
        left = next(reversed(cells), 0)  # when rows are filled from left to right this is the row's last cell
        if left > column or (left and cells[left].getnext() is not None):
            left = max((at for at in cells if at < column), default=0)
        if left:
            cells[left].addnext(cell)
        else:
            element.insert(0, cell)
        cells[column] = cell
        return cell

    def _insert_row(self, number: int) -> etree._Element:
        row = etree.Element(q("row"), {"r": str(number)})
        above = number - 1 if number - 1 in self._rows else max((n for n in self._rows if n < number), default=0)
        if above:
            self._rows[above].addnext(row)
        else:
            self._data.insert(0, row)
        self._rows[number] = row
        self._last = max(self._last, number)
        return row

    def like_row(self, number: int, model: int) -> None:
        """Make a row with the height and format of the row `model`; one that stands already is left as it is."""
        if number in self._rows:
            return
        row = self._insert_row(number)
        pattern = self._rows.get(model)
        for name, value in {} if pattern is None else pattern.attrib.items():
            if name not in _OF_THE_ROW:
                row.set(name, value)


def _number_cells(row: etree._Element, number: int) -> None:
    column = 0
    for cell in row.iterchildren(q("c")):
        at = cell.get("r")
        column = coordinate_to_tuple(at)[1] if at else column + 1
        if at is None:
            cell.set("r", f"{get_column_letter(column)}{number}")


def _put_text(cell: etree._Element, value: str) -> None:
    cell.set("t", "inlineStr")
    text = etree.SubElement(etree.SubElement(cell, q("is")), q("t"))
    text.text = cell_text(value)
    text.set(SPACE, "preserve")
