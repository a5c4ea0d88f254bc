"""Number formats: Excel's English codes and the keys a LibreOffice document has for them."""

from __future__ import annotations

from typing import Any, NamedTuple

from . import bridge

DATE, TIME, LOGICAL, TEXT = 2, 4, 1024, 256  # com.sun.star.util.NumberFormat

DATE_CODE = "dd/mm/yyyy"
TIME_CODE = "dd/mm/yyyy hh:mm"


class Kind(NamedTuple):
    """What a format makes of numbers."""

    is_date: bool
    is_logical: bool
    is_general: bool


class NumberFormats:
    """The number formats of one document; a key once made means the same for as long as the document is open."""

    def __init__(self, document: Any) -> None:
        self._document = document
        self._table: Any = None
        self._locale: Any = None
        self._kinds: dict[int, Kind] = {}
        self._codes: dict[int, str] = {}
        self._keys: dict[str, int] = {}

    @property
    def table(self) -> Any:
        """LibreOffice's own table of formats."""
        if self._table is None:
            self._table = self._document.NumberFormats
        return self._table

    def _learn(self, key: int) -> None:
        entry = self.table.getByKey(key)
        kind, code = entry.Type, str(entry.FormatString)
        logical, general = bool(kind & LOGICAL), code in ("General", "Standard")
        self._kinds[key] = Kind(bool(kind & DATE), logical, general)
        self._codes[key] = "General" if logical or general else excel_code(code)

    def kind(self, key: int) -> Kind:
        """What the format does."""
        if key not in self._kinds:
            self._learn(key)
        return self._kinds[key]

    def code(self, key: int) -> str:
        """The format's code as Excel writes it."""
        if key not in self._codes:
            self._learn(key)
        return self._codes[key]

    def key(self, code: str) -> int:
        """The key for one of Excel's codes."""
        if code not in self._keys:
            self._keys[code] = self._find(code)
            self._codes[self._keys[code]] = code
        return self._keys[code]

    def _find(self, code: str) -> int:
        if code == "General":
            return 0
        key = self.table.queryKey(code, self._english(), False)
        return int(key if key >= 0 else self.table.addNew(code, self._english()))

    def _english(self) -> Any:
        """The locale codes are read in: the document's own if it is an English one, since formats of another one are saved as such."""
        if self._locale is None:
            own = self._document.CharLocale.Language == "en"
            self._locale = bridge.struct("lang.Locale", **({} if own else {"Language": "en", "Country": "US"}))
        return self._locale

    def logical(self) -> int:
        """The key of the format that makes truth values of numbers."""
        if "BOOLEAN" not in self._keys:
            self._keys["BOOLEAN"] = int(self.table.getStandardFormat(LOGICAL, bridge.struct("lang.Locale")))
        return self._keys["BOOLEAN"]


def excel_code(code: str) -> str:
    """LibreOffice's code in Excel's letters: dates in small ones."""
    out, place = "", 0
    while place < len(code):
        character = code[place]
        end = place + 1
        if character == '"':
            end = code.find('"', place + 1) + 1 or len(code)
        elif character == "[":
            end = code.find("]", place) + 1 or len(code)
        elif character == "\\":
            end = place + 2
        piece = code[place:end]
        plain = len(piece) == 1 or piece.upper() in ("[H]", "[HH]", "[M]", "[MM]", "[S]", "[SS]")
        out += piece.lower() if plain and character not in "AP" and piece.upper().strip("[]") in _LOWERED else piece
        place = end
    return out


_LOWERED = {"D", "M", "Y", "H", "S", "HH", "MM", "SS"}
