"""A last look before a summary goes to a family: does anything in it tell of another pupil?

What is read is the finished summary, as the family would; the cells it came from are looked through only to name the
place. Nothing is edited: the SENCo reads the place and decides. Messages name places, never children.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache
from typing import NamedTuple

from sendbook.summaries.model import Summary
from sendbook.summaries.support import leaders
from sendbook.summaries.words import lines_of, tidy
from sendbook.tables import Book, Kind, Place, Privacy, Problem, Pupil, Row, Severity, columns
from sendbook.tables.names import ALSO_WORDS, PLACES, SURNAMES, TIMES, TITLES, WORD, bare, name_words

GROUP = "summaries"
Words = tuple[str, ...]

_UPN = re.compile(r"\b[A-Z]\d{11}[0-9A-Z]\b")
_ORDINARY, _TIMES, _SURNAME_WORDS = (frozenset(map(bare, names)) for names in (ALSO_WORDS, TIMES, SURNAMES))
_APOSTROPHES = ("'", "’")
# After a name that is also a word, these show that a child is meant: “Hope hit him”.
_ACTS = frozenset(
    (
        "hit",
        "bit",
        "kicked",
        "pushed",
        "hurt",
        "punched",
        "slapped",
        "said",
        "told",
        "took",
        "broke",
        "called",
        "is",
        "was",
        "has",
        "had",
        "and",
    )
)
_SHORTEST = 4  # letters of a full name


class _Word(NamedTuple):
    """A word of a text: how it is compared, whether it has a capital, and what stands before it since the last word."""

    key: str
    capital: bool
    before: str

    @property
    def starts(self) -> bool:
        """It begins a sentence, where any word has a capital."""
        return not self.before or any(mark in self.before for mark in ".!?:•\n")


_key = lru_cache(10_000)(bare)  # a school's summaries share their words


def _words(text: str) -> list[_Word]:
    found, end = [], 0
    for match in WORD.finditer(text):
        found.append(_Word(_key(match[0]), match[0][0].isupper(), text[end : match.start()]))
        end = match.end()
    return found


def _keys(words: Sequence[_Word], run: range) -> Words:
    return tuple(words[i].key for i in run)


def _firsts(pupil: Pupil) -> frozenset[str]:
    """What the pupil may be called: the first word of the preferred and of the legal forename."""
    return frozenset(words[0] for n in (pupil.known_as, pupil.forename) if n and (words := name_words(n)))


def _lasts(pupil: Pupil) -> frozenset[str]:
    """The pupil's surnames, where they are one word that is no ordinary one."""
    ways = (name_words(n) for n in (pupil.known_surname, pupil.surname) if n)
    return frozenset(way[0] for way in ways if len(way) == 1 and len(way[0]) >= _SHORTEST and way[0] not in _ORDINARY | _SURNAME_WORDS)


def full_names(pupil: Pupil) -> frozenset[Words]:
    """Every way a pupil's forename and surname may be written together, either way round."""
    firsts = {name_words(n) for n in (pupil.known_as, pupil.forename) if n}
    firsts |= {f[:1] for f in firsts}
    lasts = {name_words(n) for n in (pupil.known_surname, pupil.surname) if n}
    both = {way for f in firsts for last in lasts for way in (f + last, last + f) if f and last}
    return frozenset(way for way in both if sum(map(len, way)) >= _SHORTEST)


@dataclass(frozen=True)
class OtherNames:
    """The names in a book: pupils' full names, their lengths in words by first word, first names by row, rows by class; staff's names."""

    full: frozenset[Words]
    lengths: dict[str, frozenset[int]]
    firsts: dict[int, frozenset[str]]
    everyone: frozenset[str]
    classes: dict[str, frozenset[int]]
    staff: frozenset[Words]
    lasts: dict[int, frozenset[str]]

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
        firsts = {p.row: _firsts(p) for p in book.pupils}
        return cls(
            full, {k: frozenset(v) for k, v in lengths.items()}, firsts, frozenset().union(*firsts.values()),
            {k: frozenset(v) for k, v in classes.items() if k}, frozenset(words for s in book.staff if (words := name_words(s.name or ""))),
            {p.row: _lasts(p) for p in book.pupils},
        )  # fmt: skip

    @cached_property
    def staff_lengths(self) -> frozenset[int]:
        """How many words names of staff have."""
        return frozenset(map(len, self.staff))

    def mates_of(self, book: Book, pupil: Pupil) -> frozenset[int]:
        """Rows of other pupils in the same class or in one of the pupil's groups."""
        rows = set(self.classes.get(pupil.class_name or "", ()))
        for place in book.places_of(pupil):
            group = book.group_of(place)
            rows |= {p.row for other in (book.places_in(group) if group else ()) if (p := book.pupil(other.pupil))}
        return frozenset(rows - {pupil.row})


@dataclass(frozen=True)
class _Look:
    """What is looked for in one pupil's summary."""

    names: OtherNames
    own: frozenset[Words]
    others: frozenset[str]  # first names of all other pupils that are no name of this one
    mates: frozenset[str]  # those of classmates and of pupils in a group with this one, likewise
    surnames: frozenset[str]  # theirs, likewise

    def rule_of(self, text: str) -> str | None:
        """The gravest rule that the text breaks, or None."""
        words = _words(text)
        if self._has_full_name(words):
            return "SM01"
        if _UPN.search(text.upper()):
            return "SM02"
        hits = (at for at in range(len(words)) if self._first_name(words, at) or self._surname(words, at))
        return "SM03" if any(not self._within_staff(words, at) for at in hits) else None

    def _within_staff(self, words: Sequence[_Word], at: int) -> bool:
        """Whether the word is part of the whole name of a member of staff: Thomas of “Mrs J Thomas” is no child."""
        spans = (range(first, first + n) for n in self.names.staff_lengths for first in range(max(0, at - n + 1), at + 1))
        return any(span.stop <= len(words) and _keys(words, span) in self.names.staff for span in spans)

    def _has_full_name(self, words: Sequence[_Word]) -> bool:
        """Whether another pupil's full name stands there, other than within this pupil's own: Ann Lee in Ann Lee-Smith."""
        runs = [run for at in range(len(words)) for run in self._runs(words, at)]
        own = {i for run in runs if _keys(words, run) in self.own for i in run}
        return any(own.isdisjoint(run) and self._is_a_name(words, run) for run in runs)

    def _runs(self, words: Sequence[_Word], at: int) -> Iterator[range]:
        """Where full names of pupils stand from a word on."""
        for number in self.names.lengths.get(words[at].key, ()):
            run = range(at, min(at + number, len(words)))
            if _keys(words, run) in self.names.full:
                yield run

    def _is_a_name(self, words: Sequence[_Word], run: range) -> bool:
        """Written as a name, or so that it can be nothing else: `one art hope board` is not Art Hope."""
        return all(words[i].capital for i in run) or not _ORDINARY.issuperset(_keys(words, run))

    def _first_name(self, words: Sequence[_Word], at: int) -> bool:
        word, after = words[at], words[at + 1] if at + 1 < len(words) else None
        key = word.key if word.key in self.others else word.key.removesuffix("s")  # `Bilals`, as people type who have no time
        if key not in self.others or self._is_no_child(words, at):
            return False
        if key not in _ORDINARY:
            return word.capital or key in self.mates
        if key in _TIMES or key not in self.mates or not word.capital:
            return False
        told_of = after is not None and (after.key in _ACTS or (after.key == "s" and after.before in _APOSTROPHES))
        return told_of or not (word.starts or (after is not None and after.capital and after.before == " "))  # Rose Room, Hope Farm

    def _surname(self, words: Sequence[_Word], at: int) -> bool:
        word = words[at]
        if word.key not in self.surnames or not word.capital or self._is_no_child(words, at):
            return False
        return not word.starts or bool(at and len(words[at - 1].key) == 1)  # W. Taylor

    def _is_no_child(self, words: Sequence[_Word], at: int) -> bool:
        """A part of a longer name (Billy-Joe, O'Neill), a grown-up's (Mrs Joe), a place (Poppy class)."""
        after = words[at + 1] if at + 1 < len(words) else None
        joined = words[at].before in ("-", *_APOSTROPHES) or (after is not None and after.before == "-")
        return joined or (after is not None and after.key in PLACES) or _titled(words, at)


def _titled(words: Sequence[_Word], at: int) -> bool:
    """Whether a title stands before the name, or before its initial: Mrs Thomas, Mrs J Thomas."""
    initial = at > 1 and len(words[at - 1].key) == 1
    return at > 0 and words[at - (2 if initial else 1)].key in TITLES


@cache
def _parent_texts(model: type[Row]) -> tuple[str, ...]:
    kinds = (Kind.TEXT, Kind.PROSE)
    return tuple(c.name for c in columns(model) if c.privacy == Privacy.PARENT and c.kind in kinds)


def rows_read(book: Book, pupil: Pupil) -> Iterator[Row]:
    """Every row a pupil's summary is made from."""
    yield book.school
    yield pupil
    yield from book.plans_of(pupil)
    yield from book.reviews_of(pupil)
    yield from book.assessments_of(pupil)
    for place in book.places_of(pupil):
        yield place
        if group := book.group_of(place):
            yield group
            yield from leaders(book, group)
            if provision := book.provision_of(group):
                yield provision


def warnings(book: Book, pupil: Pupil, summary: Summary, names: OtherNames) -> tuple[Problem, ...]:
    """Where the summary names another pupil (SM01), holds a UPN (SM02), or has another pupil's first name (SM03)."""
    printed = "\n".join(summary.texts())
    own = frozenset(w for n in (pupil.known_as, pupil.forename, pupil.known_surname, pupil.surname) if n for w in name_words(n))
    mates = names.mates_of(book, pupil)
    firsts, surnames = (frozenset().union(*(of.get(row, frozenset()) for row in mates)) - own for of in (names.firsts, names.lasts))
    look = _Look(names, full_names(pupil), names.everyone - own, firsts, surnames)
    if not (rule := look.rule_of(printed)):
        return ()
    found = tuple(_places(book, pupil, printed.casefold(), look))
    if not any(p.rule == rule for p in found):  # it came together from more than one cell
        return (*found, _problem(rule, book.place(pupil, "surname"), pupil))
    return found


def names_another(text: str, pupil: Pupil, names: OtherNames, also_own: str = "") -> bool:
    """Whether a finished text has another pupil's full name or any UPN. `also_own`: a name that may stand there, of the person written to."""
    words = name_words(also_own)
    own = full_names(pupil) | {words[a:b] for a in range(len(words)) for b in range(a + 1, len(words) + 1)}
    return _Look(names, own, frozenset(), frozenset(), frozenset()).rule_of(text) is not None


_OWN_NAMES = ("known_as", "known_surname", "class_name")


def _places(book: Book, pupil: Pupil, printed: str, look: _Look) -> Iterator[Problem]:
    for row in dict.fromkeys(rows_read(book, pupil)):
        for name in _parent_texts(type(row)):
            text = getattr(row, name)
            if text and name not in _OWN_NAMES and is_printed(text, printed) and (rule := look.rule_of(text)):
                yield _problem(rule, book.place(row, name), pupil)


def is_printed(text: str, printed: str) -> bool:
    """Whether any line of a cell stands in the summary, with or without the bullet it was typed with."""
    lines = (*lines_of(text), *map(tidy, text.split("\n")))
    return any(line.casefold().rstrip(".") in printed for line in lines if line)


def _problem(rule: str, place: Place, pupil: Pupil) -> Problem:
    severity, what, todo = _RULES[rule]
    return Problem(
        rule, severity, place, f"{what} in a text printed in the summary of the pupil in row {pupil.row} of Pupils.", todo, GROUP, _SOURCE
    )


_REWORD = "Write it without the other pupil, then make the summary again."
_RULES = {
    "SM01": (Severity.ERROR, "Another pupil's full name is", _REWORD),
    "SM02": (Severity.ERROR, "A unique pupil number is", _REWORD),
    "SM03": (
        Severity.QUERY,
        "A name that another pupil has is",
        "Read the text. It may be about another pupil. Then write “a friend”, or put in this pupil's own text.",
    ),
}
HELD_BACK = frozenset(("SM01", "SM02", "SM03"))  # a summary with one of these is not put among those to be sent
_SOURCE = "UK GDPR, Article 5(1)(c) and (f)"
