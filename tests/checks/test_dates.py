from datetime import date

import pytest

from sendbook.checks import check
from sendbook.checks.when import age, expected_year_group, months_later
from tests.checks.examples import Example, book, plan, pupils
from tests.make import SCHOOL, TERMS, TODAY

PLAN = {"sen_status": "E", "plan_issued": date(2026, 2, 2), "local_authority": "Kent"}


def school(**values):
    return book(school=SCHOOL | values)


def term(number, **values):
    return book(terms=[*TERMS[:number], TERMS[number] | values, *TERMS[number + 1 :]])


EXAMPLES = (
    Example("DAT01", "Pupils.born 5", "14/03/2028", pupils({"born": date(2028, 3, 14)}), pupils()),
    Example("DAT02", "Pupils.born 5", "76 years", pupils({"born": date(1950, 3, 14)}), pupils()),
    Example("DAT03", "Pupils.year 5", "would usually be in Year 4", pupils({"year": "5"}), pupils()),
    Example("DAT03", "Pupils.year 5", "would usually be in Reception", pupils({"born": date(2022, 8, 31)}), pupils({"born": date(2022, 8, 31), "year": "R"})),
    Example("DAT04", "Pupils.on_register 5", "14/03/2018", pupils({"on_register": date(2017, 9, 1)}), pupils()),
    Example("DAT04", "Pupils.left 5", "01/09/2017", pupils({"left": date(2017, 9, 1)}), pupils({"left": date(2026, 7, 17)})),
    Example("DAT05", "Pupils.parents_told 5", "08/09/2027", pupils({"parents_told": date(2027, 9, 8)}), pupils()),
    Example(
        "DAT06", "Pupils.off_register 5", "01/07/2025", pupils({"off_register": date(2025, 7, 1), "sen_status": "N"}),
        pupils({"off_register": date(2026, 7, 1), "sen_status": "N"}),
    ),
    Example(
        "DAT07", "Pupils.support_since 5", "outcome from 03/09/2025", pupils({"support_since": date(2025, 9, 1)}, plans=[plan(start=date(2025, 9, 3))]),
        pupils({"support_since": date(2025, 9, 1)}, plans=[plan()]),
    ),
    Example("DAT08", "Pupils.plan_ceased 5", "01/01/2026", pupils(PLAN | {"plan_ceased": date(2026, 1, 1)}), pupils(PLAN | {"plan_ceased": date(2026, 9, 1)})),
    Example(
        "DAT09", "Pupils.last_annual_review 5", "01/01/2026", pupils(PLAN | {"last_annual_review": date(2026, 1, 1)}),
        pupils(PLAN | {"last_annual_review": date(2026, 9, 1)}),
    ),
    Example(
        "DAT10", "Pupils.plan_requested 5", "01/03/2026", pupils(PLAN | {"plan_requested": date(2026, 3, 1)}),
        pupils(PLAN | {"plan_requested": date(2025, 9, 15)}),
    ),
    Example("DAT11", "Pupils.left 5", "17/07/2025", pupils({"left": date(2025, 7, 17)}), pupils({"left": date(2026, 7, 17)})),
    Example("DAT12", "Pupils.next_meeting 5", "01/11/2026", pupils({"next_meeting": date(2026, 11, 1)}), pupils({"next_meeting": date(2026, 12, 1)})),
    Example("DAT13", "School.costing_to ", "31/08/2025", school(costing_to=date(2025, 8, 31)), school()),
    Example(
        "DAT14", "School.costing_to ", "122 days", school(costing_to=date(2026, 12, 31)),
        school(costing_from=date(2026, 4, 1), costing_to=date(2027, 3, 31)),
    ),
    Example("DAT15", "School.costing_to ", "31/08/2026", school(costing_from=date(2025, 9, 1), costing_to=date(2026, 8, 31)), school()),
    Example("DAT16", "School.pupil_weeks ", "52", school(pupil_weeks=52), school(pupil_weeks=38)),
    Example("DAT17", "School.costing_from ", "01/09/2026", book(terms=[]), school()),
    Example("DAT18", "School.costing_from ", "8 school weeks", book(terms=TERMS[:1]), school()),
    Example("DAT19", "Terms.end 5", "23/10/2025", term(0, end=date(2025, 10, 23)), school()),
    Example("DAT20", "Terms.start 6", "Autumn 1", term(1, start=date(2026, 10, 20)), school()),
    Example("DAT20", "Terms.start 5", "Autumn 2", term(1, start=date(2026, 10, 20)), school()),
    Example("DAT21", "Terms.end 5", "more than nine weeks", book(terms=[{"name": "Autumn", "start": date(2026, 9, 2), "end": date(2026, 12, 18)}]), school()),
    Example("DAT22", "Terms.end 5", "Saturday", term(0, end=date(2026, 10, 24)), school()),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


@pytest.mark.parametrize(
    ("born", "group"),
    [
        (date(2021, 9, 1), "R"),
        (date(2022, 8, 31), "R"),
        (date(2022, 9, 1), "N2"),
        (date(2023, 9, 1), "N1"),
        (date(2010, 9, 1), "11"),
        (date(1990, 1, 1), ""),
    ],
)
def test_expected_year_group_turns_on_the_first_of_september(born, group):
    assert expected_year_group(born, date(2026, 9, 1)) == group


@pytest.mark.parametrize(
    "back",
    [
        {"on_register": date(2026, 9, 7), "support_since": date(2026, 9, 7)},
        {"on_register": date(2026, 9, 7)},
        {"support_since": date(2026, 9, 7)},
        PLAN | {"sen_status": "E"},
    ],
)
def test_a_pupil_back_on_the_register_is_no_error(back):
    found = check(pupils({"off_register": date(2025, 10, 1)} | back), (), TODAY)
    assert not {"DAT06", "SEN11"} & {p.rule for p in found}


def test_a_new_pupil_who_had_sen_support_at_the_last_school_is_no_query():
    came = {"support_since": date(2023, 9, 4), "parents_told": date(2023, 9, 8), "on_register": date(2026, 9, 3)}
    Example(
        "DAT07", "Pupils.support_since 5", "only since 08/09/2026", pupils(came | {"on_register": date(2026, 9, 8)}, plans=[plan()]),
        pupils(came, plans=[plan()]),
    ).hold()  # fmt: skip


def test_reckoning():
    assert months_later(date(2026, 1, 31), 1) == date(2026, 2, 28)
    assert months_later(date(2026, 11, 24), -12) == date(2025, 11, 24)
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert age(date(2010, 11, 25), date(2026, 11, 24)) == 15
