"""What mailing needs to know of a workbook, and which of its mails somebody means."""

import getpass
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sendbook.mail.documents import Folder
from sendbook.mail.letter import Letters, sender_of
from sendbook.mail.outbox import Entry, Outbox, State, open_outbox, outbox_path
from sendbook.mail.prepare import Mailing
from sendbook.mail.recall import recall
from sendbook.mail.register import Register, key_of
from sendbook.mail.settings import MailSettings
from sendbook.mail.sheet import WORDS
from sendbook.mail.way import Way
from sendbook.mail.ways import way_of
from sendbook.mail.ways.drafts import draft_files
from sendbook.steps import MakeBar, beside, checked_book
from sendbook.summaries.doubts import doubts, missing_parts
from sendbook.tables import Book, Problem, Pupil, upn_key
from sendbook.workbook.safe import CannotDo

ALL = "all"
DRAFTS = "mail drafts"  # what a folder for drafts is called, after its workbook
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
        return beside(self.path, DRAFTS, None, "")

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
    def outbox(self, *, new: bool = False) -> Iterator[Outbox]:
        """The workbook's outbox. Raises CannotDo where there is none and none may be made.

        Only preparing makes a `new` one, as it looks first whether the workbook has one from before it was renamed.
        """
        if not (new or self.outbox_path.exists()):
            raise CannotDo(
                f"There is no {self.outbox_path.name} in {self.outbox_path.absolute().parent}, so nothing was done. Prepare the mails first (Mails for all, "
                "or “sendbook send” with the workbook alone): if the workbook was renamed, that finds what became of its mails."
            )
        with open_outbox(self.outbox_path) as outbox:
            yield outbox

    def way(self) -> Way:
        """The way out that is set."""
        return way_of(self.settings, self.drafts)

    def register(self, book: Book, unread: Sequence[Problem]) -> Register:
        """The register as it stands. `unread`: what was found as the book was read."""
        return Register(book, checked_book(book, unread, self.today, self.bar), self.today)

    def mailing(self, register: Register, pupils: Sequence[Pupil]) -> Mailing:
        """What mails about these pupils are made from."""
        book, problems = register.book, register.problems
        folder = Folder(self.folder, self.path.parent, doubts(book, pupils, problems, self.today).hold)
        letters = Letters(sender_of(book.school, self.settings.sender), self.path.parent)
        return Mailing(book, problems, self.today, folder, letters, self.way().most_bytes)


def logged_in() -> str:
    """Who is logged in to this computer, as the one who approves; “not known” where it does not say."""
    with suppress(Exception):  # which error it is depends on Python's version
        return getpass.getuser()
    return "not known"


_INSTEAD = {  # what can be done with a mail in some state
    State.DRAFTED: "Where it went, say --was-sent; where you deleted it, --was-not-sent.",
    State.RECALLED: "Where you deleted it, say --was-not-sent; where it went, --was-sent.",
    State.WITHDRAWN: "Prepare the mails again: what may go gets a new mark.",
    State.FAILED: "Put right what is said of it, then prepare the mails again.",
}


@dataclass(frozen=True)
class Meant:
    """Which mails somebody means: all, or by their marks or pupils' UPNs. `about`: only mails about these pupils (None: about anybody)."""

    refs: Refs
    about: Collection[Pupil] | None = None

    def is_about(self, entry: Entry) -> bool:
        """Whether a mail is about one of the pupils."""
        return self.about is None or entry.upn in {key_of(p) for p in self.about}

    def among(
        self, entries: Sequence[Entry], states: Collection[State], by_name: Callable[[Entry], bool] = lambda entry: False
    ) -> list[Entry]:
        """Those of the mails in some states that are meant. `by_name`: which others are meant where their mark is given.

        (A UPN does not: it means all mails about a pupil, and so last year's too.) Raises CannotDo for a mark or UPN that finds none.
        """
        fit = [*filter(self.is_about, entries)]
        found = [self._of(ref, fit, states, by_name) for ref in self.refs]
        return list({e.ref: e for some in found for e in some}.values())

    def names(self, ref: str) -> bool:
        """Whether a mail is meant by its own mark."""
        return ref in map(str.upper, self.refs)

    def _of(self, ref: str, entries: Sequence[Entry], states: Collection[State], by_name: Callable[[Entry], bool]) -> list[Entry]:
        if ref.lower() == ALL:
            return [e for e in entries if e.state in states]
        named = [e for e in entries if ref.upper() == e.ref or upn_key(ref) == e.upn]
        if found := [e for e in named if e.state in states or (by_name(e) and self.names(e.ref))]:
            return found
        if marks := [e.ref for e in named if by_name(e)]:
            raise CannotDo(
                f"{ref}: say which mail you mean by its mark: {', '.join(marks)}. “sendbook send” with --log lists them. Nothing was done."
            )
        if named:
            raise CannotDo(
                f"{ref} {WORDS[named[-1].state]}. So this cannot be done with it. {_INSTEAD.get(named[-1].state, '')} Nothing was done."
            )
        raise CannotDo(
            f"{ref}: there is no mail with this mark, nor about a pupil with this UPN. “sendbook send” lists those that wait. Nothing was done."
        )


def everything(post: Post) -> tuple[Entry, ...]:
    """Every mail in the outbox."""
    if not post.outbox_path.exists():
        return ()
    with post.outbox() as outbox:
        return outbox.entries()


def unseen(post: Post) -> frozenset[str]:
    """The marks of the mails that were not shown to who is logged in."""
    if not post.outbox_path.exists():
        return frozenset()
    with post.outbox() as outbox:
        return outbox.unseen(logged_in())


def refuse_another_school(outbox: Outbox, book: Book, path: Path) -> None:
    """Raise CannotDo where the outbox has mails and none is about a pupil of this register: two workbooks of one name would share it."""
    about = {e.upn for e in outbox.entries()}
    if about and about.isdisjoint(map(key_of, book.pupils)):
        raise CannotDo(
            f"The outbox {path.name} in {path.absolute().parent} has only mails about pupils who are not in this register, so it is another workbook's. "
            "Nothing was done. Give this workbook another name, or each workbook an outbox of its own: sendbook mail set outbox_folder="
        )


def check_whose(post: Post, read: Callable[[], Book]) -> None:
    """Refuse another school's outbox before anything is done with it. Beside the workbook it is its own, and the register need not be read."""
    if post.settings.outbox_folder and post.outbox_path.exists():
        with post.outbox() as outbox:
            refuse_another_school(outbox, read(), post.outbox_path)


def remove_settled_drafts(post: Post, outbox: Outbox) -> None:
    """Take away the files of drafts that went, or shall not go: whoever opened such a file could send it once more.

    They are known by their marks, and may lie in a folder with the name that the workbook had before.
    """
    settled = {e.ref for e in outbox.entries(State.SENT, State.RECALLED, State.WITHDRAWN, State.FAILED)}
    for folder in post.path.parent.glob(f"* - {DRAFTS}"):
        for path in draft_files(folder, settled):
            with suppress(OSError):  # open in the mail program: the next run takes it away
                path.unlink()


def recall_or_say(post: Post, read: Callable[[], Register]) -> Iterator[str]:
    """`recall_drafts` before somebody says what became of them: that the register cannot be read now must not hinder that, and is said."""
    try:
        lost = recall_drafts(post, read)
        why = f"{lost.message} {lost.todo}" if lost else ""
    except CannotDo as error:
        why = str(error).replace(" Nothing was done.", "")  # that is not so: what somebody says of drafts is noted all the same
    if why:
        yield f"It was not looked whether a draft must not be sent any more. {why}"


def recall_drafts(post: Post, read: Callable[[], Register]) -> Problem | None:
    """Before anything else is done: drafts that must not be sent any more, as the register stands, say so, and their files go.

    `read`: the register, only where there are drafts. Raises CannotDo where that cannot be read, or is another school's; where
    nobody can tell, as a part of it is missing, nothing is done, and that part is given.
    """
    if not any(e.state is State.DRAFTED for e in everything(post)):
        return None
    register = read()
    if lost := register.lost or next((p for p in missing_parts(register.problems) if p.place.table == Pupil.table), None):
        return lost
    with post.outbox() as outbox:
        refuse_another_school(outbox, register.book, post.outbox_path)
        recall(register, outbox)
        remove_settled_drafts(post, outbox)
    return None
