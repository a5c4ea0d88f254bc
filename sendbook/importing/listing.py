"""A list as it was understood: rows of typed values under the fields of `Pupil`, and what could not be read."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from sendbook.tables import name_key


@dataclass(frozen=True, slots=True)
class Note:
    """A cell or row of the list that was not taken; the rest of its row still counts."""

    row: int  # as the list's own program numbers it, from 1
    heading: str
    message: str
    todo: str


@dataclass(frozen=True, slots=True)
class ListedRow:
    """One row of the list: values by field name of `Pupil`, only where the list has a good one."""

    number: int
    values: Mapping[str, object]
    whole_name: str = ""  # a name that could not be parted into surname and forename
    plain: frozenset[str] = frozenset()  # name fields from a plain heading or a whole name: they may hold the name in use

    @property
    def who(self) -> str:
        """The pupil as the list names them."""
        last = self.values.get("surname") or self.values.get("known_surname")
        first = self.values.get("known_as") or self.values.get("forename")
        named = ", ".join(str(part) for part in (last, first) if part)
        return named or self.whole_name or str(self.values.get("upn") or f"row {self.number}")

    @property
    def parted(self) -> "ListedRow":
        """The row with a name of two words and no comma parted as forename, then surname; as it is where that cannot be said."""
        words = unicodedata.normalize("NFC", self.whole_name).split()
        if len(words) != 2 or not all(map(_WORD.fullmatch, words)):
            return self
        forename, surname = self.whole_name.split()
        return replace(self, values={"surname": surname, "forename": forename, **self.values}, plain=self.plain | {"surname", "forename"})


# A word of a name, of two letters or more: an initial is no name. Hyphens and apostrophes may stand in it.
_WORD = re.compile(r"(?=.*[^\W\d_].*[^\W\d_])[^\W\d_]+(?:['’‘`-][^\W\d_]+)*")


@dataclass(frozen=True)
class Listing:
    """A list read: its rows, what was noted on the way, and the headings that bring nothing, each with the reason."""

    name: str
    sheet: str = ""
    heading_row: int = 0
    imported: Mapping[str, str] = field(default_factory=dict)  # heading in the list to heading in the book
    not_imported: Mapping[str, str] = field(default_factory=dict)
    rows: tuple[ListedRow, ...] = ()
    notes: tuple[Note, ...] = ()
    remarks: tuple[str, ...] = ()  # sentences about the list as a whole


def same_text(old: str, new: str) -> bool:
    """Alike but for spaces, or but for a list that writes everything in capitals."""
    return old == new or (name_key(old) == name_key(new) and (new.isupper() or old.casefold() != new.casefold()))
