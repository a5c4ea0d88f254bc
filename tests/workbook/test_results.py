"""Workbooks of results: links that lead to the cell, and what they may replace."""

import os
import re
import warnings
import zipfile
from pathlib import Path, PureWindowsPath
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest
from openpyxl import load_workbook

from sendbook.sheets.blocks import Link, ResultColumn, ResultSheet, Table
from sendbook.tables import Place
from sendbook.workbook import results
from sendbook.workbook.master import write_master
from sendbook.workbook.results import LINK_LIMIT, RESULTS, link_to, title_of, write_results
from sendbook.workbook.safe import CannotDo
from tests.live import ooxml_errors, recalculated
from tests.workbook.files import changed, good

NAMES = [
    "Année #1 100%.xlsx", "O'Brien's 'register'.xlsx", "a & b.xlsx", "50%25 done.xlsx", "#.xlsx", "100%.xlsx", "[2026] {x} ^ `.xlsx",
    "Żółć 王小明.xlsx", "plain.xlsx", "a+b=c,d;e@f!(g).xlsx",
]  # fmt: skip


def sheet_of(*links: Link) -> ResultSheet:
    return ResultSheet("Checks", "Checks", "About.", (Table("Problems", (ResultColumn("Cell"),), [[link] for link in links]),))


TO_AMARA = Link("C5", Place("Pupil's sheet", "Pupils", 5, "Legal surname", "C5"))


def targets(path: Path) -> list[str]:
    """The addresses of a results workbook's links, as the file holds them."""
    with zipfile.ZipFile(path) as package:
        root = ElementTree.fromstring(package.read("xl/worksheets/_rels/sheet1.xml.rels"))
    return [str(r.get("Target")) for r in root if str(r.get("Type")).endswith("/hyperlink")]


def file_meant(target: str, folder: Path) -> Path:
    """The file that an address leads to from a folder, as a program that opens it finds out."""
    assert "#" not in target
    assert not re.search(r"%(?![0-9A-F]{2})", target)
    return (folder / unquote(target).replace("\\", "/")).resolve()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("out", [".", "results", "../elsewhere & #2/deep"])
def test_links_lead_to_the_workbook_and_the_cell(tmp_path, name, out):
    folder = tmp_path / "school 100%"
    folder.mkdir()
    master = folder / name
    master.write_bytes(b"the very file")
    path = (folder / out / "checks.xlsx").resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    write_results(path, [sheet_of(TO_AMARA)], master)
    (target,) = targets(path)
    assert file_meant(target, path.parent).read_bytes() == b"the very file"
    (link,) = [c.hyperlink for row in load_workbook(path)["Checks"].iter_rows() for c in row if c.hyperlink]
    assert link.location == "'Pupil''s sheet'!C5"


def test_a_workbook_named_from_another_folder_is_found_too(tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    good(tmp_path)
    monkeypatch.chdir(tmp_path / "here")
    write_results(Path("checks.xlsx"), [sheet_of(TO_AMARA)], Path("..", "SEND register.xlsx"))
    (target,) = targets(tmp_path / "here" / "checks.xlsx")
    assert file_meant(target, tmp_path / "here") == (tmp_path / "SEND register.xlsx").resolve()


def test_where_there_is_no_relative_way_the_link_is_absolute(tmp_path, monkeypatch):
    def as_from_another_drive(*_):
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(results.os.path, "relpath", as_from_another_drive)
    assert link_to(tmp_path / "a #1.xlsx", tmp_path) == f"{tmp_path}{os.sep}a%20%231.xlsx"
    monkeypatch.setattr(results, "link_to", lambda *_: str(PureWindowsPath("D:/School/a%20%231.xlsx")))
    write_results(tmp_path / "checks.xlsx", [sheet_of(TO_AMARA)], tmp_path / "a #1.xlsx")
    assert targets(tmp_path / "checks.xlsx") == ["file:///D:\\School\\a%20%231.xlsx"]


@pytest.mark.parametrize("name", ["Année #1 100%.xlsx", "[2026] {x} ^ `.xlsx"])
def test_real_programs_take_the_links(tmp_path, name):
    master, path = tmp_path / name, tmp_path / "results" / "checks.xlsx"
    path.parent.mkdir()
    write_master(master, {})
    write_results(path, [sheet_of(Link("A1", Place("Pupils", cell="A1")))], master)
    assert ooxml_errors(path) == []
    page = recalculated(path, tmp_path / "out", "fods").read_text(encoding="utf-8")
    (href,) = re.findall(r'xlink:href="([^"]*xlsx[^"]*)"', page)
    assert unquote(href.partition("#")[0]).endswith(f"/{name}")


def test_more_links_than_excel_takes_are_texts_and_the_sheet_says_so(tmp_path):
    number = LINK_LIMIT + 600
    assert number > 65_530
    path = tmp_path / "checks.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_results(path, [sheet_of(*(Link(f"C{n}", Place("Pupils", cell=f"C{n}")) for n in range(number)))], tmp_path / "a.xlsx")
    with zipfile.ZipFile(path) as package:
        assert package.read("xl/worksheets/sheet1.xml").count(b"<hyperlink ") == LINK_LIMIT
        texts = package.read("xl/sharedStrings.xml").decode()
    assert f"<t>C{number - 1}</t>" in texts
    assert "Only the first 65,000 cells have a link" in texts


def test_a_path_longer_than_excel_takes_is_no_link(tmp_path, monkeypatch):
    monkeypatch.setattr(results, "link_to", lambda *_: "x" * 3000)
    path = tmp_path / "checks.xlsx"
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    assert load_workbook(path)["Checks"]["A5"].value == "C5"


# --- what may be replaced ---
def test_results_of_an_earlier_run_are_replaced_also_when_someone_saved_them(tmp_path):
    path = tmp_path / "checks.xlsx"
    write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    changed(path, lambda book: book["Checks"].__setitem__("A1", "Mine"))
    assert title_of(path) == RESULTS
    write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    assert load_workbook(path)["Checks"]["A1"].value == "Checks"


def another_master(path: Path) -> None:
    write_master(path, {})


def a_letter(path: Path) -> None:
    path.write_bytes(b"Dear parents")


def damaged_results(path: Path) -> None:
    write_results(path, [sheet_of(TO_AMARA)], path.with_name("a.xlsx"))
    path.write_bytes(path.read_bytes()[:2000])


def empty(path: Path) -> None:
    path.write_bytes(b"")


@pytest.mark.parametrize("make", [another_master, a_letter, damaged_results, empty])
def test_nothing_else_is_replaced(tmp_path, make):
    path = tmp_path / "theirs.xlsx"
    make(path)
    before = path.read_bytes()
    with pytest.raises(CannotDo, match="Sendbook did not make it as results") as said:
        write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    assert "Choose another name" in str(said.value)
    assert path.read_bytes() == before


def test_a_folder_is_not_replaced(tmp_path):
    with pytest.raises(CannotDo, match="is a folder"):
        write_results(tmp_path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")


@pytest.mark.parametrize("lock", ["~$checks.xlsx", ".~lock.checks.xlsx#"])
def test_results_that_are_open_elsewhere_are_left(tmp_path, lock):
    path = tmp_path / "checks.xlsx"
    write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    before = path.read_bytes()
    (tmp_path / lock).write_bytes(b"")
    with pytest.raises(CannotDo, match="open in another program"):
        write_results(path, [sheet_of(TO_AMARA)], tmp_path / "a.xlsx")
    assert path.read_bytes() == before
