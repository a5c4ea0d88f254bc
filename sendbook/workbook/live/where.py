"""Where the SENCo is in the open workbook: the rows that are selected, the pupils they are about, the problem that comes next."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sendbook.sheets.checks import PROBLEMS
from sendbook.tables import BOOK_FIELDS, Book, Pupil, name_key
from sendbook.workbook.live.own_words import is_hidden, visible_spans
from sendbook.workbook.live.owned import is_owned, result_sheet, sheet_named
from sendbook.workbook.live.read import values
from sendbook.workbook.references import row_and_column
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
    return Selection(chosen.sheet.name, tuple(map(_span, areas) if spans is None else spans), areas[0].partition(":")[0])


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


def listed_problems(book: Any, here: Selection) -> tuple[Listed, ...]:
    """The problems with a cell that a list of ours has: the sheet that is in front, else Checks. Raises CannotDo where there is none."""
    sheet = _list_in_front(book, here) or result_sheet(book, "Checks")
    if sheet is None:
        raise CannotDo("There is no list of problems yet. Click Check first.")
    table = _problem_table(sheet)
    if table is None:
        raise CannotDo("The last check found nothing, so there is no problem to go to.")
    head, *lines = values(table.range)
    at = [head.index(h) for h in ("Severity", "Sheet", "Cell", "What is wrong", "What to do")]
    rows = (Listed(n, *(str(line[i]) for i in at)) for n, line in enumerate(lines, table.range.row + 1))
    if not (with_cell := tuple(r for r in rows if r.cell)):
        raise CannotDo(f"Each problem on the list is about a whole sheet, not about a cell. Look at the sheet {sheet.name}.")
    return with_cell


def _problem_table(sheet: Any) -> Any | None:
    return _table(sheet, PROBLEMS)


def _table(sheet: Any, name: str) -> Any | None:
    """The table that was drawn under that name; it has a number behind it where a sheet that the SENCo kept has the name."""
    return next((t for t in sheet.tables if name_key(t.name).startswith(name_key(name))), None)


def _list_in_front(book: Any, here: Selection) -> Any | None:
    """The sheet in front, where it is a list of problems of ours: Checks, or what is to be read before sending."""
    sheet = sheet_named(book, here.sheet)
    return sheet if sheet is not None and is_owned(sheet) and _problem_table(sheet) is not None else None


def next_problem(problems: Sequence[Listed], here: Selection, on_list: bool) -> Listed:
    """The problem to go to: that of the row selected on a list, else the next one down the sheet, and then of the next sheet.

    Raises CannotDo where the row selected on a list is no problem's.
    """
    if on_list:
        if chosen := next((p for p in problems if p.row in here), None):
            return chosen
        raise CannotDo("Select a row under Problems that names a cell, then click again.")
    sheets = list(dict.fromkeys(name_key(p.sheet) for p in problems))
    walk = sorted(problems, key=lambda p: (sheets.index(name_key(p.sheet)), row_and_column(p.cell)))
    if name_key(here.sheet) not in sheets:
        return walk[0]
    now = (sheets.index(name_key(here.sheet)), row_and_column(here.cell))
    return next((p for p in walk if (sheets.index(name_key(p.sheet)), row_and_column(p.cell)) > now), walk[0])


def is_on_list(book: Any, here: Selection) -> bool:
    """Whether a list of ours is in front."""
    return _list_in_front(book, here) is not None


def list_on_sheet(book: Any, result: str, table: str) -> list[list[str]]:
    """The rows of a table on a result sheet as texts, without its headings; none where there is no such sheet or table."""
    sheet = result_sheet(book, result)
    found = _table(sheet, table) if sheet is not None else None
    return [[str(cell) for cell in line] for line in values(found.range)[1:]] if found is not None else []


def selected_on_list(book: Any, result: str, table: str, heading: str) -> tuple[str, ...] | None:
    """What the selected rows of a table on a result sheet say under a heading, without hidden rows.

    None where that sheet is not in front, or nothing below the table's headings is selected: no rows are meant.
    """
    here, sheet = selection(book), result_sheet(book, result)
    if sheet is None or name_key(here.sheet) != name_key(sheet.name) or (found := _table(sheet, table)) is None:
        return None
    head, *lines = values(found.range)
    if here.spans and all(last <= found.range.row for _, last in here.spans):
        return None
    at, first = head.index(heading), found.range.row + 1
    return tuple(str(line[at]) for n, line in enumerate(lines, first) if n in here and not is_hidden(sheet.range((n, 1))))
