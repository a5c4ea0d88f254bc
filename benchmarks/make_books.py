"""Makes the master workbooks to measure with: invented registers, each pupil with ten places in groups, planted mistakes."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from sendbook.demo import DEFAULT_TODAY, invent
from sendbook.demo.workbook import write_tables
from sendbook.summaries.write import pupils_with_summary
from sendbook.tables import Row
from sendbook.workbook.rows import book_of

PLACES_EACH = 10


def make(path: Path, pupils: int, *, mistakes: bool = True) -> dict[type[Row], Sequence[object]]:
    """Write one workbook; give its tables."""
    tables = invent(pupils, places_each=PLACES_EACH, mistakes=mistakes)
    write_tables(path, tables, DEFAULT_TODAY)
    return dict(tables)


def rows_of(tables: dict[type[Row], Sequence[object]]) -> dict[str, int]:
    """How many rows each table has."""
    return {model.table: len(rows) for model, rows in tables.items()}


def with_summaries(path: Path, wanted: int) -> list[str]:
    """Write a register in which more than `wanted` pupils have a summary; give so many UPNs of theirs."""
    pupils = wanted + wanted // 4 + 10  # some are only being watched, or have left
    make(path, pupils, mistakes=False)
    book, _ = book_of(invent(pupils, places_each=PLACES_EACH, mistakes=False))
    return [str(p.upn) for p in pupils_with_summary(book, DEFAULT_TODAY)][:wanted]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("sizes", type=int, nargs="+")
    parser.add_argument("--summaries", type=int, default=300)
    args = parser.parse_args()
    made = {size: rows_of(make(args.folder / f"{size}.xlsx", size)) for size in args.sizes}
    upns = with_summaries(args.folder / "summaries.xlsx", args.summaries)
    (args.folder / "books.json").write_text(json.dumps({"today": str(DEFAULT_TODAY), "rows": made, "upns": upns}), encoding="utf-8")


if __name__ == "__main__":
    main()
