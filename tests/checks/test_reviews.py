from datetime import date, timedelta

import pytest

from sendbook.checks import check
from tests.checks.examples import Example, plan, pupils, review
from tests.make import TODAY

PLAN = {"sen_status": "E", "plan_issued": date(2025, 9, 8), "local_authority": "Kent"}
ANNUAL = {
    "kind": "Annual review",
    "planned": date(2026, 10, 1),
    "held": date(2026, 10, 1),
    "invited": date(2026, 9, 10),
    "report_sent": date(2026, 10, 12),
}
DECIDED = {"decision": "Amend", "decided": date(2026, 10, 26)}


def annual(**values):
    return pupils(PLAN, reviews=[review(**ANNUAL | values)])


def support(*held, **pupil):
    return pupils(pupil, reviews=[review(held=day) for day in held])


MEETINGS = (date(2026, 3, 1), date(2026, 7, 1), date(2026, 10, 1))

EXAMPLES = (
    Example("REV01", "Pupils.last_annual_review 5", "08/09/2026", pupils(PLAN), annual(**DECIDED)),
    Example(
        "REV01", "Pupils.last_annual_review 5", "01/11/2026", pupils(PLAN | {"last_annual_review": date(2025, 11, 1)}),
        pupils(PLAN | {"last_annual_review": date(2025, 11, 24)}),
    ),
    Example(
        "REV02", "Pupils.last_annual_review 5", "01/05/2026", pupils(PLAN | {"born": date(2022, 3, 1), "last_annual_review": date(2026, 5, 1)}),
        pupils(PLAN | {"last_annual_review": date(2026, 5, 1)}),
    ),
    Example("REV03", "Pupils.support_since 5", "01/03/2026", support(date(2026, 3, 1)), support(date(2026, 10, 1))),
    Example("REV03", "Pupils.support_since 5", "no review is recorded", support(None), pupils(reviews=[])),
    Example(
        "REV04", "Pupils.support_since 5", "2 reviews", support(date(2026, 3, 1), date(2026, 10, 1)),
        pupils(reviews=[review(held=d) for d in (date(2026, 3, 1), date(2026, 10, 1))], plans=[plan(reviewed=date(2026, 7, 1), result="Met")]),
    ),
    Example("REV04", "Pupils.support_since 5", "had 1 review in", support(date(2026, 10, 1)), support(*MEETINGS)),
    Example("REV04", "Pupils.support_since 5", "had no review in", support(date(2025, 10, 1)), support(*MEETINGS)),
    Example("REV05", "Reviews.invited 5", "11 days", annual(invited=date(2026, 9, 20)), annual(invited=date(2026, 9, 17))),
    Example("REV05", "Reviews.circulated 5", "only 1 day before", annual(circulated=date(2026, 9, 30)), annual()),
    Example("REV06", "Reviews.circulated 5", "02/10/2026", annual(circulated=date(2026, 10, 2)), annual()),
    Example("REV07", "Reviews.report_sent 5", "15/10/2026", annual(report_sent=date(2026, 10, 16)), annual(report_sent=date(2026, 10, 15))),
    Example("REV07", "Reviews.report_sent 5", "not sent", annual(report_sent=None), annual(report_sent=None, held=date(2026, 11, 12), planned=None)),
    Example("REV08", "Reviews.decided 5", "29/10/2026", annual(), annual(**DECIDED)),
    Example("REV09", "Reviews.final_plan 5", "15/11/2026", annual(decision="Amend", decided=date(2026, 9, 20)), annual(**DECIDED)),
    Example("REV10", "Reviews.decided 5", "26/09/2026", annual(decided=date(2026, 9, 26)), annual(**DECIDED)),
    Example("REV11", "Reviews.final_plan 5", "20/10/2026", annual(**DECIDED, final_plan=date(2026, 10, 20)), annual(**DECIDED, final_plan=date(2026, 11, 20))),
    Example("REV12", "Reviews.held 5", "01/10/2027", annual(held=date(2027, 10, 1)), annual()),
    Example("REV13", "Reviews.held 5", "01/10/2026", annual(held=None), annual(held=None, planned=date(2026, 12, 1))),
    Example("REV14", "Reviews.planned 5", "Annual review", annual(held=None, planned=None), annual()),
    Example("REV15", "Reviews.kind 5", "Amara Okafor is K", pupils(reviews=[review(**ANNUAL)]), annual()),
    Example("REV16", "Reviews.decided 5", "Keep", annual(decision="Keep"), annual(**DECIDED)),
    Example("REV17", "Reviews.decision 5", "26/10/2026", annual(decided=date(2026, 10, 26)), annual(**DECIDED)),
    Example("REV18", "Reviews.agreed 5", "01/10/2026", annual(agreed=None), annual()),
    Example(
        "REV19", "Reviews.held 6", "row 5", support(date(2026, 10, 1), date(2026, 10, 1)), support(date(2026, 10, 1), date(2026, 10, 2))
    ),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


@pytest.mark.parametrize(("days", "meetings"), [(0, 2), (9, 2), (14, 2), (15, 3)])
def test_an_outcome_reviewed_within_two_weeks_of_a_meeting_is_the_same_meeting(days, meetings):
    day = date(2026, 3, 1) + timedelta(days=days)
    rows = [review(held=d) for d in (date(2026, 3, 1), date(2026, 10, 1))]
    found = check(pupils(reviews=rows, plans=[plan(start=date(2026, 1, 5), reviewed=day, result="Met")]), (), TODAY)
    said = [p.message for p in found if p.rule == "REV04"]
    assert [f"had {meetings} reviews" in m for m in said] == [True] * (meetings < 3)


def test_a_review_ten_days_old_needs_no_report_yet():
    Example(
        "REV07", "Reviews.report_sent 5", "not sent", annual(report_sent=None), annual(report_sent=None, held=date(2026, 11, 14))
    ).hold()
