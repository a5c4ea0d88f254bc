"""Pieces of plain English: right for one, for many and for nothing."""

from datetime import date

import pytest

from sendbook.summaries import words


@pytest.mark.parametrize(
    ("sessions", "said"),
    [
        (1, "once a week"), (2, "twice a week"), (3, "three times a week"), (5, "five times a week"), (12, "12 times a week"),
        (0.5, "once every two weeks"), (0.25, "once every four weeks"), (0.33, "once every three weeks"),
        (1.5, "three times every two weeks"),
        (2.5, "five times every two weeks"), (0.1, "now and then"), (0.01, ""), (0, ""), (None, ""), (7.77, "about eight times a week"),
    ],
)  # fmt: skip
def test_how_often(sessions, said):
    assert words.how_often(sessions) == said


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(1, "1 minute"), (2, "2 minutes"), (30, "30 minutes"), (60, "1 hour"), (61, "1 hour 1 minute"), (150, "2 hours 30 minutes"),
     (12.5, "13 minutes"), (0, ""), (None, ""), (0.2, "")],
)  # fmt: skip
def test_minutes(minutes, said):
    assert words.minutes_long(minutes) == said


@pytest.mark.parametrize(
    ("months", "said"), [(1, "1 month"), (11, "11 months"), (12, "1 year"), (13, "1 year 1 month"), (76, "6 years 4 months")]
)
def test_ages(months, said):
    assert words.months_old(months) == said


@pytest.mark.parametrize(
    ("name", "said"), [("Amara", "Amara’s"), ("James", "James’s"), ("عمر", "عمر’s"), ("Zoë", "Zoë’s"), ("O’Neill", "O’Neill’s")]
)
def test_possessive(name, said):
    assert words.possessive(name) == said


@pytest.mark.parametrize(("parts", "said"), [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")])
def test_lists(parts, said):
    assert words.listed(parts) == said


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        (None, ()), ("", ()), ("  \n \n", ()), ("Kind", ("Kind.",)), ("Kind!", ("Kind!",)), ("“I like it.”", ("“I like it.”",)),
        ("- swims\n• draws\n2) reads", ("Swims.", "Draws.", "Reads.")), ("a\x00b\x07c", ("A b c.",)), ("a\u202egnp.exe", ("Agnp.exe.",)),
        ("e\u0301", ("É.",)), ("3 out of 4", ("3 out of 4.",)), ("-5 degrees", ("-5 degrees.",)),
        ("iPad for notes", ("iPad for notes.",)), ("By July Priya will:", ("By July Priya will:",)), ("tbc", ()), ("N/A.", ()),
        ("XXX", ()), ("- tbc\nReads", ("Reads.",)),
        ("1. Visit the school 2. See the nurse", ("Visit the school.", "See the nurse.")), ("Ready by 2. Then more", ("Ready by 2. Then more.",)),
        ("اسم؟", ("اسم؟",)),
    ],
)  # fmt: skip
def test_free_text(text, lines):
    assert words.lines_of(text) == lines


def test_a_lone_surrogate_cannot_reach_a_file():
    assert words.tidy("a\ud800b") == "ab"


def test_dates_are_in_english_whatever_the_machine_speaks():
    assert words.long_date(date(2026, 12, 3), weekday=True) == "Thursday 3 December 2026"
    assert words.month_year(date(2026, 1, 31)) == "January 2026"


@pytest.mark.parametrize(("pence", "said"), [(65360, "£654"), (50, "£1"), (49, "£0"), (123_456_700, "£1,234,567")])
def test_costs(pence, said):
    assert words.in_words(pence) == said


@pytest.mark.parametrize(("role", "said"), [("Teaching assistant", "teaching assistant"), ("ELSA", "ELSA"), ("T", "T"), ("", "")])
def test_first_letter(role, said):
    assert words.first_lower(role) == said
