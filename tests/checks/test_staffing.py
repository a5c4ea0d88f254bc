from datetime import date

import pytest

from tests.checks.examples import Example, group, plan, pupils, staff, whole

SALARY = {"salary": 20_000, "paid_hours": 30, "paid_weeks": 44}
TWO = ({"name": "Phonics A"}, {"name": "Phonics B", "minutes": 300, "preparation": 60, "sessions": 5})


def people(*rows, **tables):
    return whole(staff=[staff(**row) for row in rows or ({},)], **tables)


def groups(*rows):
    return whole(groups=[group(**row) for row in rows])


def led(**values):
    return people(values, groups=[group(**g) for g in TWO])


GONE = {"left": date(2026, 10, 23)}

EXAMPLES = (
    Example("STA01", "Staff.name 6", "Ms T. Ali", people({}, {}), people({}, {"name": "Mr B. Stone"})),
    Example("STA02", "Staff.hourly_cost 5", "runs 1 group,", people({"hourly_cost": None}), people(SALARY | {"hourly_cost": None})),
    Example("STA03", "Groups.staff_2 5", "Ms T. Ali", groups({"staff_2": "ms t. ali"}), groups({})),
    Example("STA04", "Groups.staff 5", "Phonics A", groups({"staff": None}), groups({"staff": None, "end": date(2026, 10, 23)})),
    Example("STA05", "Staff.hours_for_send 5", "31.0", led(hours_for_send=20), led(hours_for_send=31)),
    Example("STA06", "Staff.paid_hours 5", "31.0", led(paid_hours=30), led(paid_hours=32)),
    Example("STA07", "Staff.left 5", "23/10/2026", people(GONE), people(GONE, groups=[group(end=date(2026, 10, 23))])),
    Example("STA08", "Staff.hourly_cost 5", "£1.72", people({"hourly_cost": 1.72}), people()),
    Example("STA08", "Staff.hourly_cost 5", "£200.00", people({"hourly_cost": 200}), people()),
    Example("STA09", "Staff.hourly_cost 5", "£15.15", people(SALARY | {"hourly_cost": 17.2}), people(SALARY | {"hourly_cost": 15.5})),
    Example("STA10", "Staff.hours_for_send 5", "31", people({"hours_for_send": 31}), people()),
    Example("STA11", "Staff.paid_hours 5", "1200", people({"paid_hours": 1200}), people()),
    Example("STA12", "Staff.paid_weeks 5", "1 paid week a year", people({"paid_weeks": 1}), people()),
    Example("STA12", "Staff.paid_weeks 5", "12", people({"paid_weeks": 12}), people({"paid_weeks": 44.5})),
    Example(
        "STA13", "Staff.left 5", "23/10/2026", people(GONE | {"started": date(2026, 11, 1)}), people(GONE | {"started": date(2020, 9, 1)})
    ),
    Example(
        "STA14",
        "Pupils.key_adult 5",
        "Ms T. Ali",
        pupils({"key_adult": "Ms T. Ali"}, staff=[staff(**GONE)]),
        pupils({"key_adult": "Ms T. Ali"}, staff=[staff()]),
    ),
    Example("STA15", "Plans.lead 5", "Ms T. Ali", people(GONE), people(GONE, plans=[plan(result="Met")])),
)


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()
