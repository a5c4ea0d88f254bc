"""Parents, carers and others: who may have a pupil's papers, and how they are reached."""

import re
from datetime import date

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.when import age
from sendbook.checks.wording import counted
from sendbook.law import figure
from sendbook.tables import Communication, Contact, Pupil, School, Staff, name_key, shown

subject = Subject("contacts")

GDPR = "UK GDPR art 5(1)(f); ICO guidance on disclosure by email"
EMAILS = ((Contact, "email"), (Staff, "email"), (School, "senco_email"))

_SOCIAL_WORKER = re.compile(r"(?:(?:la|local authority|child's|child’s|duty|allocated|senior) )?social worker")
EMAIL = re.compile(r"(?!\.|.*\.\.)[^\s@,;:<>()\[\]\\\"]+(?<!\.)@(?:[^\s@.,;<>()\[\]\"]+\.)+[^\s@.,;<>()\[\]\"\d]{2,}")


def can_receive(contact: Contact) -> bool:
    """Whether the pupil's summary goes to this person: marked to receive, with parental responsibility, not restricted."""
    return bool(contact.receives_summaries and contact.parental_responsibility and not contact.restricted)


def _relation(contact: Contact) -> str:
    return name_key(contact.relationship)


def is_young_person(contact: Contact) -> bool:
    """Whether this is the pupil's own row: from 16 the young person is asked, and may get their papers themselves."""
    return _relation(contact) in ("young person", "self", "pupil")


def is_social_worker(contact: Contact) -> bool:
    """Whether this is the pupil's social worker: not a former one, nor a mother who is one."""
    return bool(_SOCIAL_WORKER.fullmatch(_relation(contact)))


def wants_password(contact: Contact) -> bool:
    """Whether this person's papers go by email, but open only with a password."""
    return name_key(contact.format) == "email with password"


def wants_email(contact: Contact) -> bool:
    """Whether this person prefers email, with a password or without."""
    return name_key(contact.format) == "email" or wants_password(contact)


@subject.rule(
    "CON01",
    Contact,
    "receives_summaries",
    "restricted",
    when="restricted",
    severity=ERROR,
    todo="Set Receives summaries to No while the restriction stands.",
    source=GDPR,
)
def restricted_receives(row: Contact, ctx: Context) -> str | None:
    """A contact with a restriction is marked to receive summaries."""
    return (
        f"{row.name or 'This contact'} has a contact restriction, but is marked to receive summaries."
        if row.restricted and row.receives_summaries
        else None
    )


def _of_looked_after(row: Contact, ctx: Context) -> bool:
    """Whether this is a looked-after child's social worker, who gets the summary as such."""
    pupil = ctx.book.pupil(row.pupil) if is_social_worker(row) else None
    return bool(pupil and pupil.looked_after)


@subject.rule(
    "CON02",
    Contact,
    "receives_summaries",
    "parental_responsibility",
    severity=QUERY,
    todo="Set it to No, or put right Parental responsibility. A carer may be a parent in education law: then ask who may have it.",
    source="Children Act 1989 s3; Education Act 1996 s576",
)
def no_responsibility(row: Contact, ctx: Context) -> str | None:
    """A contact without parental responsibility is marked to receive summaries."""
    clash = row.receives_summaries and row.parental_responsibility is False and not is_young_person(row) and not _of_looked_after(row, ctx)
    return f"{row.name or 'This contact'} is marked to receive summaries, but has no parental responsibility." if clash else None


_ALL = "is marked to, has parental responsibility and no restriction"
_NOT_ALL = "is not marked to, has no parental responsibility, or has a restriction"


@subject.rule(
    "CON03",
    Pupil,
    "surname",
    severity=QUERY,
    todo="Add a parent in Contacts, or mark one to receive summaries.",
    source="SEND Code of Practice 2015, 6.64 to 6.71",
)
def nobody_receives(row: Pupil, ctx: Context) -> str | None:
    """No contact of a pupil with SEN receives summaries."""
    if not row.has_sen or not ctx.on_roll(row) or not ctx.book.contacts or any(map(can_receive, ctx.book.contacts_of(row))):
        return None
    if not (known := len(ctx.book.contacts_of(row))):
        return f"Nobody receives {row.name}'s summary: no contact is known."
    whose = "the one contact" if known == 1 else f"none of {known} contacts"
    return f"Nobody receives {row.name}'s summary: {whose} {_NOT_ALL if known == 1 else _ALL}."


@subject.values(
    "CON04",
    *EMAILS,
    severity=ERROR,
    todo="Type the address and nothing else, no name before it: name@school.example.",
    source=GOOD_PRACTICE,
)
def email_form(value: str, ctx: Context) -> str | None:
    """An email address cannot be right."""
    if value.count("@") > 1 or EMAIL.fullmatch(value):
        return None
    return f"“{shown(value)}” is not an email address."


@subject.values("CON05", *EMAILS, severity=ERROR, todo="Keep one address; give the second person a row of their own.", source=GDPR)
def email_two(value: str, ctx: Context) -> str | None:
    """A cell holds more than one email address."""
    return f"“{shown(value)}” holds more than one address; each person must get their own copy." if value.count("@") > 1 else None


@subject.rule(
    "CON06",
    Contact,
    "email",
    "receives_summaries",
    "address",
    severity=QUERY,
    todo="Type an email or postal address.",
    source=GOOD_PRACTICE,
)
def unreachable(row: Contact, ctx: Context) -> str | None:
    """A contact is to receive summaries but has no email or address."""
    lost = can_receive(row) and not row.email and not row.address
    return f"{row.name or 'This contact'} is to receive summaries, but there is neither an email nor a postal address." if lost else None


@subject.rule(
    "CON07", Contact, "email", "format", severity=QUERY, todo="Type the email, or change the preferred format.", source=GOOD_PRACTICE
)
def email_preferred(row: Contact, ctx: Context) -> str | None:
    """A contact prefers email but has none."""
    lost = wants_email(row) and not row.email
    return f"{row.name or 'This contact'} prefers papers by {row.format}, but no email is known." if lost else None


@per_book
def _by_pupil_and_name(ctx: Context) -> dict[tuple[int, str], list[Contact]]:
    found: dict[tuple[int, str], list[Contact]] = {}
    for contact in ctx.book.contacts:
        if contact.name and (pupil := ctx.book.pupil(contact.pupil)):
            found.setdefault((pupil.row, name_key(contact.name)), []).append(contact)
    return found


@subject.rule("CON08", Contact, "name", severity=QUERY, todo="Delete one of the rows.", source=GOOD_PRACTICE)
def contact_twice(row: Contact, ctx: Context) -> str | None:
    """A pupil has the same contact twice."""
    pupil = ctx.book.pupil(row.pupil)
    same = _by_pupil_and_name(ctx).get((pupil.row, name_key(row.name)), []) if pupil else []
    other = next((c.row for c in same if c is not row), None)
    return f"{row.name} stands in row {other} too, for the same pupil." if other is not None else None


@per_book
def _restricted_emails(ctx: Context) -> dict[tuple[int, str], Contact]:
    barred = ((ctx.book.pupil(c.pupil), c) for c in ctx.book.contacts if c.restricted and c.email)
    return {(pupil.row, name_key(c.email)): c for pupil, c in barred if pupil}


@subject.rule(
    "CON09", Contact, "email", "restricted", severity=ERROR, todo="Ask the parent for an address that only they read.", source=GDPR
)
def shared_with_restricted(row: Contact, ctx: Context) -> str | None:
    """A parent's email is also that of a restricted contact of the pupil."""
    pupil = ctx.book.pupil(row.pupil) if row.email and can_receive(row) else None
    other = _restricted_emails(ctx).get((pupil.row, name_key(row.email))) if pupil else None
    if other is None:
        return None
    return f"{row.email} is also the address of {other.name or 'a contact'}, who has a contact restriction; the summary would reach them."


@subject.rule(
    "CON10", Contact, "email", severity=QUERY, todo="Check that it is the parent's own; leave it if the parent works here.", source=GDPR
)
def email_of_staff(row: Contact, ctx: Context) -> str | None:
    """A parent's email is that of a member of staff."""
    clash = row.email and name_key(row.email) in _staff_emails(ctx)
    return f"{row.email} is the address of a member of staff." if clash else None


@per_book
def _staff_emails(ctx: Context) -> set[str]:
    return {name_key(s.email) for s in ctx.book.staff if s.email} | ({name_key(ctx.book.school.senco_email)} - {""})


@subject.rule("CON11", Contact, "phone", severity=QUERY, todo="Check the number.", source=GOOD_PRACTICE)
def phone_short(row: Contact, ctx: Context) -> str | None:
    """A phone number has too few digits."""
    digits = sum(c.isdigit() for c in row.phone or "")
    return f"Phone {shown(row.phone)} has {counted(digits, 'digit')}; a full number has 10 or 11." if row.phone and digits < 10 else None


@subject.rule(
    "CON12",
    Pupil,
    "looked_after",
    when="looked_after",
    severity=QUERY,
    todo="Add the social worker in Contacts, with that relationship.",
    source="DfE statutory guidance, designated teacher for looked-after children",
)
def social_worker_missing(row: Pupil, ctx: Context) -> str | None:
    """A looked-after pupil has no social worker among the contacts."""
    if not row.looked_after or not ctx.on_roll(row) or any(map(is_social_worker, ctx.book.contacts_of(row))):
        return None
    return f"LAC is Yes for {row.name}, but no contact is a social worker."


@subject.rule(
    "CON13",
    Pupil,
    "born",
    severity=HINT,
    todo="Add the young person in Contacts with their own email.",
    source="Children and Families Act 2014 s83; SEND Code of Practice 2015, 8.13",
)
def young_person_missing(row: Pupil, ctx: Context) -> str | None:
    """A young person with SEN is not among their own contacts."""
    limit = ctx.book.school.young_person_age or figure("young_person_age", ctx.today).value
    if not row.has_sen or not row.born or not ctx.on_roll(row) or age(row.born, ctx.today) < limit:
        return None
    asked = any(map(is_young_person, ctx.book.contacts_of(row)))
    return (
        None if asked else f"{row.name} is {age(row.born, ctx.today)}: from {limit} the young person is asked, but has no row in Contacts."
    )


@subject.rule(
    "CON14",
    Communication,
    "followed_up",
    "follow_up_by",
    when="follow_up_by",
    severity=QUERY,
    todo="Do it, and type the date.",
    source=GOOD_PRACTICE,
)
def follow_up_late(row: Communication, ctx: Context) -> str | None:
    """Something promised to a family is overdue."""
    late = row.follow_up_by and row.follow_up_by < ctx.today and not row.followed_up
    return f"To be followed up by {shown(row.follow_up_by)}, and not done: {shown(row.subject or 'no subject')}." if late else None


@subject.rule(
    "CON15",
    Communication,
    "contact",
    when="contact",
    severity=QUERY,
    todo="Check what was shared; tell the designated safeguarding lead if it should not have been.",
    source=GDPR,
)
def spoke_to_restricted(row: Communication, ctx: Context) -> str | None:
    """A communication was with a contact who has a restriction."""
    pupil = ctx.book.pupil(row.pupil) if row.contact else None
    found = _by_pupil_and_name(ctx).get((pupil.row, name_key(row.contact)), []) if pupil else []
    return f"{row.contact} has a contact restriction." if any(c.restricted for c in found[:20]) else None


@subject.values(
    "CON16", (Communication, "date"), (Communication, "followed_up"), severity=ERROR, todo="Check the year.", source=GOOD_PRACTICE
)
def communication_in_future(value: date, ctx: Context) -> str | None:
    """A communication is dated in the future."""
    return f"{shown(value)} is still to come." if value > ctx.today else None


@per_book
def by_email(ctx: Context) -> int:
    """How many contacts get summaries and want them by email."""
    return sum(can_receive(c) and wants_email(c) for c in ctx.book.contacts)


@subject.rule(
    "CON17",
    School,
    "senco_email",
    "senco_phone",
    severity=HINT,
    todo="Type an email or a phone number.",
    source="SEND Regulations 2014, Schedule 1, item 4",
)
def senco_unreachable(row: School, ctx: Context) -> str | None:
    """Parents are told no way to reach the SENCo."""
    lost = not row.senco_email and not row.senco_phone and not by_email(ctx)  # where papers go by email, CON22 asks for more
    return "Summaries give parents neither an email nor a phone number of the SENCo." if lost else None


@subject.rule(
    "CON18",
    School,
    "sendiass",
    severity=HINT,
    todo="Type the name and contact of your area's SENDIASS.",
    source="SEND Regulations 2014, Schedule 1, item 11; Children and Families Act 2014 s32",
)
def sendiass_missing(row: School, ctx: Context) -> str | None:
    """Summaries do not say where independent advice is."""
    return "Summaries cannot tell parents where to get independent advice." if not row.sendiass else None
