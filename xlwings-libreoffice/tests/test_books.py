"""Apps, books, sheets, names, notes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest
import xlwings as xw

import xlwings_libreoffice as xlo


def test_app(app):
    assert app.engine.name == "libreoffice"
    assert app.version.major >= 7
    app.activate()  # another test's office may have been started since
    assert xw.apps.active == app
    assert xw.apps[app.pid] == app
    assert app in list(xw.apps)


def test_states(app, book):
    with app.properties(screen_updating=False, calculation="manual", status_bar="Working", display_alerts=False, enable_events=False):
        assert (app.screen_updating, app.calculation, app.status_bar) == (False, "manual", "Working")
        book.sheets[0]["A1"].value = "text " * 50
        book.sheets[0]["A1"].wrap_text = True
        app.screen_updating = False
    assert (app.screen_updating, app.calculation, app.status_bar) == (True, "automatic", False)
    assert book.sheets[0]["A1"].row_height > 50
    assert not book.api.hasControllersLocked()


def test_manual_calculation(app, book):
    sheet = book.sheets[0]
    sheet["A1"].value = 1
    sheet["B1"].formula = "=A1+1"
    with app.properties(calculation="manual"):
        sheet["A1"].value = 5
        assert sheet["B1"].value == 2.0
        app.calculate()
        assert sheet["B1"].value == 6.0


def test_prompts(app):
    xlo.engine.prompts.clear()
    assert app.alert("Delete it?", "Sure", "yes_no") == "no"
    xlo.engine.answer = lambda prompt: "yes" if "Delete" in prompt.text else "ok"
    try:
        assert app.alert("Delete it?", "Sure", "yes_no", mode="critical") == "yes"
    finally:
        xlo.engine.answer = None
    assert [(prompt.text, prompt.answer) for prompt in xlo.engine.prompts] == [("Delete it?", "no"), ("Delete it?", "yes")]


def test_save_open_close(app, tmp_path):
    path = tmp_path / "Ünïcode name.xlsx"
    book = app.books.add()
    book.sheets[0]["A1"].value = "kept"
    book.save(path)
    assert (book.name, book.fullname) == (path.name, str(path))
    assert app.books[path.name] == app.books.open(path) == book
    book.sheets[0]["A1"].value = "kept too"
    book.save()
    book.sheets[0]["A1"].value = "not saved"
    book.close()
    assert path.name not in [other.name for other in app.books]
    with pytest.raises(KeyError):
        app.books[path.name]
    with app.books.open(path) as again:
        assert again.sheets[0]["A1"].value == "kept too"
        assert app.books.active == again
    with pytest.raises(FileNotFoundError):
        app.books.open(tmp_path / "none.xlsx")
    with app.books.add() as other, pytest.raises(NotImplementedError, match=r"\.pdf"):
        other.save(tmp_path / "x.pdf")


def test_values_are_worked_out_on_opening(app, tmp_path):
    made = openpyxl.Workbook()
    made.active.append([1, True, "=A1*3", "=A1>0"])
    made.save(tmp_path / "made.xlsx")
    with app.books.open(tmp_path / "made.xlsx") as book:
        assert book.sheets[0]["A1:D1"].value == [1.0, True, 3.0, True]
        assert book.sheets[0]["A1:D1"].formula == (("1", "TRUE", "=A1*3", "=A1>0"),)


def test_sheets(book):
    first = book.sheets[0]
    last = book.sheets.add("Last one", after=first)
    assert book.sheets.active == last
    book.sheets.add("First", before=first)
    assert book.sheet_names == ["First", first.name, "Last one"]
    assert (last.index, book.sheets["last ONE"], book.sheets(1).name) == (3, last, "First")
    last.name = "It's"
    assert book.sheets["It's"]["A1"].get_address(external=True).endswith("It''s'!$A$1")
    last.visible = False
    assert last.visible is False
    first.activate()
    assert book.sheets.active == first
    copied = first.copy(after=last, name="Copied")
    assert copied.index == 4
    copied.delete()
    assert len(book.sheets) == 3
    with pytest.raises(ValueError, match="already present"):
        book.sheets.add("FIRST")
    with pytest.raises(KeyError):
        book.sheets["Copied"]
    last["B2"].formula = f"='{first.name}'!A1&\"!\""
    first["A1"].value = "x"
    assert last["B2"].value == "x!"


def test_clearing(sheet):
    sheet["A1"].value = 1
    sheet["A1"].color = (1, 2, 3)
    sheet["A1"].add_note("n")
    sheet.clear_contents()
    assert (sheet["A1"].value, sheet["A1"].color, sheet["A1"].note.text) == (None, (1, 2, 3), "n")
    sheet.clear()
    assert (sheet["A1"].color, sheet["A1"].note) == (None, None)


def test_view(book, sheet, tmp_path):
    other = book.sheets.add("Other", after=sheet)
    sheet.freeze_panes.freeze_at("A1:B1")
    other.freeze_panes.freeze_at(other["1:2"])
    other.show_gridlines = False
    assert (other.show_gridlines, sheet.show_gridlines) == (False, True)
    sheet.page_setup.print_area = "$A$1:$C$9"
    assert (sheet.page_setup.print_area, other.page_setup.print_area) == ("$A$1:$C$9", None)
    assert book.sheets.active == other
    book.save(tmp_path / "view.xlsx")
    saved = openpyxl.load_workbook(tmp_path / "view.xlsx")
    assert [one.freeze_panes for one in saved] == ["C2", "A3"]
    assert [one.sheet_view.showGridLines for one in saved] == [True, False]
    assert saved.worksheets[0].print_area.endswith("$A$1:$C$9")


def test_names(book, sheet, tmp_path):
    sheet["A1:A2"].value = [[1], [2]]
    book.names.add("rates", f"={sheet.name}!$A$1:$A$2")
    sheet.names.add("own", f"={sheet.name}!$A$2")
    sheet["C1"].name = "corner"
    assert [name.name for name in book.names] == ["corner", "rates", f"{sheet.name}!own"]
    assert [name.name for name in sheet.names] == [f"{sheet.name}!own"]
    assert book.names["RATES"].refers_to == f"={sheet.name}!$A$1:$A$2"
    assert book.names["rates"].refers_to_range.value == [1.0, 2.0]
    assert sheet["A1:A2"].name.name == "rates"
    assert sheet["A1"].name is None
    assert sheet["own"].address == "$A$2"
    sheet["B1"].formula = "=SUM(rates)"
    assert sheet["B1"].value == 3.0
    book.names["rates"].refers_to = f"={sheet.name}!$A$1"
    assert sheet["B1"].value == 1.0
    book.save(tmp_path / "names.xlsx")
    assert "rates" in openpyxl.load_workbook(tmp_path / "names.xlsx").defined_names
    book.names["corner"].delete()
    assert "corner" not in book.names
    assert len(book.names) == 2


def test_notes(book, sheet, tmp_path):
    for address, text in (("C3", "third"), ("A1", "first\nsecond line"), ("B2", "second")):
        sheet[address].add_note(text)
    found = [(note.location.address, note.text) for note in sheet.notes]
    assert found == [("$A$1", "first\nsecond line"), ("$B$2", "second"), ("$C$3", "third")]
    assert sheet["D4"].note is None
    sheet["B2"].note.text = "changed"
    assert sheet["B2"].note.text == "changed"
    sheet["C3"].note.delete()
    assert len(sheet.notes) == 2
    assert len(book.notes) == 2
    with pytest.raises(ValueError, match="already has a note"):
        sheet["A1"].add_note("again")
    book.save(tmp_path / "notes.xlsx")
    assert openpyxl.load_workbook(tmp_path / "notes.xlsx").worksheets[0]["B2"].comment.text == "changed"


def test_unsupported_calls_say_so(sheet):
    with pytest.raises(NotImplementedError, match=r"does not support Sheet\.shapes"):
        _ = sheet.shapes
    with pytest.raises(NotImplementedError, match=r"does not support Range\.paste"):
        sheet["A1"].paste()


ATTACHED = """
import sys, xlwings as xw, xlwings_libreoffice as xlo
app = xlo.attach(sys.argv[1])
app.books[sys.argv[2]].set_mock_caller()
book = xw.Book.caller()
book.sheets[0]["A1"].value = ["from outside", app.engine.name]
assert xw.apps.active == app and book.app == app
"""


def test_attaching_from_another_process(app, book):
    env = os.environ | {"PYTHONPATH": str(Path(xlo.__file__).parents[1])}
    subprocess.run([sys.executable, "-c", ATTACHED, app.impl.office.pipe, book.name], check=True, timeout=60, env=env)
    assert book.sheets[0]["A1:B1"].value == ["from outside", "libreoffice"]


def test_the_caller_is_the_mock(book):
    book.set_mock_caller()
    try:
        assert xw.Book.caller() == book
    finally:
        del xw.Book._mock_caller
