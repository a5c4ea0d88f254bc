"""Reading an open workbook: each table in one bulk call, in the same form as the reader of closed files gives."""

import zipfile
from collections.abc import Iterator, Sequence
from typing import Any

from sendbook.tables import Row, name_key
from sendbook.workbook.live.own_words import errors_as_text, exact_numbers, local_file
from sendbook.workbook.raw import Cell, RawTable, RawWorkbook, SheetFacts, plain_range
from sendbook.workbook.safe import CannotDo

LIMIT = 2_000_000  # cells of a table: Excel hands a range over at once; 20,000 pupils with ten places each have less
CHUNK = 500  # rows below a table that are read at once


def open_book(book: Any) -> RawWorkbook:
    """The tables of an open workbook (an `xlwings.Book`), each read when asked for. Raises CannotDo where one is too large to read."""
    facts: dict[str, SheetFacts] = {}
    return RawWorkbook(lambda model: _load(book, model, facts), facts, _is_older(book))


def _load(book: Any, model: type[Row], facts: dict[str, SheetFacts]) -> RawTable | None:
    if (table := find_table(book, model.table)) is not None:
        return _from_table(model, table, facts)
    sheet = next((s for s in book.sheets if name_key(s.name) == name_key(model.table)), None)
    return _from_plain_sheet(model, sheet) if sheet else None


def find_table(book: Any, name: str) -> Any | None:
    """The table of that name: in the sheet of the same name, where it nearly always is, or anywhere else; None where there is none."""
    try:
        return book.sheets[name].tables[name]
    except Exception:  # each engine has its own error for a name that is not there
        return next((t for sheet in book.sheets for t in sheet.tables if name_key(t.name) == name_key(name)), None)


def _from_table(model: type[Row], table: Any, facts: dict[str, SheetFacts]) -> RawTable:
    area = table.range
    sheet = area.sheet
    _refuse_too_large(sheet.name, area)
    rows = values(area)
    body = rows[1 : len(rows) - bool(table.show_totals)]
    facts.setdefault(sheet.name, SheetFacts()).merged += merged(area)
    headings = [str(v) for v in rows[0]]
    return RawTable(model.table, sheet.name, headings, area.row + 1, area.column, body, below=_below(sheet, area))


def values(area: Any) -> list[list[Cell]]:
    """The cells of a range row by row: text, numbers, dates and True or False; an error value as its text, a blank cell as ""."""
    return errors_as_text(exact_numbers(area, area.options(ndim=2, err_to_str=True, empty="").value))


def _refuse_too_large(sheet: str, area: Any) -> None:
    height, width = area.shape
    if height * width > LIMIT:
        raise CannotDo(
            f"The table on sheet {sheet} reaches down to row {area.row + height - 1:,}, which no register needs. "
            "Click in it, choose Table Design, Resize Table, and draw it round your rows only; then try again."
        )


def merged(area: Any) -> list[str]:
    """Addresses of merged cells within a range. One call where there are none, else the range is halved until they are found."""
    if area.merge_cells is False:
        return []
    height, width = area.shape
    if height == width == 1:
        return [area.merge_area.get_address(False, False)]
    at = (height // 2, 0) if height >= width else (0, width // 2)
    first = area.resize(at[0] or height, at[1] or width)
    second = area.offset(*at).resize(height - at[0], width - at[1])
    return list(dict.fromkeys([*merged(first), *merged(second)]))


def _below(sheet: Any, area: Any) -> Iterator[tuple[int, Sequence[Cell]]]:
    """The rows under a table in its columns, down to another table or the last used row; read only when asked for."""
    first, last = area.row + area.shape[0], sheet.used_range.last_cell.row
    if first > last:
        return
    if tops := [t.range.row for t in sheet.tables if t.range.row >= first]:
        last = min(last, min(tops) - 1)
    left, right = area.column, area.column + area.shape[1] - 1
    for top in range(first, last + 1, CHUNK):
        block = values(sheet.range((top, left), (min(top + CHUNK - 1, last), right)))
        yield from enumerate(block, top)


def _from_plain_sheet(model: type[Row], sheet: Any) -> RawTable | None:
    used = sheet.used_range
    _refuse_too_large(sheet.name, used)
    return plain_range(model, sheet.name, values(used), used.row, used.column)


def _is_older(book: Any) -> bool:
    """Whether the file that is open says that an older Sendbook made it; False where there is no file to look into, as online."""
    from sendbook.workbook.closed import is_older  # the reader of closed files; where the file is not there it is not loaded

    path = local_file(book)
    try:
        return path is not None and is_older(path)
    except (OSError, zipfile.BadZipFile):
        return False
