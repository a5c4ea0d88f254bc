"""What of a sheet is printed, and what of it stays in view."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import MAX_COLUMNS, MAX_ROWS, area_of
from .unsupported import complete

if TYPE_CHECKING:
    from .sheets import Sheet


# The only way to a single sheet's lines is LibreOffice's command for its menu.
_TRIES = 40
_TOGGLE = ".uno:ToggleSheetGrid"


@contextmanager
def _in_view(sheet: Sheet) -> Iterator[Any]:
    """The sheet is in front and its window shown for a moment: LibreOffice does some things only to what can be seen."""
    controller = sheet.book.controller
    window = controller.Frame.ContainerWindow
    front, hidden = sheet.book.sheets.active, not window.isVisible()
    if hidden:
        window.setVisible(True)
    sheet.activate()
    try:
        yield controller
    finally:
        front.activate()
        if hidden:
            window.setVisible(False)


def has_gridlines(sheet: Sheet) -> bool:
    """Whether the lines between the cells of a sheet are shown."""
    with _in_view(sheet) as controller:
        return bool(bridge.command_state(sheet.book.app.office, controller.Frame, _TOGGLE))


def set_gridlines(sheet: Sheet, shown: bool) -> None:
    """Show or hide the lines between the cells; LibreOffice only has a command that turns them about."""
    if shown != has_gridlines(sheet):
        with _in_view(sheet) as controller:
            helper = sheet.book.app.office.service("frame.DispatchHelper")
            helper.executeDispatch(controller.Frame, _TOGGLE, "", 0, ())


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
        """A window that was shown a moment ago may not have come to the sheet yet, and then freezes nothing, or another one."""
        with _in_view(self._sheet) as controller:
            for _ in range(_TRIES):
                controller.freezeAtPosition(columns, rows)
                if controller.getActiveSheet().Name == self._sheet.name and controller.hasFrozenPanes() == bool(columns or rows):
                    return
                time.sleep(0.05)
                self._sheet.activate()

    def freeze_at(self, frozen_range: str) -> None:
        """Keep the rows and columns of a range in view: whole rows freeze no columns, and whole columns no rows."""
        area = self._sheet.find_area(frozen_range)
        self._freeze(0 if area.columns == MAX_COLUMNS else area.last_column, 0 if area.rows == MAX_ROWS else area.last_row)

    def unfreeze(self) -> None:
        """Let everything move again."""
        self._freeze(0, 0)
