"""What help is in place: a pupil's places, their groups and provisions, in sentences for parents."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from sendbook.law import code_sets
from sendbook.summaries.model import Item
from sendbook.summaries.words import first_lower, how_often, listed, long_date, minutes_long, sentence, tidy
from sendbook.tables import Book, Group, PlaceInGroup, Provision, Pupil, Staff

HOUR, LONG, DAYS_A_WEEK = 60, 240, 5  # minutes, minutes, school days
RECENT = timedelta(days=183)  # help and goals that ended in the last half year are still worth a word

# Link cells (which group, which member of staff) are only followed, never printed: what is printed stands in the
# row they lead to, in columns that parents may see.


@dataclass(frozen=True, slots=True)
class Help:
    """A pupil's place with what it leads to and the days it runs, as far as they are known."""

    place: PlaceInGroup
    group: Group
    provision: Provision
    start: date | None
    end: date | None

    def ended(self, today: date) -> bool:
        """Over by today."""
        return self.end is not None and self.end < today

    @property
    def name(self) -> str:
        """The provision's name."""
        return tidy(self.provision.name)


def help_of(book: Book, pupil: Pupil, today: date) -> tuple[Help, ...]:
    """The pupil's help, planned, running or ended in the last half year, first begun first."""
    found = [h for h in _all_help(book, pupil) if h.end is None or h.end >= today - RECENT]
    return tuple(sorted(found, key=lambda h: (h.start or date.min, h.place.row)))


def _all_help(book: Book, pupil: Pupil) -> Iterator[Help]:
    for place in book.places_of(pupil):
        group = book.group_of(place)
        provision = book.provision_of(group) if group else None
        if group and provision:
            starts = [d for d in (place.start, group.start) if d]
            ends = [d for d in (place.end, group.end) if d]
            yield Help(place, group, provision, max(starts, default=None), min(ends, default=None))


def help_item(book: Book, pupil_name: str, given: Help, today: date) -> Item:
    """What happens, how often, for how long, with whom and since when."""
    what = sentence(tidy(given.provision.plain)) or f"{pupil_name} has extra help called {given.name}."
    return Item(given.name, (" ".join((what, *_when(book, given, today))),))


def _when(book: Book, given: Help, today: date) -> Iterator[str]:
    often, long = how_often(given.group.sessions), minutes_long(given.group.minutes)
    whom = listed([said(s) for s in leaders(book, given.group) if not has_left(s, today)])
    by = f" with {whom}" if whom else ""
    if _all_day(given.group):
        yield f"It takes place for {minutes_long((given.group.minutes or 0) * (given.group.sessions or 0))} a week{by}."
    elif often:
        yield f"It takes place {often}{f' for {long}' if long else ''}{by}."
    elif long:
        yield f"Each time lasts {long}{by}."
    elif whom:
        yield f"It takes place{by}."
    yield from _since(given, today)


def _all_day(group: Group) -> bool:
    """Help through much of the week, which is told in hours a week: nobody counts fifteen sessions of an hour."""
    minutes, sessions = group.minutes or 0, group.sessions or 0
    return minutes > LONG or (minutes >= HOUR and sessions > DAYS_A_WEEK)


def _since(given: Help, today: date) -> Iterator[str]:
    if given.start and given.start == given.end:
        yield f"It is on {long_date(given.start)}."
        return
    if given.start and given.start > today:
        yield f"It starts on {long_date(given.start)}."
    elif given.start:
        yield f"It began on {long_date(given.start)}."
    if given.end:
        yield f"It {'will run' if given.start and given.start > today else 'runs'} until {long_date(given.end)}."


def has_left(member: Staff, today: date) -> bool:
    """Whether someone is no longer there to be promised to a family."""
    return member.left is not None and member.left < today


def leaders(book: Book, group: Group) -> tuple[Staff, ...]:
    """The staff who lead a group, as far as they stand in the staff table; each once."""
    found = {s.row: s for name in (group.staff, group.staff_2, group.staff_3) if name and (s := book.staff_named(name)) and s.name}
    return tuple(found.values())


def said(member: Staff) -> str:
    """A member of staff as parents know them: `Mrs Khan (teaching assistant)`."""
    code = code_sets()["staff_role"].get(member.role)
    known = {"SENCo": "special educational needs co-ordinator", "Other": ""} | ({code.code: code.meaning} if code and code.meaning else {})
    role = known.get(member.role or "", tidy(member.role))
    return f"{tidy(member.name)} ({first_lower(role)})" if role else tidy(member.name)
