"""Rules that hold for every table: cells that must be filled, and links that must find the one row they mean."""

from collections.abc import Callable, Iterable, Mapping
from difflib import get_close_matches
from itertools import chain, islice
from typing import Any

from sendbook.checks.contacts import is_social_worker, is_young_person
from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Check, Context, Rule, ValueCheck, per_book
from sendbook.law import code_sets
from sendbook.tables import BOOK_FIELDS, CELL_RULES, Column, Contact, Group, Provision, Row, Severity, Staff, columns, name_key, shown
from sendbook.tables.problems import SHEET_RULES

GROUP = "cells"
FORM = "The workbook's own form"
LINKED = ("Pupils", "Staff", "Provisions", "Groups")
MOST_GUESSES, MOST_CANDIDATES = 200, 200  # closest names are looked for only so often, among so many: a check stays quick

Columns = Iterable[tuple[type[Row], Column]]


def _all_columns() -> Columns:
    return ((model, c) for model in BOOK_FIELDS for c in columns(model))


def _over(which: Columns, find: Callable[[Column, str, Context], str | None]) -> tuple[Check, ...]:
    """One check for each column, of the text of its cells."""

    def bound(column: Column) -> Callable[[str, Context], str | None]:
        return lambda text, ctx: find(column, text, ctx)

    return tuple(ValueCheck(model, c.name, bound(c)) for model, c in which)


def _generic(rule_id: str, severity: Severity, title: str, todo: str, checks: tuple[Check, ...], source: str = FORM) -> Rule:
    return Rule(rule_id, GROUP, severity, title, todo, source, checks, tuple(dict.fromkeys(_heading(c) for c in checks)))


def _heading(check: Check) -> str:
    return next(c.heading for c in columns(check.model) if c.name == check.column)


def _not_a_parent(row: Any) -> bool:
    return is_young_person(row) or is_social_worker(row)


# The same in the workbook's own marks: `needed_unless`.
_SPARED: dict[tuple[type[Row], str], Callable[[Any], bool]] = {(Contact, "parental_responsibility"): _not_a_parent}


def _needed(model: type[Row], column: Column) -> Callable[[Row, Context], str | None]:
    spared = _SPARED.get((model, column.name), lambda row: False)

    def check(row: Row, ctx: Context) -> str | None:
        return f"{column.heading} is empty." if getattr(row, column.name) is None and not spared(row) else None

    return check


# --- links ---
@per_book
def _found(ctx: Context) -> dict[str, dict[str, int]]:
    return {link: {} for link in LINKED}


def _count(link: str, text: str, ctx: Context) -> int:
    """How many rows a link cell's text means; worked out once for each text."""
    known = _found(ctx)[link]
    if text not in known:
        known[text] = len(_meant(link, text, ctx))
    return known[text]


def _meant(link: str, text: str, ctx: Context) -> tuple[Row, ...]:
    if link == "Pupils":
        return ctx.book.pupils_meant(text)
    by_name = {"Staff": ctx.book.staff_by_name, "Provisions": ctx.book.provisions_by_name, "Groups": ctx.book.groups_by_name}
    return by_name[link].get(name_key(text), ())


def _labels(link: str, ctx: Context) -> list[str]:
    if link == "Pupils":
        return [p.label for p in ctx.book.pupils]
    rows: Mapping[str, tuple[Staff | Provision | Group, ...]] = {
        "Staff": ctx.book.staff,
        "Provisions": ctx.book.provisions,
        "Groups": ctx.book.groups,
    }
    return [r.name for r in rows[link] if r.name]


@per_book
def _by_word(ctx: Context) -> dict[str, dict[str, list[str]]]:
    """By table: the labels that have a word in them, and those that begin with a letter."""
    index: dict[str, dict[str, list[str]]] = {}
    for link in LINKED:
        words = index.setdefault(link, {})
        for label in _labels(link, ctx):
            key = name_key(label)
            for word in {*_split(key), key[:1]}:
                words.setdefault(word, []).append(label)
    return index


def _split(key: str) -> list[str]:
    return key.replace(",", " ").replace("(", " ").replace(")", " ").split()


@per_book
def _guesses(ctx: Context) -> dict[tuple[str, str], str | None]:
    return {}


def _closest(link: str, text: str, ctx: Context) -> str | None:
    """The label most like a text that finds nobody; None where none is like it, or enough have been looked for."""
    guesses = _guesses(ctx)
    if (link, text) not in guesses:
        guesses[link, text] = _guess(link, text, ctx) if len(guesses) < MOST_GUESSES else None
    return guesses[link, text]


def _guess(link: str, text: str, ctx: Context) -> str | None:
    words, key = _by_word(ctx)[link], name_key(text)
    candidates = islice(chain.from_iterable(words.get(w, ()) for w in (*_split(key), key[:1])), MOST_CANDIDATES)
    keys: dict[str, str] = {}
    for label in candidates:
        keys[name_key(label)] = label
        keys.setdefault(name_key(label).rpartition(" (")[0], label)
    return next((keys[k] for k in get_close_matches(key, [k for k in keys if k], 1, 0.75)), None)


def _nobody(column: Column, text: str, ctx: Context) -> str | None:
    if column.link is None or _count(column.link, text, ctx):
        return None
    near = _closest(column.link, text, ctx)
    return f"“{shown(text)}” is not in {column.link}." + (f" The nearest there is “{near}”." if near else "")


def _several(column: Column, text: str, ctx: Context) -> str | None:
    number = _count(column.link, text, ctx) if column.link else 0
    return f"“{shown(text)}” may mean {number} rows of {column.link}, so it counts for none." if number > 1 else None


# --- values that are nearly the same as a known one ---
@per_book
def _known_values(ctx: Context) -> dict[str, dict[str, str]]:
    """By code set that may be added to: every value of it, the school's own from Lists too."""
    own: Mapping[str, list[str]] = {name_key(s.name): [c.code for c in s.codes] for s in code_sets().values() if s.own}
    for entry in ctx.book.lists:
        if entry.code and name_key(entry.list) in own:
            own[name_key(entry.list)].append(entry.code)
    return {key: {name_key(c): c for c in own[name_key(s.name)]} for key, s in code_sets().items() if s.own}


def _nearly(column: Column, text: str, ctx: Context) -> str | None:
    near = _nearly_linked(column.link, text, ctx) if column.link else _nearly_listed(column.suggest or "", text, ctx)
    return f"“{shown(text)}” is nearly the same as “{near}”." if near else None


def _nearly_linked(link: str, text: str, ctx: Context) -> str | None:
    return None if _count(link, text, ctx) else _closest(link, text, ctx)


def _nearly_listed(suggest: str, text: str, ctx: Context) -> str | None:
    values, key = _known_values(ctx)[suggest], name_key(text)
    near = () if key in values or len(key) > 60 else get_close_matches(key, values, 1, 0.8)
    return values[near[0]] if near else None


def _mentions_only(model: type[Row], column: Column) -> bool:
    """Whether a link to Staff only names someone: not every teacher needs a row in Staff, but who leads a group does."""
    return column.link == "Staff" and model is not Group


_IN_GENERAL = {
    ": {found}": "",
    "taken as {code}, but is written {found}": "understood, but not written as in its list",
    "{code}": "it",
    "a {kind}": "a date or a number",
    " {found}": "",
    ": {allowed}": "",
    " {heading}": "",
    "the table {table}": "it as before",
    "{table}": "a table",
    " {area}": "",
}


def _general(sentence: str) -> str:
    """A sentence about one place as the rule's own: without the values found there."""
    for value, general in _IN_GENERAL.items():
        sentence = sentence.replace(value, general)
    sentence = sentence.replace("Table a table", "a table")
    return f"{sentence[0].upper()}{sentence[1:]}".rstrip(".") + "."


LINKS = [(m, c) for m, c in _all_columns() if c.link and not _mentions_only(m, c)]
TO_PUPILS, TO_NAMES = [(m, c) for m, c in LINKS if c.link == "Pupils"], [(m, c) for m, c in LINKS if c.link != "Pupils"]
NAMES = [(m, c) for m, c in _all_columns() if c.suggest or _mentions_only(m, c)]

RULES = (
    *(Rule(r.id, GROUP, QUERY if r.read else ERROR, _general(f"a cell {r.says}"), _general(r.todo), FORM) for r in CELL_RULES.values()),
    _generic(
        "SB020",
        ERROR,
        "A cell that is needed is empty.",
        "Fill in the cell.",
        tuple(Check(m, c.name, _needed(m, c)) for m, c in _all_columns() if c.needed),
    ),
    _generic("SB021", ERROR, "A link finds nothing.", "Choose from the dropdown, or add the missing row.", _over(LINKS, _nobody)),
    _generic(
        "SB022", ERROR, "A link may mean more than one pupil.", "Choose from the dropdown, or type the UPN.", _over(TO_PUPILS, _several)
    ),
    _generic("SB024", ERROR, "A link may mean more than one row.", "Give those rows names of their own.", _over(TO_NAMES, _several)),
    _generic(
        "SB023",
        HINT,
        "A value is nearly the same as a known one.",
        "Choose the known one if it is meant.",
        _over(NAMES, _nearly),
        GOOD_PRACTICE,
    ),
    *(Rule(r.id, "workbook", r.severity, _general(r.says), _general(r.todo), FORM) for r in SHEET_RULES.values()),
)
