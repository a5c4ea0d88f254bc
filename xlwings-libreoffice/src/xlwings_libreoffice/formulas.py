"""Formulas between Excel's way of writing them and the one LibreOffice's interface takes; no LibreOffice here.

Both are English and use A1 addresses, but LibreOffice wants ``;`` between arguments, ``$'My sheet'.A1`` for a cell on another
sheet, and references to tables in their long form: ``Groups[[#This Row];[Cost]]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .areas import MAX_COLUMNS, MAX_ROWS, column_letters, column_number

_WORD = r"[^\W\d][\w.?\\]*|\\[\w.?\\]*"
_TOKENS = re.compile(
    rf"""
    (?P<text>"(?:[^"]|"")*")
  | (?P<error>\#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!))
  | (?P<sheet>\$?'(?:[^']|'')+'[!.]|\$?(?:{_WORD})!|\$[^\W\d]\w*\.|[^\W\d]\w*\.(?=\$))
  | (?P<rows>\$?\d+:\$?\d+)
  | (?P<cell>\$?[A-Za-z]{{1,3}}\$?[1-9]\d{{0,6}}(?![\w.(\[!]))
  | (?P<columns>\$?[A-Za-z]{{1,3}}:\$?[A-Za-z]{{1,3}}(?![\w.(\[!]))
  | (?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)
  | (?P<function>(?:{_WORD})\()
  | (?P<word>\$?(?:{_WORD}))
  | (?P<bracket>\[)
  | (?P<space>\s+)
  | (?P<mark>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_LOCAL = re.compile(r"(?P<sheet>\$?\w+)\.(?P<rest>\$?[A-Za-z]{1,3}\$?[1-9]\d{0,6}|\$?[A-Za-z]{1,3}(?=:)|\$?\d+(?=:)|#REF!)\Z")
_PLAIN_SHEET = re.compile(r"[^\W\d]\w*\Z")
_ADD_IN = re.compile(r"COM\.SUN\.STAR\.SHEET\.ADDIN\.\w+\.GET", re.IGNORECASE)
_PREFIXES = re.compile(r"(?:_xlfn\.|_xlws\.|_xludf\.)+", re.IGNORECASE)

# Functions that LibreOffice's interface knows by another name than Excel.
_NAMES = {
    "CEILING": "CEILING.XCL",
    "FLOOR": "FLOOR.XCL",
    "EFFECT": "EFFECTIVE",
    "FORMULATEXT": "FORMULA",
    "RRI": "ZGZ",
    "SKEW.P": "SKEWP",
    "FORECAST.ETS": "FORECAST.ETS.ADD",
    "FORECAST.ETS.CONFINT": "FORECAST.ETS.PI.ADD",
    "FORECAST.ETS.STAT": "FORECAST.ETS.STAT.ADD",
}
_EXCEL_NAMES = {own: name for name, own in _NAMES.items()}

# Where a formula is asked which table it stands in: the names of all tables, and the one around the formula's own cell.
TableAt = Callable[[], str | None]


class Token(NamedTuple):
    """A piece of a formula: one of the kinds named in the pattern above, or a table's reference (kind ``table``)."""

    kind: str
    text: str


def tokens(formula: str) -> list[Token]:
    """A formula in pieces, table references whole: ``Groups[[#This Row],[It''s]]`` is one."""
    found: list[Token] = []
    place = 0
    while place < len(formula):
        match = _TOKENS.match(formula, place)
        if match is None:  # cannot be: the last alternative takes any character
            break
        kind, text, place = str(match.lastgroup), match[0], match.end()
        if kind == "word" and formula[place : place + 1] == "[":
            text, kind = text + formula[place : (place := bracket_end(formula, place))], "table"
        elif kind == "bracket":
            end = bracket_end(formula, place - 1)
            kind, text, place = "table", formula[place - 1 : end], end
        found.append(Token(kind, text))
    return found


def bracket_end(formula: str, start: int) -> int:
    """The place after the bracket that closes the one at ``start``; an apostrophe takes its meaning from the next character."""
    depth, place = 0, start
    while place < len(formula):
        character = formula[place]
        if character == "'":
            place += 1
        elif character == "[":
            depth += 1
        elif character == "]":
            depth -= 1
            if depth == 0:
                return place + 1
        place += 1
    return len(formula)


def table_items(inside: str) -> list[str]:
    """The items of a reference's outer bracket: ``#This Row``, ``Cost`` and, for columns from one to another, ``:`` between."""
    items: list[str] = []
    place = 0
    while place < len(inside):
        if inside[place] == "[":
            end = bracket_end(inside, place)
            items.append(inside[place + 1 : end - 1])
            place = end
        else:
            if inside[place] == ":":
                items.append(":")
            place += 1
    return items


def _joined(items: Iterable[str], separator: str) -> str:
    pieces = ""
    for item in items:
        glue = "" if not pieces or item == ":" or pieces.endswith(":") else separator
        pieces += glue + (item if item == ":" else f"[{item}]")
    return pieces


def table_reference(text: str, table_here: TableAt) -> str:
    """Excel's reference to (a part of) a table as LibreOffice reads it."""
    name, _, rest = text.partition("[")
    inside = rest[:-1]
    name = name or table_here() or name
    if inside.startswith("@"):
        column = inside[1:].strip()
        columns = table_items(column) if column.startswith("[") else [column] if column else []
        return f"{name}[{_joined(['#This Row', *columns], ';')}]"
    if inside.lstrip().startswith("["):
        return f"{name}[{_joined(table_items(inside), ';')}]"
    return f"{name}[[{inside}]]" if inside.startswith("#") else f"{name}[{inside}]"


class _Separators:
    """Knows whether a comma stands between arguments, in an array, or joins areas."""

    def __init__(self) -> None:
        self._open: list[str] = []

    def see(self, token: Token) -> None:
        if token.kind == "function" or token.text in ("(", "{"):
            self._open.append(token.text[-1] if token.kind == "mark" else "function")
        elif token.text in (")", "}") and token.kind == "mark" and self._open:
            self._open.pop()

    @property
    def inside(self) -> str:
        return self._open[-1] if self._open else ""


_ENDS_REFERENCE = {"cell", "table", "word", "columns", "rows"}
_STARTS_REFERENCE = {"cell", "table", "word", "columns", "rows", "sheet", "function"}


def to_office(formula: str, tables: Callable[[], Iterable[str]] = tuple, table_here: TableAt = lambda: None) -> str:
    """Excel's formula as LibreOffice's interface takes it.

    ``tables`` gives the names of the workbook's tables, ``table_here`` the one the formula's cell is in; they are asked only if
    the formula has a word that may be a table's.
    """
    separators = _Separators()
    pieces = tokens(formula)
    out: list[str] = []
    for place, token in enumerate(pieces):
        separators.see(token)
        out.append(_office_piece(token, pieces[place - 1 : place], pieces[place + 1 : place + 2], separators.inside, tables, table_here))
    return "".join(out)


def _office_piece(
    token: Token, before: list[Token], after: list[Token], inside: str, tables: Callable[[], Iterable[str]], table_here: TableAt
) -> str:
    kind, text = token
    if kind == "function":
        name = _PREFIXES.sub("", text)[:-1]
        return _NAMES.get(name.upper(), name) + "("
    if kind == "sheet":
        name = text.lstrip("$")[:-1]
        return f"${name}." if name.startswith("'") else f"$'{name}'."
    if kind == "table":
        return table_reference(text, table_here)
    if kind == "word":
        return _office_word(text, before, tables)
    if kind == "space":
        crosses = before and after and before[0].kind in _ENDS_REFERENCE and after[0].kind in _STARTS_REFERENCE
        return "!" if crosses else text
    if kind == "mark":
        return _office_mark(text, before, inside)
    return text


def _office_word(text: str, before: list[Token], tables: Callable[[], Iterable[str]]) -> str:
    if text.upper() in ("TRUE", "FALSE"):
        return text + "()"
    if before and before[0].kind == "sheet":
        return text
    # Excel means a table's data by its name alone, LibreOffice its header as well.
    return f"{text}[]" if text.casefold() in {name.casefold() for name in tables()} else text


def _office_mark(text: str, before: list[Token], inside: str) -> str:
    if text == ",":
        return "~" if inside == "(" else ";"
    if text == ";" and inside == "{":
        return "|"
    is_operator = text == "@" and (not before or before[0].text in ("=", "(", ",", "+", "-", "*", "/", "&", "<", ">", "^"))
    return "" if is_operator else text  # LibreOffice takes the value in the formula's own row without being told


def to_excel(formula: str) -> str:
    """LibreOffice's formula as Excel writes it."""
    separators = _Separators()
    out: list[str] = []
    for token in tokens(formula):
        separators.see(token)
        if token.text == ")" and out and out[-1] in ("TRUE(", "FALSE("):
            out[-1] = out[-1][:-1]
        else:
            out.append(_excel_piece(token, separators.inside))
    return "".join(out)


def _excel_piece(token: Token, inside: str) -> str:
    kind, text = token
    if kind == "function":
        name = _ADD_IN.sub("", text)[:-1]
        return _EXCEL_NAMES.get(name, name) + "("
    if kind == "sheet" and text.endswith("."):
        name = text.lstrip("$")[:-1]
        return sheet_prefix(name[1:-1].replace("''", "'") if name.startswith("'") else name)
    if kind == "sheet":
        return text[:-1] + " "  # LibreOffice's mark for the cells two areas have in common
    if kind == "word" and (found := _LOCAL.match(text)):
        return sheet_prefix(found["sheet"].lstrip("$")) + found["rest"]
    if kind == "table":
        name, _, rest = text.partition("[")
        return f"{name}[{_joined(table_items(rest[:-1]), ',')}]" if rest.startswith("[") else text
    if kind == "mark":
        return {";": ",", "~": ",", "!": " ", "|": ";" if inside == "{" else "|"}.get(text, text)
    return text


def sheet_prefix(name: str) -> str:
    """A sheet's name before an address, in apostrophes where Excel needs them."""
    plain = _PLAIN_SHEET.match(name) and not re.match(r"[A-Za-z]{1,3}\d+\Z|[rRcC]\d*\Z", name)
    return f"{name}!" if plain else "'" + name.replace("'", "''") + "'!"


def shifted(formula: str, rows: int, columns: int) -> str:
    """An Excel formula as it reads when filled into a cell so many rows below and columns to the right."""
    if not rows and not columns:
        return formula
    return "".join(_shifted_piece(token, rows, columns) for token in tokens(formula))


def _shifted_piece(token: Token, rows: int, columns: int) -> str:
    if token.kind in ("cell", "columns", "rows"):
        return ":".join(_shifted_corner(corner, rows, columns) for corner in token.text.split(":"))
    return token.text


def _shifted_corner(corner: str, rows: int, columns: int) -> str:
    parts = re.fullmatch(r"(\$?)([A-Za-z]*)(\$?)(\d*)", corner)
    if parts is None:
        return corner
    fixed_column, letters, fixed_row, digits = parts.groups()
    if not letters:  # a whole row: its only dollar sign has been read as a column's
        fixed_row, fixed_column = fixed_column, ""
    if letters and not fixed_column:
        letters = column_letters((column_number(letters) - 1 + columns) % MAX_COLUMNS + 1)
    if digits and not fixed_row:
        digits = str((int(digits) - 1 + rows) % MAX_ROWS + 1)
    return f"{fixed_column}{letters}{fixed_row}{digits}"
