"""Reckoning with dates for the checks: ages, months, school years, spans of days."""

from calendar import monthrange
from datetime import date


def months_later(day: date, months: int) -> date:
    """The same day of the month so many months on; the month's last day where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def age(born: date, on: date) -> int:
    """Age in whole years on a day; negative before birth."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def school_year(day: date) -> int:
    """The calendar year in which the day's school year began, on 1 September."""
    return day.year if day.month >= 9 else day.year - 1


def expected_year_group(born: date, on: date) -> str:
    """The year group of the pupil's age: Reception in the school year of the fifth birthday. Empty outside N1 to 14."""
    number = school_year(on) - school_year(born) - 5
    return {-2: "N1", -1: "N2", 0: "R"}.get(number, str(number) if 1 <= number <= 14 else "")


def year_named(year: str) -> str:
    """A year group as it is said: `Year 2`, `Reception`, `Nursery (N1)`."""
    return {"R": "Reception", "N1": "Nursery (N1)", "N2": "Nursery (N2)"}.get(year, f"Year {year}")


def overlap(start: date | None, end: date | None, other_start: date | None, other_end: date | None) -> bool:
    """Whether two spans share a day; an open side has no limit."""
    return (start or date.min) <= (other_end or date.max) and (other_start or date.min) <= (end or date.max)
