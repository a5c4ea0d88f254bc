"""What a list has otherwise than a pupil of the book: the cells to be changed, and those that stay, each with a note."""

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from sendbook.importing.listing import Note, same_text
from sendbook.importing.match import full_names, orders, person_key, values_of
from sendbook.tables import CELL_RULES, Column, Kind, Place, Problem, Pupil, column_named

_NAME_IN_USE = {"surname": "known_surname", "forename": "known_as"}
_NAMES = {*_NAME_IN_USE, *_NAME_IN_USE.values()}

Unread = Mapping[tuple[int, str], Place]  # by row of the sheet and heading


@dataclass(frozen=True, slots=True)
class CellChange:
    """One cell of the book to be changed; `old` is None where it is blank. Values are typed, money in pence."""

    name: str
    heading: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Listed:
    """What the list says of one pupil: values by field, the list's row, and the name fields that may hold the name in use."""

    values: Mapping[str, object]
    row: int
    plain: frozenset[str] = frozenset()
    whole_name: str = ""


def unread_cells(problems: Iterable[Problem]) -> Unread:
    """The cells of Pupils that hold something which could not be read: the book has None for them, but they are not blank."""
    return {
        (p.place.row, p.place.heading): p.place
        for p in problems
        if p.place.table == Pupil.table and p.rule in CELL_RULES and not CELL_RULES[p.rule].read
    }


def compare(pupil: Pupil, listed: Listed, unread: Unread) -> tuple[tuple[CellChange, ...], tuple[Note, ...]]:
    """The cells of a pupil that the list changes, and notes of those it leaves though it has them otherwise."""
    found = list(_differences(pupil, listed, unread))
    return tuple(f for f in found if isinstance(f, CellChange)), tuple(f for f in found if isinstance(f, Note))


def _differences(pupil: Pupil, listed: Listed, unread: Unread) -> Iterator[CellChange | Note]:
    """Only a heading that says “Legal” changes a legal name: a plain one, or a whole name, may give the name in use."""
    known = full_names(values_of(pupil))
    if listed.whole_name and known and not known & orders(listed.whole_name):
        yield Note(listed.row, "Name", f"is {listed.whole_name}, in the book {pupil.name}; the book's name stays", _NAMES_TODO)
    for name, new in listed.values.items():
        column, old = column_named(Pupil, name), getattr(pupil, name)
        if place := unread.get((pupil.row, column.heading)):
            yield _note_of_unread(listed.row, place)
        elif same(name, old, new) or (name in listed.plain and same(name, _in_use(pupil, name, listed), new)):
            continue
        elif old is not None and name in listed.plain:
            yield _note_of_name(listed.row, column, old, new)
        elif old is not None and column.kind is Kind.PROSE:  # what someone wrote is not replaced by a list
            yield _note_of_words(listed.row, column)
        else:
            yield CellChange(name, column.heading, old, new)


def _in_use(pupil: Pupil, name: str, listed: Listed) -> object:
    """The preferred name beside a legal one, as it will stand in the book."""
    called = _NAME_IN_USE[name]
    return listed.values.get(called, getattr(pupil, called))


def _note_of_unread(row: int, place: Place) -> Note:
    """Quotes nothing: what stands in the cell may be for the SEND team only."""
    told = f"belongs in {place.sheet}!{place.cell} of the book, which holds something that cannot be read; that cell stays as it is"
    return Note(row, place.heading, told, "Put that cell right in the book first, then import the list again.")


_NAMES_TODO = "If the book's name is wrong, put it right there; if this is the name in use, put it under Preferred forename or surname."


def _note_of_name(row: int, column: Column, old: object, new: object) -> Note:
    told = f"is {old} in the book; the list has {new}, which may be the name in use, since its heading does not say “{column.heading}”"
    return Note(row, column.heading, told, _NAMES_TODO)


def _note_of_words(row: int, column: Column) -> Note:
    return Note(row, column.heading, "has other words than the book, whose words stay", "Copy them over if wanted.")


def same(name: str, old: object, new: object) -> bool:
    """Two values of a field that say the same: O'Brien and OBRIEN are one name."""
    if name in _NAMES and person_key(old):
        return person_key(old) == person_key(new)
    if isinstance(old, str) and isinstance(new, str):
        return same_text(old, new)
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, abs_tol=0.005)
    return old == new
