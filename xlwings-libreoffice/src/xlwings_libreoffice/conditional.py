"""Formats that depend on a formula."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .colours import from_office, to_office
from .formulas import to_excel
from .formulas import to_office as formula_to_office
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .books import Book
    from .range_formats import RangeFormats

_LOOKS = ("fill_color", "font_color", "font_bold", "font_italic", "vertical")
_KEPT = ("Operator", "Formula1", "Formula2", "SourcePosition", "StyleName")


def _style(book: Book, spec: dict[str, Any]) -> str:
    """The name of a cell style that looks like this; rules that look alike share one.

    A style takes over the cell's vertical alignment too, so that it must say what the cell has.
    """
    looks = {look: spec[look] for look in _LOOKS if spec.get(look) is not None}
    name = "Rule " + " ".join(f"{look}={looks[look]}" for look in looks)
    if not book.api.StyleFamilies.getByName("CellStyles").hasByName(name):
        if any(sheet.isProtected() for sheet in book.api.Sheets):
            _lend_style(book, name, looks)
        else:
            _add_style(book.api, name, looks)
    return name


def _add_style(document: Any, name: str, looks: dict[str, Any]) -> None:
    style = document.createInstance("com.sun.star.style.CellStyle")
    document.StyleFamilies.getByName("CellStyles").insertByName(name, style)
    for look, value in looks.items():
        style.setPropertyValue(*_property(look, value))


def _lend_style(book: Book, name: str, looks: dict[str, Any]) -> None:
    """Where any sheet is protected LibreOffice lets no style be changed, not even a new one; one made in another document may come in."""
    hidden = bridge.properties(Hidden=True)
    adjusts = book.api.IsAdjustHeightEnabled  # LibreOffice counts: what was set to False twice must be set to True twice
    if adjusts:
        book.api.IsAdjustHeightEnabled = False  # else rows of all sheets get heights of other sheets'
    lender = book.app.office.desktop.loadComponentFromURL("private:factory/scalc", "_blank", 0, hidden)
    try:
        _add_style(lender, name, looks)
        book.api.StyleFamilies.loadStylesFromDocument(lender, bridge.properties(OverwriteStyles=False, LoadPageStyles=False))
    finally:
        lender.close(True)
        if adjusts:
            book.api.IsAdjustHeightEnabled = True


def _property(look: str, value: Any) -> tuple[str, Any]:
    if look == "fill_color":
        return "CellBackColor", to_office(value)
    if look == "font_color":
        return "CharColor", to_office(value)
    if look == "vertical":
        return "VertJustify", value
    if look == "font_bold":
        return "CharWeight", 150.0 if value else 100.0
    return "CharPosture", bridge.enum("awt.FontSlant", "ITALIC" if value else "NONE")


@complete(base_classes.ConditionalFormat)
class ConditionalFormat:
    """One rule."""

    def __init__(self, owner: ConditionalFormats, place: int) -> None:
        self._owner = owner
        self._place = place

    @property
    def api(self) -> Any:
        """LibreOffice's rule."""
        return self._owner.api.getByIndex(self._place)

    @property
    def type(self) -> str:
        """The kind of rule; only those with a formula are told apart."""
        return "custom" if self.api.getOperator().value == "FORMULA" else "unknown"

    @property
    def formula(self) -> str:
        """The formula, for the range's first cell."""
        return to_excel("=" + str(self.api.getFormula1()).removeprefix("="))

    @property
    def stop_if_true(self) -> bool:
        """LibreOffice always uses only the first rule that holds."""
        return True

    @property
    def _look(self) -> Any:
        styles = self._owner.owner.sheet.book.api.StyleFamilies.getByName("CellStyles")
        return styles.getByName(self.api.getStyleName())

    @property
    def fill_color(self) -> tuple[int, int, int] | None:
        """The fill's colour."""
        colour = self._look.CellBackColor
        return from_office(colour) if colour >= 0 else None

    @property
    def font_color(self) -> tuple[int, int, int] | None:
        """The text's colour."""
        colour = self._look.CharColor
        return from_office(colour) if colour >= 0 else None

    @property
    def font_bold(self) -> bool:
        """Whether the text is bold."""
        return bool(self._look.CharWeight > 100)

    @property
    def font_italic(self) -> bool:
        """Whether the text is slanted."""
        return bool(self._look.CharPosture.value == "ITALIC")

    def delete(self) -> None:
        """Take the rule away."""
        rules = self._owner.api
        rules.removeByIndex(self._place)
        self._owner.put(rules)


@complete(base_classes.ConditionalFormats)
class ConditionalFormats:
    """The rules of a range, the first that holds being used."""

    def __init__(self, owner: RangeFormats) -> None:
        self.owner = owner

    @property
    def api(self) -> Any:
        """LibreOffice's rules; changes to them count only when they are put back."""
        return self.owner.cursor.getPropertyValue("ConditionalFormat")

    def put(self, rules: Any) -> None:
        """Give the range its rules."""
        self.owner.set_property("ConditionalFormat", rules)

    def __len__(self) -> int:
        return int(self.api.getCount())

    def __iter__(self) -> Iterator[ConditionalFormat]:
        return iter([ConditionalFormat(self, place) for place in range(len(self))])

    def __call__(self, key: int) -> ConditionalFormat:
        """The rule at a place counted from one."""
        if not 1 <= key <= len(self):
            raise KeyError(key)
        return ConditionalFormat(self, key - 1)

    def add_custom(self, spec: dict[str, Any]) -> ConditionalFormat:
        """A rule with a formula written for the range's first cell; as in Excel, it goes before those that are there."""
        area, sheet = self.owner.area, self.owner.sheet
        corner = bridge.struct("table.CellAddress", Sheet=sheet.index - 1, Row=area.row - 1, Column=area.column - 1)
        new = bridge.properties(
            Operator=bridge.enum("sheet.ConditionOperator", "FORMULA"),
            Formula1=formula_to_office(spec["formula"], sheet.book.table_names).removeprefix("="),
            SourcePosition=corner,
            StyleName=_style(sheet.book, {**spec, "vertical": self.owner.common("VertJustify")}),
        )
        rules = self.api
        old = [_kept(rules.getByIndex(place)) for place in range(rules.getCount())]
        rules.clear()
        for rule in [new, *old]:
            rules.addNew(rule)
        self.put(rules)
        return ConditionalFormat(self, 0)

    def clear(self) -> None:
        """Take all rules away."""
        rules = self.api
        rules.clear()
        self.put(rules)

    def add_cell_value(self, spec: Any) -> Any:
        """Rules without a formula are not made; ``add_custom`` can say the same."""
        refuse("conditional formats other than add_custom")

    add_color_scale = add_data_bar = add_icon_set = add_cell_value


def _kept(rule: Any) -> tuple[Any, ...]:
    values = (rule.getOperator(), rule.getFormula1(), rule.getFormula2(), rule.getSourcePosition(), rule.getStyleName())
    return bridge.properties(**dict(zip(_KEPT, values, strict=True)))
