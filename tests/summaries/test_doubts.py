"""What the checks say about what summaries print: held back, looked at first, or only counted."""

from datetime import date

import pytest

from sendbook.checks import check
from sendbook.summaries.doubts import doubts
from tests.make import TODAY
from tests.summaries.school import AMARA, PLACES, PLANS, PROVISIONS, school

BEN = AMARA | {"upn": "H801200005002", "surname": "Nowak", "forename": "Ben", "known_as": "Ben", "class_name": "4B"}


def found(**tables):
    of = school(**({"pupils": [AMARA, BEN]} | tables))
    return doubts(of, of.pupils[:1], check(of, (), TODAY), TODAY)


@pytest.mark.parametrize(
    ("tables", "rule"),
    [
        ({"plans": [PLANS[0] | {"progress": "See the child protection plan."}]}, "CRO15"),
        ({"plans": [PLANS[0] | {"progress": "Copes better than Ben Nowak."}]}, "PAR01"),
        ({"plans": [PLANS[0] | {"pupil": "Nowak, Ben (B801200005001)"}]}, "CRO01"),
        ({"provisions": [PROVISIONS[0] | {"plain": "A group after DV at home."}, PROVISIONS[1]]}, "CRO15"),
    ],
)
def test_words_and_rows_that_are_another_childs_hold_a_summary_back(tables, rule):
    doubt = found(**tables)
    assert doubt.hold == {5}
    assert rule in [p.rule for p in doubt.look]


def test_what_is_not_printed_holds_nothing_back():
    old = PLANS[0] | {
        "result": "Met",
        "reviewed": date(2025, 1, 1),
        "start": date(2024, 9, 1),
        "progress": "See the child protection plan.",
    }
    doubt = found(plans=[old])
    assert not doubt.hold
    assert "CRO15" not in [p.rule for p in doubt.look]


def test_every_error_in_what_is_printed_is_looked_at_first():
    doubt = found(places=[PLACES[1] | {"entry_score": 7.5}])
    assert "ASS01" in [p.rule for p in doubt.look]
    assert not doubt.hold


def test_what_stands_in_another_pupils_rows_is_not_this_ones_matter():
    theirs = PLANS[0] | {"pupil": "Nowak, Ben (H801200005002)", "progress": "See the child protection plan."}
    assert not found(plans=[theirs]).hold
