"""Where the SENCo is in the open workbook: the rows that are selected, the pupils they are about, the problem that comes next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sendbook.sheets.checks import PROBLEMS
from sendbook.tables import BOOK_FIELDS, Book, Pupil, name_key
from sendbook.workbook.live.own_words import visible_spans
from sendbook.workbook.live.owned import result_sheet
from sendbook.workbook.live.read import values
from sendbook.workbook.safe import CannotDo

LONGEST_ADDRESS = 240  # letters; Excel cuts the address of a selection in many parts at about 255


@dataclass(frozen=True)
class Selection:
    """A sheet and the rows selected on it, as spans from first to last; `cell` is the first of them as an A1 reference."""

    sheet: str
    spans: tuple[tuple[int, int], ...]
    cell: str = ""

    def __contains__(self, row: object) -> bool:
        return isinstance(row, int) and any(first <= row <= last for first, last in self.spans)


def selection(book: Any) -> Selection:
    """What is selected. Raises CannotDo where it is no cells, but a chart or a picture."""
    chosen = book.app.selection
    if chosen is None:
        raise CannotDo("No cell is selected. Click on a cell of the row you mean, then click the button again.")
    address = chosen.get_address(False, False).replace("$", "")
    spans = visible_spans(chosen)
    if spans is None and len(address) >= LONGEST_ADDRESS:
        raise CannotDo("So many separate rows are selected that Excel cannot say which. Select fewer at a time, then click again.")
    areas = address.split(",")
    return Selection(chosen.sheet.name, tuple(spans or map(_span, areas)), areas[0].partition(":")[0])


def _span(area: str) -> tuple[int, int]:
    """First and last row of an address; all rows where whole columns are selected."""
    rows = [int(n) for n in re.findall(r"\d+", area)]
    return (rows[0], rows[-1]) if rows else (1, 2**20)


def pupils_in(book: Book, chosen: Selection) -> tuple[Pupil, ...]:
    """The pupils whom the selected rows are about, in the order of the register: rows of Pupils, or of a table that names a pupil."""
    found: dict[int, Pupil] = {}
    for model in BOOK_FIELDS:
        origin = book.origins.get(model.table)
        if origin is None or origin.sheet != chosen.sheet:
            continue
        for row in book.rows(model):
            if row.row in chosen and (pupil := _whose(book, row)):
                found[pupil.row] = pupil
    return tuple(found[n] for n in sorted(found))


def _whose(book: Book, row: Any) -> Pupil | None:
    if isinstance(row, Pupil):
        return row
    return book.pupil(getattr(row, "pupil", None) or getattr(row, "charged_to", None))


@dataclass(frozen=True)
class Listed:
    """A problem as the sheet Checks lists it; `row` is its row there."""

    row: int
    severity: str
    sheet: str
    cell: str
    says: str
    todo: str


def listed_problems(book: Any) -> tuple[Listed, ...]:
    """The problems with a cell that the sheet Checks of the open workbook lists. Raises CannotDo where there is none."""
    sheet = result_sheet(book, "Checks")
    if sheet is None:
        raise CannotDo("There is no list of problems yet. Click Check first.")
    table = next((t for t in sheet.tables if name_key(t.name).startswith(name_key(PROBLEMS))), None)
    if table is None:
        raise CannotDo("The last check found nothing, so there is no problem to go to.")
    head, *lines = values(table.range)
    at = [head.index(h) for h in ("Severity", "Sheet", "Cell", "What is wrong", "What to do")]
    rows = (Listed(n, *(str(line[i]) for i in at)) for n, line in enumerate(lines, table.range.row + 1))
    if not (with_cell := tuple(r for r in rows if r.cell)):
        raise CannotDo("Each problem on the list is about a whole sheet, not about a cell. Look at the sheet Checks.")
    return with_cell


def next_problem(problems: Sequence[Listed], here: Selection) -> Listed:
    """The problem to go to: that of the row selected on Checks, else the one after the cell selected, from the last to the first again."""
    if name_key(here.sheet).startswith("checks"):
        return next((p for p in problems if p.row in here), problems[0])
    for i, p in enumerate(problems):
        if (name_key(p.sheet), p.cell) == (name_key(here.sheet), here.cell):
            return problems[(i + 1) % len(problems)]
    return next((p for p in problems if name_key(p.sheet) == name_key(here.sheet)), problems[0])
