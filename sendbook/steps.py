"""The steps that the front ends share: read, work out, write beside the workbook, say where it is."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sendbook.checks import all_rules, check
from sendbook.costing import Costing
from sendbook.sheets.blocks import ResultSheet
from sendbook.sheets.checks import checks_sheet, counted
from sendbook.sheets.costs import cost_sheets
from sendbook.tables import Book, Problem, Pupil, Severity
from sendbook.workbook.rows import READ, read_book
from sendbook.workbook.safe import CannotDo, Done

if TYPE_CHECKING:
    from sendbook.summaries.doubts import Doubts
    from sendbook.summaries.write import Written


class Bar(Protocol):
    """A progress bar, as tqdm has it."""

    def update(self, n: float | None = 1) -> bool | None:
        """Count n more done."""

    def close(self) -> None:
        """Take the bar away."""


MakeBar = Callable[[int, str], Bar]


class _NoBar:
    def update(self, n: float | None = 1) -> bool | None:
        """Nobody watches."""
        return None

    def close(self) -> None:
        """Nothing to take away."""


def no_bar(total: int, what: str) -> Bar:
    """No progress bar."""
    return _NoBar()


@contextmanager
def counting(bar: MakeBar, total: int, what: str) -> Iterator[Callable[[], None]]:
    """A function to be called after each of `total` things; the bar goes away in the end, whatever happens."""
    made = bar(total, what)
    try:
        yield lambda: (made.update(1), None)[1]
    finally:
        made.close()


def beside(book: Path, what: str, out: Path | None, suffix: str = ".xlsx") -> Path:
    """Where results go: `out`, or beside the workbook under its name and what they are. Never the workbook itself.

    Raises CannotDo also where `out` is named as another kind of file than would be in it; with no `suffix` it is a folder.
    """
    path = out or book.with_name(f"{book.stem} - {what}{suffix}")
    if path.resolve() == book.resolve() or (path.exists() and book.exists() and path.samefile(book)):
        raise CannotDo(f"The results would overwrite {book.name} itself. Choose another name after --out.")
    if suffix and path.suffix.lower() != suffix:
        raise CannotDo(f"{path.name} does not end in {suffix}, as the results do. Choose a name such as {path.stem}{suffix} after --out.")
    return path


def _draw(path: Path, sheets: Sequence[ResultSheet], book: Path) -> None:
    """Draw result sheets into a new workbook. What writes files is imported here, as work in an open workbook needs no such thing."""
    from sendbook.workbook.results import write_results

    write_results(path, sheets, book)


# --- check ---
def checked(path: Path, today: date, bar: MakeBar = no_bar) -> tuple[Problem, ...]:
    """All problems of a closed workbook, sorted by place."""
    book, problems = read(path, bar)
    return checked_book(book, problems, today, bar)


def read(path: Path, bar: MakeBar) -> tuple[Book, tuple[Problem, ...]]:
    """The book in a closed workbook, with a bar that counts its tables."""
    with counting(bar, len(READ), "Reading") as on_table:
        return read_book(path, on_table)


def checked_book(book: Book, problems: Sequence[Problem], today: date, bar: MakeBar) -> tuple[Problem, ...]:
    """All problems of a book: those found as it was read, and every rule broken."""
    with counting(bar, len(all_rules()), "Checking") as on_rule:
        return check(book, problems, today, on_rule)


def write_checks(problems: Sequence[Problem], book: Path, out: Path | None = None) -> Path:
    """Write the Checks sheet to a workbook beside the book."""
    path = beside(book, "checks", out)
    _draw(path, [checks_sheet(problems)], book)
    return path


def as_text(problems: Sequence[Problem]) -> str:
    """Problems as lines of text, the place first, with their counts at the end."""
    lines = [f"{p.place}: {p.severity.word} {p.rule}: {p.message} {p.todo}" for p in problems]
    return "\n".join([*lines, counted(problems)])


def as_json(book: Path, problems: Sequence[Problem]) -> str:
    """Problems as JSON, for other programs."""
    rows = [
        {
            "rule": p.rule, "severity": p.severity.word, "group": p.group, "sheet": p.place.sheet, "table": p.place.table, "row": p.place.row,
            "heading": p.place.heading, "cell": p.place.cell, "message": p.message, "todo": p.todo, "source": p.source,
        }
        for p in problems
    ]  # fmt: skip
    counts = {s.word: sum(p.severity is s for p in problems) for s in Severity}
    told = {"book": book.name, "counts": counts, "problems": rows}
    return json.dumps(told, ensure_ascii=True, indent=1)  # a console's encoding may lack letters of a name; escapes lose none


def exit_code(problems: Sequence[Problem]) -> int:
    """0 where no problem is an error, else 1."""
    return int(any(p.severity is Severity.ERROR for p in problems))


# --- cost ---
def cost(path: Path, today: date, out: Path | None = None, bar: MakeBar = no_bar) -> Done:
    """Cost a closed workbook and write the cost sheets beside it."""
    book, problems = read(path, bar)
    unread = not_read(problems)
    costing = Costing(book, today)
    target = beside(path, "costs", out)
    _draw(target, cost_sheets(costing, unread), path)
    return Done("\n".join([*cost_words(costing, unread, "The sheets are in " + str(target)), *_see_check(unread)]))


def not_read(problems: Sequence[Problem]) -> list[Problem]:
    """What is not in the figures, of all that was found in reading; what was understood all the same is in them."""
    return [p for p in problems if p.severity is Severity.ERROR]


def _some(number: int, one: str, more: str) -> str:
    """A number with its noun: `1 group`, `12 groups`."""
    return f"{number:,} {one if number == 1 else more}"


def cost_words(costing: Costing, unread: Sequence[Problem], where: str) -> Iterator[str]:
    """What a costing came to, in sentences; the doubts about its figures with it."""
    if doubt := _year_in_doubt(costing):
        yield doubt
    above = _some(sum(1 for c in costing.pupils if c.above), "pupil is", "pupils are")
    groups = _some(len(costing.groups), "group costs", "groups cost")
    yield f"{groups} £{costing.total / 100:,.2f} in the costing year; {above} above element 2. {where}"
    if unfinished := sum(1 for g in costing.groups if g.notes):
        yield f"{_some(unfinished, 'group', 'groups')} could not be costed in full: the sheet Cost summary says what is missing."
    if unread:
        yield _some(
            len(unread),
            "cell or table could not be read, so figures may be wrong.",
            "cells or tables could not be read, so figures may be wrong.",
        )


def _see_check(unread: Sequence[Problem]) -> Iterator[str]:
    if unread:
        yield "Run “sendbook check” to see which."


def _year_in_doubt(costing: Costing) -> str:
    """Why no figure can be right, where School and Terms do not make a year; empty where they do."""
    if costing.year is None:
        return "School does not say which year to cost, so nothing is costed. Fill in “Costing year from” and “Costing year to”."
    if costing.has_a_school_year:
        return ""
    first, last = costing.year
    weeks = _some(len(costing.weeks), "school week lies", "school weeks lie")
    return f"Look at School and Terms first: {weeks} in the costing year, {first:%d/%m/%Y} to {last:%d/%m/%Y}; a school year has about 39."


# --- summaries ---
@dataclass(frozen=True)
class Summaries:
    """What became of a run of summaries: what was written where, the doubts about it, and the rows of pupils left out of it."""

    written: "Written"
    folder: Path
    doubts: "Doubts"
    left_out: tuple[int, ...]

    @property
    def whole(self) -> bool:
        """Whether every summary was written and none needs a look before it is sent."""
        return not (self.written.failed or self.written.held or exit_code(self.written.problems))


def summaries(path: Path, today: date, out: Path | None, upns: Sequence[str] | None, bar: MakeBar) -> Done:
    """Write the parents' summaries of a closed workbook into a folder beside it. What the checks say of their cells comes with them."""
    from sendbook.summaries.said import said, to_read_first

    book, unread = read(path, bar)
    refuse_missing_parts(unread)
    chosen = chosen_pupils(book, today, upns)
    made = make_summaries(book, unread, chosen, today, path, beside(path, "summaries", out, ""), bar, not upns)
    first = to_read_first(made.written, made.doubts)
    words = [*said(made.written, made.folder, made.doubts, made.left_out), *_kept_list(first, path)]
    return Done("\n".join(words), made.whole)


def refuse_missing_parts(unread: Sequence[Problem]) -> None:
    """Raise CannotDo where a table or column that summaries need is not in the workbook."""
    from sendbook.summaries.doubts import missing_parts

    if lost := missing_parts(unread):
        raise CannotDo(f"Nothing was made, as families would be told wrongly. {lost[0].message} {lost[0].todo}")


def make_summaries(
    book: Book, unread: Sequence[Problem], chosen: Sequence[Pupil], today: date, path: Path, folder: Path, bar: MakeBar, for_all: bool
) -> Summaries:
    """Write summaries of the chosen pupils into a folder. `path`: the workbook's file; `for_all`: say who was left out."""
    from sendbook.summaries.doubts import doubts, left_out
    from sendbook.summaries.write import write_summaries

    doubt = doubts(book, chosen, checked_book(book, unread, today, bar), today)
    costs = Costing(book, today).spent if book.school.show_costs else None
    with counting(bar, len(chosen), "Summaries") as advance:
        written = write_summaries(book, chosen, today, folder, path.parent, costs, advance, doubt.hold)
    return Summaries(written, folder, doubt, left_out(book, today) if for_all else ())


def _kept_list(problems: Sequence[Problem], book: Path) -> Iterator[str]:
    """What to look at before summaries are sent, as a workbook with the way to each cell: a screen is soon closed."""
    try:
        path = beside(book, "summaries to read first", None)
        if problems or path.exists():  # the list of an earlier run does not stay where there is nothing any more
            _draw(path, [checks_sheet(problems, "Nothing was found in what the summaries print.")], book)
        if problems:
            yield f"The list with the way to each cell: {path}"
    except CannotDo as e:
        yield f"The list could not be kept in a workbook: {e}"


def chosen_pupils(book: Book, today: date, upns: Sequence[str] | None) -> tuple[Pupil, ...]:
    """The pupils named, or every pupil with SEN who is on roll. Raises CannotDo for a UPN that no one pupil has."""
    from sendbook.summaries.write import pupils_with_summary

    if not upns:
        return pupils_with_summary(book, today)
    found = [(upn, book.pupil(upn)) for upn in upns]
    missing = [upn for upn, pupil in found if pupil is None]
    if missing:
        raise CannotDo(f"No one pupil in the register has the UPN {', '.join(missing)}. Look at the sheet Pupils; nothing was written.")
    return tuple(pupil for _, pupil in found if pupil)


# --- demo ---
def _demo_path(folder: Path, name: str) -> Path:
    """Where the demo workbook goes: the folder, made if need be, and never over a workbook that is there."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as e:
        raise CannotDo(f"The folder {folder} cannot be made ({e.strerror}). Name another: sendbook demo FOLDER.") from e
    if (folder / name).exists():
        raise CannotDo(f"{folder} holds a demo already. Delete that folder, or name another: sendbook demo FOLDER.")
    return folder / name


def demo(folder: Path, pupils: int | None, seed: int | None, clean: bool, bar: MakeBar) -> Iterator[str]:
    """Make the invented school's workbook in a folder and do everything to it; says each step when it is done."""
    from sendbook.demo.invent import DEFAULT_TODAY as TODAY
    from sendbook.demo.workbook import DEMO_NAME, write_demo

    book = _demo_path(folder, DEMO_NAME)
    write_demo(book, pupils, seed, clean)
    yield f"Workbook:  {book}"
    problems = checked(book, TODAY, bar)
    yield f"Checks:    {write_checks(problems, book)} ({counted(problems)}{'' if clean else ', most of them planted'})"
    yield f"Costs:     {cost(book, TODAY, None, bar).words}"
    yield f"Summaries: {summaries(book, TODAY, None, None, bar).words}"


__all__ = [
    "Bar",
    "Done",
    "as_json",
    "as_text",
    "beside",
    "checked",
    "chosen_pupils",
    "cost",
    "counted",
    "demo",
    "exit_code",
    "summaries",
    "write_checks",
]
