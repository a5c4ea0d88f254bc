"""The cost sheets in a live spreadsheet, and that an open workbook's results are those of a closed one, cell by cell."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import python_calamine as calamine

from sendbook import ribbon, steps
from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.sheets.layout import CHART_ROWS
from sendbook.workbook.live.read import values


def as_one(value: object) -> object:
    """A cell's value as both readers give it."""
    if isinstance(value, datetime):
        return value.date()
    return round(float(value), 6) if isinstance(value, int | float) and not isinstance(value, bool) else value


def in_file(path: Path) -> dict[str, dict[tuple[int, int], object]]:
    """The filled cells of a closed workbook, by sheet."""
    book = calamine.CalamineWorkbook.from_path(path)
    found = {}
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        top, left = sheet.start or (0, 0)
        found[name] = {
            (r, c): as_one(v)
            for r, row in enumerate(sheet.to_python(), top + 1)
            for c, v in enumerate(row, left + 1)
            if v not in ("", None)
        }
    return found


def open_cells(sheet: Any) -> dict[tuple[int, int], object]:
    """The filled cells of an open sheet."""
    used = sheet.used_range
    rows = enumerate(values(used), used.row)
    return {(r, c): as_one(v) for r, row in rows for c, v in enumerate(row, used.column) if v not in ("", None)}


@pytest.fixture(scope="session")
def closed(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[tuple[int, int], object]]:
    """The results of the closed demo register: checks and costs."""
    folder = tmp_path_factory.mktemp("closed")
    steps.write_checks(steps.checked(demo_file, DEFAULT_TODAY), demo_file, folder / "checks.xlsx")
    steps.cost(demo_file, DEFAULT_TODAY, folder / "costs.xlsx")
    return in_file(folder / "checks.xlsx") | in_file(folder / "costs.xlsx")


def test_results_of_an_open_workbook_are_those_of_a_closed_one_cell_by_cell(register, said, closed):
    ribbon.check()
    ribbon.cost()
    for name, cells in closed.items():
        drawn = open_cells(register.sheets[name])
        assert {k: (v, drawn.get(k)) for k, v in cells.items() if v != drawn.get(k)} == {}, name
        assert drawn.keys() == cells.keys(), name


def test_cost_draws_tables_formulas_and_charts(register, said, closed):
    ribbon.cost()
    assert register.sheets.active.name == "Cost summary"
    pupils = register.sheets["Cost per pupil"]
    assert pupils.tables["Cost_pupils"].range.row == 4
    spent = pupils.range("G5")
    assert spent.formula.startswith("=SUMIFS(")
    assert spent.number_format == "£#,##0.00_)"
    (chart,) = pupils.charts
    assert chart.title == "Highest costs"
    assert chart.top >= pupils.range("A3").top  # LibreOffice makes rows higher after the chart is placed
    assert chart.left > pupils.range("L4").left
    assert [c.title for c in register.sheets["Cost by area"].charts] == ["Cost by area of need", "Cost by layer"]
    above = pupils.range("J5").conditional_formats
    assert [f.formula for f in above] == ["=$J5>0"]
    first, second = (c.top for c in register.sheets["Cost by area"].charts)
    assert second - first >= CHART_ROWS * 12, "no chart covers another"


def test_rows_are_as_high_as_their_texts_on_every_sheet_drawn(register, said):
    ribbon.check()
    ribbon.cost()
    drawn = register.sheets["Provision map"]
    longest = max(range(5, 9), key=lambda r: max(str(c).count("\n") for c in drawn.range(f"B{r}:E{r}").value))
    assert drawn.range(f"A{longest}").row_height > 40
    assert register.sheets["Cost per group"].range("A4").row_height > 20, "headings of two lines"


def titles_of_charts(book: Any) -> set[tuple[str, str]]:
    return {(s.name, c.title) for s in book.sheets for c in s.charts}


def test_drawing_again_changes_nothing(register, said):
    ribbon.cost()
    first = {s.name: open_cells(s) for s in register.sheets}
    tables = sorted(t.name for s in register.sheets for t in s.tables)
    charts = titles_of_charts(register)
    ribbon.cost()
    assert {s.name: open_cells(s) for s in register.sheets} == first
    assert sorted(t.name for s in register.sheets for t in s.tables) == tables
    assert titles_of_charts(register) == charts


def test_a_formula_of_the_sencos_that_looks_into_a_result_stays_whole(register, said):
    ribbon.cost()
    own = register.sheets.add("Mine")
    own.range("A1").formula = "='Cost summary'!B6"
    before = own.range("A1").value
    ribbon.cost()
    assert own.range("A1").formula == "='Cost summary'!B6"
    assert own.range("A1").value == before


@pytest.mark.parametrize(("button", "name"), [(ribbon.provision_map, "Provision map"), (ribbon.staff_time, "Staff time")])
def test_one_sheet_alone(register, said, closed, button, name):
    before = {s.name for s in register.sheets}
    button()
    assert {s.name for s in register.sheets} - before == {name}
    assert open_cells(register.sheets[name]) == closed[name]
    assert register.sheets.active.name == name


def test_links_lead_to_their_cells(register, said):
    ribbon.check()
    sheet = register.sheets["Checks"]
    table = sheet.tables["Problems"]
    rows = values(table.data_body_range)
    at = next(i for i, row in enumerate(rows) if row[2])
    formula = sheet.range((table.data_body_range.row + at, 3)).formula
    assert formula == f'''=HYPERLINK("#'{rows[at][1]}'!{rows[at][2]}","{rows[at][2]}")'''


def test_screen_calculation_and_events_are_given_back_even_when_drawing_fails(register, said, monkeypatch):
    from sendbook.workbook.live import draw

    def broken(*_: object) -> None:
        raise RuntimeError("Amara Okafor")

    app = register.app
    before = (app.screen_updating, app.calculation, app.enable_events)
    monkeypatch.setattr(draw._Drawing, "dress", broken)
    ribbon.cost()
    assert (app.screen_updating, app.calculation, app.enable_events) == before
    assert app.status_bar in (False, "", None)
    assert "Something went wrong inside Sendbook" in said.all
    assert "Okafor" not in said.all


def test_dates_are_dates(register):
    head, first, *_ = values(register.sheets["Pupils"].tables["Pupils"].range)
    assert isinstance(first[head.index("Date of birth")], datetime | date)
