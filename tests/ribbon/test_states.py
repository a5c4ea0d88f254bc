"""Workbooks in a state in which nothing can be written, or that somebody else made: each has its sentence, and nothing is changed."""

import subprocess
import sys
from pathlib import Path

import pytest

from sendbook import ribbon
from sendbook.workbook.live.read import open_book
from sendbook.workbook.rows import build_book
from tests.ribbon.test_results import open_cells


def sheets(book):
    return {s.name: open_cells(s) for s in book.sheets}


def test_a_protected_sheet_is_checked_but_not_marked(register, said):
    register.sheets["Pupils"].api.protect("")
    ribbon.check()
    assert "Cells could not be marked on Pupils, as it is protected" in said.all
    assert "Checks" in [s.name for s in register.sheets]


def test_nothing_is_imported_into_a_protected_sheet(register, said, tmp_path):
    register.sheets["Pupils"].api.protect("")
    path = tmp_path / "list.csv"
    path.write_text("UPN,Legal surname,Legal forename\r\nA801200005019,Ng,Ada\r\n", encoding="utf-8")
    before = open_cells(register.sheets["Pupils"])
    ribbon.import_list(str(path).encode("utf-16-le").hex())
    assert "The sheet Pupils is protected" in said.all
    assert open_cells(register.sheets["Pupils"]) == before


@pytest.mark.parametrize("button", [ribbon.check, ribbon.cost])
def test_a_workbook_open_for_reading_only(app, opened, said, demo_file, button):
    book = app.books.open(str(demo_file), read_only=True)
    book.set_mock_caller()
    before = sheets(book)
    button()
    assert "is open for reading only" in said.all
    assert sheets(book) == before
    book.close()


def test_a_workbook_whose_structure_is_protected(register, said):
    register.api.protect("")
    before = sheets(register)
    ribbon.cost()
    assert "The structure of SEND register.xlsx is protected" in said.all
    assert sheets(register) == before


def test_a_workbook_that_was_never_saved(app, opened, said, demo_file, tmp_path):
    book = app.books.open(str(demo_file))
    book.save(str(tmp_path / "copy.xlsx"))
    book.set_mock_caller()
    (tmp_path / "copy.xlsx").unlink()
    ribbon.summaries_for_all()
    assert "has no folder on this computer yet" in said.all
    book.close()


def test_no_workbook_at_all():
    command = [sys.executable, "-c", "import sendbook.ribbon; sendbook.ribbon.check()"]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 1
    assert done.stderr.strip().startswith("The workbook in front was not found. Open your SEND register")


def test_a_table_that_is_gone_is_a_problem_and_not_a_failure(register, said):
    register.sheets["Places"].delete()
    ribbon.check()
    rows = register.sheets["Checks"].tables["Problems"].data_body_range.options(ndim=2).value
    assert "SB030" in [r[6] for r in rows]
    ribbon.summaries_for_all()
    assert "Nothing was made, as families would be told wrongly" in said.all


@pytest.mark.parametrize("value", ["#N/A", "=NA()", "=1/0"])
def test_an_error_in_a_cell_is_that_cells_problem(register, said, value):
    read, _ = build_book(open_book(register))
    place = read.place(read.pupils[3], "born")
    register.sheets[place.sheet].range(place.cell).formula = value
    _, problems = build_book(open_book(register))
    assert [p.rule for p in problems if p.place.cell == place.cell and p.place.sheet == place.sheet] == ["SB001"]


def test_merged_cells_and_rows_below_are_found(register, said):
    sheet = register.sheets["Groups"]
    table = sheet.tables["Groups"].range
    sheet.range((table.row + 2, 1), (table.row + 3, 1)).merge()
    below = table.row + table.shape[0]
    sheet.range((below, 1)).value = "Breakfast club"
    _, problems = build_book(open_book(register))
    found = {p.rule: p for p in problems if p.place.sheet == "Groups"}
    assert f"A{table.row + 2}:A{table.row + 3}" in found["SB034"].message
    assert str(below) in found["SB035"].message


def test_a_program_beside_the_workbook_is_never_imported(tmp_path: Path):
    """xlwings puts the workbook's folder on Python's path unless told not to; the add-in's settings tell it not to."""
    from sendbook.addin.build import default_settings

    settings = default_settings(sys.executable)
    for name in ("sendbook", "pandas", "lxml"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('a stranger\\'s program ran')", encoding="utf-8")
    book = tmp_path / "register.xlsx"
    handed = ";".join([settings["ADD_WORKBOOK_TO_PYTHONPATH"], str(book), str(book), "", "", "", settings["PYTHONPATH"]])
    code = f"import xlwings.utils; xlwings.utils.prepare_sys_path({handed!r}); import sendbook, sendbook.ribbon, lxml; print(sendbook.__file__)"
    done = subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, encoding="utf-8", check=False, cwd=Path(sys.prefix))
    assert done.returncode == 0, done.stderr
    assert Path(done.stdout.strip()).parent.name == "sendbook"
    assert str(tmp_path) not in done.stdout
