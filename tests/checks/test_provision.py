from datetime import date

import pytest

from sendbook.checks import check
from sendbook.costing import Costing
from tests.checks.examples import BEN, Example, group, place, provision, whole
from tests.make import SCHOOL, TODAY


def groups(*rows, **tables):
    return whole(groups=[group(**row) for row in rows or ({},)], **tables)


def provisions(*rows):
    return whole(provisions=[provision(**row) for row in rows or ({},)])


OLD = {"start": date(2025, 9, 8), "end": None}

EXAMPLES = (
    Example("PRO01", "Provisions.name 6", "phonics", provisions({}, {"name": "phonics "}), provisions({}, {"name": "Lego"})),
    Example("PRO02", "Groups.name 6", "“Phonics A” stands twice", groups({}, {}), groups({}, {"name": "Phonics B"})),
    Example("PRO03", "Provisions.plain 5", "Phonics", provisions({"plain": None}), provisions()),
    Example("PRO05", "Provisions.name 6", "Lego", provisions({}, {"name": "Lego"}), provisions()),
    Example("PRO06", "Provisions.measure 5", "Phonics", provisions({"measure": None}), provisions()),
    Example("PRO07", "Groups.name 5", "Phonics A", groups(places=[]), groups({"end": date(2026, 10, 23)}, places=[])),
    Example("PRO08", "Groups.name 5", "10,000 places", groups(places=[place(pupil=BEN)] * 10_000), groups(places=[place(pupil=BEN)] * 30)),
    Example("PRO09", "Groups.end 5", "11/12/2025", groups({"end": date(2025, 12, 11)}), groups()),
    Example(
        "PRO10", "Groups.start 5", "24/10/2026", groups({"start": date(2026, 10, 24), "end": date(2026, 11, 1)}),
        groups({"start": date(2025, 10, 24), "end": date(2025, 11, 1)}),
    ),
    Example("PRO11", "Groups.minutes 5", "Phonics A", groups({"minutes": None}), groups()),
    Example("PRO12", "Groups.sessions 5", "Phonics A", groups({"sessions": 0}), groups({"sessions": 0.5})),
    Example("PRO13", "Groups.minutes 5", "600", groups({"minutes": 600}), groups({"minutes": 330})),
    Example("PRO14", "Groups.sessions 5", "36", groups({"sessions": 36}), groups({"sessions": 25})),
    Example("PRO14", "Groups.sessions 5", "40.0 hours", groups({"sessions": 8, "minutes": 300}), groups({"sessions": 5, "minutes": 390})),
    Example("PRO15", "Groups.preparation 5", "30", groups({"preparation": 30}), groups({"preparation": 20})),
    Example("PRO16", "Groups.fixed_weeks 5", "40", groups({"fixed_weeks": 40}), groups({"fixed_weeks": 39})),
    Example("PRO16", "Groups.fixed_weeks 5", "38", groups({"fixed_weeks": 39}, school=SCHOOL | {"pupil_weeks": 38}), groups({"fixed_weeks": 39})),
    Example("PRO18", "Groups.end 5", "39 weeks of this costing year, £670.80", groups(OLD), groups({"start": date(2026, 9, 1), "end": None})),
    Example("PRO18", "Groups.end 5", "1 week of this", groups(OLD | {"fixed_weeks": 1}), groups(OLD | {"end": date(2027, 7, 23)})),
    Example("PRO18", "Groups.end 5", "08/09/2025", groups(OLD), groups(OLD | {"minutes": None})),
    Example("PRO17", "Groups.resources 5", "£45,000.00", groups({"resources": 45_000}), groups({"resources": 450})),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def test_a_group_that_runs_on_is_said_to_cost_what_the_costing_says():
    book = groups(OLD, OLD | {"name": "Phonics B", "minutes": 45, "resources": 12.34})
    totals = [f"£{c.total / 100:,.2f}." for c in Costing(book, TODAY).groups]
    assert [p.message[-len(t) :] for p, t in zip([p for p in check(book, (), TODAY) if p.rule == "PRO18"], totals, strict=True)] == totals


def test_a_group_of_ten_thousand_is_one_query():
    found = check(groups(places=[place(pupil=BEN)] * 10_000), (), TODAY)
    assert [p.place.cell for p in found if p.rule == "PRO08"] == ["A5"]
