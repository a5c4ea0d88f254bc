"""Charts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from xlwings import base_classes

from .unsupported import complete

if TYPE_CHECKING:
    from .sheets import Sheet


@complete(base_classes.Charts)
class Charts:
    """The charts of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
