"""The invented school: the same every time, any size, believable, and clean but for what is planted."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from functools import cache
from hashlib import sha256
from itertools import pairwise
from pathlib import Path

import pytest
import textstat  # type: ignore[import-untyped]
from stdnum.gb import upn

from sendbook.checks import check
from sendbook.demo import DEFAULT_TODAY, Mistake, Tables, invent, plant
from sendbook.demo.calendar import Calendar, half_terms, in_school
from sendbook.demo.data import toml
from sendbook.law import code_sets
from sendbook.tables import (
    BOOK_FIELDS,
    Book,
    Communication,
    Contact,
    Group,
    PlaceInGroup,
    Plan,
    Problem,
    Provision,
    Pupil,
    Review,
    Row,
    School,
    Severity,
    Staff,
    Term,
)
from sendbook.workbook.master import write_master
from sendbook.workbook.rows import read_book
from tests.make import book as make_book

SIZES = (1, 2, 3, 10, 19, 20, 45, 90, 150, 151, 600, 2000)
# of all rows of the default school, planted mistakes and all; look at the rows when it changes
DEFAULT_HASH = "43ac0a2ad735e30fb1b651b7fdc1d42b44780eb8c06a6c11c354d574ec595f85"


@cache
def school(pupils: int = 90, seed: int = 2026, today: date = DEFAULT_TODAY) -> Tables:
    """A school without mistakes; not to be changed by a test."""
    return invent(pupils, seed, today, mistakes=False)


def book_of(tables: Tables) -> Book:
    return make_book(**{BOOK_FIELDS[m]: rows[0] if m is School else rows for m, rows in tables.items()})


def fingerprint(tables: Tables) -> str:
    return sha256("\n".join(f"{m.table} {sorted(row.items())!r}" for m, rows in tables.items() for row in rows).encode()).hexdigest()


def problems_of(tables: Tables, today: date = DEFAULT_TODAY) -> tuple[Problem, ...]:
    return check(book_of(tables), (), today)


# --- the same every time ---
def test_default_school_is_the_same_on_every_machine() -> None:
    assert fingerprint(invent()) == DEFAULT_HASH


def test_seed_and_size_change_the_school() -> None:
    assert len({fingerprint(invent(30, seed)) for seed in (1, 2, 3)}) == 3
    assert fingerprint(invent(30, 1)) == fingerprint(invent(30, 1))


# --- any size ---
@pytest.mark.parametrize("pupils", SIZES)
def test_register_has_the_size_asked_for_and_no_error(pupils: int) -> None:
    tables = school(pupils)
    assert len(tables[Pupil]) == pupils
    problems = problems_of(tables)  # makes every row's model, so every cell fits its column
    assert [p for p in problems if p.severity is Severity.ERROR] == []
    assert sum(p.severity is Severity.QUERY for p in problems) <= 2 + pupils // 30


@pytest.mark.parametrize(
    "today", [date(2024, 11, 5), date(2026, 9, 1), date(2026, 10, 28), date(2026, 12, 25), date(2027, 7, 30), date(2031, 5, 5)]
)
def test_no_error_on_any_day(today: date) -> None:
    assert [p for p in problems_of(invent(40, 7, today, mistakes=False), today) if p.severity is Severity.ERROR] == []


@pytest.mark.parametrize("seed", range(8))
def test_no_error_for_other_seeds(seed: int) -> None:
    assert [p for p in problems_of(invent(60, seed, mistakes=False)) if p.severity is Severity.ERROR] == []


@pytest.mark.parametrize(("pupils", "each"), [(1, 0), (3, 10), (40, 1), (300, 10), (20, 40)])
def test_places_each(pupils: int, each: int) -> None:
    tables = invent(pupils, places_each=each, mistakes=False)
    number = Counter(p["pupil"] for p in tables[PlaceInGroup])
    assert sum(number.values()) == pupils * each
    assert set(number.values()) <= {each}
    assert [p for p in problems_of(tables) if p.severity is Severity.ERROR] == []


@pytest.mark.parametrize("arguments", [{"pupils": 0}, {"places_each": 41}, {"places_each": -1}])
def test_impossible_sizes_are_refused(arguments: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="demo school"):
        invent(**arguments)  # type: ignore[arg-type]


# --- planted mistakes ---
def planted(pupils: int, seed: int = 2026) -> tuple[Tables, tuple[Mistake, ...]]:
    return plant(school(pupils, seed), seed, DEFAULT_TODAY)


@pytest.mark.parametrize(("pupils", "seed"), [(90, 2026), (90, 1), (30, 5), (400, 3)])
def test_every_planted_mistake_is_found(pupils: int, seed: int, tmp_path: Path) -> None:
    tables, mistakes = planted(pupils, seed)
    write_master(tmp_path / "demo.xlsx", tables)
    book, cell_problems = read_book(tmp_path / "demo.xlsx")
    found = {(p.rule, p.place.table, p.place.row) for p in check(book, cell_problems, DEFAULT_TODAY)}
    first = {m: min(row.row for row in book.rows(m)) for m in BOOK_FIELDS}
    missed = [m for m in mistakes if (m.rule, m.seen[0].table, first[m.seen[0]] + m.seen[1]) not in found]
    assert missed == []


def test_the_default_school_has_mistakes_of_many_kinds() -> None:
    _, mistakes = planted(90)
    assert len(mistakes) >= 25
    assert len({m.rule for m in mistakes}) >= 23
    assert len({m.table for m in mistakes}) >= 8


def test_small_schools_have_fewer_mistakes_and_the_smallest_none() -> None:
    assert planted(2)[1] == ()
    assert 1 <= len(planted(12)[1]) <= 4


def test_planting_leaves_the_tables_given_alone() -> None:
    before = fingerprint(school(90))
    changed, _ = planted(90)
    assert fingerprint(school(90)) == before
    assert fingerprint(changed) != before


def test_each_mistake_stands_in_the_cell_it_names() -> None:
    clean, (tables, mistakes) = school(90), planted(90)
    for m in mistakes:
        assert tables[m.table][m.index].get(m.field) != clean[m.table][m.index].get(m.field), m


# --- believable ---
def test_upns_are_valid_and_unique() -> None:
    numbers = [str(p["upn"]) for p in school(2000)[Pupil]]
    assert all(upn.is_valid(n) for n in numbers)
    assert len(set(numbers)) == len(numbers)


def test_status_and_needs_are_those_of_an_ordinary_school() -> None:
    pupils = school(2000)[Pupil]
    status = Counter(p["sen_status"] for p in pupils)
    assert 0.2 < status["E"] / 2000 < 0.27
    assert 0.6 < status["K"] / 2000 < 0.7
    plans, support = (Counter(p["primary_need"] for p in pupils if p["sen_status"] == s) for s in "EK")
    assert [need for need, _ in plans.most_common(1)] == ["ASD"]
    assert 0.28 < plans["ASD"] / plans.total() < 0.38
    assert all(0.15 < plans[n] / plans.total() < 0.25 for n in ("SLCN", "SEMH"))
    assert [need for need, _ in support.most_common(4)] == ["SLCN", "SEMH", "MLD", "SPLD"]
    assert 0.2 < support["SLCN"] / support.total() < 0.3
    assert "NSA" not in plans


def test_pupils_with_sen_are_twice_as_likely_to_have_free_meals() -> None:
    pupils = school(2000)[Pupil]
    share = {s: sum(bool(p["fsm"]) for p in pupils if p["sen_status"] == s) / sum(p["sen_status"] == s for p in pupils) for s in "NK"}
    assert 1.4 < share["K"] / share["N"] < 2.6


def test_year_groups_fit_birthdays() -> None:
    for p in school(600)[Pupil]:
        born, year = p["born"], 0 if p["year"] == "R" else int(str(p["year"]))
        assert date(2021 - year, 9, 1) <= born <= date(2022 - year, 8, 31)  # type: ignore[operator]


def test_families_share_surname_home_and_parents() -> None:
    tables = school(90)
    pupils = {row.label: row for row in book_of(tables).pupils}
    together = defaultdict(set)
    for c in tables[Contact]:
        together[c["email"]].add(c["pupil"])
    families = [[pupils[str(label)] for label in labels] for labels in together.values() if len(labels) > 1]
    assert families
    assert any(a.born == b.born and a.surname == b.surname for a, b, *_ in families), "twins"
    assert any(a.born != b.born for a, b, *_ in families), "sisters and brothers"


def test_the_default_school_has_what_makes_contacts_hard() -> None:
    tables = school(90)
    contacts = tables[Contact]
    homes = defaultdict(list)
    for c in contacts:
        if c["receives_summaries"]:
            homes[c["pupil"]].append(c.get("address"))
    assert any(len(set(found)) == 2 for found in homes.values()), "parents who live apart, both written to"
    assert any(c["restricted"] for c in contacts)
    assert not any(c["restricted"] and c["receives_summaries"] for c in contacts)
    assert any(p["looked_after"] for p in tables[Pupil])
    assert {"Foster carer", "Social worker"} <= {c["relationship"] for c in contacts}


def test_names_come_from_many_communities_in_their_own_letters() -> None:
    pupils = school(600)[Pupil]
    letters = {c for p in pupils for c in f"{p['surname']}{p['forename']}" if not c.isascii()}
    assert len(letters) >= 10
    assert len({p["home_language"] for p in pupils}) >= 12
    assert any(p.get("known_as") for p in pupils)
    assert any("'" in str(p["surname"]) for p in pupils)
    assert any("-" in str(p["surname"]) for p in pupils)


def test_languages_are_in_the_lists() -> None:
    tables = school(600)
    known = {row["code"] for row in next(rows for m, rows in tables.items() if m.table == "Lists") if row["list"] == "Language"}
    assert {p["home_language"] for p in tables[Pupil]} <= known
    assert len(known) > len(code_sets()["language"].codes)


def test_groups_are_those_of_a_primary_school_of_420() -> None:
    tables = school(90)
    running = [g for g in tables[Group] if g["start"] <= DEFAULT_TODAY <= g["end"]]  # type: ignore[operator]
    sizes = Counter(p["group"] for p in tables[PlaceInGroup])
    shared = [g for g in running if sizes[g["name"]] > 1]
    assert 15 <= len(shared) <= 30
    assert all(2 <= sizes[g["name"]] <= 6 for g in shared)
    assert all(9 <= (g["end"] - g["start"]).days / 7 - 1 <= 13 for g in shared)  # type: ignore[operator]
    assert any(g.get("staff_2") for g in running)
    assert len([g for g in tables[Group] if g.get("charged_to")]) == 1
    assert 4 <= sum(s["role"] == "Teaching assistant" for s in tables[Staff]) <= 8
    assert 15 <= len(tables[Provision]) <= 26


def test_scores_gain_as_a_rule_and_not_always() -> None:
    lower_better = {c.code for c in code_sets()["measure"].codes if c.facts["better"] == "lower"}
    gains = [
        (float(str(p["exit_score"])) - float(str(p["entry_score"]))) * (-1 if p["measure"] in lower_better else 1)
        for p in school(600)[PlaceInGroup]
        if "exit_score" in p
    ]
    better, same, worse = (sum(sign(g, 0.0) for g in gains) / len(gains) for sign in (float.__gt__, float.__eq__, float.__lt__))
    assert better > 0.65
    assert same > 0.02
    assert 0.02 < worse < 0.2


def test_every_pupil_with_sen_has_outcomes_a_next_meeting_and_words_for_parents() -> None:
    book = book_of(school(90))
    for p in book.pupils:
        if p.has_sen and not p.left:
            now = [plan for plan in book.plans_of(p) if plan.result == "Working on it"]
            assert 2 <= len(now) <= 3, p.label
            assert p.next_meeting and p.next_meeting > DEFAULT_TODAY
            assert p.strengths and p.pupil_voice and p.how_to_support and p.helps_at_home
            assert book.reviews_of(p)


def prose(tables: Tables) -> Iterator[tuple[str, str]]:
    """The name of a pupil and a text about them, for every cell that parents read."""
    called = {row.label: row.first_name for row in book_of(tables).pupils}
    read: dict[type[Row], tuple[str, ...]] = {
        Plan: ("outcome", "at_school", "at_home", "progress"),
        Review: ("parents_views", "pupil_views", "agreed"),
        PlaceInGroup: ("progress",),
    }
    for model, names in read.items():
        for row in tables[model]:
            yield from ((called[str(row["pupil"])], str(row[n])) for n in names if n in row)
    for row in tables[Pupil]:
        first = str(row.get("known_as") or row["forename"])
        yield from ((first, str(row[n])) for n in ("strengths", "pupil_voice", "how_to_support", "helps_at_home") if n in row)


def reading_age(text: str) -> float:
    """In years: a grade and 5. This index counts letters and words, so it needs no dictionary of syllables, and is stricter here
    than Flesch-Kincaid."""
    return float(textstat.automated_readability_index(text)) + 5


def test_texts_are_read_by_an_eleven_year_old() -> None:
    assert reading_age(" ".join(words.replace(name, "Sam") for name, words in prose(school(90)))) <= 11


@pytest.mark.parametrize("section", ["strengths", "support", "home", "progress", "result", "review", "voice", "outcomes"])
def test_each_bank_is_read_by_an_eleven_year_old(section: str) -> None:
    for bank, cards in toml("texts")[section].items():
        sentences = [text for card in cards for text in ([card] if isinstance(card, str) else map(str, card.values()))]
        text = " ".join(sentences).format(name="Sam", he="he", He="He", him="him", his="his", His="His", when="Christmas")
        assert reading_age(text) <= 11, bank


def test_what_provision_is_can_be_read_by_an_eleven_year_old() -> None:
    assert reading_age(" ".join(str(p["plain"]) for p in school(151)[Provision])) <= 11


def test_nothing_is_left_unfilled_in_a_text() -> None:
    assert not [text for _, text in prose(school(90)) if "{" in text or "}" in text or "None" in text]


def test_neighbours_never_read_the_same() -> None:
    rows = [p for p in school(600)[Pupil] if p["sen_status"] != "N"]
    for a, b in pairwise(rows):
        for name in ("strengths", "pupil_voice", "how_to_support"):
            assert str(a[name]).split()[1:] != str(b[name]).split()[1:], (a["upn"], name)


def test_no_place_or_number_is_real() -> None:
    tables = school(600)
    mails = [str(r["email"]) for m in (Contact, Staff) for r in tables[m] if r.get("email")]
    assert all(m.endswith(".example") for m in mails)
    phones = [str(c["phone"]) for c in tables[Contact]]
    assert all(p.startswith(("01632 960", "07700 900")) for p in phones)
    assert all("WX" in str(c["address"]) for c in tables[Contact] if c.get("address"))


def test_communications_are_never_with_a_restricted_contact() -> None:
    tables = school(600)
    barred = {(c["pupil"], c["name"]) for c in tables[Contact] if c["restricted"]}
    assert barred
    assert not [c for c in tables[Communication] if (c["pupil"], c["contact"]) in barred]


def test_some_want_email_with_a_password_and_each_has_one_of_their_own() -> None:
    contacts = [c for c in school(600)[Contact] if c["receives_summaries"]]
    locked = {c["email"]: c["document_password"] for c in contacts if c["format"] == "Email with password"}
    assert 0.02 < len(locked) / len({c["email"] for c in contacts if "Email" in str(c["format"])}) < 0.04
    assert len(set(locked.values())) == len(locked)
    assert {c["email"] for c in school(600)[Contact] if "document_password" in c} == set(locked)
    assert any(c["format"] == "Email with password" for c in school(90)[Contact])


# --- the calendar ---
def test_this_years_terms_make_a_school_year() -> None:
    this_year = [t for t in school(1)[Term] if t["start"] >= date(2026, 9, 1)]  # type: ignore[operator]
    weeks = {(t["start"], n) for t in this_year for n in range((t["end"] - t["start"]).days // 7 + 1)}  # type: ignore[operator]
    assert len(this_year) == 6
    assert 38 <= len(weeks) <= 40


@pytest.mark.parametrize("year", [2019, 2024, 2025, 2026, 2027, 2035])
def test_terms_of_any_year_are_in_that_year(year: int) -> None:
    terms = half_terms(year)
    assert date(year, 8, 30) <= terms[0]["start"] <= date(year, 9, 9)  # type: ignore[operator]
    assert date(year + 1, 7, 15) <= terms[-1]["end"] <= date(year + 1, 7, 29)  # type: ignore[operator]
    assert all(t["start"].weekday() < 5 and t["end"].weekday() < 5 for t in terms)  # type: ignore[attr-defined]


def test_in_school() -> None:
    assert in_school(date(2026, 11, 24))
    assert not in_school(date(2026, 11, 28)), "a Saturday"
    assert not in_school(date(2026, 10, 28)), "half term"
    assert not in_school(date(2026, 8, 3)), "summer"


@pytest.mark.parametrize(
    ("today", "label"), [(date(2026, 11, 24), "autumn 2026"), (date(2027, 4, 1), "spring 2027"), (date(2026, 9, 1), "summer 2026")]
)
def test_the_term_that_runs(today: date, label: str) -> None:
    assert Calendar(today).now.label == label
