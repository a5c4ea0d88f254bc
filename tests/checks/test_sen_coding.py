import pytest

from tests.checks.examples import Example, pupils
from tests.make import SCHOOL, date

PLAN = {"sen_status": "E", "plan_issued": date(2026, 2, 2), "local_authority": "Kent"}

EXAMPLES = (
    Example("SEN01", "Pupils.primary_need 5", "K", pupils({"primary_need": None}), pupils({"sen_status": "N", "primary_need": None})),
    Example("SEN02", "Pupils.secondary_need 5", "SLCN", pupils({"secondary_need": "SLCN"}), pupils({"secondary_need": "ASD"})),
    Example("SEN03", "Pupils.primary_need 5", "NSA", pupils(PLAN | {"primary_need": "NSA"}), pupils({"primary_need": "NSA"})),
    Example("SEN04", "Pupils.secondary_need 5", "SLCN", pupils({"secondary_need": "NSA"}), pupils({"secondary_need": "ASD"})),
    Example(
        "SEN05", "Pupils.primary_need 5", "08/09/2025", pupils({"primary_need": "NSA"}),
        pupils({"primary_need": "NSA", "support_since": date(2026, 9, 7)}),
    ),
    Example(
        "SEN06", "Pupils.secondary_need 5", "HI", pupils({"primary_need": "MSI", "secondary_need": "HI"}),
        pupils({"primary_need": "MSI", "secondary_need": "PD"}),
    ),
    Example(
        "SEN07", "Pupils.sen_status 5", "08/09/2025", pupils({"sen_status": "N"}), pupils({"sen_status": "N", "off_register": date(2026, 7, 1)})
    ),
    Example(
        "SEN08", "Pupils.sen_status 5", "02/02/2026", pupils(PLAN | {"sen_status": "K"}),
        pupils(PLAN | {"sen_status": "K", "plan_ceased": date(2026, 9, 1)}),
    ),
    Example("SEN09", "Pupils.plan_issued 5", "no date", pupils({"sen_status": "E"}), pupils(PLAN)),
    Example("SEN10", "Pupils.sen_status 5", "01/09/2026", pupils(PLAN | {"plan_ceased": date(2026, 9, 1)}), pupils(PLAN | {"plan_ceased": date(2027, 9, 1)})),
    Example(
        "SEN11", "Pupils.sen_status 5", "01/07/2026", pupils({"off_register": date(2026, 7, 1)}),
        pupils({"off_register": date(2026, 7, 1), "support_since": date(2026, 9, 7)}),
    ),
    Example("SEN12", "Pupils.support_since 5", "K", pupils({"support_since": None}), pupils()),
    Example("SEN13", "Pupils.parents_told 5", "08/09/2025", pupils({"parents_told": None}), pupils()),
    Example("SEN14", "Pupils.sen_unit 5", "SEN unit", pupils({"sen_unit": "SEN unit"}), pupils(PLAN | {"sen_unit": "SEN unit"})),
    Example(
        "SEN15", "Pupils.local_authority 5", "local authority", pupils(PLAN | {"local_authority": None}),
        pupils(PLAN | {"local_authority": None}, school=SCHOOL | {"local_authority": "Kent"}),
    ),
    Example("SEN16", "Pupils.top_up 5", "£1,250.50", pupils({"sen_status": "N", "top_up": 1250.5}), pupils({"top_up": 1250.5})),
    Example("SEN17", "Pupils.sen_status 5", "age 27", pupils(PLAN | {"born": date(1999, 3, 1)}), pupils(PLAN)),
    Example(
        "SEN18", "Pupils.pupil_premium 5", "LAC is Yes", pupils({"looked_after": True, "pupil_premium": False}),
        pupils({"looked_after": True, "pupil_premium": True}),
    ),
)  # fmt: skip


@pytest.mark.parametrize("example", EXAMPLES, ids=str)
def test_rule(example):
    example.hold()
