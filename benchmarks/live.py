"""Reading from and drawing into a live LibreOffice, beside the fewest raw calls that could do it: `uv run python -m benchmarks.live`.

Reading: every table of the register as our reader gives it, beside one `getDataArray` for each table. Drawing: the sheets of
Check and of Cost provision with their tables, formulas, formats and charts, beside one `setDataArray` of the same cells for each sheet.
"""

import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sendbook.checks import check
from sendbook.costing import Costing
from sendbook.demo.invent import DEFAULT_TODAY, invent
from sendbook.demo.workbook import write_tables
from sendbook.sheets.checks import checks_sheet
from sendbook.sheets.costs import cost_sheets
from sendbook.workbook.live.draw import draw
from sendbook.workbook.live.read import find_table, open_book, values
from sendbook.workbook.live.state import held
from sendbook.workbook.rows import READ, build_book
from tests.live import office

PUPILS, PLACES = 300, 3_000
ROUNDS = 7
DAY_0 = date(1899, 12, 30)


def middle(*jobs: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Median seconds of each job, run in turn so that a busy machine slows all."""
    times: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds + 1):
        for job, found in zip(jobs, times, strict=True):
            start = time.perf_counter()
            job()
            found.append(time.perf_counter() - start)
    return [statistics.median(found[1:]) for found in times]  # the first round warms up


def read_ours(book: Any) -> None:
    """Every table, as the checks get it, and what stands below it."""
    raw = open_book(book)
    for model in READ:
        table = raw.load(model)
        assert table is not None
        list(table.below)


def plain(value: object) -> object:
    """A value as `setDataArray` takes it."""
    if isinstance(value, date):
        return float((value - DAY_0).days) if not isinstance(value, datetime) else float((value.date() - DAY_0).days)
    return "" if value is None else value


def write_raw(document: Any, sheets: Sequence[tuple[str, tuple[tuple[object, ...], ...]]]) -> None:
    """One call a sheet."""
    for name, cells in sheets:
        if not document.Sheets.hasByName(name):
            document.Sheets.insertNewByName(name, document.Sheets.Count)
        document.Sheets.getByName(name).getCellRangeByPosition(0, 0, len(cells[0]) - 1, len(cells) - 1).setDataArray(cells)


def drawn_cells(book: Any, names: Sequence[str]) -> list[tuple[str, tuple[tuple[object, ...], ...]]]:
    """What stands on our sheets, for the raw calls to write under other names."""
    return [(f"raw {name}"[:31], tuple(tuple(map(plain, row)) for row in values(book.sheets[name].used_range))) for name in names]


def measure(book: Any) -> tuple[list[float], list[float], list[float]]:
    """Seconds of ours and of the raw calls: reading, drawing the checks, drawing the costs."""
    document = book.api
    ranges = [find_table(book, m.table).range for m in READ]
    areas = [document.Sheets.getByName(r.sheet.name).getCellRangeByName(r.get_address(False, False)) for r in ranges]
    reading = middle(lambda: read_ours(book), lambda: [a.getDataArray() for a in areas])
    read, problems = build_book(open_book(book))
    found = check(read, problems, DEFAULT_TODAY)
    drawing = []
    for results in ([checks_sheet(found)], cost_sheets(Costing(read, DEFAULT_TODAY))):
        with held(book.app):
            names = [s.name for s in draw(book, results)]
            raw = drawn_cells(book, names)
            drawing.append(middle(lambda results=results: draw(book, results), lambda raw=raw: write_raw(document, raw)))
    return reading, drawing[0], drawing[1]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, office() as app:
        path = Path(folder) / "register.xlsx"
        write_tables(path, invent(PUPILS, places_each=PLACES // PUPILS, mistakes=True), DEFAULT_TODAY)
        book = app.books.open(str(path))
        for job, (ours, raw) in zip(("reading", "drawing the checks", "drawing the costs"), measure(book), strict=True):
            print(f"{job}: {ours * 1000:.0f} ms, raw {raw * 1000:.0f} ms: {ours / raw:.1f} times")
        book.close()


if __name__ == "__main__":
    sys.exit(main())
