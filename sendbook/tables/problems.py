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


@dataclass(frozen=True, slots=True)
class SheetRule:
    """A rule about a table's form as a whole: what is wrong with it, and how to put it right. `of_one`: said of a single row."""

    id: str
    severity: Severity
    says: str
    todo: str
    of_one: str = ""


SHEET_RULES = {
    rule.id: rule
    for rule in (
        SheetRule(
            "SB030",
            Severity.ERROR,
            "Table {table} is not in the workbook.",
            "Put it back from an earlier copy; a new workbook (“sendbook new”) has it too. Everything that needs it is left out.",
        ),
        SheetRule(
            "SB031",
            Severity.QUERY,
            "{table} is a plain range, no longer an Excel table; it was read by its headings.",
            "Click in it, choose Insert, Table, and name the table {table} under Table Design.",
        ),
        SheetRule(
            "SB032",
            Severity.ERROR,
            "Heading {heading} is missing from {table}; its column was not read.",
            "Add a column with just this heading, or rename the one that took its place.",
        ),
        SheetRule(
            "SB033",
            Severity.ERROR,
            "Heading {heading} stands twice in {table}; only the first column was read.",
            "Rename or delete one of the two columns.",
        ),
        SheetRule(
            "SB034",
            Severity.ERROR,
            "Cells {area} of {table} are merged; only the first of them holds a value.",
            "Select them, choose Home, Merge and Center to undo the merge, then fill in each row.",
        ),
        SheetRule(
            "SB035",
            Severity.ERROR,
            "Rows {area} of {table} stand below the table and were not read.",
            "Drag the table's bottom right corner down over them (or Table Design, Resize Table). "
            "What does not belong in the table, move to another sheet.",
            "Row {area} of {table} stands below the table and was not read.",
        ),
        SheetRule(
            "SB036",
            Severity.HINT,
            "Table {table} is not in the workbook, which an older Sendbook made.",
            "Nothing is wrong. To use it, make a new workbook (“sendbook new”) and copy your rows into it.",
        ),
        SheetRule(
            "SB037",
            Severity.HINT,
            "Heading {heading} is not in {table}: the workbook was made by an older Sendbook.",
            "Nothing is wrong. To use it, add a column with just this heading.",
        ),
    )
}
