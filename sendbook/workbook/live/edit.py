"""Changing cells and adding rows of a table in an open workbook: looked at first, then written in as few calls as can be."""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from sendbook.tables import TABLES, Formula, Row, layout, name_key
from sendbook.workbook.edits import TableEdits, Value
from sendbook.workbook.excel import in_table
from sendbook.workbook.live.draw import typed
from sendbook.workbook.live.own_words import is_hidden
from sendbook.workbook.live.read import find_table, merged, values
from sendbook.workbook.live.state import is_protected
from sendbook.workbook.safe import CannotDo


def apply_edits(book: Any, edits: TableEdits) -> None:
    """Write the edits into a table of an open workbook.

    New rows fill the blank rows at the table's end first, then make it longer. Raises CannotDo, before anything is written,
    where the table is gone, protected, merged, or has no room below.
    """
    table = _Table.of(book, edits.table)
    first = table.first_free
    table.refuse_growth(first + len(edits.new_rows) - 1)
    for (row, heading), value in edits.cells.items():
        table.cell(row, heading).value = typed(value)
    if edits.new_rows:
        table.add(first, edits.new_rows)


def free_row(book: Any, name: str) -> Any:
    """The first cell of a blank row at a table's end, which grows where it has none. Raises CannotDo as `apply_edits` does."""
    table = _Table.of(book, name)
    row = table.first_free
    table.refuse_growth(row)
    if row > table.last:
        table.grow(row)
    cell = table.sheet.range((row, table.area.column))
    if is_hidden(cell):
        raise CannotDo(f"The new row of {name} is hidden by a filter. Take the filter off (Data, Clear), then click again.")
    return cell


class _Table:
    """A table of an open workbook while it is changed. Rows and columns count from 1, as in the sheet."""

    def __init__(self, table: Any, model: type[Row]) -> None:
        self.table, self.model = table, model
        self.area = table.range
        self.sheet = self.area.sheet
        self.top: int = self.area.row
        self.lines = values(self.area)
        self.columns = {name_key(str(h)): self.area.column + i for i, h in enumerate(self.lines[0])}
        self.formulas = {f.heading: f for f in layout(model) if isinstance(f, Formula)}
        self.has_totals = bool(table.show_totals)

    @classmethod
    def of(cls, book: Any, name: str) -> "_Table":
        """The table of that name. Raises CannotDo where it cannot be changed."""
        found = find_table(book, name)
        if found is None:
            raise CannotDo(f"{book.name} has no table {name}. Put it back from an earlier copy, then try again.")
        if is_protected(found.range.sheet):
            raise CannotDo(
                f"The sheet {found.range.sheet.name} is protected. Take the protection off (Review, Unprotect Sheet), then try again."
            )
        if areas := merged(found.range):
            raise CannotDo(f"Cells {areas[0]} of {name} are merged. Undo the merge (Home, Merge and Center), then try again.")
        return cls(found, next(m for m in TABLES if m.table == name))

    @property
    def last(self) -> int:
        """The last row of the table without its totals."""
        return self.top + len(self.lines) - 1 - self.has_totals

    @property
    def first_free(self) -> int:
        """The first of the blank rows at the table's end, or the row below it."""
        worked_out = {self.columns.get(name_key(h), 0) - self.area.column for h in self.formulas}
        row = self.last
        while row > self.top and all(v == "" or i in worked_out for i, v in enumerate(self.lines[row - self.top])):
            row -= 1
        return row + 1

    def refuse_growth(self, last: int) -> None:
        """Raise CannotDo where the table cannot reach down to that row."""
        if last <= self.last:
            return
        if self.has_totals:
            raise CannotDo(f"The table {self.table.name} has a total row. Take the tick from Table Design, Total Row, then try again.")
        below = self.sheet.range((self.last + 1, self.area.column), (last, self.area.column + self.area.shape[1] - 1))
        taken = [n for n, line in enumerate(values(below), self.last + 1) if any(v != "" for v in line)]
        if taken:
            raise CannotDo(
                f"Something stands below the table {self.table.name}, in row {taken[0]} of the sheet {self.sheet.name}, where new rows must go. "
                "Move it away, then try again."
            )

    def cell(self, row: int, heading: str) -> Any:
        """The cell of that sheet row under a heading."""
        return self.sheet.range((row, self.columns[name_key(heading)]))

    def add(self, first: int, rows: Sequence[Mapping[str, Value]]) -> None:
        """Put rows from `first` on; the table grows where it must. Formula columns are never written over."""
        last = first + len(rows) - 1
        if last > self.last:
            self.grow(last)
        at = {self.columns[name_key(h)]: h for h in dict.fromkeys(h for row in rows for h in row)}
        for _, run in groupby(enumerate(sorted(at)), key=lambda pair: pair[1] - pair[0]):
            block = [column for _, column in run]
            cells = [[typed(row.get(at[c])) for c in block] for row in rows]
            self.sheet.range((first, block[0]), (last, block[-1])).value = cells

    def grow(self, last: int) -> None:
        """Make the table reach down to that row."""
        self.table.resize(self.sheet.range((self.top, self.area.column), (last, self.area.column + self.area.shape[1] - 1)))
        self._formulas(self.last + 1, last)

    def _formulas(self, first: int, last: int) -> None:
        """Excel fills them by itself; other programs do not."""
        for heading, formula in self.formulas.items():
            if column := self.columns.get(name_key(heading)):
                cells = self.sheet.range((first, column), (last, column))
                if not any(str(f).startswith("=") for f in _flat(cells.formula)):
                    cells.formula = in_table(formula.excel, self.model.table, {})


def _flat(formulas: Any) -> list[Any]:
    """Formulas of a column as xlwings gives them: of one cell alone, of several as tuples in a tuple."""
    return (
        [formulas] if isinstance(formulas, str) else [f for line in formulas for f in (line if isinstance(line, tuple | list) else (line,))]
    )
