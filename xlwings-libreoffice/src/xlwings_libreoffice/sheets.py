"""Worksheets."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import MAX_COLUMNS, SHEET, Area, area_of, parse
from .bridge import CONTENTS, FORMATS, NOTES
from .charts import Charts
from .keeping import keeping_tables
from .names import Names, find_named_area
from .notes import Note, notes_of
from .page import FreezePanes, PageSetup, has_gridlines, set_gridlines
from .ranges import Range
from .tables import Tables
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .books import Book

# For more rectangles than this, one object of LibreOffice's for all of them is quicker than going to each.
_FEW = 6


@complete(base_classes.Sheets)
class Sheets:
    """The worksheets of one book."""

    def __init__(self, book: Book) -> None:
        self.book = book
        self._list: Any = None
        self._known: dict[str, Sheet] = {}
        self._waiting: list[Sheet] = []  # with rows touched
        self.changes = 0

    @property
    def api(self) -> Any:
        """LibreOffice's list of sheets."""
        if self._list is None:
            self._list = self.book.api.Sheets
        return self._list

    def changed(self) -> None:
        """Names or places of sheets are not what they were."""
        self.book.table_store.changed()
        self.changes += 1
        self._known.clear()

    def fit_touched(self) -> None:
        """Give all rows touched the height they need."""
        waiting, self._waiting = self._waiting, []
        for sheet in waiting:
            sheet.fit_touched()

    def wait(self, sheet: Sheet) -> None:
        """Rows of this sheet are to get their height at the end. It need not be known by its name any more."""
        self._waiting.append(sheet)

    def named(self, name: str) -> Sheet:
        """The sheet of exactly this name; objects for sheets cost much to make, so they are kept."""
        sheet = self._known.get(name)
        if sheet is None or not sheet.is_still(name):
            sheet = self._known[name] = Sheet(self.book, self.api.getByName(name))
        return sheet

    @property
    def active(self) -> Sheet:
        """The sheet in front."""
        return self.named(self.book.controller.ActiveSheet.Name)

    def __call__(self, name_or_index: str | int) -> Sheet:
        """The sheet of a name, or of a place counted from one."""
        names = self.api.ElementNames
        if isinstance(name_or_index, str):
            for name in names:
                if name.casefold() == name_or_index.casefold():
                    return self.named(name)
        elif 1 <= name_or_index <= len(names):
            return self.named(names[name_or_index - 1])
        raise KeyError(name_or_index)

    def __len__(self) -> int:
        return len(self.api.ElementNames)

    def __iter__(self) -> Iterator[Sheet]:
        return iter([self.named(name) for name in self.api.ElementNames])

    def __contains__(self, name: str) -> bool:
        return name.casefold() in {known.casefold() for known in self.api.ElementNames}

    def add(self, before: Sheet | None = None, after: Sheet | None = None, name: str | None = None) -> Sheet:
        """A new sheet, in front of the active one if not said otherwise; it becomes the active one."""
        place = before.index - 1 if before else after.index if after else self.active.index - 1
        title = name or self._free_name()
        self.api.insertNewByName(title, place)
        self.changed()
        sheet = self.named(title)
        sheet.activate()
        return sheet

    def _free_name(self) -> str:
        taken = {name.casefold() for name in self.api.ElementNames}
        number = len(taken) + 1
        while f"sheet{number}" in taken:
            number += 1
        return f"Sheet{number}"


@complete(base_classes.Sheet)
class Sheet:
    """One worksheet."""

    book: Book

    def __init__(self, book: Book, native: Any) -> None:
        self.book = book
        self._native = native
        self._cursor: Any = None
        self._cursor_at: tuple[int, Area] | None = None
        self._touched: Area | None = None
        self._name: tuple[int, str] = (-1, "")

    @property
    def api(self) -> Any:
        """LibreOffice's sheet."""
        return self._native

    @property
    def is_there(self) -> bool:
        """Whether the sheet was not deleted."""
        try:
            return bool(self._native.getName())
        except Exception:  # UNO's own exception types exist only at run time
            return False

    def is_still(self, name: str) -> bool:
        """Whether the sheet is there under this name."""
        try:
            return bool(self._native.getName() == name)
        except Exception:  # UNO's own exception types exist only at run time: a sheet deleted has no name
            return False

    @property
    def name(self) -> str:
        """The sheet's name. It is asked for at every turn, so it is kept until a sheet is added, renamed or deleted from here."""
        if self._name[0] != self.book.sheets.changes:
            self._name = (self.book.sheets.changes, str(self._native.getName()))
        return self._name[1]

    @name.setter
    def name(self, value: str) -> None:
        self._native.setName(value)
        self.book.sheets.changed()

    @property
    def index(self) -> int:
        """The sheet's place, from one."""
        return int(self._native.getRangeAddress().Sheet) + 1

    # Cells

    def at(self, area: Area) -> Range:
        """The range of a rectangle."""
        return Range(self, area)

    def cursor(self, area: Area) -> Any:
        """LibreOffice's range for a rectangle, good until the next call.

        Each new object costs ten times what a call does, so that one cursor is moved about. It is asked where it is, since rows and
        columns inserted move it, which nobody does unseen while the book is locked.
        """
        cursor, now = self._native_cursor, self._cursor_area()
        down, right = area.row - now.row, area.column - now.column
        if (down or right) and not now.part(down, right, now.rows, now.columns).is_on_sheet:
            cursor.collapseToSize(1, 1)
            now = Area(now.row, now.column)
        if down or right:
            cursor.gotoOffset(right, down)
        if (now.rows, now.columns) != (area.rows, area.columns):
            cursor.collapseToSize(area.columns, area.rows)
        self._cursor_at = self.book.moves, area
        return cursor

    @property
    def _native_cursor(self) -> Any:
        if self._cursor is None:
            self._cursor = self._native.createCursor()
        return self._cursor

    def _cursor_area(self) -> Area:
        if self.book.is_locked and self._cursor_at is not None and self._cursor_at[0] == self.book.moves:
            return self._cursor_at[1]
        return area_of(self._native_cursor.getRangeAddress())

    def lose_cursor(self) -> None:
        """The cursor is taken somewhere else than :meth:`cursor` has put it."""
        self._cursor_at = None

    def set_property(self, areas: list[Area], name: str, value: Any) -> None:
        """Set a property of the cells of some rectangles."""
        if len(areas) <= _FEW:
            for area in areas:
                self.cursor(area).setPropertyValue(name, value)
        else:
            ranges = self.book.api.createInstance("com.sun.star.sheet.SheetCellRanges")
            ranges.addRangeAddresses(tuple(self.addresses(areas)), False)
            ranges.setPropertyValue(name, value)
        for area in areas:
            self.touch(area)

    def touch(self, area: Area) -> None:
        """Something that may need higher rows was done while rows keep their height; see :meth:`Book.lock`."""
        if self.book.is_locked:
            if self._touched is None:
                self.book.sheets.wait(self)
            self._touched = area if self._touched is None else self._touched.around(area)

    def fit_touched(self) -> None:
        """Give the rows touched the height they need, those excepted that have one of their own."""
        if self._touched is None or not self.is_there:
            return
        rows = self._touched.common(self.used_range.area)
        self._touched = None
        if rows is not None:
            # Nothing written into the last column does no more than to have the heights worked out.
            self.cursor(Area(rows.row, MAX_COLUMNS, rows.rows, 1)).setDataArray((("",),) * rows.rows)

    def native_range(self, area: Area) -> Any:
        """LibreOffice's range for a rectangle, to keep."""
        return self._native.getCellRangeByPosition(area.column - 1, area.row - 1, area.last_column - 1, area.last_row - 1)

    def addresses(self, areas: list[Area]) -> list[Any]:
        """Rectangles in the form LibreOffice takes them with this sheet's number."""
        make, place = bridge.uno().createUnoStruct, self.index - 1
        name = "com.sun.star.table.CellRangeAddress"
        return [make(name, place, area.column - 1, area.row - 1, area.last_column - 1, area.last_row - 1) for area in areas]

    def address(self, area: Area) -> Any:
        """A rectangle in the form LibreOffice takes it with this sheet's number."""
        return self.addresses([area])[0]

    def _area(self, place: Any) -> Area:
        if isinstance(place, Range):
            return place.area
        if isinstance(place, tuple):
            if 0 in place[:2]:
                raise IndexError("Ranges are counted from 1, not from 0.")
            return Area(*place)
        return self.find_area(place)

    def find_area(self, address: str) -> Area:
        """The rectangle of an address or of a name on this sheet."""
        area = parse(address)
        if area is None:
            area = find_named_area(self, address)
        if area is None:
            raise ValueError(f"{address!r} is neither an address nor a name on the sheet {self.name!r}.")
        return area

    def range(self, arg1: Any, arg2: Any = None) -> Range:
        """The range of an address, of one or two cells, or of (row, column, rows, columns)."""
        if isinstance(arg1, int) and isinstance(arg2, int):
            arg1, arg2 = (arg1, arg2), None
        area = self._area(arg1)
        return self.at(area if arg2 is None else area.around(self._area(arg2)))

    @property
    def cells(self) -> Range:
        """All cells."""
        return self.at(SHEET)

    @property
    def used_range(self) -> Range:
        """The cells from the first to the last one used."""
        self.lose_cursor()
        cursor = self._native_cursor
        cursor.gotoStartOfUsedArea(False)
        cursor.gotoEndOfUsedArea(True)
        return self.at(area_of(cursor.getRangeAddress()))

    def clear_contents(self) -> None:
        """Empty all cells."""
        self._native.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        """Take all formats away."""
        self._native.clearContents(FORMATS)

    def clear(self) -> None:
        """Empty all cells and take formats and notes away."""
        self._native.clearContents(CONTENTS | FORMATS | NOTES)

    def autofit(self, axis: str | None = None) -> None:
        """Fit rows and columns to what is in them."""
        self.used_range.autofit(axis)

    # The sheet in its book

    def activate(self) -> None:
        """Bring the sheet to the front of its book."""
        self.book.controller.setActiveSheet(self._native)

    def select(self) -> None:
        """Bring the sheet to the front of its book."""
        self.activate()

    def delete(self) -> None:
        """Delete the sheet."""
        self.book.table_store.settle()
        with keeping_tables(self.book.api, self.index - 1):
            self.book.sheets.api.removeByName(self._native.getName())
        self.book.sheets.changed()

    def copy(self, before: Sheet | None, after: Sheet | None) -> None:
        """Copy the sheet within its book."""
        target = before or after
        if target is None or target.book is not self.book:
            refuse("copying a sheet into another book")
        place = target.index - 1 if before else target.index
        self.book.table_store.settle()
        sheets = self.book.sheets
        title, number = f"{self.name} (2)", 2
        while title in sheets:
            number += 1
            title = f"{self.name} ({number})"
        sheets.api.copyByName(self.name, title, place)
        sheets.changed()

    def move(self, before: Sheet | None, after: Sheet | None) -> None:
        """Move the sheet within its book."""
        place = before.index - 1 if before else after.index if after else 0
        self.book.sheets.api.moveByName(self.name, place)
        self.book.sheets.changed()

    @property
    def visible(self) -> bool:
        """Whether the sheet is shown."""
        return bool(self._native.IsVisible)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._native.IsVisible = bool(value)

    @property
    def show_gridlines(self) -> bool:
        """Whether the lines between cells are shown."""
        return has_gridlines(self)

    @show_gridlines.setter
    def show_gridlines(self, value: bool) -> None:
        set_gridlines(self, bool(value))

    @property
    def names(self) -> Names:
        """The names defined for this sheet alone."""
        return Names(self.book, self)

    @property
    def tables(self) -> Tables:
        """The sheet's tables."""
        return Tables(self)

    @cached_property
    def draw_page(self) -> Any:
        """What lies above the cells."""
        return self._native.DrawPage

    @cached_property
    def native_charts(self) -> Any:
        """LibreOffice's list of charts."""
        return self._native.Charts

    @property
    def charts(self) -> Charts:
        """The sheet's charts."""
        return Charts(self)

    @property
    def notes(self) -> list[Note]:
        """The sheet's notes."""
        return notes_of(self)

    @property
    def page_setup(self) -> PageSetup:
        """How the sheet is printed."""
        return PageSetup(self)

    @property
    def freeze_panes(self) -> FreezePanes:
        """The rows and columns that stay in view."""
        return FreezePanes(self)
