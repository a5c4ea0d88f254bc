"""All summaries of a run as files: drawn by all cores at once, each file whole or not there."""

import os
import tempfile
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence, Set
from concurrent.futures import Executor, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from itertools import islice
from multiprocessing import get_context
from pathlib import Path

from sendbook.summaries import work
from sendbook.summaries.files import stems
from sendbook.summaries.look import Logo, LogoError, is_colour, read_logo
from sendbook.summaries.model import Summary
from sendbook.summaries.privacy import GROUP, HELD_BACK, OtherNames, warnings
from sendbook.summaries.render import check_logo
from sendbook.summaries.spacing import MOST_PAGES
from sendbook.summaries.templates import Kit, TemplateError, make_kit
from sendbook.summaries.view import summary
from sendbook.tables import Book, Place, Problem, Pupil, Severity

HELD = "Do not send yet"  # the folder for summaries that may tell of another pupil
FEW = 8  # so many summaries are drawn sooner than another process starts
BATCH = 10


@dataclass(frozen=True)
class Written:
    """What a run wrote: paths of all files, and what the SENCo should know.

    `failed`: rows of pupils without a summary; `held`: rows of those whose summary lies in the folder `HELD`; `old`: files of
    earlier runs, of pupils who get no summary now.
    """

    paths: tuple[Path, ...] = ()
    problems: tuple[Problem, ...] = ()
    failed: tuple[int, ...] = ()
    by_row: Mapping[int, tuple[Path, ...]] = field(default_factory=dict)
    held: tuple[int, ...] = ()
    old: tuple[Path, ...] = ()


def pupils_with_summary(book: Book, today: date) -> tuple[Pupil, ...]:
    """Pupils with SEN who are on roll today."""
    return tuple(p for p in book.pupils if p.has_sen and p.on_roll(today))


def write_summaries(
    book: Book,
    pupils: Sequence[Pupil],
    today: date,
    folder: Path,
    beside: Path,
    costs: Mapping[int, int] | None = None,
    on_done: Callable[[], None] = lambda: None,
    hold: Set[int] = frozenset(),
) -> Written:
    """Write a PDF and a page for each pupil into `folder`, or into `HELD` within it where the summary may tell of another pupil.

    `beside`: the workbook's folder, for logo and own templates. `costs`: pence a year by the pupil's row. `hold`: rows of
    pupils to hold back whatever their texts say.
    `on_done` is called in this process once for each pupil. Bad data, files that cannot be written and broken
    templates come back as problems; nothing is raised for them.
    """
    logo, problems = _look(book, beside)
    colour = book.school.colour if book.school.colour and is_colour(book.school.colour) else None
    run = partial(_run, _Task(book, pupils, today, folder, costs or {}, hold), on_done)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(prefix="sendbook-", ignore_cleanup_errors=True) as scratch:
            kit = make_kit(Path(scratch), beside, colour, logo)
            written = run(kit)
    except TemplateError as error:
        written = Written(problems=(_template_problem(error.message, error.todo),), failed=tuple(p.row for p in pupils))
    except OSError as error:
        said = f"The folder for the summaries cannot be written to ({error.strerror or type(error).__name__})."
        problem = Problem("SM06", Severity.ERROR, Place(), said, "Choose another folder, or free this one, and try again.", GROUP)
        written = Written(problems=(problem,), failed=tuple(p.row for p in pupils))
    return replace(written, problems=problems + written.problems)


def _look(book: Book, beside: Path) -> tuple[Logo | None, tuple[Problem, ...]]:
    """The logo, if it can be used, and what is wrong with logo and colour."""
    school, problems, logo = book.school, [], None
    if school.colour and not is_colour(school.colour):
        said = f"The colour {school.colour[:20]} is not written as #RRGGBB; summaries are in blue."
        problems.append(Problem("SM04", Severity.QUERY, book.place(school, "colour"), said, "Type for example #1F4E79.", GROUP))
    if school.logo:
        try:
            logo = check_logo(read_logo(school.logo, beside))
        except LogoError as error:
            said = f"The logo file {school.logo[:60]} {error}; summaries are made without it."
            todo = "Put a PNG, JPEG or SVG picture of at most 1 MB beside the workbook and type its name here."
            problems.append(Problem("SM05", Severity.QUERY, book.place(school, "logo"), said, todo, GROUP))
    return logo, tuple(problems)


@dataclass(frozen=True)
class _Task:
    """What is to be written, of whom, where."""

    book: Book
    pupils: Sequence[Pupil]
    today: date
    folder: Path
    costs: Mapping[int, int]
    hold: Set[int]


def _jobs(task: _Task, found: list[Problem], held: set[int]) -> Iterator[work.Job]:
    """Jobs one by one as they are wanted; doubts about their texts go to `found`, rows of those held back to `held`."""
    names, files = OtherNames.of(task.book), stems(task.book.pupils)
    for pupil in task.pupils:
        made = summary(task.book, pupil, task.today, task.costs.get(pupil.row))
        doubts = warnings(task.book, pupil, made, names)
        found += [*doubts, *_thin(task.book, pupil, made)]
        if pupil.row in task.hold or any(p.rule in HELD_BACK for p in doubts):
            held.add(pupil.row)
            (task.folder / HELD).mkdir(exist_ok=True)
            found += _not_there(task.book, pupil, task.folder / files[pupil.row])  # before it is drawn, whatever becomes of that
        yield work.Job(pupil.row, made, (task.folder / HELD if pupil.row in held else task.folder) / files[pupil.row], task.today)


def _thin(book: Book, pupil: Pupil, made: Summary) -> Iterator[Problem]:
    """A summary that says of help or goals only that there are none: a family would take it for the whole truth."""
    bare = [word for key, word in (("goals", "goals"), ("help", "help")) if not next(s for s in made.sections if s.key == key).items]
    if bare:
        said = f"The summary of the pupil in row {pupil.row} of Pupils has no {' and no '.join(bare)} in it."
        todo = "Add them in Plans and Places, or talk with the family first."
        yield Problem("SM09", Severity.QUERY, book.place(pupil, "surname"), said, todo, GROUP)


def _run(task: _Task, on_done: Callable[[], None], kit: Kit) -> Written:
    found: list[Problem] = []
    done: list[work.Done] = []
    held: set[int] = set()
    with closing(_drawn(_jobs(task, found, held), len(task.pupils), kit)) as drawn:
        for one in drawn:
            done.append(one)
            if one.template_error:  # it would be so for every pupil
                found.append(_template_problem(*one.template_error))
                break
            on_done()
    by_row = {d.row: d.paths for d in done if d.paths}
    rows = {p.row: p for p in task.pupils}
    order = {row: i for i, row in enumerate(rows)}
    found += [problem for d in sorted(done, key=lambda d: order[d.row]) for problem in _problems(task.book, rows[d.row], d)]
    paths = tuple(path for row in rows for path in by_row.get(row, ()))
    for row in (r for r in by_row if r not in held):
        found += _not_there(task.book, rows[row], task.folder / HELD / by_row[row][0].stem)
    failed = tuple(r for r in rows if r not in by_row)
    return Written(paths, tuple(found), failed, by_row, tuple(r for r in rows if r in held and r in by_row), tuple(_old(task)))


def _not_there(book: Book, pupil: Pupil, stem: Path) -> Iterator[Problem]:
    """A summary lies either among those to be sent or among those held back: its files of an earlier run in the other place go."""
    for path in (stem.with_name(stem.name + ending) for ending in _MARKS):
        try:
            if path.exists() and not is_ours(path):
                raise PermissionError(0, "it was not made by Sendbook")
            path.unlink(missing_ok=True)
        except OSError as error:
            said = f"{path.name} of an earlier run still lies in {path.parent.name} ({error.strerror or type(error).__name__})."
            yield Problem(
                "SM11", Severity.ERROR, book.place(pupil, "surname"), said, "Close it and delete it before anything is sent.", GROUP
            )


_MARKS = {".pdf": b"Typst", ".html": b'<meta name="generator" content="Sendbook"'}  # by which a file shows that it was made here


def is_ours(path: Path) -> bool:
    """Whether a summary's file was made by Sendbook, as it says of itself."""
    return _MARKS[path.suffix] in path.read_bytes()


def _old(task: _Task) -> Iterator[Path]:
    """Summaries of an earlier run, of pupils who get none now: they have left or have no SEN any more."""
    files = stems(task.book.pupils)
    now = {files[p.row] for p in (*pupils_with_summary(task.book, task.today), *task.pupils)}
    for folder in (task.folder, task.folder / HELD):
        for path in sorted(p for ending in _MARKS for p in folder.glob(f"*-summary{ending}")):
            if path.stem not in now:
                yield path


def _problems(book: Book, pupil: Pupil, done: work.Done) -> Iterator[Problem]:
    place = book.place(pupil, "surname")
    who = f"of the pupil in row {pupil.row} of Pupils"
    if done.write_error:
        said, _, todo = done.write_error.partition(". ")
        yield Problem("SM06", Severity.ERROR, place, f"The summary {who} was not written. {said}.", todo, GROUP)
    if done.pages > MOST_PAGES:
        said = f"The PDF {who} has {done.pages} pages; families read two."
        yield Problem("SM10", Severity.QUERY, place, said, "Shorten the texts, or close outcomes that are done, and make it again.", GROUP)
    if done.lacking:
        codes = ", ".join(sorted(f"U+{ord(c):04X}" for text in done.lacking for c in text)[:8])
        said = f"The PDF {who} has words or a question mark in place of letters that the typeface lacks ({codes}). The page shows them."
        yield Problem("SM07", Severity.HINT, place, said, "Write the text without them, or send the page instead of the PDF.", GROUP)


def _template_problem(message: str, todo: str) -> Problem:
    return Problem("SM08", Severity.ERROR, Place(), message, todo, GROUP)


# --- processes ---
def _drawn(jobs: Iterator[work.Job], number: int, kit: Kit) -> Generator[work.Done, None, None]:
    """What became of each job, as it is done."""
    cores = _cores()
    if not kit.own_pdf and (number <= FEW or cores == 1):
        work.start(kit)
        try:
            for job in jobs:
                yield from work.draw(kit, [job])
        finally:
            work.finish()
        return
    with _pool(min(cores, -(-number // BATCH)), kit) as pool:
        yield from _pooled(pool, jobs, kit, cores)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _pool(workers: int, kit: Kit) -> Iterator[Executor]:
    """Fresh processes on every system (spawn): none inherits open files, locks or Excel from this one."""
    pool = ProcessPoolExecutor(max(1, min(workers, 60)), get_context("spawn"), work.start, (kit,))
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _pooled(pool: Executor, jobs: Iterator[work.Job], kit: Kit, cores: int) -> Iterator[work.Done]:
    """The first job alone, so that a broken template is told at once; then batches, a few ahead of the workers."""
    waiting: dict[Future[list[work.Done]], tuple[work.Job, ...]] = {}
    size, ahead = 1, 1
    while True:
        while len(waiting) < ahead and (batch := tuple(islice(jobs, size))):
            waiting[_submitted(pool, kit, batch)] = batch
        if not waiting:
            return
        for future in wait(waiting, return_when="FIRST_COMPLETED").done:
            yield from _outcome(future, waiting.pop(future))
        size, ahead = BATCH, 3 * cores


def _submitted(pool: Executor, kit: Kit, batch: Sequence[work.Job]) -> "Future[list[work.Done]]":
    try:
        return pool.submit(work.draw, kit, batch)
    except BrokenProcessPool as error:  # a worker died before: told as any other that does
        future: Future[list[work.Done]] = Future()
        future.set_exception(error)
        return future


def _outcome(future: "Future[list[work.Done]]", batch: Sequence[work.Job]) -> list[work.Done]:
    try:
        return future.result()
    except BrokenProcessPool:
        said = "The program drawing it stopped. Close other programs to free memory and make the summaries again."
        return [work.Done(job.row, write_error=said) for job in batch]
