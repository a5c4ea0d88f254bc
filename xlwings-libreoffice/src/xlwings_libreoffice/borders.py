"""The lines around and between cells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings.base_classes import _UNSET, BORDER_GRID_SIDES

from . import bridge
from .colours import from_office, to_office
from .unsupported import complete

if TYPE_CHECKING:
    from .range_formats import RangeFormats

_LINES = {
    "edge_top": "TopLine",
    "edge_bottom": "BottomLine",
    "edge_left": "LeftLine",
    "edge_right": "RightLine",
    "inside_vertical": "VerticalLine",
    "inside_horizontal": "HorizontalLine",
}
_DIAGONALS = {"diagonal_down": "DiagonalTLBR2", "diagonal_up": "DiagonalBLTR2"}

# com.sun.star.table.BorderLineStyle; widths are the ones LibreOffice reads Excel's weights as, in hundredths of a millimetre.
_STYLES = {"continuous": 0, "dot": 1, "dash": 2, "double": 3, "dash_dot": 16, "dash_dot_dot": 17, "slant_dash_dot": 16}
_STYLE_NAMES = {0: "continuous", 1: "dot", 2: "dash", 3: "double", 14: "dash", 15: "double", 16: "dash_dot", 17: "dash_dot_dot"}
_WEIGHTS = {"hairline": 2, "thin": 26, "medium": 62, "thick": 88}
_NONE = 0x7FFF


def _weight(width: int) -> str:
    return min(_WEIGHTS, key=lambda name: abs(_WEIGHTS[name] - width))


@complete(base_classes.Border)
class Border:
    """The line on one side."""

    def __init__(self, owner: Borders, side: str) -> None:
        self._owner = owner
        self._side = side

    @property
    def api(self) -> Any:
        """LibreOffice's line."""
        return self._owner.line(self._side)

    @property
    def line_style(self) -> str:
        """The kind of line, "none" where there is none."""
        line = self.api
        return _STYLE_NAMES.get(line.LineStyle, "continuous") if line.LineWidth else "none"

    @line_style.setter
    def line_style(self, value: str | None) -> None:
        self._owner.set([self._side], line_style=value)

    @property
    def weight(self) -> str | None:
        """How thick the line is."""
        line = self.api
        return _weight(line.LineWidth) if line.LineWidth else None

    @weight.setter
    def weight(self, value: str) -> None:
        self._owner.set([self._side], weight=value)

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The line's colour."""
        line = self.api
        return from_office(line.Color) if line.LineWidth else None

    @color.setter
    def color(self, value: Any) -> None:
        self._owner.set([self._side], color=value)


@complete(base_classes.Borders)
class Borders:
    """The lines of a range."""

    def __init__(self, owner: RangeFormats) -> None:
        self._range = owner

    @property
    def api(self) -> Any:
        """LibreOffice's lines."""
        return self._range.cursor.getPropertyValue("TableBorder2")

    def line(self, side: str) -> Any:
        """LibreOffice's line on a side."""
        if side in _DIAGONALS:
            return self._range.cursor.getPropertyValue(_DIAGONALS[side])
        return getattr(self.api, _LINES[side])

    def __getitem__(self, side: str) -> Border:
        return Border(self, side)

    def _grid(self) -> list[str]:
        rows, columns = self._range.shape
        absent = {"inside_vertical"} if columns == 1 else set()
        absent |= {"inside_horizontal"} if rows == 1 else set()
        return [side for side in BORDER_GRID_SIDES if side not in absent]

    def _common(self, attribute: str) -> Any:
        values = {getattr(self[side], attribute) for side in self._grid()}
        return values.pop() if len(values) == 1 else None

    @property
    def line_style(self) -> str | None:
        """The kind of all the lines, None if they differ."""
        return self._common("line_style")  # type: ignore[no-any-return]

    @property
    def weight(self) -> str | None:
        """The thickness of all the lines, None if they differ."""
        return self._common("weight")  # type: ignore[no-any-return]

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The colour of all the lines, None if they differ."""
        return self._common("color")  # type: ignore[no-any-return]

    def set(self, which: list[str], *, line_style: Any = _UNSET, weight: Any = _UNSET, color: Any = _UNSET) -> None:
        """Draw, change or (with ``line_style`` None) take away the lines on some sides."""
        cursor = self._range.cursor
        border = self.api
        for name in _LINES.values():
            setattr(border, f"Is{name}Valid", False)
        for side in which:
            line = _changed(self.line(side), line_style, weight, color)
            if side in _DIAGONALS:
                cursor.setPropertyValue(_DIAGONALS[side], line)
            else:
                setattr(border, _LINES[side], line)
                setattr(border, f"Is{_LINES[side]}Valid", True)
        if any(side in _LINES for side in which):
            cursor.setPropertyValue("TableBorder2", border)

    def clear(self, which: list[str]) -> None:
        """Take the lines on some sides away."""
        self.set(which, line_style=None)


def _changed(old: Any, line_style: Any, weight: Any, color: Any) -> Any:
    if line_style is None:
        return bridge.struct("table.BorderLine2", LineStyle=_NONE)
    width = old.LineWidth or _WEIGHTS["thin"]
    style = old.LineStyle if old.LineWidth else 0
    width = width if weight is _UNSET else _WEIGHTS[weight]
    style = style if line_style is _UNSET else _STYLES[line_style]
    colour = old.Color if color is _UNSET else to_office(color)
    return bridge.struct("table.BorderLine2", LineStyle=style, LineWidth=width, OuterLineWidth=width, Color=colour)
