import pytest
from xlsxwriter.utility import xl_col_to_name

from sendbook.workbook.references import column_letters, column_number, row_and_column


def test_columns_have_the_letters_that_excel_gives_them():
    numbers = range(1, 16_385)
    assert [column_letters(n) for n in numbers] == [xl_col_to_name(n - 1) for n in numbers]
    assert [column_number(column_letters(n)) for n in numbers] == list(numbers)


@pytest.mark.parametrize(
    ("cell", "found"),
    [("A1", (1, 1)), ("B7", (7, 2)), ("XFD1048576", (1_048_576, 16_384)), ("C5:D6", (5, 3)), ("", (1, 1)), ("7", (1, 1)), ("A:B", (1, 1))],
)
def test_a_cell_is_found_by_its_name(cell, found):
    assert row_and_column(cell) == found
