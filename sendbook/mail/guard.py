"""A last look at the finished bytes of a mail: one reader, one document, and nothing of another pupil.

It goes by the bytes alone, as the reader will get them, and trusts nothing that was said of them before.
"""

import re
from collections.abc import Iterator, Set
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.utils import getaddresses
from io import BytesIO

from sendbook.mail.recipients import Recipient
from sendbook.summaries.privacy import OtherNames, names_another, rows_read
from sendbook.summaries.words import MONTHS
from sendbook.tables import Book, Contact, columns

_YEAR = r"(\d{4}|\d{2})\b"
_NUMBERS = re.compile(rf"\b(\d{{1,2}})\s*[/.-]\s*(\d{{1,2}})\s*[/.-]\s*{_YEAR}")
_ISO = re.compile(r"\b(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})\b")
_WORDS = re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?:\s+of)?[\s./-]*([A-Za-z]{{3,9}})[\s.,/-]*{_YEAR}")  # a line may end within a date
_WORDS_US = re.compile(rf"\b([A-Za-z]{{3,9}})\.?\s*(\d{{1,2}})(?:st|nd|rd|th)?[\s,]+{_YEAR}")
_COMMENT = re.compile(r"<!--(.*?)-->", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_MONTH = {name[:3].lower(): i for i, name in enumerate(MONTHS, 1)}


@dataclass(frozen=True)
class Others:
    """What must not be in a mail about another pupil: names, and dates of birth. Collected once for a run."""

    names: OtherNames
    born: Set[date]

    @classmethod
    def of(cls, book: Book) -> "Others":
        """All pupils of the book."""
        return cls(OtherNames.of(book), frozenset(p.born for p in book.pupils if p.born))


def astray(message: bytes, to: Recipient, book: Book, others: Others) -> str:
    """Why this mail must not go, in words that follow “not prepared, as ”; empty where nothing speaks against it."""
    mail = message_from_bytes(message)
    return next(filter(None, (_form(mail, to), *(_text(part, text, to, book, others) for part, text in _texts(mail, to)))), "")


def _form(mail: Message, to: Recipient) -> str:
    """One reader, one sender, one address for answers, and one attachment, which is a PDF."""
    readers = [address for name in ("to", "cc", "bcc") for _, address in getaddresses(mail.get_all(name, []))]
    if readers != [to.address]:
        return "it would not go to this one address alone"
    if any(len(getaddresses(mail.get_all(name, []))) != 1 for name in ("from", "reply-to")):
        return "it would not come from one address, or not be answered to one"
    attached = [part.get_content_type() for part in mail.walk() if part.get_content_disposition() == "attachment"]
    return "" if attached == ["application/pdf"] else "it does not have just the one document with it"


def _text(part: str, text: str, to: Recipient, book: Book, others: Others) -> str:
    own_name = "" if part == _DOCUMENT else to.contact.name or ""
    if names_another(text, to.pupil, others.names, own_name):
        return f"{part} has another pupil's name, or a UPN, in it"
    strange = dates_in(text) & others.born
    return f"{part} has another pupil's date of birth in it" if strange and strange - _own_dates(book, to) else ""


_DOCUMENT = "the document"


def _texts(mail: Message, to: Recipient) -> Iterator[tuple[str, str]]:
    """Every text that the reader, or a program of theirs, can see, with the part of the mail it is in."""
    yield (
        "the head of the mail",
        "\n".join(str(make_header(decode_header(value))) for name, value in mail.items() if name.lower() != "message-id"),
    )
    for part in mail.walk():
        kind = part.get_content_type()
        if name := part.get_filename():
            yield "the document's file name", name
        if kind == "application/pdf":
            yield _DOCUMENT, pdf_text(_content(part), to.password)
        elif kind == "text/html":
            yield "the letter", _page_text(_content(part).decode(errors="replace"))
        elif not part.is_multipart():
            yield "the letter", _content(part).decode(errors="replace")


def _content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _page_text(page: str) -> str:
    """All words of a page, those in its tags and comments too."""
    from lxml import html

    tree = html.fromstring(page)
    read_aloud = (value for part in tree.iter() for value in part.attrib.values())  # a picture's words, a title, a link
    return "\n".join(map(str, (*tree.itertext(), *read_aloud, *_COMMENT.findall(page))))


def pdf_text(pdf: bytes, password: str | None = None) -> str:
    """All words of a PDF: both kinds of its metadata, then each page."""
    import pikepdf
    import pypdfium2

    with pikepdf.open(BytesIO(pdf), password=password or "") as file:
        described = file.Root.Metadata.read_bytes().decode(errors="replace") if "/Metadata" in file.Root else ""
    with pypdfium2.PdfDocument(pdf, password=password) as document:
        pages = []
        for page in document:
            text = page.get_textpage()
            pages.append(text.get_text_bounded())
            text.close()
            page.close()
        return "\n".join([_TAG.sub("\n", described), *map(str, document.get_metadata_dict().values()), *pages])


def dates_in(text: str) -> set[date]:
    """Every date of this century that stands in a text, in figures (day first, or year first) or with the month's name."""
    found = [(d, m, y) for d, m, y in _NUMBERS.findall(text)] + [(d, m, y) for y, m, d in _ISO.findall(text)]
    found += [(d, _MONTH.get(m[:3].lower(), 0), y) for d, m, y in _WORDS.findall(text)]
    found += [(d, _MONTH.get(m[:3].lower(), 0), y) for m, d, y in _WORDS_US.findall(text)]
    return set(filter(None, (_date(int(y), int(m), int(d)) for d, m, y in found)))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year if year > 99 else 2000 + year, month, day)  # pupils of today were born in this century
    except ValueError:
        return None


def _own_dates(book: Book, to: Recipient) -> set[date]:
    """The dates in the pupil's own rows: one of them may be another pupil's birthday by chance."""
    rows = [r for r in rows_read(book, to.pupil) if not isinstance(r, Contact)]
    return {v for row in rows for c in columns(type(row)) if isinstance(v := getattr(row, c.name), date)}
