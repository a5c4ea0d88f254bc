"""Import, Add pupil, and the summaries, in a live spreadsheet."""

from pathlib import Path
from typing import Any

import pytest

from sendbook import ribbon
from sendbook.tables import Book, Pupil
from sendbook.workbook.live.read import open_book, values
from sendbook.workbook.rows import build_book, read_book

LIST = "UPN,Legal surname,Legal forename,Year group,SEN status\r\n"


def in_hex(path: Path) -> str:
    return str(path).encode("utf-16-le").hex()


def book_of_now(book: Any) -> Book:
    return build_book(open_book(book))[0]


def pupils(book: Any) -> tuple[Pupil, ...]:
    return book_of_now(book).pupils


def list_of(tmp_path: Path, *rows: str, name: str = "export.csv") -> Path:
    path = tmp_path / name
    path.write_text(LIST + "\r\n".join(rows), encoding="utf-8")
    return path


@pytest.mark.parametrize("name", ["=1+1", "Ng", "-Smith", "+44", "@Home", "O'Neil", "'Tis", "Zażółć", "3/4"])
def test_import_adds_a_pupil_and_text_stays_text(register, said, tmp_path, name):
    before = len(pupils(register))
    ribbon.import_list(in_hex(list_of(tmp_path, f"A801200005019,{name},Ada,3,K", name="É'x' list.csv")))
    assert "Write it into the register?" in said.words[0]
    after = pupils(register)
    assert len(after) == before + 1, said.all
    assert (after[-1].surname, after[-1].forename, after[-1].year) == (name, "Ada", "3")
    letter = book_of_now(register).origins["Pupils"].letters["surname"]
    assert register.sheets["Pupils"].range(f"{letter}{after[-1].row}").value == name
    assert list(tmp_path.glob("SEND register before import *.xlsx"))


def test_the_row_put_in_has_its_formulas_and_the_table_reaches_it(register, said, tmp_path):
    ribbon.import_list(in_hex(list_of(tmp_path, "A801200005019,Ng,Ada,3,K")))
    table = register.sheets["Pupils"].tables["Pupils"]
    head, *rows = values(table.range)
    assert dict(zip(head, rows[-1], strict=True))["Pupil"] == "Ng, Ada (A801200005019)"


def test_import_that_is_not_wanted_writes_nothing(register, said, tmp_path):
    said.answer = "no"
    before = pupils(register)
    ribbon.import_list(in_hex(list_of(tmp_path, "A801200005019,Ng,Ada,3,K")))
    assert pupils(register) == before
    assert not list(tmp_path.glob("*before import*"))
    assert register.sheets["Import"].range("A1").value == "Import of export.csv: nothing written yet"


def test_import_of_a_file_that_is_gone_is_a_sentence(register, said, tmp_path):
    ribbon.import_list(in_hex(tmp_path / "gone.csv"))
    assert "There is no file gone.csv" in said.all


def test_import_stops_before_something_that_stands_below_the_table(register, said, tmp_path):
    sheet = register.sheets["Pupils"]
    table = sheet.tables["Pupils"].range
    below = sheet.range((table.row + table.shape[0] + 1, 3))
    below.value = "my own note"
    before = pupils(register)
    ribbon.import_list(in_hex(list_of(tmp_path, "A801200005019,Ng,Ada,3,K", "A801200005027,Ng,Bo,3,K", "A801200005035,Ng,Cy,3,K")))
    assert "Something stands below the table Pupils" in said.all
    assert below.value == "my own note"
    assert pupils(register) == before


def test_add_pupil_goes_to_a_new_row(register, said):
    last = pupils(register)[-1].row
    ribbon.add_pupil()
    chosen = register.app.selection
    assert (chosen.sheet.name, chosen.row, chosen.column) == ("Pupils", last + 1, 1)
    assert chosen.table.name == "Pupils"
    ribbon.add_pupil()  # the row is still blank: it is the one to type in
    assert register.app.selection.row == last + 1


def test_summaries_of_selected_pupils(register, said, tmp_path):
    sheet = register.sheets["Pupils"]
    with_sen = [p for p in pupils(register) if p.sen_status in ("K", "E")][:2]
    sheet.activate()
    sheet.range(f"B{with_sen[0].row}").select()
    ribbon.summary_for_selected()
    folder = tmp_path / "SEND register - summaries"
    made = list(folder.rglob("*.pdf"))
    assert len(made) == 1, said.all
    assert said.words[0].startswith("1 summary written")


def test_summaries_for_all_asks_first(register, said, tmp_path):
    said.answer = "no"
    ribbon.summaries_for_all()
    assert "Write the summaries of all" in said.all
    assert not (tmp_path / "SEND register - summaries").exists()


def test_summaries_for_all_are_those_of_the_closed_workbook(register, said, tmp_path, demo_file):
    ribbon.summaries_for_all()
    made = {p.name for p in (tmp_path / "SEND register - summaries").rglob("*.pdf")}
    book, _ = read_book(demo_file)
    assert len(made) == sum(p.has_sen for p in book.pupils if p.on_roll(ribbon._today()))
    assert "Read before sending" in [s.name for s in register.sheets]
    assert "Look at the sheet Read before sending" in said.all


def test_a_selection_about_no_pupil_is_a_sentence(register, said):
    register.sheets["School"].activate()
    register.sheets["School"].range("A5").select()
    ribbon.summary_for_selected()
    assert "are about no pupil" in said.all


def test_open_folder_before_there_is_one_is_a_sentence(register, said):
    ribbon.open_folder()
    assert said.words == ["No summaries have been written yet. Click Summaries for all, or select pupils and click Summary for selected."]


def test_about_and_guide(register, said, monkeypatch):
    opened = []
    monkeypatch.setattr(ribbon, "show_file", opened.append)
    ribbon.about()
    ribbon.guide()
    assert "libreoffice" in said.all.casefold()
    assert opened[0].is_file()
