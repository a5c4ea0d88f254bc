from datetime import date

import pytest

from tests.checks.examples import BEN, Example, plan, pupils, second, whole


def plans(*rows, **pupil):
    return pupils(pupil, plans=[plan(**row) for row in rows or ({},)])


DONE = {"result": "Met", "reviewed": date(2026, 11, 20), "progress": "Amara asks each time."}
PLAN = {"sen_status": "E", "plan_issued": date(2026, 2, 2), "local_authority": "Kent"}
OTHERS = [{"outcome": f"Amara will read {n} pages a day."} for n in range(9)]

EXAMPLES = (
    Example("PLA01", "Plans.outcome 5", "Read more", plans({"outcome": "Read more"}), plans()),
    Example(
        "PLA02", "Plans.outcome 5", "be happier", plans({"outcome": "Amara will be happier in class."}),
        plans({"outcome": "Amara will join in without help."}),
    ),
    Example("PLA03", "Plans.review_by 5", "11/12/2025", plans({"review_by": date(2025, 12, 11)}), plans()),
    Example("PLA04", "Plans.result 5", "20/11/2026", plans({"review_by": date(2026, 11, 20), "result": "Working on it"}), plans(DONE)),
    Example("PLA05", "Plans.reviewed 5", "Met", plans(DONE | {"reviewed": None}), plans(DONE)),
    Example("PLA06", "Plans.reviewed 5", "01/09/2026", plans(DONE | {"reviewed": date(2026, 9, 1)}), plans(DONE)),
    Example("PLA07", "Plans.shared 5", "09/09/2027", plans({"shared": date(2027, 9, 9)}), plans()),
    Example("PLA08", "Plans.review_by 5", "46 weeks", plans({"review_by": date(2027, 7, 30)}), plans({"review_by": date(2027, 7, 30)}, **PLAN)),
    Example("PLA09", "Plans.review_by 5", "11/12/2027", plans({"review_by": date(2027, 12, 11)}), plans({"review_by": date(2027, 9, 7)})),
    Example(
        "PLA10", "Plans.outcome 6", "row 5", plans({}, {}), plans({}, {"start": date(2027, 1, 4), "review_by": date(2027, 3, 25)})
    ),
    Example(
        "PLA11", "Pupils.surname 6", "Ben Hughes", pupils({}, second(), plans=[plan()]), pupils({}, second(), plans=[plan(), plan(pupil=BEN)])
    ),
    Example("PLA12", "Plans.shared 5", "07/09/2026", plans({"shared": None}), plans({"shared": None, "start": date(2026, 11, 16)})),
    Example("PLA13", "Plans.at_school 5", "ask for help", plans({"at_school": None}), plans()),
    Example("PLA14", "Pupils.surname 5", "9 outcomes", plans(*OTHERS), plans(*OTHERS[:8])),
    Example("PLA15", "Plans.progress 5", "Not met", plans(DONE | {"result": "Not met", "progress": None}), plans(DONE)),
)  # fmt: skip


MEASURED = (
    "Amara will tell her news to a friend by July.", "Amara will dress herself by September.", "Amara will join the choir in May.",
    "Amara will read twenty common words.", "Amara will sit with us through an autumn assembly.", "Amara will swim a length before Easter.",
    "Amara will say a hundred words.", "Amara will use her signs on Mondays.", "Amara will run a lap this half term.",
)  # fmt: skip


@pytest.mark.parametrize("outcome", MEASURED)
def test_months_terms_and_number_words_count(outcome):
    vague = "Amara may march to the hall in a second."
    Example("PLA02", "Plans.outcome 5", "no number", plans({"outcome": vague}), plans({"outcome": outcome})).hold()


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()


def test_a_school_that_keeps_no_plans_is_not_told_of_each_pupil():
    Example("PLA11", "Pupils.surname 5", "Amara", plans({"pupil": BEN}), whole(plans=[])).hold()
