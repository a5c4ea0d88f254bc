"""What a summary says: whole sentences for what is there, kind ones for what is missing."""

from datetime import date

import pytest

from sendbook.summaries.model import Section, Summary
from sendbook.summaries.view import summary
from sendbook.tables import Book
from tests.make import TODAY, book
from tests.summaries.school import AMARA, FULL_SCHOOL, GROUPS, LINK, PLACES, PLANS, PROVISIONS, STAFF, amara, school


def made(of: Book, costs: int | None = None) -> Summary:
    return summary(of, of.pupils[0], TODAY, costs)


def section(of: Book, key: str, costs: int | None = None) -> Section:
    return next(s for s in made(of, costs).sections if s.key == key)


def said(of: Book, key: str, costs: int | None = None) -> str:
    part = section(of, key, costs)
    items = [t for i in part.items for t in (i.title, *i.paragraphs, *i.bullets)]
    return "\n".join([*part.paragraphs, *part.bullets, *part.quote, *items, *(f"{line.label}: {line.text}" for line in part.lines)])


def test_the_sections_come_in_the_order_families_need():
    keys = ["strengths", "goals", "help", "progress", "voice", "home", "next", "contact", "advice"]
    assert [s.key for s in made(school()).sections] == keys
    assert all(said(school(), key) for key in keys)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "Amara gets extra help with speech and language. There is also help with feelings and friendships."),
        ({}, "This began on 8 September 2025."),
        ({"secondary_need": None}, "Amara gets extra help with speech and language. This began on"),
        (
            {"sen_status": "E", "plan_issued": date(2024, 5, 3)},
            "Amara has an education, health and care plan. It is called an EHC plan for short.",
        ),
        ({"sen_status": "E", "plan_issued": date(2024, 5, 3)}, "The first plan is from 3 May 2024."),
        ({"sen_status": "N"}, "Amara does not have SEN support now. SEN means special educational needs."),
        (
            {"primary_need": None, "secondary_need": None, "support_since": None},
            "Amara gets SEN support. SEN means special educational needs.",
        ),
    ],
)
def test_status_and_needs_are_in_plain_words(changes, expected):
    assert expected in " ".join(made(amara(**changes)).intro)


@pytest.mark.parametrize(
    "year, expected", [("4", "Year 4, class 4A"), ("R", "Reception, class 4A"), ("N1", "Nursery, class 4A"), (None, "class 4A")]
)
def test_year_and_class(year, expected):
    assert made(amara(year=year)).about == f"Summary of support · {expected}"


def test_a_pupil_of_whom_nothing_is_known():
    nobody = book(school={}, pupils=[{}])
    text = " ".join(made(nobody).texts())
    assert "None" not in text and "  " not in text
    assert "Please tell us what your child enjoys and does well." in text
    assert "Please contact the school office." in text
    assert made(nobody).title == "Summary of support for Your child"


def test_a_name_that_ends_in_s():
    assert made(amara(known_as="James")).intro[0].startswith("This summary is for James’s family.")


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("strengths", "Please tell us what Amara enjoys and does well."),
        ("goals", "There are no goals written down yet."),
        ("help", "No extra help is listed here at the moment."),
        ("progress", "There is nothing to show yet."),
        ("voice", "We have not written down Amara’s own words yet."),
        ("home", "Please tell us what works well at home."),
        ("next", "We have not set a date for our next meeting."),
        ("contact", "Ask for the special educational needs co-ordinator"),
        ("advice", "Each area has a free advice service for families."),
    ],
)
def test_what_is_missing_is_said_kindly(key, expected):
    bare = book(school={"name": "Greenfield"}, pupils=[{"known_as": "Amara", "sen_status": "K"}])
    assert expected in said(bare, key)


HELP_WORDS = [
    ({"sessions": 2, "minutes": 30}, "It takes place twice a week for 30 minutes with Mrs Khan (teaching assistant)."),
    ({"sessions": 1, "minutes": 1}, "It takes place once a week for 1 minute with Mrs Khan"),
    ({"sessions": 0.5, "minutes": 45}, "It takes place once every two weeks for 45 minutes"),
    ({"sessions": None}, "Each time lasts 30 minutes with Mrs Khan (teaching assistant)."),
    ({"minutes": None}, "It takes place twice a week with Mrs Khan (teaching assistant)."),
    ({"minutes": None, "sessions": None}, "It takes place with Mrs Khan (teaching assistant)."),
    ({"staff": None}, "It takes place twice a week for 30 minutes."),
    (
        {"staff": None, "minutes": None, "sessions": None},
        "with picture cards. It began on 14 September 2026. It runs until 11 December 2026.",
    ),
    ({"staff_2": "Miss Tran"}, "with Mrs Khan (teaching assistant) and Miss Tran (teacher)."),
    ({"staff": "Mr O’Neill"}, "with Mr O’Neill (emotional literacy support assistant)."),
    ({"staff": "Somebody nobody knows"}, "It takes place twice a week for 30 minutes."),
    ({"start": date(2026, 12, 1)}, "It starts on 1 December 2026."),
    ({"start": None, "end": None}, "(teaching assistant)."),
    ({"start": date(2026, 12, 1)}, "It starts on 1 December 2026. It will run until 11 December 2026."),
    ({"start": date(2026, 12, 1), "end": date(2026, 12, 1)}, "It is on 1 December 2026."),
    ({"sessions": 15, "minutes": 60}, "It takes place for 15 hours a week with Mrs Khan"),
    ({"sessions": 1, "minutes": 900}, "It takes place for 15 hours a week with Mrs Khan"),
    ({"sessions": 10, "minutes": 10}, "It takes place ten times a week for 10 minutes"),
]


@pytest.mark.parametrize(("changes", "expected"), HELP_WORDS)
def test_how_help_is_given(changes, expected):
    assert expected in said(school(groups=[GROUPS[0] | changes], places=PLACES[:1]), "help")


@pytest.mark.parametrize(
    ("lead", "expected"),
    [
        ("Mrs Khan", "Mrs Khan leads on this."),
        ("Mr Shah & Mrs Clarke", "Mr Shah & Mrs Clarke lead on this."),
        ("Ms Sanderson", "Ms Sanderson leads on this."),
    ],
)
def test_who_leads_on_a_goal(lead, expected):
    assert expected in said(school(plans=[PLANS[0] | {"lead": lead}]), "goals")


def test_what_lies_in_the_future_has_not_begun_and_strengths_not_given_are_not_promised():
    intro = " ".join(made(amara(sen_status="K", support_since=date(2052, 9, 5), strengths=None)).intro)
    assert "2052" not in intro
    assert "does well" not in intro


LEFT = [STAFF[0] | {"left": date(2026, 10, 23)}, *STAFF[1:]]


def test_staff_who_have_left_are_promised_to_nobody():
    of = school(pupils=[AMARA | {"key_adult": "Mrs Khan"}], staff=LEFT, plans=[PLANS[0] | {"lead": "Mrs Khan"}])
    assert not [text for text in made(of).texts() if "Khan" in text]


def test_a_held_date_that_lies_ahead_does_not_hide_the_meeting():
    reviews = [{"pupil": LINK, "kind": "Annual review", "planned": date(2027, 1, 20), "held": date(2027, 1, 20)}]
    assert "We will meet on Wednesday 20 January 2027." in said(school(pupils=[AMARA | {"next_meeting": None}], reviews=reviews), "next")


@pytest.mark.parametrize(("typed", "expected"), [(95, True), (0.92, False), (130, False), (None, False)])
def test_attendance_that_cannot_be_right_is_left_out(typed, expected):
    text = said(school(places=[PLACES[0] | {"attendance": typed}]), "progress")
    assert ("% of the sessions" in text) is expected


def test_what_is_over_is_not_said_to_be_so_now():
    text = said(school(groups=[GROUPS[0], GROUPS[1] | {"end": date(2026, 11, 20)}]), "progress")
    assert "Amara’s reading age was 6 years 4 months (September 2026). At the end it was 6 years 8 months (November 2026)." in text


def test_a_late_start_and_early_end_are_the_pupils_own():
    places = [PLACES[0] | {"start": date(2026, 10, 5), "end": date(2026, 11, 27)}]
    assert "It began on 5 October 2026. It runs until 27 November 2026." in said(school(places=places), "help")


def test_help_that_has_ended_is_told_under_progress_for_half_a_year():
    ended = GROUPS[0] | {"end": date(2026, 10, 23)}
    assert "Colourful Semantics" not in said(school(groups=[ended], places=PLACES[:1]), "help")
    assert "This help ended on 23 October 2026." in said(school(groups=[ended], places=PLACES[:1]), "progress")
    old = GROUPS[0] | {"start": date(2025, 9, 1), "end": date(2026, 3, 1)}
    assert "Colourful Semantics" not in said(school(groups=[old], places=PLACES[:1]), "progress")


def test_provision_without_plain_words():
    plain = [p | {"plain": None} for p in PROVISIONS]
    assert "Amara has extra help called Colourful Semantics." in said(school(provisions=plain), "help")


@pytest.mark.parametrize(
    ("show", "costs", "expected"), [(True, 65360, True), (False, 65360, False), (None, 65360, False), (True, None, False)]
)
def test_cost_only_if_the_school_says_so(show, costs, expected):
    assert (
        "This year Amara’s help costs about £654." in said(school(school=FULL_SCHOOL | {"show_costs": show}), "help", costs)
    ) is expected
    assert ("£" in said(school(school=FULL_SCHOOL | {"show_costs": show}), "help", costs)) is expected


@pytest.mark.parametrize(
    ("plan", "expected"),
    [
        ({}, "We will look at it with you by 11 December 2026."),
        ({"review_by": date(2026, 11, 23)}, "We meant to look at it with you by 23 November 2026. We will do this when we next meet."),
        ({"review_by": TODAY}, "We will look at it with you by 24 November 2026."),
        ({"review_by": None, "lead": None}, "At school: Picture cards and time to practise with a friend."),
        ({"start": date(2027, 1, 4)}, "We start on 4 January 2027."),
        ({}, "So far: Amara can tell a story in three sentences now."),
    ],
)
def test_goals(plan, expected):
    assert expected in said(school(plans=[PLANS[0] | plan]), "goals")


@pytest.mark.parametrize("result", ["Met", "Partly met", "Not met", "Stopped"])
def test_goals_that_are_over_are_told_as_progress_and_not_as_work(result):
    over = school(plans=[PLANS[0] | {"result": result, "reviewed": date(2026, 11, 20)}])
    assert "Amara will tell a story" not in said(over, "goals")
    assert "Amara will tell a story" in said(over, "progress")
    assert "Amara will tell a story" not in said(school(plans=[PLANS[0] | {"result": result, "reviewed": date(2026, 1, 20)}]), "progress")


def test_progress_that_stands_with_the_goals_is_pointed_to():
    assert "Look for “So far:” under each goal above." in said(school(plans=PLANS[:1], places=[], assessments=[]), "progress")


SCORES = [
    (
        {"entry_score": 76, "exit_score": 80},
        "was 6 years 4 months (September 2026). It is now 6 years 8 months (November 2026). This has gone up by 4 months.",
    ),
    ({"entry_score": 76, "exit_score": 77}, "This has gone up by 1 month."),
    ({"entry_score": 76, "exit_score": 74}, "This has gone down by 2 months. We will talk about this with you."),
    ({"entry_score": 76, "exit_score": 76}, "This is the same as before."),
    (
        {"entry_score": 76, "exit_score": None},
        "Amara’s reading age at the start was 6 years 4 months (September 2026). We will look at it again.",
    ),
    ({"entry_score": None, "exit_score": 80}, "Amara’s reading age is 6 years 8 months (November 2026)."),
    ({"measure": "SDQ", "entry_score": 20, "exit_score": 14}, "This has gone down by 6 points. Here a lower score is better."),
    ({"measure": "SDQ", "entry_score": 14, "exit_score": 15}, "This has gone up by 1 point. We will talk about this with you."),
    ({"measure": "Standardised score", "entry_score": 85, "exit_score": 92.5}, "was 85 (September 2026). It is now 92.5 (November 2026)."),
    ({"measure": "Target met (%)", "entry_score": 20, "exit_score": 60}, "was 20% (September 2026). It is now 60% (November 2026)."),
    ({"measure": "Raw score", "entry_score": 5, "exit_score": 9, "entry_date": None, "exit_date": None}, "was 5. It is now 9."),
]


@pytest.mark.parametrize(("place", "expected"), SCORES)
def test_scores_in_words(place, expected):
    assert expected in said(school(places=[PLACES[1] | place]), "progress")


def test_a_score_of_tomorrow_is_not_yet_known():
    assert "It is now" not in said(school(places=[PLACES[1] | {"exit_date": date(2026, 11, 25)}]), "progress")


def test_the_chart_is_of_the_newest_scores_and_never_joins_a_group_s_test_with_another():
    chart = section(school(), "progress").chart
    assert chart is not None
    assert [p.value for p in chart.points] == ["6 years 4 months", "6 years 8 months"]
    assert [(p.x, p.y) for p in chart.points] == [(0, 0), (1, 1)]
    assert "September 2026: 6 years 4 months" in chart.alt


def taken(measure, *tests):
    return [
        {"pupil": LINK, "date": date(2026, m, 1), "measure": measure, "score": 80 + m, "test": t}
        for m, t in zip((2, 5, 9), tests, strict=True)
    ]


@pytest.mark.parametrize(
    ("rows", "points"),
    [
        (taken("Standardised score", None, None, None), 0),  # which test is not known
        (taken("Standardised score", "NGRT", "NGRT", "ngrt"), 3),
        (taken("Standardised score", "NGRT", "YARC", "NGRT"), 2),
        (taken("Standardised score", "NGRT", "YARC", "SWRT"), 0),
        (taken("Reading age (months)", None, None, None), 3),  # the school's one test
        (taken("Reading age (months)", "Salford", "YARC", "Salford"), 2),
        (taken("SDQ", "parent form", "school form", None), 3),  # an instrument of its own
    ],
)
def test_marks_of_different_tests_are_never_joined(rows, points):
    chart = section(school(assessments=rows, places=[]), "progress").chart
    assert len(chart.points if chart else ()) == points


@pytest.mark.parametrize("places", [[], PLACES[:1], [PLACES[1] | {"exit_score": None}]])
def test_no_chart_where_nothing_was_measured_twice(places):
    assert section(school(places=places, assessments=[]), "progress").chart is None


def test_a_chart_without_change_and_without_dates():
    flat = PLACES[1] | {"exit_score": 76, "entry_date": None, "exit_date": None}
    chart = section(school(places=[flat], assessments=[]), "progress").chart
    assert chart is not None and [(p.when, p.y) for p in chart.points] == [("At the start", 0.5), ("Latest", 0.5)]


@pytest.mark.parametrize(
    ("pupil", "review", "expected"),
    [
        ({}, {}, "We will meet on Thursday 10 December 2026."),
        ({"next_meeting": TODAY}, {}, "We will meet on Tuesday 24 November 2026."),
        ({"next_meeting": date(2026, 11, 23)}, {}, "We have not set a date for our next meeting."),
        ({"next_meeting": None}, {"kind": "Annual review", "planned": date(2027, 3, 4)},
         "We will meet on Thursday 4 March 2027. This is the yearly review of the EHC plan."),
        ({"sen_status": "E", "last_annual_review": date(2026, 3, 9)}, {}, "The last one was finished on 9 March 2026."),
    ],
)  # fmt: skip
def test_what_happens_next(pupil, review, expected):
    reviews = [{"pupil": LINK} | review] if review else []
    assert expected in said(school(pupils=[AMARA | pupil], reviews=reviews), "next")


def test_what_was_agreed_is_kept_for_a_year():
    assert "What we agreed on 14 July 2026\nWe will keep the reading time." in said(school(), "next")


def test_the_pupils_views_of_a_meeting_stand_in_for_missing_words():
    reviews = [{"pupil": LINK, "kind": "SEN support review", "held": date(2026, 7, 14), "pupil_views": "I like maths"}]
    assert section(school(pupils=[AMARA | {"pupil_voice": None}], reviews=reviews), "voice").quote == ("I like maths.",)


@pytest.mark.parametrize(
    ("text", "href"),
    [("senco@greenfield.example", "mailto:senco@greenfield.example"), ("020 7946 0100", "tel:02079460100"),
     ("+44 (0)20 7946 0100", "tel:+442079460100"),
     ("www.greenfield.example", "https://www.greenfield.example"), ("http://a.example/x?y=1", "http://a.example/x?y=1"),
     ("javascript:alert(1)", ""), ("Ring the office", ""), ("https://a.example/\" onclick=\"x", ""), ("data:text/html,x", "")],
)  # fmt: skip
def test_links_lead_only_to_mail_phone_and_sites(text, href):
    lines = section(school(school=FULL_SCHOOL | {"website": text}), "contact").lines
    assert [line.href for line in lines if line.label == "Website"] == [href]
