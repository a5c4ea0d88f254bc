"""The types a cell may hold: how a raw cell becomes a value, or a `PydanticCustomError` that says why not.

Each type is an annotated alias. Its `Kind` in the annotation tells the workbook's maker the number format and
the reader's problems their rule; its validator turns what Excel gives (text, float, date, bool) into the value.
A blank cell never reaches a validator: the field's default, None, stands for it.
"""

import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum
from fractions import Fraction
from functools import cache, partial
from typing import Annotated, Never

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from sendbook.law import code_sets


class Kind(Enum):
    """What a column holds, as the workbook's maker and the reference pages see it."""

    TEXT = "text"
    PROSE = "longer text"
    DATE = "date"
    WHOLE = "whole number"
    NUMBER = "number"
    MONEY = "pounds"
    YES_NO = "Yes or No"
    CHOICE = "one of a list"


@dataclass(frozen=True)
class CellRule:
    """A rule about one cell's form: what is wrong with the cell, and how to put it right."""

    id: str
    says: str
    todo: str
    read: bool = False  # the cell was understood all the same; only the workbook's own formulas pass it over


TEXT_LIMIT = 32_767  # characters a cell of Excel can hold
OLDEST, NEWEST = date(1920, 1, 1), date(2100, 12, 31)  # outside these a date in a school's workbook is a slip

CELL_RULES = {
    rule.id: rule
    for rule in (
        CellRule("SB001", "holds the error value {found}", "Put right the formula or type the value."),
        CellRule("SB002", "is not a date: {found}", "Type the date as day/month/year, for example 03/09/2026."),
        CellRule("SB003", "is a date that cannot be right: {found}", "Check the year; dates run from 1920 to 2100."),
        CellRule("SB004", "is not a whole number: {found}", "Type a whole number, with no words."),
        CellRule("SB005", "is not a number: {found}", "Type a number, with no words."),
        CellRule("SB006", "is not an amount of money: {found}", "Type pounds and pence, for example 17.20."),
        CellRule("SB007", "is not Yes or No: {found}", "Choose Yes or No."),
        CellRule("SB008", "is not in the list: {found}", "Choose from the dropdown: {allowed}."),
        CellRule("SB009", "is below zero: {found}", "Type a number of 0 or more."),
        CellRule("SB010", "is too large to be right: {found}", "Check the number for a slip of the keyboard."),
        CellRule("SB011", "is not text: {found}", "Type the words; format the cell as text if Excel turns them into a date."),
        CellRule(
            "SB012",
            "is text, not a {kind}: {found}. The workbook's own sums pass it over",
            "Type it again; for a whole column choose Data, Text to Columns, Finish.",
            True,
        ),
        CellRule(
            "SB014",
            "is a number, or has a space or a line too many: {found}. The workbook's own sums may take it for another name",
            "Type it as a word.",
            True,
        ),
        CellRule(
            "SB013",
            "is taken as {code}, but is written {found}. The workbook's own sums pass it over",
            "Choose {code} from the dropdown.",
            True,
        ),
    )
}

ERROR_VALUES = frozenset(
    {
        "#N/A",
        "#DIV/0!",
        "#VALUE!",
        "#REF!",
        "#NAME?",
        "#NUM!",
        "#NULL!",
        "#SPILL!",
        "#CALC!",
        "#GETTING_DATA",
        "#FIELD!",
        "#CONNECT!",
        "#BLOCKED!",
        "#UNKNOWN!",
        "#BUSY!",
        "#ERROR!",
    }
)


def shown(value: object) -> str:
    """A raw cell as a SENCo would say it: dates in UK form, numbers without a needless .0, long text cut."""
    if isinstance(value, datetime):
        value = value.date() if value.time() == datetime.min.time() else value
    if isinstance(value, date) and not isinstance(value, datetime):
        return f"{value:%d/%m/%Y}"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    text = str(value)
    return text if len(text) <= 60 else text[:59] + "…"


def refuse(rule: str, value: object, **more: str) -> Never:
    """Raise the pydantic error for a cell that breaks a cell rule; the reader turns it into a `Problem`."""
    raise PydanticCustomError(rule, "{found}", {"found": shown(value), **more})


def _no_error_value(value: object) -> None:
    if isinstance(value, str) and value.strip() in ERROR_VALUES:
        refuse("SB001", value)


_SPACES = re.compile(r"[^\S\n]+")


def to_text(value: object) -> str:
    """Text with its spaces put right; a number Excel made of digits goes back to its digits."""
    if type(value) is str:
        if value.isprintable() and "  " not in value and value[:1] not in "# " and value[-1:] != " ":
            return value  # by far the most: nothing to put right
        _no_error_value(value)
        return _SPACES.sub(" ", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int | float):
        return shown(float(value))
    refuse("SB011", value)


_DATE_FORMS = (
    "%d/%m/%Y", "%d/%m/%y", "%Y-%m-%d", "%d-%m-%Y", "%d-%m-%y", "%d.%m.%Y", "%d.%m.%y", "%d %b %Y", "%d %B %Y", "%d %b %y", "%d-%b-%Y",
    "%d-%b-%y", "%d-%B-%Y", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S",
)  # fmt: skip
_EPOCH = date(1899, 12, 30)  # day 0 of Excel's serial numbers, as they count from March 1900


def to_date(value: object) -> date:
    """A date from a date cell, an Excel serial number, or text in UK or ISO form."""
    if type(value) is date:
        found = value
    elif isinstance(value, datetime):
        found = value.date()
    elif isinstance(value, str):
        found = _date_from_text(value)
    elif isinstance(value, int | float) and not isinstance(value, bool) and 1 <= value <= 2_958_465:
        found = _EPOCH + timedelta(days=int(value))
    else:
        refuse("SB002", value)
    if not OLDEST <= found <= NEWEST:
        refuse("SB003", found)
    return found


def _date_from_text(text: str) -> date:
    _no_error_value(text)
    for form in _DATE_FORMS:
        try:
            return datetime.strptime(text.strip(), form).date()  # noqa: DTZ007 - a day has no time zone
        except ValueError:
            continue
    refuse("SB002", text)


def _number(value: object, rule: str) -> float:
    if isinstance(value, bool):
        refuse(rule, value)
    if isinstance(value, str):
        _no_error_value(value)
        try:
            value = float(value.strip().replace(",", "").removeprefix("£").removesuffix("%"))
        except ValueError:
            refuse(rule, value)
    if not isinstance(value, int | float) or not math.isfinite(value):
        refuse(rule, value)
    return float(value)


LARGEST = 1_000_000_000.0


def _sized(number: float, lowest: float, value: object) -> float:
    if number < lowest:
        refuse("SB009", value)
    if number > LARGEST:
        refuse("SB010", value)
    return number


def to_number(value: object, lowest: float = 0) -> float:
    """A finite number of `lowest` or more."""
    return _sized(_number(value, "SB005"), lowest, value)


def to_whole(value: object) -> int:
    """A whole number of 0 or more."""
    number = _number(value, "SB004")
    if not number.is_integer():
        refuse("SB004", value)
    return int(_sized(number, 0, value))


def to_pence(value: object) -> int:
    """An amount in pounds as whole pence, a half penny rounded up as Excel rounds."""
    pounds = _sized(_number(value, "SB006"), 0, value)
    return math.floor(round(pounds * 100, 6) + 0.5)


def to_rate(value: object) -> Fraction:
    """An amount in pounds an hour as exact pence, parts of a penny kept: authorities' rates have them."""
    return Fraction(repr(_sized(_number(value, "SB006"), 0, value))) * 100


_YES = {"yes": True, "y": True, "true": True, "1": True, "t": True, "no": False, "n": False, "false": False, "0": False, "f": False}


def to_yes_no(value: object) -> bool:
    """Yes or No, as a MIS or Excel may write it (Y, TRUE, 1)."""
    if isinstance(value, bool):
        return value
    _no_error_value(value)
    answer = _YES.get(shown(value).strip().casefold())
    if answer is None:
        refuse("SB007", value)
    return answer


@cache
def _choices(key: str) -> dict[str, str]:
    """Every way to write a code of the set, in lower case, to the code: the code, its meaning, both, and other usual ways."""
    ways: dict[str, str] = {}
    for c in code_sets()[key].codes:
        years = [f"{word}{c.code}" for word in ("Year ", "Yr ", "Yr", "Y")] if key == "year_group" else ()
        for way in (c.code, c.meaning, f"{c.code} - {c.meaning}", *years, *c.facts.get("also", ())):
            if way:
                ways.setdefault(way.casefold(), c.code)
    if key == "year_group":
        ways |= {"reception": "R", "n": "N1", "nursery": "N1"} | {f"{n:02d}": str(n) for n in range(1, 10)}
    return ways


def choice_reader(key: str) -> Callable[[object], str]:
    """A function from a raw cell to a code of the set named `key`."""

    def to_choice(value: object) -> str:
        if type(value) is str and (entry := code_sets()[key].get(value)):
            return entry.code
        _no_error_value(value)
        code = _choices(key).get(shown(value).strip().casefold())
        if code is None:
            refuse("SB008", value, allowed=", ".join(c.code for c in code_sets()[key].codes))
        return code

    return to_choice


def passed_over(kind: Kind, raw: object, value: object, is_name: bool = False) -> tuple[str, dict[str, str]] | None:
    """The rule for a cell that was understood but that Excel's formulas pass over, with its values: a date typed as text, `EHCP` for `E`.

    `is_name`: other cells are compared with it, so that a space too many makes it another name.
    """
    if isinstance(raw, str) and kind in _AS_NUMBERS:
        return "SB012", {"kind": "date" if kind is Kind.DATE else "number", "found": shown(raw)}
    if kind is Kind.CHOICE and shown(raw).casefold() != str(value).casefold():
        return "SB013", {"code": str(value), "found": shown(raw)}
    if is_name and raw != value:
        return "SB014", {"found": shown(value)}
    return None


_AS_NUMBERS = (Kind.DATE, Kind.WHOLE, Kind.NUMBER, Kind.MONEY)


@dataclass(frozen=True)
class Choice:
    """Annotation of a field whose values are a code set's."""

    key: str


Text = Annotated[str | None, Kind.TEXT, BeforeValidator(to_text)]
Prose = Annotated[str | None, Kind.PROSE, BeforeValidator(to_text)]
Date = Annotated[date | None, Kind.DATE, BeforeValidator(to_date)]
Whole = Annotated[int | None, Kind.WHOLE, BeforeValidator(to_whole)]
Number = Annotated[float | None, Kind.NUMBER, BeforeValidator(to_number)]
SignedNumber = Annotated[float | None, Kind.NUMBER, BeforeValidator(partial(to_number, lowest=-LARGEST))]
Money = Annotated[int | None, Kind.MONEY, BeforeValidator(to_pence)]
Rate = Annotated[Fraction | None, Kind.MONEY, BeforeValidator(to_rate)]
YesNo = Annotated[bool | None, Kind.YES_NO, BeforeValidator(to_yes_no)]

SenStatus = Annotated[str | None, Kind.CHOICE, Choice("sen_status"), BeforeValidator(choice_reader("sen_status"))]
SenType = Annotated[str | None, Kind.CHOICE, Choice("sen_type"), BeforeValidator(choice_reader("sen_type"))]
AreaOfNeed = Annotated[str | None, Kind.CHOICE, Choice("area_of_need"), BeforeValidator(choice_reader("area_of_need"))]
Layer = Annotated[str | None, Kind.CHOICE, Choice("layer"), BeforeValidator(choice_reader("layer"))]
YearGroup = Annotated[str | None, Kind.CHOICE, Choice("year_group"), BeforeValidator(choice_reader("year_group"))]
Phase = Annotated[str | None, Kind.CHOICE, Choice("phase"), BeforeValidator(choice_reader("phase"))]
SenUnit = Annotated[str | None, Kind.CHOICE, Choice("sen_unit"), BeforeValidator(choice_reader("sen_unit"))]
PlanResult = Annotated[str | None, Kind.CHOICE, Choice("plan_result"), BeforeValidator(choice_reader("plan_result"))]
ReviewKind = Annotated[str | None, Kind.CHOICE, Choice("review_kind"), BeforeValidator(choice_reader("review_kind"))]
ReviewDecision = Annotated[str | None, Kind.CHOICE, Choice("review_decision"), BeforeValidator(choice_reader("review_decision"))]
Measure = Annotated[str | None, Kind.CHOICE, Choice("measure"), BeforeValidator(choice_reader("measure"))]
