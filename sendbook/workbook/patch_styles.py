"""Cell formats for written values: a date must show as a date, and text that looks like a formula must stay text."""

from copy import deepcopy
from datetime import date

from lxml import etree
from openpyxl.styles.numbers import builtin_format_code, is_date_format

from sendbook.workbook.patch_package import Package, q

TEXT_FORMAT, SHORT_DATE = "49", "14"
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


class Styles:
    """The workbook's cell formats by number. The styles part is touched only when a value needs a format of its own."""

    def __init__(self, package: Package) -> None:
        self._package = package
        self._part = package.related_part(package.workbook, "styles") or ""
        self._made: dict[tuple[int, str], int] = {}
        self._dates: dict[str, bool] = {}

    def fitting(self, style: int, value: object) -> int:
        """The format `style`, or one like it that suits the value."""
        if not self._part:
            return style
        if isinstance(value, date) and not self._shows_dates(style):
            return self._like(style, "date", {"numFmtId": SHORT_DATE, "applyNumberFormat": "1"})
        if isinstance(value, str) and value.startswith(FORMULA_SIGNS) and not self._stays_text(style):
            # in the file it is text already; without this, Excel makes it a formula when someone edits the cell
            return self._like(style, "quoted", {"quotePrefix": "1"})
        return style

    def _formats(self) -> list[etree._Element]:
        found = self._package.tree(self._part).find(q("cellXfs"))
        return list(found) if found is not None else []

    def _attribute(self, style: int, name: str, default: str) -> str:
        formats = self._formats()
        return formats[style].get(name, default) if style < len(formats) else default

    def _stays_text(self, style: int) -> bool:
        return self._attribute(style, "quotePrefix", "0") in ("1", "true") or self._attribute(style, "numFmtId", "0") == TEXT_FORMAT

    def _shows_dates(self, style: int) -> bool:
        number = self._attribute(style, "numFmtId", "0")
        if number not in self._dates:
            self._dates[number] = bool(is_date_format(self._code(number)))
        return self._dates[number]

    def _code(self, number: str) -> str | None:
        own = {n.get("numFmtId"): n.get("formatCode") for n in self._package.tree(self._part).iter(q("numFmt"))}
        return own.get(number) or builtin_format_code(int(number))

    def _like(self, style: int, purpose: str, attributes: dict[str, str]) -> int:
        if (style, purpose) not in self._made:
            self._made[style, purpose] = self._add(style, attributes)
        return self._made[style, purpose]

    def _add(self, style: int, attributes: dict[str, str]) -> int:
        formats = self._package.change(self._part).find(q("cellXfs"))
        if formats is None or style >= len(formats):
            return style
        new = deepcopy(formats[style])
        for name, value in attributes.items():
            new.set(name, value)
        formats.append(new)
        formats.set("count", str(len(formats)))
        return len(formats) - 1
