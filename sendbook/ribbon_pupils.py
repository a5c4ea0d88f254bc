"""Behind the buttons: which pupils are meant, the selected ones or all, and the writing of their summaries."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sendbook.click import Click, in_words, show
from sendbook.tables import Book, Problem, Pupil
from sendbook.workbook.safe import CannotDo

READ_FIRST = "Read before sending"
NAMED = 12  # pupils named in a question


@dataclass(frozen=True)
class Made:
    """What a button makes of pupils, as its questions and refusals name it."""

    doing: str  # before “3 pupils”
    all_the_same: str  # after who should have none
    none: str


SUMMARIES = Made("Write the summaries of", "Write the summary all the same", "there is no summary to write")
MAILS = Made("Prepare the mails about", "Prepare mails all the same", "there are no mails to prepare")


@dataclass(frozen=True)
class Meant:
    """The register as it stands, what was found as it was read, and the pupils who are meant."""

    book: Book
    unread: Sequence[Problem]
    pupils: Sequence[Pupil]


def selected(click: Click, made: Made) -> Meant | None:
    """The pupils whom the selected rows are about; None where the SENCo, asked, says no."""
    from sendbook.workbook.live.where import pupils_in, selection

    chosen = selection(click.book)
    book, unread = click.register()
    pupils = pupils_in(book, chosen)
    if not pupils:
        raise CannotDo(
            f"The selected rows of {chosen.sheet} are about no pupil. Select rows of Pupils, or of Contacts, Places, Plans, Reviews, Assessments or "
            "Communications, then click again."
        )
    question = _about_selected(click, pupils, made)
    return Meant(book, unread, pupils) if not question or click.ask(question) else None


def _about_selected(click: Click, pupils: Sequence[Pupil], made: Made) -> str:
    """What to ask before something is made of selected pupils; nothing for one who should have it."""
    names = ", ".join(p.name for p in pupils[:NAMED]) + (f" and {len(pupils) - NAMED:,} more" if len(pupils) > NAMED else "")
    without = [p.name for p in pupils if not (p.has_sen and p.on_roll(click.today))]
    if without:
        who = ", ".join(without[:NAMED])
        return f"{who}: not on roll, or without SEN support or an EHC plan. {made.all_the_same}, of {len(pupils):,} in all: {names}?"
    return f"{made.doing} {len(pupils):,} pupils: {names}?" if len(pupils) > 1 else ""


def everybody(click: Click, made: Made) -> Meant | None:
    """All pupils on roll with SEN support or an EHC plan; None where the SENCo says no."""
    from sendbook import steps

    book, unread = click.register()
    pupils = steps.chosen_pupils(book, click.today, None)
    if not pupils:
        raise CannotDo(f"Nobody on roll has SEN support or an EHC plan, so {made.none}. Look at SEN status on the sheet Pupils.")
    yes = click.ask(f"{made.doing} all {len(pupils):,} pupils on roll with SEN support or an EHC plan?")
    return Meant(book, unread, pupils) if yes else None


def write_summaries(click: Click, meant: Meant, *, for_all: bool) -> None:
    """Write the summaries of these pupils, and list what to read first."""
    from sendbook import steps
    from sendbook.summaries.said import outcome, to_read_first
    from sendbook.workbook.live.state import file_of

    steps.refuse_missing_parts(meant.unread)
    path = file_of(click.book)
    click.may_write()  # before anything is made, so that what became of it can be said
    folder = steps.beside(path, "summaries", None, "")
    made = steps.make_summaries(meant.book, meant.unread, meant.pupils, click.today, path, folder, click.bar, for_all)
    words = [*outcome(made.written, folder, made.left_out, f"on the sheet {READ_FIRST}")]
    try:
        words += _read_first(click, to_read_first(made.written, made.doubts))
    except Exception as error:  # what was written must be told, whatever becomes of the list
        words.append(f"What to read first could not be listed: {in_words(error)}")
    click.say(*words)


def _read_first(click: Click, problems: Sequence[Problem]) -> Iterator[str]:
    """What to look at before summaries are sent, as a sheet with the way to each cell."""
    from dataclasses import replace

    from sendbook.sheets.checks import checks_sheet
    from sendbook.workbook.live.draw import draw
    from sendbook.workbook.live.owned import result_sheet

    if not problems and result_sheet(click.book, READ_FIRST) is None:
        return
    listed = checks_sheet(problems, "Nothing was found in what the summaries print.")
    with click.drawing("listing what to read first"):
        (sheet,) = draw(click.book, [replace(listed, name=READ_FIRST, title=READ_FIRST)])
    if problems:
        show(sheet)
        yield f"Look at the sheet {READ_FIRST} before anything goes to parents, and read each summary."
