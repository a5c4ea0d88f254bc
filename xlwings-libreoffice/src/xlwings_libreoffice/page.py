"""What of a sheet is printed, and what of it stays in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from .areas import MAX_COLUMNS, MAX_ROWS, area_of
from .unsupported import complete

if TYPE_CHECKING:
    from .sheets import Sheet


@complete(base_classes.PageSetup)
class PageSetup:
    """How a sheet is printed."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's sheet, which has the print areas."""
        return self._sheet.api

    @property
    def print_area(self) -> str | None:
        """The addresses of what is printed, None for all."""
        return ",".join(area_of(address).address() for address in self.api.getPrintAreas()) or None

    @print_area.setter
    def print_area(self, value: str | None) -> None:
        addresses = [self._sheet.find_area(part) for part in value.split(",")] if value else []
        self.api.setPrintAreas(tuple(self._sheet.address(area) for area in addresses))


@complete(base_classes.FreezePanes)
class FreezePanes:
    """The rows above and the columns left that stay in view."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet

    def _freeze(self, columns: int, rows: int) -> None:
        # LibreOffice freezes the sheet in front, so that this one comes there for a moment.
        controller = self._sheet.book.controller
        front = self._sheet.book.sheets.active
        self._sheet.activate()
        controller.freezeAtPosition(columns, rows)
        front.activate()

    def freeze_at(self, frozen_range: str) -> None:
        """Keep the rows and columns of a range in view: whole rows freeze no columns, and whole columns no rows."""
        area = self._sheet.find_area(frozen_range)
        self._freeze(0 if area.columns == MAX_COLUMNS else area.last_column, 0 if area.rows == MAX_ROWS else area.last_row)

    def unfreeze(self) -> None:
        """Let everything move again."""
        self._freeze(0, 0)
