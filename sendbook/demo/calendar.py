"""The invented school's year: term dates around a day, and the runs of weeks in which groups meet."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache, cached_property
from random import Random

from sendbook.demo.data import toml

WEEK = timedelta(days=7)


def days(count: int) -> timedelta:
    """So many days."""
    return timedelta(days=count)


def academic_year(on: date) -> int:
    """The year in which the September of the academic year falls (1 September to 31 August)."""
    return on.year if on.month >= 9 else on.year - 1


def between(rng: Random, first: date, last: date) -> date:
    """A day from first to last; first where last lies before it."""
    return first + days(rng.randint(0, max(0, (last - first).days)))


def years_after(day: date, years: float) -> date:
    """The day so many years on, to the nearest day."""
    return day + days(round(years * 365.25))


@dataclass(frozen=True)
class Term:
    """A whole term of two half terms; `half` is the last day before half term."""

    season: str
    start: date
    half: date
    end: date

    @property
    def label(self) -> str:
        """For example `autumn 2026`."""
        return f"{self.season.lower()} {self.start.year}"


@dataclass(frozen=True)
class Period:
    """A run of weeks in which groups meet. `slots` are the parts of the year it takes of a member of staff's time."""

    label: str
    start: date
    end: date
    slots: tuple[int, ...]


def _moved(entry: dict[str, object], weeks: int) -> dict[str, object]:
    return {k: v + weeks * WEEK if isinstance(v, date) else v for k, v in entry.items() if k != "year" and (k != "notes" or weeks == 0)}


def half_terms(year: int) -> list[dict[str, object]]:
    """Rows of the Terms table for an academic year; beyond the dates we hold, the nearest year's moved by whole weeks."""
    known = toml("school")["term"]
    nearest = min({t["year"] for t in known}, key=lambda y: (abs(y - year), y))
    weeks = round((year - nearest) * 365.25 / 7)
    return [_moved(t, weeks) for t in known if t["year"] == nearest]


def _terms(year: int) -> list[Term]:
    halves = [(str(h["name"]), h["start"], h["end"]) for h in half_terms(year)]
    return [
        Term(a[0].split()[0], a[1], a[2], b[2])  # type: ignore[arg-type]
        for a, b in zip(halves[::2], halves[1::2], strict=True)
    ]


@cache
def _runs(year: int) -> list[tuple[date, date]]:
    return [(h["start"], h["end"]) for h in half_terms(year)]  # type: ignore[misc]


def in_school(day: date) -> bool:
    """Whether pupils are in school that day."""
    return day.weekday() < 5 and any(first <= day <= last for first, last in _runs(academic_year(day)))


def working_day(day: date) -> date:
    """The day itself, or the Friday before a weekend: when offices write letters."""
    return day - days(max(0, day.weekday() - 4))


def monday(day: date) -> date:
    """The Monday of the day's week."""
    return day - days(day.weekday())


@dataclass(frozen=True)
class Calendar:
    """Term dates as they look from `today`."""

    today: date

    @property
    def year(self) -> int:
        """The academic year `today` is in."""
        return academic_year(self.today)

    @cached_property
    def rows(self) -> list[dict[str, object]]:
        """Rows of the Terms table: last year's and this year's half terms."""
        return half_terms(self.year - 1) + half_terms(self.year)

    @cached_property
    def terms(self) -> list[Term]:
        """The terms of last year and this year."""
        return _terms(self.year - 1) + _terms(self.year)

    @property
    def _now(self) -> int:
        return max(i for i, t in enumerate(self.terms) if t.start <= self.today or i == 1)

    @property
    def now(self) -> Term:
        """The term that runs, or in the holidays the one before."""
        return self.terms[self._now]

    @property
    def before(self) -> Term:
        """The term before `now`."""
        return self.terms[self._now - 1]

    @property
    def after(self) -> Term | None:
        """The term after `now`, if it belongs to this academic year."""
        return self.terms[self._now + 1] if self._now + 1 < len(self.terms) else None

    @property
    def year_start(self) -> date:
        """First day of school in this academic year."""
        return self.terms[3].start

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        """Last term's groups, those of this term's first half, this term's, next term's."""
        last, now, after = self.before, self.now, self.after
        found = [
            Period(last.label, monday(last.start) + WEEK, monday(last.end) - days(3), (0,)),
            Period(f"early {now.label}", monday(now.start) + WEEK, now.half, (1,)),
            Period(now.label, monday(now.start) + 2 * WEEK - days(7 if now.start.weekday() == 0 else 0), monday(now.end) - days(3), (1, 2)),
        ]
        if after:
            found.append(Period(after.label, monday(after.start) + WEEK, monday(after.end) - days(3), (3,)))
        return tuple(found)

    @cached_property
    def whole_year(self) -> Period:
        """What a plan pays for all year."""
        label = f"{self.year} to {self.year + 1}"
        return Period(label, monday(self.year_start) + WEEK, self.terms[-1].end, (1, 2, 3, 4))

    def school_day(self, day: date, step: int = -1) -> date:
        """The day itself or the nearest school day before it (step -1) or after it (step 1)."""
        while not in_school(day):
            day += days(step)
        return day
