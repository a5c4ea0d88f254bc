"""What a rule is: a small function over one row, with its number, severity, next step and source.

    subject = Subject("assessment")

    @subject.rule("ASS01", Assessment, "score", severity=ERROR, todo="Check the score.", source=GOOD_PRACTICE)
    def score_in_range(row: Assessment, ctx: Context) -> str | None:
        \"""A score is outside the measure's range.\"""
        ...

The function returns the message, with the values found in it, or None. Its docstring's first line is the rule's
title. The first column named is where the problem is put; the others are read too. A rule that says "empty" is
put at the empty cell: `check` leaves it out where that cell was filled but could not be read.
"""

from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, wraps
from operator import attrgetter
from typing import Any, TypeVar

from sendbook.costing import Costing
from sendbook.tables import Book, Group, PlaceInGroup, Pupil, Row, Severity, column_named

HINT, QUERY, ERROR = Severity.HINT, Severity.QUERY, Severity.ERROR
GOOD_PRACTICE = "Good practice"

R = TypeVar("R", bound=Row)
T = TypeVar("T")


@dataclass(frozen=True)
class Context:
    """What a rule may know besides its row: the whole book and the day it is checked on."""

    book: Book
    today: date
    kept: dict[Any, Any] = field(default_factory=dict, repr=False, compare=False)

    def on_roll(self, pupil: Pupil) -> bool:
        """Whether the pupil is still here today."""
        return pupil.on_roll(self.today)

    def rows(self, model: type[R], filled: str | None = None) -> tuple[R, ...]:
        """A table's rows; only those with the column `filled` filled in, where it is named."""
        if filled is None:
            return self.book.rows(model)
        if (model, filled) not in self.kept:
            value = attrgetter(filled)
            self.kept[model, filled] = tuple([row for row in self.book.rows(model) if value(row) is not None])
        found: tuple[R, ...] = self.kept[model, filled]
        return found

    @cached_property
    def costing(self) -> Costing:
        """The book costed, each part of it only when a rule asks."""
        return Costing(self.book, self.today)

    @cached_property
    def _groups(self) -> dict[str | None, Group | None]:
        return {None: None}

    def group(self, place: PlaceInGroup) -> Group | None:
        """The group a place is in: `Book.group_of`, worked out once for each text, as there are far more places than groups."""
        try:
            return self._groups[place.group]
        except KeyError:
            return self._groups.setdefault(place.group, self.book.group_of(place))


def per_book(make: Callable[[Context], T]) -> Callable[[Context], T]:
    """Work out a function of the context once in a check, however many rows ask: look-ups across rows and tables."""

    @wraps(make)
    def once(ctx: Context) -> T:
        try:
            found: T = ctx.kept[make]
        except KeyError:
            found = ctx.kept[make] = make(ctx)
        return found

    return once


@dataclass(frozen=True)
class Check:
    """A rule at one column of one table, asked of each row that has `when` filled in, and a value that is `among` those worth it."""

    model: type[Row]
    column: str
    find: Callable[[Any, Context], str | None]
    when: str | None = None
    among: Callable[[Context], Collection[Any]] | None = None

    def findings(self, ctx: Context) -> list[tuple[Row, str]]:
        """The rows that break the rule, each with its message."""
        find, rows = self.find, ctx.rows(self.model, self.when)
        if self.among:
            value, few = attrgetter(self.column), self.among(ctx)
            if not few:
                return []
            rows = tuple([row for row in rows if value(row) in few])
        return [(row, message) for row in rows if (message := find(row, ctx))]


class ValueCheck(Check):
    """A check of a column's values alone, asked once of each different value, however many rows hold it."""

    def findings(self, ctx: Context) -> list[tuple[Row, str]]:
        """The rows whose value breaks the rule, each with its message."""
        rows, value, find = ctx.rows(self.model, self.column), attrgetter(self.column), self.find
        odd = {found: message for found in dict.fromkeys(map(value, rows)) if (message := find(found, ctx))}
        return [(row, odd[value(row)]) for row in rows if value(row) in odd] if odd else []


@dataclass(frozen=True)
class Rule:
    """A rule, as the checks run it and the reference page prints it."""

    id: str
    group: str
    severity: Severity
    title: str
    todo: str
    source: str
    checks: tuple[Check, ...] = ()
    headings: tuple[str, ...] = ()

    @property
    def table(self) -> str:
        """The tables it looks at, by name; for a rule about any cell, `all tables`."""
        names = dict.fromkeys(c.model.table for c in self.checks)
        return ", ".join(names) if 0 < len(names) <= 5 else "all tables"


def _title(function: Callable[..., Any]) -> str:
    return (function.__doc__ or function.__name__).strip().splitlines()[0]


@dataclass(frozen=True)
class Subject:
    """A group of rules; its decorators turn a function into a `Rule`."""

    group: str

    def rule(
        self, rule_id: str, model: type[R], *names: str, severity: Severity, todo: str, source: str, when: str | None = None
    ) -> Callable[[Callable[[R, Context], str | None]], Rule]:
        """A rule about a row: the function takes the row and the context. `names` are the columns, the problem's first.

        `when` names a column without which the rule has nothing to say; rows where it is empty are passed over quickly.
        """
        headings = _headings((model, name) for name in names)

        def declare(function: Callable[[R, Context], str | None]) -> Rule:
            checks = (Check(model, names[0], function, when),)
            return Rule(rule_id, self.group, severity, _title(function), todo, source, checks, headings)

        return declare

    def values(
        self, rule_id: str, *cells: tuple[type[Row], str], severity: Severity, todo: str, source: str
    ) -> Callable[[Callable[[Any, Context], str | None]], Rule]:
        """A rule about values in several columns, whatever else is in the row: the function takes a value and the context."""

        def declare(function: Callable[[Any, Context], str | None]) -> Rule:
            checks = tuple(ValueCheck(model, name, function) for model, name in cells)
            return Rule(rule_id, self.group, severity, _title(function), todo, source, checks, _headings(cells))

        return declare

    def cells(
        self,
        rule_id: str,
        *cells: tuple[type[Row], str],
        severity: Severity,
        todo: str,
        source: str,
        among: Callable[[Context], Collection[Any]] | None = None,
    ) -> Callable[[Callable[[Any, Any, Context], str | None]], Rule]:
        """A rule about several columns beside the rest of their row: the function takes a value, its row and the context.

        `among` gives the few values of a book that are worth a closer look; cells that hold others are passed over quickly.
        """

        def declare(function: Callable[[Any, Any, Context], str | None]) -> Rule:
            checks = tuple(Check(model, name, _of_cell(function, name), name, among) for model, name in cells)
            return Rule(rule_id, self.group, severity, _title(function), todo, source, checks, _headings(cells))

        return declare


def _of_cell(function: Callable[[Any, Any, Context], str | None], name: str) -> Callable[[Any, Context], str | None]:
    value = attrgetter(name)
    return lambda row, ctx: function(value(row), row, ctx)


def _headings(cells: Iterable[tuple[type[Row], str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(column_named(model, name).heading for model, name in cells))
