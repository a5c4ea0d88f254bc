"""Changing a table in a closed workbook: what was asked is there, and everything else is what it was."""

import re
import zipfile
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import python_calamine as calamine
from lxml import etree
from openpyxl import load_workbook

from sendbook.workbook.edits import TableEdits
from sendbook.workbook.patch import patch_table
from sendbook.workbook.patch_package import q
from sendbook.workbook.safe import CannotDo
from tests.importing.workbooks import SHEET_PART, STYLES_PART, TABLE, TABLE_PART, WORKBOOK_PART, cells, parts, rich_workbook, with_parts
from tests.live import ooxml_errors, recalculated

pytestmark = pytest.mark.filterwarnings("ignore:.*xtension is not supported:UserWarning")  # openpyxl, reading for a test

SMITH = {"UPN": "B3", "Surname": "Smith", "Born": date(2016, 12, 1), "Cost": Decimal("17.20"), "Notes": True}
KHAN = {"UPN": "B4", "Surname": "Khan"}
HOSTILE = [
    "=cmd|' /C calc'!A0",
    "+1",
    "-2",
    "@SUM(A1)",
    "<b>&amp;",
    "👩🏽‍🚀",
    "שרה",
    "x" * 500,
    " spaced ",
    "two\nlines",
    "_x0041_",
    "\x07bell",
]


def patched(tmp_path: Path, edits: TableEdits, **made: object) -> tuple[Path, Path]:
    """The workbook before and after."""
    source = rich_workbook(tmp_path / "book.xlsx", **made)  # type: ignore[arg-type]
    target = tmp_path / "after.xlsx"
    patch_table(source, target, edits)
    return source, target


def read(path: Path) -> list[list[object]]:
    """The table's rows as the reader of the program sees them."""
    with calamine.CalamineWorkbook.from_path(path, load_tables=True) as book:
        return [list(row) for row in book.get_table_by_name(TABLE).to_python()]


def different(before: Path, after: Path) -> set[str]:
    old, new = parts(before), parts(after)
    return {name for name in old.keys() | new.keys() if old.get(name) != new.get(name)}


def test_only_the_tables_own_parts_change(tmp_path: Path) -> None:
    before, after = patched(tmp_path, TableEdits(TABLE, {(5, "Surname"): "Okafor-Bello"}, [SMITH, KHAN]))
    assert different(before, after) == {SHEET_PART, TABLE_PART, WORKBOOK_PART}
    assert len(parts(before)) > 15  # charts, drawings, comments, picture and the rest are there to be kept
    with zipfile.ZipFile(before) as old, zipfile.ZipFile(after) as new:
        assert [(i.filename, i.date_time, i.compress_type) for i in old.infolist()] == [
            (i.filename, i.date_time, i.compress_type) for i in new.infolist()
        ]


def test_a_change_of_a_cell_leaves_every_other_cell(tmp_path: Path) -> None:
    before, after = patched(tmp_path, TableEdits(TABLE, {(6, "Born"): date(2017, 9, 3), (6, "surname"): "=Smith"}))
    old, new = cells(before), cells(after)
    assert {ref for ref in old | new if old.get(ref) != new.get(ref)} == {"D6", "C6", "F6"}  # F6 loses its kept result only
    assert read(after)[1][1:3] == ["=Smith", date(2017, 9, 3)]
    assert b"<f>" in new["F6"] and b"<v>" in old["F6"] and b"<v>" not in new["F6"]
    assert different(before, after) == {SHEET_PART, WORKBOOK_PART, STYLES_PART}  # styles: the text that looks like a formula


def test_new_rows_lengthen_the_table_with_all_that_ended_with_it(tmp_path: Path) -> None:
    before, after = patched(tmp_path, TableEdits(TABLE, {}, [SMITH, KHAN]))
    sheet, table = etree.fromstring(parts(after)[SHEET_PART]), etree.fromstring(parts(after)[TABLE_PART])
    assert (table.get("ref"), table.find(q("autoFilter")).get("ref")) == ("B4:G8", "B4:G8")  # type: ignore[union-attr]
    assert [v.get("sqref") for v in sheet.iter(q("dataValidation"))] == ["C5:C8", "B5:B100"]
    assert [v.get("sqref") for v in sheet.iter(q("conditionalFormatting"))] == ["B5:G8", "E5:E8", "J5:J6"]
    assert [e.text for e in sheet.iter("{http://schemas.microsoft.com/office/excel/2006/main}sqref")] == ["E5:E8"]
    assert sheet.find(q("dimension")).get("ref") == "A1:J8"  # type: ignore[union-attr]
    assert read(after)[2:] == [["B3", "Smith", date(2016, 12, 1), 17.2, "", "Yes"], ["B4", "Khan", "", "", "", ""]]
    new, old = cells(after), cells(before)
    assert all(new[ref] == content for ref, content in old.items())
    formula = etree.fromstring(parts(after)[TABLE_PART]).findtext(f".//{q('calculatedColumnFormula')}")
    assert etree.fromstring(new["F7"]).findtext(q("f")) == formula == "Pupils[[#This Row],[Cost]]*2"
    formats = {column: etree.fromstring(old[f"{column}6"]).get("s") for column in "BCDEFG"}
    assert {c for c in formats if formats[c]} == {"D", "E", "F"}
    assert all(etree.fromstring(new[f"{column}{row}"]).get("s") == formats[column] for column in "DEF" for row in (7, 8))
    row = next(r for r in sheet.iter(q("row")) if r.get("r") == "7")
    assert (row.get("ht"), row.get("customHeight"), row.get("hidden")) == ("21.75", "1", None)


def test_blank_rows_are_filled_first(tmp_path: Path) -> None:
    before, after = patched(tmp_path, TableEdits(TABLE, {}, [SMITH]), blank=3)
    assert different(before, after) == {SHEET_PART, WORKBOOK_PART}
    assert [row[0] for row in read(after)] == ["B1", "B2", "B3", "", ""]
    after2 = tmp_path / "after2.xlsx"
    patch_table(after, after2, TableEdits(TABLE, {}, [KHAN] * 4))
    assert [row[0] for row in read(after2)] == ["B1", "B2", "B3", "B4", "B4", "B4", "B4"]
    assert etree.fromstring(parts(after2)[TABLE_PART]).get("ref") == "B4:G11"


def test_a_hundred_rows_and_a_row_that_has_cells_beside_the_table(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "book.xlsx")
    sheet = parts(source)[SHEET_PART].replace(
        b"</sheetData>", b'<row r="50"><c r="A50"><v>7</v></c><c r="Z50"><v>8</v></c></row></sheetData>'
    )
    with_parts(source, **{SHEET_PART.replace("/", "__"): sheet})
    patch_table(source, tmp_path / "after.xlsx", TableEdits(TABLE, {}, [{"UPN": f"N{i}"} for i in range(100)]))
    assert [row[0] for row in read(tmp_path / "after.xlsx")][2:] == [f"N{i}" for i in range(100)]
    root = etree.fromstring(parts(tmp_path / "after.xlsx")[SHEET_PART])
    assert [v.get("sqref") for v in root.iter(q("dataValidation"))] == ["C5:C106", "B5:B106"]  # B reached further, now no longer
    numbers = [int(str(r.get("r"))) for r in root.iter(q("row"))]
    assert numbers == sorted(set(numbers))
    row50 = next(r for r in root.iter(q("row")) if r.get("r") == "50")
    assert [c.get("r") for c in row50] == ["A50", "B50", "D50", "E50", "F50", "Z50"]  # C and G: blank, and of no format


@pytest.mark.parametrize("text", HOSTILE)
def test_text_is_never_a_formula(tmp_path: Path, text: str) -> None:
    _, after = patched(tmp_path, TableEdits(TABLE, {(5, "Surname"): text}, [{"Surname": text}]))
    rows = read(after)
    assert rows[0][1] == rows[2][1] == text.replace("\x07", "")
    cell = load_workbook(after)["Register"]["C5"]
    assert cell.data_type == "s" or cell.data_type == "inlineStr"
    assert bool(cell.quotePrefix) is (text[0] in "=+-@")


def test_a_date_in_a_cell_with_no_date_format_gets_one(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "book.xlsx")
    sheet = etree.fromstring(parts(source)[SHEET_PART])
    for cell in sheet.iter(q("c")):
        if cell.get("r") in ("D5", "D6"):
            del cell.attrib["s"]
    with_parts(source, **{SHEET_PART.replace("/", "__"): etree.tostring(sheet)})
    patch_table(source, tmp_path / "after.xlsx", TableEdits(TABLE, {(5, "Born"): date(2020, 1, 2)}, [SMITH]))
    assert [row[2] for row in read(tmp_path / "after.xlsx")] == [date(2020, 1, 2), 42980.0, date(2016, 12, 1)]


def test_the_old_mac_calendar(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "book.xlsx")
    workbook = parts(source)[WORKBOOK_PART].replace(b"<workbookPr ", b'<workbookPr date1904="1" ')
    with_parts(source, **{WORKBOOK_PART.replace("/", "__"): workbook})
    patch_table(source, tmp_path / "after.xlsx", TableEdits(TABLE, {(5, "Born"): date(2018, 3, 14)}))
    assert read(tmp_path / "after.xlsx")[0][2] == date(2018, 3, 14)


def test_the_calculation_chain_goes_and_all_is_worked_out_on_opening(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "book.xlsx")
    held = parts(source)
    chain = "application/vnd.openxmlformats-officedocument.spreadsheetml.calcChain+xml"
    types = held["[Content_Types].xml"].replace(
        b"</Types>", f'<Override PartName="/xl/calcChain.xml" ContentType="{chain}"/></Types>'.encode()
    )
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/calcChain"
    rels = held["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>", f'<Relationship Id="rId99" Type="{kind}" Target="calcChain.xml"/></Relationships>'.encode()
    )
    ns = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    body = f'<calcChain xmlns="{ns}"><c r="F5" i="1"/></calcChain>'.encode()
    no_calc = held[WORKBOOK_PART].replace(b'<calcPr calcId="124519" fullCalcOnLoad="1"/>', b"")
    assert no_calc != held[WORKBOOK_PART]
    changed = {"[Content_Types].xml": types, "xl__calcChain.xml": body, "xl___rels__workbook.xml.rels": rels, "xl__workbook.xml": no_calc}
    with_parts(source, **changed)
    after = tmp_path / "after.xlsx"
    patch_table(source, after, TableEdits(TABLE, {(5, "Surname"): "x"}))
    new = parts(after)
    assert "xl/calcChain.xml" not in new and b"calcChain" not in new["[Content_Types].xml"] + new["xl/_rels/workbook.xml.rels"]
    calc = etree.fromstring(new[WORKBOOK_PART]).find(q("calcPr"))
    assert calc is not None and calc.get("fullCalcOnLoad") == "1" and calc.getprevious().tag in (q("definedNames"), q("sheets"))  # type: ignore[union-attr]


def test_a_workbook_whose_writer_left_the_numbers_of_rows_and_cells_out(tmp_path: Path) -> None:
    source = rich_workbook(tmp_path / "book.xlsx")
    sheet = etree.fromstring(parts(source)[SHEET_PART])
    data = sheet.find(q("sheetData"))
    assert data is not None
    for row in [r for r in data if int(str(r.get("r"))) > 6]:
        data.remove(row)
    for number in sorted(set(range(1, 7)) - {int(str(r.get("r"))) for r in data}):
        data.insert(number - 1, etree.Element(q("row"), {"r": str(number)}))
    for row in data:
        del row.attrib["r"]
        for cell in row:
            if cell.get("r") != "B4" and cell.getprevious() is not None and not str(cell.get("r")).startswith("J"):
                del cell.attrib["r"]
    with_parts(source, **{SHEET_PART.replace("/", "__"): etree.tostring(sheet)})
    patch_table(source, tmp_path / "after.xlsx", TableEdits(TABLE, {(6, "Surname"): "Second"}, [SMITH]))
    assert [row[1] for row in read(tmp_path / "after.xlsx")] == ["Okafor", "Second", "Smith"]


def _refused(source: Path, edits: TableEdits, says: str) -> None:
    before, target = source.read_bytes(), source.with_name("after.xlsx")
    with pytest.raises(CannotDo, match=says):
        patch_table(source, target, edits)
    assert not target.exists() and source.read_bytes() == before


def test_refusals_write_nothing(tmp_path: Path) -> None:
    one = TableEdits(TABLE, {}, [SMITH])
    _refused(rich_workbook(tmp_path / "a.xlsx", protect=True), one, "Register of a.xlsx is protected")
    _refused(rich_workbook(tmp_path / "b.xlsx", below="a sum"), TableEdits(TABLE, {}, [SMITH] * 2), "Something stands below .* row 8")
    _refused(rich_workbook(tmp_path / "c.xlsx", total_row=True), one, "has a total row")
    _refused(rich_workbook(tmp_path / "d.xlsx"), TableEdits("Contacts", {}, [SMITH]), "no table named Contacts")
    signed = with_parts(rich_workbook(tmp_path / "e.xlsx"), _xmlsignatures__origin=b"")
    _refused(with_parts(signed, _xmlsignatures__sig1_xml=b"<x/>"), one, "digital signature")
    formula = re.sub(rb'(<c r="E5"[^>]*>)', rb"\1<f>1+1</f>", parts(rich_workbook(tmp_path / "f.xlsx"))[SHEET_PART])
    _refused(
        with_parts(tmp_path / "f.xlsx", **{SHEET_PART.replace("/", "__"): formula}),
        TableEdits(TABLE, {(5, "Cost"): 2}),
        "Register!E5 .* formula",
    )
    merged = parts(rich_workbook(tmp_path / "g.xlsx"))[SHEET_PART].replace(
        b"</sheetData>", b'</sheetData><mergeCells count="1"><mergeCell ref="C6:D6"/></mergeCells>'
    )
    _refused(with_parts(tmp_path / "g.xlsx", **{SHEET_PART.replace("/", "__"): merged}), TableEdits(TABLE, {(6, "Notes"): "x"}), "C6:D6")


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("a.xls", b"", "not an .xlsx"),
        ("a.xlsx", b"junk", "not an Excel workbook"),
        ("a.xlsx", b"\xd0\xcf\x11\xe0" + bytes(600), "locked with a password"),
    ],
)
def test_no_workbook(tmp_path: Path, name: str, content: bytes, says: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(CannotDo, match=says):
        patch_table(tmp_path / name, tmp_path / "after.xlsx", TableEdits(TABLE, {}, [SMITH]))


def test_a_package_that_is_no_workbook(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.xlsx", "w") as z:
        z.writestr("[Content_Types].xml", "<Types/>")
    with pytest.raises(CannotDo, match="not a workbook that can be changed"):
        patch_table(tmp_path / "a.xlsx", tmp_path / "b.xlsx", TableEdits(TABLE))


@pytest.mark.parametrize(
    "edits", [TableEdits(TABLE, {(5, "Shoe size"): 1}), TableEdits(TABLE, {(5, "Double"): 1}), TableEdits(TABLE, {(4, "UPN"): "x"})]
)
def test_a_cell_that_is_no_cell_of_the_table_is_a_broken_program(tmp_path: Path, edits: TableEdits) -> None:
    with pytest.raises(ValueError):
        patched(tmp_path, edits)


def test_microsofts_validator_finds_nothing(tmp_path: Path) -> None:
    before, after = patched(tmp_path, TableEdits(TABLE, {(5, "Born"): date(2020, 1, 2)}, [SMITH, *({"Surname": text} for text in HOSTILE)]))
    assert ooxml_errors(before) == []
    assert ooxml_errors(after) == []


def test_libreoffice_opens_it_and_works_the_formulas_out(tmp_path: Path) -> None:
    _, after = patched(tmp_path, TableEdits(TABLE, {(5, "Cost"): 4}, [SMITH, {"Surname": HOSTILE[0]}]))
    book = load_workbook(recalculated(after, tmp_path / "lo"), data_only=True)
    sheet = book["Register"]
    assert [sheet[f"F{r}"].value for r in (5, 6, 7)] == [8, 3, 34.4]
    assert [sheet[f"C{r}"].value for r in (7, 8)] == ["Smith", HOSTILE[0]]
    assert sheet["D7"].value.date() == date(2016, 12, 1)
    assert book["My own"]["A2"].value == 22.7
