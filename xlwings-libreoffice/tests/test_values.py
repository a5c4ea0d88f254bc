"""What is written into cells is read back."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

settings.register_profile("office", max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
settings.load_profile("office")

LETTERS = st.characters(exclude_categories=["Cs", "Cc"])
TEXTS = st.one_of(
    st.text(LETTERS, min_size=1),
    st.text(st.sampled_from("0123456789-+/.:%£ e"), min_size=1),
    st.builds(str.__add__, st.sampled_from(["+", "-", "@", " ", "#", "{=", "TRUE", "#N/A"]), st.text(LETTERS)),
    st.builds("\n".join, st.lists(st.text(LETTERS, min_size=1), min_size=2, max_size=3)),
)
NUMBERS = st.one_of(st.floats(allow_nan=False, allow_infinity=False, width=32), st.integers(-(2**40), 2**40))
DATES = st.dates(dt.date(1900, 1, 1), dt.date(2100, 12, 31))
MOMENTS = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 12, 31)).map(lambda moment: moment.replace(microsecond=0))
VALUES = st.one_of(TEXTS, NUMBERS, DATES, MOMENTS, st.none(), st.booleans())


def as_read(value):
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return dt.datetime(value.year, value.month, value.day)
    if isinstance(value, str) and value.startswith("'"):
        return value[1:] or None
    return value


@given(st.lists(st.lists(VALUES, min_size=3, max_size=3), min_size=1, max_size=8))
def test_grids(scratch, grid):
    scratch.clear()
    cells = scratch.range((1, 1), (len(grid), 3))
    cells.value = [[f"'{value}" if isinstance(value, str) and value.startswith("=") else value for value in line] for line in grid]
    assert cells.options(ndim=2).value == [[as_read(value) for value in line] for line in grid]


@given(VALUES, VALUES)
def test_one_value_after_another_in_the_same_cell(scratch, first, second):
    cell = scratch["H1"]
    cell.clear()
    for value in (first, second):
        cell.value = f"'{value}" if isinstance(value, str) and value.startswith("=") else value
    expected = as_read(second)
    if isinstance(first, dt.date) and isinstance(second, (int, float)) and not isinstance(second, bool):
        assert isinstance(cell.value, (dt.datetime, float))  # as in Excel, the date's format stays
    else:
        assert cell.value == expected
        assert type(cell.value) is type(expected) or isinstance(expected, int)


def test_long_text(scratch):
    text = "Ä long téxt " * 2500
    scratch["A1"].value = text
    assert scratch["A1"].value == text


def test_a_leading_apostrophe_keeps_the_rest_as_text(scratch):
    scratch["A1:C1"].value = ["'=1+1", "'5", "''x"]
    assert scratch["A1:C1"].value == ["=1+1", "5", "'x"]


def test_kinds_of_numbers(scratch):
    scratch.clear()
    scratch["A1:A2"].value = [[1], [2.5]]
    assert scratch["A1:A2"].options(numbers=int).value == [1, 2]
    assert scratch["A1:A2"].options(ndim=2).value == [[1.0], [2.5]]
    scratch["A1"].value = dt.datetime(2026, 2, 3, 4, 5)
    assert scratch["A1"].options(dates=dt.date).value == dt.date(2026, 2, 3)
    assert scratch["A1"].number_format == "dd/mm/yyyy hh:mm"


def test_a_date_keeps_the_format_a_cell_has(scratch):
    scratch["A1"].number_format = "d mmm yy"
    scratch["A1:B1"].value = [dt.date(2026, 2, 3), dt.date(2026, 2, 4)]
    assert (scratch["A1"].number_format, scratch["B1"].number_format) == ("d mmm yy", "dd/mm/yyyy")


@pytest.mark.parametrize("text", ["5", "12:30", "01/02/2026", "10%", "TRUE", "1 March", "£5.00"])
def test_texts_that_look_like_numbers_change_no_format(scratch, text):
    cells = scratch["A1:C1"]
    cells.number_format = "General"
    scratch["B1"].number_format = "dd/mm/yyyy"
    cells.value = [text] * 3
    assert cells.value == [text] * 3
    assert [cell.number_format for cell in cells] == ["General", "dd/mm/yyyy", "General"]


def test_truth_values_give_way_to_numbers(scratch):
    scratch["D1"].value = True
    assert scratch["D1"].value is True
    assert scratch["D1"].number_format == "General"
    scratch["D1"].value = 1
    assert scratch["D1"].value == 1.0
    assert scratch["D1"].value is not True
    scratch["D1"].formula = "=2>1"
    assert scratch["D1"].value is True


@pytest.mark.parametrize(
    ("formula", "error", "code"),
    [
        ("=1/0", "#DIV/0!", -2146826281),
        ("=NA()", "#N/A", -2146826246),
        ("=NOSUCH(1)", "#NAME?", -2146826259),
        ("=#NULL!", "#NULL!", -2146826288),
        ("=10^500", "#NUM!", -2146826252),
        ("=#REF!+1", "#REF!", -2146826265),
        ('=VALUE("x")', "#VALUE!", -2146826273),
    ],
)
def test_errors(scratch, formula, error, code):
    scratch["A1:B3"].clear()
    scratch["A2"].formula = formula
    cells = scratch["A1:B3"]
    assert cells.value == [[None, None]] * 3
    assert cells.options(err_to_str=True).value == [[None, None], [error, None], [None, None]]
    assert cells.raw_value[1][0] == code


def test_one_value_or_row_fills_a_range(scratch):
    scratch.clear()
    cells = scratch["A1:C2"]
    cells.value = 7
    assert cells.value == [[7.0] * 3] * 2
    scratch["A1:C2"].value = [[1, 2, 3], [4, 5, 6]]
    assert scratch["A1"].expand().value[1] == [4.0, 5.0, 6.0]
    cells.value = None
    assert cells.value == [[None] * 3] * 2


def test_a_formula_fills_a_range(scratch):
    scratch["A1:B3"].value = [[1, 10], [2, 20], [3, 30]]
    scratch["C1:C3"].formula = "=A1*$B$1"
    assert scratch["C1:C3"].formula == (("=A1*$B$1",), ("=A2*$B$1",), ("=A3*$B$1",))
    assert scratch["C1:C3"].value == [10.0, 20.0, 30.0]


def test_formulas_of_constants(scratch):
    scratch["A1:G1"].value = ["a", 5, None, "'5", "'=1", "''x", "=1+1"]
    assert scratch["A1:G1"].formula == (("a", "5", "", "5", "=1", "'x", "=1+1"),)


def test_array_formulas(scratch):
    scratch["A1:A3"].value = [[1], [2], [3]]
    scratch["E1"].formula_array = "=SUM(A1:A3*A1:A3)"
    assert scratch["E1"].value == 14.0
    assert scratch["E1"].impl.has_array
    assert scratch["E1"].formula_array == "=SUM(A1:A3*A1:A3)"


def test_numbers_behind_gaps_and_many_columns(scratch):
    scratch.clear()
    line = [dt.date(2026, 1, 1 + place % 28) if place % 3 else place for place in range(40)]
    scratch["A1"].value = [line, [None] * 40, line]
    assert scratch["A3:AN3"].value == scratch["A1:AN1"].value == [as_read(value) for value in line]
