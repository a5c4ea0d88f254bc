"""Moving, joining and marking cells, and finding others from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from . import bridge
from .areas import MAX_COLUMNS, MAX_ROWS, SHEET, Area, area_of
from .names import Name, define, name_of
from .notes import Note, add_note, note_on
from .range_base import RangeBase
from .unsupported import refuse

if TYPE_CHECKING:
    from .tables import Table

_STEPS = {"down": (1, 0), "up": (-1, 0), "right": (0, 1), "left": (0, -1)}
_DIRECTIONS = _STEPS | {name[0]: step for name, step in _STEPS.items()}


class RangeEditing(RangeBase):
    """What is done to whole cells."""

    # Finding other cells

    def end(self, direction: str) -> Self:
        """The cell where Ctrl and an arrow key lead to from the first cell."""
        if direction not in _DIRECTIONS:
            raise ValueError(f"{direction!r} is not a direction.")
        down, right = _DIRECTIONS[direction]
        row, column = self.area.row, self.area.column
        used = self.sheet.used_range.area
        if down:
            line = Area(row, column, max(used.last_row - row, 0) + 2, 1) if down > 0 else Area(1, column, row, 1)
        else:
            line = Area(row, column, 1, max(used.last_column - column, 0) + 2) if right > 0 else Area(row, 1, 1, column)
        line = line.common(SHEET) or line
        filled = [value != "" for values in self.sheet.cursor(line).getDataArray() for value in values]
        steps = _stride(filled if down + right > 0 else filled[::-1])
        limit = {(1, 0): MAX_ROWS - row, (-1, 0): row - 1, (0, 1): MAX_COLUMNS - column, (0, -1): column - 1}[down, right]
        steps = limit if steps is None else steps
        return self._at(Area(row + steps * down, column + steps * right))

    @property
    def current_region(self) -> Self:
        """The cells around this one up to empty rows and columns."""
        cursor = self.cursor
        self.sheet.lose_cursor()
        cursor.collapseToCurrentRegion()
        return self._at(area_of(cursor.getRangeAddress()))

    @property
    def merge_area(self) -> Self:
        """The merged cells the first cell belongs to, or that cell alone."""
        cursor = self.sheet.cursor(self.area.part(0, 0))
        self.sheet.lose_cursor()
        cursor.collapseToMergedArea()
        return self._at(area_of(cursor.getRangeAddress()))

    @property
    def table(self) -> Table | None:
        """The table the first cell is in."""
        return self.sheet.tables.at(self.area)

    # Joining cells

    @property
    def merge_cells(self) -> bool | None:
        """Whether the cells are merged, None if only some of them are."""
        if not self.sheet.cursor(Area(1, 1, self.area.last_row, self.area.last_column)).getIsMerged():
            return False  # merged cells begin above or left of, or in, the cells they cover
        merged = self.merge_area.area
        if len(self) == 1 or (merged.rows, merged.columns) != (1, 1):
            return (merged.rows, merged.columns) != (1, 1) if merged.common(self.area) == self.area else None
        return None if self.cursor.getIsMerged() else False

    def merge(self, across: bool) -> None:
        """Make one cell of all, or of each row."""
        areas = [self.area.part(row, 0, 1, self.area.columns) for row in range(self.area.rows)] if across else [self.area]
        for area in areas:
            self.sheet.cursor(area).merge(True)

    def unmerge(self) -> None:
        """Make single cells again."""
        self.cursor.merge(False)

    # Moving cells

    def _shift(self, shift: str | None, down: str, across: str) -> str:
        if self.area.columns == MAX_COLUMNS:
            return "ROWS"
        if self.area.rows == MAX_ROWS:
            return "COLUMNS"
        if shift is None:
            shift = down if self.area.columns >= self.area.rows else across
        return shift.upper()

    def insert(self, shift: str | None = None, copy_origin: str | None = None) -> None:
        """Put empty cells here; those that were here go down or right."""
        mode = self._shift(shift, "down", "right")
        self.sheet.api.insertCells(self.sheet.address(self.area), bridge.enum("sheet.CellInsertMode", mode))
        self.sheet.book.cells_moved()

    def delete(self, shift: str | None = None) -> None:
        """Take the cells out; others come up or from the right."""
        mode = self._shift(shift, "up", "left")
        self.sheet.api.removeRange(self.sheet.address(self.area), bridge.enum("sheet.CellDeleteMode", mode))
        self.sheet.book.cells_moved()

    def copy(self, destination: Any = None) -> None:
        """Copy the cells, formats and all, to where another range begins."""
        if destination is None:
            refuse("copying to the clipboard; give a destination")
        target = getattr(destination, "impl", destination)
        if target.sheet.book is not self.sheet.book:
            refuse("copying to another book")
        self.sheet.api.copyRange(_corner(target), self.sheet.address(self.area))

    def move(self, destination: Any) -> None:
        """Move the cells to where another range begins."""
        self.sheet.api.moveRange(_corner(getattr(destination, "impl", destination)), self.sheet.address(self.area))
        self.sheet.book.cells_moved()

    def select(self) -> None:
        """Select the cells."""
        self.sheet.activate()
        self.sheet.book.controller.select(self.sheet.native_range(self.area))

    # What is fixed to cells

    @property
    def name(self) -> Name | None:
        """The name that stands for exactly these cells."""
        return name_of(self.sheet.book, self.sheet, self.area)

    @name.setter
    def name(self, value: str) -> None:
        define(self.sheet.book, self.sheet, self.area, value)

    @property
    def note(self) -> Note | None:
        """The note on the first cell."""
        return note_on(self.sheet, self.area.part(0, 0))

    def add_note(self, text: str) -> Note:
        """Put a note on the cell."""
        return add_note(self.sheet, self.area, text)

    def _links(self) -> list[Any]:
        fields = self.sheet.api.getCellByPosition(self.area.column - 1, self.area.row - 1).getTextFields().createEnumeration()
        found = []
        while fields.hasMoreElements():
            found.append(fields.nextElement())
        return [field for field in found if hasattr(field, "URL")]

    @property
    def hyperlink(self) -> str:
        """The address the first cell's link leads to."""
        links = self._links()
        if not links:
            raise ValueError("The cell doesn't seem to contain a hyperlink!")
        address = str(links[0].URL)
        sheet, dot, cell = address.rpartition(".")
        return f"{sheet}!{cell}" if dot and address.startswith("#") else address

    def add_hyperlink(self, address: str, text_to_display: str | None = None, screen_tip: str | None = None) -> None:
        """Make the first cell's text a link. LibreOffice shows its own tip."""
        cell = self.sheet.api.getCellByPosition(self.area.column - 1, self.area.row - 1)
        field = self.sheet.book.api.createInstance("com.sun.star.text.TextField.URL")
        field.URL = address.replace("!", ".", 1) if address.startswith("#") else address
        field.Representation = text_to_display or address
        cell.setString("")
        cell.insertTextContent(cell.createTextCursor(), field, False)


def _corner(target: RangeBase) -> Any:
    sheet, area = target.sheet, target.area
    return bridge.struct("table.CellAddress", Sheet=sheet.index - 1, Row=area.row - 1, Column=area.column - 1)


def _stride(filled: list[bool]) -> int | None:
    """How many cells an arrow key with Ctrl goes, from the first of a line of cells; None if to the sheet's edge."""
    if len(filled) > 1 and filled[0] and filled[1]:
        place = 1
        while place + 1 < len(filled) and filled[place + 1]:
            place += 1
        return place
    return next((place for place in range(1, len(filled)) if filled[place]), None)
