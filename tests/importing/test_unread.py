"""Cells of the book that could not be read: not blank, never written over, named so that someone puts them right."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from sendbook.importing import apply_import, describe, plan_import
from sendbook.tables import Place, Problem, Pupil, Severity, column_named
from sendbook.workbook.rows import read_book
from tests.importing.test_plan import AMARA, listing
from tests.make import book, pupil
from tests.workbook.files import cell, changed, good

STAMP = datetime(2026, 11, 24, 9, 30)


def problem(rule: str, name: str, *, row: int = 5, table: str = "Pupils") -> Problem:
    place = Place("Pupils", table, row, column_named(Pupil, name).heading, f"J{row}")
    return Problem(rule, Severity.ERROR, place, "SEN status is not in the list: K - monitoring.", "Choose.", "cells")


UNREAD = [
    ("SB008", "sen_status", "N"),
    ("SB002", "born", date(2018, 3, 14)),
    ("SB003", "on_register", date(2025, 9, 8)),
    ("SB005", "attendance", 95.2),
    ("SB006", "top_up", 123450),
    ("SB001", "upn", AMARA),
    ("SB011", "surname", "Okafor"),
    ("SB011", "how_to_support", "Sit near the front"),
]


@pytest.mark.parametrize(("rule", "name", "new"), UNREAD)
def test_a_cell_that_could_not_be_read_is_left_with_a_note(rule: str, name: str, new: object) -> None:
    who = {"surname": "Okafor", "forename": "Amara", "born": date(2018, 3, 14)} if name == "upn" else {"upn": AMARA}
    plan = plan_import(book(pupils=[pupil(**{name: None})]), listing({**who, name: new, "year": "5"}), [problem(rule, name)])
    assert [c.name for c in plan.change[0].cells] == ["year"], "the rest of the row counts"
    (note,) = plan.notes
    assert (note.row, note.heading) == (2, column_named(Pupil, name).heading)
    assert "Pupils!J5" in note.message and "right in the book first" in note.todo
    assert "monitoring" not in note.message + note.todo, "what stands there may be for the SEND team only"


OTHERS: list[dict[str, Any]] = [
    {"rule": "SB008", "name": "sen_status", "row": 6},
    {"rule": "SB008", "name": "primary_need"},
    {"rule": "SB008", "name": "sen_status", "table": "Contacts"},
    {"rule": "SB012", "name": "sen_status"},
    {"rule": "SB013", "name": "sen_status"},
    {"rule": "SB032", "name": "sen_status"},
]


@pytest.mark.parametrize("other", OTHERS)
def test_other_problems_keep_no_cell_from_the_list(other: dict[str, Any]) -> None:
    plan = plan_import(book(pupils=[pupil(sen_status=None)]), listing({"upn": AMARA, "sen_status": "N"}), [problem(**other)])
    assert [(c.name, c.new) for c in plan.change[0].cells] == [("sen_status", "N")] and not plan.notes


def test_in_a_real_workbook_the_cells_keep_their_words(tmp_path: Path) -> None:
    path = good(tmp_path)
    letters = read_book(path)[0].origins["Pupils"].letters
    words = {"sen_status": "K - monitoring, review March", "born": "March 2018", "attendance": "poor", "on_register": "#REF!"}
    for name, said in words.items():
        changed(path, cell("Pupils", f"{letters[name]}5", said))
    rows = {"upn": AMARA, "sen_status": "N", "born": date(2018, 3, 14), "attendance": 95.2, "on_register": date(2025, 9, 8), "year": "5"}
    plan = plan_import(read_book(path)[0], listing(rows), read_book(path)[1])
    assert apply_import(plan, path, STAMP)
    after, problems = read_book(path)
    assert after.pupils[0].year == "5"
    assert {p.place.cell for p in problems} >= {f"{letters[n]}5" for n in words}
    text = describe(plan)
    assert all(f"Pupils!{letters[n]}5" in text for n in words) and not any(said in text for said in words.values())
