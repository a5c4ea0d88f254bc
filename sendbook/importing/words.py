"""One cell of a list to a value: the column's own declaration reads it, after the words of the MIS are turned into our codes."""

import re
from functools import cache
from typing import Annotated, Any

from pydantic import TypeAdapter, ValidationError

from sendbook.importing.headings import data
from sendbook.law import code_sets
from sendbook.tables import CELL_RULES, Column, Kind, Pupil, shown, upn_key
from sendbook.tables.cells import TEXT_LIMIT

_UPN_FORM = re.compile(r"[A-Z][0-9]{11}[0-9A-Z]")
_WORDS = re.compile(r"[^\W_]+|(?<=\d)\.(?=\d)|(?<!\S)-(?=\d)")  # a decimal point or a minus is part of its number
_MIDNIGHT = re.compile(r"[T ]+0{1,2}:00(:00(\.0+)?)?$")
_WORDED = re.compile(r"(?:[a-z]+,?\s+)?(\d{1,2})(?:st|nd|rd|th)?(?:\s+of)?[\s./,-]*([a-z]{3,9})[\s./,-]*(\d{4}|\d{2})", re.IGNORECASE)
_YEAR_FIRST = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})")
_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_BETWEEN_NEEDS = re.compile(r"\s*(?:[,;/&+\n]|\band\b)\s*", re.IGNORECASE)
_SERIAL = re.compile(r"[1-9][0-9]{4}(\.0+)?")


class CellRefusedError(Exception):
    """A cell that cannot be taken: what is wrong, and what to do."""

    def __init__(self, says: str, todo: str) -> None:
        super().__init__(says)
        self.says, self.todo = says, todo


_IN_A_LIST = {  # a list has no dropdown, and “the list” is the file itself: other words than the workbook's rules
    "SB007": ("is not Yes or No: {found}", "Write Yes or No."),
    "SB008": ("is no code or word that Sendbook knows: {found}", "Write one of: {allowed}."),
}


def word_key(text: str) -> str:
    """Words as they are compared: case, spaces and punctuation do not count."""
    return "".join(_WORDS.findall(text.casefold()))


@cache
def _blank_words() -> frozenset[str]:
    return frozenset(word.casefold() for word in data("words.toml")["blank"])


def is_blank(raw: object) -> bool:
    """A cell that says nothing: empty, spaces, a dash, n/a."""
    return raw is None or (isinstance(raw, str) and raw.strip().casefold() in {"", *_blank_words()})


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    field = Pupil.model_fields[name]
    declared: Any = Annotated[field.annotation, *field.metadata]
    return TypeAdapter(declared)


@cache
def _translations(key: str) -> dict[str, str]:
    """Word key to the word that the cell type reads, for a code set or `yes_no`."""
    ways = {word_key(word): code for code, words in data("words.toml").get(key, {}).items() for word in words}
    codes = code_sets()[key].codes if key in code_sets() else ()
    for prefix in ("", *data("words.toml")["prefixes"].get(key, ())):
        ways |= {prefix + word_key(c.code): c.code for c in codes}
    ways |= {word_key(c.code + c.meaning): c.code for c in codes} | {word_key(c.meaning + c.code): c.code for c in codes}
    return ways | {word_key(c.meaning): c.code for c in codes if c.meaning}


@cache
def _old(key: str) -> dict[str, str]:
    return {word_key(word): says for word, says in data("words.toml")["old"].get(key, {}).items()}


def _translated(column: Column, raw: object) -> object:
    key = column.choices or ("yes_no" if column.kind is Kind.YES_NO else "")
    if not key or not isinstance(raw, str):
        return raw
    if raw.strip() in ("✓", "✔", "☑"):
        return "Yes" if key == "yes_no" else raw
    word = word_key(raw)
    if word in _old(key):
        raise CellRefusedError(f"is an old code, {shown(raw)}: {_old(key)[word]}", "Put the code of today into the list or into the book.")
    if word in {word_key(mark) for mark in data("words.toml")["marks"].get(column.name, ())}:
        return "Yes"
    return _translations(key).get(word, raw)


def _prepared(column: Column, raw: object) -> object:
    if column.kind is Kind.DATE and isinstance(raw, str):
        text = _MIDNIGHT.sub("", raw.strip())
        return float(text) if _SERIAL.fullmatch(text) else _date_in_digits(text)
    return _translated(column, raw)


def _date_in_digits(text: str) -> str:
    """A date as people and programs write it, such as `Friday 14th Sept 2018` or `2018/03/14`, in a form the cell type reads."""
    if found := _YEAR_FIRST.fullmatch(text):
        return "-".join(found.groups())
    if not (found := _WORDED.fullmatch(text)):
        return text
    day, word, year = found.groups()
    before = text[: found.start(1)].strip(", ").casefold()
    month = next((n for n, name in enumerate(_MONTHS, 1) if name.startswith(word.casefold())), None)
    return f"{day}/{month}/{year}" if month and (not before or any(d.startswith(before) for d in _DAYS)) else text


def two_needs(column: Column, text: str) -> tuple[object, object] | None:
    """Two needs in one cell, such as `SLCN, SEMH`; None where it is not exactly two."""
    for between in _BETWEEN_NEEDS.finditer(text):
        try:
            return read_cell(column, text[: between.start()]), read_cell(column, text[between.end() :])
        except CellRefusedError:
            continue  # a comma within a need, or a third one
    return None


def read_cell(column: Column, raw: object) -> object:
    """The value of a cell that is not blank. Raises CellRefusedError with the sentence for a cell that does not fit."""
    try:
        value = _adapter(column.name).validate_python(_prepared(column, raw))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        rule, found = CELL_RULES[first["type"]], first.get("ctx", {}) | {"found": shown(raw)}
        says, todo = _IN_A_LIST.get(rule.id, (rule.says, rule.todo))
        raise CellRefusedError(says.format(**found), todo.format(**found)) from error
    return _looked_over(column, value)


def _looked_over(column: Column, value: object) -> object:
    """What only a list needs: whole letters, UPNs in one form, attendance as a percentage, text that fits a cell."""
    if isinstance(value, str) and "\ufffd" in value:
        raise CellRefusedError(f"has a letter that could not be read: {shown(value)}", "Export the list again as UTF-8 or as Excel.")
    if column.name == "upn":
        return _upn(str(value))
    if column.name == "attendance" and isinstance(value, float):
        return _attendance(value)
    if isinstance(value, str) and len(value) > TEXT_LIMIT:
        raise CellRefusedError(f"is longer than the {TEXT_LIMIT:,} characters a cell can hold", "Shorten the text.")
    return value


def upn_like(raw: object) -> bool:
    """A cell with the form of a UPN."""
    return isinstance(raw, str) and bool(_UPN_FORM.fullmatch(upn_key(raw)))


def _upn(text: str) -> str:
    upn = upn_key(text)
    if not upn_like(upn):
        raise CellRefusedError(f"is not a UPN: {shown(text)}", "A UPN is a letter and twelve digits; copy it from the MIS.")
    return upn


def _attendance(value: float) -> float:
    if value > 100:
        raise CellRefusedError(f"is more than 100: {shown(value)}", "Put in the percentage, 0 to 100.")
    return round(value * 100, 2) if 0 < value <= 1 else value  # Excel keeps 95 % as 0.95; nobody's attendance is under 1 %
