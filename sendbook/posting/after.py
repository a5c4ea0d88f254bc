"""What becomes of mails afterwards: taken back, said to have gone, noted in Communications."""

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from sendbook.mail.log import rows_for, unlogged, without_row
from sendbook.mail.outbox import SAID_NOT_SENT, SAID_SENT, WAITING, Entry, Outbox, State
from sendbook.mail.sending import recover
from sendbook.posting.post import Meant, Post, everything, refuse_another_school, remove_settled_drafts
from sendbook.tables import Book
from sendbook.workbook.edits import TableEdits
from sendbook.workbook.safe import CannotDo, keep_copy, refuse_if_open, write_beside


def find_out(post: Post) -> None:
    """Settle the mail that a run was handing over when it was stopped, as far as the way out can tell.

    Raises CannotDo where that way cannot be asked now; then nothing is changed.
    """
    if any(e.state is State.SENDING for e in everything(post)):
        with post.outbox() as outbox, post.way() as way:
            recover(outbox, way, post.now())


def withdraw(post: Post, meant: Meant) -> int:
    """Take mails back that have not gone. How many."""
    with post.outbox() as outbox:
        return outbox.withdraw([e.ref for e in meant.among(outbox.entries(), WAITING)], "taken back by hand", post.now())


def decide(post: Post, meant: Meant, *, sent: bool) -> list[str]:
    """What a person says of drafts and of mails that nobody knows of: they went, or they did not. The marks of those it is so of now.

    All that went are not those that must not be sent. By its mark such a draft is meant too, and a mail of which a person said
    otherwise before. Raises CannotDo for one that a way out said it took.
    """

    def by_name(entry: Entry) -> bool:
        slip = entry.told == SAID_NOT_SENT if sent else entry.state is State.SENT
        return entry.state is State.RECALLED or (slip and entry.state in (State.SENT, State.WITHDRAWN))

    with post.outbox() as outbox:
        entries = outbox.entries()
        found = meant.among(entries, (State.DRAFTED, State.UNSURE, *(() if sent else (State.RECALLED,))), by_name)
        if went := [e.ref for e in found if e.state is State.SENT and e.told != SAID_SENT]:
            raise CannotDo(f"{', '.join(went)}: went out for certain, so it cannot be said to have not gone. Nothing was done.")
        outbox.decide([e.ref for e in found], sent, post.now())
        _clear_place(outbox, [e for e in found if e.state is State.WITHDRAWN], entries, post.now())
        remove_settled_drafts(post, outbox)
        return [e.ref for e in found]


def _clear_place(outbox: Outbox, went: Sequence[Entry], entries: Sequence[Entry], now: datetime) -> None:
    """Mails that went after all: what was prepared anew in their place meanwhile must not go."""
    places = [(e.upn, e.address.casefold(), e.parts) for e in went]
    anew = [e for e in entries if (e.upn, e.address.casefold(), e.parts) in places]
    outbox.withdraw([e.ref for e in anew], "the same summary went to this person before", now)
    for entry in anew:
        outbox.recall(entry.ref, "The same summary went to this person before.")


def write_log(post: Post, read: Callable[[], Book], write: Callable[[TableEdits], None], keep: Callable[[], None] = lambda: None) -> int:
    """Write the rows of sent mails that have none yet into Communications. How many.

    `read`: the register as it stands now; `write`: into its workbook; `keep`: saves it, where writing alone does not. Only
    then does the outbox take the rows for written.
    """
    if not post.outbox_path.exists():
        return 0
    with post.outbox() as outbox:
        if not (waiting := unlogged(outbox)):
            return 0
        book = read()
        refuse_another_school(outbox, book, post.outbox_path)
        if entries := without_row(waiting, book):
            write(rows_for(entries, book))
        keep()
        outbox.mark_logged([e.ref for e in waiting])
        return len(entries)


def into_closed(path: Path, stamp: datetime) -> Callable[[TableEdits], None]:
    """Writes rows into a closed workbook, of which a copy is kept. Raises CannotDo where it is open elsewhere."""

    def write(edits: TableEdits) -> None:
        from sendbook.workbook.patch import patch_table

        refuse_if_open(path)
        with write_beside(path) as new:
            patch_table(path, new, edits)
            keep_copy(path, stamp, "sending")
            refuse_if_open(path)  # somebody may have opened it meanwhile, and would save over the rows

    return write
