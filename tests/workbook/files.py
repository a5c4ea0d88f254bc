"""Workbooks for tests: a small good one, and ways to spoil it from outside, as people and programs do."""

import zipfile
from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from openpyxl import load_workbook
from openpyxl.workbook import Workbook

from sendbook.tables import Contact, Group, PlaceInGroup, Provision, Pupil, Review, School, Staff, Term
from sendbook.workbook.master import write_master
from tests.make import SCHOOL, TERMS, pupil

OTHER = "H801200005002"
ROWS = {
    School: [{**SCHOOL, "pupil_weeks": 39, "notional_budget": 100_000}],
    Term: TERMS,
    Pupil: [
        pupil(top_up=1234.5),
        pupil(upn=OTHER, forename="Zoë", known_as="Zo", sen_status="E", plan_issued=date(2025, 1, 2), last_annual_review=date(2026, 1, 9)),
    ],
    Contact: [
        {"pupil": OTHER, "name": "Mr Okafor", "parental_responsibility": True, "receives_summaries": True, "email": "o@example.org"},
    ],
    Provision: [{"name": "Reading", "area": "Cognition and learning", "layer": "Targeted", "plain": "Extra reading in a small group."}],
    Staff: [{"name": "Ms Patel", "hourly_cost": 17.20}, {"name": "Mr Khan", "salary": 26_123, "paid_hours": 32.5, "paid_weeks": 44.2}],
    Group: [
        {
            "name": "Readers", "provision": "Reading", "staff": "Ms Patel", "staff_2": "Mr Khan", "minutes": 30, "preparation": 5, "sessions": 3,
            "start": date(2026, 9, 14), "end": date(2026, 12, 4), "resources": 12.5,
        },
        {"name": "One to one", "provision": "Reading", "staff": "Ms Patel", "minutes": 45, "sessions": 1, "charged_to": OTHER},
    ],
    PlaceInGroup: [
        {"pupil": "B801200005001", "group": "Readers", "entry_score": 70, "exit_score": 81},
        {"pupil": f"Okafor, Zo ({OTHER})", "group": "Readers"},
        {"pupil": OTHER, "group": "One to one"},
    ],
    Review: [
        {"pupil": "B801200005001", "kind": "SEN support review", "planned": date(2026, 10, 1), "held": date(2026, 10, 1)},
        {"pupil": f"Okafor, Zo ({OTHER})", "kind": "Annual review", "planned": date(2026, 12, 1)},
    ],
}  # fmt: skip


def good(folder: Path) -> Path:
    """A master workbook with two pupils, in which every formula column has something to work out."""
    path = folder / "SEND register.xlsx"
    write_master(path, ROWS)
    return path


def changed(path: Path, change: Callable[[Workbook], object]) -> Path:
    """The workbook changed through openpyxl, in place, as another program would."""
    book = load_workbook(path)
    change(book)
    book.save(path)
    return path


def cell(sheet: str, ref: str, value: object) -> Callable[[Workbook], object]:
    """A change that puts a value into a cell."""

    def change(book: Workbook) -> None:
        book[sheet][ref] = value

    return change


def parts(path: Path) -> list[tuple[str, tuple[int, ...], bytes]]:
    """A package's parts in their order: name, date, bytes as unpacked.

    The packed bytes say nothing: they differ with the zlib of the Python that packs (on Windows that is zlib-ng).
    """
    with zipfile.ZipFile(path) as package:
        return [(i.filename, i.date_time, package.read(i)) for i in package.infolist()]


def repacked(path: Path, parts: Mapping[str, bytes | None]) -> Path:
    """The workbook with parts of its package replaced (None: taken out)."""
    with zipfile.ZipFile(path) as old:
        kept = {i.filename: old.read(i) for i in old.infolist()}
    for name, content in parts.items():
        if content is None:
            kept.pop(name, None)
        else:
            kept[name] = content
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in kept.items():
            new.writestr(name, content)
    return path
