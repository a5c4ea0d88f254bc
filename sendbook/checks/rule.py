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

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import wraps
from typing import Any, TypeVar

from sendbook.tables import Book, Pupil, Row, Severity, column_named

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
        return pupil.left is None or pupil.left >= self.today


def per_book(make: Callable[[Context], T]) -> Callable[[Context], T]:
    """Work out a function of the context once in a check, however many rows ask: look-ups across rows and tables."""

    @wraps(make)
    def once(ctx: Context) -> T:
        if make not in ctx.kept:
            ctx.kept[make] = make(ctx)
        found: T = ctx.kept[make]
        return found

    return once


@dataclass(frozen=True)
class Check:
    """A rule at one column of one table: `find` is given each row, and returns what is wrong with it or None."""

    model: type[Row]
    column: str
    find: Callable[[Any, Context], str | None]


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


def _cell_check(function: Callable[[Any, Any, Context], str | None], model: type[Row], name: str) -> Check:
    def find(row: Row, ctx: Context) -> str | None:
        value = getattr(row, name)
        return None if value is None else function(value, row, ctx)

    return Check(model, name, find)


@dataclass(frozen=True)
class Subject:
    """A group of rules; its two decorators turn a function into a `Rule`."""

    group: str

    def rule(
        self, rule_id: str, model: type[R], *names: str, severity: Severity, todo: str, source: str
    ) -> Callable[[Callable[[R, Context], str | None]], Rule]:
        """A rule about a row: the function takes the row and the context. `names` are the columns, the problem's first."""
        headings = tuple(column_named(model, name).heading for name in names)

        def declare(function: Callable[[R, Context], str | None]) -> Rule:
            return Rule(rule_id, self.group, severity, _title(function), todo, source, (Check(model, names[0], function),), headings)

        return declare

    def cells(
        self, rule_id: str, *cells: tuple[type[Row], str], severity: Severity, todo: str, source: str
    ) -> Callable[[Callable[[Any, Any, Context], str | None]], Rule]:
        """A rule about cells of several columns: the function takes a filled cell's value, its row and the context."""
        headings = tuple(dict.fromkeys(column_named(model, name).heading for model, name in cells))

        def declare(function: Callable[[Any, Any, Context], str | None]) -> Rule:
            checks = tuple(_cell_check(function, model, name) for model, name in cells)
            return Rule(rule_id, self.group, severity, _title(function), todo, source, checks, headings)

        return declare
