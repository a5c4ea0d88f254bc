"""The add-in and the macro workbook as Excel gets them."""

import json
import re
import sys
import zipfile
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from sendbook.addin.build import SETTINGS_SHEET, build_addin, default_settings, macro_workbook
from sendbook.addin.sources import all_modules, ribbon
from sendbook.addin.vba import STANDARD, Module
from sendbook.cli import main
from sendbook.demo.invent import invent
from sendbook.tables import Pupil
from sendbook.workbook.closed import open_workbook
from sendbook.workbook.master import blank_rows, write_master
from sendbook.workbook.safe import CannotDo
from tests.addin.reading import XLWINGS, sources, vba_project
from tests.live import ooxml_errors, recalculated

TODAY = date(2026, 11, 24)
SETTINGS = default_settings("C:\\Users\\A SENCo\\Sendbook\\Scripts\\pythonw.exe")
WITHOUT_PYTHON = default_settings(None)


@pytest.fixture(scope="module")
def addin(tmp_path_factory):
    path = tmp_path_factory.mktemp("addin") / "Sendbook.xlam"
    build_addin(path, SETTINGS)
    return path


@pytest.fixture(scope="module")
def register(tmp_path_factory):
    path = tmp_path_factory.mktemp("register") / "Register.xlsm"
    macro_workbook(path, blank_rows(TODAY))
    return path


def parts(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as package:
        return {n: package.read(n).decode("utf-8", "replace") for n in package.namelist()}


def code_names(path: Path) -> list[str]:
    """The code names of the workbook and its sheets."""
    return [m[1] for name, text in parts(path).items() if name.startswith("xl/w") for m in re.finditer(r'codeName="(\w+)"', text)]


# --- both ---
def test_microsofts_validator_finds_no_fault(addin, register):
    assert ooxml_errors(addin) == []
    assert ooxml_errors(register) == []


@pytest.mark.parametrize(("was", "wrong"), [('keytip="C"', 'keytip="CCCC"'), ('size="large"', 'size="huge"'), ("supertip=", "superb=")])
def test_microsofts_validator_looks_into_the_ribbon(addin, tmp_path, was, wrong):
    with zipfile.ZipFile(addin) as old, zipfile.ZipFile(tmp_path / "Broken.xlam", "w") as new:
        for name in old.namelist():
            text = old.read(name)
            new.writestr(name, text.replace(was.encode(), wrong.encode(), 1) if "customUI" in name else text)
    assert [e["path"] for e in ooxml_errors(tmp_path / "Broken.xlam")] == ["/customUI/customUI14.xml"]


def test_the_ribbon_is_in_and_the_package_says_where(addin, register):
    for path in (addin, register):
        found = parts(path)
        assert found["customUI/customUI14.xml"].encode() == ribbon()
        relation = r'Type="http://schemas.microsoft.com/office/2007/relationships/ui/extensibility" Target="customUI/customUI14.xml"'
        assert len(re.findall(relation, found["_rels/.rels"])) == 1
        ids = re.findall(r' Id="(\w+)"', found["_rels/.rels"])
        assert len(set(ids)) == len(ids)


def test_each_is_said_to_be_what_it_is(addin, register):
    kinds = [re.findall(r"excel\.(\w+)\.macroEnabled", parts(p)["[Content_Types].xml"]) for p in (addin, register)]
    assert kinds == [["addin"], ["sheet"]]
    assert "<dc:title>Sendbook</dc:title>" in parts(addin)["docProps/core.xml"], "Excel's list of add-ins shows it"


def test_code_names_are_those_of_the_modules(addin, register):
    for path, sheets in ((addin, 1), (register, len(openpyxl.load_workbook(register, read_only=True).sheetnames))):
        names = code_names(path)
        assert len(names) == len(set(names)) == sheets + 1
        assert set(names) | {m.name for m in all_modules()} == set(sources(vba_project(path)))


def test_the_same_input_makes_the_same_bytes(addin, register, tmp_path):
    build_addin(tmp_path / "a.xlam", SETTINGS)
    macro_workbook(tmp_path / "b.xlsm", blank_rows(TODAY))
    assert (tmp_path / "a.xlam").read_bytes() == addin.read_bytes()
    assert (tmp_path / "b.xlsm").read_bytes() == register.read_bytes()


def test_other_sources_can_be_built(tmp_path):
    other = Module("Other", STANDARD, 'Attribute VB_Name = "Other"\r\n')
    build_addin(tmp_path / "a.xlam", {}, [other])
    assert sources(vba_project(tmp_path / "a.xlam"))["Other"] == other.source


def test_what_cannot_be_built_leaves_the_old_file(addin, tmp_path):
    path = tmp_path / "Sendbook.xlam"
    path.write_bytes(b"old")
    with pytest.raises(CannotDo, match="cannot hold"):
        build_addin(path, SETTINGS, [Module("A", STANDARD, 'Attribute VB_Name = "A"\r\n\u4e2d')])
    assert [p.name for p in tmp_path.iterdir()] == ["Sendbook.xlam"]
    assert path.read_bytes() == b"old"
    with pytest.raises(CannotDo, match="is not there"):
        build_addin(tmp_path / "none" / "Sendbook.xlam", SETTINGS)


# --- settings ---
def settings_in(path: Path) -> dict[str, str]:
    """Keys and values as xlwings reads them: down column A to the first empty cell."""
    rows = CalamineWorkbook.from_path(path).get_sheet_by_name(SETTINGS_SHEET).to_python()
    assert all(key for key, _ in rows)
    assert len({key for key, _ in rows}) == len(rows)
    return dict(rows)


def asked_for() -> set[str]:
    """Every setting that xlwings' macros ask for."""
    return set(re.findall(r'GetConfig\("([^"]+)"', (XLWINGS / "xlwings_custom_addin.bas").read_text(encoding="utf-8")))


def test_every_setting_that_xlwings_asks_for_is_in_the_addin(addin):
    assert settings_in(addin) == SETTINGS
    assert asked_for() <= set(SETTINGS)
    assert all(key == key.upper() for key in SETTINGS), "xlwings looks for them in capitals"


def test_a_register_of_its_own_leaves_only_python_to_the_users_file(register):
    assert settings_in(register) == WITHOUT_PYTHON
    assert asked_for() - set(WITHOUT_PYTHON) == {"INTERPRETER_WIN", "INTERPRETER_MAC", "INTERPRETER"}
    assert openpyxl.load_workbook(register)[SETTINGS_SHEET].sheet_state == "veryHidden"


def test_its_settings_come_first_and_home_is_what_one_sees(register):
    """xlwings moves the last sheet when it adds one at the end, which Excel refuses for a very hidden one."""
    book = openpyxl.load_workbook(register)
    assert book.sheetnames[:2] == [SETTINGS_SHEET, "Home"]
    assert [s.title for s in book if s.sheet_state != "visible"] == [SETTINGS_SHEET]
    assert [s.title for s in book if s.sheet_view.tabSelected] == ["Home"] == [book.active.title]
    assert book.views[0].firstSheet == 1, "the first tab of the window"


def test_names_and_print_areas_are_those_of_the_plain_workbook(register, tmp_path):
    write_master(tmp_path / "Plain.xlsx", blank_rows(TODAY))
    plain, ours = (openpyxl.load_workbook(p) for p in (tmp_path / "Plain.xlsx", register))
    assert {n: d.attr_text for n, d in plain.defined_names.items()} == {n: d.attr_text for n, d in ours.defined_names.items()}
    assert ours.sheetnames == [SETTINGS_SHEET, *plain.sheetnames]
    for sheet in plain:
        other = ours[sheet.title]
        assert (sheet.print_area, sheet.print_title_rows, sheet.print_title_cols) == (
            other.print_area,
            other.print_title_rows,
            other.print_title_cols,
        )


def test_no_setting_is_empty_that_xlwings_could_not_take_so():
    """VBA takes neither an empty text for True or False, nor one for a folder."""
    text = (XLWINGS / "xlwings_custom_addin.bas").read_text(encoding="utf-8")
    switches = set(re.findall(r'GetConfig\("([^"]+)", (?:False|"true"|"True")\)', text))
    assert {"USE UDF SERVER", "SHOW CONSOLE", "DEBUG UDFS", "ADD_WORKBOOK_TO_PYTHONPATH", "SHOW_ERROR_POPUPS"} == switches
    assert {SETTINGS[key] for key in switches} == {"True", "False"}
    assert SETTINGS["ADD_WORKBOOK_TO_PYTHONPATH"] == "False", "nothing beside a workbook is ever imported"
    assert all(SETTINGS[key] for key in ("TEMP DIR", "PYTHONPATH", "UDF MODULES"))


def test_pythons_path_gets_no_folder_that_happens_to_be_the_current_one(tmp_path, monkeypatch):
    """As xlwings' own Python does it with what its VBA hands over."""
    from xlwings.utils import prepare_sys_path

    (tmp_path / "sendbook_stranger.py").write_text("raise SystemExit('a stranger ran')", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("sys.path", [])
    book = tmp_path / "Register.xlsx"
    prepare_sys_path(f"{SETTINGS['ADD_WORKBOOK_TO_PYTHONPATH']};{book};{book};;;;{SETTINGS['PYTHONPATH']}")
    assert sys.path == ["?"]
    with pytest.raises(ModuleNotFoundError):
        __import__("sendbook_stranger")


# --- the register with macros is a register ---
def test_new_with_macros_makes_it(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["new", "A register", "--macros", "--today", "2026-11-24"]) == 0
    assert "A register.xlsm" in capsys.readouterr().out
    assert sources(vba_project(tmp_path / "A register.xlsm"))["SendbookButtons"]
    assert main(["new", "A register", "--macros"]) == 2
    assert main(["new", "B.xlsx", "--macros"]) == 2
    assert main(["new", "B.xlsm"]) == 2
    said = capsys.readouterr().err
    assert "There is already a file A register.xlsm" in said
    assert "B.xlsx does not end in .xlsm" in said
    assert "add --macros" in said


def test_the_tables_are_those_of_the_plain_workbook(register, tmp_path):
    main(["new", str(tmp_path / "Plain.xlsx"), "--today", "2026-11-24"])
    plain, ours = parts(tmp_path / "Plain.xlsx"), parts(register)
    tables = [n for n in plain if n.startswith("xl/tables/")]
    assert tables
    assert all(plain[n] == ours[n] for n in tables)


@pytest.fixture(scope="module")
def school(tmp_path_factory):
    path = tmp_path_factory.mktemp("school") / "School.xlsm"
    macro_workbook(path, invent(12, 7, TODAY, mistakes=True))
    return path


def test_the_command_line_takes_it(school, tmp_path, capsys):
    assert main(["check", str(school), "--format", "json", "--today", "2026-11-24"]) == 1
    assert json.loads(capsys.readouterr().out)
    for command in ("check", "cost", "summaries"):
        assert main([command, str(school), "--out", str(tmp_path / f"{command}.xlsx"), "--today", "2026-11-24"]) in (0, 1)
    with open_workbook(school) as workbook:
        assert not workbook.older


def test_an_import_changes_nothing_of_the_macros(school, tmp_path, capsys):
    copy, listed = tmp_path / "School.xlsm", tmp_path / "list.csv"
    copy.write_bytes(school.read_bytes())
    listed.write_text("UPN,Surname,Forename,Date of birth,Year\nZ801200005011,Newcomer,Nia,14/03/2018,3\n", encoding="utf-8")
    assert main(["import", str(listed), "--into", str(copy), "--write"]) == 0, capsys.readouterr().err
    before, after = parts(school), parts(copy)
    kept = ["xl/vbaProject.bin", "customUI/customUI14.xml", "_rels/.rels"]
    assert all(before[n] == after[n] for n in kept)
    assert any(before[n] != after[n] for n in before)
    assert ooxml_errors(copy) == []


def test_libreoffice_opens_it_and_keeps_its_tables(school, tmp_path):
    path = recalculated(school, tmp_path)
    with open_workbook(path) as workbook:
        assert len(workbook.load(Pupil).rows) >= 12
    assert openpyxl.load_workbook(path).active.title == "Home"
