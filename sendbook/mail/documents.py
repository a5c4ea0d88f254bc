"""Which PDF is a pupil's summary: found in the summaries' folder, and known to be what the register gives for that very pupil.

A file's name proves nothing: files are renamed, copied and left behind. So the summary is drawn once more, with the date that the
file gives of itself, and must come out the same to the byte; drawing is exact.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cache, partial
from io import BytesIO
from pathlib import Path

from sendbook.costing import Costing
from sendbook.summaries.files import stems
from sendbook.summaries.view import summary
from sendbook.summaries.write import HELD, write_summaries
from sendbook.tables import Book, Pupil
from sendbook.workbook.safe import CannotDo, cannot_read, scratch_for_documents

_MADE = re.compile(r"D:(\d{4})(\d{2})(\d{2})")
MAKE = "Make the summary again."


@dataclass(frozen=True, slots=True)
class Document:
    """A pupil's summary as it lies in the folder. `parts`: a digest of what each of its sections says, by the section's heading.

    `released`: it would be held back, but somebody has read it and taken it out of “Do not send yet”.
    """

    path: Path
    made: date
    sha256: str
    parts: Mapping[str, str]
    released: bool = False

    def pdf(self) -> bytes:
        """Its bytes. They are read again each time, so that many of them need no memory; CannotDo where they are others by now."""
        try:
            found = self.path.read_bytes()
        except OSError as error:
            raise cannot_read(self.path, error) from error
        if hashlib.sha256(found).hexdigest() != self.sha256:
            raise CannotDo(f"{self.path.name} changed while the mails were being looked through. Do this again. Nothing more was sent.")
        return found


@dataclass(frozen=True, slots=True)
class NoDocument:
    """Why a pupil has no summary to be sent, and what to do."""

    reason: str
    todo: str = MAKE


Known = Callable[[str, Mapping[str, str]], bool]  # whether a document of this digest and these parts was found right before


@dataclass(frozen=True)
class Folder:
    """The folder of the summaries, with the workbook's own, where logo and templates are. `hold`: rows of pupils to be held back."""

    summaries: Path
    beside: Path
    hold: Set[int] = frozenset()


def documents(
    book: Book, pupils: Sequence[Pupil], folder: Folder, known: Known, on_done: Callable[[], None]
) -> Mapping[int, Document | NoDocument]:
    """The summary of each pupil, or why there is none to send, by the pupil's row. `on_done` is called once for each pupil."""
    names = stems(book.pupils)
    costs = cache(partial(_costs, book))
    found: dict[int, Document | NoDocument] = {p.row: _found(book, p, folder, names[p.row], costs) for p in pupils}
    unsure: dict[date, list[Pupil]] = defaultdict(list)
    for pupil in pupils:
        document = found[pupil.row]
        if isinstance(document, Document) and not known(document.sha256, document.parts):
            unsure[document.made].append(pupil)
        else:
            on_done()
    for made, some in unsure.items():
        found |= _drawn_again(book, some, made, folder, found, on_done)
    return found


def _found(book: Book, pupil: Pupil, folder: Folder, stem: str, costs: Callable[[date], Mapping[int, int]]) -> Document | NoDocument:
    path = folder.summaries / f"{stem}.pdf"
    if (folder.summaries / HELD / path.name).exists():
        return NoDocument(
            f"the summary lies in “{HELD}”", "Put right what is said of it and make it again, or take it out once you have read it."
        )
    try:
        pdf = path.read_bytes()
    except FileNotFoundError:
        return NoDocument("there is no summary yet", "Make the summary first.")
    except OSError as error:
        return NoDocument(f"the summary cannot be read ({error.strerror})", "Close it in other programs, then do this again.")
    made = made_on(pdf)
    if made is None:
        return NoDocument("the summary's file was not made by Sendbook")
    return Document(path, made, hashlib.sha256(pdf).hexdigest(), parts(book, pupil, made, costs(made)))


def made_on(pdf: bytes) -> date | None:
    """The day that a PDF of ours says it was made; None for any other file."""
    import pikepdf

    try:
        with pikepdf.open(BytesIO(pdf)) as document:
            said = _MADE.match(str(document.docinfo.get("/CreationDate", ""))) if "/Info" in document.trailer else None
            return date(int(said[1]), int(said[2]), int(said[3])) if said else None
    except (pikepdf.PdfError, pikepdf.PasswordError, ValueError):  # neither of the first two is a kind of the other
        return None


def parts(book: Book, pupil: Pupil, made: date, costs: Mapping[int, int]) -> Mapping[str, str]:
    """A digest of what each section of the summary of that day says, by its heading."""
    made_now = summary(book, pupil, made, costs.get(pupil.row))
    said = {s.heading: repr(s) for s in made_now.sections} | {"the beginning": repr((made_now.heading, made_now.about, made_now.intro))}
    return {heading: hashlib.sha256(text.encode(errors="replace")).hexdigest()[:16] for heading, text in said.items()}


def _costs(book: Book, day: date) -> Mapping[int, int]:
    return Costing(book, day).spent if book.school.show_costs else {}


def _drawn_again(
    book: Book, pupils: Sequence[Pupil], made: date, folder: Folder, found: Mapping[int, Document | NoDocument], on_done: Callable[[], None]
) -> Iterator[tuple[int, Document | NoDocument]]:
    """Each pupil's document, where it is the same to the byte as the summary that the register gives for the day it was made."""
    with scratch_for_documents() as scratch:
        again = write_summaries(book, pupils, made, scratch, folder.beside, _costs(book, made), on_done, folder.hold)
        for pupil in pupils:
            yield pupil.row, _compared(found[pupil.row], again.by_row.get(pupil.row, ()), pupil.row in again.held)


def _compared(document: Document | NoDocument, again: Sequence[Path], held: bool) -> Document | NoDocument:
    if isinstance(document, NoDocument):
        return document
    if not again:
        return NoDocument("the summary could not be drawn again to be compared", "Make the summaries again, and read what is said of it.")
    if hashlib.sha256(again[0].read_bytes()).hexdigest() != document.sha256:
        return NoDocument("the register, or the look of the summaries, has changed since the summary was made")
    return Document(document.path, document.made, document.sha256, document.parts, released=held)
