"""Numbers in sentences: one day, two days; twice; rows 5 and 9."""

from collections.abc import Iterable

from sendbook.tables import shown


def counted(number: float, one: str, more: str = "") -> str:
    """A number with its noun: `1 day`, `2 days`, `1.5 hours`."""
    return f"{shown(number)} {one if number == 1 else more or one + 's'}"


def times(number: int) -> str:
    """How often something stands: `once`, `twice`, `3 times`."""
    return {1: "once", 2: "twice"}.get(number, f"{number} times")


def in_rows(rows: Iterable[int]) -> str:
    """Rows of a sheet: `row 5`, `rows 5 and 9`, `rows 5, 9 and 12`."""
    *first, last = map(str, rows)
    return f"rows {', '.join(first)} and {last}" if first else f"row {last}"
