"""Cells as the MIS and schools write them, to the values of the book."""

import pytest

from sendbook.importing.headings import data
from sendbook.importing.words import CellRefusedError, read_cell, two_needs
from sendbook.law import code_sets
from sendbook.tables import Pupil, column_named

READ = [
    ("year", "Year 4", "4"),
    ("year", "NC Year 4", "4"),
    ("year", "NC 4", "4"),
    ("year", "Y4", "4"),
    ("year", "04", "4"),
    ("year", 4.0, "4"),
    ("year", "Curriculum Year  10", "10"),
    ("year", "Reception", "R"),
    ("year", "Year R", "R"),
    ("year", "nursery 2", "N2"),
    ("year", "N1", "N1"),
    ("sen_status", "K - SEN Support", "K"),
    ("sen_status", "SEN SUPPORT", "K"),
    ("sen_status", "No Special Educational Need", "N"),
    ("sen_status", "E: Education Health and Care Plan", "E"),
    ("sen_status", "EHCP", "E"),
    ("sen_status", "k", "K"),
    ("primary_need", "SpLD", "SPLD"),
    ("primary_need", "Autism", "ASD"),
    ("primary_need", "Speech, Language and Communication Needs (SLCN)", "SLCN"),
    ("primary_need", "Down's Syndrome", "DS"),
    ("primary_need", "Other Difficulty/Disability", "OTH"),
    ("primary_need", "Visual Impairment", "VI"),
    ("sen_status", "No specified special educational need", "N"),
    ("primary_need", "SpLD - Dyslexia", "SPLD"),
    ("primary_need", "SpLD (Dyslexia)", "SPLD"),
    ("primary_need", "Dyslexia", "SPLD"),
    ("primary_need", "dyscalculia", "SPLD"),
    ("secondary_need", "Speech & language", "SLCN"),
    ("pupil_premium", "T", True),
    ("pupil_premium", "F", False),
    ("pupil_premium", "PP", True),
    ("pupil_premium", "true", True),
    ("fsm", "Eligible", True),
    ("fsm", "✓", True),
    ("fsm", 1.0, True),
    ("fsm", "Not eligible", False),
    ("eal", "No", False),
    ("upn", " b801 2000 05001 ", "B801200005001"),
    ("upn", "B80120000500A", "B80120000500A"),
    ("top_up", "£1,234.50", 123450),
    ("top_up", 17.2, 1720),
    ("attendance", "95.2%", 95.2),
    ("attendance", 0.952, 95.2),
    ("attendance", 1.0, 100.0),
    ("attendance", "0", 0.0),
    ("class_name", 4.0, "4"),
]

REFUSED = [
    ("year", "1.0.0"),
    ("year", "Year -1"),
    ("year", "Year 99"),
    ("year", "1.5"),
    ("year", "all"),
    ("sen_status", "S"),
    ("sen_status", "a"),
    ("sen_status", "School Action Plus"),
    ("sen_status", "Yes"),
    ("primary_need", "BESD"),
    ("primary_need", "Dyspraxia?"),
    ("primary_need", "ADHD"),
    ("primary_need", "ASC - awaiting assessment"),
    ("primary_need", "SLCN, SEMH"),
    ("pupil_premium", "LAC"),
    ("pupil_premium", "perhaps"),
    ("fsm", "x"),
    ("upn", "unknown"),
    ("upn", "1234567890123"),
    ("born", "29/02/2019"),
    ("born", "14/03/1900"),
    ("born", "last March"),
    ("born", "14"),
    ("born", "31st April 2018"),
    ("born", "14 Marchy 2018"),
    ("born", "about 14 March 2018"),
    ("born", "14 Ma 2018"),
    ("born", "2018/14/03"),
    ("attendance", "101"),
    ("attendance", -1.0),
    ("attendance", "good"),
    ("top_up", "lots"),
    ("medical_alert", "x" * 32_768),
    ("surname", "#REF!"),
]


@pytest.mark.parametrize(("name", "raw", "value"), READ)
def test_read(name: str, raw: object, value: object) -> None:
    assert read_cell(column_named(Pupil, name), raw) == value


@pytest.mark.parametrize(("name", "raw"), REFUSED)
def test_refused_with_what_is_wrong_and_what_to_do(name: str, raw: object) -> None:
    with pytest.raises(CellRefusedError) as refused:
        read_cell(column_named(Pupil, name), raw)
    assert refused.value.says and refused.value.todo and "{" not in refused.value.says + refused.value.todo
    assert "dropdown" not in refused.value.todo and "in the list" not in refused.value.says, "a list has no dropdown"


def test_a_refused_code_says_which_there_are() -> None:
    with pytest.raises(CellRefusedError) as refused:
        read_cell(column_named(Pupil, "sen_status"), "monitoring, review March")
    assert (refused.value.says, refused.value.todo) == (
        "is no code or word that Sendbook knows: monitoring, review March",
        "Write one of: N, K, E.",
    )


@pytest.mark.parametrize(
    "raw",
    [
        "14/03/2018",
        "2018-03-14",
        "14.03.2018",
        "14-03-2018",
        "14 Mar 2018",
        "14/03/2018 00:00:00",
        "14/03/2018 00:00",
        "43173",
        43173.0,
        "14/03/18",
        "14.3.18",
        "14-Mar-18",
        "14-Mar-2018",
        "14 Mar 18",
        "14 march 2018",
        "14 Mar. 2018",
        "14th March 2018",
        "14th of March, 2018",
        "Wed 14 Mar 2018",
        "Wednesday, 14th March 2018",
        "14/Mar/2018",
        "14Mar18",
        "2018/03/14",
        "2018/3/14 00:00",
        "2018.03.14",
    ],
)
def test_dates(raw: object) -> None:
    assert str(read_cell(column_named(Pupil, "born"), raw)) == "2018-03-14"


@pytest.mark.parametrize(
    ("raw", "day"),
    [("30-Aug-20", "2020-08-30"), ("3.9.17", "2017-09-03"), ("14 Sept 2018", "2018-09-14"), ("1st Sept 99", "1999-09-01")],
)
def test_other_dates(raw: str, day: str) -> None:
    assert str(read_cell(column_named(Pupil, "born"), raw)) == day


@pytest.mark.parametrize(
    ("raw", "two"),
    [
        ("SLCN, SEMH", ("SLCN", "SEMH")),
        ("SLCN/SEMH", ("SLCN", "SEMH")),
        ("Dyslexia and ASC", ("SPLD", "ASD")),
        ("Speech, language and communication needs, MLD", ("SLCN", "MLD")),
        ("HI + Social, emotional and mental health", ("HI", "SEMH")),
        ("SLCN, SEMH, MLD", None),
        ("SLCN, ADHD", None),
        ("BESD, SLCN", None),
        ("SLCN,", None),
        ("SLCN", None),
    ],
)
def test_two_needs_in_one_cell(raw: str, two: object) -> None:
    assert two_needs(column_named(Pupil, "primary_need"), raw) == two


def test_words_lead_only_to_codes_that_are_there() -> None:
    for key in ("sen_status", "sen_type", "year_group", "sen_unit"):
        codes = {c.code for c in code_sets()[key].codes}
        assert set(data("words.toml")[key]) <= codes, key
