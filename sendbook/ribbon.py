"""The buttons of the ribbon: a thin front end for the workbook that is open. xlwings calls these functions from the add-in's VBA.

Each joins the steps, shows progress in the status bar, asks before anything large, and turns failure into one sentence.
What a button needs is imported when it is clicked, so that the common ones answer at once.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sendbook import __version__
from sendbook.click import Click, in_words, show, show_file
from sendbook.workbook.safe import CannotDo
from sendbook.workbook.xl import load_xlwings

if TYPE_CHECKING:
    from sendbook.importing import ImportPlan
    from sendbook.tables import Problem

LOCKED = ("Home", "Weeks")  # sheets that are protected as they are made; nothing on them is ever marked


def _caller() -> Any:
    """The workbook that was in front when the button was clicked, or None."""
    try:
        return load_xlwings().Book.caller()
    except Exception:  # each application has its own error where none is to be had
        return None


def _today() -> date:
    return date.today()  # noqa: DTZ011 - today where the SENCo is


def _button(work: Callable[..., None]) -> Callable[..., None]:
    """A function that VBA may call: it is given the click, and never raises where there is somebody to tell."""

    @wraps(work)
    def click(*args: str) -> None:
        book = _caller()
        if book is None:
            raise SystemExit("The workbook in front was not found. Open your SEND register (no = in its name), then click again.")
        one = Click(book, _today())
        try:
            work(one, *args)
        except (Exception, KeyboardInterrupt) as error:
            one.say(in_words(error))
        finally:
            one.over()

    return click


# --- Register ---
@_button
def check(click: Click) -> None:
    """Check the register: the sheet Checks is drawn, and each cell with a problem marked."""
    from sendbook import steps
    from sendbook.sheets.checks import checks_sheet
    from sendbook.workbook.live.draw import draw
    from sendbook.workbook.live.marks import mark, unmark

    book, unread = click.register()
    problems = steps.checked_book(book, unread, click.today, click.bar)
    with click.drawing("marking what is wrong"):
        (sheet,) = draw(click.book, [checks_sheet(problems)])
        unmark(click.book)
        marked = mark(click.book, problems)
    show(sheet)
    click.say(*_about_marks(marked.left_out, marked.refused))


def _about_marks(left_out: int, refused: Sequence[str]) -> Iterator[str]:
    if left_out:
        yield f"So many cells have a problem that {left_out:,} of them were not marked. The sheet Checks lists them all."
    if refused:
        yield (
            f"Cells could not be marked on {', '.join(refused)}, as it is protected (Review, Unprotect Sheet). "
            "The sheet Checks lists its problems."
        )


@_button
def go_to_problem(click: Click) -> None:
    """Go to the cell of the problem selected on Checks, or to the next one from where the SENCo is."""
    from sendbook.workbook.live.owned import sheet_named
    from sendbook.workbook.live.where import is_on_list, listed_problems, next_problem, selection

    here = selection(click.book)
    problem = next_problem(listed_problems(click.book, here), here, is_on_list(click.book, here))
    sheet = sheet_named(click.book, problem.sheet)
    if sheet is None:
        raise CannotDo(f"The sheet {problem.sheet} is not there any more. Click Check again.")
    if not sheet.visible:
        raise CannotDo(
            f"The problem is on the sheet {problem.sheet}, which is hidden. Right-click a sheet's tab, choose Unhide, then click again."
        )
    sheet.activate()
    sheet.range(problem.cell).select()
    click.leave(f"{problem.severity}. {problem.says} {problem.todo}")


@_button
def import_list(click: Click, path_in_hex: str) -> None:
    """Bring in a list from a MIS or an old register: shown first, written when the SENCo says so. The path comes as hex of UTF-16."""
    from sendbook.importing import plan_import, read_list
    from sendbook.importing.sheet import import_sheet
    from sendbook.workbook.live.draw import draw

    file = _file(bytes.fromhex(path_in_hex).decode("utf-16-le"))
    book, problems = click.register()
    plan = plan_import(book, read_list(file), problems)
    with click.drawing("showing the list"):
        (sheet,) = draw(click.book, [import_sheet(plan)])
    show(sheet)
    if not plan.writes:
        click.say(f"The list brings nothing new; the register stays as it is. {_left(plan)} The sheet Import says why.")
    elif click.ask(_import_question(plan)):
        click.say(_import(click, plan))


def _file(path: str) -> Path:
    """The file that was chosen. Older Excel on macOS says `Disk:Users:me:list.csv`."""
    if sys.platform == "darwin" and "/" not in path and ":" in path:
        path = "/Volumes/" + path.replace(":", "/")
    return Path(path)


def _counts(plan: "ImportPlan") -> str:
    return f"{len(plan.add):,} {'pupil' if len(plan.add) == 1 else 'pupils'} added, {len(plan.change):,} changed"


def _left(plan: "ImportPlan") -> str:
    """What of the list is not taken."""
    return f"Not taken, for you to decide: rows {len(plan.not_taken):,}, cells {len(plan.notes):,}."


def _import_question(plan: "ImportPlan") -> str:
    return (
        f"The sheet Import shows what would be done: {_counts(plan)}. Nothing is deleted. {_left(plan)}\n\n"
        "Write it into the register? The workbook is saved first, and a copy of it kept as it is now."
    )


def _import(click: Click, plan: "ImportPlan") -> str:
    from sendbook.importing.sheet import import_sheet
    from sendbook.importing.write import edits_of
    from sendbook.workbook.live.draw import draw
    from sendbook.workbook.live.edit import apply_edits
    from sendbook.workbook.live.state import file_of
    from sendbook.workbook.safe import keep_copy

    path = file_of(click.book)
    click.may_write()
    click.book.save()
    _refuse_moved(click, plan)
    copy = keep_copy(path, datetime.now())  # noqa: DTZ005 - the copy's name is in the SENCo's own time
    with click.drawing("writing the list"):
        apply_edits(click.book, edits_of(plan))
        draw(click.book, [import_sheet(plan, written=True)])
    return (
        f"Written into the open workbook: {_counts(plan)}. {_left(plan)} Look at it, then save (Ctrl+S). "
        f"The workbook from before is kept as {copy.name}."
    )


def _refuse_moved(click: Click, plan: "ImportPlan") -> None:
    """The plan goes by rows: others who have the workbook open may have sorted or changed them since it was shown."""
    from sendbook.importing import plan_import

    book, problems = click.register()
    if plan_import(book, plan.listing, problems) != plan:
        raise CannotDo("The register was changed while the list was shown, so nothing was written. Click Import again.")


@_button
def add_pupil(click: Click) -> None:
    """Go to a new row of the register, where the pupil is typed."""
    from sendbook.workbook.live.edit import free_row
    from sendbook.workbook.live.state import the_register

    with click.drawing("adding a row"):
        cell = free_row(the_register(click.book), "Pupils")
    cell.sheet.activate()
    cell.select()
    click.leave("type the new pupil in this row; the headings' notes say what belongs where.")


@_button
def remove_results(click: Click) -> None:
    """Take away the result sheets and the marks, so that the workbook is the SENCo's alone again."""
    from sendbook.workbook.live.marks import unmark
    from sendbook.workbook.live.owned import owned_sheets
    from sendbook.workbook.live.state import is_protected

    sheets = owned_sheets(click.book)
    names = ", ".join(s.name for s in sheets) or "none"
    if not click.ask(f"Take away Sendbook's marks and its result sheets ({names})? Your own sheets, notes and colours stay."):
        return
    with click.drawing("removing results"):
        for sheet in sheets:
            sheet.delete()
        unmark(click.book)
    if locked := [s.name for s in click.book.sheets if is_protected(s) and s.name not in LOCKED]:
        click.say(f"Marks on {', '.join(locked)} stay, as it is protected (Review, Unprotect Sheet).")


# --- Provision ---
def _cost(click: Click, first: str, only: Sequence[str] = ()) -> None:
    """Draw the cost sheets, or some of them, and show the one named `first`."""
    from sendbook import steps
    from sendbook.costing import Costing
    from sendbook.sheets.costs import cost_sheets
    from sendbook.workbook.live.draw import draw

    book, problems = click.register()
    costing, unread = Costing(book, click.today), steps.not_read(problems)
    sheets = [s for s in cost_sheets(costing, unread) if not only or s.name in only]
    with click.drawing("drawing the costs"):
        drawn = draw(click.book, sheets)
    show(drawn[[s.name for s in sheets].index(first)])
    words = list(steps.cost_words(costing, unread, ""))
    if len(words) > 1:  # there is a doubt about the figures
        click.say(*_doubts(words, unread, bool(only)))


def _doubts(words: Sequence[str], unread: "Sequence[Problem]", in_part: bool) -> Iterator[str]:
    """The doubts about a costing; where only one sheet was drawn, where to read of them."""
    yield from ["Some figures are in doubt: click Cost provision, and look at the sheet Cost summary."] if in_part else words
    if unread:
        yield "Click Check to see which cells could not be read."


@_button
def cost(click: Click) -> None:
    """Cost the provision: all cost sheets."""
    _cost(click, "Cost summary")


@_button
def provision_map(click: Click) -> None:
    """The provision map alone."""
    _cost(click, "Provision map", ("Provision map",))


@_button
def staff_time(click: Click) -> None:
    """The hours and costs of staff alone."""
    _cost(click, "Staff time", ("Staff time",))


# --- Pupils ---
@_button
def summary_for_selected(click: Click) -> None:
    """Write the summaries of the pupils whom the selected rows are about."""
    from sendbook import ribbon_pupils

    if found := ribbon_pupils.selected(click, ribbon_pupils.SUMMARIES):
        ribbon_pupils.write_summaries(click, found, for_all=False)


@_button
def summaries_for_all(click: Click) -> None:
    """Write the summaries of all pupils on roll with SEN support or an EHC plan."""
    from sendbook import ribbon_pupils

    if found := ribbon_pupils.everybody(click, ribbon_pupils.SUMMARIES):
        ribbon_pupils.write_summaries(click, found, for_all=True)


@_button
def open_folder(click: Click) -> None:
    """Open the folder with the summaries."""
    from sendbook import steps
    from sendbook.workbook.live.state import file_of

    folder = steps.beside(file_of(click.book), "summaries", None, "")
    if not folder.is_dir():
        raise CannotDo("No summaries have been written yet. Click Summaries for all, or select pupils and click Summary for selected.")
    show_file(folder)


# --- Reviews and Send ---
@_button
def mails_for_selected(click: Click) -> None:
    """Prepare the mails about the pupils whom the selected rows are about. Nothing is sent."""
    from sendbook import ribbon_mail

    ribbon_mail.for_selected(click)


@_button
def mails_for_all(click: Click) -> None:
    """Prepare the mails about all pupils on roll with SEN support or an EHC plan. Nothing is sent."""
    from sendbook import ribbon_mail

    ribbon_mail.for_all(click)


@_button
def review_and_send(click: Click) -> None:
    """Ask what became of earlier mails, then send those that the SENCo approves."""
    from sendbook import ribbon_mail

    ribbon_mail.review_and_send(click)


@_button
def withdraw_mails(click: Click) -> None:
    """Take mails back that have not gone."""
    from sendbook import ribbon_mail

    ribbon_mail.withdraw(click)


@_button
def sent_log(click: Click) -> None:
    """Draw the log of all mails."""
    from sendbook import ribbon_mail

    ribbon_mail.show_log(click)


# --- Help ---
@_button
def guide(click: Click) -> None:
    """Open the guide."""
    show_file(Path(__file__).with_name("guide") / "guide.html")


@_button
def about(click: Click) -> None:
    """Which versions these are, and where the log is."""
    import platform

    from sendbook.failure import LOG

    xlwings = load_xlwings()
    click.say(
        f"Sendbook {__version__}",
        f"Python {platform.python_version()}, xlwings {xlwings.__version__}, {click.app.engine.name} {click.app.version}",
        f"What goes wrong is noted, without anything about a child, in {LOG}",
        "MIT licence. It runs on your computer; nothing leaves it but the mails that you approve.",
    )
