from datetime import date

import pytest
from pydantic import ValidationError

from sendbook.checks import check
from sendbook.tables import CELL_RULES, Book, Origin, Place, Problem, Pupil, School, Severity
from tests.checks.examples import AMARA, Example, book, communication, contact, group, place, plan, pupils, second, staff, whole
from tests.make import ORIGINS, TODAY

EXAMPLES = (
    Example("SB020", "Pupils.surname 5", "Legal surname is empty", pupils({"surname": None}), pupils()),
    Example("SB020", "School.senco ", "SENCo is empty", book(school={"name": "Hill", "costing_from": TODAY, "costing_to": TODAY}), book()),
    Example(
        "SB020", "Contacts.parental_responsibility 5", "Parental responsibility is empty", whole(contacts=[contact(parental_responsibility=None)]),
        whole(contacts=[contact(parental_responsibility=None, relationship=r) for r in ("Young person", "social worker", "LA social worker")]),
    ),
    Example(
        "SB020", "Contacts.parental_responsibility 5", "is empty",
        whole(contacts=[contact(parental_responsibility=None, relationship="Former social worker")]), whole(),
    ),
    Example("SB021", "Places.pupil 5", "“Okafor, Amara (B801200005001)”", whole(places=[place(pupil="Okafor, Amarra")]), whole()),
    Example("SB021", "Places.group 5", "Phonics A", whole(places=[place(group="Phonic A")]), whole()),
    Example("SB021", "Groups.staff_2 5", "Mr Nobody", whole(groups=[group(staff_2="Mr Nobody")]), whole()),
    Example(
        "SB022", "Contacts.pupil 5", "2 rows of Pupils",
        pupils({}, second(surname="Okafor", forename="Amara", known_as="Amara"), contacts=[contact(pupil="Amara Okafor")]),
        pupils({}, second(), contacts=[contact(pupil="Amara Okafor")]),
    ),
    Example("SB024", "Places.group 5", "2 rows of Groups", whole(groups=[group(), group()]), whole(groups=[group(), group(name="Phonics B")])),
    Example(
        "SB023", "Contacts.relationship 5", "Foster carer", whole(contacts=[contact(relationship="Foster Career")]),
        whole(contacts=[contact(relationship="Nan")]),
    ),
    Example("SB023", "Plans.lead 5", "Ms T. Ali", whole(plans=[plan(lead="Ms T. Aly")]), whole(communications=[communication(by="Mr Z. Quill")])),
)  # fmt: skip

BAD_CELLS = {
    "SB001": {"born": "#N/A"}, "SB002": {"born": "31/02/2015"}, "SB003": {"born": date(1900, 1, 1)}, "SB004": None, "SB005": {"attendance": "most"},
    "SB006": {"top_up": "lots"}, "SB007": {"fsm": "perhaps"}, "SB008": {"sen_status": "Q"}, "SB009": {"attendance": -5}, "SB010": {"attendance": 1e12},
    "SB011": {"surname": date(2026, 1, 1)},
}  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def test_only_a_pupil_can_be_told_apart_by_upn():
    for sheet, rule in (("Places", "SB024"), ("Groups", "SB024"), ("Contacts", "SB022")):
        namesake = second(surname="Okafor", forename="Amara", known_as="Amara")
        people = pupils({}, namesake, contacts=[contact(pupil="Amara Okafor")], groups=[group()] * 2, staff=[staff()] * 2, places=[place()])
        found = [p for p in check(people, (), TODAY) if p.place.sheet == sheet and p.rule in ("SB022", "SB024")]
        assert {p.rule for p in found} == {rule}
        assert ("UPN" in found[0].todo) == (sheet == "Contacts")


@pytest.mark.parametrize("rule", [r.id for r in CELL_RULES.values() if not r.read])
def test_a_cell_of_the_wrong_form_is_refused_by_its_rule(rule):
    model, values = (Pupil, BAD_CELLS[rule]) if BAD_CELLS[rule] else (School, {"pupil_weeks": "38.5"})
    with pytest.raises(ValidationError) as refused:
        model.model_validate(values)
    assert [e["type"] for e in refused.value.errors()] == [rule]


def unread(name, rule="SB008"):
    headings = {"sen_status": "SEN status", "primary_need": "Primary need"}
    cell = ORIGINS["Pupils"].letters[name] + "5"
    return Problem(rule, Severity.ERROR, Place("Pupils", "Pupils", 5, headings[name], cell), "is not in the list: Q", "Choose.", "cells")


def test_a_cell_that_could_not_be_read_is_not_called_empty_too():
    broken = pupils({"sen_status": None, "primary_need": None})
    assert [p.rule for p in check(broken, (), TODAY) if p.place.heading == "SEN status"] == ["SB020"]
    assert [p.rule for p in check(broken, (unread("sen_status"),), TODAY) if p.place.heading == "SEN status"] == ["SB008"]


def test_a_need_that_could_not_be_read_is_not_called_missing():
    found = check(pupils({"primary_need": None}), (unread("primary_need"),), TODAY)
    assert [p.rule for p in found if p.place.heading == "Primary need"] == ["SB008"]


def test_a_column_that_is_not_in_the_sheet_is_not_called_empty_in_each_row():
    whole_book = pupils({"surname": None, "class_name": None})
    letters = {k: v for k, v in ORIGINS["Pupils"].letters.items() if k not in ("surname", "class_name")}
    cut = Book(**{**vars_of(whole_book), "origins": {**ORIGINS, "Pupils": Origin("Pupils", letters)}})
    assert {"SB020", "ID09"} <= {p.rule for p in check(whole_book, (), TODAY)}
    assert not {"SB020", "ID09"} & {p.rule for p in check(cut, (), TODAY)}


def vars_of(book):
    return {name: getattr(book, name) for name in Book.__dataclass_fields__}


def test_ten_thousand_bad_links_are_all_found_with_the_nearest_for_some():
    found = [p for p in check(whole(places=[place(pupil=f"Okafor, Amarra {n}") for n in range(10_000)]), (), TODAY) if p.rule == "SB021"]
    assert len(found) == 10_000
    assert AMARA in found[0].message
