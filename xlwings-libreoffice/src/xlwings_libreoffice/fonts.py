"""The font of cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .colours import from_office, to_office
from .unsupported import complete

if TYPE_CHECKING:
    from .range_formats import RangeFormats

_BOLD, _NORMAL = 150.0, 100.0  # com.sun.star.awt.FontWeight


@complete(base_classes.Font)
class Font:
    """The font of a range; what its cells differ in is None."""

    def __init__(self, owner: RangeFormats) -> None:
        self._range = owner

    @property
    def api(self) -> Any:
        """LibreOffice's range, which has the font's properties."""
        return self._range.api

    @property
    def bold(self) -> bool | None:
        """Whether the text is bold."""
        weight = self._range.common("CharWeight")
        return None if weight is None else bool(weight > _NORMAL)

    @bold.setter
    def bold(self, value: bool) -> None:
        self._range.set_property("CharWeight", _BOLD if value else _NORMAL)

    @property
    def italic(self) -> bool | None:
        """Whether the text is slanted."""
        posture = self._range.common("CharPosture")
        return None if posture is None else bool(posture.value == "ITALIC")

    @italic.setter
    def italic(self, value: bool) -> None:
        self._range.set_property("CharPosture", bridge.enum("awt.FontSlant", "ITALIC" if value else "NONE"))

    @property
    def size(self) -> float | None:
        """The size in points."""
        size = self._range.common("CharHeight")
        return None if size is None else round(float(size), 2)

    @size.setter
    def size(self, value: float) -> None:
        self._range.set_property("CharHeight", float(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The text's colour; LibreOffice's automatic one is black."""
        colour = self._range.common("CharColor")
        return None if colour is None else from_office(max(int(colour), 0))

    @color.setter
    def color(self, value: Any) -> None:
        self._range.set_property("CharColor", to_office(value))

    @property
    def name(self) -> str | None:
        """The typeface's name."""
        name = self._range.common("CharFontName")
        return None if name is None else str(name)

    @name.setter
    def name(self, value: str) -> None:
        self._range.set_property("CharFontName", value)
