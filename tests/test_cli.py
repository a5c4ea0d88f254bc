"""The command line as a SENCo uses it: every command, its words, its exit codes, and what it leaves behind."""

import json
import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from urllib.parse import unquote

import pytest
import python_calamine as calamine
from openpyxl import load_workbook

from sendbook import cli, failure
from sendbook.demo.workbook import write_demo
from sendbook.tables import Plan, layout
from sendbook.workbook.results import write_results
from sendbook.workbook.rows import read_book
from sendbook.workbook.safe import CannotDo
from tests.workbook.files import OTHER, cell, changed, good

DAY = ["--today", "2026-11-24"]


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return good(tmp_path)


# --- new ---
def test_new_makes_a_workbook_that_is_read_and_needs_filling_in(run, tmp_path):
    path = tmp_path / "My register.xlsx"
    assert run("new", path, *DAY)[0] == 0
    code, out, _ = run("check", path, "--format", "json", *DAY)
    found = json.loads(out)
    assert code == 1
    assert {p["rule"] for p in found["problems"] if p["severity"] == "error"} == {"SB020", "DAT17"}, (
        "needed cells are empty, no term has dates, and nothing else"
    )


@pytest.mark.parametrize("name", ["there.xlsx", "old.xls", "macro.xlsm"])
def test_new_overwrites_nothing_and_makes_only_xlsx(run, tmp_path, name):
    (tmp_path / "there.xlsx").write_bytes(b"mine")
    code, out, err = run("new", tmp_path / name)
    assert (code, out) == (2, "")
    assert name in err
    assert (tmp_path / "there.xlsx").read_bytes() == b"mine"
    assert [p.name for p in tmp_path.iterdir()] == ["there.xlsx"]


# --- check ---
def test_check_writes_a_sheet_beside_with_ways_to_the_cells(run, book):
    changed(book, cell("Pupils", "I5", "31/02/2015"))
    code, out, _ = run("check", book, *DAY)
    results = book.with_name("SEND register - checks.xlsx")
    assert code == 1
    assert results.name in out
    sheet = load_workbook(results)["Checks"]
    links = {c.value: (c.hyperlink.target, c.hyperlink.location) for row in sheet.iter_rows() for c in row if c.hyperlink}
    assert all(target == "SEND%20register.xlsx" and location.endswith(f"!{ref}") for ref, (target, location) in links.items())
    assert links


def test_the_three_formats_say_the_same(run, tmp_path):
    path = tmp_path / "demo.xlsx"
    write_demo(path)
    _, text, _ = run("check", path, "--format", "text", *DAY)
    _, told, _ = run("check", path, "--format", "json", *DAY)
    run("check", path, *DAY)
    problems = json.loads(told)["problems"]
    lines = text.splitlines()
    with calamine.CalamineWorkbook.from_path(str(tmp_path / "demo - checks.xlsx"), load_tables=True) as results:
        rows = results.get_table_by_name("Problems").to_python()
    assert len(problems) == len(lines) - 1 == len(rows) > 20
    assert sorted((p["rule"], p["message"]) for p in problems) == sorted((r[6], r[4]) for r in rows)
    assert all(any(p["message"] in line and p["rule"] in line for line in lines) for p in problems)


def test_exit_code_0_where_nothing_is_wrong(run, tmp_path):
    path = tmp_path / "demo.xlsx"
    write_demo(path, clean=True)
    code, out, _ = run("check", path, *DAY)
    assert (code, out[:8]) == (0, "0 errors")


# --- what cannot be done ---
@pytest.mark.parametrize("command", ["check", "cost", "summaries"])
def test_a_workbook_open_elsewhere_is_left_alone(run, book, command):
    book.with_name("~$" + book.name).write_bytes(b"")
    before = sorted(p.name for p in book.parent.iterdir())
    code, out, err = run(command, book)
    assert (code, out) == (2, "")
    assert "open in another program" in err
    assert "Traceback" not in err
    assert sorted(p.name for p in book.parent.iterdir()) == before


@pytest.mark.parametrize("command", ["check", "cost"])
def test_results_never_go_over_the_workbook(run, book, command):
    before = book.read_bytes()
    code, _, err = run(command, book, "--out", book)
    assert code == 2
    assert "would overwrite" in err
    assert book.read_bytes() == before


@pytest.mark.parametrize("command", ["check", "cost"])
def test_a_folder_that_is_not_there_is_said(run, book, command):
    code, _, err = run(command, book, "--out", book.parent / "missing" / "x.xlsx")
    assert code == 2
    assert "folder" in err


def test_a_full_disk_keeps_the_old_results(run, book, monkeypatch):
    run("check", book)
    results = book.with_name("SEND register - checks.xlsx")
    before = results.read_bytes()

    def full(self):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("xlsxwriter.workbook.Workbook.close", full)
    code, _, err = run("check", book)
    assert code == 2
    assert "no room left" in err
    assert results.read_bytes() == before
    assert not list(book.parent.glob(".sendbook-*"))


def test_an_unknown_upn_is_said_and_nothing_written(run, book):
    code, _, err = run("summaries", book, "--pupil", OTHER, "Z999", *DAY)
    assert code == 2
    assert "Z999" in err
    assert OTHER not in err
    assert not list(book.parent.glob("*summaries*"))


def test_a_bug_is_one_sentence_and_the_log_names_no_child(run, book, monkeypatch, tmp_path):
    def broken(*_):
        raise ValueError("Amara Okafor B801200005001")

    monkeypatch.setattr(failure, "LOG", tmp_path / "logs" / "sendbook.log")
    monkeypatch.setattr("sendbook.steps.checked", broken)
    code, out, err = run("check", book)
    assert (code, out) == (2, "")
    assert "Something went wrong inside Sendbook" in err
    assert "Okafor" not in err
    log = (tmp_path / "logs" / "sendbook.log").read_text(encoding="utf-8")
    assert "ValueError" in log
    assert "test_cli.py" in log
    assert "Okafor" not in log
    assert "B801200005001" not in log


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["check"], "Something is missing: book"),
        (["check", "SEND", "register.xlsx"], "“register.xlsx” is one thing too many. A file name with spaces goes between quotation marks"),
        (["import", "a.csv"], "Something is missing: --into"),
        (["chekc", "a.xlsx"], "chekc"),
        (["check", "a.xlsx", "--today", "24/11/2026"], "24/11/2026 is not a date; write it as 2026-11-24"),
    ],
)
def test_wrong_words_end_with_2_and_help(capsys, typed, said):
    with pytest.raises(SystemExit) as e:
        cli.main(typed)
    assert e.value.code == 2
    err = capsys.readouterr().err
    assert said in err
    assert len(err.strip().splitlines()) == 1


# --- cost, summaries, import ---
def test_cost_says_the_total_and_where_the_sheets_are(run, book):
    code, out, _ = run("cost", book, *DAY)
    assert code == 0
    assert "2 groups cost £1,196.76" in out
    names = load_workbook(book.with_name("SEND register - costs.xlsx")).sheetnames
    assert names == ["Cost summary", "Provision map", "Cost per group", "Cost per pupil", "Cost shares", "Cost by area", "Staff time"]


def test_cost_says_what_could_not_be_read(run, book):
    changed(book, cell("Groups", "F5", "half an hour"))
    _, out, _ = run("cost", book, *DAY)
    assert "1 cell or table could not be read" in out
    sheet = load_workbook(book.with_name("SEND register - costs.xlsx"))["Cost summary"]
    assert any("half an hour" in str(c.value) for row in sheet.iter_rows() for c in row)


def test_summaries_of_one_pupil(run, book):
    code, out, _ = run("summaries", book, "--pupil", OTHER.lower(), *DAY)
    assert code == 0
    assert "1 summary written" in out
    folder = book.with_name("SEND register - summaries")
    assert sorted(p.name for p in folder.iterdir()) == ["Okafor-Zo-5002-summary.html", "Okafor-Zo-5002-summary.pdf"]


def with_plan(book: Path, pupil: str, outcome: str) -> Path:
    """The book with one more plan."""
    sheet = {c.heading: i for i, c in enumerate(layout(Plan), 1)}

    def change(workbook):
        for heading, value in {"Pupil": pupil, "Outcome": outcome, "Start": date(2026, 9, 7), "Review by": date(2026, 12, 1)}.items():
            workbook["Plans"].cell(5, sheet[heading], value)

    return changed(book, change)


def test_a_plan_that_may_be_another_childs_holds_the_summary_back(run, book):
    with_plan(book, f"Okafor, Amara ({OTHER})", "She will stop hitting others")
    code, out, _ = run("summaries", book, *DAY)
    assert code == 1
    assert "must not read: row 6 of Pupils." in out
    assert "Plans!A5 (Pupil)" in out
    folder = book.with_name("SEND register - summaries")
    assert [p.name for p in folder.glob("*.pdf")] == ["Okafor-Amara-5001-summary.pdf"]
    assert [p.name for p in (folder / "Do not send yet").glob("*.pdf")] == ["Okafor-Zo-5002-summary.pdf"]


def test_what_families_would_miss_is_said(run, book):
    with_plan(book, "Okafor, Amarra", "She will read")
    changed(book, cell("Pupils", "K6", "k?"))
    code, out, _ = run("summaries", book, *DAY)
    assert code == 0
    assert "Left out, as no SEN status can be read: row 6 of Pupils." in out
    assert "“Okafor, Amarra” is not in Pupils" in out


@pytest.mark.parametrize(("sheet", "heading"), [("Groups", "Group"), ("Pupils", "SEN status"), ("Plans", "Pupil")])
def test_no_summary_is_made_of_half_a_workbook(run, book, sheet, heading):
    def rename(workbook):
        table = workbook[sheet].tables[sheet]
        column = next(c for c in table.tableColumns if c.name == heading)
        column.name = workbook[sheet].cell(4, table.tableColumns.index(column) + 1).value = "Something else"

    changed(book, rename)
    code, _, err = run("summaries", book, *DAY)
    assert code == 2
    assert f"Heading {heading} is missing" in err
    assert not book.with_name("SEND register - summaries").exists()


def test_import_shows_first_and_writes_when_told(run, book, tmp_path):
    listing = tmp_path / "export.csv"
    listing.write_text("UPN,Legal Surname,Legal Forename,DOB,SEN Status\nB801200005001,Okafor,Amara,14/03/2018,E\n", encoding="utf-8")
    before = book.read_bytes()
    code, out, _ = run("import", listing, "--into", book)
    assert (code, book.read_bytes()) == (0, before)
    assert "Nothing has been written" in out
    code, out, _ = run("import", listing, "--into", book, "--write")
    assert code == 0
    copy = next(book.parent.glob("* before import *.xlsx"))
    assert copy.read_bytes() == before
    assert copy.name in out
    assert read_book(book)[0].pupils[0].sen_status == "E"


# --- demo ---
def test_demo_does_everything_and_overwrites_nothing(run, tmp_path):
    folder = tmp_path / "demo"
    code, out, _ = run("demo", folder, "--pupils", 12)
    assert code == 0
    assert len(list((folder / "Demo school SEND register - summaries").glob("*.pdf"))) >= 8
    assert all(p.name in out for p in folder.iterdir())
    code, _, err = run("demo", folder, "--pupils", 12)
    assert code == 2
    assert "holds a demo already" in err


def test_the_demo_is_the_same_for_a_seed_and_another_for_another(run, tmp_path):
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        run("demo", tmp_path / name, "--pupils", 6, "--seed", seed)
    one, same, other = ((tmp_path / n / "Demo school SEND register.xlsx").read_bytes() for n in "abc")
    assert one == same
    assert one != other


# --- start ---
def test_help_comes_without_importing_what_commands_need():
    code = "import sys; from sendbook import cli\ntry: cli.main(['--help'])\nexcept SystemExit: pass\nprint(sorted(set(sys.modules) & set(%r)))"
    heavy = ["pydantic", "xlsxwriter", "openpyxl", "typst", "jinja2", "pandas", "tqdm", "lxml", "python_calamine"]
    done = subprocess.run([sys.executable, "-c", code % heavy], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_check_and_cost_import_neither_pandas_nor_openpyxl():
    code = "import sys; import sendbook.steps; print(sorted(set(sys.modules) & {'pandas', 'numpy', 'openpyxl'}))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(sys.platform == "win32", reason="pipes end otherwise on Windows")
def test_a_reader_that_wants_no_more_is_no_failure(book):
    done = subprocess.run(
        f'"{sys.executable}" -m sendbook check "{book}" --format text | head -n 1', shell=True, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""


@pytest.mark.parametrize("out", [[], ["--out", "elsewhere/checks.xlsx"]])
@pytest.mark.parametrize("name", ["Année #1 100%.xlsx", "O'Brien's 'register'.xlsx", "a & b.xlsx"])
def test_odd_file_names_keep_their_links(run, tmp_path, monkeypatch, name, out):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    book = changed(good(tmp_path).rename(tmp_path / name), cell("Pupils", "I5", "31/02/2015"))
    code, _, err = run("check", book, *out, *DAY)
    assert code == 1, err
    results = tmp_path / out[1] if out else tmp_path / f"{book.stem} - checks.xlsx"
    links = [c.hyperlink for row in load_workbook(results)["Checks"].iter_rows() for c in row if c.hyperlink]
    assert "'Pupils'!I5" in {link.location for link in links}
    for link in links:
        assert "#" not in link.target
        assert (results.parent / unquote(link.target).replace("\\", "/")).samefile(book)


def test_sheets_must_be_drawable_before_anything_is_replaced(tmp_path):
    target = tmp_path / "x.xlsx"
    write_results(target, [], target)
    old = target.read_bytes()
    with pytest.raises(AttributeError):
        write_results(target, [None], target)  # type: ignore[list-item]
    assert target.read_bytes() == old
    with pytest.raises(CannotDo):
        write_results(tmp_path / "none" / "x.xlsx", [], target)


# --- cost of a year that is not there ---
def test_cost_says_first_when_school_and_terms_make_no_year(run, book):
    changed(book, cell("School", "B20", None))
    _, out, _ = run("cost", book, *DAY)
    assert out.startswith("School does not say which year to cost")
    changed(book, cell("School", "B20", date(2025, 9, 1)))
    changed(book, cell("School", "B21", date(2026, 8, 31)))
    _, out, _ = run("cost", book, *DAY)
    assert out.startswith("Look at School and Terms first: 0 school weeks lie in the costing year, 01/09/2025 to 31/08/2026")


def test_what_was_read_all_the_same_is_no_reason_to_doubt_the_costs(run, book):
    changed(book, cell("Groups", "F5", "30"))
    _, out, _ = run("cost", book, *DAY)
    assert "could not be read" not in out
    assert "£1,196.76" in out


# --- import, more ---
def test_import_writes_over_no_cell_that_could_not_be_read(run, book, tmp_path):
    letter = read_book(book)[0].origins["Pupils"].letters["sen_status"]
    changed(book, cell("Pupils", f"{letter}5", "K - monitoring, review March"))
    listing = tmp_path / "export.csv"
    listing.write_text("UPN,SEN Status,NC Year\nB801200005001,N,5\n", encoding="utf-8")
    code, out, _ = run("import", listing, "--into", book, "--write")
    assert code == 0
    assert f"Pupils!{letter}5" in out
    assert "monitoring" not in out
    assert load_workbook(book)["Pupils"][f"{letter}5"].value == "K - monitoring, review March"
    assert read_book(book)[0].pupils[0].year == "5"


def test_import_says_first_and_last_what_to_do(run, book, tmp_path):
    listing = tmp_path / "export.csv"
    listing.write_text("UPN,Year,Legal surname,Legal forename\nB801200005001,5,,\nB801200005009,5,Khan,Ada\n", encoding="utf-8")
    _, out, _ = run("import", listing, "--into", book)
    lines = out.strip().splitlines()
    assert lines[0] == "Nothing has been written yet. This is what would be done:"
    assert (
        lines[-1] == "Nothing has been written yet (1 added, 1 changed, if you do). To write it, do the same again with --write at the end."
    )
    _, out, _ = run("import", listing, "--into", book, "--write")
    lines = out.strip().splitlines()
    assert lines[0] == f"Written into {book}."
    assert lines[-1].startswith(f"Written into {book}: 1 added, 1 changed. The workbook from before is kept as ")
    assert "Of those added, 1 has no SEN status" in out
    assert "--write" not in out


@pytest.mark.parametrize("write", [[], ["--write"]])
def test_import_of_a_list_that_brings_nothing_does_not_ask_for_write(run, book, tmp_path, write):
    listing = tmp_path / "export.csv"
    listing.write_text("UPN,Year\nB801200005001,4\nB801200005009,4\n", encoding="utf-8")
    before = sorted(book.parent.iterdir())
    code, out, _ = run("import", listing, "--into", book, *write)
    assert code == 0
    assert out.startswith("There is nothing to write, and SEND register.xlsx stays as it is.\n")
    assert out.strip().endswith("stays as it is. Some rows were not taken: see above.")
    assert "--write" not in out
    assert sorted(book.parent.iterdir()) == before


# --- the workbook layer, portability ---
@pytest.mark.parametrize("command", ["check", "cost"])
def test_results_go_over_no_other_file(run, book, tmp_path_factory, command):
    other = good(tmp_path_factory.mktemp("last year")).rename(book.parent / "Last year.xlsx")
    before = other.read_bytes()
    code, out, err = run(command, book, "--out", other, *DAY)
    assert (code, out) == (2, "")
    assert "already a file Last year.xlsx" in err
    assert other.read_bytes() == before


@pytest.mark.parametrize("command", ["check", "cost"])
@pytest.mark.parametrize("name", ["costs.pdf", "costs", "costs.xlsm"])
def test_results_are_named_as_what_they_are(run, book, command, name):
    code, out, err = run(command, book, "--out", book.parent / name, *DAY)
    assert (code, out) == (2, "")
    assert "does not end in .xlsx" in err
    assert "costs.xlsx" in err
    assert not (book.parent / name).exists()


def test_the_workbook_under_another_name_is_the_workbook(run, book):
    other = book.with_name("link.xlsx")
    other.hardlink_to(book)
    code, _, err = run("check", book, "--out", other, *DAY)
    assert code == 2
    assert "would overwrite" in err


def test_rows_below_a_table_end_a_check_with_an_error_and_are_counted_by_cost(run, book):
    changed(book, cell("Pupils", "A7", "Okafor"))
    code, out, _ = run("check", book, "--format", "text", *DAY)
    assert code == 1
    assert "Row 7 of Pupils stands below the table and was not read." in out
    assert "1 cell or table could not be read" in run("cost", book, *DAY)[1]


def test_json_loses_no_letter_on_a_console_that_lacks_it(book):
    changed(book, cell("Pupils", "E5", "Łukasz 王"))
    changed(book, cell("Pupils", "I5", "Żółć 王小明"))
    done = subprocess.run(
        [sys.executable, "-m", "sendbook", "check", str(book), "--format", "json", *DAY],
        capture_output=True, check=False, env=os.environ | {"PYTHONIOENCODING": "cp1252"},
    )  # fmt: skip
    told = json.loads(done.stdout.decode("cp1252"))
    assert any("Żółć 王小明" in p["message"] for p in told["problems"])


def test_a_failure_after_writing_does_not_say_that_nothing_changed(run, book, monkeypatch, tmp_path):
    def broken(*_, **__):
        raise ValueError

    monkeypatch.setattr(failure, "LOG", tmp_path / "logs" / "sendbook.log")
    monkeypatch.setattr("sendbook.importing.describe", broken)
    listing = tmp_path / "export.csv"
    listing.write_text("UPN,Legal Surname,Legal Forename,DOB,SEN Status\nB801200005001,Okafor,Amara,14/03/2018,E\n", encoding="utf-8")
    before = book.read_bytes()
    code, _, err = run("import", listing, "--into", book, "--write")
    assert code == 2
    assert book.read_bytes() != before
    assert "not been changed" not in err
    assert "was not finished" in err


# --- the list that is kept ---
def test_what_to_read_first_is_kept_with_the_way_to_each_cell_and_not_longer_than_it_is_true(run, book):
    kept = book.with_name("SEND register - summaries to read first.xlsx")
    with_plan(book, f"Okafor, Amara ({OTHER})", "She will stop hitting others")
    _, out, _ = run("summaries", book, *DAY)
    assert str(kept) in out
    sheet = load_workbook(kept)["Checks"]
    assert any(cell.value == "CRO01" for row in sheet.iter_rows() for cell in row)
    with_plan(book, f"Okafor, Zo ({OTHER})", "She will read aloud five days a week by July")
    run("summaries", book, "--pupil", OTHER, *DAY)
    assert not any(cell.value == "CRO01" for row in load_workbook(kept)["Checks"].iter_rows() for cell in row)
