"""Who may get a pupil's summary by mail: one pure function of the book, the pupil and a date. Everybody else is left out, with the reason.

Sources: Children Act 1989 s3 (parental responsibility); Children and Families Act 2014 s83 (young people); UK GDPR
Article 5(1)(f). Whatever is not sure sends nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sendbook.checks.contact_papers import SHORTEST_PASSWORD
from sendbook.checks.contacts import is_social_worker, is_young_person, wants_email, wants_password
from sendbook.checks.when import age
from sendbook.law import figure
from sendbook.mail.address import NotUsableError, check_name, one_address
from sendbook.tables import Book, Contact, Problem, Pupil, name_key

ENGLISH = "english"
YEARS_TO_AGE = 5  # a pupil of year 11 turns 16 in that school year


@dataclass(frozen=True, slots=True)
class Recipient:
    """One person who gets one mail about one pupil, and why. `password`: the PDF opens with it (None: it opens as it is)."""

    pupil: Pupil
    contact: Contact
    address: str
    reason: str
    language: str
    password: str | None = None

    @property
    def is_pupil(self) -> bool:
        """The young person, who is written to about themself."""
        return is_young_person(self.contact)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Somebody who gets no mail about a pupil, why, and what to do about it. Without a `contact` nobody gets any about that pupil."""

    pupil: Pupil | None
    contact: Contact | None
    reason: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Recipients:
    """Who gets a mail about a pupil and who does not: together all of the pupil's contacts, each once."""

    to: tuple[Recipient, ...] = ()
    left_out: tuple[LeftOut, ...] = ()


class _No(Exception):  # noqa: N818 - the name says the answer
    """This person gets nothing: the reason, and what to do."""


_NO_ERRORS: Mapping[int, Problem] = {}


def recipients(book: Book, pupil: Pupil, today: date, errors: Mapping[int, Problem] = _NO_ERRORS) -> Recipients:
    """Who may get the pupil's summary on that day.

    `errors`: by row of Contacts, an error that the checks found in it; such a row gets nothing until it is put right, as what
    it says cannot be trusted.
    """
    to: list[Recipient] = []
    left_out: list[LeftOut] = []
    contacts = book.contacts_of(pupil)
    if not contacts:
        left_out.append(LeftOut(pupil, None, "no contact is known", "Add a parent in Contacts."))
    for contact in contacts:
        try:
            to.append(_recipient(book, pupil, contact, today, errors, to))
        except (_No, NotUsableError) as no:
            reason, todo = no.args if isinstance(no, _No) else (no.said, no.todo)
            left_out.append(LeftOut(pupil, contact, reason, todo))
    return Recipients(tuple(to), tuple(left_out))


def _recipient(
    book: Book, pupil: Pupil, contact: Contact, today: date, errors: Mapping[int, Problem], before: list[Recipient]
) -> Recipient:
    """The contact as somebody who gets a mail. Raises _No or NotUsableError with the reason where they must not."""
    _refuse_barred(book, pupil, contact, errors)
    if error := errors.get(contact.row):
        raise _No(f"this row of Contacts has an error: {error.message}", error.todo)
    reason = _reason(book, pupil, contact, today)
    _refuse_format(contact)
    check_name(contact.name, "the contact")
    check_name(pupil.first_name, "the pupil")
    address = one_address(contact.email)
    if any(name_key(r.contact.name) == name_key(contact.name) and r.address.casefold() == address.casefold() for r in before):
        raise _No("the same person stands in Contacts twice for this pupil", "Delete one of the rows.")
    return Recipient(pupil, contact, address, reason, contact.language or "English", _password(contact))


# --- who must never get anything ---
def _refuse_barred(book: Book, pupil: Pupil, contact: Contact, errors: Mapping[int, Problem]) -> None:
    if contact.restricted:
        raise _No("has a contact restriction", "")
    barred = [c for c in book.contacts if c is not contact and _may_be_barred(c, errors) and _may_be_about(book, c, pupil)]
    if any(c.email and _reads(c.email, contact.email) for c in barred):
        raise _No("the address is also that of somebody with a contact restriction", "Ask for an address that only they read.")
    if any(c.name and name_key(c.name) == name_key(contact.name) for c in barred):
        raise _No(
            "somebody of the same name has a contact restriction", "If it is the same person, delete this row; else tell the names apart."
        )


def _may_be_barred(contact: Contact, errors: Mapping[int, Problem]) -> bool:
    """Whether there is a restriction, or may be: where the cell is empty and the row has an error, it could be what was not understood."""
    return bool(contact.restricted) or (contact.restricted is None and contact.row in errors)


_BETWEEN = re.compile(r"[\s,;:<>()\"/|]+")  # what stands between addresses, and round them, in a cell that should hold one


def _reads(cell: str, address: str | None) -> bool:
    """Whether somebody with this email cell reads the address: a cell may hold two, or a name too."""
    return bool(address) and name_key(address) in (name_key(cell), *map(name_key, _BETWEEN.split(cell)))


def _may_be_about(book: Book, contact: Contact, pupil: Pupil) -> bool:
    """Whether a row of Contacts is this pupil's, or may be: nobody can tell whose a row is that finds no one pupil."""
    found = book.pupil(contact.pupil)
    return found is None or found.row == pupil.row


# --- who gets it, and why ---
def _reason(book: Book, pupil: Pupil, contact: Contact, today: date) -> str:
    kind = next((why for is_such, why in _KINDS if is_such(contact)), _as_parent)
    return kind(book, pupil, contact, today)


def _refuse_unmarked(contact: Contact) -> None:
    if not contact.receives_summaries:
        raise _No("is not marked to receive summaries", "")


def _as_young_person(book: Book, pupil: Pupil, contact: Contact, today: date) -> str:
    limit = asking_age(book, today)
    if not is_asked(book, pupil, today):
        raise _No(f"is the pupil, who is asked from {limit} on", "")
    _refuse_unmarked(contact)
    return f"the young person, who is asked from {limit} on; marked to receive summaries"


def _as_social_worker(book: Book, pupil: Pupil, contact: Contact, today: date) -> str:
    if not pupil.looked_after:
        raise _No("is a social worker, but the pupil is not marked as looked after", "If the pupil is, set LAC to Yes.")
    _refuse_unmarked(contact)
    return "the social worker of a looked-after child; marked to receive summaries"


def _as_parent(book: Book, pupil: Pupil, contact: Contact, today: date) -> str:
    _refuse_unmarked(contact)
    if not contact.parental_responsibility:
        raise _No("has no parental responsibility", "If they have, set it to Yes.")
    limit = asking_age(book, today)
    if is_asked(book, pupil, today) and not any(is_young_person(c) for c in book.contacts_of(pupil)):
        raise _No(
            f"the pupil is {limit} or older, or may be, and has to be asked first",
            "Ask, then add the pupil in Contacts as Young person. A date of birth settles who is younger.",
        )
    return f"{contact.relationship or 'contact'} with parental responsibility, marked to receive summaries"


_Kind = Callable[[Book, Pupil, Contact, date], str]
_KINDS: tuple[tuple[Callable[[Contact], bool], _Kind], ...] = ((is_young_person, _as_young_person), (is_social_worker, _as_social_worker))


def asking_age(book: Book, today: date) -> int:
    """The age from which the young person is asked: the school's, or the law's."""
    return int(book.school.young_person_age or figure("young_person_age", today).value)


def is_asked(book: Book, pupil: Pupil, today: date) -> bool:
    """Whether the pupil has reached the age to be asked, or may have: without a date of birth the year group tells who cannot have."""
    limit = asking_age(book, today)
    if pupil.born:
        return age(pupil.born, today) >= limit
    return not _surely_younger(pupil.year, limit)


def _surely_younger(year: str | None, limit: int) -> bool:
    if not year:
        return False
    return not year.isdigit() or int(year) + YEARS_TO_AGE < limit


# --- how ---
def _refuse_format(contact: Contact) -> None:
    if contact.format and not wants_email(contact):
        raise _No(f"prefers another way: {contact.format}", "Give the summary that way.")


def _password(contact: Contact) -> str | None:
    if not wants_password(contact):
        return None
    if not contact.document_password:
        raise _No("wants the PDF with a password, but none is known", "Agree one by phone, and type it under Document password.")
    if len(contact.document_password) < SHORTEST_PASSWORD:
        raise _No(f"the document password has fewer than {SHORTEST_PASSWORD} characters", "Agree a longer one by phone.")
    return contact.document_password


def belonging_to_nobody(book: Book) -> Iterator[LeftOut]:
    """Rows of Contacts that are marked to receive summaries but are of no one pupil."""
    for contact in book.contacts:
        if contact.receives_summaries and book.pupil(contact.pupil) is None:
            yield LeftOut(None, contact, "it is not clear whose contact this is", "Choose the pupil again from the dropdown.")
