"""Behind the buttons of Reviews and Send: mails about the open register are prepared, shown, approved, sent and logged.

No mail goes but one that the SENCo approves, in a question that says how many go to how many people, and how.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sendbook import ribbon_pupils
from sendbook.click import Click, in_words, show, show_file
from sendbook.mail.outbox import WAITING, Entry, State
from sendbook.mail.said import outcome_in_excel, what_to_click
from sendbook.mail.sheet import LEFT_OUT_TABLE, LOG, MAILS, MAILS_TABLE, left_out_rows, log_sheet, mails_sheet
from sendbook.posting.after import decide, find_out, write_log
from sendbook.posting.after import withdraw as take_back
from sendbook.posting.hand_over import Reread, approve_and_send
from sendbook.posting.post import Meant, Post, check_whose, everything, logged_in, recall_or_say, unseen
from sendbook.posting.prepare import Ready, prepare_mails
from sendbook.sheets.blocks import ResultSheet
from sendbook.summaries.words import counted
from sendbook.tables import Book, Contact, Problem, Pupil
from sendbook.workbook.edits import TableEdits
from sendbook.workbook.safe import CannotDo

LATER = "The rows are written at your next click under Reviews and Send; no mail goes again for that."
ONLY_SOME = f"To say so of only some, answer No and select their rows on the sheet {MAILS} first."


def _now() -> datetime:
    return datetime.now()  # noqa: DTZ005 - times in the outbox are in the SENCo's own time


def _post(click: Click) -> Post:
    """What mailing needs to know of the open workbook. Raises CannotDo where it is no register, has no file, or must not be written."""
    from sendbook.mail.settings import read_settings
    from sendbook.workbook.live.state import file_of, the_register

    path = file_of(the_register(click.book))
    click.may_write()  # before anything is made, so that what became of it can be shown and noted
    post = Post(path, read_settings(), click.today, _now, click.bar)
    check_whose(post, lambda: click.register()[0])
    return post


def _selected(click: Click) -> tuple[str, ...] | None:
    """The marks of the mails whose rows are selected on the sheet Mails; None where none are, which means all."""
    from sendbook.workbook.live.where import selected_on_list

    found = selected_on_list(click.book, MAILS, MAILS_TABLE, "Mail")
    if found == ():
        raise CannotDo(
            f"The selected rows of the sheet {MAILS} are no mails. Select rows under the first table's headings, or the cell A1 for all, then click again."
        )
    return found


def _meant(entries: Sequence[Entry], picked: Sequence[str] | None, *states: State) -> list[Entry]:
    return [e for e in entries if e.state in states and (picked is None or e.ref in picked)]


def _these(entries: Sequence[Entry]) -> Meant:
    return Meant([e.ref for e in entries])


def _who(entry: Entry) -> str:
    return f"{entry.pupil.partition(' (')[0]} to {entry.contact}"


def _names(entries: Sequence[Entry]) -> str:
    """Whom mails are about and go to, as lines of a question."""
    most = ribbon_pupils.NAMED
    return "\n".join([*map(_who, entries[:most]), *([f"and {len(entries) - most:,} more"] if len(entries) > most else [])])


# --- what is drawn and written in the open workbook ---
def _drawn(click: Click, name: str, make: Callable[[], ResultSheet]) -> Iterator[str]:
    """Make a sheet, draw it and show it. What became of the mails must be told whatever becomes of the sheet, so a failure is only said."""
    from sendbook.workbook.live.draw import draw

    try:
        sheet = make()
        with click.drawing(f"drawing the sheet {name}"):
            (drawn,) = draw(click.book, [sheet])
        show(drawn)
    except Exception as error:
        yield f"The sheet {name} was not drawn: {in_words(error)}"


def _mails(click: Click, post: Post, ready: Ready | None = None) -> Iterator[str]:
    """Draw the sheet Mails. Who gets none is known where mails were just prepared (`ready`); else what it says of that stays."""
    from sendbook.workbook.live.where import list_on_sheet

    def make() -> ResultSheet:
        if ready:
            return mails_sheet(ready.entries, left_out_rows(ready.left_out), post.page.name)
        return mails_sheet(everything(post), list_on_sheet(click.book, MAILS, LEFT_OUT_TABLE), post.page.name)

    return _drawn(click, MAILS, make)


def _noted(click: Click, post: Post) -> Iterator[str]:
    """Write the rows of sent mails into Communications of the open workbook and save it; where that cannot be they wait, and it is said."""
    try:
        if number := write_log(post, lambda: click.register()[0], _writes(click), click.book.save):
            yield f"{counted(number, 'row')} added to Communications, and the workbook saved."
    except Exception as error:
        yield f"Not yet in Communications: {in_words(error)} {LATER}"


def _writes(click: Click) -> Callable[[TableEdits], None]:
    def write(edits: TableEdits) -> None:
        from sendbook.workbook.live.edit import apply_edits

        with click.drawing("noting what was sent"):
            apply_edits(click.book, edits)

    return write


# --- Mails for selected, Mails for all ---
def for_selected(click: Click) -> None:
    """Prepare the mails about the pupils whom the selected rows are about."""
    if meant := ribbon_pupils.selected(click, ribbon_pupils.MAILS):
        _prepare(click, meant, for_all=False)


def for_all(click: Click) -> None:
    """Prepare the mails about everybody; mails that wait about others are taken back."""
    if meant := ribbon_pupils.everybody(click, ribbon_pupils.MAILS):
        _prepare(click, meant, for_all=True)


def _prepare(click: Click, meant: ribbon_pupils.Meant, *, for_all: bool) -> None:
    from sendbook import steps

    steps.refuse_missing_parts(meant.unread)
    post = _post(click)
    noted = [*_noted(click, post)]
    ready = prepare_mails(post, meant.book, meant.unread, meant.pupils, for_all=for_all)
    drawn = [*_mails(click, post, ready)]
    click.say(*ready.said, *what_to_click(ready.entries), *_without(ready), *drawn, *noted, *_page(post, ready.entries))
    if ready.entries:  # after the message, which would lie behind the browser
        show_file(ready.page)


def _without(ready: Ready) -> Iterator[str]:
    if ready.left_out:
        yield f"No mail was made {counted(len(ready.left_out), 'time')}: the sheet {MAILS} says for whom, why, and what to do."
    if unheard := ready.prepared.unheard:
        most = ribbon_pupils.NAMED
        more = f" and {len(unheard) - most:,} more" if len(unheard) > most else ""
        yield f"Nobody gets a mail about {counted(len(unheard), 'pupil')}: {'; '.join(p.label for p in unheard[:most])}{more}."


def _page(post: Post, entries: Sequence[Entry]) -> Iterator[str]:
    if entries:
        yield f"“{post.page.name}”, which shows each mail as its reader gets it, opens now in your browser."


# --- Review and send ---
def review_and_send(click: Click) -> None:
    """Ask what became of drafts and of mails nobody knows of; then send what the SENCo approves, and note what went."""
    post = _post(click)
    picked = _selected(click)
    words = [*_found_out(post), *_settled(click, post, picked), *_handed_over(click, post, picked), *_noted(click, post)]
    words += _mails(click, post)
    click.say(*words)


def _found_out(post: Post) -> Iterator[str]:
    """Settle the mail that a stopped run was sending. Where its way cannot be asked now, the rest can be done all the same."""
    try:
        find_out(post)
    except CannotDo as why:
        yield f"What became of the mail that was being sent when a run stopped is not known yet. {why}"


def _settled(click: Click, post: Post, picked: Sequence[str] | None) -> Iterator[str]:
    """What the SENCo says of drafts, and of mails of which nobody knows whether they went."""
    yield from recall_or_say(post, lambda: post.register(*click.register()))
    entries = everything(post)
    drafts = _meant(entries, picked, State.DRAFTED)
    if drafts and click.ask(_about_drafts(drafts)):
        yield f"{counted(len(decide(post, _these(drafts), sent=True)), 'draft')} noted as sent."
    for entry in _meant(entries, None, State.RECALLED, State.UNSURE):
        went = click.ask_if_known(_about_unsure(entry) if entry.state is State.UNSURE else _about_recalled(entry))
        if went is not None:
            decide(post, _these([entry]), sent=went)
            yield f"{_who(entry)}: noted as {'sent' if went else 'not sent; Mails for selected prepares what may go'}."


def _about_drafts(drafts: Sequence[Entry]) -> str:
    return (
        f"{counted(len(drafts), 'draft')} {'was' if len(drafts) == 1 else 'were'} made, for you to send in your mail program:\n\n{_names(drafts)}\n\n"
        f"Have you sent {'it' if len(drafts) == 1 else 'them all'}? With Yes this is noted in Communications, and the workbook is saved. "
        f"With No everything stays as it is. {ONLY_SOME if len(drafts) > 1 else ''}"
    ).rstrip()


def _about_unsure(entry: Entry) -> str:
    when = f" on {entry.settled:%d/%m/%Y at %H:%M}" if entry.settled else ""
    return (
        f"It is not known whether the mail about {_who(entry)} ({entry.address}) went{when}. {entry.told}\n\n"
        "Did it go? Look in your mail program, under Sent, or ask. Yes: it went. No: it did not. Cancel: that is not known yet."
    )


def _about_recalled(entry: Entry) -> str:
    return (
        f"The draft about {_who(entry)} ({entry.address}) must not be sent any more. {entry.told}\n\nIf it lies in your mail program, delete it there. "
        "Did it go before? Yes: it went. No: it did not, and is deleted. Cancel: that is not known yet."
    )


def _handed_over(click: Click, post: Post, picked: Sequence[str] | None) -> Iterator[str]:
    """Send what the SENCo approves, with what was approved before. Nothing, where the answer is no."""
    entries = everything(post)
    shown = _shown(post, entries) if picked is None else picked
    new, before = _meant(entries, shown, State.PREPARED), _meant(entries, None, State.APPROVED)
    hidden = len(_meant(entries, None, State.PREPARED)) - len(new) if picked is None else 0
    yield from _not_shown(hidden)
    if not new and not before:
        yield "Nothing was sent." if hidden else _nothing(entries, picked)
    elif click.ask(_about_sending(post, new, before)):
        yield from _sent(click, post, new)
    else:
        yield "Nothing was sent."


def _shown(post: Post, entries: Sequence[Entry]) -> list[str]:
    """The marks of the mails that were shown to who is logged in; others somebody else has prepared in between."""
    hidden = unseen(post)
    return [e.ref for e in entries if e.ref not in hidden]


def _not_shown(number: int) -> Iterator[str]:
    if number:
        wait = "waits and was" if number == 1 else "wait and were"
        yield (
            f"{counted(number, 'mail')} {wait} not shown to you yet (somebody else prepared mails, or a click was broken off). "
            "Click Mails for all to see what waits."
        )


def _nothing(entries: Sequence[Entry], picked: Sequence[str] | None) -> str:
    if picked is not None and (waiting := _meant(entries, None, State.PREPARED)):
        return f"None of the selected mails waits to be sent; {counted(len(waiting), 'other')} on the sheet {MAILS} {'does' if len(waiting) == 1 else 'do'}."
    return "No mail waits to be sent. Click Mails for all, or select pupils and click Mails for selected."


def _about_sending(post: Post, new: Sequence[Entry], before: Sequence[Entry]) -> str:
    way, mails = post.way(), [*new, *before]
    people = len({e.address.casefold() for e in mails})
    doing = "Make drafts of" if way.drafts else "Send"
    earlier = f"\n\n{len(before):,} of them {'was' if len(before) == 1 else 'were'} approved before, and not gone yet."
    then = (
        "Nothing leaves the school until you send each draft."
        if way.drafts
        else "Sent mails are noted in Communications, and the workbook is saved."
    )
    return (
        f"{doing} {counted(len(mails), 'mail')} to {counted(people, 'person', 'people')}, as they are shown in “{post.page.name}”?"
        f"{earlier if before else ''}\n\nWith Yes they are {way.where}. {then}"
    )


def _sent(click: Click, post: Post, new: Sequence[Entry]) -> Iterator[str]:
    """Hand over. The register is read now, as a question can stand open for long. What stops the run is said; what went before it stays noted."""
    try:
        book, unread = click.register()
        posted = approve_and_send(post, book, unread, _these(new), _user(click.app), _watched(click), approve=bool(new))
    except Exception as error:
        yield f"{in_words(error)} Click Sent log to see what has gone; nothing goes twice."
        return
    yield from outcome_in_excel(posted.sent, posted.where, posted.drafts, posted.entries)


def _watched(click: Click) -> Reread:
    """Reads the register again when pupils or contacts have changed: others may have an online workbook open, and a run takes minutes."""
    seen = [_people(click)]

    def reread() -> "tuple[Book, Sequence[Problem]] | None":
        now = _people(click)
        if now == seen[0]:
            return None
        seen[0] = now
        return click.register()

    return reread


def _people(click: Click) -> list[Any]:
    """What stands in the two tables that say who may get a mail, in one call each."""
    from sendbook.workbook.live.read import find_table

    tables = (find_table(click.book, name) for name in (Pupil.table, Contact.table))
    return [table.range.value if table is not None else None for table in tables]


def _user(app: Any) -> str:
    """Who approves: as Excel's options say, else who is logged in."""
    from sendbook.workbook.live.own_words import user_name

    return user_name(app) or logged_in()


# --- Withdraw mails, Sent log ---
def withdraw(click: Click) -> None:
    """Take mails back that have not gone; drafts only where their rows are selected."""
    post = _post(click)
    picked = _selected(click)
    entries = everything(post)
    waiting = _meant(entries, picked, *WAITING)
    drafts = [] if picked is None else _meant(entries, picked, State.DRAFTED, State.RECALLED)
    if not waiting and not drafts:
        raise CannotDo(f"No mail {'waits' if picked is None else 'that is selected waits'}, so there is none to take back.")
    words = [*_taken_back(click, post, waiting), *_thrown_away(click, post, drafts)]
    if words:
        click.say(*words, *_mails(click, post))


def _taken_back(click: Click, post: Post, waiting: Sequence[Entry]) -> Iterator[str]:
    question = f"Take {counted(len(waiting), 'mail')} back, so that they are not sent?\n\n{_names(waiting)}"
    if waiting and click.ask(question):
        number = take_back(post, _these(waiting))
        yield f"{counted(number, 'mail')} taken back. Mails for all, or Mails for selected, prepares them again."


def _thrown_away(click: Click, post: Post, drafts: Sequence[Entry]) -> Iterator[str]:
    them, count = ("it", "it counts") if len(drafts) == 1 else ("them", "they count")
    question = (
        f"{counted(len(drafts), 'selected mail')} {'lies as a draft' if len(drafts) == 1 else 'lie as drafts'}:\n\n{_names(drafts)}\n\n"
        f"Have you deleted {them} in your mail program, without sending {them}? Sendbook cannot do that there. With Yes {count} as not sent."
    )
    if drafts and click.ask(question):
        yield f"{counted(len(decide(post, _these(drafts), sent=False)), 'draft')} noted as not sent."


def show_log(click: Click) -> None:
    """Draw every mail that there was."""
    post = _post(click)
    noted = [*_noted(click, post)]
    entries = everything(post)
    click.say(*_drawn(click, LOG, lambda: log_sheet(entries)), *noted)
