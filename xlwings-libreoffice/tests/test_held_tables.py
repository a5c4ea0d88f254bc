"""Tables taken away and put back while the screen is held: nobody can tell from the book that LibreOffice was not told of each."""

from __future__ import annotations

import pytest

FORMULA = "=SUM(Groups[Cost])"


@pytest.fixture
def table(sheet):
    sheet.range("A1:B3").value = [["Group", "Cost"], ["Phonics", 2], ["Sums", 3]]
    sheet.range("D1").formula = "=1"
    return sheet.tables.add(sheet.range("A1:B3"), name="Groups")


@pytest.fixture
def held(app):
    with app.properties(screen_updating=False):
        yield


def names(sheet):
    return [table.name for table in sheet.tables]


def test_the_same_table_again(sheet, table, held):
    table.impl.delete()
    assert names(sheet) == [] and "Groups" not in sheet.tables
    sheet.tables.add(sheet.range("A1:B3"), name="Groups")
    sheet.range("D1").formula = FORMULA
    assert names(sheet) == ["Groups"]
    assert sheet.range("D1").value == 5


def test_a_larger_table_of_that_name(sheet, table, held):
    table.impl.delete()
    sheet.range("A4:B4").value = ["Words", 4]
    sheet.tables.add(sheet.range("A1:B4"), name="Groups")
    sheet.range("D1").formula = FORMULA
    assert sheet.tables["Groups"].range.address == "$A$1:$B$4"
    assert sheet.range("D1").value == 9


def test_a_name_of_other_capitals(sheet, table, held):
    table.impl.delete()
    sheet.tables.add(sheet.range("A1:B3"), name="groups")
    assert names(sheet) == ["groups"]


def test_a_table_not_put_back_is_gone_afterwards(app, sheet, table):
    with app.properties(screen_updating=False):
        table.impl.delete()
    assert names(sheet) == []
    assert sheet.book.api.DatabaseRanges.getElementNames() == ()


def test_a_total_row_does_not_come_back(sheet, table, app):
    table.show_totals = True
    with app.properties(screen_updating=False):
        table.impl.delete()
        again = sheet.tables.add(sheet.range("A1:B4"), name="Groups")
    assert not again.show_totals and again.show_headers and again.show_autofilter


def test_rows_put_in_meanwhile(sheet, table, held):
    table.impl.delete()
    sheet.range("1:1").insert("down")
    assert names(sheet) == []
    assert sheet.tables.add(sheet.range("A1:B3"), name="Groups").range.address == "$A$1:$B$3"


def test_a_sheet_deleted_meanwhile(book, sheet, table, app):
    with app.properties(screen_updating=False):
        table.impl.delete()
        other = book.sheets.add("Other")
        sheet.delete()
        other.range("A1:A2").value = [["Cost"], [1]]
        other.tables.add(other.range("A1:A2"), name="Groups")
    assert names(other) == ["Groups"]


def test_a_place_asked_for_twice_is_the_present_one(sheet, table, held):
    assert table.range.address == "$A$1:$B$3"
    sheet.range("1:2").insert("down")
    assert table.range.address == "$A$3:$B$5"
    table.resize(sheet.range("A3:B4"))
    assert table.range.address == "$A$3:$B$4"
