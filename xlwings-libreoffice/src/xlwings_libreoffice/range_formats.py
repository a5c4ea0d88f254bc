"""How cells look."""

from __future__ import annotations

from typing import Any

from . import bridge
from .areas import MAX_COLUMNS, MAX_ROWS
from .borders import Borders
from .cell_formats import is_mixed
from .colours import from_office, to_office
from .conditional import ConditionalFormats
from .fonts import Font
from .range_base import RangeBase
from .unsupported import refuse

_HORIZONTAL = {"general": "STANDARD", "left": "LEFT", "center": "CENTER", "right": "RIGHT", "justify": "BLOCK", "fill": "REPEAT"}
_HORIZONTAL_NAMES = {value: name for name, value in _HORIZONTAL.items()}
_VERTICAL = {"top": 1, "center": 2, "bottom": 3, "justify": 4}  # com.sun.star.table.CellVertJustify2
_VERTICAL_NAMES = {0: "bottom"} | {value: name for name, value in _VERTICAL.items()}

# Excel's unit of column widths is a digit's width in the book's standard font; a column has five pixels more where a digit has seven.
_MARGIN = 5 / 7


def width_to_office(characters: float, digit: float) -> int:
    """A column's width in LibreOffice's unit, ``digit`` being a digit's."""
    return round(digit * (characters * (1 + _MARGIN) if characters < 1 else characters + _MARGIN))


def width_from_office(width: float, digit: float) -> float:
    """A column's width in Excel's unit, ``digit`` being a digit's in LibreOffice's."""
    digits = width / digit
    return round(digits / (1 + _MARGIN) if digits < 1 + _MARGIN else digits - _MARGIN, 2)


class RangeFormats(RangeBase):
    """The formats of a range."""

    def common(self, name: str) -> Any:
        """A property of the cells, None if they differ in it."""
        cursor = self.cursor
        if len(self) > 1 and is_mixed(cursor, name):
            return None
        return cursor.getPropertyValue(name)

    def set_property(self, name: str, value: Any) -> None:
        """Set a property of all the cells."""
        if not self.area.is_empty:
            self.sheet.set_property([self.area], name, value)

    @property
    def number_format(self) -> str | None:
        """The number format in Excel's English code, None if the cells differ."""
        key = self.common("NumberFormat")
        return None if key is None else self.sheet.book.formats.code(int(key))

    @number_format.setter
    def number_format(self, value: str) -> None:
        self.set_property("NumberFormat", self.sheet.book.formats.key(value))

    @property
    def color(self) -> tuple[int, int, int] | None:
        """The fill's colour, None if there is none or the cells differ."""
        value = None if self.area.is_empty else self.common("CellBackColor")
        return None if value is None or value < 0 else from_office(value)

    @color.setter
    def color(self, value: Any) -> None:
        self.set_property("CellBackColor", -1 if value is None else to_office(value))

    def set_colors(self, colors: list[list[Any]]) -> None:
        """Fill each cell with its own colour; ``...`` leaves one as it is."""
        for row, line in enumerate(colors):
            for column, color in enumerate(line):
                if color is not ...:
                    type(self)(self.sheet, self.area.part(row, column)).color = color

    @property
    def font(self) -> Font:
        """The cells' font."""
        return Font(self)

    @property
    def borders(self) -> Borders:
        """The lines around and between the cells."""
        return Borders(self)

    @property
    def conditional_formats(self) -> ConditionalFormats:
        """The formats that depend on a formula."""
        return ConditionalFormats(self)

    @property
    def wrap_text(self) -> bool | None:
        """Whether long texts go on in the next line, None if the cells differ."""
        return self.common("IsTextWrapped")  # type: ignore[no-any-return]

    @wrap_text.setter
    def wrap_text(self, value: bool) -> None:
        self.set_property("IsTextWrapped", bool(value))

    @property
    def horizontal_alignment(self) -> str | None:
        """Where texts stand between left and right."""
        value = self.common("HoriJustify")
        return None if value is None else _HORIZONTAL_NAMES.get(value.value)

    @horizontal_alignment.setter
    def horizontal_alignment(self, value: str) -> None:
        if value not in _HORIZONTAL:
            refuse(f"the horizontal alignment {value!r}")
        self.set_property("HoriJustify", bridge.enum("table.CellHoriJustify", _HORIZONTAL[value]))

    @property
    def vertical_alignment(self) -> str | None:
        """Where texts stand between top and bottom."""
        value = self.common("VertJustify")
        return None if value is None else _VERTICAL_NAMES.get(int(value))

    @vertical_alignment.setter
    def vertical_alignment(self, value: str) -> None:
        if value not in _VERTICAL:
            refuse(f"the vertical alignment {value!r}")
        self.set_property("VertJustify", _VERTICAL[value])

    # Sizes

    @property
    def column_width(self) -> float | None:
        """The columns' width in characters, None if they differ."""
        if self.area.is_empty:
            return 0
        width = self.cursor.getColumns().getPropertyValue("Width")
        # The sum tells of a difference without a question for every column.
        differ = self.area.columns not in (1, MAX_COLUMNS) and abs(self.cursor.Size.Width - width * self.area.columns) > self.area.columns
        return None if differ else width_from_office(width, self.sheet.book.digit_width())

    @column_width.setter
    def column_width(self, value: float) -> None:
        if not self.area.is_empty:
            self.cursor.getColumns().setPropertyValue("Width", width_to_office(value, self.sheet.book.digit_width()))

    @property
    def row_height(self) -> float | None:
        """The rows' height in points, None if they differ."""
        if self.area.is_empty:
            return 0
        height = self.cursor.getRows().getPropertyValue("Height")
        differ = self.area.rows not in (1, MAX_ROWS) and abs(self.cursor.Size.Height - height * self.area.rows) > self.area.rows
        return None if differ else bridge.to_points(height)

    @row_height.setter
    def row_height(self, value: float) -> None:
        if not self.area.is_empty:
            self.cursor.getRows().setPropertyValue("Height", bridge.from_points(value))

    @property
    def row_hidden(self) -> bool:
        """Whether the rows are hidden; the first one speaks for all."""
        return not self.cursor.getRows().getPropertyValue("IsVisible")

    @row_hidden.setter
    def row_hidden(self, value: bool) -> None:
        self.cursor.getRows().setPropertyValue("IsVisible", not value)

    @property
    def column_hidden(self) -> bool:
        """Whether the columns are hidden; the first one speaks for all."""
        return not self.cursor.getColumns().getPropertyValue("IsVisible")

    @column_hidden.setter
    def column_hidden(self, value: bool) -> None:
        self.cursor.getColumns().setPropertyValue("IsVisible", not value)

    def autofit(self, axis: str | None = None) -> None:
        """Fit columns and rows (or only one of them) to what is in them."""
        if axis in (None, "c", "columns"):
            self.cursor.getColumns().setPropertyValue("OptimalWidth", True)
        if axis in (None, "r", "rows"):
            self.cursor.getRows().setPropertyValue("OptimalHeight", True)

    @property
    def left(self) -> float:
        """How far the range is from the sheet's left edge, in points."""
        return bridge.to_points(self.cursor.Position.X)

    @property
    def top(self) -> float:
        """How far the range is from the sheet's top, in points."""
        return bridge.to_points(self.cursor.Position.Y)

    @property
    def width(self) -> float:
        """The range's width in points."""
        return bridge.to_points(self.cursor.Size.Width)

    @property
    def height(self) -> float:
        """The range's height in points."""
        return bridge.to_points(self.cursor.Size.Height)
