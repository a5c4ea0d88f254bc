"""What the checks say about the cells that summaries are made from: what to hold back, what to look at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sendbook.summaries.privacy import is_printed, rows_read
from sendbook.summaries.view import summary
from sendbook.tables import TABLES, Book, Column, Kind, Privacy, Problem, Pupil, Row, Severity, columns
from sendbook.tables.problems import SHEET_RULES

# The row may be another pupil's (CRO01), or its words may tell of one, of a restricted contact, or of safeguarding.
HOLD = frozenset(("CRO01", "CRO14", "CRO15", "PAR01", "PAR02", "PAR03"))
LOOK = HOLD | {"CRO02", "PAR04", "ASS04", "CON01", "CON02", "PRO14", "STA07", "STA15", "SB021", "SB022", "SB024"}  # and every error
RESTRICTION = ("Contacts", "Contact restriction")  # a cell that cannot be read may well say Yes
NEEDED = frozenset(("School", "Pupils", "Staff", "Provisions", "Groups", "Places", "Plans", "Reviews", "Assessments"))
_COLUMNS: Mapping[tuple[str, str], Column] = {(m.table, c.heading): c for m in TABLES for c in columns(m)}


@dataclass(frozen=True)
class Doubts:
    """`hold`: rows of pupils whose summary may tell of another; `look`: problems a person must see first; `more`: how many others there are."""

    hold: frozenset[int]
    look: tuple[Problem, ...]
    more: int


def _counts(problem: Problem) -> bool:
    """Whether a summary prints the cell, or goes by it to what it prints: a link, or the name that links lead to."""
    column = _COLUMNS.get((problem.place.table, problem.place.heading))
    if column is None or (problem.place.table, problem.place.heading) == RESTRICTION:
        return column is not None
    is_name = column.needed and column.kind is Kind.TEXT
    return bool(column.privacy is Privacy.PARENT or column.link or is_name)


def missing_parts(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Tables and columns that summaries need and the workbook does not have: without them, what is left would tell families wrongly."""
    lost = [p for p in problems if p.rule in ("SB030", "SB032", "SB036", "SB037") and p.place.table in NEEDED]
    return tuple(p for p in lost if p.rule in ("SB030", "SB036") or _counts(p))


def doubts(book: Book, pupils: Sequence[Pupil], problems: Sequence[Problem], today: date) -> Doubts:
    """The doubts about these pupils' summaries among all problems of the book, as `checks.check` gives them."""
    readers: dict[tuple[str, int], dict[int, tuple[Pupil, Row]]] = {}
    for pupil in pupils:
        for row in (*rows_read(book, pupil), *book.contacts_of(pupil)):
            readers.setdefault((row.table, row.row), {})[pupil.row] = (pupil, row)
    hold: set[int] = set()
    look: list[Problem] = []
    more = 0
    for problem in problems:
        whose = readers.get((problem.place.table, problem.place.row), {})
        if _of_the_sheet(problem):
            look.append(problem)
            continue
        if not (whose or _belongs_to_nobody(problem)) or not (_counts(problem) or problem.rule in LOOK):
            continue
        barred = (problem.place.table, problem.place.heading) == RESTRICTION
        told = {r for r, (pupil, read) in whose.items() if barred or (problem.rule in HOLD and _tells(problem, book, pupil, read, today))}
        hold |= told
        if told or (problem.rule not in HOLD and (problem.rule in LOOK or problem.severity is Severity.ERROR)):
            look.append(problem)
        else:
            more += problem.severity >= Severity.QUERY
    return Doubts(frozenset(hold), tuple(look), more)


def _tells(problem: Problem, book: Book, pupil: Pupil, row: Row, today: date) -> bool:
    """Whether the pupil's summary prints the words in question; a link to the wrong pupil spoils all that its row says."""
    column = _COLUMNS.get((problem.place.table, problem.place.heading))
    if column is None or column.link:
        return True
    printed = "\n".join(summary(book, pupil, today).texts()).casefold()
    return is_printed(getattr(row, column.name) or "", printed)


def _of_the_sheet(problem: Problem) -> bool:
    """Something of a whole table was not read: rows below it, a column, or all of Contacts, where restrictions stand."""
    return problem.rule in SHEET_RULES and problem.severity is Severity.ERROR and problem.place.table in NEEDED | {"Contacts"}


def _belongs_to_nobody(problem: Problem) -> bool:
    """A row whose link finds nobody: it may be missing from any summary, or hide whom a restriction is about."""
    return problem.rule in ("SB021", "SB022", "SB024") and problem.place.table in NEEDED | {"Contacts"}


def left_out(book: Book, today: date) -> tuple[int, ...]:
    """Rows of pupils on roll with no SEN status that could be read, who therefore get no summary."""
    return tuple(p.row for p in book.pupils if p.on_roll(today) and p.sen_status is None)
