"""Examples of rules: a book that breaks a rule at a place, and a book that does not."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from sendbook.checks import check
from sendbook.tables import BOOK_FIELDS, Book
from tests.make import ORIGINS, TODAY, pupil
from tests.make import book as made_book

AMARA = "Okafor, Amara (B801200005001)"
BEN = "Hughes, Ben (Q801200005002)"


@dataclass(frozen=True)
class Example:
    """A rule, the cell of a broken book it is put at (`Pupils.upn 5`: table, field, row), and a part of its message."""

    rule: str
    at: str
    says: str
    bad: Book
    good: Book
    today: date = TODAY

    def __str__(self) -> str:
        return f"{self.rule} {self.at}"

    def hold(self) -> None:
        """Assert that the bad book breaks the rule at the place with the message, and the good book nowhere."""
        found = {(p.place.sheet, p.place.cell): p for p in check(self.bad, (), self.today) if p.rule == self.rule}
        assert self.cell in found, f"{self.rule} is not at {self.cell}, but at {list(found)}"
        assert self.says in found[self.cell].message, found[self.cell].message
        assert found[self.cell].todo
        assert not [p for p in check(self.good, (), self.today) if p.rule == self.rule]

    @property
    def cell(self) -> tuple[str, str]:
        """The sheet and A1 reference of the place."""
        table, _, rest = self.at.partition(".")
        name, _, row = rest.partition(" ")
        assert table in {m.table for m in BOOK_FIELDS}
        return table, ORIGINS[table].letters[name] + row


def book(**tables: Any) -> Book:
    """A book from dicts, as `tests.make.book` makes it; None stands for an empty cell."""
    return made_book(**{name: _filled(rows) if isinstance(rows, dict) else [_filled(row) for row in rows] for name, rows in tables.items()})


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if value is not None}


def pupils(*rows: dict[str, Any], **tables: Any) -> Book:
    """A book of pupils, each an ordinary one changed as given, with other tables."""
    return book(pupils=[pupil(**row) for row in rows or ({},)], **tables)


def second(**values: Any) -> dict[str, Any]:
    """What makes an ordinary pupil another one."""
    return {"upn": "Q801200005002", "surname": "Hughes", "forename": "Ben", "known_as": "Ben"} | values


def contact(**values: Any) -> dict[str, Any]:
    """A mother of whom nothing is wrong, changed as given."""
    return {
        "pupil": AMARA, "name": "Mrs N. Okafor", "relationship": "Mother", "parental_responsibility": True, "receives_summaries": True,
        "email": "n.okafor@mail.example", "phone": "01234 567890",
    } | values  # fmt: skip


def staff(**values: Any) -> dict[str, Any]:
    """A teaching assistant of whom nothing is wrong, changed as given."""
    return {"name": "Ms T. Ali", "role": "Teaching assistant", "hourly_cost": 17.2, "paid_hours": 30, "hours_for_send": 20} | values


def provision(**values: Any) -> dict[str, Any]:
    """A provision of which nothing is wrong, changed as given."""
    return {
        "name": "Phonics", "area": "Cognition and learning", "layer": "Targeted", "plain": "A small group that learns letters and sounds.",
        "measure": "Standardised score",
    } | values  # fmt: skip


def group(**values: Any) -> dict[str, Any]:
    """A group of the autumn term of which nothing is wrong, changed as given."""
    return {
        "name": "Phonics A", "provision": "Phonics", "staff": "Ms T. Ali", "minutes": 20, "sessions": 3,
        "start": date(2026, 9, 7), "end": date(2026, 12, 11),
    } | values  # fmt: skip


def place(**values: Any) -> dict[str, Any]:
    """A place with scores of which nothing is wrong, changed as given."""
    return {
        "pupil": AMARA, "group": "Phonics A", "measure": "Standardised score", "entry_score": 85, "entry_date": date(2026, 9, 3),
        "exit_score": 92, "exit_date": date(2026, 11, 20), "attendance": 95, "progress": "Amara reads more words each week.",
    } | values  # fmt: skip


def plan(**values: Any) -> dict[str, Any]:
    """An outcome being worked on of which nothing is wrong, changed as given."""
    return {
        "pupil": AMARA, "area": "Communication and interaction", "layer": "Targeted", "start": date(2026, 9, 7), "review_by": date(2026, 12, 11),
        "outcome": "Amara will ask for help in 4 of 5 lessons.", "at_school": "A card to hold up.", "lead": "Ms T. Ali", "shared": date(2026, 9, 9),
    } | values  # fmt: skip


def review(**values: Any) -> dict[str, Any]:
    """A termly review that was held, changed as given."""
    return {"pupil": AMARA, "kind": "SEN support review", "held": date(2026, 10, 15), "agreed": "We carry on with the card."} | values


def assessment(**values: Any) -> dict[str, Any]:
    """A score of which nothing is wrong, changed as given."""
    return {"pupil": AMARA, "date": date(2026, 10, 1), "measure": "Standardised score", "test": "Reading test", "score": 88} | values


def communication(**values: Any) -> dict[str, Any]:
    """A phone call, changed as given."""
    return {
        "pupil": AMARA,
        "date": date(2026, 11, 2),
        "contact": "Mrs N. Okafor",
        "method": "Phone call",
        "subject": "Reading at home",
    } | values


def whole(**tables: Any) -> Book:
    """A small book with something in every table and nothing wrong, its tables changed as given."""
    ordinary: dict[str, Any] = {
        "pupils": [pupil()], "contacts": [contact()], "staff": [staff()], "provisions": [provision()], "groups": [group()], "places": [place()],
        "plans": [plan()], "reviews": [review()], "assessments": [assessment()], "communications": [communication()],
    }  # fmt: skip
    return book(**(ordinary | tables))
