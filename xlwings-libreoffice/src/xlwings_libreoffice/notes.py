"""Notes on cells, which LibreOffice calls comments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import Area
from .unsupported import complete

if TYPE_CHECKING:
    from .ranges import Range
    from .sheets import Sheet


@complete(base_classes.Note)
class Note:
    """The note on one cell."""

    def __init__(self, sheet: Sheet, cell: Area, native: Any = None) -> None:
        self._sheet = sheet
        self._cell = cell
        self._native = native

    @property
    def api(self) -> Any:
        """LibreOffice's annotation."""
        if self._native is None:
            self._native = self._sheet.api.getCellByPosition(self._cell.column - 1, self._cell.row - 1).getAnnotation()
        return self._native

    @property
    def text(self) -> str:
        """What the note says."""
        return str(self.api.getString())

    @text.setter
    def text(self, value: str) -> None:
        self.api.setString(value)

    @property
    def author(self) -> str:
        """Who wrote it, if LibreOffice knows."""
        return str(self.api.getAuthor())

    @property
    def location(self) -> Range:
        """The cell it is on."""
        return self._sheet.at(self._cell)

    def delete(self) -> None:
        """Take the note away."""
        self._sheet.cursor(self._cell).clearContents(bridge.NOTES)
        self._native = None


def note_on(sheet: Sheet, cell: Area) -> Note | None:
    """The note on a cell, if it has one."""
    native = sheet.api.getCellByPosition(cell.column - 1, cell.row - 1).getAnnotation()
    place = native.getPosition() if native.getString() else None
    return Note(sheet, cell, native) if place is not None else None


def add_note(sheet: Sheet, cell: Area, text: str) -> Note:
    """Put a note on a cell."""
    address = bridge.struct("table.CellAddress", Sheet=sheet.index - 1, Row=cell.row - 1, Column=cell.column - 1)
    sheet.api.getAnnotations().insertNew(address, text)
    return Note(sheet, cell)


def notes_of(sheet: Sheet) -> list[Note]:
    """All notes of a sheet, from the top."""
    annotations = sheet.api.getAnnotations()
    found = [annotations.getByIndex(place) for place in range(annotations.getCount())]
    places = [native.getPosition() for native in found]
    notes = [Note(sheet, Area(place.Row + 1, place.Column + 1), native) for place, native in zip(places, found, strict=True)]
    return sorted(notes, key=lambda note: note._cell)
