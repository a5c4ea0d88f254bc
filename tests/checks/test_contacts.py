import pytest

from sendbook.checks import check
from sendbook.checks.contacts import is_social_worker, is_young_person
from tests.checks.examples import BEN, Example, book, communication, contact, pupils, second, staff
from tests.make import SCHOOL, TODAY, date


def contacts(*rows, **pupil):
    return pupils(pupil, contacts=[contact(**row) for row in rows or ({},)])


def said(**values):
    barred = contact(name="Mr P. Okafor", restricted=True, receives_summaries=False, email="p@mail.example")
    return pupils(contacts=[contact(), barred], communications=[communication(**values)])


def locked(password, **values):
    return contacts({"format": "Email with password", "document_password": password} | values)


FATHER = {"name": "Mr P. Okafor", "relationship": "Father"}
WORKER = {"parental_responsibility": False, "relationship": "Social worker"}
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
    Example(
        "CON02", "Contacts.receives_summaries 5", "no parental responsibility", contacts(WORKER), contacts(WORKER, looked_after=True),
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
    Example("CON07", "Contacts.email 5", "Email with password", locked("river lamp cheese", email=None), locked("river lamp cheese")),
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
    Example("CON19", "Contacts.document_password 5", "no password is agreed", locked(None), locked("river lamp cheese")),
    Example("CON19", "Contacts.document_password 5", "Email with Password", locked(None, format="Email with Password "), contacts({"format": "Email"})),
    Example("CON19", "Contacts.document_password 5", "no password", locked(None), locked(None, receives_summaries=False)),
    Example("CON20", "Contacts.document_password 5", "only 7 characters", locked("ri!er 7"), locked("ri!er 78")),
    Example("CON20", "Contacts.document_password 5", "may guess", locked("Password"), contacts({"format": "Email", "document_password": "Password"})),
    Example("CON21", "Contacts.email 5", "“ö” in it", contacts({"email": "n.ökafor@mail.example"}), contacts({"email": "n.ökafor"})),
    Example("CON21", "Contacts.email 5", "“а” in it", contacts({"email": "n.okafor@mаil.example"}), contacts()),
    Example("CON21", "Contacts.email 5", "(xn--)", contacts({"email": "n.okafor@mail.xn--mnchen-3ya.example"}), contacts()),
    Example("CON21", "Contacts.email 5", "cannot be seen", contacts({"email": "n.okafor\u200b@mail.example"}), contacts()),
    Example("CON21", "School.senco_email ", "“é” in it", book(school=SCHOOL | {"senco_email": "senco@école.example"}), book()),
    Example(
        "CON22", "School.senco_email ", "1 contact wants", pupils(contacts=[contact(format="Email")], school=SCHOOL | {"senco_email": None}),
        pupils(contacts=[contact(format="Paper")], school=SCHOOL | {"senco_email": None}),
    ),
    Example("CON23", "Contacts.format 5", "Preferred format is Email: the PDF", locked("river lamp cheese", format="Email"), locked("river lamp cheese")),
    Example("CON23", "Contacts.format 5", "is empty: the PDF", locked("river lamp cheese", format=None), contacts({"format": "Email"})),
    Example("CON23", "Contacts.format 5", "is Paper", locked("river lamp cheese", format="Paper"), locked("x", format=" email with PASSWORD")),
    Example("CON24", "Contacts.email 6", "the address of Mrs N. Okafor, row 5", contacts({}, FATHER), contacts({}, FATHER | {"email": "p@mail.example"})),
    Example("CON24", "Contacts.email 6", "n.Okafor@", contacts({}, FATHER | {"email": "n.Okafor@mail.example"}), contacts({}, {"name": "mrs N.  Okafor"})),
    Example(
        "CON24", "Contacts.email 7", "row 5", contacts({}, {}, FATHER), contacts({}, FATHER | {"restricted": True, "receives_summaries": False})
    ),
    Example(
        "CON24", "Contacts.email 6", "row 5", contacts({}, FATHER),
        pupils({}, second(), contacts=[contact(), contact(pupil=BEN) | FATHER]),  # of two pupils: parents who share their care
    ),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


@pytest.mark.parametrize(
    "address",
    [
        "a@b", "a b@c.example", "a@b..example", "@b.example", "a@.example", "a.b.example", "a@b.example.", "a@b.c0m", ".a@b.example",
        "a.@b.example", "Jane Doe <jane@x.example>", "<jane@x.example>", "mailto:jane@x.example", "jane@x.example (work)",
    ],
)  # fmt: skip
def test_what_is_not_an_email(address):
    found = contacts({"email": address})
    Example("CON04", "Contacts.email 5", address, found, contacts()).hold()


@pytest.mark.parametrize(
    "password",
    [
        "Okafor Amara", "AMARA-OKAFOR", "mrs okafor", "Amara2018", "okafor123", "n.okafor@mail.example", "B801200005001", "b801 2000 0500 1", "14/03/2018",
        "2018-03-14", "14032018", "14 March 2018", "Mar 14th", "password", "Pass-word 1", "Password2026!", "Greenfield", "01234 567890", "!!!!!!!!",
        "Ámara 2018", 48271936,
    ],
)  # fmt: skip
def test_what_others_may_guess(password):
    said = [p.message for p in check(locked(password), (), TODAY) if p.rule == "CON20"]
    assert said == ["The document password is only names, dates, numbers or a usual word, which others may guess."]


@pytest.mark.parametrize("password", ["river lamp cheese", "Amara's blue kettle", "tin-otter-7", "МойСекрет", "18 candles"])
def test_what_others_may_not_guess(password):
    assert not [p for p in check(locked(password), (), TODAY) if p.rule in ("CON19", "CON20")]


@pytest.mark.parametrize(
    "given",
    [
        {"email": None},
        {"email": "Jane <jane@x.example>"},
        {"email": "a@b.example; c@d.example"},
        {"email": "ö"},
        {"email": "ö..a@x.example"},
        {"email": "ö@x.example"},
    ],
)
def test_one_rule_speaks_of_an_email_that_gets_no_mail(given):
    found = check(contacts({"format": "Email", "address": "1 High Street"} | given), (), TODAY)
    assert len([p for p in found if p.place.table == "Contacts" and p.place.heading == "Email"]) == 1


def test_one_rule_asks_for_the_sencos_email():
    for format_, rule in (("Email", "CON22"), ("Paper", "CON17")):
        found = check(pupils(contacts=[contact(format=format_)], school=SCHOOL | {"senco_email": None}), (), TODAY)
        assert [p.rule for p in found if p.place.heading == "SENCo email"] == [rule]


@pytest.mark.parametrize(
    ("relationship", "young", "social"), [("Young person", 1, 0), ("self", 1, 0), ("LA social worker", 0, 1), (None, 0, 0)]
)
def test_whose_row_it_is(relationship, young, social):
    row = contacts({"relationship": relationship}).contacts[0]
    assert (is_young_person(row), is_social_worker(row)) == (young, social)
