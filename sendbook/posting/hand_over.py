"""Approving mails and handing them over; each is stopped that the register would not give just so any more."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sendbook.mail.letter import sender_of
from sendbook.mail.outbox import Entry, Outbox, State
from sendbook.mail.prepare import stopped
from sendbook.mail.register import key_of
from sendbook.mail.sending import Clock, Sent, recover, send
from sendbook.posting.post import Meant, Post, logged_in, refuse_another_school
from sendbook.steps import counting
from sendbook.tables import Book, Problem
from sendbook.workbook.safe import CannotDo, cannot_read


def _to_approve(outbox: Outbox, meant: Meant) -> tuple[list[str], int]:
    """The marks of the mails that are meant, and how many are not, as they were never shown to who is logged in, who did not name them either."""
    refs = [e.ref for e in meant.among(outbox.entries(), (State.PREPARED,))]
    unseen = outbox.unseen(logged_in())
    shown = [ref for ref in refs if ref not in unseen or meant.names(ref)]
    if refs and not shown:
        raise CannotDo(
            "The mails that wait were not shown to you yet, so none was sent: somebody else prepared them, or a run was stopped. "
            "Prepare them again and look at them first."
        )
    return shown, len(refs) - len(shown)


@dataclass(frozen=True)
class Posted:
    """What became of a run of sending: the counts, the way in words, how many mails wait that were not shown to who approved, and all mails now."""

    sent: Sent
    where: str
    drafts: bool
    unseen: int
    entries: Sequence[Entry]


Reread = Callable[[], "tuple[Book, Sequence[Problem]] | None"]  # the register, where it has changed since it was read last


def approve_and_send(
    post: Post,
    book: Book,
    unread: Sequence[Problem],
    meant: Meant,
    by: str,
    reread: Reread,
    *,
    approve: bool = True,
    sleep: Callable[[float], None] = time.sleep,
) -> Posted:
    """Approve these mails and hand over all that are approved; with `approve` False only those that were before.

    Whatever the register would not give just so any more is stopped. `reread` is asked before each mail.
    """
    with post.outbox() as outbox, post.way() as way:
        refuse_another_school(outbox, book, post.outbox_path)
        recover(outbox, way, post.now())
        shown, unseen = _to_approve(outbox, meant) if approve else ([], 0)
        outbox.approve(shown, by, post.now())
        entries = [*filter(meant.is_about, outbox.entries(State.APPROVED))]
        sender = sender_of(book.school, post.settings.sender).address
        stops = _Stops(post, outbox, entries, book, unread, reread)
        apart = 0.0 if post.settings.way == "drafts" else 60 / post.settings.per_minute
        clock = Clock(post.now, time.monotonic, sleep, apart)
        with counting(post.bar, len(entries), "Sending") as advance:
            sent = send(outbox, way, entries, sender, stops, clock, advance)
        return Posted(sent, way.where, way.drafts, unseen, outbox.entries())  # here, as another run may have it next


class _Stops:
    """Which mails must not go any more, worked out anew just when the register has changed."""

    def __init__(self, post: Post, outbox: Outbox, entries: Sequence[Entry], book: Book, unread: Sequence[Problem], reread: Reread) -> None:
        self.post, self.outbox, self.entries, self.reread = post, outbox, entries, reread
        self.known = self._work_out(book, unread)

    def _work_out(self, book: Book, unread: Sequence[Problem]) -> Mapping[str, str]:
        concerned = {e.upn for e in self.entries}
        pupils = [p for p in book.pupils if key_of(p) in concerned]
        return stopped(self.post.mailing(self.post.register(book, unread), pupils), self.entries, self.outbox)

    def __call__(self) -> Mapping[str, str]:
        if (changed := self.reread()) is not None:
            self.known = self._work_out(*changed)
        return self.known


def watched(path: Path, read: Callable[[Path], "tuple[Book, Sequence[Problem]]"]) -> Reread:
    """Reads a closed workbook again when its file has changed. To be made before it is read first. Raises CannotDo where there is none."""
    try:
        seen = [_stamp(path)]
    except OSError as error:
        raise cannot_read(path, error) from error

    def reread() -> "tuple[Book, Sequence[Problem]] | None":
        try:
            now = _stamp(path)
        except OSError as error:
            raise CannotDo(f"{path.name} is not there any more, so no more mails go. Put it back, then go on with “--resume”.") from error
        if now == seen[0]:
            return None
        seen[0] = now
        return read(path)

    return reread


def _stamp(path: Path) -> tuple[int, int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size, found.st_ino
