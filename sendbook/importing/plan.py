"""What an import would do to a book: a pure plan, for a person to read before anything is written."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from sendbook.importing.compare import CellChange, Listed, compare, same, unread_cells
from sendbook.importing.listing import ListedRow, Listing, Note
from sendbook.importing.match import Doubt, Finder, Id, ids, surnames, values_of
from sendbook.tables import Book, Problem, Pupil, column_named, columns

Rows = tuple[int, ...]  # row numbers of the list


@dataclass(frozen=True, slots=True)
class Addition:
    """A pupil the book does not have: values by field name."""

    rows: Rows
    who: str
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Change:
    """A pupil of the book, by sheet row, and the cells that the list has otherwise."""

    rows: Rows
    who: str
    pupil_row: int
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class Stay:
    """A pupil of the book of whom the list says nothing new."""

    rows: Rows
    who: str


@dataclass(frozen=True, slots=True)
class NotTaken:
    """Rows of the list that are left for a person to decide."""

    rows: Rows
    who: str
    reason: str
    todo: str


@dataclass(frozen=True)
class ImportPlan:
    """Everything an import would do, and what it would leave."""

    listing: Listing
    add: tuple[Addition, ...] = ()
    change: tuple[Change, ...] = ()
    stay: tuple[Stay, ...] = ()
    not_taken: tuple[NotTaken, ...] = ()
    not_in_list: tuple[str, ...] = ()  # pupils of the book, on roll, whom no row means
    not_imported: Mapping[str, str] = field(default_factory=dict)  # heading of the list to reason
    notes: tuple[Note, ...] = ()  # cells of the list that were not taken
    remarks: tuple[str, ...] = ()  # how the list as a whole was read

    @property
    def writes(self) -> bool:
        """There is something to write."""
        return bool(self.add or self.change)


def plan_import(book: Book, listing: Listing, problems: Iterable[Problem] = ()) -> ImportPlan:
    """What bringing the list into the book would add, change and leave. Reads nothing, writes nothing, guesses nothing.

    `problems`: what was found when the book was read. A cell of it that could not be read is not blank, and is never written over.
    """
    return _Planner(book, listing, problems).plan()


@dataclass
class _Group:
    """Rows of the list that mean one pupil."""

    rows: list[ListedRow]
    pupils: dict[int, Pupil]
    ids: set[Id]

    @property
    def numbers(self) -> Rows:
        return tuple(sorted(row.number for row in self.rows))

    @property
    def plain(self) -> frozenset[str]:
        """The name fields that no row has from a heading that says “Legal”."""
        said = {name for row in self.rows for name in row.values if name not in row.plain}
        return frozenset(name for row in self.rows for name in row.plain) - said

    @property
    def whole_name(self) -> str:
        """A name that could not be parted, where a row has one."""
        return next((row.whole_name for row in self.rows if row.whole_name), "")

    def part_names(self) -> None:
        """Part names without a comma, unless a pupil of the book, or another row, says which part is which."""
        if not (self.pupils or any({"surname", "forename"} & row.values.keys() for row in self.rows)):
            self.rows = [row.parted for row in self.rows]

    def all_mean(self, values: Mapping[str, object]) -> bool:
        """Whether a pupil of these values would be found by every row, if only by way of another row."""
        known, rest = ids(values), [ids(row.values, row.whole_name) for row in self.rows]
        while near := [found for found in rest if found & known]:
            known, rest = known.union(*near), [found for found in rest if not found & known]
        return not rest

    def absorb(self, other: "_Group") -> None:
        self.rows += other.rows
        self.pupils |= other.pupils
        self.ids |= other.ids


class _Planner:
    def __init__(self, book: Book, listing: Listing, problems: Iterable[Problem]) -> None:
        self.book, self.listing, self.unread = book, listing, unread_cells(problems)
        origin = book.origins.get(Pupil.table)
        self.known = frozenset(origin.letters) if origin else frozenset(c.name for c in columns(Pupil))
        self.add: list[Addition] = []
        self.change: list[Change] = []
        self.stay: list[Stay] = []
        self.not_taken: list[NotTaken] = []
        self.notes: list[Note] = []
        self.parted: list[ListedRow] = []  # of pupils added, where the name had no comma
        self.placed: set[int] = set()  # sheet rows of the pupils whom rows of the list mean for certain
        self.mentioned: set[int] = set()  # and of those whom they may mean
        self.doubted: dict[Id, int] = {}  # whom a row of the list may mean, to the row

    @cached_property
    def finder(self) -> Finder:
        return Finder(self.book)

    def plan(self) -> ImportPlan:
        groups = self._groups()
        self.placed = {row for group in groups for row in group.pupils}
        self.mentioned = self.placed | {int(str(row)) for kind, row in self.doubted if kind == "book"}
        for group in groups:
            self._decide(group)
        missing = tuple(p.label for p in self.book.pupils if p.row not in self.mentioned and p.left is None)
        lost = {h: "the book has no such column" for h, told in self.listing.imported.items() if told not in self._headings()}
        return ImportPlan(
            self.listing, tuple(self.add), tuple(self.change), tuple(self.stay), tuple(sorted(self.not_taken, key=lambda n: n.rows)),
            missing, {**self.listing.not_imported, **lost}, tuple(sorted([*self.listing.notes, *self.notes], key=lambda n: n.row)),
            (*self.listing.remarks, *self._remarks()),
        )  # fmt: skip

    def _remarks(self) -> Iterator[str]:
        if self.parted:
            row = self.parted[0]
            yield (
                f"Names without a comma were read as forename, then surname, for example “{row.whole_name}” as {row.who}. "
                "If that is the wrong way round, write them in the list as Surname, Forename."
            )

    def _headings(self) -> frozenset[str]:
        return frozenset(c.heading for c in columns(Pupil) if c.name in self.known)

    def _groups(self) -> list[_Group]:
        """The rows that can be placed, those of one pupil together, in the order of the list."""
        by_id: dict[Id, _Group] = {}
        for row in self.listing.rows:
            found = self.finder.find(row)
            if isinstance(found, Doubt):
                self._leave((row.number,), row.who, found.reason, found.todo)
                named = {*ids(row.values, row.whole_name), *(("book", p.row) for p in found.pupils)}
                self.doubted |= dict.fromkeys(named, row.number)
                continue
            group = _group(row, found)
            touched = {id(by_id[key]): by_id[key] for key in group.ids if key in by_id}
            for earlier in sorted(touched.values(), key=lambda g: g.numbers, reverse=True):
                earlier.absorb(group)
                group = earlier
            by_id |= dict.fromkeys(group.ids, group)
        return list({id(g): g for g in by_id.values()}.values())

    def _leave(self, rows: Rows, who: str, reason: str, todo: str) -> None:
        self.not_taken.append(NotTaken(rows, who, reason, todo))

    def _decide(self, group: _Group) -> None:
        group.part_names()
        who = group.rows[0].who
        if len(group.pupils) > 1:
            self._leave(group.numbers, who, "these rows mean more than one pupil of the book", "Put the UPN of each pupil into the list.")
            return
        values, clash = _together(group.rows)
        if clash:
            told = ", ".join(column_named(Pupil, name).heading for name in clash)
            self._leave(
                group.numbers,
                who,
                f"the pupil stands in the list more than once, with different {told}",
                "Leave one row of them in the list.",
            )
            return
        values = {n: v for n, v in values.items() if n in self.known}
        for pupil in group.pupils.values():
            self._compare(group, pupil, values)
        if not group.pupils:
            self._add(group, values)

    def _compare(self, group: _Group, pupil: Pupil, values: Mapping[str, object]) -> None:
        cells, notes = compare(pupil, Listed(values, group.numbers[0], group.plain, group.whole_name), self.unread)
        self.notes += notes
        if cells and (doubt := self._doubt_beside(group)):
            self._leave(group.numbers, group.rows[0].who, doubt.reason, doubt.todo)
        elif cells and not group.all_mean({**values_of(pupil), **{c.name: c.new for c in cells}}):
            reason = "these rows name the pupil differently; written, one of them would look like another pupil"
            self._leave(group.numbers, group.rows[0].who, reason, "Leave one row of them in the list.")
        elif cells:
            self.change.append(Change(group.numbers, pupil.label, pupil.row, cells))
        else:
            self.stay.append(Stay(group.numbers, pupil.label))

    def _doubt_beside(self, group: _Group) -> Doubt | None:
        """Written, the pupil might settle a row in doubt that nobody has settled."""
        rows = {self.doubted[key] for key in group.ids & self.doubted.keys()}
        if not rows:
            return None
        return Doubt(f"row {min(rows)} of the list may mean the same pupil", "Settle that row first, then import the list again.")

    def _add(self, group: _Group, values: Mapping[str, object]) -> None:
        if doubt := self._doubt_of_new(group, values):
            self._leave(group.numbers, group.whole_name or group.rows[0].who, doubt.reason, doubt.todo)
            self.mentioned |= {p.row for p in doubt.pupils}
        else:
            self.add.append(Addition(group.numbers, group.rows[0].who, values))
            self.parted += [row for row in group.rows if row.whole_name and "forename" in row.values]

    def _doubt_of_new(self, group: _Group, values: Mapping[str, object]) -> Doubt | None:
        """Why a pupil whom the book does not know cannot be added."""
        if beside := self._doubt_beside(group):
            return beside
        if alike := self.finder.lookalike(ListedRow(group.numbers[0], values, group.whole_name), self.placed):
            return alike
        if not (surnames(values) and ("forename" in values or "known_as" in values)):
            reason = "the book has no such pupil, and the row has no full name"
            if group.whole_name:
                reason = f"“{group.whole_name}” does not say which part is the surname"
            return Doubt(reason, "Write the name as Surname, Forename, or in two columns.")
        if not ("upn" in values or "born" in values):
            return Doubt("neither a UPN nor a date of birth says which pupil it is", "Put the UPN or the date of birth into the list.")
        return None


def _group(row: ListedRow, pupil: Pupil | None) -> _Group:
    """A row alone, known by what its pupil would be known by once it is imported."""
    if pupil is None:
        return _Group([row], {}, ids(row.values, row.whole_name) or {("row", row.number)})
    after = ids({**values_of(pupil), **row.values}, row.whole_name)
    return _Group([row], {pupil.row: pupil}, {("book", pupil.row)} | after)


def _together(rows: list[ListedRow]) -> tuple[dict[str, object], list[str]]:
    """The values of rows that mean one pupil, and the fields in which they contradict each other."""
    values: dict[str, object] = {}
    clash: list[str] = []
    for row in rows:
        for name, value in row.values.items():
            if not same(name, values.setdefault(name, value), value):
                clash.append(name)
    return values, list(dict.fromkeys(clash))
