"""A problem as a value: what is wrong, where, and what to do. A report never stops at the first."""

from dataclasses import dataclass
from enum import IntEnum


class Severity(IntEnum):
    """How much a problem matters. Only errors change the exit code of a check."""

    HINT = 1  # would be better
    QUERY = 2  # look at it; may be right
    ERROR = 3  # wrong

    @property
    def word(self) -> str:
        """The severity as people read it."""
        return self.name.lower()


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the workbook. `cell` is an A1 reference, empty where the whole table or sheet is meant."""

    sheet: str = ""
    table: str = ""
    row: int = 0
    heading: str = ""
    cell: str = ""

    def __str__(self) -> str:
        spot = f"{self.sheet}!{self.cell}" if self.cell else self.sheet or "the workbook"
        return f"{spot} ({self.heading})" if self.heading else spot


@dataclass(frozen=True, slots=True)
class Problem:
    """A rule broken at a place: the message holds the values found, `todo` the next step."""

    rule: str
    severity: Severity
    place: Place
    message: str
    todo: str
    group: str
    source: str = ""
