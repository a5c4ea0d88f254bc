"""xlwings, imported without what no click needs."""

from typing import Any


def load_xlwings() -> Any:
    """The module xlwings."""
    import xlwings

    return xlwings
