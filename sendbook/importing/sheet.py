"""An import plan as a result sheet: what would be added and changed, and what is left for a person to decide."""

from collections.abc import Iterator

from sendbook.importing.describe import head, told, value_shown
from sendbook.importing.plan import ImportPlan
from sendbook.sheets.blocks import Heading, ResultColumn, ResultSheet, Table
from sendbook.tables import Kind

NAME = "Import"
PROSE = Kind.PROSE
Block = Heading | Table


def import_sheet(plan: ImportPlan, *, written: bool = False) -> ResultSheet:
    """The plan as a sheet; `written`: it has been done, not only planned."""
    title = f"Import of {plan.listing.name}" + ("" if written else ": nothing written yet")
    blocks = (*_additions(plan), *_changes(plan), *_left(plan), *_notes(plan))
    return ResultSheet(NAME, title, " ".join(head(plan, written)), blocks)


def _table(name: str, headings: dict[str, int], rows: list[list[object]]) -> Table:
    return Table(name, [ResultColumn(h, width, PROSE if width > 30 else Kind.TEXT) for h, width in headings.items()], rows)


def _rows_of(numbers: tuple[int, ...]) -> str:
    return ", ".join(map(str, numbers))


def _additions(plan: ImportPlan) -> Iterator[Block]:
    if plan.add:
        rows: list[list[object]] = [[a.who, _rows_of(a.rows), "; ".join(f"{h} {v}" for h, v in told(a.values).items())] for a in plan.add]
        yield Heading("Pupils to add", "They come to the end of the register.")
        yield _table("Import_add", {"Pupil": 30, "Row of the list": 16, "What the list says": 60}, rows)


def _changes(plan: ImportPlan) -> Iterator[Block]:
    if plan.change:
        rows: list[list[object]] = [
            [c.who, _rows_of(c.rows), cell.heading, value_shown(cell.name, cell.old), value_shown(cell.name, cell.new)]
            for c in plan.change
            for cell in c.cells
        ]
        yield Heading("Cells to change")
        yield _table("Import_change", {"Pupil": 30, "Row of the list": 16, "Heading": 24, "In the register": 40, "In the list": 40}, rows)


def _left(plan: ImportPlan) -> Iterator[Block]:
    if plan.not_taken:
        rows: list[list[object]] = [[n.who, _rows_of(n.rows), n.reason, n.todo] for n in plan.not_taken]
        yield Heading("Not taken", "For you to decide; nothing is guessed.")
        yield _table("Import_not_taken", {"Pupil": 30, "Row of the list": 16, "Why": 50, "What to do": 50}, rows)


def _notes(plan: ImportPlan) -> Iterator[Block]:
    if plan.notes:
        rows: list[list[object]] = [[str(n.row), n.heading, n.message, n.todo] for n in plan.notes]
        yield Heading("Cells that were left", "The rest of the row counts; nothing in the register is replaced by them.")
        yield _table("Import_notes", {"Row of the list": 30, "Heading": 24, "What is in it": 50, "What to do": 50}, rows)
