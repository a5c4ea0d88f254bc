"""Who a row of a list is: by UPN, else by name and date of birth. Nothing is guessed; a doubt is given back as a sentence."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sendbook.importing.listing import ListedRow
from sendbook.tables import Book, Pupil, upn_key
from sendbook.tables.names import bare

Id = tuple[str, object]


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why it is not clear which pupil a row means, and what a person can do."""

    reason: str
    todo: str
    pupils: tuple[Pupil, ...] = ()  # those of the book it may be


def person_key(text: object) -> str:
    """A name as persons are compared: accents, case, spaces, hyphens and apostrophes do not count."""
    return "".join(c for c in bare(str(text or "")) if c.isalnum())


def forenames(values: Mapping[str, object]) -> set[str]:
    """The legal and the preferred forename as person keys."""
    return {person_key(values.get(n)) for n in ("forename", "known_as")} - {""}


def surnames(values: Mapping[str, object]) -> set[str]:
    """The legal and the preferred surname as person keys."""
    return {person_key(values.get(n)) for n in ("surname", "known_surname")} - {""}


def full_names(values: Mapping[str, object]) -> set[str]:
    """Every way the values name a pupil, legal and preferred, as person keys with the forename first."""
    return {first + last for first in forenames(values) for last in surnames(values)}


def values_of(pupil: Pupil) -> dict[str, object]:
    """A pupil's filled-in fields."""
    return {name: value for name in Pupil.model_fields if name != "row" and (value := getattr(pupil, name)) is not None}


def ids(values: Mapping[str, object], whole_name: str = "") -> set[Id]:
    """What tells a pupil apart: the UPN, and each name with the date of birth."""
    found: set[Id] = {("upn", upn_key(str(values["upn"])))} if values.get("upn") else set()
    if isinstance(born := values.get("born"), date):
        found |= {("name", (name, born)) for name in full_names(values) | orders(whole_name)}
    return found


def orders(whole_name: str) -> set[str]:
    """A name that could not be parted, with the surname last or first: Okafor Amara is Amara Okafor, De La Cruz Maria is Maria De La Cruz."""
    words = whole_name.split()
    return {person_key("".join(words[i:] + words[:i])) for i in range(len(words))} - {""}


class Finder:
    """Finds the pupils of one book."""

    def __init__(self, book: Book) -> None:
        self._by_id: dict[Id, list[Pupil]] = defaultdict(list)
        self._by_hint: dict[Id, list[Pupil]] = defaultdict(list)
        for pupil in book.pupils:
            values = values_of(pupil)
            for key in ids(values):
                self._by_id[key].append(pupil)
            for hint in _hints(values):
                self._by_hint[hint].append(pupil)

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

    def lookalike(self, row: ListedRow, elsewhere: Collection[int]) -> Doubt | None:
        """A doubt where the book has a pupil much like one it does not know: perhaps the same, with a slip in the name or the date.

        `elsewhere`: sheet rows of pupils whom other rows of the list mean.
        """
        for hint in _asked(row):
            for pupil in self._by_hint.get(hint, ()):
                if pupil.row not in elsewhere and not _two_upns(pupil, row):
                    return Doubt(f"it may be {pupil.label} of the book, {_likeness(hint[0], pupil, row)}", _WHICH_PUPIL, (pupil,))
        return None


_WHICH_PUPIL = "Put the UPN into the list and the book; if they are two pupils, such as twins, type the second one into the book."


def _hints(values: Mapping[str, object]) -> Iterator[Id]:
    """By what a pupil of the book is found again where the name or the date of birth is a little different."""
    yield from (("name", name) for name in full_names(values))
    if born := values.get("born"):
        yield from (("turned", (name, born)) for name in full_names(values))
        yield from (("surname", (name, born)) for name in surnames(values))
        yield from (("forename", (name, born)) for name in forenames(values))


def _asked(row: ListedRow) -> Iterator[Id]:
    """The hints to look for a row by, the strongest first."""
    values, born = row.values, row.values.get("born")
    yield from (("name", name) for name in sorted(full_names(values) | orders(row.whole_name)))
    yield from (("turned", (last + first, born)) for last in sorted(surnames(values)) for first in sorted(forenames(values)))
    yield from (("surname", (name, born)) for name in sorted(surnames(values)))
    yield from (("forename", (name, born)) for name in sorted(forenames(values)))


def _likeness(hint: str, pupil: Pupil, row: ListedRow) -> str:
    if hint != "name":
        return {
            "turned": "who has these names the other way round and the same date of birth",
            "surname": "who has the same surname and date of birth",
            "forename": "who has the same forename and date of birth but another surname",
        }[hint]
    if pupil.born and row.values.get("born"):
        return "who has the same name but another date of birth"
    return f"who has the same name; {'the list' if pupil.born else 'the book'} has no date of birth to go by"


def _two_upns(pupil: Pupil, row: ListedRow) -> bool:
    """Two UPNs make two pupils, unless the book's is a temporary one."""
    return bool(pupil.upn and row.values.get("upn")) and not _temporary(pupil)


def _temporary(pupil: Pupil) -> bool:
    """A UPN that ends in a letter: the MIS gives another one later."""
    return upn_key(pupil.upn)[-1:].isalpha()


def _named(pupil: Pupil) -> str:
    return f"{pupil.surname or pupil.known_surname or ''}, {pupil.first_name} (row {pupil.row})"


def _doubt_of_upn(row: ListedRow, pupil: Pupil, by_name: list[Pupil]) -> Doubt | None:
    others = [p for p in by_name if p.row != pupil.row]
    if others and len(others) == len(by_name):
        told = f"by the UPN this is {_named(pupil)} of the book, by name and date of birth {_named(others[0])}"
        return Doubt(told, "Find out which it is and put the UPN right.", (pupil, *others))
    if len(parts := _different(row, pupil)) > 1:
        told = f"{', '.join(parts[:-1])} and {parts[-1]} are {'both' if len(parts) == 2 else 'all'} different"
        told = f"the UPN is that of {_named(pupil)} in the book, whose {told}"
        return Doubt(told, "Find out whose UPN it is and put it right in the list or the book.", (pupil,))
    return None


def _different(row: ListedRow, pupil: Pupil) -> list[str]:
    """In what a row contradicts the pupil of its UPN; nothing where the date of birth says that it is the same child, renamed."""
    known, born, whole = values_of(pupil), row.values.get("born"), person_key(row.whole_name)
    if born is not None and born == pupil.born:
        return []
    parts = ["surname"] if _other(surnames(row.values), surnames(known), whole) else []
    parts += ["forename"] if _other(forenames(row.values), forenames(known), whole) else []
    return [*parts, "date of birth"] if born and pupil.born else parts


def _other(listed: set[str], known: set[str], whole: str) -> bool:
    """Both say a name, and not the same one. `whole`: a name that could not be parted."""
    return bool(known and (listed or whole)) and not (listed & known or any(name in whole for name in known))


def _doubt_of_name(upn: str, pupil: Pupil) -> Doubt | None:
    if upn and pupil.upn and not _temporary(pupil):
        told = f"{_named(pupil)} of the book has this name and date of birth, but another UPN ({pupil.upn})"
        return Doubt(told, "Find out which UPN is right and put it right in the list or the book.", (pupil,))
    return None
