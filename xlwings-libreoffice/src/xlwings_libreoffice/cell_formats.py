"""Which number format the cells of a rectangle have, with few calls; and what cells show."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from .areas import Area, areas_in

if TYPE_CHECKING:
    from .sheets import Sheet

Part = tuple[Area, int]

# With more columns than this, asking for every format in use is quicker than asking column by column.
_MANY_COLUMNS = 16

# So few columns are asked one by one at once: hardly ever do all cells have the same format.
_FEW_COLUMNS = 3


def is_mixed(cursor: Any, name: str) -> bool:
    """Whether the cells differ in a property; LibreOffice then gives the default for it."""
    return str(cursor.getPropertyState(name).value) == "AMBIGUOUS_VALUE"


def _common_key(sheet: Sheet, area: Area) -> int | None:
    cursor = sheet.cursor(area)
    key = int(cursor.getPropertyValue("NumberFormat"))
    if key or area.rows == area.columns == 1:
        return key
    return None if is_mixed(cursor, "NumberFormat") else key


def _parts_in_use(sheet: Sheet, area: Area) -> list[Part]:
    groups = sheet.cursor(area).getUniqueCellFormatRanges()
    parts: list[Part] = []
    for place in range(groups.getCount()):
        group = groups.getByIndex(place)
        key = int(group.getPropertyValue("NumberFormat"))
        parts += [(part, key) for part in areas_in(group.getRangeAddressesAsString())]
    return parts


def number_formats(sheet: Sheet, area: Area, columns: Iterable[int]) -> list[Part]:
    """The rectangle in parts with the key of the number format each has; only the given columns (from zero) need to be right."""
    places = list(columns)
    key = _common_key(sheet, area) if len(places) > _FEW_COLUMNS or area.columns == 1 else None
    if key is not None:
        return [(area, key)]
    if area.columns == 1 or len(places) > _MANY_COLUMNS:
        return _parts_in_use(sheet, area)
    parts: list[Part] = []
    for place in places:
        column = area.part(0, place, area.rows, 1)
        key = _common_key(sheet, column)
        parts += [(column, key)] if key is not None else _parts_in_use(sheet, column)
    return parts


def shown(sheet: Sheet, area: Area) -> list[list[str]]:
    """The texts the cells show, as columns."""
    provider = sheet.book.data_provider()
    texts = provider.createDataSequenceByRangeRepresentation(office_address(sheet.name, area)).getTextualData()
    return [list(texts[start : start + area.rows]) for start in range(0, area.rows * area.columns, area.rows)]


def office_address(sheet_name: str, area: Area) -> str:
    """An address with its sheet as LibreOffice writes it."""
    return "$'" + sheet_name.replace("'", "''") + "'." + area.address()
