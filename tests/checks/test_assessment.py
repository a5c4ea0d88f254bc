from datetime import date

import pytest

from sendbook.checks.assessment import MEASURES
from tests.checks.examples import BEN, Example, assessment, place, pupils, second, whole

AGES = {"measure": "Reading age (months)", "entry_score": 84, "exit_score": 90}


def places(**values):
    return whole(places=[place(**values)])


def scores(*rows):
    return whole(assessments=[assessment(**row) for row in rows or ({},)])


EXAMPLES = (
    Example("ASS01", "Assessments.score 5", "200", scores({"score": 200}), scores({"score": 160})),
    Example("ASS01", "Places.entry_score 5", "8.5", places(**AGES | {"entry_score": 8.5}), places(**AGES)),
    Example("ASS01", "Places.exit_score 5", "-1", places(exit_score=-1), places()),
    Example(
        "ASS02", "Assessments.score 5", "0.95", scores({"measure": "Attendance (%)", "score": 0.95}), scores({"measure": "Attendance (%)", "score": 95})
    ),
    Example("ASS03", "Pupils.attendance 5", "104", pupils({"attendance": 104}), pupils({"attendance": 100})),
    Example("ASS03", "Places.attendance 5", "950", places(attendance=950), places()),
    Example("ASS04", "Pupils.attendance 5", "was 96 meant", pupils({"attendance": 0.96}), pupils({"attendance": 0})),
    Example("ASS05", "Assessments.date 5", "01/10/2027", scores({"date": date(2027, 10, 1)}), scores()),
    Example("ASS05", "Places.exit_date 5", "20/11/2027", places(exit_date=date(2027, 11, 20)), places()),
    Example("ASS06", "Assessments.date 5", "14/03/2018", scores({"date": date(2016, 10, 1)}), scores()),
    Example("ASS07", "Places.exit_date 5", "01/09/2026", places(exit_date=date(2026, 9, 1)), places()),
    Example("ASS08", "Places.entry_score 5", "92", places(entry_score=None), places()),
    Example("ASS09", "Places.measure 5", "85", places(measure=None), places(measure=None, entry_score=None, exit_score=None)),
    Example("ASS10", "Places.exit_date 5", "84 and 90", places(**AGES, exit_date=None), places(**AGES)),
    Example("ASS11", "Places.exit_score 5", "85 to 70", places(exit_score=70), places()),
    Example(
        "ASS11", "Places.exit_score 5", "lower is better", places(measure="SDQ", entry_score=12, exit_score=20),
        places(measure="SDQ", entry_score=20, exit_score=12),
    ),
    Example("ASS12", "Places.exit_score 5", "36 months in 2.6", places(**AGES | {"exit_score": 120}), places(**AGES)),
    Example(
        "ASS13", "Assessments.score 6", "row 5", scores({}, {"score": 90}),
        whole(assessments=[assessment(), assessment(test="Spelling test")]),
    ),
    Example(
        "ASS14", "Places.exit_score 5", "10/10/2026", places(exit_score=None, exit_date=None, end=date(2026, 10, 10)),
        places(exit_score=None, exit_date=None),
    ),
    Example("ASS15", "Places.entry_date 5", "03/09/2024", places(entry_date=date(2024, 9, 3)), places()),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def test_scores_of_two_pupils_on_one_day_are_no_double():
    good = pupils({}, second(), assessments=[assessment(), assessment(pupil=BEN)])
    Example("ASS13", "Assessments.score 6", "row 5", scores({}, {"score": 90}), good).hold()


@pytest.mark.parametrize("measure", MEASURES)
def test_the_ends_of_each_range_are_possible(measure):
    facts = MEASURES[measure]
    good = scores({"measure": measure, "score": facts["low"]}, {"measure": measure, "score": facts["high"]})
    for score in (facts["low"] - 1, facts["high"] + 1):
        Example("ASS01", "Assessments.score 5", measure, scores({"measure": measure, "score": score}), good).hold()
