"""One formula for many cells: LibreOffice copies it from the first cell, which takes a hundredth of writing it into each.

A formula written is taken apart anew for every cell, and what looks at the column is told of every cell; one copied is kept once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import bridge
from .areas import Area, areas_in

if TYPE_CHECKING:
    from .sheets import Sheet

# For fewer cells than this it is not worth looking whether they can be filled.
_MANY = 16


def fill(sheet: Sheet, area: Area, formula: str) -> bool:
    """Write a formula, as LibreOffice takes it, into the first cell and fill the others from it; False if that would do more or less."""
    if area.rows * area.columns < _MANY or not _can_be_filled(sheet, area):
        return False
    sheet.cursor(area.part(0, 0)).setFormulaArray(((formula,),))
    if area.columns > 1:
        _copy(sheet, area.part(0, 0, 1, area.columns), "TO_RIGHT")
    if area.rows > 1:
        _copy(sheet, area, "TO_BOTTOM")
    return True


def _can_be_filled(sheet: Sheet, area: Area) -> bool:
    """Formats are filled as well, so that all cells must have the same; and hidden cells would be left out."""
    cursor = sheet.cursor(area)
    is_alike = cursor.getUniqueCellFormatRanges().getCount() == 1
    return bool(is_alike and areas_in(cursor.queryVisibleCells().getRangeAddressesAsString()) == [area])


def _copy(sheet: Sheet, area: Area, direction: str) -> None:
    sheet.cursor(area).fillAuto(bridge.enum("sheet.FillDirection", direction), 1)
