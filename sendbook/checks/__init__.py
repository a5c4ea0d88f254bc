"""The checks: every rule over a book, and all problems in one pass."""

from collections.abc import Callable, Iterable, Iterator
from datetime import date
from functools import cache
from types import ModuleType

from sendbook.checks import (
    assessment,
    cells,
    contact_papers,
    contacts,
    cross_table,
    dates,
    identity,
    parents,
    plans,
    provision,
    reviews,
    sen_coding,
    staffing,
)
from sendbook.checks.rule import Check, Context, Rule
from sendbook.tables import BOOK_FIELDS, CELL_RULES, TABLES, Book, Problem, Row, column_named, columns

__all__ = ["Rule", "all_rules", "check"]

SUBJECTS = (identity, sen_coding, dates, contacts, contact_papers, provision, staffing, plans, reviews, assessment, parents, cross_table)

Cell = tuple[str, int, str]  # table, row, heading


def _rules_in(module: ModuleType) -> tuple[Rule, ...]:
    return tuple(value for value in vars(module).values() if isinstance(value, Rule))


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every rule, by subject and in the order of its module; then those about any cell and the workbook's form."""
    return (*(rule for module in SUBJECTS for rule in _rules_in(module)), *cells.RULES)


def check(book: Book, cell_problems: Iterable[Problem], today: date, on_rule: Callable[[], None] = lambda: None) -> tuple[Problem, ...]:
    """All problems of a book on a day: those of its cells as they were read, and every rule broken.

    Sorted by the workbook's tables, then row, column and rule. A cell that was filled but could not be read
    keeps its own problem, and is not called empty as well. `on_rule` is called for each of `all_rules`.
    """
    given = tuple(cell_problems)
    ctx = Context(book, today)
    unread = {(p.place.table, p.place.row, p.place.heading) for p in given if p.rule in CELL_RULES}
    found: list[Problem] = []
    for rule in all_rules():
        on_rule()
        found += (problem for check in rule.checks for problem in _broken(rule, check, ctx, unread))
    return tuple(sorted((*given, *found), key=_order))


def _broken(rule: Rule, check: Check, ctx: Context, unread: set[Cell]) -> Iterator[Problem]:
    for row, message in check.findings(ctx):
        if not _unknown(row, check.column, ctx.book, unread):
            yield Problem(rule.id, rule.severity, ctx.book.place(row, check.column), message, rule.todo, rule.group, rule.source)


def _unknown(row: Row, name: str, book: Book, unread: set[Cell]) -> bool:
    """Whether a cell has no value only because it could not be read, or its column or table is not in the workbook."""
    if getattr(row, name) is not None:
        return False
    origin = book.origins.get(row.table)
    if book.origins and (origin is None or name not in origin.letters):
        return True
    number = 0 if row.layout == "form" else row.row
    return (row.table, number, column_named(type(row), name).heading) in unread


_TABLE_ORDER = {model.table: number for number, model in enumerate(TABLES)}
_COLUMN_ORDER = {(model.table, c.heading): number for model in BOOK_FIELDS for number, c in enumerate(columns(model), 1)}


def _order(problem: Problem) -> tuple[int, int, int, str, str]:
    place = problem.place
    table = _TABLE_ORDER.get(place.table, len(TABLES))
    return table, place.row, _COLUMN_ORDER.get((place.table, place.heading), 0), problem.rule, problem.message
