from datetime import date

import pytest

from sendbook.checks import check
from tests.checks.examples import BEN, Example, assessment, book, contact, group, place, plan, provision, pupils, review, second, whole
from tests.make import TODAY

WRONG = "Hughes, Ben (B801200005001)"
LEFT = {"left": date(2026, 10, 23), "destination": "Hill School"}
PLAN = {"sen_status": "E", "plan_issued": date(2025, 9, 8), "local_authority": "Kent"}


def two(**tables):
    return pupils({}, second(), **tables)


def places(*rows, **pupil):
    return pupils(pupil, groups=[group()], places=[place(**row) for row in rows])


def annual(last, **values):
    held = review(kind="Annual review", held=date(2026, 10, 1), decided=date(2026, 10, 26), **{"decision": "Keep"} | values)
    return pupils(PLAN | {"last_annual_review": last}, reviews=[held])


def lists(*rows):
    return book(lists=[{"list": a, "code": b} for a, b in rows])


EXAMPLES = (
    Example("CRO01", "Places.pupil 5", "UPN of Amara Okafor", two(places=[place(pupil=WRONG)]), two(places=[place(pupil=BEN)])),
    Example("CRO01", "Contacts.pupil 5", "Hughes, Ben", two(contacts=[contact(pupil=WRONG)]), two(contacts=[contact(pupil="Ben Hughes")])),
    Example("CRO01", "Groups.charged_to 5", "Ben Hughes", two(groups=[group(charged_to="Ben Hughes B801200005001")]), two(groups=[group(charged_to=BEN)])),
    Example(
        "CRO02", "Assessments.pupil 5", "Smith, Jo", two(assessments=[assessment(pupil="Smith, Jo (B801200005001)")]),
        two(assessments=[assessment(pupil="Okafor-Bello, A. (B801200005001)")]),
    ),
    Example("CRO03", "Places.end 5", "23/10/2026", places({}, **LEFT), places({"end": date(2026, 10, 23)}, **LEFT)),
    Example("CRO04", "Places.start 5", "07/09/2026", places({"start": date(2026, 9, 1)}), places({"start": date(2026, 10, 1)})),
    Example("CRO05", "Places.end 5", "11/12/2026", places({"end": date(2026, 12, 18)}), places({"end": date(2026, 10, 1)})),
    Example(
        "CRO06", "Places.end 5", "01/10/2026", places({"start": date(2026, 11, 2), "end": date(2026, 10, 1)}),
        places({"start": date(2026, 10, 1), "end": date(2026, 11, 2)}),
    ),
    Example("CRO07", "Places.pupil 6", "row 5", places({}, {"pupil": "b801200005001"}), places({"end": date(2026, 10, 1)}, {"start": date(2026, 11, 2)})),
    Example(
        "CRO08", "Groups.charged_to 5", "Ben Hughes", two(groups=[group(charged_to=BEN)], places=[place()]),
        two(groups=[group(charged_to=BEN)], places=[place(pupil="Q801200005002")]),
    ),
    Example("CRO09", "Pupils.surname 5", "Amara Okafor", places({"end": date(2026, 10, 1)}), places({})),
    Example("CRO10", "Plans.result 5", "23/10/2026", pupils(LEFT, plans=[plan()]), pupils(LEFT, plans=[plan(result="Met")])),
    Example(
        "CRO11", "Reviews.planned 5", "01/12/2026", pupils(LEFT, reviews=[review(planned=date(2026, 12, 1), held=None)]),
        pupils(reviews=[review(planned=date(2026, 12, 1), held=None)]),
    ),
    Example("CRO12", "Pupils.last_annual_review 5", "26/10/2026", annual(date(2025, 10, 1)), annual(date(2026, 10, 26))),
    Example("CRO13", "Places.measure 5", "Standardised score", whole(places=[place(measure="SDQ")]), whole(provisions=[provision(measure=None)])),
    Example("CRO16", "Pupils.sen_status 5", "26/10/2026", annual(date(2026, 10, 26), decision="Cease"), annual(date(2026, 10, 26))),
    Example("CRO17", "Lists.list 5", "Relationships", lists(("Relationships", "Aunt")), lists(("Relationship", "Aunt"))),
    Example("CRO18", "Lists.code 5", "SEN type", lists(("SEN type", "DYS")), lists(("SEN type", "SPLD"), ("Relationship", "Aunt"))),
    Example(
        "CRO19", "Lists.code 6", "row 5", lists(("Relationship", "Aunt"), ("relationship", "aunt")),
        lists(("Relationship", "Aunt"), ("Language", "Dutch")),
    ),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def test_ten_thousand_copies_of_a_place_are_each_said_once():
    found = check(pupils({}, groups=[group(), group(name="Other")], places=[place()] * 10_000), (), TODAY)
    assert sum(p.rule == "CRO07" for p in found) == 10_000
    assert sum(p.rule == "PRO08" for p in found) == 1
