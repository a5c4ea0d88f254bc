"""What provision costs, to the penny: groups, pupils' shares, and the totals a SENCo sets against the money there is.

The rules are the field's own (reference: published costing guides of local authorities):

- a group costs staff cost an hour x (delivery + preparation minutes) / 60 x sessions a week x weeks run + resources;
- its pupils share it equally, by the school weeks each was in it, or one pupil bears it all (`charged_to`);
- shares are whole pence and add up to the group's cost exactly (largest remainder).

Money in is whole pence (`Book`), money out is whole pence; what lies between is exact (`Fraction`), rounded once.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate
from math import floor, lcm

from sendbook.law import figure
from sendbook.tables import Book, Group, PlaceInGroup, Pupil, Staff, Term, name_key

WEEK = timedelta(days=7)
USUAL_WEEKS = range(36, 43)  # school weeks of a school year: 38 or 39, and a little either way


@lru_cache(4096)
def exact(number: float | None) -> Fraction:
    """A number as the SENCo typed it (0.1 is a tenth, not the nearest binary fraction); nothing typed is 0."""
    return Fraction(repr(number)) if number else Fraction(0)


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def school_weeks(terms: Iterable[Term], start: date, end: date) -> tuple[date, ...]:
    """Mondays of the weeks in which pupils are in school on some weekday from `start` to `end`.

    Terms without both dates do not count. A week that two terms share counts once.
    """
    dated = [(t.start, t.end) for t in terms if t.start and t.end]
    weeks, monday = [], monday_of(start)
    while monday <= end:
        first, last = max(monday, start), min(monday + timedelta(days=4), end)
        if first <= last and any(begins <= last and first <= ends for begins, ends in dated):
            weeks.append(monday)
        monday += WEEK
    return tuple(weeks)


def rounded(pence: Fraction) -> int:
    """Whole pence, a half penny up, as Excel rounds."""
    return floor(pence + Fraction(1, 2))


def share(total: int, weights: Sequence[Fraction]) -> tuple[int, ...]:
    """Share whole pence by weights so that the shares add up exactly: largest remainder, the earlier first among equals.

    With no weight at all nothing can be shared: every share is 0.
    """
    scale = lcm(*(w.denominator for w in weights))
    parts = [w.numerator * (scale // w.denominator) for w in weights]  # whole numbers in the same proportion
    whole = sum(parts)
    if not whole:
        return (0,) * len(parts)
    shares = [total * part // whole for part in parts]
    by_remainder = sorted(range(len(parts)), key=lambda i: (-(total * parts[i] % whole), i))
    for i in by_remainder[: total - sum(shares)]:
        shares[i] += 1
    return tuple(shares)


@dataclass(frozen=True, slots=True)
class Share:
    """A pupil's part of a group's cost: the weeks in it, the share in pence, and who (None where nobody is found)."""

    place: PlaceInGroup
    pupil: Pupil | None
    weeks: Fraction
    pence: int


@dataclass(frozen=True, slots=True)
class GroupCost:
    """A group costed. `hourly` is pence an hour of all its adults; `notes` say what is missing for a full costing."""

    group: Group
    costed_from: date
    costed_to: date
    weeks: Fraction
    hourly: Fraction
    hours: Fraction
    staff: int
    resources: int
    total: int
    shares: tuple[Share, ...]
    notes: tuple[str, ...] = ()

    @property
    def outside(self) -> bool:
        """Whether the group's dates lie wholly outside the costing year, so that it costs nothing in it."""
        g = self.group
        return self.costed_from > self.costed_to and not (g.start and g.end and g.end < g.start)

    @property
    def per_pupil(self) -> int | None:
        """Pence for each pupil, as the column Cost per pupil shows it; None for a group without pupils."""
        if self.group.charged_to:
            return self.total
        return rounded(Fraction(self.total, len(self.shares))) if self.shares else None


@dataclass(frozen=True, slots=True)
class PupilCost:
    """A pupil's provision against the first part of additional support (element 2) and the top-up; pence."""

    pupil: Pupil
    spent: int
    threshold: int
    top_up: int

    @property
    def left(self) -> int:
        """What of element 2 is not spent."""
        return max(0, self.threshold - self.spent)

    @property
    def above(self) -> int:
        """What is spent above element 2: the case for top-up."""
        return max(0, self.spent - self.threshold)


@dataclass(frozen=True, slots=True)
class StaffTime:
    """Someone's provision: hours a week now and in the busiest week, hours and pence over the costing year.

    `available` and `paid` are the hours a week there are for it and that the person is paid for, None where not known.
    """

    staff: Staff
    hourly: Fraction
    now: Fraction
    busiest: Fraction
    hours: Fraction
    available: float | None
    paid: float | None
    pence: int


def hourly_pence(staff: Staff) -> Fraction | None:
    """What an hour of someone's time costs: as entered, else salary with on-costs over paid hours; None where neither is known."""
    return staff.hourly_cost if staff.hourly_cost is not None else pence_by_salary(staff)


def pence_by_salary(staff: Staff) -> Fraction | None:
    """Salary with on-costs over paid hours, pence an hour; None where one of them is not known."""
    hours = exact(staff.paid_hours) * exact(staff.paid_weeks)
    return Fraction(staff.salary) / hours if staff.salary is not None and hours else None


@dataclass(frozen=True)
class Costing:
    """A book costed for its costing year. Everything is worked out once, when first asked for."""

    book: Book
    today: date

    @cached_property
    def year(self) -> tuple[date, date] | None:
        """First and last day of the costing year; None where School does not say."""
        school = self.book.school
        return (school.costing_from, school.costing_to) if school.costing_from and school.costing_to else None

    @cached_property
    def weeks_in_year(self) -> int:
        """The most weeks any group is costed for: School's setting, else the usual figure."""
        return self.book.school.pupil_weeks or figure("pupil_weeks", self.today).value

    @cached_property
    def weeks(self) -> tuple[date, ...]:
        """Mondays of the school weeks of the costing year."""
        return school_weeks(self.book.terms, *self.year) if self.year else ()

    @property
    def has_a_school_year(self) -> bool:
        """Whether a costing year of twelve months has about as many school weeks as a school year; a shorter one may have any number."""
        days = (self.year[1] - self.year[0]).days if self.year else 0
        return not 350 <= days <= 380 or len(self.weeks) in USUAL_WEEKS

    @cached_property
    def groups(self) -> tuple[GroupCost, ...]:
        """Every group costed, in the workbook's order."""
        return tuple(map(self._group, self.book.groups))

    @cached_property
    def _fridays(self) -> tuple[date, ...]:
        return tuple(m + timedelta(days=4) for m in self.weeks)

    def _counted(self, start: date, end: date) -> range:
        """School weeks, by their number in `weeks`, that the days from `start` to `end` touch on a weekday; none where the end is first."""
        return range(0) if end < start else range(bisect_left(self._fridays, start), bisect_right(self.weeks, end))

    def _span(self, start: date | None, end: date | None) -> tuple[date, date]:
        first, last = self.year or (date.max, date.min)
        return max(start or first, first), min(end or last, last)

    def _group(self, group: Group) -> GroupCost:
        start, end = self._span(group.start, group.end)
        weeks = self._weeks(group, len(self._counted(start, end))) if start <= end else Fraction(0)
        hourly, notes = self._hourly(group)
        hours = weekly_hours(group) * weeks
        resources = (group.resources or 0) if start <= end else 0  # what ran in another year was paid for in that year
        total = rounded(hourly * hours + resources)
        shares = self._shares(group, total, weeks, start, end)
        if group.charged_to and not self.book.pupil(group.charged_to):
            notes = (*notes, "The pupil it is charged to is not found")
        if len(self.book.groups_by_name.get(name_key(group.name), ())) > 1:
            notes = (*notes, "Another group has the same name, so its places belong to neither")
        cost = GroupCost(group, start, end, weeks, hourly, hours, total - resources, resources, total, shares)
        return cost if self.year and cost.outside else replace(cost, notes=(*notes, *_notes(cost)))

    def _weeks(self, group: Group, counted: int) -> Fraction:
        if group.fixed_weeks is not None:
            return exact(group.fixed_weeks)
        return Fraction(min(counted, self.weeks_in_year))

    def _hourly(self, group: Group) -> tuple[Fraction, tuple[str, ...]]:
        hourly, notes = Fraction(0), []
        for name in filter(None, (group.staff, group.staff_2, group.staff_3)):
            staff = self.book.staff_named(name)
            cost = hourly_pence(staff) if staff else None
            if cost is None:
                notes.append(f"{name} has no cost an hour in Staff" if staff else f"{name} is not found, or is twice, in Staff")
            hourly += cost or 0
        return hourly, tuple(notes)

    def _shares(self, group: Group, total: int, run: Fraction, start: date, end: date) -> tuple[Share, ...]:
        places = self.book.places_in(group)
        pupils = [self.book.pupil(p.pupil) for p in places]
        weeks = [run * self._part_of_run(p, start, end) if p.start or p.end else run for p in places]
        weights = weeks
        if group.charged_to:
            bearer = self.book.pupil(group.charged_to)
            first = next((i for i, p in enumerate(pupils) if p and bearer and p.row == bearer.row), None)
            weights = [Fraction(i == first) for i in range(len(places))]
        pence = share(total, weights)
        return tuple(Share(*parts) for parts in zip(places, pupils, weeks, pence, strict=True))

    def _part_of_run(self, place: PlaceInGroup, start: date, end: date) -> Fraction:
        """The part of the group's school weeks for which a pupil who joined late or left early was in it; of its days without terms.

        The group may be costed for fewer weeks than there are (38 as set, or fixed by hand): the part is the same.
        """
        first, last = max(place.start or start, start), min(place.end or end, end)
        if last < first:
            return Fraction(0)
        if whole := len(self._counted(start, end)):
            return Fraction(len(self._counted(first, last)), whole)
        return Fraction((last - first).days + 1, (end - start).days + 1)

    @cached_property
    def spent(self) -> Mapping[int, int]:
        """Pence by pupil (`Pupil.row`) over all groups; a charged pupil without a place bears the cost too."""
        found: dict[int, int] = {}
        for cost in self.groups:
            for s in self.borne(cost):
                found[s[0].row] = found.get(s[0].row, 0) + s[1]
        return found

    def borne(self, cost: GroupCost) -> tuple[tuple[Pupil, int], ...]:
        """Who bears a group's cost, in pence."""
        shared = tuple((s.pupil, s.pence) for s in cost.shares if s.pupil and s.pence)
        bearer = self.book.pupil(cost.group.charged_to)
        return ((bearer, cost.total),) if bearer and not shared else shared

    @cached_property
    def unshared(self) -> int:
        """Pence that no pupil bears: groups without pupils, and places whose pupil is not found."""
        return self.total - sum(self.spent.values())

    @cached_property
    def pupils(self) -> tuple[PupilCost, ...]:
        """Every pupil, in the workbook's order."""
        threshold = figure("element_2", self.today).value * 100
        return tuple(PupilCost(p, self.spent.get(p.row, 0), threshold, p.top_up or 0) for p in self.book.pupils)

    @cached_property
    def total(self) -> int:
        """Pence over all groups."""
        return sum(g.total for g in self.groups)

    def by_provision(self, of: str) -> Mapping[str, int]:
        """Pence by a field of the group's provision: `area` or `layer`; what has none stands under “Not given”."""
        found: dict[str, int] = {}
        for cost in self.groups:
            provision = self.book.provision_of(cost.group)
            key = getattr(provision, of, None) or "Not given"
            found[key] = found.get(key, 0) + cost.total
        return found

    @cached_property
    def staff(self) -> tuple[StaffTime, ...]:
        """Everyone's hours and cost, resources left out; who leads nothing stands with 0."""
        led: dict[int, list[GroupCost]] = {}
        for cost in self.groups:
            for name in filter(None, (cost.group.staff, cost.group.staff_2, cost.group.staff_3)):
                if staff := self.book.staff_named(name):
                    led.setdefault(staff.row, []).append(cost)
        return tuple(self._time(s, led.get(s.row, [])) for s in self.book.staff)

    def _time(self, staff: Staff, led: Sequence[GroupCost]) -> StaffTime:
        this_week = bisect_left(self.weeks, monday_of(self.today)) if monday_of(self.today) in self.weeks else -1
        now, change = Fraction(0), dict[int, Fraction]()  # what a week has more or less than the one before
        for cost in led:
            weeks, hours_a_week = self._counted(cost.costed_from, cost.costed_to), weekly_hours(cost.group)
            now += hours_a_week if this_week in weeks else 0
            for week, more in ((weeks.start, hours_a_week), (weeks.stop, -hours_a_week)) if weeks else ():
                change[week] = change.get(week, Fraction(0)) + more
        busiest = max(accumulate(change[week] for week in sorted(change)), default=Fraction(0))
        hours = sum((c.hours for c in led), Fraction(0))
        hourly = hourly_pence(staff) or Fraction(0)
        pence = rounded(hours * hourly)
        return StaffTime(staff, hourly, now, busiest, hours, staff.hours_for_send, staff.paid_hours, pence)


def weekly_hours(group: Group) -> Fraction:
    """Hours a week of one adult in a group: delivery and preparation of all its sessions."""
    return (exact(group.minutes) + exact(group.preparation)) / 60 * exact(group.sessions)


def _notes(cost: GroupCost) -> list[str]:
    """What keeps a group from being costed in full, as a SENCo would say it."""
    group, shares = cost.group, cost.shares
    missing = [
        word for word, value in (("staff", group.staff), ("minutes", group.minutes), ("sessions a week", group.sessions)) if not value
    ]
    notes = [f"No {' and no '.join(missing)}"] if missing and not group.bought_in else []
    if not cost.weeks and not group.bought_in:
        notes.append("No school week between its dates; look at Terms and School")
    if not shares:
        notes.append("No pupil has a place")
    elif not group.charged_to and not any(s.weeks for s in shares):
        notes.append("No pupil is in it in any school week, so its cost is not shared")
    if (twice := len(known := [s.pupil.row for s in shares if s.pupil]) - len(set(known))) > 0:
        notes.append(
            f"{twice} {'pupil stands' if twice == 1 else 'places stand'} in it a second time, and {'bears' if twice == 1 else 'bear'} two shares"
        )
    if lost := sum(1 for s in shares if s.pupil is None):
        notes.append(f"{lost} of its places {'names' if lost == 1 else 'name'} a pupil who is not found")
    return notes
