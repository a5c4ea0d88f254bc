"""A workbook that was renamed keeps its outbox: with an empty one, mails would be made again that lie as drafts, or of which nobody knows."""

import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from sendbook.mail.outbox import glimpse, has_workbook, open_outbox, outbox_path, outboxes, stem_of
from sendbook.mail.register import key_of
from sendbook.posting.post import Post
from sendbook.steps import no_bar, read
from sendbook.tables import Book
from sendbook.workbook.safe import CannotDo, cannot_read, cannot_write, is_kept_copy, scratch_for_documents


def adopt_outbox(post: Post, book: Book) -> Iterator[str]:
    """Where the workbook was renamed in its folder, let its outbox, drafts and summaries go on under the new name; what was done, in words.

    It is known by the pupils that its mails are about, and only taken where no workbook of its own name is there any more. Raises
    CannotDo where it is not sure which one it is. Another folder for outboxes does not tell where their workbooks are: there it is only said.
    """
    new = post.outbox_path
    if new.exists():
        return
    beside = new.parent.resolve() == post.path.parent.resolve()
    orphans = [path for path in outboxes(new.parent) if not has_workbook(path, post.path.parent)]
    pupils = set(map(key_of, book.pupils))
    found = [path for path in orphans if (_is_of(path, book) if beside else not glimpse(path).isdisjoint(pupils))]
    names = ", ".join(path.name for path in found)
    if found and not beside:
        yield (
            f"The outbox {new.name} is new, and in {new.parent} there are mails about the same pupils in: {names}. If this workbook had that name before, "
            f"send nothing yet: delete {new.name}, give the old outbox its name, and prepare the mails again. Else some could go twice."
        )
    elif len(found) > 1:
        raise CannotDo(
            f"Nothing was done. This workbook has no outbox, and it may have had one of these before it was renamed: {names}. "
            f"Rename the one it had last to {new.name}, and put the others into another folder."
        )
    elif found:
        _refuse_twins(post, book, found[0])
        _rename(post, found[0])
        yield f"{names} goes on as {new.name}, as the workbook was renamed, and so do its drafts and summaries: what went before does not go again."
    else:
        yield from _of_copies(post, book)


def _refuse_twins(post: Post, book: Book, found: Path) -> None:
    """Raise CannotDo where another workbook in the folder may as well be the one that was renamed: renamed, then copied."""
    others = [
        path
        for path in sorted(post.path.parent.iterdir())
        if path.suffix.casefold() in (".xlsx", ".xlsm")
        and path.is_file()
        and not path.samefile(post.path)  # typed in small letters, Windows finds it too
        and not path.name.startswith(("~", "."))
        and not is_kept_copy(path)
        and not outbox_path(path).exists()
    ]
    if twins := [path.name for path in others if _has_pupils_of(path, book)]:
        raise CannotDo(
            f"Nothing was done. {found.name} belongs to a workbook that was renamed, and {post.path.name} and {', '.join(twins)} both hold "
            f"the pupils that its mails are about. Rename it to go with the workbook that goes on, for example to {post.outbox_path.name}; "
            "the other one begins with an empty outbox."
        )


def _has_pupils_of(path: Path, book: Book) -> bool:
    """Whether a workbook is a register of pupils of the book. A copy is read, as it may be open. Raises CannotDo where none can be made."""
    with scratch_for_documents() as folder:
        try:
            copy = Path(shutil.copyfile(path, folder / path.name))
        except OSError as error:
            raise cannot_read(path, error) from error
        try:
            other = read(copy, no_bar)[0]
        except CannotDo:  # no register
            return False
    return not set(map(key_of, other.pupils)).isdisjoint(map(key_of, book.pupils))


def _of_copies(post: Post, book: Book) -> Iterator[str]:
    """That another workbook's outbox has mails about the same pupils: one of the two is a copy, and begins with an empty outbox."""
    pupils = set(map(key_of, book.pupils))
    others = [
        path for path in outboxes(post.outbox_path.parent) if has_workbook(path, post.path.parent) and not glimpse(path).isdisjoint(pupils)
    ]
    if others:
        yield (
            f"This workbook has sent nothing yet, but there are mails about the same pupils in: {', '.join(p.name for p in others)}. "
            "If it is a copy of that workbook, what went, or lies as a draft, from there is not known here, and could go twice."
        )


def _is_of(path: Path, book: Book) -> bool:
    """Whether an outbox that may be taken has mails about pupils of the book. Raises CannotDo for one that is in use, or damaged."""
    with open_outbox(path) as outbox:
        return not {e.upn for e in outbox.entries()}.isdisjoint(map(key_of, book.pupils))


def _rename(post: Post, found: Path) -> None:
    """Its folders first: where this is stopped in between, the outbox is found again."""
    before = replace(post, path=post.path.with_stem(stem_of(found)))
    for old, new in ((before.drafts, post.drafts), (before.folder, post.folder), (found, post.outbox_path)):
        if old.exists() and not new.exists():
            try:
                old.rename(new)
            except OSError as error:
                raise cannot_write(old, error) from error
    with suppress(OSError):  # made anew in a moment, under the new name
        before.page.unlink()
