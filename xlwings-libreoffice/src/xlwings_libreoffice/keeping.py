"""What LibreOffice takes away with something else, and Excel does not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from . import bridge

if TYPE_CHECKING:
    from .areas import Area
    from .sheets import Sheet

_OF_A_TABLE = ("ContainsHeader", "TotalsRow", "AutoFilter")


@contextmanager
def keeping_notes(sheet: Sheet, area: Area) -> Iterator[None]:
    """Notes of cells that are written into: with the cell's content LibreOffice takes its note."""
    noted = sheet.cursor(area).queryContentCells(bridge.NOTES).getRangeAddresses()
    kept = [(n.getPosition(), n.getString()) for n in sheet.api.Annotations if _within(n.getPosition(), noted)] if noted else []
    yield
    for position, text in kept:
        sheet.api.Annotations.insertNew(position, text)


def _within(position: Any, blocks: Any) -> bool:
    return any(b.StartColumn <= position.Column <= b.EndColumn and b.StartRow <= position.Row <= b.EndRow for b in blocks)


@contextmanager
def keeping_tables(document: Any, sheet: int) -> Iterator[None]:
    """Tables of the sheets that stay when the one at this place is deleted: LibreOffice takes those of the sheet before it too."""
    tables = document.DatabaseRanges
    before = {name: _described(tables.getByName(name)) for name in tables.ElementNames}
    yield
    for name, (area, properties) in before.items():
        if area.Sheet != sheet and not tables.hasByName(name):
            area.Sheet -= area.Sheet > sheet
            tables.addNewByName(name, area)
            _dress(tables.getByName(name), properties)


def _described(table: Any) -> tuple[Any, dict[str, Any]]:
    return table.DataArea, {name: table.getPropertyValue(name) for name in _OF_A_TABLE}


def _dress(table: Any, properties: dict[str, Any]) -> None:
    for name, value in properties.items():
        table.setPropertyValue(name, value)
