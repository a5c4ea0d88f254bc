"""A last look before a summary goes to a family: does anything typed in it tell of another pupil?

Nothing is edited: the SENCo reads the place named and decides. Messages name places, never children.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from sendbook.summaries.model import Summary
from sendbook.summaries.words import tidy
from sendbook.tables import Book, Kind, Place, Privacy, Problem, Pupil, Row, Severity, column_named, columns

GROUP = "summaries"
Words = tuple[str, ...]

_UPN = re.compile(r"\b[A-Z]\d{11}[0-9A-Z]\b")
_WORD = re.compile(r"[^\W_]+")
_SHORTEST = 5  # letters of a full name; shorter ones (A Li) would be found in ordinary sentences


def name_words(text: str) -> Words:
    """A text as its words, for comparing names: accents, capitals, hyphens and apostrophes do not count."""
    bare = text if text.isascii() else "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    return tuple(_WORD.findall(bare.casefold()))


def full_names(pupil: Pupil) -> frozenset[Words]:
    """Every way a pupil's forename and surname may be written together, either way round."""
    firsts = {name_words(n) for n in (pupil.known_as, pupil.forename) if n}
    firsts |= {f[:1] for f in firsts}
    lasts = {name_words(n) for n in (pupil.known_surname, pupil.surname) if n}
    both = {way for f in firsts for last in lasts for way in (f + last, last + f) if f and last}
    return frozenset(way for way in both if sum(map(len, way)) >= _SHORTEST)


@dataclass(frozen=True)
class OtherNames:
    """The names of all pupils of a book: full names, their lengths in words by first word, first names by row, rows by class."""

    full: frozenset[Words]
    lengths: dict[str, frozenset[int]]
    first: dict[int, str]
    classes: dict[str, frozenset[int]]

    @classmethod
    def of(cls, book: Book) -> "OtherNames":
        """Collect them once for a run."""
        full = frozenset(way for pupil in book.pupils for way in full_names(pupil))
        lengths: dict[str, set[int]] = defaultdict(set)
        classes: dict[str, set[int]] = defaultdict(set)
        for way in full:
            lengths[way[0]].add(len(way))
        for pupil in book.pupils:
            classes[pupil.class_name or ""].add(pupil.row)
        first = {p.row: words[0] for p in book.pupils if (words := name_words(p.first_name))}
        return cls(full, {k: frozenset(v) for k, v in lengths.items()}, first, {k: frozenset(v) for k, v in classes.items() if k})

    def others_in(self, words: Words, own: frozenset[Words]) -> bool:
        """Whether the words hold the full name of another pupil. A namesake's name is the pupil's own."""
        runs = (words[at : at + n] for at, word in enumerate(words) for n in self.lengths.get(word, ()))
        return any(run in self.full and run not in own for run in runs)

    def mates_of(self, book: Book, pupil: Pupil) -> frozenset[str]:
        """First names of other pupils in the same class or in one of the pupil's groups."""
        rows = set(self.classes.get(pupil.class_name or "", ()))
        for place in book.places_of(pupil):
            group = book.group_of(place)
            rows |= {p.row for other in (book.places_in(group) if group else ()) if (p := book.pupil(other.pupil))}
        return frozenset(self.first[row] for row in rows - {pupil.row} if row in self.first)


@cache
def _parent_texts(model: type[Row]) -> tuple[str, ...]:
    kinds = (Kind.TEXT, Kind.PROSE)
    return tuple(c.name for c in columns(model) if c.privacy == Privacy.PARENT and c.kind in kinds)


def _rows(book: Book, pupil: Pupil) -> Iterator[Row]:
    """Every row a pupil's summary may quote."""
    yield book.school
    yield pupil
    yield from book.plans_of(pupil)
    yield from book.reviews_of(pupil)
    for place in book.places_of(pupil):
        yield place
        group = book.group_of(place)
        if group and (provision := book.provision_of(group)):
            yield provision


def warnings(book: Book, pupil: Pupil, summary: Summary, names: OtherNames) -> tuple[Problem, ...]:
    """Cells quoted in the summary that name another pupil, hold a UPN, or use a classmate's first name."""
    printed = " ".join(summary.texts()).casefold()
    own = full_names(pupil), frozenset(name_words(pupil.name))
    mates = names.mates_of(book, pupil) - own[1]
    found: list[Problem] = []
    for row in _rows(book, pupil):
        for name in _parent_texts(type(row)):
            text = getattr(row, name)
            if text and name not in _OWN_NAMES and any(tidy(line).casefold() in printed for line in text.split("\n") if line.strip()):
                near = mates if column_named(type(row), name).kind is Kind.PROSE else frozenset()  # other columns name staff and services
                found += _about(book.place(row, name), pupil, text, names.others_in(name_words(text), own[0]), near)
    return tuple(found)


_OWN_NAMES = ("known_as", "known_surname", "class_name")


def _about(place: Place, pupil: Pupil, text: str, others: bool, mates: frozenset[str]) -> Iterator[Problem]:
    of = f"printed in the summary of the pupil in row {pupil.row} of Pupils"
    if others:
        yield Problem("SM01", Severity.ERROR, place, f"Another pupil's full name is in a text {of}.", _REWORD, GROUP, _SOURCE)
    elif _UPN.search(text.upper()):
        yield Problem("SM02", Severity.ERROR, place, f"A unique pupil number is in a text {of}.", _REWORD, GROUP, _SOURCE)
    elif not mates.isdisjoint(_inner_names(text)):
        yield Problem("SM03", Severity.QUERY, place, f"A name that a classmate has is in a text {of}.", _LOOK, GROUP, _SOURCE)


_REWORD = "Write it without the other pupil, then make the summary again. Do not send the one just made."
_LOOK = "Read the text. It may be about another pupil. Then write “a friend”, or put in this pupil's own text."
_SOURCE = "UK GDPR, Article 5(1)(c) and (f)"


_INNER = re.compile(r"(?<=[^\W_]|,|;) ([^\W\d_]\w+)")


def _inner_names(text: str) -> Iterator[str]:
    """Words with a capital that do not begin a sentence, as names are compared."""
    for match in _INNER.finditer(" ".join(text.split())):
        if match[1][0].isupper():
            yield from name_words(match[1])
