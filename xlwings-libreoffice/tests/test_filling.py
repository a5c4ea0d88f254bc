"""One formula written into many cells: the same formulas as if each were written, and nothing else changed."""

from __future__ import annotations

import pytest

from xlwings_libreoffice.formulas import shifted

FORMULA = "=A1*$B$2+A$3+$A4"


def expected(rows, columns):
    return tuple(tuple(shifted(FORMULA, row, column) for column in range(columns)) for row in range(rows))


@pytest.mark.parametrize(("rows", "columns"), [(100, 1), (1, 100), (30, 4), (4, 4)])
def test_formulas_are_filled_down_and_across(sheet, rows, columns):
    cells = sheet.range((1, 5)).resize(rows, columns)
    cells.formula = FORMULA
    assert sheet.range((1, 5)).resize(rows + 1, columns + 1).formula[:rows] == tuple((*line, "") for line in expected(rows, columns))


def test_formats_stay_as_they_are(sheet):
    cells = sheet.range("E1:E50")
    sheet.range("E1").color = (255, 0, 0)
    sheet.range("E20").number_format = "0.00"
    cells.formula = FORMULA
    assert cells.formula == expected(50, 1)
    assert [sheet.range(f"E{row}").color for row in (1, 2, 50)] == [(255, 0, 0), None, None]
    assert sheet.range("E20").number_format == "0.00"
    assert sheet.range("E21").number_format == "General"


def test_hidden_rows_get_the_formula_as_well(sheet):
    sheet.range("10:12").api.getRows().setPropertyValue("IsVisible", False)
    sheet.range("E1:E50").formula = FORMULA
    assert sheet.range("E1:E50").formula == expected(50, 1)


def test_truth_values_become_numbers(sheet):
    cells = sheet.range("E1:E50")
    cells.value = [[True]] * 50
    cells.formula = "=ROW()*1"
    assert cells.value == [float(row) for row in range(1, 51)]
