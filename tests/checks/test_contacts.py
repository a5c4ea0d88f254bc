import pytest

from tests.checks.examples import Example, book, communication, contact, pupils, staff
from tests.make import SCHOOL, date


def contacts(*rows, **pupil):
    return pupils(pupil, contacts=[contact(**row) for row in rows or ({},)])


def said(**values):
    barred = contact(name="Mr P. Okafor", restricted=True, receives_summaries=False, email="p@mail.example")
    return pupils(contacts=[contact(), barred], communications=[communication(**values)])


FATHER = {"name": "Mr P. Okafor", "relationship": "Father"}
ADULT = {"born": date(2010, 3, 14), "year": "12"}

EXAMPLES = (
    Example(
        "CON01", "Contacts.receives_summaries 5", "Mrs N. Okafor", contacts({"restricted": True}),
        contacts({"restricted": True, "receives_summaries": False}),
    ),
    Example(
        "CON02", "Contacts.receives_summaries 5", "no parental responsibility", contacts({"parental_responsibility": False}),
        contacts({"parental_responsibility": False, "relationship": "Young person"}),
    ),
    Example("CON03", "Pupils.surname 5", "the one contact is not marked", contacts({"receives_summaries": False}), contacts()),
    Example(
        "CON03", "Pupils.surname 5", "none of 2 contacts is", contacts({"receives_summaries": False}, FATHER | {"receives_summaries": False}), contacts()
    ),
    Example("CON03", "Pupils.surname 5", "no contact is known", contacts({"pupil": "X800000000000"}), contacts()),
    Example("CON04", "Contacts.email 5", "n.okafor@mail", contacts({"email": "n.okafor@mail"}), contacts({"email": "n.o'kafor+home@mail.example.co.uk"})),
    Example("CON04", "School.senco_email ", "senco at school", book(school=SCHOOL | {"senco_email": "senco at school"}), book()),
    Example("CON05", "Contacts.email 5", "a@b.example; c@d.example", contacts({"email": "a@b.example; c@d.example"}), contacts()),
    Example("CON06", "Contacts.email 5", "neither", contacts({"email": None}), contacts({"email": None, "address": "1 High Street"})),
    Example("CON07", "Contacts.email 5", "Email", contacts({"email": None, "format": "Email"}), contacts({"format": "Email"})),
    Example("CON08", "Contacts.name 6", "row 5", contacts({}, {"name": "mrs n. okafor"}), contacts({}, FATHER)),
    Example(
        "CON09", "Contacts.email 5", "Mr P. Okafor", contacts({}, FATHER | {"restricted": True, "receives_summaries": False}),
        contacts({}, FATHER | {"restricted": True, "receives_summaries": False, "email": "p@mail.example"}),
    ),
    Example("CON10", "Contacts.email 5", "n.okafor@mail.example", pupils(contacts=[contact()], staff=[staff(email="N.Okafor@mail.example")]), contacts()),
    Example("CON11", "Contacts.phone 5", "has 1 digit;", contacts({"phone": "ext. 7"}), contacts()),
    Example("CON11", "Contacts.phone 5", "567890", contacts({"phone": "567890"}), contacts({"phone": "+44 7700 900123"})),
    Example(
        "CON12", "Pupils.looked_after 5", "social worker", contacts({}, looked_after=True),
        contacts({}, {"name": "Ms Lee", "relationship": "Social worker"}, looked_after=True),
    ),
    Example(
        "CON13", "Pupils.born 5", "is 16", contacts({}, **ADULT), contacts({}, {"name": "Amara Okafor", "relationship": "Young person"}, **ADULT)
    ),
    Example("CON14", "Communications.followed_up 5", "09/11/2026", said(follow_up_by=date(2026, 11, 9)), said(follow_up_by=date(2026, 12, 9))),
    Example("CON15", "Communications.contact 5", "Mr P. Okafor", said(contact="Mr P. Okafor"), said()),
    Example("CON16", "Communications.date 5", "02/11/2027", said(date=date(2027, 11, 2)), said()),
    Example("CON17", "School.senco_email ", "neither", book(school=SCHOOL | {"senco_email": None}), book(school=SCHOOL)),
    Example("CON18", "School.sendiass ", "independent advice", book(), book(school=SCHOOL | {"sendiass": "Kent SENDIASS"})),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


@pytest.mark.parametrize(
    "address", ["a@b", "a b@c.example", "a@b..example", "@b.example", "a@.example", "a.b.example", "a@b.example.", "a@b.c0m"]
)
def test_what_is_not_an_email(address):
    found = contacts({"email": address})
    Example("CON04", "Contacts.email 5", address, found, contacts()).hold()
