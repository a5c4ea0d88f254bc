"""A workbook with everything in it that a change must not disturb."""

import base64
import io
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from lxml import etree

from sendbook.workbook.patch_package import q

PIXEL = base64.b64decode("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==")
HEADINGS = ("UPN", "Surname", "Born", "Cost", "Double", "Notes")
DOUBLE = "=Pupils[[#This Row],[Cost]]*2"
TABLE, SHEET_PART, TABLE_PART = "Pupils", "xl/worksheets/sheet1.xml", "xl/tables/table1.xml"
WORKBOOK_PART, STYLES_PART = "xl/workbook.xml", "xl/styles.xml"


def rich_workbook(path: Path, *, blank: int = 0, below: str = "", protect: bool = False, total_row: bool = False) -> Path:
    """Two pupils in B4:G6 under headings in row 4, `blank` empty table rows, and all the furniture a school may have."""
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False}) as book:
        book.set_properties({"title": "Register", "created": datetime(2026, 1, 1)})
        book.set_custom_property("Sendbook schema", 1)
        sheet, own = book.add_worksheet("Register"), book.add_worksheet("My own")
        _fill(book, sheet, blank, total_row)
        _furnish(book, sheet, own, 6 + blank)
        if below:
            sheet.write(7 + blank, 2, below)
        if protect:
            sheet.protect()
    return path


def _fill(book: Any, sheet: Any, blank: int, total_row: bool) -> None:
    day, money = book.add_format({"num_format": "dd/mm/yyyy"}), book.add_format({"num_format": "£#,##0.00", "bg_color": "#FFFFCC"})
    columns = [{"header": h, **({"formula": DOUBLE, "format": money} if h == "Double" else {})} for h in HEADINGS]
    if total_row:
        columns[3]["total_function"] = "sum"
    sheet.add_table(3, 1, 5 + blank + total_row, 6, {"name": TABLE, "columns": columns, "total_row": total_row})
    for r, (upn, surname, born) in enumerate([("B1", "Okafor", date(2018, 3, 14)), ("B2", "O'Neill", date(2017, 9, 2))], 4):
        sheet.write_row(r, 1, [upn, surname])
        sheet.write_datetime(r, 3, born, day)
        sheet.write_number(r, 4, 1.5, money)
        sheet.write_string(r, 6, "the same words")
        sheet.write_string(r, 9, "beside")
    sheet.set_row(5, 22)


def _furnish(book: Any, sheet: Any, own: Any, last: int) -> None:
    sheet.write("A1", "Title", book.add_format({"bold": True}))
    sheet.set_header("&LRegister&RConfidential")
    sheet.freeze_panes(4, 1)
    sheet.repeat_rows(3)
    sheet.write_comment("B4", "Unique pupil number")
    sheet.data_validation(f"C5:C{last}", {"validate": "length", "criteria": "<", "value": 600})
    sheet.data_validation("B5:B100", {"validate": "any", "input_title": "UPN", "input_message": "Thirteen"})
    sheet.conditional_format(
        f"B5:G{last}", {"type": "formula", "criteria": '=$C5="Smith"', "format": book.add_format({"bg_color": "#FFC7CE"})}
    )
    sheet.conditional_format(f"E5:E{last}", {"type": "data_bar", "data_bar_2010": True})
    sheet.conditional_format(f"J5:J{last}", {"type": "blanks", "format": book.add_format({"bg_color": "#FFC7CE"})})
    sheet.set_row(1, None, None, {"hidden": True})
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Register!$E$5:$E$6", "name": "Cost"})
    sheet.insert_chart("L2", chart)
    sheet.insert_image("L20", "dot.png", {"image_data": io.BytesIO(PIXEL)})
    own.write_row(0, 0, ["=not a formula", 1, True])
    own.write_formula("A2", f"=SUM({TABLE}[Cost])", None, 3)
    own.merge_range("A4:C4", "merged")


def parts(path: Path) -> dict[str, bytes]:
    """Every part of the package by name."""
    with zipfile.ZipFile(path) as z:
        assert z.testzip() is None
        return {name: z.read(name) for name in z.namelist()}


def with_parts(path: Path, **changed: bytes | None) -> Path:
    """The package with parts replaced or added (names with __ for /, as in `xl__calcChain.xml`), in place."""
    held = parts(path) | {name.replace("__", "/"): content for name, content in changed.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as z:
        for name, content in held.items():
            z.writestr(name, content or b"")
    return path


def cells(path: Path, part: str = SHEET_PART) -> dict[str, bytes]:
    """Every cell's XML by reference, in canonical form."""
    root = etree.fromstring(parts(path)[part])
    return {str(c.get("r")): etree.tostring(c, method="c14n") for c in root.iter(q("c"))}
