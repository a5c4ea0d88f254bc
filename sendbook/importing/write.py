"""Doing what an import plan says, in the closed workbook, after a copy of it is kept."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path

from sendbook.importing.plan import ImportPlan
from sendbook.tables import Kind, Pupil, column_named
from sendbook.workbook.edits import TableEdits, Value
from sendbook.workbook.safe import keep_copy, refuse_if_open, write_beside


def apply_import(plan: ImportPlan, book_path: Path, stamp: datetime) -> Path | None:
    """Write the plan into the workbook and return the copy kept from before, named by `stamp`, the time of the import.

    None, and no copy, where the plan has nothing to write. The plan must be of this very workbook as it stands.
    Either everything is written or, with CannotDo, nothing.
    """
    from sendbook.workbook.patch import patch_table  # its libraries take a second to load, which a preview need not wait for

    if not plan.writes:
        return None
    refuse_if_open(book_path)
    with write_beside(book_path) as beside:
        patch_table(book_path, beside, edits_of(plan))
        return keep_copy(book_path, stamp)


def edits_of(plan: ImportPlan) -> TableEdits:
    """The plan as edits of the table Pupils, money in pounds."""
    cells = {(change.pupil_row, cell.heading): _in_sheet(cell.name, cell.new) for change in plan.change for cell in change.cells}
    rows = [{column_named(Pupil, n).heading: _in_sheet(n, v) for n, v in addition.values.items()} for addition in plan.add]
    return TableEdits(Pupil.table, cells, rows)


def _in_sheet(name: str, value: object) -> Value:
    if column_named(Pupil, name).kind is Kind.MONEY:
        return Decimal(int(str(value))) / 100
    return value  # type: ignore[return-value]
