"""Who may get what: a table of cases, then families of every kind against the rule said once more in other words."""

from collections.abc import Iterator
from datetime import date
from itertools import product
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendbook.checks import check
from sendbook.mail.recipients import Recipients, asking_age, recipients, worth_a_look
from sendbook.tables import Book, Problem, Severity
from sendbook.tables.problems import Place
from tests.mail.office import AMARA, BILAL, child, parent, school
from tests.make import SCHOOL, TODAY, book

OLD = child(1, "Amara", born=date(2010, 3, 1), year="12")
YOUNG_PERSON = {"relationship": "Young person", "parental_responsibility": False, "name": "Amara Okafor", "email": "amara@mail.example"}


def who(contact: dict[str, Any] | None = None, *others: dict[str, Any], of: dict[str, Any] = AMARA, **tables: Any) -> Recipients:
    """Who gets the first pupil's summary, where the first contact is changed as given."""
    made = book(**({"pupils": [of, BILAL], "contacts": [parent(of) | (contact or {}), *others]} | tables))
    return recipients(made, made.pupils[0], TODAY)


def reasons(found: Recipients) -> list[str]:
    return [left.reason for left in found.left_out]


def test_a_parent_gets_it_with_the_reason():
    (one,) = who().to
    assert (one.address, one.contact.name, one.password, one.language) == ("n.okafor@mail.example", "Mrs N. Okafor", None, "English")
    assert one.reason == "Mother with parental responsibility, marked to receive summaries"


LEFT_OUT = (
    ({"restricted": True}, "has a contact restriction"),
    ({"restricted": True, "receives_summaries": False}, "has a contact restriction"),
    ({"receives_summaries": False}, "is not marked to receive summaries"),
    ({"receives_summaries": None}, "is not marked to receive summaries"),
    ({"parental_responsibility": False}, "has no parental responsibility"),
    ({"parental_responsibility": None}, "has no parental responsibility"),
    ({"email": None}, "no email is known"),
    ({"format": "Paper"}, "prefers another way: Paper"),
    ({"format": "Large print"}, "prefers another way: Large print"),
    ({"name": None}, "the contact has no name"),
    ({"format": "Email with password"}, "wants the PDF with a password, but none is known"),
    ({"format": "Email with password", "document_password": "short"}, "the document password has fewer than 8 characters"),
    (
        {"relationship": "Social worker", "parental_responsibility": False},
        "is a social worker, but the pupil is not marked as looked after",
    ),
    (YOUNG_PERSON, "is the pupil, who is asked from 16 on"),
)


@pytest.mark.parametrize(("contact", "reason"), LEFT_OUT, ids=[f"{i} {r[:30]}" for i, (_, r) in enumerate(LEFT_OUT)])
def test_everyone_else_is_left_out_with_the_reason(contact, reason):
    found = who(contact)
    assert (found.to, reasons(found)) == ((), [reason])


LOOKS = (
    ("nothing", {}, [], AMARA, ""),
    ("barred for a sibling", {}, [parent(BILAL, email="x@mail.example", restricted=True)], AMARA, "for another pupil"),
    ("an address barred elsewhere", {}, [parent(BILAL, "Mr X", "N.Okafor@mail.example, y@z.example", restricted=True)], AMARA, "for another pupil"),
    ("somebody else barred elsewhere", {}, [parent(BILAL, "Mr X", "x@mail.example", restricted=True)], AMARA, ""),
    ("one mailbox", {}, [parent(AMARA, "Mr P. Okafor", "N.OKAFOR@mail.example")], AMARA, "has the same address"),
    ("a password, not wanted", {"format": "Email", "document_password": "river lamp cheese"}, [], AMARA, "opens without one"),
    ("a password, wanted", {"format": "Email with password", "document_password": "river lamp cheese"}, [], AMARA, ""),
    ("a young person's no", {}, [parent(OLD, **YOUNG_PERSON | {"receives_summaries": False})], OLD, "make sure that they agree"),
    ("a young person's yes", {}, [parent(OLD, **YOUNG_PERSON)], OLD, ""),
)  # fmt: skip


@pytest.mark.parametrize(("contact", "others", "of", "look"), [case[1:] for case in LOOKS], ids=[case[0] for case in LOOKS])
def test_what_is_right_and_should_be_looked_at_all_the_same(contact, others, of, look):
    made = book(pupils=[of, BILAL], contacts=[parent(of) | contact, *others])
    to = recipients(made, made.pupils[0], TODAY).to[0]
    said = list(worth_a_look(made, to, TODAY))
    assert look in said[0] if said else not look, said


def test_a_young_persons_row_with_an_error_is_no_answer():
    made = book(pupils=[OLD], contacts=[parent(OLD), parent(OLD, **YOUNG_PERSON)])
    error = Problem("SB016", Severity.ERROR, Place("Contacts", "Contacts", made.contacts[1].row), "Empty.", "Fill it in.", "")
    found = recipients(made, made.pupils[0], TODAY, {made.contacts[1].row: error})
    assert found.to == ()
    assert "has to be asked first" in reasons(found)[0]


def test_a_password_is_agreed_per_contact():
    other = parent(AMARA, "Mr P. Okafor", "p@mail.example")
    found = who({"format": "Email with password", "document_password": "river lamp cheese"}, other)
    assert [r.password for r in found.to] == ["river lamp cheese", None]


def test_separate_parents_get_separate_mails_even_at_one_address():
    found = who({}, parent(AMARA, "Mr P. Okafor"))
    assert [(r.contact.name, r.address) for r in found.to] == [
        ("Mrs N. Okafor", "n.okafor@mail.example"),
        ("Mr P. Okafor", "n.okafor@mail.example"),
    ]


def test_the_same_person_twice_gets_one_mail():
    found = who({}, parent(AMARA, "mrs  n. okafor", "N.Okafor@MAIL.example"))
    assert (len(found.to), reasons(found)) == (1, ["the same person stands in Contacts twice for this pupil"])


BARRED = {"name": "Mr P. Okafor", "relationship": "Father", "restricted": True, "receives_summaries": False}


@pytest.mark.parametrize(
    ("barred", "reason"),
    [
        (BARRED | {"email": "N.Okafor@mail.example"}, "the address is also that of somebody with a contact restriction"),
        (BARRED | {"email": None, "name": "MRS N. Okafor"}, "somebody of the same name has a contact restriction"),
        (
            BARRED | {"pupil": "Nobody, Known", "email": "n.okafor@mail.example"},
            "the address is also that of somebody with a contact restriction",
        ),
        (BARRED | {"email": "p@mail.example; N.Okafor@mail.example"}, "the address is also that of somebody with a contact restriction"),
        (BARRED | {"email": "Mr P. <n.okafor@mail.example>"}, "the address is also that of somebody with a contact restriction"),
        (BARRED | {"email": "mailto:n.okafor@mail.example"}, "the address is also that of somebody with a contact restriction"),
        (BARRED | {"pupil": None, "email": None, "name": "Mrs N. Okafor"}, "somebody of the same name has a contact restriction"),
    ],
)
def test_what_a_barred_person_would_read_is_not_sent(barred, reason):
    found = who({}, parent(AMARA) | barred)
    assert found.to == ()
    assert reasons(found)[0] == reason


def test_a_bar_about_another_pupil_bars_nothing_here():
    assert len(who({}, parent(BILAL) | BARRED | {"email": "n.okafor@mail.example"}).to) == 1


def test_a_looked_after_childs_social_worker_gets_it_without_parental_responsibility():
    worker = {"relationship": "Social worker", "parental_responsibility": False, "name": "Ms Lee", "email": "lee@council.example"}
    found = who(worker, of=AMARA | {"looked_after": True})
    assert [r.reason for r in found.to] == ["the social worker of a looked-after child; marked to receive summaries"]
    assert reasons(who(worker | {"receives_summaries": False}, of=AMARA | {"looked_after": True})) == ["is not marked to receive summaries"]


@pytest.mark.parametrize("relationship", ["Former social worker", "Mother (social worker)"])
def test_only_the_plain_word_makes_a_social_worker(relationship):
    found = who({"relationship": relationship, "parental_responsibility": False}, of=AMARA | {"looked_after": True})
    assert reasons(found) == ["has no parental responsibility"]


# --- the young person ---
ASKED_FIRST = "the pupil is 16 or older, or may be, and has to be asked first"


def test_from_sixteen_the_young_person_gets_it():
    found = who(YOUNG_PERSON, of=OLD)
    assert [r.is_pupil for r in found.to] == [True]


def test_parents_of_a_young_person_get_it_once_they_were_asked():
    assert reasons(who({}, of=OLD)) == [ASKED_FIRST]
    asked = who({}, parent(OLD) | YOUNG_PERSON | {"receives_summaries": False}, of=OLD)
    assert [r.contact.name for r in asked.to] == ["Mrs N. Okafor"]


@pytest.mark.parametrize(
    ("born", "year", "asked"),
    [
        (date(2010, 11, 24), "12", True), (date(2010, 11, 25), "11", False), (None, "12", True), (None, "11", True), (None, "10", False),
        (None, "R", False), (None, "N1", False), (None, None, True),
    ],
)  # fmt: skip
def test_the_birthday_counts_and_without_one_the_year_group(born, year, asked):
    found = who({}, of=child(1, "Amara", born=born, year=year))
    assert (reasons(found) == [ASKED_FIRST], len(found.to)) == (asked, not asked)


def test_the_school_may_set_another_age():
    found = who({}, of=child(1, "Amara", born=date(2012, 3, 1), year="9"), school=SCHOOL | {"young_person_age": 14})
    assert reasons(found) == ["the pupil is 14 or older, or may be, and has to be asked first"]


# --- what is not sure ---
def test_a_row_with_an_error_gets_nothing_until_it_is_put_right():
    made = school()
    error = Problem(
        "SB001",
        Severity.ERROR,
        Place("Contacts", "Contacts", made.contacts[0].row, "Contact restriction", "H5"),
        "Not Yes or No.",
        "Type one.",
        "",
    )
    found = recipients(made, made.pupils[0], TODAY, {made.contacts[0].row: error})
    assert (found.to, reasons(found)) == ((), ["this row of Contacts has an error at Contacts!H5 (Contact restriction): Not Yes or No."])


def test_who_may_be_barred_bars_too():
    """What stands under Contact restriction was not understood, so nobody knows that this person is not barred."""
    made = book(pupils=[AMARA], contacts=[parent(AMARA), parent(AMARA, "Mr P. Okafor", receives_summaries=False)])
    place = Place("Contacts", "Contacts", made.contacts[1].row, "Contact restriction", "H6")
    errors = {made.contacts[1].row: Problem("FMT01", Severity.ERROR, place, "“court” is neither Yes nor No.", "Choose.", "form")}
    assert recipients(made, made.pupils[0], TODAY).to
    assert recipients(made, made.pupils[0], TODAY, errors).to == ()


def test_a_pupil_whose_upn_stands_twice_has_no_sure_contacts():
    made = book(pupils=[AMARA, AMARA | {"forename": "Ada"}], contacts=[parent(AMARA)])
    assert [recipients(made, p, TODAY).to for p in made.pupils] == [(), ()]


def test_no_contact_at_all_is_said():
    assert reasons(recipients(book(pupils=[AMARA]), book(pupils=[AMARA]).pupils[0], TODAY)) == ["no contact is known"]


# --- families of every kind ---
SURNAMES, FORENAMES, TITLES = ("Okafor", "Khan", "Lee-Smith"), ("Amara", "Bilal", "Cerys", "Dov", "Esme"), ("Mrs N.", "Mr P.", "Ms Q.")
MAILBOXES = ("home@mail.example", "n@mail.example", "P@mail.example", "work@mail.example", "two@mail.example; x@mail.example", "", "nobody")
YES_NO = st.sampled_from((True, True, True, False, None))
RELATIONS = st.sampled_from(("Mother", "Father", "Step-parent", "Social worker", "Young person", "Grandparent"))
BIRTHDAYS = st.sampled_from(
    (date(2017, 3, 1), date(2017, 3, 1), date(2012, 11, 25), date(2010, 11, 25), date(2010, 11, 24), date(2009, 5, 5), None)
)


@st.composite
def people(draw: st.DrawFn, children: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The contacts of a family: the same people for some of its children, with marks of their own for each."""
    grown = [
        (f"{draw(st.sampled_from(TITLES))} {draw(st.sampled_from(SURNAMES))}", draw(st.sampled_from(MAILBOXES)))
        for _ in range(draw(st.integers(0, 3)))
    ]
    found = []
    for one, (name, mailbox) in product(children, grown):
        if draw(st.booleans()):
            found.append(
                parent(one, name, mailbox or None) | {
                    "relationship": draw(RELATIONS), "parental_responsibility": draw(YES_NO), "receives_summaries": draw(YES_NO),
                    "restricted": draw(st.sampled_from((None, None, None, False, True))),
                    "format": draw(st.sampled_from((None, "Email", "Paper", "Email with password"))),
                    "document_password": draw(st.sampled_from((None, "river lamp cheese"))),
                }
            )  # fmt: skip
    return found


@st.composite
def schools(draw: st.DrawFn) -> dict[str, list[dict[str, Any]]]:
    """A few families: siblings and twins, surnames and mailboxes that others have too, parents apart, restrictions."""
    pupils: list[dict[str, Any]] = []
    contacts: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 3))):
        surname, born = draw(st.sampled_from(SURNAMES)), draw(BIRTHDAYS)
        children = [child(len(pupils) + i, draw(st.sampled_from(FORENAMES)), surname, year="4") for i in range(draw(st.integers(1, 3)))]
        children = [c | {"looked_after": draw(st.booleans()), "born": draw(BIRTHDAYS) if draw(st.booleans()) else born} for c in children]
        pupils += children
        contacts += draw(people(children))
    return {"pupils": pupils, "contacts": contacts}


def may(made: Book, pupil: Any, contact: Any) -> bool:
    """The rule once more, written for reading: no more than this may ever get a mail."""
    about_pupil = pupil.upn in (contact.pupil or "")
    kind = contact.relationship
    of_age = (
        pupil.born is not None and (TODAY.year - pupil.born.year) - ((TODAY.month, TODAY.day) < (pupil.born.month, pupil.born.day)) >= 16
    )
    role = {
        "Young person": of_age,
        "Social worker": pupil.looked_after is True,
    }.get(kind, contact.parental_responsibility is True)
    bars = [c for c in made.contacts if c.restricted and pupil.upn in (c.pupil or "")]
    barred = any(
        (c.email or "-").casefold() == (contact.email or "").casefold() or (c.name or "-").casefold() == (contact.name or "").casefold()
        for c in bars
    )
    return about_pupil and contact.receives_summaries is True and role and not contact.restricted and not barred


def sent_of(made: Book) -> set[tuple[str, str, str]]:
    errors = {p.place.row: p for p in check(made, (), TODAY) if p.place.table == "Contacts" and p.severity is Severity.ERROR}
    return {(p.upn or "", r.contact.name or "", r.address.casefold()) for p in made.pupils for r in recipients(made, p, TODAY, errors).to}


@given(tables=schools(), seed=st.integers(0, 99))
def test_nobody_outside_the_rule_gets_anything_whatever_the_order_of_rows(tables, seed):
    made = book(**tables)
    for pupil in made.pupils:
        found = recipients(made, pupil, TODAY)
        assert all(may(made, pupil, r.contact) and r.pupil is pupil for r in found.to)
        listed = [r.contact.row for r in found.to] + [left.contact.row for left in found.left_out if left.contact]
        assert sorted(listed) == [c.row for c in made.contacts_of(pupil)]  # each exactly once, with mail or with a reason
        assert all(left.reason for left in found.left_out)
        assert all((r.password is not None) == (r.contact.format == "Email with password") for r in found.to)
    shuffled = {name: Random(seed).sample(rows, len(rows)) for name, rows in tables.items()}
    assert sent_of(book(**shuffled)) == sent_of(made)


def test_the_age_comes_from_the_law():
    assert asking_age(book(), TODAY) == 16
