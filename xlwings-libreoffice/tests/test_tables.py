"""Tables, and the formulas that refer to them."""

from __future__ import annotations

import openpyxl
import pytest

HEADER = ["Name", "Cost", "Min utes", "It's [x] #1"]
BODY = [["a", 1, 10, 100], ["b", 2, 20, 200], ["c", 3, 30, 300]]


@pytest.fixture
def table(sheet):
    sheet["B2"].value = [HEADER, *BODY]
    return sheet.tables.add(sheet["B2:E5"], name="Groups")


@pytest.mark.parametrize(
    ("formula", "value"),
    [
        ("=SUM(Groups[Cost])", 6),
        ("=SUM(groups[cost],1)", 7),
        ("=SUM(Groups[[Cost]:[Min utes]])", 66),
        ("=SUM(Groups[It''s '[x'] '#1])", 600),
        ("=ROWS(Groups)", 3),
        ("=ROWS(Groups[#All])", 4),
        ("=Groups[[#Headers],[Cost]]", "Cost"),
        ('=COUNTIFS(Groups[Name],"b",Groups[Cost],">1")', 1),
        ("=INDEX(Groups[Name],MATCH(3,Groups[Cost],0))", "c"),
        ("=SUMPRODUCT((Groups[Cost]>1)*Groups[Min utes])", 50),
    ],
)
def test_formulas_elsewhere(book, table, formula, value):
    cell = book.sheets.add("Sheet two")["H20"]
    cell.formula = formula
    assert cell.value == value


@pytest.mark.parametrize(
    "formula", ["=Groups[[#This Row],[Cost]]*2", "=Groups[@Cost]*2", "=[@Cost]*2", "=2*Groups[[#This Row],[Min utes]]/10"]
)
def test_formulas_in_the_row(sheet, table, formula):
    sheet["F2"].value = "Twice"
    table.resize(sheet["B2:F5"])
    sheet["F3:F5"].formula = formula
    assert sheet["F3:F5"].value == [2.0, 4.0, 6.0]


def test_formulas_read_back(sheet, table):
    written = ["=SUM(Groups[Cost],1)", "=SUM(Groups[It''s '[x'] '#1])", "=COUNTIFS(Groups[Name],Groups[[#This Row],[Name]])"]
    sheet["H3:J3"].formula = [written]
    assert sheet["H3:J3"].formula == (tuple(written),)


def test_formulas_follow_the_table(sheet, table):
    sheet["H1"].formula = "=SUM(Groups[Cost])"
    sheet["B6"].value = ["d", 4, 40, 400]
    table.resize(sheet["B2:E6"])
    assert sheet["H1"].value == 10.0
    sheet["C2"].value = "Price"
    assert sheet["H1"].formula == "=SUM(Groups[Price])"


def test_parts(sheet, table):
    assert table.name == table.display_name == "Groups"
    assert table.range.address == "$B$2:$E$5"
    assert table.header_row_range.value == HEADER
    assert table.data_body_range.value == BODY
    assert table.totals_row_range is None
    assert table.show_autofilter is True
    assert table.table_style == "TableStyleMedium2"
    assert table.parent == sheet
    assert sheet["C3"].table == table
    assert sheet["A1"].table is None
    assert sheet["Groups[Cost]"].address == "$C$3:$C$5"
    assert sheet["Groups"].address == "$B$3:$E$5"


def test_totals(sheet, table):
    table.show_totals = True
    assert table.totals_row_range.address == "$B$6:$E$6"
    assert table.data_body_range.address == "$B$3:$E$5"
    table.show_totals = False
    assert table.range.address == "$B$2:$E$5"


def test_names_are_the_workbooks(book, sheet, table):
    other = book.sheets.add("Other")
    other["A1"].value = [["x"], [1]]
    with pytest.raises(ValueError, match="already a table"):
        other.tables.add(other["A1:A2"], name="groups")
    second = other.tables.add(other["A1:A2"])
    assert (second.name, len(other.tables), len(sheet.tables)) == ("Table1", 1, 1)
    with pytest.raises(ValueError, match="already a table"):
        second.name = "Groups"
    second.name = "Costs"
    assert [found.name for found in other.tables] == ["Costs"]
    assert "costs" in other.tables
    assert "Costs" not in sheet.tables
    with pytest.raises(KeyError):
        sheet.tables["Costs"]


def test_a_header_is_made(sheet):
    sheet["A1:B2"].value = [[1, 2], [3, 4]]
    made = sheet.tables.add(sheet["A1:B2"], has_headers=False)
    assert made.range.value == [["Column1", "Column2"], [1, 2], [3, 4]]


def test_deleted_tables_leave_their_cells(sheet, table):
    table.impl.delete()
    assert len(sheet.tables) == 0
    assert sheet["B2:E5"].value == [HEADER, *BODY]


def test_rows_inserted_and_deleted(sheet, table):
    sheet["4:4"].insert("down")
    assert table.range.address == "$B$2:$E$6"
    sheet["4:4"].delete()
    assert table.range.address == "$B$2:$E$5"


def test_saved_and_loaded(app, book, sheet, table, tmp_path):
    sheet["H1"].formula = "=SUM(Groups[Cost])"
    path = tmp_path / "tables.xlsx"
    book.save(path)
    book.close()
    saved = openpyxl.load_workbook(path).worksheets[0]
    assert saved.tables["Groups"].ref == "B2:E5"
    assert saved["H1"].value == "=SUM(Groups[Cost])"
    with app.books.open(path) as again:
        assert again.sheets[0].tables["Groups"].range.address == "$B$2:$E$5"
        assert again.sheets[0]["H1"].value == 6.0


def test_tables_of_other_sheets_stay_when_a_sheet_is_deleted(book, sheet):
    sheet["A1:B3"].value = [["a", "b"], [1, 2], [3, 4]]
    sheet.tables.add(sheet["A1:B3"], name="Stays")
    after = book.sheets.add("Goes", after=sheet)
    after["A1:B2"].value = [["c", "d"], [5, 6]]
    after.tables.add(after["A1:B2"], name="Goes")
    third = book.sheets.add("Third", after=after)
    third["A1:B2"].value = [["e", "f"], [7, 8]]
    third.tables.add(third["A1:B2"], name="Third")
    after.delete()
    assert [t.name for t in sheet.tables] == ["Stays"]
    assert sheet.tables["Stays"].range.address == "$A$1:$B$3"
    assert sheet.tables["Stays"].show_headers
    assert [(t.name, t.range.address) for t in third.tables] == [("Third", "$A$1:$B$2")]
    third.delete()


@pytest.mark.parametrize("value", ["text", 5, "=1+1", [["a", "b"], [1, "=2"]]])
def test_notes_stay_on_cells_that_are_written_into(sheet, value):
    sheet["A1"].add_note("mine")
    sheet["B2"].add_note("mine too")
    sheet["D4"].add_note("elsewhere")
    sheet["A1:B2"].value = value
    assert [n.text for n in sheet.notes] == ["mine", "mine too", "elsewhere"]
