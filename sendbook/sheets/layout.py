"""Where the blocks of a result sheet stand: the same in a new file and in an open workbook. Rows and columns count from 0."""

from collections.abc import Iterator
from itertools import zip_longest

from sendbook.sheets.blocks import Block, Grid, Heading, ResultSheet, Table

FIRST_BLOCK = 3  # above it: the title, what the sheet is about, an empty row
CHART_ROWS = 20  # sheet rows a chart covers, right of its table


def placed(result: ResultSheet) -> Iterator[tuple[int, Block]]:
    """Each block with the row its first line stands in."""
    row = FIRST_BLOCK
    for block in result.blocks:
        yield row, block
        row += _height(block)


def _height(block: Block) -> int:
    """Rows to the next block."""
    if isinstance(block, Heading):
        return 2 if block.note else 1
    if isinstance(block, Grid):
        return len(block.down) + 2
    return max(last_row(block, 0), len(block.charts) * CHART_ROWS - 1) + 2


def has_totals(table: Table) -> bool:
    """Whether a row of totals stands below the table."""
    return bool(table.rows) and any(c.total for c in table.columns)


def last_row(table: Table, top: int) -> int:
    """The last row of a table with its headings in `top`; a table without rows has an empty one, as Excel wants it."""
    return top + max(len(table.rows), 1) + has_totals(table)


def tables_of(result: ResultSheet) -> list[Table]:
    """The sheet's tables."""
    return [b for b in result.blocks if isinstance(b, Table)]


def widths(result: ResultSheet) -> list[int]:
    """Widths of the columns, in characters: tables under each other share them."""
    return [max(c.width for c in same if c) for same in zip_longest(*(t.columns for t in tables_of(result)))]


def frozen(result: ResultSheet) -> tuple[int, int] | None:
    """The first row and column that move when scrolling, where a sheet is one table; else None."""
    tables = tables_of(result)
    if len(tables) == 1 and isinstance(result.blocks[0], Table):
        return FIRST_BLOCK + 1, min(2, len(tables[0].columns) - 1)
    return None
