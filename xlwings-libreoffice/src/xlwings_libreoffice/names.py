"""Names defined for cells and formulas, of the whole book or of one sheet."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import Area, area_of, parse
from .cell_formats import office_address
from .formulas import sheet_prefix, table_items, to_excel, to_office
from .range_values import read
from .unsupported import complete

if TYPE_CHECKING:
    from .books import Book
    from .ranges import Range
    from .sheets import Sheet


def _split(name: str) -> tuple[str | None, str]:
    """A name and the sheet before it, as in ``'My sheet'!rate``."""
    scope, mark, local = name.rpartition("!")
    if not mark:
        return None, name
    return (scope[1:-1].replace("''", "'") if scope.startswith("'") else scope), local


@complete(base_classes.Name)
class Name:
    """One name."""

    def __init__(self, book: Book, local: str, scope: Sheet | None) -> None:
        self._book = book
        self._local = local
        self._scope = scope

    @property
    def _list(self) -> Any:
        return (self._scope or self._book).api.NamedRanges

    @property
    def api(self) -> Any:
        """LibreOffice's named range."""
        return self._list.getByName(self._local)

    @property
    def name(self) -> str:
        """The name, with its sheet before it if it is that sheet's alone."""
        return (sheet_prefix(self._scope.name) if self._scope else "") + self._local

    @name.setter
    def name(self, value: str) -> None:
        self._local, native = _split(value)[1], self.api
        native.setName(self._local)

    @property
    def refers_to(self) -> str:
        """What the name stands for, as a formula."""
        return to_excel("=" + self.api.getContent())

    @refers_to.setter
    def refers_to(self, value: str) -> None:
        self.api.setContent(_content(self._book, value))

    @property
    def refers_to_range(self) -> Range:
        """The cells the name stands for."""
        cells = self.api.getReferredCells()
        if cells is None:
            raise ValueError(f"The name {self.name} does not stand for cells.")
        address = cells.getRangeAddress()
        sheet: Sheet = self._book.sheets(address.Sheet + 1)
        return sheet.at(area_of(address))

    def delete(self) -> None:
        """Take the name away."""
        self._list.removeByName(self._local)


def _content(book: Book, refers_to: Any) -> str:
    text = str(refers_to)
    return to_office(text if text.startswith("=") else f"={text}", book.table_names)[1:]


@complete(base_classes.Names)
class Names:
    """The names of a book (those of its sheets with them), or of one sheet."""

    def __init__(self, book: Book, sheet: Sheet | None = None) -> None:
        self._book = book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's list of names."""
        return (self._sheet or self._book).api.NamedRanges

    def _all(self) -> Iterator[Name]:
        scopes: list[Sheet | None] = [self._sheet] if self._sheet else [None, *self._book.sheets]
        for scope in scopes:
            for local in (scope or self._book).api.NamedRanges.ElementNames:
                yield Name(self._book, local, scope)

    def snapshot(self) -> list[tuple[str, Name]]:
        """All names with their texts."""
        return [(name.name, name) for name in self._all()]

    def __len__(self) -> int:
        return sum(1 for _ in self._all())

    def __call__(self, name_or_index: str | int) -> Name:
        """The name of that text, or of a place counted from one."""
        found = [name for _, name in self.snapshot()]
        if isinstance(name_or_index, int):
            return found[name_or_index - 1]
        wanted = name_or_index.casefold()
        for name in found:
            if wanted == name.name.casefold() or (self._sheet and wanted == name._local.casefold()):
                return name
        raise KeyError(name_or_index)

    def contains(self, name_or_index: str | int) -> bool:
        """Whether there is such a name."""
        try:
            self(name_or_index)
        except (KeyError, IndexError):
            return False
        return True

    def add(self, name: str, refers_to: Any) -> Name:
        """Define a name, of one sheet if that is before it or if these are a sheet's names; one that exists gets the new meaning."""
        scope_name, local = _split(name)
        scope = self._book.sheets(scope_name) if scope_name else self._sheet
        native = (scope or self._book).api.NamedRanges
        made = Name(self._book, local, scope)
        if native.hasByName(local):
            made.refers_to = refers_to
        else:
            native.addNewByName(local, _content(self._book, refers_to), bridge.struct("table.CellAddress"), 0)
        return made


def define(book: Book, sheet: Sheet, area: Area, name: str) -> None:
    """Give cells a name."""
    Names(book).add(name, "=" + sheet_prefix(sheet.name) + area.address())


def name_of(book: Book, sheet: Sheet, area: Area) -> Name | None:
    """The name that stands for exactly these cells."""
    wanted = office_address(sheet.name, area).replace("'", "")
    return next((name for _, name in Names(book).snapshot() if name.api.getContent().replace("'", "") == wanted), None)


def find_named_area(sheet: Sheet, text: str) -> Area | None:
    """The cells of a name, of a table, or of a part of a table, if they are on the sheet."""
    scope, local = _split(text)
    if scope is not None and scope.casefold() == sheet.name.casefold() and (area := parse(local)) is not None:
        return area
    for names in (Names(sheet.book, sheet), Names(sheet.book)):
        if names.contains(text):
            found = names(text).refers_to_range
            return found.area if found.sheet.name == sheet.name else None
    return _table_area(sheet, text)


def _table_area(sheet: Sheet, text: str) -> Area | None:
    name, _, rest = text.partition("[")
    if name not in sheet.tables:
        return None
    table = sheet.tables(name)
    items = table_items(rest[:-1]) if rest.startswith("[") else [rest[:-1]] if rest else []
    special = {item.casefold() for item in items if item.startswith("#")}
    whole = {"#all": table.range, "#headers": table.header_row_range, "#totals": table.totals_row_range}
    rows = next((whole[item] for item in special if item in whole), table.data_body_range)
    columns = [item for item in items if not item.startswith("#") and item != ":"]
    if rows is None or not columns:
        return rows.area if rows else None
    header = [str(value) for value in read(sheet, table.area.part(0, 0, 1, table.area.columns))[0]]
    places = [_place(header, column) for column in columns]
    area = rows.area
    return area.part(0, min(places), area.rows, max(places) - min(places) + 1)


def _place(header: list[str], column: str) -> int:
    plain, place = "", 0
    while place < len(column):
        place += column[place] == "'"
        plain += column[place : place + 1]
        place += 1
    return [name.casefold() for name in header].index(plain.casefold())
