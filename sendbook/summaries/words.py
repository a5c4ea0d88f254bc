"""Pieces of plain English: dates, times, how often, lists, possessives, and free text made fit to print."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date

MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def long_date(day: date, weekday: bool = False) -> str:
    """`3 December 2026`, with the weekday first if wanted. Never in the machine's own language."""
    return f"{DAYS[day.weekday()] + ' ' if weekday else ''}{day.day} {MONTHS[day.month - 1]} {day.year}"


def month_year(day: date) -> str:
    """`December 2026`."""
    return f"{MONTHS[day.month - 1]} {day.year}"


def possessive(name: str) -> str:
    """The name with its apostrophe: Amara’s, James’s."""
    return f"{name}’s"


def listed(parts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1]))) if parts else ""


def counted(number: float, one: str, many: str = "") -> str:
    """A number with its noun: `1 minute`, `2 minutes`, `2.5 points`."""
    return f"{plain_number(number)} {one if number == 1 else many or one + 's'}"


def plain_number(number: float) -> str:
    """A number without needless decimals, at most one."""
    rounded = round(number, 1)
    return f"{int(rounded):,}" if rounded == int(rounded) else f"{rounded:,}"


def minutes_long(minutes: float | None) -> str:
    """`1 minute`, `45 minutes`, `1 hour`, `1 hour 30 minutes`; empty where not known."""
    if not minutes or minutes < 0.5:
        return ""
    hours, rest = divmod(int(minutes + 0.5), 60)
    parts = ([counted(hours, "hour")] if hours else []) + ([counted(rest, "minute")] if rest else [])
    return " ".join(parts)


def months_old(months: float) -> str:
    """An age in months as `6 years 4 months`."""
    whole = int(months + 0.5)
    if whole < 12:
        return counted(whole, "month")
    years, rest = divmod(whole, 12)
    return f"{counted(years, 'year')} {counted(rest, 'month')}" if rest else counted(years, "year")


def how_often(sessions: float | None) -> str:
    """Sessions a week in words: `twice a week`, `once every two weeks` for 0.5; empty where not known."""
    if not sessions or sessions < 0.02:
        return ""
    for weeks in range(1, 7):
        times = sessions * weeks
        if round(times) >= 1 and abs(times - round(times)) < 0.06:
            return f"{_times(round(times))} {'a week' if weeks == 1 else f'every {NUMBERS[weeks]} weeks'}"
    return f"about {_times(round(sessions))} a week" if sessions > 1 else "now and then"


def _times(number: int) -> str:
    word = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return {1: "once", 2: "twice"}.get(number, f"{word} times")


def in_words(pence: int) -> str:
    """Pence as whole pounds, a half rounded up: `£1,234`."""
    return f"£{(pence + 50) // 100:,}"


_ENDS = (".", "!", "?", "…", ":", "。", "।", "۔", "؟")
_CLOSERS = "”’\"')»"


def sentence(text: str) -> str:
    """A typed text as a sentence: a capital first, and a full stop unless it ends already. `iPad` keeps its small letter."""
    first = text.partition(" ")[0]
    text = text[:1].upper() + text[1:] if first.islower() else text
    return text if not text or text.rstrip(_CLOSERS).endswith(_ENDS) else f"{text}."


def first_lower(text: str) -> str:
    """The text with a small first letter, abbreviations and names in capitals left alone."""
    return text[0].lower() + text[1:] if len(text) > 1 and text[1].islower() else text


# Characters that turn the direction of what follows: a cell could use them to make text read as something else.
_TURNS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C, 0xFEFF, 0x00AD])


def tidy(text: str | None) -> str:
    """A cell's text fit to print: one line, composed letters, no control characters. Its words are not changed."""
    if not text:
        return ""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    kept = "".join(" " if unicodedata.category(c) in ("Cc", "Zl", "Zp") else "" if unicodedata.category(c) == "Cs" else c for c in text)
    return " ".join(unicodedata.normalize("NFC", kept.translate(_TURNS)).split())


_BULLET = re.compile(r"^\s*(?:[-–•·*]\s+|\d{1,2}[.)]\s+)")


_NEXT_NUMBER = re.compile(r"\s+(?=\d{1,2}[.)]\s+\S)")  # within a line: “1. Visit the school 2. See the nurse”
_NUMBERED = re.compile(r"^\s*1[.)]\s+\S")

# What people type where there is nothing to say yet; parents are asked or told so instead.
_NOTHING = frozenset(
    (
        "tbc",
        "tba",
        "tbd",
        "n/a",
        "na",
        "n.a",
        "none",
        "nil",
        "x",
        "xx",
        "xxx",
        "todo",
        "to do",
        "to follow",
        "to be completed",
        "-",
        "?",
        "??",
    )
)


def lines_of(text: str | None) -> tuple[str, ...]:
    """Free text as its lines, each a sentence, without the typed bullets and numbers, and without “tbc”, “n/a” and the like."""
    typed = [part for line in (text or "").split("\n") for part in (_NEXT_NUMBER.split(line) if _NUMBERED.match(line) else [line])]
    found = (tidy(_BULLET.sub("", line)) for line in typed)
    return tuple(sentence(line) for line in found if line and line.casefold().strip(" .") not in _NOTHING and line not in _NOTHING)
