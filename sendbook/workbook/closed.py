"""Reading a closed workbook: each table as headings plus a block of values, one bulk call per table."""

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import islice
from pathlib import Path

import python_calamine as calamine
from lxml import etree

from sendbook.tables import TABLES, Row, name_key
from sendbook.workbook.guard import check_file, inspect
from sendbook.workbook.raw import Cell, RawTable, RawWorkbook, SheetFacts, TableArea, plain_range
from sendbook.workbook.safe import CannotDo

SCHEMA_PROPERTY = "Sendbook schema"
SCHEMA = 2  # counts up when a table or column is added; `sendbook new` writes it into the workbook


@contextmanager
def open_workbook(path: Path) -> Iterator[RawWorkbook]:
    """A master workbook to read. Raises CannotDo, with its sentence, for what is no readable Sendbook workbook."""
    check_file(path)
    facts = inspect(path)
    older = is_older(path)
    try:
        with calamine.CalamineWorkbook.from_path(path, load_tables=True) as workbook:
            _check_tables(path, workbook)
            yield RawWorkbook(lambda model: _find(workbook, model, facts), facts, older)
    except calamine.PasswordError as e:
        raise CannotDo(f"{path.name} is protected by a password. Open it in Excel, take the password off, save, and try again.") from e
    except (calamine.CalamineError, OSError) as e:
        raise CannotDo(
            f"{path.name} cannot be read as an Excel workbook. Open it in Excel and save it again, or go back to an earlier copy."
        ) from e


def _check_tables(path: Path, workbook: calamine.CalamineWorkbook) -> None:
    names = {name_key(n) for n in (*(workbook.table_names or ()), *workbook.sheet_names)}
    if not any(name_key(m.table) in names for m in TABLES if not m.derived):
        raise CannotDo(
            f"{path.name} is not a Sendbook workbook: none of its tables is there. Make one with “sendbook new”, "
            "then bring a list in with “sendbook import”."
        )


def is_older(path: Path) -> bool:
    """Whether the workbook says that it was made by an older Sendbook. Raises CannotDo where by a newer one."""
    found = schema_of(path)
    if found is not None and found > SCHEMA:
        raise CannotDo(
            f"{path.name} was made by a newer Sendbook (its form is {found}; this one knows {SCHEMA}). Update Sendbook, then try again."
        )
    return found is not None and found < SCHEMA


def schema_of(path: Path) -> int | None:
    """The version of the tables' form the workbook says it has, or None where it says nothing."""
    with zipfile.ZipFile(path) as package:
        if "docProps/custom.xml" not in package.namelist():
            return None
        try:
            root = etree.fromstring(package.read("docProps/custom.xml"), etree.XMLParser(resolve_entities=False))
        except etree.XMLSyntaxError:
            return None
    values = [v for p in root if p.get("name") == SCHEMA_PROPERTY for v in p.itertext()]
    return int(values[0]) if values and values[0].strip().isdigit() else None


def _find(workbook: calamine.CalamineWorkbook, model: type[Row], facts: Mapping[str, SheetFacts]) -> RawTable | None:
    named = {name_key(n): n for n in workbook.table_names or ()}
    if name := named.get(name_key(model.table)):
        table = workbook.get_table_by_name(name)
        top, left = table.start or (0, 0)
        below = _below(workbook, table, facts.get(table.sheet, SheetFacts()))
        return RawTable(model.table, table.sheet, table.columns, top + 1, left + 1, table.to_python(), below=below)
    sheets = {name_key(n): n for n in workbook.sheet_names}
    if sheet := sheets.get(name_key(model.table)):
        return _from_plain_sheet(workbook.get_sheet_by_name(sheet), model)
    return None


def _below(workbook: calamine.CalamineWorkbook, table: calamine.CalamineTable, facts: SheetFacts) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows under a table, of which its reader knows nothing; the sheet is read again only where there are any."""
    area = next((a for a in facts.tables if name_key(a.name) == name_key(table.name)), None)
    if area is None or 0 < facts.last_row <= area.bottom:
        return
    sheet = workbook.get_sheet_by_name(table.sheet)
    first = (sheet.start or (0, 0))[1] + 1  # column of the first value of each row
    for number, row in enumerate(islice(sheet.iter_rows(), area.bottom, _next_table(area, facts)), area.bottom + 1):
        values = [""] * (first - area.left) + row[max(0, area.left - first) :]
        yield number, (values + [""] * (area.right - area.left))[: area.right - area.left + 1]


def _next_table(above: TableArea, facts: SheetFacts) -> int | None:
    """The last row before another table under that one, or None."""
    tops = [a.top for a in facts.tables if a.top > above.bottom and a.left <= above.right and above.left <= a.right]
    return min(tops) - 1 if tops else None


def _from_plain_sheet(sheet: calamine.CalamineSheet, model: type[Row]) -> RawTable | None:
    top, left = sheet.start or (0, 0)
    return plain_range(model, sheet.name, sheet.to_python(), top + 1, left + 1)
