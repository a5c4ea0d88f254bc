"""The demo school as a workbook, its formulas' results stored with it."""

from datetime import date
from pathlib import Path

from sendbook.computed import computed
from sendbook.demo.invent import DEFAULT_PUPILS, DEFAULT_SEED, DEFAULT_TODAY, Tables, invent
from sendbook.workbook.master import write_master
from sendbook.workbook.rows import book_of

DEMO_NAME = "Demo school SEND register.xlsx"


def write_tables(path: Path, tables: Tables, today: date) -> None:
    """Write rows of plain values as a master workbook. Raises CannotDo where the file cannot be written."""
    write_master(path, tables, computed(book_of(tables)[0], today))


def write_demo(path: Path, pupils: int | None = None, seed: int | None = None, clean: bool = False) -> None:
    """Write the demo school's master workbook, the same in every part for the same arguments; `clean` plants no mistakes."""
    tables = invent(pupils or DEFAULT_PUPILS, DEFAULT_SEED if seed is None else seed, DEFAULT_TODAY, mistakes=not clean)
    write_tables(path, tables, DEFAULT_TODAY)
