"""Small books for tests: rows as dicts of field values, numbered as if read from a sheet."""

from datetime import date
from typing import Any

from sendbook.tables import BOOK_FIELDS, Book, Origin, School, columns

FIRST_ROW = 5
TODAY = date(2026, 11, 24)
ORIGINS = {
    m.table: Origin(m.table, {c.name: chr(65 + i) if i < 26 else f"A{chr(39 + i)}" for i, c in enumerate(columns(m))}) for m in BOOK_FIELDS
}
ORIGINS["School"] = Origin("School", {c.name: f"B{FIRST_ROW + i}" for i, c in enumerate(columns(School))})

SCHOOL = {
    "name": "Greenfield Primary School",
    "senco": "Mrs J. Adeyemi",
    "senco_email": "senco@greenfield.example",
    "costing_from": date(2026, 9, 1),
    "costing_to": date(2027, 8, 31),
}
TERMS = [  # 39 school weeks and a day: a usual year
    {"name": "Autumn 1", "start": date(2026, 9, 2), "end": date(2026, 10, 23)},
    {"name": "Autumn 2", "start": date(2026, 11, 2), "end": date(2026, 12, 18)},
    {"name": "Spring 1", "start": date(2027, 1, 4), "end": date(2027, 2, 12)},
    {"name": "Spring 2", "start": date(2027, 2, 22), "end": date(2027, 3, 25)},
    {"name": "Summer 1", "start": date(2027, 4, 12), "end": date(2027, 5, 28)},
    {"name": "Summer 2", "start": date(2027, 6, 7), "end": date(2027, 7, 23)},
]


def book(**tables: Any) -> Book:
    """A book from dicts: `book(pupils=[{"upn": ...}], groups=[...])`; school and terms are filled in unless given."""
    tables = {"school": SCHOOL, "terms": TERMS} | tables
    made: dict[str, Any] = {}
    for model, name in BOOK_FIELDS.items():
        given = tables.pop(name, ())
        if name == "school":
            made[name] = School.model_validate(given)
        else:
            made[name] = tuple(model.model_validate({"row": FIRST_ROW + i, **_filled(values)}) for i, values in enumerate(given))
    assert not tables, f"no such tables: {tables}"
    return Book(**made, origins=ORIGINS)


def _filled(values: dict[str, Any]) -> dict[str, Any]:
    """None stands for a blank cell, which the reader leaves out."""
    return {k: v for k, v in values.items() if v is not None}


def pupil(**values: Any) -> dict[str, Any]:
    """A pupil on SEN support of whom nothing is wrong, changed as given."""
    return {
        "upn": "B801200005001", "surname": "Okafor", "forename": "Amara", "known_as": "Amara", "born": date(2018, 3, 14), "year": "4",
        "class_name": "4A", "sen_status": "K", "primary_need": "SLCN", "on_register": date(2025, 9, 8), "support_since": date(2025, 9, 8),
        "parents_told": date(2025, 9, 8),
    } | values  # fmt: skip
