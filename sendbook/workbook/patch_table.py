"""An Excel table in its package: where it is, its columns and formulas, and making it longer."""

import re
from dataclasses import dataclass

from lxml import etree
from openpyxl.utils.escape import unescape
from openpyxl.worksheet.cell_range import CellRange
from openpyxl.xml.constants import REL_NS

from sendbook.workbook.patch_package import Package, q
from sendbook.workbook.safe import CannotDo

LAST_SHEET_ROW = 1_048_576
_X14 = "http://schemas.microsoft.com/office/spreadsheetml/2009/9/main"
_XM = "http://schemas.microsoft.com/office/excel/2006/main"
_REF_HOLDERS = ("dataValidation", "conditionalFormatting", "ignoredError")


@dataclass(frozen=True)
class TableFormula:
    """The formula of a column that works itself out."""

    text: str
    array: bool


@dataclass(frozen=True)
class FoundTable:
    """A table and the sheet it stands in, by their part names. Row and column numbers count from 1."""

    name: str
    part: str
    sheet_part: str
    sheet: str
    first_row: int  # of the rows under the headings
    last_row: int
    first_column: int
    last_column: int
    columns: dict[str, int]  # heading in `heading_key` form to column number
    formulas: dict[int, TableFormula]
    has_totals: bool


def heading_key(text: str) -> str:
    """A heading as it is looked for: case and spaces do not count."""
    return " ".join(text.split()).casefold()


def find_table(package: Package, name: str) -> FoundTable:
    """The table of that name, in whatever sheet. Raises CannotDo where there is none."""
    sheets = package.related(package.workbook)
    targets = {r.Id: str(r.target) for r in sheets if r.Type == f"{REL_NS}/worksheet"}
    for sheet in package.tree(package.workbook).iter(q("sheet")):
        sheet_part = targets.get(sheet.get(f"{{{REL_NS}}}id"))
        if sheet_part is None:
            continue
        for relation in package.related(sheet_part):
            if relation.Type == f"{REL_NS}/table":
                root = package.tree(str(relation.target))
                if name.casefold() in {str(root.get(a)).casefold() for a in ("name", "displayName")}:
                    return _described(root, str(relation.target), sheet_part, str(sheet.get("name")))
    raise CannotDo(
        f"{package.path.name} has no table named {name}; nothing was changed. "
        "Choose the workbook made by “sendbook new”; if its table was turned into plain cells, go back to an earlier copy."
    )


def _described(root: etree._Element, part: str, sheet_part: str, sheet: str) -> FoundTable:
    name, ref = str(root.get("displayName")), CellRange(str(root.get("ref")))
    if root.get("headerRowCount") == "0":
        raise CannotDo(f"The table {name} shows no headings. In Excel tick Table Design, Header Row, save, then do this again.")
    totals = int(root.get("totalsRowCount", "0"))
    columns: dict[str, int] = {}
    formulas: dict[int, TableFormula] = {}
    for at, column in enumerate(root.iter(q("tableColumn")), ref.min_col):
        columns.setdefault(heading_key(unescape(str(column.get("name")))), at)
        formula = column.find(q("calculatedColumnFormula"))
        if formula is not None and formula.text:
            formulas[at] = TableFormula(formula.text, formula.get("array") in ("1", "true"))
    last = ref.max_row - totals
    return FoundTable(name, part, sheet_part, sheet, ref.min_row + 1, last, ref.min_col, ref.max_col, columns, formulas, totals > 0)


def extend(package: Package, table: FoundTable, last_row: int) -> None:
    """Let the table, its filter, dropdowns and conditional formats end at `last_row` instead of where they did."""
    root = package.change(table.part)
    for attribute in ("insertRow", "insertRowShift"):
        root.attrib.pop(attribute, "")
    for element in (root, root.find(q("autoFilter"))):
        if element is not None and element.get("ref"):
            element.set("ref", _longer(str(element.get("ref")), table, last_row))
    _extend_rules(package.change(table.sheet_part), table, last_row)


def _extend_rules(sheet: etree._Element, table: FoundTable, last_row: int) -> None:
    for tag in _REF_HOLDERS:
        for element in sheet.iter(q(tag)):
            if element.get("sqref"):
                element.set("sqref", _longer(str(element.get("sqref")), table, last_row))
        for extended in sheet.iter(f"{{{_X14}}}{tag}"):
            for where in extended.iterchildren(f"{{{_XM}}}sqref"):
                where.text = _longer(where.text or "", table, last_row)


def _longer(sqref: str, table: FoundTable, last_row: int) -> str:
    """Ranges that reached the table's last row, in a column of it, reach `last_row` too; the others stay."""
    return " ".join(_longer_range(token, table, last_row) for token in sqref.split())


def _longer_range(token: str, table: FoundTable, last_row: int) -> str:
    area = CellRange(token)
    beside = area.max_col < table.first_column or area.min_col > table.last_column
    if beside or not area.min_row <= table.last_row <= area.max_row < last_row:
        return token
    return CellRange(min_col=area.min_col, max_col=area.max_col, min_row=area.min_row, max_row=last_row).coord


def refuse_if_locked(package: Package, table: FoundTable) -> None:
    """Raise CannotDo where the sheet is protected: a change would go round what someone locked."""
    protection = package.tree(table.sheet_part).find(q("sheetProtection"))
    if protection is not None and protection.get("sheet") in ("1", "true"):
        raise CannotDo(
            f"The sheet {table.sheet} of {package.path.name} is protected; nothing was changed. "
            "In Excel choose Review, Unprotect Sheet, save, then do this again."
        )


def refuse_merged(package: Package, table: FoundTable, first_row: int, last_row: int) -> None:
    """Raise CannotDo where merged cells reach into the rows to be written."""
    band = CellRange(min_col=table.first_column, max_col=table.last_column, min_row=first_row, max_row=last_row)
    for merged in package.tree(table.sheet_part).iter(q("mergeCell")):
        area = CellRange(str(merged.get("ref")))
        if not area.isdisjoint(band):
            raise CannotDo(
                f"The cells {area.coord} of the sheet {table.sheet} in {package.path.name} are merged; nothing was changed. "
                "In Excel select them, choose Merge & Center to part them, save, then do this again."
            )


def other_tables(package: Package, table: FoundTable) -> list[CellRange]:
    """The areas of the other tables of the sheet."""
    parts = [str(r.target) for r in package.related(table.sheet_part) if r.Type == f"{REL_NS}/table" and r.target != table.part]
    return [CellRange(str(package.tree(p).get("ref"))) for p in parts]


_DIMENSION = re.compile(r"[A-Z]+[0-9]+(:[A-Z]+[0-9]+)?")


def widen_dimension(sheet: etree._Element, table: FoundTable, last_row: int) -> None:
    """Let the sheet's stated area take in the table down to `last_row`."""
    dimension = sheet.find(q("dimension"))
    if dimension is None or not _DIMENSION.fullmatch(str(dimension.get("ref"))):
        return
    table_area = CellRange(min_col=table.first_column, max_col=table.last_column, min_row=table.first_row - 1, max_row=last_row)
    dimension.set("ref", CellRange(str(dimension.get("ref"))).union(table_area).coord)
