"""Check, Go to problem and Remove results, in a live spreadsheet."""

from pathlib import Path
from typing import Any

import pytest

from sendbook import ribbon, steps
from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.workbook.live.marks import SAYS, TINTS
from sendbook.workbook.live.owned import is_owned
from sendbook.workbook.live.read import open_book
from sendbook.workbook.live.where import selection
from sendbook.workbook.rows import build_book, read_book


def note_texts(sheet: Any) -> dict[str, str]:
    return {n.location.get_address(False, False): n.text for n in sheet.notes}


def looks(book: Any) -> dict[str, Any]:
    """Everything of the SENCo's that a mark could spoil: notes and colours of all cells with a note, by sheet."""
    found = {}
    for sheet in book.sheets:
        for address, text in note_texts(sheet).items():
            found[sheet.name, address] = (text, sheet.range(address).color)
    return found


def test_an_open_workbook_reads_as_the_closed_one_does(register, demo_file):
    closed_book, closed_problems = read_book(demo_file)
    open_, problems = build_book(open_book(register))
    assert open_ == closed_book
    assert set(problems) == set(closed_problems)


def test_check_lists_and_marks_what_is_wrong(register, said, demo_file):
    before = looks(register)
    ribbon.check()
    problems = steps.checked(demo_file, DEFAULT_TODAY)
    sheet = register.sheets["Checks"]
    assert is_owned(sheet)
    assert register.sheets.active.name == "Checks"
    rows = sheet.tables["Problems"].data_body_range.options(ndim=2).value
    assert len(rows) == len(problems)
    cells = {(p.place.sheet, p.place.cell) for p in problems if p.place.cell}
    assert cells
    for name, cell in list(cells)[::7]:
        marked = register.sheets[name].range(cell)
        assert marked.note is not None and marked.note.text.startswith(SAYS), (name, cell)
    assert said.words == []
    ribbon.remove_results()
    assert looks(register) == before
    assert "Checks" not in [s.name for s in register.sheets]


def test_a_second_check_takes_the_marks_of_the_first_away_wherever_they_are_now(register, said):
    ribbon.check()
    pupils = register.sheets["Pupils"]
    first = next(n.location for n in pupils.notes if n.text.startswith(SAYS))
    pupils.range(f"{first.row}:{first.row}").insert("down")
    ribbon.check()
    ribbon.remove_results()
    left = [n for s in register.sheets for n in s.notes if n.text.startswith(SAYS)]
    assert left == []
    used = pupils.used_range
    tinted = [c for row in (first.row, first.row + 1) for c in pupils.range((row, 1), (row, used.shape[1])) if c.color in TINTS.values()]
    assert tinted == []


def test_the_sencos_own_notes_and_colours_stay(register, said, demo_file):
    problems = [p for p in steps.checked(demo_file, DEFAULT_TODAY) if p.place.sheet == "Pupils" and p.place.cell]
    cells = list(dict.fromkeys(p.place.cell for p in problems))
    noted, coloured, both = cells[:3]
    sheet = register.sheets["Pupils"]
    for cell in (noted, both):
        sheet.range(cell).add_note("ring the mother on Monday")
    for cell in (coloured, both):
        sheet.range(cell).color = (0, 176, 80)
    ribbon.check()
    assert sheet.range(noted).note.text == "ring the mother on Monday"
    assert sheet.range(noted).color in TINTS.values()
    assert sheet.range(coloured).color == (0, 176, 80)
    assert sheet.range(coloured).note.text.startswith(SAYS)
    assert (sheet.range(both).note.text, sheet.range(both).color) == ("ring the mother on Monday", (0, 176, 80))
    ribbon.remove_results()
    assert sheet.range(noted).note.text == "ring the mother on Monday"
    assert sheet.range(noted).color is None
    assert (sheet.range(coloured).note, sheet.range(coloured).color) == (None, (0, 176, 80))
    assert (sheet.range(both).note.text, sheet.range(both).color) == ("ring the mother on Monday", (0, 176, 80))


def test_a_sheet_of_the_sencos_own_with_the_same_name_is_never_written_over(register, said):
    own = register.sheets.add("Checks")
    own.range("A1").value = "mine"
    ribbon.check()
    ribbon.check()
    assert own.range("A1").value == "mine"
    assert [s.name for s in register.sheets if s.name.startswith("Checks")].count("Checks (Sendbook)") == 1
    assert register.sheets["Checks (Sendbook)"].range("A1").value == "Checks"
    ribbon.remove_results()
    assert own.range("A1").value == "mine"


def test_a_result_sheet_that_was_renamed_is_kept(register, said):
    ribbon.check()
    register.sheets["Checks"].name = "Checks of autumn"
    ribbon.check()
    kept, anew = register.sheets["Checks of autumn"], register.sheets["Checks"]
    assert kept.range("A5").value == anew.range("A5").value
    ribbon.remove_results()
    assert "Checks of autumn" in [s.name for s in register.sheets]
    assert "Checks" not in [s.name for s in register.sheets]


def test_go_to_problem_walks_through_the_list(register, said):
    ribbon.check()
    table = register.sheets["Checks"].tables["Problems"]
    heads = table.header_row_range.value
    rows = [dict(zip(heads, r, strict=True)) for r in table.data_body_range.options(ndim=2).value]
    with_cell = [(r["Sheet"], r["Cell"]) for r in rows if r["Cell"]]
    third = next(i for i, r in enumerate(rows) if (r["Sheet"], r["Cell"]) == with_cell[2])
    register.sheets["Checks"].activate()
    register.sheets["Checks"].range((table.data_body_range.row + third, 3)).select()
    ribbon.go_to_problem()
    selected = register.app.selection
    assert (selected.sheet.name, selected.get_address(False, False)) == with_cell[2]
    ribbon.go_to_problem()
    after = register.app.selection
    assert (after.sheet.name, after.get_address(False, False)) != with_cell[2]
    assert register.app.status_bar
    assert said.words == []


def test_go_to_problem_before_a_check_says_what_to_do(register, said):
    ribbon.go_to_problem()
    assert said.words == ["There is no list of problems yet. Click Check first."]


@pytest.mark.parametrize("button", [ribbon.check, ribbon.cost, ribbon.summaries_for_all, ribbon.add_pupil, ribbon.summary_for_selected])
def test_a_workbook_that_is_no_register_is_refused_in_a_sentence(opened, said, app, tmp_path: Path, button):
    book = app.books.add()
    book.save(str(tmp_path / "Lunch.xlsx"))
    book.close()
    book = opened(tmp_path / "Lunch.xlsx")
    button()
    assert "is not a Sendbook register" in said.all
    assert [s.name for s in book.sheets] == [book.sheets[0].name]


def test_a_colour_that_a_new_row_took_over_goes_with_the_mark(register, said):
    ribbon.check()
    marked = next(n.location for n in register.sheets["Pupils"].notes if n.text.startswith(SAYS) and n.location.color in TINTS.values())
    below = marked.offset(1, 0)
    if below.note is not None:
        below.note.delete()
    below.color = marked.color  # as Excel does with a row put in there, or with what is filled down
    ribbon.remove_results()
    assert (marked.color, below.color) == (None, None)


def test_a_protected_result_sheet_is_kept(register, said):
    ribbon.check()
    register.sheets["Checks"].api.protect("")
    ribbon.check()
    assert "The sheet Checks is protected, so it was not drawn anew" in said.all
    assert "Checks" in [s.name for s in register.sheets]


def test_a_problem_on_a_hidden_sheet(register, said):
    ribbon.check()
    for name in ("Pupils", "Contacts", "Groups", "Places"):
        register.sheets[name].visible = False
    register.sheets["School"].activate()
    register.sheets["School"].range("A1").select()
    ribbon.go_to_problem()
    assert "which is hidden" in said.all


def test_rows_that_a_filter_hides_are_not_selected(register):
    sheet = register.sheets["Pupils"]
    sheet.activate()
    sheet.range("A5:C9").select()
    sheet.api.Rows.getByIndex(6).IsVisible = False
    chosen = selection(register)
    assert [row for row in range(4, 11) if row in chosen] == [5, 6, 8, 9]
