"""The book: all rows of a workbook with the look-ups between them. Immutable; everything else is a function of it."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import TypeVar

from sendbook.tables.columns import Row, column_named
from sendbook.tables.problems import Place
from sendbook.tables.provision import Group, PlaceInGroup, Provision, Staff
from sendbook.tables.pupils import Contact, Pupil
from sendbook.tables.records import Assessment, Communication, Plan, Review
from sendbook.tables.school import ListEntry, School, SchoolWeek, Term

TABLES: tuple[type[Row], ...] = (
    School, Term, Pupil, Contact, Staff, Provision, Group, PlaceInGroup, Plan, Review, Assessment, Communication, SchoolWeek, ListEntry,
)  # fmt: skip

R = TypeVar("R", bound=Row)
Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a table was read from: its sheet and the sheet's column letters by field name."""

    sheet: str
    letters: Mapping[str, str]


@lru_cache(2**16)
def name_key(text: str | None) -> str:
    """A name as look-ups compare it: case and spaces do not count."""
    return " ".join((text or "").split()).casefold()


def upn_key(text: str | None) -> str:
    """A UPN as look-ups compare it: no spaces, capital letters. The cell itself is checked as it stands."""
    return "".join((text or "").split()).upper()


_UPN = re.compile(r"\b[A-Z][0-9]{11}[0-9A-Z]\b")


def _grouped(rows: Iterable[R], key: Callable[[R], Key | None]) -> dict[Key, tuple[R, ...]]:
    found: dict[Key, list[R]] = defaultdict(list)
    for row in rows:
        if (k := key(row)) is not None and k != "":
            found[k].append(row)
    return {k: tuple(v) for k, v in found.items()}


def _only(rows: tuple[R, ...]) -> R | None:
    return rows[0] if len(rows) == 1 else None


@dataclass(frozen=True)
class Book:
    """All rows of one workbook. Look-ups never guess: what two rows share finds neither."""

    school: School = field(default_factory=School)
    terms: tuple[Term, ...] = ()
    pupils: tuple[Pupil, ...] = ()
    contacts: tuple[Contact, ...] = ()
    staff: tuple[Staff, ...] = ()
    provisions: tuple[Provision, ...] = ()
    groups: tuple[Group, ...] = ()
    places: tuple[PlaceInGroup, ...] = ()
    plans: tuple[Plan, ...] = ()
    reviews: tuple[Review, ...] = ()
    assessments: tuple[Assessment, ...] = ()
    communications: tuple[Communication, ...] = ()
    lists: tuple[ListEntry, ...] = ()
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def rows(self, model: type[R]) -> tuple[R, ...]:
        """All rows of a table's model; the school as a tuple of one."""
        found = getattr(self, BOOK_FIELDS[model])
        return found if isinstance(found, tuple) else (found,)

    def place(self, row: Row, name: str = "") -> Place:
        """The place of a row's cell, by field name; of the row's table where the column is not in the sheet."""
        origin = self.origins.get(row.table)
        heading = column_named(type(row), name).heading if name else ""
        letter = origin.letters.get(name) or next(iter(origin.letters.values()), "A") if origin else ""
        number = row.row
        if row.layout == "form" and letter:  # a form's origin holds whole cells, its record no row number
            return Place(origin.sheet if origin else row.table, row.table, 0, heading, letter if name else "")
        return Place(origin.sheet if origin else row.table, row.table, number, heading, f"{letter}{number}" if letter and number else "")

    # --- pupils ---
    @cached_property
    def pupils_by_upn(self) -> Mapping[str, tuple[Pupil, ...]]:
        """Pupils by UPN (`upn_key`); more than one where a UPN stands twice."""
        return _grouped(self.pupils, lambda p: upn_key(p.upn))

    @cached_property
    def _pupils_by_name(self) -> Mapping[str, tuple[Pupil, ...]]:
        ways: dict[str, dict[int, Pupil]] = defaultdict(dict)
        for p in self.pupils:
            for first in {p.known_as, p.forename} - {None}:
                for last in {p.known_surname, p.surname} - {None}:
                    ways[name_key(f"{first} {last}")][p.row] = p
                    ways[name_key(f"{last}, {first}")][p.row] = p
        return {k: tuple(v.values()) for k, v in ways.items()}

    @cached_property
    def _resolved(self) -> dict[str, Pupil | None]:
        return {}

    def pupil(self, link: str | None) -> Pupil | None:
        """The pupil a link cell means: by the UPN in it, else by a name only one pupil has. None: nobody, or not sure."""
        if not link:
            return None
        known = self._resolved
        if link not in known:
            known[link] = self._resolve(link)
        return known[link]

    def _resolve(self, link: str) -> Pupil | None:
        return _only(self.pupils_meant(link))

    def pupils_meant(self, link: str) -> tuple[Pupil, ...]:
        """Every pupil a link cell may mean: those with the UPN in it, else those of its name. Only one is sure."""
        by_upn = self.pupils_by_upn.get(upn_key(link))
        if by_upn is None and (found := _UPN.search(link.upper())):
            by_upn = self.pupils_by_upn.get(found[0], ())
        if by_upn is None:
            by_upn = self._pupils_by_name.get(name_key(link.removesuffix("()")), ())
        return by_upn

    def _by_pupil(self, rows: tuple[R, ...]) -> dict[int, tuple[R, ...]]:
        def key(row: R) -> int | None:
            pupil = self.pupil(row.pupil)  # type: ignore[attr-defined]
            return pupil.row if pupil else None

        return _grouped(rows, key)

    @cached_property
    def _contacts(self) -> Mapping[int, tuple[Contact, ...]]:
        return self._by_pupil(self.contacts)

    def contacts_of(self, pupil: Pupil) -> tuple[Contact, ...]:
        """The pupil's contacts."""
        return self._contacts.get(pupil.row, ())

    @cached_property
    def _places(self) -> Mapping[int, tuple[PlaceInGroup, ...]]:
        return self._by_pupil(self.places)

    def places_of(self, pupil: Pupil) -> tuple[PlaceInGroup, ...]:
        """The pupil's places in groups."""
        return self._places.get(pupil.row, ())

    @cached_property
    def _plans(self) -> Mapping[int, tuple[Plan, ...]]:
        return self._by_pupil(self.plans)

    def plans_of(self, pupil: Pupil) -> tuple[Plan, ...]:
        """The pupil's outcomes, all cycles."""
        return self._plans.get(pupil.row, ())

    @cached_property
    def _reviews(self) -> Mapping[int, tuple[Review, ...]]:
        return self._by_pupil(self.reviews)

    def reviews_of(self, pupil: Pupil) -> tuple[Review, ...]:
        """The pupil's review meetings."""
        return self._reviews.get(pupil.row, ())

    @cached_property
    def _assessments(self) -> Mapping[int, tuple[Assessment, ...]]:
        return self._by_pupil(self.assessments)

    def assessments_of(self, pupil: Pupil) -> tuple[Assessment, ...]:
        """The pupil's assessments."""
        return self._assessments.get(pupil.row, ())

    @cached_property
    def _communications(self) -> Mapping[int, tuple[Communication, ...]]:
        return self._by_pupil(self.communications)

    def communications_of(self, pupil: Pupil) -> tuple[Communication, ...]:
        """What was said and sent about the pupil."""
        return self._communications.get(pupil.row, ())

    # --- provision ---
    @cached_property
    def staff_by_name(self) -> Mapping[str, tuple[Staff, ...]]:
        """Staff by name (`name_key`)."""
        return _grouped(self.staff, lambda s: name_key(s.name))

    def staff_named(self, name: str | None) -> Staff | None:
        """The one member of staff of that name."""
        return _only(self.staff_by_name.get(name_key(name), ()))

    @cached_property
    def provisions_by_name(self) -> Mapping[str, tuple[Provision, ...]]:
        """Provisions by name (`name_key`)."""
        return _grouped(self.provisions, lambda p: name_key(p.name))

    def provision_of(self, group: Group) -> Provision | None:
        """The provision a group runs."""
        return _only(self.provisions_by_name.get(name_key(group.provision), ()))

    @cached_property
    def groups_by_name(self) -> Mapping[str, tuple[Group, ...]]:
        """Groups by name (`name_key`)."""
        return _grouped(self.groups, lambda g: name_key(g.name))

    def group_of(self, place: PlaceInGroup) -> Group | None:
        """The group a place is in."""
        return _only(self.groups_by_name.get(name_key(place.group), ()))

    @cached_property
    def _places_in(self) -> Mapping[str, tuple[PlaceInGroup, ...]]:
        return _grouped(self.places, lambda p: name_key(p.group))

    def places_in(self, group: Group) -> tuple[PlaceInGroup, ...]:
        """The places in a group, whether or not their pupil is found; none where two groups have the name, as they may mean either."""
        key = name_key(group.name)
        return self._places_in.get(key, ()) if len(self.groups_by_name.get(key, ())) == 1 else ()


BOOK_FIELDS: Mapping[type[Row], str] = {
    School: "school", Term: "terms", Pupil: "pupils", Contact: "contacts", Staff: "staff", Provision: "provisions", Group: "groups",
    PlaceInGroup: "places", Plan: "plans", Review: "reviews", Assessment: "assessments", Communication: "communications", ListEntry: "lists",
}  # fmt: skip
