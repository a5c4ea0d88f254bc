"""Who a row of a list is: by UPN, else by name and date of birth. Nothing is guessed; a doubt is given back as a sentence."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sendbook.importing.listing import ListedRow
from sendbook.tables import Book, Pupil, upn_key

Id = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why it is not clear which pupil a row means, and what a person can do."""

    reason: str
    todo: str
    pupils: tuple[Pupil, ...] = ()  # those of the book it may be


def person_key(text: object) -> str:
    """A name as persons are compared: accents, case, spaces, hyphens and apostrophes do not count."""
    letters = unicodedata.normalize("NFKD", str(text or "")).casefold()
    return "".join(c for c in letters if c.isalnum())


def full_names(values: Mapping[str, object]) -> set[str]:
    """Every way the values name a pupil, legal and preferred, as person keys with the forename first."""
    firsts = {person_key(values.get(n)) for n in ("forename", "known_as")} - {""}
    lasts = {person_key(values.get(n)) for n in ("surname", "known_surname")} - {""}
    return {first + last for first in firsts for last in lasts}


def surnames(values: Mapping[str, object]) -> set[str]:
    """The legal and the preferred surname as person keys."""
    return {person_key(values.get(n)) for n in ("surname", "known_surname")} - {""}


def values_of(pupil: Pupil) -> dict[str, object]:
    """A pupil's filled-in fields."""
    return {name: value for name in Pupil.model_fields if name != "row" and (value := getattr(pupil, name)) is not None}


def ids(values: Mapping[str, object], whole_name: str = "") -> set[Id]:
    """What tells a pupil apart: the UPN, and each name with the date of birth."""
    found: set[Id] = {("upn", upn_key(str(values["upn"])))} if values.get("upn") else set()
    names = full_names(values) | _orders(whole_name)
    if isinstance(born := values.get("born"), date):
        found |= {("name", (name, born)) for name in names}
    return found


def _orders(whole_name: str) -> set[str]:
    """A name that could not be parted, as it stands and with its last word first: Okafor Amara is Amara Okafor."""
    words = whole_name.split()
    return {person_key(whole_name), person_key("".join(words[1:] + words[:1]))} - {""}


class Finder:
    """Finds the pupils of one book."""

    def __init__(self, book: Book) -> None:
        self._by_id: dict[Id, list[Pupil]] = defaultdict(list)
        self._by_surname: dict[Id, list[Pupil]] = defaultdict(list)
        for pupil in book.pupils:
            values = values_of(pupil)
            for key in ids(values):
                self._by_id[key].append(pupil)
            for surname in surnames(values):
                self._by_surname[surname, pupil.born].append(pupil)

    def find(self, row: ListedRow) -> Pupil | Doubt | None:
        """The pupil of the book a row means, a doubt, or None for a pupil the book does not know."""
        upn = str(row.values.get("upn", ""))
        by_upn = self._by_id.get(("upn", upn), []) if upn else []
        by_name = self._of(key for key in ids(row.values, row.whole_name) if key[0] == "name")
        if len(by_upn) > 1:
            return Doubt(f"the UPN {upn} stands in the book {len(by_upn)} times", "Put the UPNs in the book right first.", tuple(by_upn))
        if by_upn:
            return _doubt_of_upn(row, by_upn[0], by_name) or by_upn[0]
        if len(by_name) > 1:
            return Doubt(
                "the book has two pupils of this name and date of birth", "Put the UPN into the list and the book.", tuple(by_name)
            )
        if by_name:
            return _doubt_of_name(upn, by_name[0]) or by_name[0]
        return None

    def _of(self, keys: Iterable[Id]) -> list[Pupil]:
        return list({pupil.row: pupil for key in keys for pupil in self._by_id.get(key, ())}.values())

    def lookalikes(self, values: Mapping[str, object]) -> list[Pupil]:
        """Pupils of the book of the same surname and date of birth who may be the same one under another forename."""
        if values.get("born") is None:
            return []
        found = {p.row: p for surname in surnames(values) for p in self._by_surname.get((surname, values["born"]), ())}
        return [p for p in found.values() if not (p.upn and values.get("upn"))]  # two UPNs make two pupils


def _named(pupil: Pupil) -> str:
    return f"{pupil.surname or pupil.known_surname or ''}, {pupil.first_name} (row {pupil.row})"


def _doubt_of_upn(row: ListedRow, pupil: Pupil, by_name: list[Pupil]) -> Doubt | None:
    others = [p for p in by_name if p.row != pupil.row]
    if others and len(others) == len(by_name):
        told = f"by the UPN this is {_named(pupil)} of the book, by name and date of birth {_named(others[0])}"
        return Doubt(told, "Find out which it is and put the UPN right.", (pupil, *others))
    born, listed = row.values.get("born"), surnames(row.values)
    other_born = born is not None and pupil.born is not None and born != pupil.born
    other_name = bool(listed) and bool(known := surnames(values_of(pupil))) and not listed & known
    if other_born and other_name:
        told = f"the UPN is that of {_named(pupil)} in the book, whose surname and date of birth are both different"
        return Doubt(told, "Find out whose UPN it is and put it right in the list or the book.", (pupil,))
    return None


def _doubt_of_name(upn: str, pupil: Pupil) -> Doubt | None:
    temporary = bool(pupil.upn) and upn_key(pupil.upn)[-1:].isalpha()  # the MIS gives another one later
    if upn and pupil.upn and not temporary:
        told = f"{_named(pupil)} of the book has this name and date of birth, but another UPN ({pupil.upn})"
        return Doubt(told, "Find out which UPN is right and put it right in the list or the book.", (pupil,))
    return None
