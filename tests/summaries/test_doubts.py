"""What the checks say about what summaries print: held back, looked at first, or only counted."""

from datetime import date

import pytest

from sendbook.checks import check
from sendbook.summaries.doubts import doubts, missing_parts
from sendbook.tables import Place, Problem, Severity
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


def barred(restricted, pupil="B801200005001"):
    return [{"pupil": pupil, "name": "Darren Jones", "relationship": "Father", "restricted": restricted, "phone": "07700 900123"}]


@pytest.mark.parametrize("said", ["Darren Jones will phone weekly.", "Mr Jones will phone weekly.", "Call 07700 900123."])
def test_a_barred_contact_holds_a_summary_back(said):
    assert found(contacts=barred(True), plans=[PLANS[0] | {"progress": said}]).hold == {5}
    assert not found(contacts=barred(False), plans=[PLANS[0] | {"progress": said}]).hold
    provisions = [PROVISIONS[0] | {"plain": said}, PROVISIONS[1]]
    assert found(contacts=barred(True), provisions=provisions).hold == {5}


def test_a_restriction_that_cannot_be_read_holds_back_too():
    of = school(pupils=[AMARA, BEN], contacts=barred(None))
    unread = Problem("SB007", Severity.ERROR, of.place(of.contacts[0], "restricted"), "is not Yes or No: See notes.", "Choose.", "cells")
    doubt = doubts(of, of.pupils[:1], check(of, (unread,), TODAY), TODAY)
    assert doubt.hold == {5}
    assert unread in doubt.look


def test_a_contact_whose_pupil_is_not_found_is_looked_at():
    assert "SB021" in [p.rule for p in found(contacts=barred(True, "Okafor, Amarra")).look]


@pytest.mark.parametrize(("rule", "table"), [("SB035", "Plans"), ("SB030", "Contacts")])
def test_rows_that_were_not_read_are_looked_at(rule, table):
    of = school()
    lost = Problem(rule, Severity.ERROR, Place(table, table), "Rows 7 to 9 stand below.", "Resize.", "workbook")
    assert lost in doubts(of, of.pupils[:1], (lost,), TODAY).look


@pytest.mark.parametrize(
    ("rule", "table", "missing"), [("SB030", "Places", True), ("SB036", "Places", True), ("SB036", "Communications", False)]
)
def test_without_a_table_there_are_no_summaries(rule, table, missing):
    assert bool(missing_parts([Problem(rule, Severity.HINT, Place(table, table), "Not there.", "Look.", "workbook")])) is missing


def test_what_stands_in_another_pupils_rows_is_not_this_ones_matter():
    theirs = PLANS[0] | {"pupil": "Nowak, Ben (H801200005002)", "progress": "See the child protection plan."}
    assert not found(plans=[theirs]).hold
