"""The master workbook and the result sheets in real programs: LibreOffice recalculates them, Microsoft's validator reads them."""

import re
import zipfile
from datetime import date, timedelta
from pathlib import Path

import pytest
import python_calamine as calamine
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter

from sendbook.computed import computed
from sendbook.costing import Costing
from sendbook.demo.invent import DEFAULT_TODAY, invent
from sendbook.demo.workbook import write_demo, write_tables
from sendbook.sheets.blocks import Link, Table
from sendbook.sheets.checks import checks_sheet
from sendbook.sheets.costs import cost_sheets
from sendbook.steps import checked
from sendbook.tables import TABLES, Column, Formula, Group, Kind, PlaceInGroup, Staff, columns, layout
from sendbook.workbook.excel import as_cell
from sendbook.workbook.home import FIGURES, HOME
from sendbook.workbook.master import blank_rows, write_master
from sendbook.workbook.results import write_results
from sendbook.workbook.rows import book_of, read_book
from tests.live import ROOT, ooxml_errors, recalculated
from tests.make import TODAY
from tests.workbook.files import OTHER, ROWS, changed, good, parts

PENNY = 0.005


def same(python: object, sheet: object) -> bool:
    """Equal as a SENCo sees it: to the penny, a blank for nothing, a date for its day."""
    python = as_cell(python)
    if isinstance(python, int | float) and isinstance(sheet, int | float):
        return abs(python - sheet) < PENNY
    return ("" if python is None else python) == sheet


def differences(path: Path, today: date) -> list[str]:
    """Every formula result in a recalculated master workbook that is not what Python gives."""
    book, _ = read_book(path)
    wrong, seen = [], 0
    with calamine.CalamineWorkbook.from_path(str(path), load_tables=True) as workbook:
        home = {row[1]: row[2] for row in workbook.get_sheet_by_name(HOME).to_python(skip_empty_area=False) if row[1]}
        for (table, heading), results in computed(book, today).items():
            if table == HOME:
                seen += 1
                found = {0: home[heading]} if heading in home else {0: next(iter(home))}
            else:
                block = workbook.get_table_by_name(table)
                at, first = block.columns.index(heading), block.start[0] + 1
                found = {first + i: row[at] for i, row in enumerate(block.to_python())}
            for row, value in results.items():
                seen += 1
                if not same(value, found[row]):
                    wrong.append(f"{table}[{heading}] row {row}: Python {value!r}, sheet {found[row]!r}")
    assert seen > len(FIGURES)
    return wrong


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """The demo school without mistakes, with nothing stored as results, so that all must be worked out anew."""
    path = tmp_path_factory.mktemp("demo") / "demo.xlsx"
    write_master(path, invent(mistakes=False))
    return path


def test_every_formula_gives_in_libreoffice_what_python_gives(demo, tmp_path):
    assert differences(recalculated(demo, tmp_path / "out"), date.today()) == []


def test_every_formula_of_the_small_book_too(tmp_path):
    path = good(tmp_path)
    assert differences(recalculated(path, tmp_path / "out"), date.today()) == []


def test_names_that_excel_would_take_for_patterns_or_comparisons_count_only_themselves(tmp_path):
    names = ("<Starters", "Maths?", "Maths2", "Time*", "Time for talk", "~Odd", "=Even", "L" * 300)
    staff = ("Mrs K*", "Mrs Khan", "Mrs No Cost", "Twin", "Twin")
    rows = ROWS[Group][0]
    path = tmp_path / "odd.xlsx"
    write_master(path, {
        **ROWS,
        Staff: [{"name": n, "hourly_cost": 12.345 + i if n != "Mrs No Cost" else None} for i, n in enumerate(staff)],
        Group: [rows | {"name": n, "staff": staff[i % 5], "staff_2": "Mrs Khan"} for i, n in enumerate((*names, "Same", "Same"))],
        PlaceInGroup: [{"pupil": OTHER, "group": n} for i, n in enumerate((*names, "Same", None)) for _ in range(i + 1)],
    })  # fmt: skip
    assert differences(recalculated(path, tmp_path / "out"), date.today()) == []
    book, _ = read_book(path)
    assert [len(g.shares) for g in Costing(book, TODAY).groups] == [1, 2, 3, 4, 5, 6, 7, 8, 0, 0]


def test_one_error_spoils_no_other_row(tmp_path):
    path = good(tmp_path)

    def spoil(workbook):
        for sheet, heading, row in (
            ("Places", "Group", 7),
            ("Staff", "Name", 6),
            ("Staff", "Salary with on-costs", 6),
            ("Groups", "Group", 6),
        ):
            column = next(c.column for c in workbook[sheet][4] if c.value == heading)
            workbook[sheet].cell(row, column).value = "=NA()"

    changed(path, spoil)
    with calamine.CalamineWorkbook.from_path(str(recalculated(path, tmp_path / "out")), load_tables=True) as workbook:
        table = workbook.get_table_by_name("Groups")
        readers = dict(zip(table.columns, table.to_python()[0], strict=True))
    assert readers["Pupils"] == 2
    assert readers["Staff cost per hour"] == 17.2  # the second adult's cannot be known
    assert isinstance(readers["Group cost"], float) and isinstance(readers["Cost per pupil"], float)


def test_every_formula_column_and_every_figure_is_compared():
    book, _ = book_of(ROWS)
    compared = set(computed(book, TODAY))
    assert {(m.table, f.heading) for m in TABLES for f in m.formulas} <= compared
    assert {(HOME, f.label) for f in FIGURES} <= compared


def test_stored_results_are_what_libreoffice_works_out(tmp_path):
    path = tmp_path / "demo.xlsx"
    write_tables(path, invent(mistakes=False), date.today())
    assert differences(path, date.today()) == []


@pytest.mark.parametrize("model", [m for m in TABLES if m.printed_to])
def test_what_is_printed_ends_where_the_table_says_and_grows_with_it(demo, model):
    last = [c.heading for c in layout(model)].index(model.printed_to) + 1
    with zipfile.ZipFile(demo) as z:
        assert f">{model.table}!$A:${get_column_letter(last)}</definedName>" in z.read("xl/workbook.xml").decode()


def errors_shown(path: Path) -> list[str]:
    """Every cell of a recalculated workbook that shows an error, such as `#NAME?`."""
    book = load_workbook(path, data_only=True)
    cells = (c for sheet in book for row in sheet.iter_rows() for c in row)
    return [f"{c.parent.title}!{c.coordinate} {c.value}" for c in cells if c.data_type == "e" or str(c.value).startswith("Err:")]


def test_no_formula_of_the_master_shows_an_error(demo, tmp_path):
    assert errors_shown(recalculated(demo, tmp_path / "demo")) == []
    write_master(tmp_path / "new.xlsx", blank_rows(TODAY))
    assert errors_shown(recalculated(tmp_path / "new.xlsx", tmp_path / "new")) == []


def totals_of(sheet, table: Table) -> dict[str, object]:
    """What a recalculated sheet shows in the table's totals row, by heading."""
    top = next(c for row in sheet.iter_rows() for c in row if c.value == table.columns[0].heading and _heads(sheet, c, table))
    return {c.heading: sheet.cell(top.row + len(table.rows) + 1, top.column + i).value for i, c in enumerate(table.columns) if c.total}


def _heads(sheet, corner, table: Table) -> bool:
    return all(sheet.cell(corner.row, corner.column + i).value == c.heading for i, c in enumerate(table.columns))


def keeps_its_figures(book, folder: Path, *more) -> tuple[int, int]:
    """Recalculated in LibreOffice, the result sheets show what they were written with; how many formulas and totals were compared."""
    sheets = (*cost_sheets(Costing(book, DEFAULT_TODAY)), *more)
    path = folder / "results.xlsx"
    write_results(path, sheets, folder / "book.xlsx")
    compared = totals = 0
    out = recalculated(path, folder / "out")
    assert errors_shown(out) == []
    shown = load_workbook(out, data_only=True)
    for sheet in sheets:
        for table in (b for b in sheet.blocks if isinstance(b, Table) and b.rows):
            for heading, found in totals_of(shown[sheet.name], table).items():
                at = [c.heading for c in table.columns].index(heading)
                assert same(sum(row[at] or 0 for row in table.rows), found), (table.name, heading)
                totals += 1
    with calamine.CalamineWorkbook.from_path(str(out), load_tables=True) as workbook:
        for table in (b for s in sheets for b in s.blocks if isinstance(b, Table)):
            found = workbook.get_table_by_name(table.name).to_python()
            for given, row in zip(table.rows, found, strict=False):
                for c, value, cell in zip(table.columns, given, row, strict=True):
                    value = value.text if isinstance(value, Link) else value
                    assert same(value, cell), (table.name, c.heading, value, cell)
                    compared += bool(c.formula)
    return compared, totals


def test_result_sheets_recalculated_in_libreoffice_keep_their_figures(demo, tmp_path):
    formulas, totals = keeps_its_figures(read_book(demo)[0], tmp_path, checks_sheet(checked(demo, DEFAULT_TODAY)))
    assert formulas > 500
    assert totals > 10


def test_so_they_do_where_pupils_bear_costs_without_a_place_or_are_not_found(tmp_path):
    rows = ROWS[Group][0] | {"resources": 100.01}
    book, _ = book_of({
        **ROWS,
        Group: [
            rows | {"name": "Hers", "charged_to": OTHER}, rows | {"name": "Hers alone", "charged_to": OTHER}, rows | {"name": "Nobody's"},
            rows | {"name": "Thirds"}, rows | {"name": "Last year", "start": date(2025, 9, 8), "end": date(2026, 3, 6), "fixed_weeks": 12},
        ],
        PlaceInGroup: [
            {"pupil": "B801200005001", "group": "Hers"}, {"pupil": "B801200005001", "group": "Thirds"}, {"pupil": OTHER, "group": "Thirds"},
            {"pupil": "Z999", "group": "Thirds"}, {"pupil": OTHER, "group": "Last year"},
        ],
    })  # fmt: skip
    assert Costing(book, DEFAULT_TODAY).unshared > 0
    assert keeps_its_figures(book, tmp_path)[0] > 30


@pytest.mark.parametrize("make", ["new", "demo", "demo with mistakes", "checks", "costs"])
def test_microsofts_validator_finds_nothing(make, demo, tmp_path):
    path = tmp_path / "made.xlsx"
    if make == "new":
        write_master(path, blank_rows(TODAY))
    elif make.startswith("demo"):
        write_demo(path, clean=make == "demo")
    elif make == "checks":
        spoilt = tmp_path / "spoilt.xlsx"
        write_demo(spoilt)
        write_results(path, [checks_sheet(checked(spoilt, DEFAULT_TODAY))], spoilt)
    else:
        write_results(path, cost_sheets(Costing(read_book(demo)[0], DEFAULT_TODAY)), demo)
    assert ooxml_errors(path) == []


def test_the_validator_would_find_something(tmp_path):
    path = good(tmp_path)
    with zipfile.ZipFile(path) as z:
        parts = {n: z.read(n) for n in z.namelist()}
    parts["xl/workbook.xml"] = parts["xl/workbook.xml"].replace(b"<sheets>", b"<sheets><nonsense/>")
    with zipfile.ZipFile(path, "w") as z:
        for name, content in parts.items():
            z.writestr(name, content)
    assert ooxml_errors(path)


def test_the_workbook_knows_its_form_and_has_no_macros(tmp_path):
    path = good(tmp_path)
    with zipfile.ZipFile(path) as z:
        assert b"Sendbook schema" in z.read("docProps/custom.xml")
        assert not [n for n in z.namelist() if "vba" in n.lower()]


def test_formulas_and_highlights_name_only_headings_there_are():
    known = {m.table: {c.heading for c in layout(m)} for m in TABLES}
    for model in TABLES:
        texts = [f.excel for f in model.formulas] + [h.excel for h in model.highlights] + [c.needed_unless for c in columns(model)]
        for text in texts:
            for heading in re.findall(r"\[@\[([^\]]+)\]\]|\[@([^\[\]]+)\]", text):
                assert (heading[0] or heading[1]) in known[model.table], (model.table, text)
            for table, heading in re.findall(r"\b([A-Z][A-Za-z]+)\[([^\[\]@#]+)\]", text):
                assert heading in known[table], text
        assert all(f.after is None or f.after in known[model.table] for f in model.formulas)


def test_who_needs_no_parental_responsibility_is_not_marked_for_lacking_it(tmp_path):
    sheet = load_workbook(good(tmp_path))["Contacts"]
    empty = {
        str(area.sqref): [r.formula[0] for r in rules if '=""' in r.formula[0]]
        for area, rules in sheet.conditional_formatting._cf_rules.items()
    }
    (mark,) = next(found for area, found in empty.items() if area.startswith("D5:"))
    assert mark.startswith('AND($D5="",') and mark.endswith(',NOT(OR($C5="Young person",$C5="Social worker")))')


def test_dropdowns_comments_and_formats_come_from_the_declaration(tmp_path):
    book = load_workbook(good(tmp_path))
    for model in (m for m in TABLES if m.layout == "rows"):
        sheet = book[model.table]
        assert list(sheet.tables) == [model.table]
        assert sheet.freeze_panes
        by_cell = {str(r).partition(":")[0]: v for v in sheet.data_validations.dataValidation for r in v.sqref.ranges}
        for i, c in enumerate(layout(model), 1):
            head = sheet.cell(4, i)
            assert (head.value, head.comment.text) == (c.heading, c.help)
            rule = by_cell.get(f"{head.column_letter}5")
            if isinstance(c, Formula):
                assert rule.type == "custom", "a formula cannot be typed over"
            elif isinstance(c, Column) and (c.choices or c.link or c.suggest or c.kind is Kind.YES_NO):
                assert rule.type == "list", c.heading
            elif c.kind is Kind.DATE:
                assert rule.type == "date", c.heading


HOSTILE = [
    "=1+1", "+44 1632 960000", "@SUM(A1)", "-3", "<b>bold</b>", "#hash", "C:\\temp\\x", "O'Neill", '"quoted"', "👩‍🎓 Ada", "عمر", "שרה", "x" * 500,
    "_x0041_", "a\nb", "https://example.org", "mailto:a@example.org", "  spaced  ", "&amp;", "{=A1}", "\tTab",
]  # fmt: skip


def test_names_of_every_kind_stay_text(tmp_path):
    pupil = next(m for m in ROWS if m.table == "Pupils")
    rows = ROWS | {pupil: [{"upn": f"X{i}", "surname": s, "forename": s, "sen_status": "N"} for i, s in enumerate(HOSTILE)]}
    path = tmp_path / "hostile.xlsx"
    write_tables(path, rows, TODAY)
    assert ooxml_errors(path) == []
    book = load_workbook(path)
    at = [c.heading for c in layout(pupil)].index("Legal surname") + 1
    cells = [book["Pupils"].cell(5 + i, at) for i in range(len(HOSTILE))]
    assert [(c.data_type, c.hyperlink) for c in cells] == [("s", None)] * len(HOSTILE)
    read, _ = read_book(path)
    assert [p.surname.split() for p in read.pupils] == [s.split() for s in HOSTILE]


def test_ten_thousand_pupils_in_one_group_share_to_the_penny(tmp_path):
    pupil, group, place = (next(m for m in ROWS if m.table == t) for t in ("Pupils", "Groups", "Places"))
    rows = ROWS | {
        pupil: [{"upn": f"X{i}", "surname": f"S{i}", "forename": "A", "sen_status": "K"} for i in range(10_000)],
        group: [{"name": "All", "staff": "Ms Patel", "minutes": 30, "sessions": 5}],
        place: [{"pupil": f"X{i}", "group": "All"} for i in range(10_000)],
    }
    costing = Costing(book_of(rows)[0], TODAY)
    assert sum(costing.spent.values()) == costing.total == 39 * 5 * 860


def test_the_same_rows_make_the_same_bytes(tmp_path):
    one, two = tmp_path / "a" / "demo.xlsx", tmp_path / "b" / "demo.xlsx"
    for path in (one, two):
        path.parent.mkdir()
        write_demo(path)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("name", ["Blank SEND register.xlsx", "Demo school SEND register.xlsx"])
def test_the_files_in_workbook_templates_are_what_the_code_makes(name, tmp_path):
    made = tmp_path / name
    if name.startswith("Blank"):
        write_master(made, blank_rows(DEFAULT_TODAY))
    else:
        write_demo(made)
    assert parts(made) == parts(ROOT / "workbook_templates" / name), "run: uv run workbook_templates/make.py"


def test_rows_grow_when_more_is_typed(tmp_path):
    path = tmp_path / "demo.xlsx"
    write_demo(path, 3)
    with zipfile.ZipFile(path) as z:
        sheets = b"".join(z.read(n) for n in z.namelist() if n.startswith("xl/worksheets/sheet"))
    assert b' ht="' in sheets
    assert b"customHeight" not in sheets


def test_weeks_cover_any_costing_year():
    for start in (date(2026, 9, 1) + timedelta(days=n) for n in range(7)):
        rows = dict(ROWS)
        school = next(m for m in ROWS if m.table == "School")
        rows[school] = [{**ROWS[school][0], "costing_from": start, "costing_to": start + timedelta(days=365)}]
        book, _ = book_of(rows)
        mondays = computed(book, TODAY)["Weeks", "Monday"]
        assert max(mondays.values()) >= start + timedelta(days=359)
        assert sum(computed(book, TODAY)["Weeks", "In school"].values()) == len(Costing(book, TODAY).weeks)
