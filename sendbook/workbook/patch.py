"""Changing cells and adding rows of a table in a closed workbook, with everything else in the file left as it is.

Load-and-save libraries drop or redo what they do not know (headers, charts, slicers). Here only the parts that
hold the table are changed, in their own XML; every other part of the package is carried over byte for byte.
"""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path

from lxml import etree
from openpyxl.utils.cell import get_column_letter
from openpyxl.utils.datetime import CALENDAR_MAC_1904, CALENDAR_WINDOWS_1900
from openpyxl.worksheet.cell_range import CellRange

from sendbook.workbook.edits import TableEdits, Value
from sendbook.workbook.patch_package import Package, opened, q
from sendbook.workbook.patch_sheet import Grid
from sendbook.workbook.patch_styles import Styles
from sendbook.workbook.patch_table import (
    LAST_SHEET_ROW,
    FoundTable,
    extend,
    find_table,
    heading_key,
    other_tables,
    refuse_if_locked,
    refuse_merged,
    widen_dimension,
)
from sendbook.workbook.safe import CannotDo

# What may stand before `calcPr` in a workbook part, by the schema's order.
_BEFORE_CALCULATION = (
    "fileVersion", "fileSharing", "workbookPr", "workbookProtection", "bookViews", "sheets", "functionGroups",
    "externalReferences", "definedNames",
)  # fmt: skip


def patch_table(source: Path, target: Path, edits: TableEdits) -> None:
    """Write `source` with the edits made to `target`, another file (a temporary one of `write_beside`).

    New rows fill the blank rows at the table's end first, then make it longer. Raises CannotDo, before anything is
    written, where the workbook cannot be changed safely; ValueError for a cell that is none of the table's.
    """
    with opened(source) as package:
        table = find_table(package, edits.table)
        refuse_if_locked(package, table)
        _Patch(package, table, edits).make()
        _calculate_on_opening(package)
        package.drop_calculation_chain()
        package.save(target)


class _Patch:
    """One run over one table's sheet."""

    def __init__(self, package: Package, table: FoundTable, edits: TableEdits) -> None:
        self.package, self.table, self.edits = package, table, edits
        self.sheet = package.change(table.sheet_part)
        self.grid = Grid(self.sheet, cache(lambda: _shared_strings(package)), _epoch(package))
        self.styles = Styles(package)
        self._column_styles: dict[int, int] = {}

    def make(self) -> None:
        free = self._blank_rows()
        rows = [*free, *range(self.table.last_row + 1, self.table.last_row + 1 + len(self.edits.new_rows))][: len(self.edits.new_rows)]
        last = max([self.table.last_row, *rows])
        self._refuse(rows, last)
        for (row, heading), value in self.edits.cells.items():
            self._change(row, self._column(heading), value)
        for row in {row for row, _ in self.edits.cells}:
            self._forget_results(row)
        for row, values in zip(rows, self.edits.new_rows, strict=True):
            self._fill(row, {self._column(h): v for h, v in values.items()})
        if last > self.table.last_row:
            extend(self.package, self.table, last)
            widen_dimension(self.sheet, self.table, last)

    def _column(self, heading: str) -> int:
        column = self.table.columns.get(heading_key(heading))
        if column is None:
            raise ValueError(f"{self.table.name} has no column {heading}")
        if column in self.table.formulas:
            raise ValueError(f"{heading} works itself out")
        return column

    def _blank_rows(self) -> range:
        """The rows at the table's end with nothing in any column that people fill in."""
        typed = [c for c in range(self.table.first_column, self.table.last_column + 1) if c not in self.table.formulas]
        row = self.table.last_row
        while row >= self.table.first_row and not any(self.grid.holds(self.grid.cell(row, c)) for c in typed):
            row -= 1
        return range(row + 1, self.table.last_row + 1)

    def _refuse(self, rows: list[int], last: int) -> None:
        if last > self.table.last_row:
            self._refuse_growth(last)
        touched = sorted({*rows, *(row for row, _ in self.edits.cells)})
        if touched:
            refuse_merged(self.package, self.table, touched[0], touched[-1])

    def _refuse_growth(self, last: int) -> None:
        table, name = self.table, self.package.path.name
        if table.has_totals:
            raise CannotDo(
                f"The table {table.name} of {name} has a total row and no blank row above it; nothing was changed. "
                "In Excel take the tick from Table Design, Total Row, save, then do this again."
            )
        below = self._first_below(last)
        if below:
            raise CannotDo(
                f"Something stands below the table {table.name} of {name}, in the sheet {table.sheet} row {below}, where new rows must go; "
                "nothing was changed. Move it away, or add blank rows to the table, save, then do this again."
            )
        if last > LAST_SHEET_ROW:
            raise CannotDo(f"The sheet {table.sheet} of {name} has no room for so many rows; nothing was changed. Split the list.")

    def _first_below(self, last: int) -> int | None:
        first, left, right = self.table.last_row + 1, self.table.first_column, self.table.last_column
        band = CellRange(min_col=left, max_col=right, min_row=first, max_row=last)
        taken = [area.min_row for area in other_tables(self.package, self.table) if not area.isdisjoint(band)]
        taken += [row for row in range(first, min(last, self.grid.last_row()) + 1) if self.grid.has_content(row, left, right)]
        return min(taken, default=None)

    def _change(self, row: int, column: int, value: Value) -> None:
        if not self.table.first_row <= row <= self.table.last_row:
            raise ValueError(f"row {row} is not in the table {self.table.name}")
        cell = self.grid.cell(row, column)
        if cell is not None and cell.find(q("f")) is not None:
            raise CannotDo(
                f"{self.table.sheet}!{get_column_letter(column)}{row} of {self.package.path.name} holds a formula, which would be lost; "
                "nothing was changed. In Excel put the plain value in its place, or take that column out of the list, then do this again."
            )
        self.grid.put(row, column, value, self.styles.fitting(self.grid.style(row, column), value))

    def _forget_results(self, row: int) -> None:
        for column in self.table.formulas:
            self.grid.forget_result(row, column)

    def _fill(self, row: int, values: Mapping[int, Value]) -> None:
        new = row > self.table.last_row
        if new:
            self.grid.like_row(row, self.table.last_row)
        for column in range(self.table.first_column, self.table.last_column + 1):
            style = self._style(row, column)
            if column in values:
                self.grid.put(row, column, values[column], self.styles.fitting(style, values[column]))
            elif column in self.table.formulas:
                self._fill_formula(row, column, style, new=new)
            elif new:
                self.grid.put_blank(row, column, style)

    def _style(self, row: int, column: int) -> int:
        """The format of a new row's cell: its own where it stands in the table, else that of the lowest cell above it."""
        if row <= self.table.last_row and self.grid.cell(row, column) is not None:
            return self.grid.style(row, column)
        if column not in self._column_styles:
            rows = range(self.table.last_row, self.table.first_row - 1, -1)
            lowest = next((r for r in rows if self.grid.cell(r, column) is not None), self.table.last_row)
            self._column_styles[column] = self.grid.style(lowest, column)
        return self._column_styles[column]

    def _fill_formula(self, row: int, column: int, style: int, *, new: bool) -> None:
        cell = self.grid.cell(row, column)
        if new or not self.grid.holds(cell):
            formula = self.table.formulas[column]
            self.grid.put_formula(row, column, formula.text, style, array=formula.array)
        else:
            self.grid.forget_result(row, column)


def _shared_strings(package: Package) -> list[str]:
    part = package.related_part(package.workbook, "sharedStrings")
    if part is None:
        return []
    return ["".join(t.text or "" for t in item.iter(q("t"))) for item in package.tree(part).iterchildren(q("si"))]


def _epoch(package: Package) -> datetime:
    properties = package.tree(package.workbook).find(q("workbookPr"))
    old_mac = properties is not None and properties.get("date1904") in ("1", "true")
    return CALENDAR_MAC_1904 if old_mac else CALENDAR_WINDOWS_1900


def _calculate_on_opening(package: Package) -> None:
    workbook = package.change(package.workbook)
    found = workbook.find(q("calcPr"))
    if found is None:
        found = etree.Element(q("calcPr"))
        before = [child for child in workbook if child.tag in {q(t) for t in _BEFORE_CALCULATION}]
        before[-1].addnext(found)
    found.set("fullCalcOnLoad", "1")
