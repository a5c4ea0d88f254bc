"""What an import would do: who is who, what changes, what is left to a person."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendbook.importing import ImportPlan, ListedRow, Listing, as_json, describe, plan_import
from sendbook.tables import Book, Origin, Pupil
from tests.importing.lists import ARBOR, BROMCOM, OWN, SCHOLARPACK, SIMS, listed
from tests.make import book, pupil

AMARA, SEAN, OLA, LEO = "B801200005001", "B801200005002", "B801200005003", "B801200005004"
BORN, OTHER_DAY = date(2018, 3, 14), date(2017, 9, 2)


def listing(*rows: dict[str, Any], plain: frozenset[str] = frozenset()) -> Listing:
    """A list of these rows, numbered from 2."""
    made = []
    for number, row in enumerate(rows, 2):
        values = {n: v for n, v in row.items() if n != "whole_name"}
        made.append(ListedRow(number, values, row.get("whole_name", ""), plain & values.keys()))
    return Listing("list.csv", heading_row=1, rows=tuple(made))


def after(old: Book, plan: ImportPlan) -> Book:
    """The book as it would be read once the plan is written."""
    changes = {c.pupil_row: {cell.name: cell.new for cell in c.cells} for c in plan.change}
    kept = [p.model_copy(update=changes.get(p.row, {})) for p in old.pupils]
    last = max((p.row for p in kept), default=4)
    added = [Pupil(row=last + i).model_copy(update=dict(a.values)) for i, a in enumerate(plan.add, 1)]
    return replace(old, pupils=(*kept, *added))


def test_by_upn_only_what_is_different_changes() -> None:
    plan = plan_import(book(pupils=[pupil()]), listing({"upn": AMARA, "surname": "OKAFOR", "year": "5", "class_name": "4A", "fsm": True}))
    (change,) = plan.change
    assert [(c.name, c.heading, c.old, c.new) for c in change.cells] == [("year", "Year group", "4", "5"), ("fsm", "FSM", None, True)]
    assert (change.pupil_row, change.rows) == (5, (2,)) and not plan.add and not plan.not_taken


def test_the_upn_of_the_book_may_have_spaces_and_small_letters() -> None:
    plan = plan_import(book(pupils=[pupil(upn="b8012 00005001")]), listing({"upn": AMARA}))
    assert [(c.name, c.new) for c in plan.change[0].cells] == [("upn", AMARA)]


@pytest.mark.parametrize(
    "name", [{"surname": "okafor", "forename": "Amára"}, {"surname": "O'Kafor", "known_as": "AMARA"}, {"whole_name": "Amara Okafor"}]
)
def test_by_name_and_date_of_birth(name: dict[str, Any]) -> None:
    plan = plan_import(book(pupils=[pupil(upn=None)]), listing({**name, "born": BORN, "upn": OLA}))
    assert ("upn", OLA) in [(c.name, c.new) for c in plan.change[0].cells] and not plan.add


NAMED = {"surname": "Okafor", "forename": "Amara"}
TURNED = {"surname": "Mohammed", "forename": "Hussain", "born": BORN}
HUSSAIN = {"surname": "HUSSAIN", "forename": "MOHAMMED", "known_as": None}

PERHAPS_THE_SAME = {
    "day and month swapped": ([pupil(upn=None, born=date(2018, 4, 3))], {**NAMED, "born": date(2018, 3, 4)}, "same name but another date"),
    "wrong year": ([pupil()], {**NAMED, "born": date(2017, 3, 14)}, "same name but another date"),
    "no day in the book": ([pupil(upn=None, born=None)], {**NAMED, "born": BORN}, "the book has no date of birth"),
    "no day in the list": ([pupil(upn=None)], {**NAMED, "upn": OLA}, "the list has no date of birth"),
    "name only": ([pupil()], {"whole_name": "Okafor Amara"}, "the list has no date of birth"),
    "name that cannot be parted": ([pupil(forename="Ana Maria")], {"whole_name": "Ana Maria Okafor", "born": OTHER_DAY}, "same name but"),
    "temporary UPN, wrong day": ([pupil(upn="B80120000500A")], {**NAMED, "upn": OLA, "born": OTHER_DAY}, "another date of birth"),
    "whole name, wrong day": ([pupil()], {"whole_name": "Okafor Amara", "born": OTHER_DAY}, "same name but another date"),
    "names the other way round": ([pupil(**HUSSAIN)], TURNED, "the other way round"),
    "names the other way round, one UPN": ([pupil(**HUSSAIN, upn=None)], {**TURNED, "upn": OLA}, "the other way round"),
    "another surname": ([pupil()], {"surname": "Khan", "forename": "Amara", "born": BORN}, "another surname"),
}


@pytest.mark.parametrize("case", PERHAPS_THE_SAME)
def test_a_pupil_perhaps_in_the_book_is_not_added_a_second_time(case: str) -> None:
    pupils, row, says = PERHAPS_THE_SAME[case]
    plan = plan_import(book(pupils=pupils), listing(row))
    (left,) = plan.not_taken
    assert not plan.writes and left.reason.startswith("it may be ") and says in left.reason
    assert "Put the UPN into the list and the book" in left.todo and not plan.not_in_list


SURELY_ANOTHER = {
    "namesake": {**NAMED, "upn": OLA, "born": OTHER_DAY},
    "twin": {"surname": "Okafor", "forename": "Ada", "upn": OLA, "born": BORN},
    "names the other way round": {"surname": "Amara", "forename": "Okafor", "upn": OLA, "born": BORN},
    "one birthday": {"surname": "Khan", "forename": "Ada", "born": BORN},
    "one surname": {"surname": "Okafor", "forename": "Ada", "born": OTHER_DAY},
}


@pytest.mark.parametrize("case", SURELY_ANOTHER)
def test_twins_and_namesakes_are_added(case: str) -> None:
    assert len(plan_import(book(pupils=[pupil()]), listing(SURELY_ANOTHER[case])).add) == 1


def test_a_namesake_is_added_where_the_list_has_both() -> None:
    plan = plan_import(book(pupils=[pupil()]), listing({**NAMED, "born": BORN}, {**NAMED, "born": OTHER_DAY}))
    assert len(plan.add) == len(plan.stay) == 1


def test_a_row_in_doubt_does_not_settle_who_a_pupil_of_the_book_is() -> None:
    rows = [{**NAMED, "upn": SEAN, "born": BORN}, {**NAMED, "born": OTHER_DAY}]
    plan = plan_import(book(pupils=[pupil()]), listing(*rows))
    assert not plan.writes and len(plan.not_taken) == 2


def test_a_temporary_upn_gives_way_to_the_lasting_one() -> None:
    row = {"upn": OLA, "surname": "Okafor", "forename": "Amara", "born": BORN}
    assert plan_import(book(pupils=[pupil(upn="B80120000500A")]), listing(row)).change
    refused = plan_import(book(pupils=[pupil()]), listing(row))
    assert not refused.change and not refused.add and "another UPN" in refused.not_taken[0].reason


TWINS = [pupil(), pupil(upn=SEAN, forename="Ada", known_as=None)]
DOUBTS = {
    "two pupils with one UPN": ([pupil(), pupil(forename="Ada")], [{"upn": AMARA, "year": "5"}], "stands in the book 2 times"),
    "two pupils of one name and day": (
        [pupil(upn=None), pupil(upn=None)],
        [{"surname": "Okafor", "forename": "Amara", "born": BORN}],
        "two pupils",
    ),
    "UPN of one, name of another": (
        TWINS,
        [{"upn": AMARA, "surname": "Okafor", "forename": "Ada", "born": BORN}],
        "by name and date of birth",
    ),
    "a sibling: forename and day": (
        [pupil()],
        [{"upn": AMARA, "surname": "Okafor", "forename": "Ada", "born": OTHER_DAY, "sen_status": "N"}],
        "forename and date of birth are both different",
    ),
    "a sibling, the name in one": ([pupil()], [{"upn": AMARA, "whole_name": "Ada Jane Okafor", "born": OTHER_DAY}], "forename and date"),
    "another child, no day": ([pupil()], [{"upn": AMARA, "surname": "Khan", "forename": "Ada", "year": "5"}], "surname and forename"),
    "another child": ([pupil()], [{"upn": AMARA, "surname": "Khan", "forename": "Ada", "born": OTHER_DAY}], "are all different"),
    "all but the UPN different": ([pupil()], [{"upn": AMARA, "surname": "Smith", "born": OTHER_DAY, "year": "5"}], "both different"),
    "twice, contradicting": (
        [pupil()],
        [{"upn": AMARA, "year": "5"}, {"upn": AMARA, "year": "6"}],
        "more than once, with different Year group",
    ),
    "new and twice": (
        [],
        [{"upn": LEO, "surname": "A", "forename": "B", "born": BORN}, {"upn": OLA, "surname": "A", "forename": "B", "born": BORN}],
        "UPN",
    ),
    "rows chained to two pupils": (
        [pupil(), pupil(upn=SEAN, surname="Khan", born=OTHER_DAY)],
        [{"upn": AMARA, "surname": "Khan", "born": BORN}, {"upn": SEAN, "surname": "Khan", "born": BORN}],
        "more than one pupil",
    ),
    "two rows, of which one renames": (
        [pupil(forename="Ada")],
        [{"upn": AMARA, "known_as": "Zoe"}, {"whole_name": "Amara Okafor", "born": BORN}],
        "name the pupil differently",
    ),
    "neither UPN nor birth": ([], [{"surname": "Okafor", "forename": "Amara"}], "neither a UPN"),
    "no name": ([], [{"upn": OLA, "year": "5"}], "no full name"),
    "name not parted": ([], [{"upn": OLA, "whole_name": "Ola Maria Nowak"}], "which part is the surname"),
    "an initial": ([], [{"upn": OLA, "whole_name": "Ola N"}], "which part is the surname"),
    "one name, both ways round": (
        [],
        [{"born": BORN, "whole_name": "Hussain Mohammed"}, {"born": BORN, "whole_name": "Mohammed Hussain"}],
        "more than once, with different Legal surname, Legal forename",
    ),
    "a pupil whom another row may mean": (
        [pupil()],
        [{"upn": SEAN, "surname": "Okafor", "forename": "Amara", "born": BORN}, {"upn": AMARA, "born": OTHER_DAY}],
        "another UPN",
    ),
    "a new pupil whom a row in doubt may mean": (
        [pupil(surname=None, known_surname="Khan")],
        [{"upn": OLA, **NAMED, "born": BORN}, {"upn": OLA, **NAMED, "known_surname": "Khan", "born": BORN, "year": "5"}],
        "row 3 of the list may mean the same pupil",
    ),
    "perhaps the same, called otherwise": (
        [pupil(upn=None)],
        [{"surname": "Okafor", "forename": "Amy", "born": BORN}],
        "it may be Okafor, Amara",
    ),
}


@pytest.mark.parametrize("case", DOUBTS)
def test_a_doubt_is_left_to_a_person(case: str) -> None:
    pupils, rows, says = DOUBTS[case]
    plan = plan_import(book(pupils=pupils), listing(*rows))
    assert not plan.add and not plan.change and not plan.stay
    assert sum(len(n.rows) for n in plan.not_taken) == len(rows)
    assert says in plan.not_taken[0].reason and plan.not_taken[0].todo


def test_a_married_name_or_a_corrected_birthday_alone_is_a_change() -> None:
    old = book(pupils=[pupil()])
    assert plan_import(old, listing({"upn": AMARA, "surname": "Smith", "born": BORN})).change[0].cells[0].new == "Smith"
    for name in ({"surname": "Okafor"}, {"forename": "Amara"}, {"known_as": "Amara", "forename": "Ada"}, {"whole_name": "Amara J Okafor"}):
        assert [c.new for c in plan_import(old, listing({"upn": AMARA, **name, "born": OTHER_DAY})).change[0].cells][-1] == OTHER_DAY
    assert plan_import(old, listing({"upn": AMARA, "surname": "Khan", "forename": "Ada", "born": BORN})).change, "renamed, the same day"


def test_a_twin_whose_other_half_is_in_the_list_is_added() -> None:
    rows = [{"surname": "Okafor", "forename": "Amara", "born": BORN}, {"surname": "Okafor", "forename": "Ada", "born": BORN}]
    plan = plan_import(book(pupils=[pupil(upn=None)]), listing(*rows))
    assert [a.who for a in plan.add] == ["Okafor, Ada"] and len(plan.stay) == 1


def test_rows_of_one_pupil_that_agree_are_taken_together() -> None:
    plan = plan_import(
        book(pupils=[pupil(primary_need=None)]), listing({"upn": AMARA, "primary_need": "MLD"}, {"upn": AMARA, "secondary_need": "HI"})
    )
    assert [(c.name, c.new) for c in plan.change[0].cells] == [("primary_need", "MLD"), ("secondary_need", "HI")]
    assert plan.change[0].rows == (2, 3)


def test_a_plain_name_that_is_the_name_in_use_leaves_the_legal_one() -> None:
    old = book(pupils=[pupil(forename="Amara Grace")])
    row = {"upn": AMARA, "forename": "Amara"}
    assert plan_import(old, listing(row, plain=frozenset({"forename"}))).stay
    assert plan_import(old, listing(row)).change[0].cells[0].new == "Amara"


PLAIN = frozenset({"surname", "forename"})
SEUN = pupil(surname="Adeyemi-Cole", forename="Oluwaseun", known_as="Seun", known_surname="Cole")
NAMES: dict[str, tuple[dict[str, Any], dict[str, Any], frozenset[str], list[str]]] = {
    # case: pupil of the book, names in the list, those that are plain, headings of the notes
    "both legal": (SEUN, {"surname": "ADEYEMI COLE", "forename": "oluwaseun"}, PLAIN, []),
    "both in use": (SEUN, {"surname": "Cole", "forename": "Seun"}, PLAIN, []),
    "in use, though the list has that apart": (SEUN, {"forename": "Seun", "known_as": "Seun"}, PLAIN, []),
    "neither": (SEUN, {"surname": "Adeyemi", "forename": "Ola", "born": BORN}, PLAIN, ["Legal surname", "Legal forename"]),
    "neither, with the name in use apart": (SEUN, {"forename": "Ola", "known_as": "Seun"}, PLAIN, ["Legal forename"]),
    "whole, in use": (SEUN, {"whole_name": "Seun Adeyemi Cole"}, PLAIN, []),
    "whole, the other way round": (SEUN, {"whole_name": "Cole Seun"}, PLAIN, []),
    "whole, another": (SEUN, {"whole_name": "Ola Adeyemi Cole"}, PLAIN, ["Name"]),
    "accents": (pupil(surname="Muñoz", forename="Łukasz"), {"surname": "Munoz", "forename": "Lukasz"}, frozenset(), []),
    "apostrophe": (pupil(surname="O'Brien"), {"surname": "OBrien"}, frozenset(), []),
    "curly apostrophe and a space": (pupil(surname="O'Brien"), {"surname": "O’ Brien", "known_as": "AMARA"}, frozenset(), []),
    "hyphen": (pupil(forename="Anne-Marie", known_as="Anne Marie"), {"forename": "AnneMarie", "known_as": "Anne-Marie"}, frozenset(), []),
}


@pytest.mark.parametrize("case", NAMES)
def test_a_name_in_use_or_written_otherwise_changes_no_legal_name(case: str) -> None:
    known, names, plain, headings = NAMES[case]
    plan = plan_import(book(pupils=[known]), listing({"upn": AMARA, **names}, plain=plain))
    assert len(plan.stay) == 1 and not plan.writes and not plan.not_taken
    assert [n.heading for n in plan.notes] == headings and all("put it right there" in n.todo for n in plan.notes)


def test_a_legal_heading_changes_the_legal_name_and_a_plain_one_fills_a_blank() -> None:
    plan = plan_import(
        book(pupils=[SEUN]), listing({"upn": AMARA, "surname": "Smith", "forename": "Ola", "born": BORN}, plain=frozenset({"forename"}))
    )
    assert [(c.name, c.new) for c in plan.change[0].cells] == [("surname", "Smith")] and len(plan.notes) == 1
    filled = plan_import(book(pupils=[pupil(surname=None)]), listing({"upn": AMARA, "surname": "Okafor"}, plain=PLAIN))
    assert [(c.name, c.new) for c in filled.change[0].cells] == [("surname", "Okafor")]


def test_a_list_with_one_name_column_leaves_the_legal_name(tmp_path: Path) -> None:
    source = listed(tmp_path, f'UPN,Name,Year\n{AMARA},"Adeyemi-Cole, Seun",5\n')
    assert [c.name for c in plan_import(book(pupils=[SEUN]), source).change[0].cells] == ["year"]


WHOLE = {
    "Finn O'Brien": ("O'Brien", "Finn"),
    "Anne-Marie D’Arcy-Smith": ("D’Arcy-Smith", "Anne-Marie"),
    "Zoë Muñoz": ("Muñoz", "Zoë"),
    "Li Wu": ("Wu", "Li"),
    "Maria De La Cruz": None,
    "Finn O": None,
    "F. O'Brien": None,
    "Finn": None,
    "Finn O'Brien2": None,
    "- O'Brien": None,
}


@pytest.mark.parametrize("name", WHOLE)
def test_a_name_of_two_words_is_forename_then_surname(name: str) -> None:
    plan = plan_import(book(), listing({"whole_name": name, "born": BORN}))
    assert [(a.values["surname"], a.values["forename"]) for a in plan.add] == ([WHOLE[name]] if WHOLE[name] else [])
    assert len(plan.not_taken) == 1 - len(plan.add) == 1 - len(plan.remarks)


def test_how_names_were_parted_is_said_once() -> None:
    rows = [{"whole_name": f"Finn {last}", "born": BORN} for last in ("O'Brien", "Khan", "Nowak")]
    text = describe(plan_import(book(), listing(*rows)))
    assert text.count("were read as forename, then surname, for example “Finn O'Brien” as O'Brien, Finn.") == 1


@pytest.mark.parametrize("name", ["Amara Okafor", "Okafor Amara", "OKAFOR amara"])
def test_a_pupil_of_the_book_says_which_part_of_a_name_is_which(name: str) -> None:
    plan = plan_import(book(pupils=[pupil(upn=None)]), listing({"whole_name": name, "born": BORN, "upn": AMARA}))
    assert [c.name for c in plan.change[0].cells] == ["upn"] and not plan.remarks


def test_another_row_says_which_part_of_a_name_is_which() -> None:
    plan = plan_import(book(), listing({"whole_name": "Okafor Amara", "born": BORN}, {**NAMED, "born": BORN}))
    assert [(a.values["surname"], a.rows) for a in plan.add] == [("Okafor", (2, 3))]


def test_what_someone_wrote_is_not_replaced() -> None:
    old = book(pupils=[pupil(pupil_voice="I like maths")])
    plan = plan_import(old, listing({"upn": AMARA, "pupil_voice": "Likes art", "strengths": "Art"}))
    assert [(c.name, c.new) for c in plan.change[0].cells] == [("strengths", "Art")]
    assert [(n.row, n.heading) for n in plan.notes] == [(2, "Pupil voice")]


def test_a_column_the_book_has_not_is_told() -> None:
    old = replace(book(pupils=[pupil()]), origins={"Pupils": Origin("Pupils", {"upn": "A", "surname": "B"})})
    source = replace(listing({"upn": AMARA, "surname": "Smith", "year": "5"}), imported={"UPN": "UPN", "NC Year": "Year group"})
    plan = plan_import(old, source)
    assert [c.name for c in plan.change[0].cells] == ["surname"] and plan.not_imported == {"NC Year": "the book has no such column"}


def test_pupils_who_have_left_are_not_missed() -> None:
    plan = plan_import(
        book(pupils=[pupil(), pupil(upn=SEAN, left=date(2026, 7, 20))]), listing({"upn": LEO, "surname": "A", "forename": "B"})
    )
    assert plan.not_in_list == ("Okafor, Amara (B801200005001)",)


def test_the_text_gives_counts_first_and_every_pupil(tmp_path: Path) -> None:
    source = listed(tmp_path, ARBOR.replace("14/03/2018", "31/02/2018"))
    text = describe(plan_import(book(pupils=[pupil(), pupil(upn=LEO, surname="Khan", top_up=123450)]), source))
    lines = text.splitlines()
    assert lines[1:3] == ["To add: 1 pupil.", "To change: 1 pupil, 8 cells."]
    assert "    Legal forename: Amara becomes Amara Grace" in lines and "    FSM: (blank) becomes No" in lines
    assert "row 5, Date of Birth: is not a date: 31/02/2018" in text and "Khan, Amara (B801200005004)" in text
    assert "To end" not in text and describe(plan_import(book(), source), written=True).splitlines()[1] == "Added: 2 pupils."


@pytest.mark.parametrize(
    ("status", "written", "says"),
    [
        ([None], False, "Of those to add, 1 has no SEN status of K or E. If that pupil is not to be in the register, take that row out of the list first."),
        (["N", None], False, "Of those to add, 2 have no SEN status of K or E. If they are not to be in the register, take those rows out of the list first."),
        (["N", "K"], True, "Of those added, 1 has no SEN status of K or E. If that pupil is not to be in the register, delete that row in the workbook."),
        (["N", "N"], True, "Of those added, 2 have no SEN status of K or E. If they are not to be in the register, delete those rows in the workbook."),
    ],
)  # fmt: skip
def test_those_without_sen_are_told_before_and_after(status: list[str | None], written: bool, says: str) -> None:
    rows = [
        {"upn": u, "surname": "A", "forename": "B", **({"sen_status": s} if s else {})} for u, s in zip((AMARA, SEAN), status, strict=False)
    ]
    assert says in describe(plan_import(book(), listing(*rows)), written=written).splitlines()


def test_as_json_is_plain_data() -> None:
    old = book(pupils=[pupil(top_up=None)])
    told = json.loads(json.dumps(as_json(plan_import(old, listing({"upn": AMARA, "top_up": 123450, "born": OTHER_DAY}, {"upn": OLA})))))
    assert told["change"][0]["cells"] == [
        {"heading": "Top-up received", "old": "", "new": "£1,234.50"},
        {"heading": "Date of birth", "old": "14/03/2018", "new": "02/09/2017"},
    ]  # fmt: skip
    assert told["not_taken"][0]["rows"] == [3]


@pytest.mark.parametrize("text", [ARBOR, SIMS, BROMCOM, SCHOLARPACK, OWN])
def test_a_second_import_of_an_export_changes_nothing(tmp_path: Path, text: str) -> None:
    source = listed(tmp_path, text)
    for old in (
        book(),
        book(pupils=[pupil(), pupil(upn=OLA, surname="Nowak", forename="Aleksandra", known_as="Ola", born=date(2016, 12, 1))]),
    ):
        first = plan_import(old, source)
        second = plan_import(after(old, first), source)
        assert first.writes and not second.writes


_values = {
    "upn": st.sampled_from([AMARA, SEAN, OLA, "B80120000500A"]),
    "surname": st.sampled_from(["Okafor", "OKAFOR", "Khan", "=1+1", "Ada"]),
    "forename": st.sampled_from(["Amara", "Ada", "Zoë", "Khan"]),
    "known_as": st.sampled_from(["Amara", "Zoe"]),
    "known_surname": st.just("Khan"),
    "born": st.sampled_from([BORN, OTHER_DAY]),
    "year": st.sampled_from(["4", "5"]),
    "fsm": st.booleans(),
    "attendance": st.sampled_from([95.2, 0.0]),
}
_pupils = st.lists(st.fixed_dictionaries({}, optional=_values), max_size=4)
_rows = st.lists(
    st.fixed_dictionaries({}, optional={**_values, "whole_name": st.sampled_from(["Amara Okafor", "Okafor Amara", "Khan Ada"])}), max_size=5
)


@settings(max_examples=300)
@given(pupils=_pupils, rows=_rows, plain=st.sets(st.sampled_from(["surname", "forename"])))
def test_laws_of_any_import(pupils: list[dict[str, Any]], rows: list[dict[str, Any]], plain: set[str]) -> None:
    old, source = book(pupils=pupils), listing(*rows, plain=frozenset(plain))
    plan = plan_import(old, source)
    new = after(old, plan)
    again = plan_import(new, source)

    told = [n for part in (plan.add, plan.change, plan.stay, plan.not_taken) for entry in part for n in entry.rows]
    assert sorted(told) == [row.number for row in source.rows], "each row is told of once"
    assert len(new.pupils) == len(old.pupils) + len(plan.add), "nobody is deleted"
    assert [p.row for p in new.pupils[: len(old.pupils)]] == [p.row for p in old.pupils]
    for before, then in zip(old.pupils, new.pupils, strict=False):
        assert all(getattr(then, name) is not None for name in Pupil.model_fields if getattr(before, name) is not None), "no value is lost"
    assert not again.writes, "the same list again changes nothing"
