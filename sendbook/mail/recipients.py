"""Who may get a pupil's summary by mail: one pure function of the book, the pupil and a date. Everybody else is left out, with the reason.

Sources: Children Act 1989 s3 (parental responsibility); Children and Families Act 2014 s83 (young people); UK GDPR
Article 5(1)(f). Whatever is not sure sends nothing.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
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


@dataclass(frozen=True)
class _Case:
    """What is asked of each contact of a pupil. `errors`: by row of Contacts, an error in it; `barred`: who is, or may be, barred for this pupil."""

    book: Book
    pupil: Pupil
    today: date
    errors: Mapping[int, Problem]
    barred: Sequence[Contact]

    @classmethod
    def of(cls, book: Book, pupil: Pupil, today: date, errors: Mapping[int, Problem]) -> "_Case":
        barred = [c for c in book.contacts if _may_be_barred(c, errors) and _may_be_about(book, c, pupil)]
        return cls(book, pupil, today, errors, barred)

    def has_been_asked(self) -> bool:
        """Whether the young person has a row of their own that can be trusted."""
        return any(is_young_person(c) and c.row not in self.errors for c in self.book.contacts_of(self.pupil))


_NO_ERRORS: Mapping[int, Problem] = {}


def recipients(book: Book, pupil: Pupil, today: date, errors: Mapping[int, Problem] = _NO_ERRORS) -> Recipients:
    """Who may get the pupil's summary on that day.

    `errors`: by row of Contacts, an error that the checks found in it; such a row gets nothing until it is put right, as what
    it says cannot be trusted.
    """
    case = _Case.of(book, pupil, today, errors)
    to: list[Recipient] = []
    left_out: list[LeftOut] = []
    contacts = book.contacts_of(pupil)
    if not contacts:
        left_out.append(LeftOut(pupil, None, "no contact is known", "Add a parent in Contacts."))
    for contact in contacts:
        try:
            to.append(_recipient(case, contact, to))
        except (_No, NotUsableError) as no:
            reason, todo = no.args if isinstance(no, _No) else (no.said, no.todo)
            left_out.append(LeftOut(pupil, contact, reason, todo))
    return Recipients(tuple(to), tuple(left_out))


def _recipient(case: _Case, contact: Contact, before: list[Recipient]) -> Recipient:
    """The contact as somebody who gets a mail. Raises _No or NotUsableError with the reason where they must not."""
    _refuse_barred(case, contact)
    if error := case.errors.get(contact.row):
        raise _No(f"this row of Contacts has an error at {error.place}: {error.message}", error.todo)
    reason = _reason(case, contact)
    _refuse_format(contact)
    check_name(contact.name, "the contact")
    check_name(case.pupil.first_name, "the pupil")
    address = one_address(contact.email)
    if any(name_key(r.contact.name) == name_key(contact.name) and r.address.casefold() == address.casefold() for r in before):
        raise _No("the same person stands in Contacts twice for this pupil", "Delete one of the rows.")
    return Recipient(case.pupil, contact, address, reason, contact.language or "English", _password(contact))


# --- who must never get anything ---
def _refuse_barred(case: _Case, contact: Contact) -> None:
    if contact.restricted:
        raise _No("has a contact restriction", "")
    others = [c for c in case.barred if c is not contact]
    if any(c.email and _reads(c.email, contact.email) for c in others):
        raise _No("the address is also that of somebody with a contact restriction", "Ask for an address that only they read.")
    if any(_same_name(c, contact) for c in others):
        raise _No(
            "somebody of the same name has a contact restriction", "If it is the same person, delete this row; else tell the names apart."
        )


def _same_name(one: Contact, other: Contact) -> bool:
    return bool(one.name) and name_key(one.name) == name_key(other.name)


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
def _reason(case: _Case, contact: Contact) -> str:
    kind = next((why for is_such, why in _KINDS if is_such(contact)), _as_parent)
    return kind(case, contact)


def _refuse_unmarked(contact: Contact) -> None:
    if not contact.receives_summaries:
        raise _No("is not marked to receive summaries", "")


def _as_young_person(case: _Case, contact: Contact) -> str:
    limit = asking_age(case.book, case.today)
    if not is_asked(case.book, case.pupil, case.today):
        raise _No(f"is the pupil, who is asked from {limit} on", "")
    _refuse_unmarked(contact)
    return f"the young person, who is asked from {limit} on; marked to receive summaries"


def _as_social_worker(case: _Case, contact: Contact) -> str:
    if not case.pupil.looked_after:
        raise _No("is a social worker, but the pupil is not marked as looked after", "If the pupil is, set LAC to Yes.")
    _refuse_unmarked(contact)
    return "the social worker of a looked-after child; marked to receive summaries"


def _as_parent(case: _Case, contact: Contact) -> str:
    _refuse_unmarked(contact)
    if not contact.parental_responsibility:
        raise _No("has no parental responsibility", "If they have, set it to Yes.")
    if is_asked(case.book, case.pupil, case.today) and not case.has_been_asked():
        raise _No(
            f"the pupil is {asking_age(case.book, case.today)} or older, or may be, and has to be asked first",
            "Ask, then add the pupil in Contacts as Young person. A date of birth settles who is younger.",
        )
    return f"{contact.relationship or 'contact'} with parental responsibility, marked to receive summaries"


_Kind = Callable[[_Case, Contact], str]
_KINDS: tuple[tuple[Callable[[Contact], bool], _Kind], ...] = ((is_young_person, _as_young_person), (is_social_worker, _as_social_worker))


# --- what somebody should look at ---
def worth_a_look(book: Book, to: Recipient, today: date) -> Iterator[str]:
    """What may be right in a mail that this person may get, and should be looked at all the same."""
    own = book.contacts_of(to.pupil)
    others = [c for c in own if c is not to.contact and not _same_name(c, to.contact)]
    if any(c.restricted and (_same_name(c, to.contact) or (c.email and _reads(c.email, to.address))) for c in book.contacts):
        yield "Somebody of this name, or with this address, has a contact restriction for another pupil: may this person get this summary?"
    if any(c.email and _reads(c.email, to.address) for c in others):
        yield "Another contact of this pupil has the same address."
    if to.contact.document_password and to.password is None:
        yield "A document password is typed, but the Preferred format is not “Email with password”: this PDF opens without one."
    if not to.is_pupil and is_asked(book, to.pupil, today) and any(is_young_person(c) and not c.receives_summaries for c in own):
        yield "The young person is marked to receive none: make sure that they agree to this mail."


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
