"""What the checks say about the cells that summaries are made from: what to hold back, what to look at first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sendbook.summaries.privacy import rows_read
from sendbook.tables import CELL_RULES, TABLES, Book, Column, Kind, Privacy, Problem, Pupil, Severity, columns

HOLD = frozenset(("CRO01",))  # the row may be another pupil's
ABOUT_WORDS = frozenset(("CRO14", "CRO15", "PAR01", "PAR02", "PAR03", "PAR04"))
LOOK = HOLD | ABOUT_WORDS | {"CRO02", "SB021", "SB022", "SB024", *(r.id for r in CELL_RULES.values() if not r.read)}
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
    is_name = column is not None and column.needed and column.kind is Kind.TEXT
    return column is not None and bool(column.privacy is Privacy.PARENT or column.link or is_name)


def missing_parts(problems: Sequence[Problem]) -> tuple[Problem, ...]:
    """Tables and columns that summaries need and the workbook has no longer: without them, what is left would tell families wrongly."""
    lost = [p for p in problems if p.severity is Severity.ERROR and p.rule in ("SB030", "SB032") and p.place.table in NEEDED]
    return tuple(p for p in lost if p.rule == "SB030" or _counts(p))


def doubts(book: Book, pupils: Sequence[Pupil], problems: Sequence[Problem]) -> Doubts:
    """The doubts about these pupils' summaries among all problems of the book, as `checks.check` gives them."""
    readers: dict[tuple[str, int], set[int]] = {}
    for pupil in pupils:
        for row in rows_read(book, pupil):
            readers.setdefault((row.table, row.row), set()).add(pupil.row)
    ours = [p for p in problems if _counts(p) and ((p.place.table, p.place.row) in readers or _belongs_to_nobody(p))]
    look = tuple(p for p in ours if p.rule in LOOK)
    hold = (row for p in ours if p.rule in HOLD for row in readers.get((p.place.table, p.place.row), ()))
    return Doubts(frozenset(hold), look, sum(p.severity >= Severity.QUERY and p.rule not in LOOK for p in ours))


def _belongs_to_nobody(problem: Problem) -> bool:
    """A row of a table the summaries need whose link finds nobody: it may be missing from any summary."""
    return problem.rule in ("SB021", "SB022", "SB024") and problem.place.table in NEEDED


def left_out(book: Book, today: date) -> tuple[int, ...]:
    """Rows of pupils on roll with no SEN status that could be read, who therefore get no summary."""
    return tuple(p.row for p in book.pupils if p.on_roll(today) and p.sen_status is None)
