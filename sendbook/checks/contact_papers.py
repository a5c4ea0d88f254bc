"""Papers by email: which passwords and addresses they can go with."""

import re

from sendbook.checks.contacts import EMAIL, GDPR, by_email, wants_password
from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.wording import counted
from sendbook.tables import Contact, School, name_key, shown
from sendbook.tables.names import name_words

subject = Subject("papers by email")

SHORTEST_PASSWORD = 8
_USUAL = (
    "password letmein welcome qwerty january february march april may june july august september october november december "
    "jan feb mar apr jun jul aug sept sep oct nov dec st nd rd th"
)


@subject.rule(
    "CON19",
    Contact,
    "document_password",
    "format",
    when="format",
    severity=ERROR,
    todo="Agree one by phone or face to face and type it, or change the preferred format.",
    source=GDPR,
)
def password_missing(row: Contact, ctx: Context) -> str | None:
    """A contact is to get papers by email with a password, but none is agreed."""
    lost = wants_password(row) and not row.document_password and row.receives_summaries and not row.restricted
    return f"{row.name or 'This contact'} prefers papers by {row.format}, but no password is agreed." if lost else None


def _guesses(row: Contact, ctx: Context) -> set[str]:
    """Words that anybody who knows the family would try first."""
    pupil = ctx.book.pupil(row.pupil)
    names = (pupil.surname, pupil.forename, pupil.known_as, pupil.known_surname, pupil.upn) if pupil else ()
    return set(name_words(" ".join([n for n in (_USUAL, row.name, row.email, ctx.book.school.name, *names) if n])))


def _is_guessable(password: str, guesses: set[str]) -> bool:
    """Whether nothing is left of a password without the guesses and all digits: a date of birth, a number, Amara2018."""
    rest = "".join(name_words(password))
    for word in sorted(guesses, key=len, reverse=True):
        rest = rest.replace(word, "")
    return not rest.strip("0123456789")


@subject.rule(
    "CON20",
    Contact,
    "document_password",
    when="document_password",
    severity=QUERY,
    todo="Agree a new one by phone or face to face: three words that have nothing to do with the family.",
    source="NCSC guidance on passwords: three random words",
)
def password_weak(row: Contact, ctx: Context) -> str | None:
    """A document password is short or easy to guess."""
    password = row.document_password or ""  # never in a message: those stand on sheets and screens
    if not password or not wants_password(row):
        return None
    if (size := len(password)) < SHORTEST_PASSWORD:
        return f"The document password has only {counted(size, 'character')}; it needs {SHORTEST_PASSWORD} or more."
    guessed = _is_guessable(password, _guesses(row, ctx))
    return "The document password is only names, dates, numbers or a usual word, which others may guess." if guessed else None


_ENCODED = re.compile(r"(?:^|\.)xn--", re.IGNORECASE)  # RFC 5890: other letters, written in English ones


@subject.values(
    "CON21",
    (Contact, "email"),
    (School, "senco_email"),
    severity=QUERY,
    todo="Use another address: this one gets no mail, as such letters can make one address look like another.",
    source=GDPR,
)
def email_letters(value: str, ctx: Context) -> str | None:
    """An email address has a letter that is not one of the English alphabet."""
    if not EMAIL.fullmatch(value):
        return None
    if _ENCODED.search(value.partition("@")[2]):
        return f"“{shown(value)}” stands for letters that are not of the English alphabet (xn--)."
    odd = next((c for c in value if not c.isascii()), None)
    what = f"“{odd}”" if odd and odd.isprintable() else "a character that cannot be seen"
    return f"“{shown(value)}” has {what} in it, which is no letter of the English alphabet." if odd else None


@subject.rule("CON22", School, "senco_email", severity=QUERY, todo="Type the SENCo's email: parents reply to it.", source=GOOD_PRACTICE)
def senco_email_missing(row: School, ctx: Context) -> str | None:
    """Contacts want papers by email, but the SENCo's email is missing."""
    wanting = 0 if row.senco_email else by_email(ctx)
    return (
        f"{counted(wanting, 'contact wants', 'contacts want')} papers by email, but nothing can be sent without the SENCo's email."
        if wanting
        else None
    )


@subject.rule(
    "CON23",
    Contact,
    "format",
    "document_password",
    when="document_password",
    severity=QUERY,
    todo="Choose “Email with password”, or delete the password.",
    source=GDPR,
)
def password_unused(row: Contact, ctx: Context) -> str | None:
    """A document password is typed, but the preferred format does not use it."""
    if not row.document_password or wants_password(row):
        return None
    return f"A document password is typed, but Preferred format is {shown(row.format or 'empty')}: the PDF would not be locked with it."


@per_book
def _first_at_address(ctx: Context) -> dict[tuple[int, str], Contact]:
    """By pupil and address: the first contact there. Those with a restriction are another rule's."""
    known = ((ctx.book.pupil(c.pupil), c) for c in reversed(ctx.book.contacts) if c.email and c.name and not c.restricted)
    return {(pupil.row, name_key(c.email)): c for pupil, c in known if pupil}


@subject.rule(
    "CON24",
    Contact,
    "email",
    "name",
    when="email",
    severity=HINT,
    todo="If it is one person, delete one of the rows; else ask each for an address of their own. Leave it if they share one knowingly.",
    source=GDPR,
)
def email_shared(row: Contact, ctx: Context) -> str | None:
    """Two contacts of a pupil with different names have the same email."""
    pupil = ctx.book.pupil(row.pupil) if row.name and not row.restricted else None
    first = _first_at_address(ctx).get((pupil.row, name_key(row.email))) if pupil else None
    if first is None or name_key(first.name) == name_key(row.name):
        return None
    return f"{shown(row.email)} is also the address of {first.name}, row {first.row}: each can read what the other is sent."
