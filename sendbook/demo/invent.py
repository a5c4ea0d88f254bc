"""Puts the invented school together: every table's rows as plain values, ready for a workbook or a book."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sendbook.demo.calendar import Calendar
from sendbook.demo.data import chance, toml
from sendbook.demo.mistakes import plant
from sendbook.demo.people import Cells, Register, is_primary, lock_some, roll_of
from sendbook.demo.provision import MOST_PLACES, Timetable, provision_rows
from sendbook.demo.records import Records
from sendbook.demo.register import fill
from sendbook.demo.staffing import Team
from sendbook.law import code_sets
from sendbook.tables import (
    Assessment,
    Communication,
    Contact,
    Group,
    ListEntry,
    PlaceInGroup,
    Plan,
    Provision,
    Pupil,
    Review,
    Row,
    School,
    Staff,
    Term,
)

DEFAULT_PUPILS = 90  # the register of a primary school of 420
DEFAULT_TODAY = date(2026, 11, 24)
DEFAULT_SEED = 2026
Tables = dict[type[Row], list[Cells]]


def invent(
    pupils: int = DEFAULT_PUPILS,
    seed: int = DEFAULT_SEED,
    today: date = DEFAULT_TODAY,
    places_each: int | None = None,
    *,
    mistakes: bool = True,
) -> Tables:
    """A whole school as it stands on `today`: rows by table, each a dict of field name to plain value, money in pounds.

    `pupils` is the number of rows of the register (pupils with SEN and those being watched), not of pupils on roll: 90 is a
    primary school of 420. Above 150 it is an all-through school. `places_each` gives every pupil just so many places in
    groups (for measuring speed); by default it is what each pupil needs. `mistakes` plants mistakes for the checks to find.
    The same arguments always give the same rows. ValueError where pupils is below 1, or places_each not 0 to 40.
    """
    if pupils < 1:
        raise ValueError("A demo school needs at least 1 pupil.")
    if places_each is not None and not 0 <= places_each <= MOST_PLACES:
        raise ValueError(f"A pupil of the demo school can have 0 to {MOST_PLACES} places in groups.")
    tables = _tables(pupils, seed, Calendar(today), places_each)
    return plant(tables, seed, today)[0] if mistakes else tables


def _tables(pupils: int, seed: int, calendar: Calendar, places_each: int | None) -> Tables:
    children = Register(pupils, calendar, chance(seed, "people")).children()
    lock_some(children, chance(seed, "passwords"))
    fill(children, calendar, chance(seed, "register"))
    team = Team(roll_of(pupils), calendar.year_start, chance(seed, "staff"))
    timetable = Timetable(children, calendar, team, chance(seed, "provision"), places_each)
    timetable.fill()
    records = Records(children, calendar, team, chance(seed, "records"))
    records.key_adults()
    plans, reviews = records.plans(), records.reviews()  # before the pupils' rows are taken: reviews write dates into them
    tables: Tables = {
        School: [_school(pupils, calendar)],
        Term: calendar.rows,
        Pupil: [child.row for child in children],
        Contact: [contact for child in children for contact in child.contacts],
        Staff: team.rows,
        Provision: provision_rows(is_primary(pupils)),
        Group: timetable.groups,
        PlaceInGroup: timetable.places,
        Plan: plans,
        Review: reviews,
        Assessment: records.assessments(),
        Communication: records.communications(),
        ListEntry: list(_lists()),
    }
    return {model: [_filled(row) for row in rows] for model, rows in tables.items()}


def _lists() -> Iterator[Cells]:
    """The codes behind the dropdowns, with the languages the school has added to its own list."""
    for codes in code_sets().values():
        own = toml("school")["own_codes"].get(codes.key, ())
        for code, meaning in (*((c.code, c.meaning) for c in codes.codes), *((code, "") for code in own)):
            yield {"list": codes.name, "code": code, "meaning": meaning or None}


def _filled(row: Cells) -> Cells:
    """The row without its blank cells."""
    return {name: value for name, value in row.items() if value is not None}


def _school(pupils: int, calendar: Calendar) -> Cells:
    known: Mapping[str, Any] = toml("school")
    school, primary = known["school"], is_primary(pupils)
    place = known["primary" if primary else "all_through"]
    copied = (
        "urn", "local_authority", "headteacher", "senco", "senco_email", "senco_phone", "website", "sendiass", "sendiass_contact",
        "local_offer", "colour",
    )  # fmt: skip
    return {
        "name": place["name"],
        **{name: school[name] for name in copied},
        "laestab": f"{school['authority_number']}/{place['establishment']}",
        "phase": "Primary" if primary else "All-through",
        "costing_from": date(calendar.year, 9, 1),
        "costing_to": date(calendar.year + 1, 8, 31),
        "pupil_weeks": 39,
        "notional_budget": round(roll_of(pupils) * known["mix"]["budget_per_pupil"], -2),
        "young_person_age": 16,
        "show_costs": False,
    }
