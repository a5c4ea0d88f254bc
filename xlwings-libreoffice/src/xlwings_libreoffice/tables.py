"""Tables: what Excel's tables are in LibreOffice, database ranges with a header."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import Area, area_of
from .unsupported import complete

if TYPE_CHECKING:
    from .ranges import Range
    from .sheets import Sheet
    from .table_store import TableStore


@complete(base_classes.Table)
class Table:
    """One table."""

    def __init__(self, sheet: Sheet, name: str) -> None:
        self._sheet = sheet
        self._name = name

    @property
    def _store(self) -> TableStore:
        return self._sheet.book.table_store

    @property
    def api(self) -> Any:
        """LibreOffice's database range."""
        return self._store.native(self._name)

    @property
    def parent(self) -> Sheet:
        """The sheet the table is on."""
        return self._sheet

    @property
    def area(self) -> Area:
        """The cells of the table."""
        return area_of(self._store.place(self._name))

    @property
    def name(self) -> str:
        """The table's name."""
        return self._name

    @name.setter
    def name(self, value: str) -> None:
        if value == self._name:
            return
        taken = self._store.exact_name(value)
        if taken is not None and taken != self._name:
            raise ValueError(f"There is already a table named {taken!r} in the workbook.")
        self._store.settle()
        self.api.setName(value)
        self._store.forget(self._name)
        if self._name in self._store.styles:
            self._store.styles[value] = self._store.styles.pop(self._name)
        self._name = value

    @property
    def display_name(self) -> str:
        """The table's name."""
        return self.name

    @display_name.setter
    def display_name(self, value: str) -> None:
        self.name = value

    @property
    def range(self) -> Range:
        """The whole table."""
        return self._sheet.at(self.area)

    def _parts(self) -> tuple[Area, bool, bool]:
        return self.area, self.show_headers, self.show_totals

    @property
    def header_row_range(self) -> Range | None:
        """The row of the columns' names."""
        area, header, _ = self._parts()
        return self._sheet.at(area.part(0, 0, 1, area.columns)) if header else None

    @property
    def data_body_range(self) -> Range | None:
        """The rows between the header and the totals, None if there are none."""
        area, header, totals = self._parts()
        rows = area.rows - header - totals
        return self._sheet.at(area.part(int(header), 0, rows, area.columns)) if rows > 0 else None

    @property
    def totals_row_range(self) -> Range | None:
        """The row of the totals."""
        area, _, totals = self._parts()
        return self._sheet.at(area.part(area.rows - 1, 0, 1, area.columns)) if totals else None

    @property
    def insert_row_range(self) -> None:
        """Excel's row for the first entry of an empty table, which LibreOffice does not have."""
        return

    @property
    def show_headers(self) -> bool:
        """Whether the first row names the columns."""
        return bool(self.api.getPropertyValue("ContainsHeader"))

    @show_headers.setter
    def show_headers(self, value: bool) -> None:
        self.api.setPropertyValue("ContainsHeader", bool(value))

    @property
    def show_totals(self) -> bool:
        """Whether the last row has totals."""
        return bool(self.api.getPropertyValue("TotalsRow"))

    @show_totals.setter
    def show_totals(self, value: bool) -> None:
        if bool(value) == self.show_totals:
            return
        area = self.area
        self._set_area(Area(area.row, area.column, area.rows + (1 if value else -1), area.columns))
        self.api.setPropertyValue("TotalsRow", bool(value))

    @property
    def show_autofilter(self) -> bool:
        """Whether the header has buttons to filter by."""
        return bool(self.api.getPropertyValue("AutoFilter"))

    @show_autofilter.setter
    def show_autofilter(self, value: bool) -> None:
        self.api.setPropertyValue("AutoFilter", bool(value))

    @property
    def table_style(self) -> str:
        """The style's name; LibreOffice has none for tables, so it is only kept while the book is open."""
        return self._store.styles.get(self._name, "")

    @table_style.setter
    def table_style(self, value: str) -> None:
        self._store.styles[self._name] = value

    def _set_area(self, area: Area) -> None:
        self.api.setDataArea(self._sheet.address(area))
        self._store.changed()

    def resize(self, range: Any) -> None:  # noqa: A002 - xlwings' own name
        """Make the table these cells; what is in them stays."""
        self._set_area(range.impl.area)

    def delete(self) -> None:
        """Take the table away; its cells stay."""
        self.show_autofilter = False  # else the buttons would stay in the cells
        self._store.remove(self._name)


@complete(base_classes.Tables)
class Tables:
    """The tables of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def _store(self) -> TableStore:
        return self._sheet.book.table_store

    @property
    def api(self) -> Any:
        """LibreOffice's database ranges, of all sheets."""
        return self._store.api

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    def _is_here(self, name: str) -> bool:
        return int(self._store.place(name).Sheet) == self._sheet.index - 1

    def __iter__(self) -> Iterator[Table]:
        place = self._sheet.index - 1
        for name in self._store.names():
            if int(self._store.place(name).Sheet) == place:
                yield Table(self._sheet, name)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: str | int) -> bool:
        try:
            self(key)
        except KeyError:
            return False
        return True

    def __call__(self, key: str | int) -> Table:
        """The table of a name, or of a place counted from one."""
        if isinstance(key, str):
            name = self._store.exact_name(key)
            if name is not None and self._is_here(name):
                return Table(self._sheet, name)
        else:
            tables = list(self)
            if 1 <= key <= len(tables):
                return tables[key - 1]
        raise KeyError(key)

    def at(self, cell: Area) -> Table | None:
        """The table a cell is in."""
        return next((table for table in self if table.area.common(cell.part(0, 0)) is not None), None)

    def name_at(self, cell: Area) -> str | None:
        """The name of the table a cell is in."""
        table = self.at(cell)
        return table.name if table else None

    def add(
        self,
        source_type: Any = None,
        source: Any = None,
        link_source: Any = None,
        has_headers: bool | None = True,
        destination: Any = None,
        table_style_name: str | None = None,
        name: str | None = None,
    ) -> Table:
        """Make a table of a range whose first row names the columns (it is put in above if ``has_headers`` is False)."""
        area = source.impl.area
        if any(table.area.common(area) for table in self):
            raise ValueError("A table cannot overlap another table.")
        name = name or self._free_name()
        if self._store.exact_name(name) is not None:
            raise ValueError(f"There is already a table named {name!r} in the workbook.")
        if not has_headers:
            area = self._make_header(area)
        self._store.add(name, self._sheet.address(area))
        table = Table(self._sheet, name)
        table.show_autofilter = True
        if table_style_name:
            table.table_style = table_style_name
        return table

    def _free_name(self) -> str:
        taken = {name.casefold() for name in self._store.names()}
        number = 1
        while f"table{number}" in taken:
            number += 1
        return f"Table{number}"

    def _make_header(self, area: Area) -> Area:
        """Excel moves the cells down by a row and names the columns."""
        first = Area(area.row, area.column, 1, area.columns)
        self._sheet.api.insertCells(self._sheet.address(first), bridge.enum("sheet.CellInsertMode", "DOWN"))
        self._sheet.book.cells_moved()
        self._sheet.at(first).raw_value = [[f"Column{number + 1}" for number in range(area.columns)]]
        return Area(area.row, area.column, area.rows + 1, area.columns)
