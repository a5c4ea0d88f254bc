"""What holds for all rules together."""

import pkgutil
import random
import re
from datetime import date, timedelta
from importlib import import_module

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tests.checks
from sendbook.checks import SUBJECTS, all_rules, check
from sendbook.law import code_sets
from sendbook.tables import BOOK_FIELDS, CELL_RULES, TABLES, Book, Kind, Place, Problem, School, Severity, columns
from tests.checks.examples import AMARA, BEN, book, whole
from tests.checks.test_cells import BAD_CELLS
from tests.make import FIRST_ROW, ORIGINS, TODAY, pupil

FILES = [m.name for m in pkgutil.iter_modules(tests.checks.__path__) if m.name.startswith("test_") and m.name != "test_all"]
MODULES = [import_module(f"tests.checks.{name}") for name in FILES]
EXAMPLES = [e for module in MODULES for e in module.EXAMPLES]
RULES = all_rules()


def test_every_rule_has_an_example_that_breaks_it_and_one_that_does_not():
    shown = {e.rule for e in EXAMPLES} | set(BAD_CELLS)
    of_the_sheet = {r.id for r in RULES if r.group == "workbook"}  # broken only by a workbook: the reader's tests show them
    read_all_the_same = {r.id for r in CELL_RULES.values() if r.read}  # and these
    assert {r.id for r in RULES} - of_the_sheet - read_all_the_same == shown


def test_there_are_enough_rules_and_no_id_stands_twice():
    ids = [r.id for r in RULES]
    assert len(ids) == len(set(ids)) >= 70
    assert all(re.fullmatch(r"\d{4}|[A-Z]{2,3}\d{2,3}", i) for i in ids)


def test_every_rule_says_what_to_do_and_where_it_comes_from():
    for r in RULES:
        assert r.title and not r.title.startswith("_") and r.todo.endswith(".") and r.source and r.group, r.id
        assert r.headings or not r.checks, r.id


ONE_OF_MANY = re.compile(
    r"(?<![\d.])\b1 (\w+ )?(characters|contacts|days|digits|groups|hours|minutes|months|outcomes|places|pupils|reviews|rows|sessions|times|weeks)\b"
)


def test_every_message_is_a_sentence_and_counts_right():
    messages = {p.message for e in EXAMPLES for book in (e.bad, e.good) for p in check(book, (), e.today)}
    assert [m for m in messages if not re.search(r"[.!?]$", m)] == []
    assert [m for m in messages if ONE_OF_MANY.search(m) or "as a rule" in m] == []


def test_every_subject_has_rules_of_its_own_group():
    groups = [{r.group for r in vars(m).values() if hasattr(r, "checks")} for m in SUBJECTS]
    assert all(len(g) == 1 for g in groups)
    assert len(set.union(*groups)) == len(SUBJECTS) == 12


def test_an_ordinary_book_has_no_error():
    for clean in (book(), book(pupils=[pupil()]), whole()):
        assert [p for p in check(clean, (), TODAY) if p.severity == Severity.ERROR] == []


def test_an_ordinary_whole_book_has_little_to_say():
    assert {p.rule for p in check(whole(), (), TODAY)} <= {"CON18", "REV04", "DAT15"}


def test_problems_come_in_the_order_of_the_workbook_with_those_of_the_cells_among_them():
    late = Problem("SB002", Severity.ERROR, Place("Places", "Places", 9, "Start", "C9"), "is not a date: soon", "Type it.", "cells")
    found = check(whole(pupils=[pupil(upn="A801200005001", born=None), pupil(surname=None)], places=[]), (late,), TODAY)
    order = [m.table for m in TABLES]
    places = [(order.index(p.place.table), p.place.row) for p in found]
    assert places == sorted(places)
    assert late in found
    at_pupils = [p.place.heading for p in found if p.place.table == "Pupils" and p.place.row == FIRST_ROW]
    headings = [c.heading for c in columns(type(whole().pupils[0]))]
    assert at_pupils == sorted(at_pupils, key=headings.index)


def test_an_empty_book_can_be_checked():
    assert all(p.place.table == "School" for p in check(Book(), (), TODAY))


# --- whatever a sheet holds ---
NAMES = ["Amara", "Ben", AMARA, BEN, "B801200005001", "=1+1", "Phonics A", "Phonics", "Ms T. Ali", "", "#", "a@b@c", "Ωμέγα 🎈", "K" * 300]
DAYS = st.dates(date(1920, 1, 1), date(2100, 12, 31)) | st.integers(-800, 800).map(lambda n: TODAY + timedelta(days=n))


def values_of(column):
    if column.choices:
        return st.sampled_from([c.code for c in code_sets()[column.choices].codes])
    kinds = {
        Kind.DATE: DAYS,
        Kind.WHOLE: st.integers(0, 10**9),
        Kind.NUMBER: st.floats(0, 1e9) | st.sampled_from([0.0, 0.5, 1.0, 85.0, 100.0]),
        Kind.MONEY: st.floats(0, 1e9),
        Kind.YES_NO: st.booleans(),
    }
    return kinds.get(column.kind, st.sampled_from([n for n in NAMES if n]))


def rows_of(model):
    return st.fixed_dictionaries({c.name: st.none() | values_of(c) for c in columns(model)})


def books():
    tables = {name: st.lists(rows_of(m), max_size=4) for m, name in BOOK_FIELDS.items() if m is not School}
    return st.fixed_dictionaries(tables | {"school": rows_of(School)})


def filled(row):
    return {k: v for k, v in row.items() if v is not None}


def built(tables, shuffle=None):
    made = {}
    for model, name in BOOK_FIELDS.items():
        if model is School:
            made[name] = model.model_validate(filled(tables[name]))
            continue
        rows = [model.model_validate({"row": FIRST_ROW + i, **filled(r)}) for i, r in enumerate(tables[name])]
        if shuffle:
            shuffle.shuffle(rows)
        made[name] = tuple(rows)
    return Book(**made, origins=ORIGINS)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(books(), st.integers(0, 99))
def test_messy_rows_never_raise_and_their_order_does_not_matter(tables, seed):
    found = check(built(tables), (), TODAY)
    again = check(built(tables, random.Random(seed)), (), TODAY)
    key = [(p.rule, p.place) for p in found]
    assert key == [(p.rule, p.place) for p in again]
    assert all(p.message and p.todo for p in found)


@pytest.mark.parametrize("today", [date(2014, 9, 1), date(2028, 2, 29), date(2100, 12, 31)])
def test_any_day_since_the_law_will_do(today):
    assert check(whole(), (), today)
