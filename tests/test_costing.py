"""Costing: published worked examples, the ways a group is shared, and the laws that must hold."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sendbook.costing import Costing, rounded, school_weeks, share
from tests.make import TERMS, TODAY, book, pupil

UPNS = ("B801200005001", "H801200005002", "N801200005003", "U801200005004")
FOUR = [pupil(upn=u, forename=f"Child{i}") for i, u in enumerate(UPNS)]
TA = {"name": "Ms Patel", "hourly_cost": 17.20}


def costed(group=None, places=None, staff=(TA,), school=None, **tables):
    """A costing of one group of Ms Patel's, an hour once a week all year, with these places (UPNs or dicts)."""
    group = {"name": "Readers", "provision": "Reading", "staff": "Ms Patel", "minutes": 60, "sessions": 1} | (group or {})
    rows = [{"group": "Readers"} | (p if isinstance(p, dict) else {"pupil": p}) for p in (places or [])]
    made = {"pupils": FOUR, "staff": list(staff), "groups": [group], "places": rows} | tables
    if school:
        made["school"] = {"name": "G", "costing_from": date(2026, 9, 1), "costing_to": date(2027, 8, 31)} | school
    return Costing(book(**made), TODAY)


def test_an_hour_a_week_for_38_weeks_at_17_20_is_653_60_shared_by_four():
    c = costed(places=UPNS, school={"pupil_weeks": 38})
    assert c.groups[0].total == 653_60
    assert [s.pence for s in c.groups[0].shares] == [163_40] * 4


def test_twelve_weeks_with_four_pupils_is_51_60_each():
    c = costed({"start": date(2026, 9, 7), "end": date(2026, 12, 4)}, UPNS)
    assert (c.groups[0].weeks, c.groups[0].total) == (12, 206_40)
    assert [s.pence for s in c.groups[0].shares] == [51_60] * 4


def test_minutes_per_pupil_times_weeks_times_minute_rate():
    """Durham's way: 30 minutes three times a week with 6 pupils is 15 minutes each; 38 weeks at the minute's rate."""
    six = [pupil(upn=f"X{i}", forename=f"Kid{i}") for i in range(6)]
    c = costed({"minutes": 30, "sessions": 3}, [f"X{i}" for i in range(6)], school={"pupil_weeks": 38}, pupils=six)
    assert sum(s.pence for s in c.groups[0].shares) == c.groups[0].total == rounded(Fraction(90 * 38 * 1720, 60))
    assert c.groups[0].shares[0].pence == rounded(Fraction(15 * 38 * 1720, 60))


@pytest.mark.parametrize(
    ("change", "weeks", "total"),
    [
        ({}, 39, 39 * 1720),  # all year: no more than the school year has
        ({"preparation": 15}, 39, 39 * 2150),
        ({"sessions": 0.5}, 39, 39 * 860),
        ({"minutes": 20, "sessions": 3}, 39, 39 * 1720),
        ({"resources": 45.5}, 39, 39 * 1720 + 4550),
        ({"fixed_weeks": 10}, 10, 17200),
        ({"fixed_weeks": 7.5}, 7.5, 12900),
        ({"start": date(2026, 10, 24), "end": date(2026, 11, 1)}, 0, 0),  # half term
        ({"start": date(2026, 10, 23), "end": date(2026, 11, 2)}, 2, 3440),  # a day each side of half term
        ({"start": date(2025, 1, 1), "end": date(2026, 9, 4)}, 1, 1720),  # only what lies in the costing year
        ({"start": date(2027, 1, 4), "end": date(2026, 12, 1)}, 0, 0),  # end before start costs nothing; Checks says so
        ({"minutes": None}, 39, 0),
        ({"staff": "Nobody"}, 39, 0),
    ],
)
def test_what_a_group_costs(change, weeks, total):
    cost = costed(change, UPNS[:2]).groups[0]
    assert (cost.weeks, cost.total) == (Fraction(str(weeks)), total)


def test_several_staff_are_all_paid_for_the_same_time():
    staff = [TA, {"name": "Mr Khan", "hourly_cost": 20}, {"name": "Miss Lee", "salary": 26000, "paid_hours": 25, "paid_weeks": 52}]
    cost = costed({"staff_2": "mr  khan", "staff_3": "Miss Lee", "fixed_weeks": 1}, UPNS, staff).groups[0]
    assert (cost.hourly, cost.total) == (1720 + 2000 + 2000, 5720)


def test_late_joiners_and_early_leavers_pay_for_their_weeks():
    late, early = {"pupil": UPNS[0], "start": date(2026, 11, 2)}, {"pupil": UPNS[1], "end": date(2026, 9, 18)}
    cost = costed({"start": date(2026, 9, 7), "end": date(2026, 12, 4)}, [late, early, UPNS[2]]).groups[0]
    assert [s.weeks for s in cost.shares] == [5, 2, 12]
    assert [s.pence for s in cost.shares] == list(share(206_40, [Fraction(5), Fraction(2), Fraction(12)]))


def test_a_rate_keeps_its_parts_of_a_penny():
    assert costed({"sessions": 20}, UPNS[:1], staff=[TA | {"hourly_cost": 12.345}]).groups[0].total == 9_629_10


@pytest.mark.parametrize(
    ("change", "school", "weights"),
    [
        ({}, {"pupil_weeks": 38}, [38, Fraction(38 * 28, 40)]),  # costed for fewer weeks than there are
        ({"fixed_weeks": 10}, {}, [10, Fraction(10 * 28, 40)]),
    ],
)
def test_a_late_joiner_has_the_same_part_however_many_weeks_are_costed(change, school, weights):
    c = costed(change, [UPNS[0], {"pupil": UPNS[1], "start": date(2026, 12, 3)}], school=school)
    assert [s.weeks for s in c.groups[0].shares] == weights
    assert sum(s.pence for s in c.groups[0].shares) == c.groups[0].total


def test_without_terms_a_late_joiner_bears_a_part_by_days():
    dates = {"start": date(2026, 9, 1), "end": date(2026, 9, 30), "fixed_weeks": 4}
    c = costed(dates, [UPNS[0], {"pupil": UPNS[1], "start": date(2026, 9, 16)}], terms=[])
    assert [s.weeks for s in c.groups[0].shares] == [4, 2]


@pytest.mark.parametrize("charged", [UPNS[1], "Okafor, Child1 (H801200005002)", "child1 okafor"])
def test_a_group_charged_to_one_pupil(charged):
    c = costed({"charged_to": charged}, UPNS[:3])
    assert [s.pence for s in c.groups[0].shares] == [0, 39 * 1720, 0]
    assert c.groups[0].per_pupil == 39 * 1720
    assert c.spent == {6: 39 * 1720}


def test_the_charged_pupil_bears_it_without_a_place_too():
    c = costed({"charged_to": UPNS[3]}, UPNS[:2])
    assert c.spent == {8: 39 * 1720}
    assert c.unshared == 0


@pytest.mark.parametrize(
    ("group", "places", "note"),
    [
        ({}, [], "No pupil has a place"),
        ({}, ["Z999"], "1 of its places names a pupil who is not found"),
        ({"staff": None, "minutes": None}, UPNS, "No staff and no minutes"),
        ({"staff": "Nobody"}, UPNS, "Nobody is not found, or is twice, in Staff"),
        ({"start": date(2026, 12, 24), "end": date(2026, 12, 31)}, UPNS, "No school week between its dates; look at Terms and School"),
        ({"charged_to": "Z999"}, UPNS, "The pupil it is charged to is not found"),
    ],
)
def test_what_is_missing_is_said(group, places, note):
    assert note in costed(group, places).groups[0].notes


def test_a_group_outside_the_costing_year_costs_nothing_and_lacks_nothing():
    elsewhen = {"start": date(2028, 1, 10), "end": date(2028, 3, 1), "resources": 5000, "fixed_weeks": 30}
    cost = costed(elsewhen, UPNS).groups[0]
    assert (cost.total, cost.resources, cost.weeks, cost.outside, cost.notes) == (0, 0, 0, True, ())


def test_a_group_that_ends_before_it_starts_costs_nothing_and_says_so():
    cost = costed({"start": date(2026, 11, 10), "end": date(2026, 10, 1), "resources": 50, "fixed_weeks": 30}, UPNS).groups[0]
    assert (cost.total, cost.outside) == (0, False)
    assert any("No school week between its dates" in n for n in cost.notes)


def test_only_school_days_within_the_costing_year_make_a_week():
    def weeks(first, last):
        return len(costed(school={"costing_from": first, "costing_to": last}).weeks)

    assert weeks(date(2025, 9, 1), date(2026, 8, 31)) == 0  # the autumn term begins in the week of its last day, but after it
    assert weeks(date(2026, 9, 1), date(2026, 9, 4)) == 1
    assert weeks(date(2026, 9, 5), date(2026, 9, 6)) == 0  # a weekend


def test_two_groups_of_one_name_have_no_places_and_say_so():
    group = {"name": "Readers", "staff": "Ms Patel", "minutes": 60, "sessions": 1}
    c = Costing(book(pupils=FOUR, staff=[TA], groups=[group, group], places=[{"pupil": UPNS[0], "group": "Readers"}]), TODAY)
    assert c.unshared == c.total > 0
    assert all("Another group has the same name" in g.notes[0] for g in c.groups)


def test_a_pupil_who_stands_in_a_group_twice_is_said():
    notes = costed(places=[UPNS[0], UPNS[0], UPNS[1]]).groups[0].notes
    assert notes == ("1 pupil stands in it a second time, and bears two shares",)


def test_what_no_pupil_bears_is_counted():
    assert costed(places=["Z999", UPNS[0]]).unshared == 39 * 860
    assert costed().unshared == 39 * 1720


def test_against_element_2_and_top_up():
    rich = pupil(upn=UPNS[0], top_up=1500)
    c = costed({"minutes": 60, "sessions": 15}, [UPNS[0]], pupils=[rich, pupil(upn=UPNS[1])])
    first, second = c.pupils
    spent = 39 * 15 * 1720
    assert (first.spent, first.left, first.above, first.top_up) == (spent, 0, spent - 600_000, 150_000)
    assert (second.spent, second.left, second.above) == (0, 600_000, 0)


def test_hours_of_staff():
    groups = [
        {
            "name": "Now",
            "staff": "Ms Patel",
            "minutes": 45,
            "preparation": 15,
            "sessions": 4,
            "start": date(2026, 11, 2),
            "end": date(2026, 12, 18),
        },
        {"name": "Then", "staff": "Ms Patel", "minutes": 60, "sessions": 6, "start": date(2027, 1, 4), "end": date(2027, 1, 15)},
    ]
    time = costed(groups=groups).staff[0]
    assert (time.now, time.busiest, time.hours, time.pence) == (4, 6, 7 * 4 + 12, 40 * 1720)


def test_a_week_two_terms_share_counts_once():
    split = [
        {"name": "A", "start": date(2026, 9, 7), "end": date(2026, 9, 9)},
        {"name": "B", "start": date(2026, 9, 10), "end": date(2026, 9, 18)},
    ]
    assert len(costed(terms=split).weeks) == 2


def test_terms_without_dates_do_not_count():
    c = costed(terms=[{"name": "Autumn 1"}], places=UPNS)
    assert c.groups[0].total == 0
    assert "No school week between its dates; look at Terms and School" in c.groups[0].notes


@given(st.integers(0, 10**9), st.lists(st.integers(0, 60), min_size=1, max_size=60))
def test_shares_add_up_and_none_is_a_penny_off(total, weeks):
    weights = [Fraction(w) for w in weeks]
    shares = share(total, weights)
    assert sum(shares) == (total if any(weeks) else 0)
    if any(weeks):
        assert all(abs(s - total * w / sum(weights)) < 1 for s, w in zip(shares, weights, strict=True))
        assert all(s == 0 for s, w in zip(shares, weights, strict=True) if w == 0)


days = st.dates(date(2025, 1, 1), date(2028, 12, 31))


@given(days, days, days)
def test_weeks_of_two_spans_that_meet_add_up_or_share_one(a, b, c):
    a, b, c = sorted((a, b, c))
    terms = book(terms=TERMS).terms
    whole, left, right = (set(school_weeks(terms, *span)) for span in ((a, c), (a, b), (b, c)))
    assert left | right == whole
    assert len(left & right) <= 1


place = st.fixed_dictionaries(
    {"pupil": st.sampled_from([*UPNS, "Z999"])}, optional={"start": st.one_of(st.none(), days), "end": st.one_of(st.none(), days)}
)
group = st.fixed_dictionaries(
    {
        "minutes": st.integers(0, 300),
        "sessions": st.sampled_from([0, 0.5, 1, 3, 5]),
        "preparation": st.integers(0, 30),
        "resources": st.decimals(0, 999, places=2).map(float),
    },
    optional={"start": days, "end": days, "charged_to": st.sampled_from([*UPNS, "Z999"]), "fixed_weeks": st.integers(0, 45)},
)


@given(group, st.lists(place, max_size=8))
def test_every_penny_is_borne_or_counted_as_unshared(group, places):
    c = costed(group, places)
    cost = c.groups[0]
    assert sum(s.pence for s in cost.shares) <= cost.total == cost.staff + cost.resources
    assert sum(c.spent.values()) + c.unshared == c.total
    assert c.unshared >= 0
    assert sum(c.by_provision("area").values()) == c.total
    if any(s.weeks for s in cost.shares) and not group.get("charged_to"):
        assert sum(s.pence for s in cost.shares) == cost.total
