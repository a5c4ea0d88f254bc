"""The steps of mailing that the front ends share: prepare, show, approve and send, take back, decide, log.

Each is given the register as it stands (closed or open) and works on the outbox beside the workbook.
"""

import getpass
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sendbook.mail.documents import Folder
from sendbook.mail.letter import Letters, sender_of
from sendbook.mail.log import rows_for, unlogged, without_row
from sendbook.mail.outbox import Entry, Outbox, State, open_outbox, outbox_path
from sendbook.mail.prepare import Mailing, Prepared, key_of, prepare, stopped
from sendbook.mail.recipients import LeftOut
from sendbook.mail.sending import Clock, Sent, recover, send
from sendbook.mail.settings import MailSettings
from sendbook.mail.sheet import OPEN, WORDS, names, sentence
from sendbook.mail.shown import Preview, ShownLeftOut, ShownMail
from sendbook.mail.way import Way
from sendbook.mail.ways import way_of
from sendbook.mail.ways.drafts import draft_files
from sendbook.steps import MakeBar, beside, checked_book, counting, read
from sendbook.summaries.doubts import doubts
from sendbook.tables import Book, Problem, Pupil
from sendbook.workbook.edits import TableEdits
from sendbook.workbook.safe import CannotDo, keep_copy, refuse_if_open, write_beside

ALL = "all"
Refs = Sequence[str]


@dataclass(frozen=True)
class Post:
    """What mailing needs to know of a workbook: its file, how this person's mail is set, the day, the time, progress bars.

    `summaries`: the folder of the summaries, where it is not the usual one.
    """

    path: Path
    settings: MailSettings
    today: date
    now: Callable[[], datetime]
    bar: MakeBar
    summaries: Path | None = None

    @property
    def drafts(self) -> Path:
        """The folder for drafts that are files."""
        return beside(self.path, "mail drafts", None, "")

    @property
    def page(self) -> Path:
        """The page that shows each mail as its reader gets it."""
        return beside(self.path, "mails to look at", None, ".html")

    @property
    def folder(self) -> Path:
        """Where the summaries lie."""
        return beside(self.path, "summaries", self.summaries, "")

    @property
    def outbox_path(self) -> Path:
        """The outbox's file."""
        own = self.settings.outbox_folder
        return outbox_path(self.path, Path(own) if own else None)

    @contextmanager
    def outbox(self) -> Iterator[Outbox]:
        """The workbook's outbox."""
        with open_outbox(self.outbox_path) as outbox:
            yield outbox

    def way(self) -> Way:
        """The way out that is set."""
        return way_of(self.settings, self.drafts)

    def mailing(self, book: Book, unread: Sequence[Problem], pupils: Sequence[Pupil]) -> Mailing:
        """What mails about these pupils are made from. `unread`: what was found as the book was read."""
        problems = checked_book(book, unread, self.today, self.bar)
        folder = Folder(self.folder, self.path.parent, doubts(book, pupils, problems, self.today).hold)
        letters = Letters(sender_of(book.school, self.settings.sender), self.path.parent)
        return Mailing(book, problems, self.today, folder, letters, self.way().most_bytes)


def refuse_another_school(outbox: Outbox, book: Book, path: Path) -> None:
    """Raise CannotDo where the outbox has mails and none is about a pupil of this register: two workbooks of one name would share it."""
    about = {e.upn for e in outbox.entries()}
    if about and about.isdisjoint(map(key_of, book.pupils)):
        raise CannotDo(
            f"The outbox {path.name} in {path.absolute().parent} has only mails about pupils who are not in this register, so it is another workbook's. "
            "Nothing was done. Give this workbook another name, or each workbook an outbox of its own: sendbook mail set outbox_folder="
        )


# --- prepare and show ---
@dataclass(frozen=True)
class Ready:
    """The outbox after mails were prepared: all that waits, and who gets none."""

    prepared: Prepared
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    page: Path


def prepare_mails(
    post: Post, book: Book, unread: Sequence[Problem], pupils: Sequence[Pupil], *, for_all: bool, again: bool = False
) -> Ready:
    """Bring the outbox to what should be about these pupils, and make the page that shows each mail. Nothing is sent."""
    mailing = post.mailing(book, unread, pupils)
    with post.outbox() as outbox:
        refuse_another_school(outbox, book, post.outbox_path)
        with counting(post.bar, len(pupils), "Mails") as advance:
            prepared = prepare(mailing, pupils, outbox, post.now(), advance, for_all=for_all, again=again)
        remove_settled_drafts(post, outbox)
        entries = outbox.entries(*OPEN)
        _write_page(post, book, outbox, entries, prepared.left_out)
        outbox.note_seen([e.ref for e in entries], logged_in())
    return Ready(prepared, entries, prepared.left_out, post.page)


def _write_page(post: Post, book: Book, outbox: Outbox, entries: Sequence[Entry], left_out: Sequence[LeftOut]) -> None:
    from sendbook.mail.preview import preview_page

    left = tuple(ShownLeftOut(*names(n), sentence(n.reason), n.todo) for n in left_out)
    shown = Preview(book.school.name or "", post.path.name, post.way().where, _Shown(post, outbox, entries), left)
    with write_beside(post.page) as new, new.open("w", encoding="utf-8") as file:
        file.writelines(preview_page(shown))


@dataclass(frozen=True)
class _Shown(Collection[ShownMail]):
    """The mails as their readers get them, each read out of the outbox as it is looked at: so many of them need no memory."""

    post: Post
    outbox: Outbox
    entries: Sequence[Entry]

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[ShownMail]:
        return (_shown(self.post, self.outbox, e) for e in self.entries)

    def __contains__(self, mail: object) -> bool:
        return any(mail == one for one in self)


def _shown(post: Post, outbox: Outbox, entry: Entry) -> ShownMail:
    from sendbook.mail.reading import read_mail

    mail = read_mail(outbox.message(entry.ref))
    return ShownMail(
        entry.ref, entry.pupil, entry.contact, entry.address, entry.reason, WORDS[entry.state], entry.changed, mail.sender, mail.reply_to, entry.subject,
        mail.text, mail.html, entry.language, mail.attachment, mail.attachment_bytes, _href(post, entry.document), entry.locked, entry.notes,
    )  # fmt: skip


def _href(post: Post, document: str) -> str:
    """The way from the page to the document, where it is a relative one."""
    from urllib.parse import quote

    path = post.folder / document
    return quote(path.relative_to(post.page.parent).as_posix()) if path.is_relative_to(post.page.parent) else ""


# --- approve and send ---
def logged_in() -> str:
    """Who is logged in to this computer, as the one who approves; “not known” where it does not say."""
    with suppress(Exception):  # which error it is depends on Python's version
        return getpass.getuser()
    return "not known"


def _to_approve(outbox: Outbox, refs: Refs) -> list[str]:
    """The marks of the mails that are meant. All: those that were shown to who is logged in, not what somebody else prepared in between."""
    meant = [e.ref for e in chosen(outbox.entries(), refs, (State.PREPARED,))]
    if list(refs) != [ALL]:
        return meant
    unseen = outbox.unseen(logged_in())
    shown = [ref for ref in meant if ref not in unseen]
    if meant and not shown:
        raise CannotDo(
            "The mails that wait were prepared by somebody else and not shown to you yet, so none was sent. Prepare them again and look at them first."
        )
    return shown


def chosen(entries: Sequence[Entry], refs: Refs, states: Sequence[State]) -> list[Entry]:
    """The mails in some states that are meant: all, or those named. Raises CannotDo for one that is not among them."""
    fit = {e.ref: e for e in entries if e.state in states}
    if list(refs) == [ALL]:
        return list(fit.values())
    wrong = [r for r in refs if r.upper() not in fit]
    if wrong:
        raise CannotDo(
            f"{', '.join(wrong)}: no mail of that name waits for this. Prepare the mails again to see which wait. Nothing was done."
        )
    return [fit[r.upper()] for r in refs]


@dataclass(frozen=True)
class Posted:
    """What became of a run of sending: the counts, the way in words, and how many mails wait still for approval."""

    sent: Sent
    where: str
    drafts: bool
    waiting: int


Reread = Callable[[], "tuple[Book, Sequence[Problem]] | None"]  # the register, where it has changed since it was read last


def approve_and_send(
    post: Post,
    book: Book,
    unread: Sequence[Problem],
    refs: Refs,
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
        if approve:
            outbox.approve(_to_approve(outbox, refs), by, post.now())
        entries = outbox.entries(State.APPROVED)
        sender = sender_of(book.school, post.settings.sender).address
        stops = _Stops(post, outbox, entries, book, unread, reread)
        apart = 0.0 if post.settings.way == "drafts" else 60 / post.settings.per_minute
        clock = Clock(post.now, time.monotonic, sleep, apart)
        with counting(post.bar, len(entries), "Sending") as advance:
            sent = send(outbox, way, entries, sender, stops, clock, advance)
        return Posted(sent, way.where, way.drafts, len(outbox.entries(State.PREPARED)))


class _Stops:
    """Which mails must not go any more, worked out anew just when the register has changed."""

    def __init__(self, post: Post, outbox: Outbox, entries: Sequence[Entry], book: Book, unread: Sequence[Problem], reread: Reread) -> None:
        self.post, self.outbox, self.entries, self.reread = post, outbox, entries, reread
        self.known = self._work_out(book, unread)

    def _work_out(self, book: Book, unread: Sequence[Problem]) -> Mapping[str, str]:
        concerned = {e.upn for e in self.entries}
        pupils = [p for p in book.pupils if key_of(p) in concerned]
        return stopped(self.post.mailing(book, unread, pupils), self.entries, self.outbox)

    def __call__(self) -> Mapping[str, str]:
        if (changed := self.reread()) is not None:
            self.known = self._work_out(*changed)
        return self.known


def watched(path: Path, read: Callable[[Path], "tuple[Book, Sequence[Problem]]"]) -> Reread:
    """Reads a closed workbook again when its file has changed."""
    seen = [_stamp(path)]

    def reread() -> "tuple[Book, Sequence[Problem]] | None":
        now = _stamp(path)
        if now == seen[0]:
            return None
        seen[0] = now
        return read(path)

    return reread


def _stamp(path: Path) -> tuple[int, int, int]:
    try:
        found = path.stat()
    except OSError as error:
        raise CannotDo(f"{path.name} is not there any more, so no more mails go. Put it back, then go on with “--resume”.") from error
    return found.st_mtime_ns, found.st_size, found.st_ino


# --- take back, decide ---
def find_out(post: Post) -> None:
    """Settle the mail that a run was handing over when it was stopped, as far as the way out can tell."""
    if any(e.state is State.SENDING for e in everything(post)):
        with post.outbox() as outbox, post.way() as way:
            recover(outbox, way, post.now())


def withdraw(post: Post, refs: Refs) -> int:
    """Take mails back that have not gone. How many."""
    with post.outbox() as outbox:
        meant = chosen(outbox.entries(), refs, (State.PREPARED, State.APPROVED))
        return outbox.withdraw([e.ref for e in meant], "taken back by hand", post.now())


def decide(post: Post, refs: Refs, *, sent: bool) -> int:
    """What a person says of drafts and of mails that nobody knows of: they went, or they did not. How many."""
    with post.outbox() as outbox:
        meant = chosen(outbox.entries(), refs, (State.DRAFTED, State.UNSURE))
        number = outbox.decide([e.ref for e in meant], sent, post.now())
        remove_settled_drafts(post, outbox)
        return number


def remove_settled_drafts(post: Post, outbox: Outbox) -> None:
    """Take away the files of drafts that went, or shall not go: whoever opened such a file could send it once more."""
    settled = {e.ref for e in outbox.entries(State.SENT, State.WITHDRAWN, State.FAILED)}
    for path in draft_files(post.drafts, settled):
        with suppress(OSError):  # open in the mail program: the next run takes it away
            path.unlink()


# --- Communications ---
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


def unseen(post: Post) -> frozenset[str]:
    """The marks of the mails that were not shown to who is logged in."""
    if not post.outbox_path.exists():
        return frozenset()
    with post.outbox() as outbox:
        return outbox.unseen(logged_in())


def everything(post: Post) -> tuple[Entry, ...]:
    """Every mail in the outbox."""
    if not post.outbox_path.exists():
        return ()
    with post.outbox() as outbox:
        return outbox.entries()


def into_closed(path: Path, stamp: datetime) -> Callable[[TableEdits], None]:
    """Writes rows into a closed workbook, of which a copy is kept. Raises CannotDo where it is open elsewhere."""

    def write(edits: TableEdits) -> None:
        from sendbook.workbook.patch import patch_table

        refuse_if_open(path)
        with write_beside(path) as new:
            patch_table(path, new, edits)
            keep_copy(path, stamp, "sending")

    return write


# --- demo ---
def demo_mails(folder: Path, bar: MakeBar) -> str:
    """Prepare the demo school's mails as if nobody had set mail up, and say what there is to look at. Nothing is sent."""
    from sendbook.demo.invent import DEFAULT_TODAY as TODAY
    from sendbook.demo.workbook import DEMO_NAME
    from sendbook.summaries.write import pupils_with_summary

    path = folder / DEMO_NAME
    book, unread = read(path, bar)
    post = Post(path, MailSettings(), TODAY, lambda: datetime.combine(TODAY, datetime.min.time()), bar)
    ready = prepare_mails(post, book, unread, pupils_with_summary(book, TODAY), for_all=True)
    counts = f"{len(ready.entries)} to look at, {len(ready.left_out)} times none; nothing is sent"
    return f"Mails:     {ready.page} ({counts}); what becomes of them is kept in {post.outbox_path.name}"
