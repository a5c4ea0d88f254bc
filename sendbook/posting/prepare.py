"""Preparing mails, and the page that shows each as its reader gets it. Nothing is sent."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sendbook.mail.outbox import WAITING, Entry, Outbox, State
from sendbook.mail.prepare import Prepared, prepare
from sendbook.mail.recipients import LeftOut
from sendbook.mail.register import key_of
from sendbook.mail.settings import MailSettings
from sendbook.mail.sheet import OPEN, WORDS, in_order, names, sentence, to_look_at
from sendbook.mail.shown import Preview, ShownLeftOut, ShownMail
from sendbook.posting.adopt import adopt_outbox
from sendbook.posting.post import Post, logged_in, recall_drafts, refuse_another_school, remove_settled_drafts
from sendbook.steps import MakeBar, counting, read
from sendbook.tables import Book, Problem, Pupil
from sendbook.workbook.safe import CannotDo, write_beside


@dataclass(frozen=True)
class Ready:
    """The outbox after mails were prepared: what waits, and who gets none. `others`: how many more wait, about pupils that were not asked for."""

    prepared: Prepared
    entries: tuple[Entry, ...]
    left_out: tuple[LeftOut, ...]
    page: Path
    others: int
    said: tuple[str, ...]


def prepare_mails(
    post: Post,
    book: Book,
    unread: Sequence[Problem],
    pupils: Sequence[Pupil],
    *,
    for_all: bool,
    again: bool = False,
    show_all: bool = True,
) -> Ready:
    """Bring the outbox to what should be about these pupils, and make the page that shows each mail. Nothing is sent.

    `show_all`: all mails that wait are shown, not just those about these pupils.
    """
    said = (*adopt_outbox(post, book), *of_synchronised(post.outbox_path))
    register = post.register(book, unread)
    recall_drafts(post, lambda: register)
    if not post.folder.is_dir():
        raise CannotDo(f"There is no folder {post.folder}, so there is no summary to send. Make the summaries first, and read them.")
    mailing = post.mailing(register, pupils)
    with post.outbox(new=True) as outbox:
        refuse_another_school(outbox, book, post.outbox_path)
        with counting(post.bar, len(pupils), "Mails") as advance:
            prepared = prepare(mailing, pupils, outbox, post.now(), advance, for_all=for_all, again=again)
        remove_settled_drafts(post, outbox)
        every = in_order(outbox.entries(*OPEN))
        upns = {key_of(p) for p in pupils}
        entries = tuple(e for e in every if show_all or e.upn in upns)
        _write_page(post, book, outbox, entries, prepared.left_out)
        outbox.note_seen([e.ref for e in entries], logged_in())
    return Ready(prepared, entries, prepared.left_out, post.page, len(every) - len(entries), said)


SYNCHRONISED = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")  # what Windows calls the folders that OneDrive keeps in step


def of_synchronised(outbox: Path) -> Iterator[str]:
    """What to know of an outbox in a folder that is kept in step between computers, each of which has a copy and a lock of its own."""
    roots = [Path(root).resolve() for name in SYNCHRONISED if (root := os.environ.get(name))]
    if any(outbox.resolve().is_relative_to(root) for root in roots):
        yield "The outbox lies in a folder that OneDrive keeps in step: send from this computer only, as another one's copy of it may be older."


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
        mail.text, mail.html, entry.language, mail.attachment, mail.attachment_bytes, _href(post, entry.document), entry.locked,
        goes=entry.state in WAITING, barred=entry.state is State.RECALLED, notes=to_look_at(entry),
    )  # fmt: skip


def _href(post: Post, document: str) -> str:
    """The way from the page to the document, where it is a relative one."""
    from urllib.parse import quote

    path = post.folder / document
    return quote(path.relative_to(post.page.parent).as_posix()) if path.is_relative_to(post.page.parent) else ""


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
