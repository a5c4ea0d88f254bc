"""A family sees its own child's summary and nothing that is not for parents."""

import dataclasses
from datetime import date
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sendbook.summaries.files import stems
from sendbook.summaries.privacy import OtherNames, warnings
from sendbook.summaries.render import Renderer
from sendbook.summaries.templates import make_kit
from sendbook.summaries.view import summary
from sendbook.summaries.words import long_date
from sendbook.tables import (
    BOOK_FIELDS,
    Assessment,
    Book,
    Communication,
    Contact,
    Kind,
    PlaceInGroup,
    Plan,
    Privacy,
    Pupil,
    Review,
    Row,
    School,
    columns,
)
from tests.make import TODAY, book
from tests.summaries.school import AMARA, GROUPS, PLANS, PROVISIONS, STAFF, TABLES, drawn, filled, school, words_of

CANARY = "Zqx"
DAY, NUMBER = date(2029, 7, 19), 48_271
SECRET = {
    Kind.TEXT: f"{CANARY}text", Kind.PROSE: f"{CANARY}prose", Kind.DATE: DAY, Kind.WHOLE: NUMBER, Kind.NUMBER: NUMBER, Kind.MONEY: NUMBER,
    Kind.YES_NO: True,
}  # fmt: skip
TRACES = (CANARY, "19 July 2029", "19/07/2029", "48,271", "48271", "482.71", "July 2029", "Targeted plus", "Resourced")
CODES = {
    "": "",
    "layer": "Targeted plus",
    "sen_unit": "Resourced provision",
    "measure": "Boxall profile",
    "review_decision": "Cease",
    "phase": "All-through",
}
KEYS = {"pupil", "group", "name", "provision", "staff", "staff_2", "staff_3"}  # links are followed: they are set below
SETTINGS = {"logo", "colour", "show_costs", "pupil_weeks", "costing_from", "costing_to", "young_person_age"}


def secret(model: type[Row], given: dict[str, Any], every: bool = False) -> dict[str, Any]:
    """The row with a canary in each column that parents may not see, or in every one."""
    closed = [c for c in columns(model) if (every or c.privacy < Privacy.PARENT) and c.name not in SETTINGS | KEYS]
    canaries = {c.name: CODES[c.choices or ""] if c.kind is Kind.CHOICE else SECRET[c.kind] for c in closed if (c.choices or "") in CODES}
    return given | canaries


def with_canaries() -> Book:
    """Amara's book with canaries, and another pupil in the same groups of whom everything is a canary."""
    own, other = f"{CANARY.upper()}UPN0001", f"{CANARY.upper()}UPN0002"
    groups = {g["name"]: f"{CANARY}group{i}" for i, g in enumerate(TABLES["groups"])}

    def keyed(row: dict[str, Any]) -> dict[str, Any]:
        return row | ({"pupil": own} if "pupil" in row else {}) | ({"group": groups[row["group"]]} if "group" in row else {})

    tables: dict[str, Any] = {
        BOOK_FIELDS[m]: [secret(m, keyed(r)) for r in TABLES.get(BOOK_FIELDS[m], ())] for m in BOOK_FIELDS if m is not School
    }
    for model in (Plan, Review, Assessment, Communication, Contact):
        tables[BOOK_FIELDS[model]].append(secret(model, {"pupil": other}, every=True))
    tables["contacts"].append(secret(Contact, {"pupil": own, "name": f"{CANARY}parent"}, every=True))
    tables["communications"].append(secret(Communication, {"pupil": own}, every=True))
    tables["places"] += [secret(PlaceInGroup, {"pupil": other, "group": name}, every=True) for name in groups.values()]
    tables["pupils"][0] |= {"upn": own, "known_surname": "Okafor"}
    tables["pupils"].append(secret(Pupil, {}, every=True) | {"upn": other})
    tables["groups"] = [g | {"name": groups[g["name"]]} for g in tables["groups"]]
    del tables["terms"], tables["lists"]
    return book(school=secret(School, TABLES["school"]), **tables)


def plain() -> Book:
    return school(pupils=[AMARA | {"known_surname": "Okafor"}])


def test_the_canaries_are_there():
    full = with_canaries()
    assert len(full.places_of(full.pupils[0])) == 2 and len(full.contacts_of(full.pupils[0])) == 1
    assert len(full.places_in(full.groups[0])) == 2  # the other pupil is in the same group
    assert full.pupils[0].internal_notes == f"{CANARY}prose" and full.staff[0].salary == NUMBER * 100
    assert full.contacts[0].address == f"{CANARY}text"


def test_no_closed_column_and_no_other_pupil_changes_a_word():
    full = with_canaries()
    assert summary(full, full.pupils[0], TODAY, 12_300) == summary(plain(), plain().pupils[0], TODAY, 12_300)


def test_no_canary_in_view_page_pdf_metadata_or_file_name(tmp_path):
    full = with_canaries()
    made, pdf, page = drawn(full, tmp_path)
    with pikepdf.open(BytesIO(pdf)) as document:
        inside = str(dict(document.docinfo)) + str(document.open_metadata())
    name = stems(full.pupils)[full.pupils[0].row]
    for found in (str(made.as_data()), page, words_of(pdf), inside, name):
        assert not [t for t in TRACES if t.casefold() in found.casefold()]
    assert "Amara" in words_of(pdf) and "Amara" in inside and name == "Okafor-Amara-0001-summary"


def problems(of: Book) -> list[tuple[str, str]]:
    made = summary(of, of.pupils[0], TODAY)
    return [(p.rule, f"{p.place.sheet}:{p.place.heading}") for p in warnings(of, of.pupils[0], made, OtherNames.of(of))]


BEN = AMARA | {"upn": "B801200005002", "surname": "Nowak-Żak", "forename": "Benjamin", "known_as": "Ben", "class_name": "4B"}


def typed(text: str, other: dict[str, Any] = BEN) -> list[tuple[str, str]]:
    return problems(school(pupils=[AMARA, other], plans=[PLANS[0] | {"progress": text}]))


@pytest.mark.parametrize(
    "text",
    [
        "Amara reads with Ben Nowak-Żak.", "BEN NOWAK ZAK helps", "Worked with Nowak-Żak, Ben.", "benjamin  nowak-zak",
        "Like Ben Nowak-Żak’s story",
        "Ben\nNowak-Żak",
    ],
)  # fmt: skip
def test_another_pupils_full_name_is_found(text):
    assert typed(text) == [("SM01", "Plans:Progress in words")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Amara Okafor reads well.", []), ("Benedict Nowak", []), ("See B801200005002", [("SM02", "Plans:Progress in words")]),
        ("Reads with Ben each day", [("SM03", "Plans:Progress in words")]), ("reads with ben each day", []), ("Nothing to tell", []),
        ("Mrs Ben helps", []), ("Big-Ben is a clock", []), ("the benjamin tree", []),
    ],
)  # fmt: skip
def test_what_is_no_other_pupils_name(text, found):
    assert typed(text) == found


MATE = BEN | {"class_name": "4A"}


@pytest.mark.parametrize(
    "text",
    [
        "Amara sat with Ben today.", "Ben and Amara are friends.", "She said “Ben is kind”.", "partner (Ben)", "sad when ben is away",
        "- Ben helps\n- Draws well", "1. Plays with Benjamin", "Ben’s team won.",
    ],
)  # fmt: skip
def test_a_classmates_first_name_is_found_wherever_it_stands(text):
    assert typed(text, MATE) == [("SM03", "Plans:Progress in words")]


@pytest.mark.parametrize(
    ("known_as", "surname", "text", "found"),
    [
        ("Will", "Rose", "Rose will read 40 words.", []),
        ("May", "Day", "Ready by May, and in April and May too.", []),
        ("Art", "Hope", "Made one art hope board.", []),
        ("Rose", "Ali", "Meets in the Rose Room.", []),
        ("Rose", "Ali", "Rose picks the book.", []),  # a sentence may begin so
        ("Rose", "Ali", "Plays with Rose at break.", [("SM03", "Plans:Progress in words")]),
        ("Rose", "Ali", "Plays with Rose Ali at break.", [("SM01", "Plans:Progress in words")]),
        ("Bo", "Li", "Sits by Bo Li.", [("SM01", "Plans:Progress in words")]),
        ("Joe", "Lee", "Reads like Billy-Joe Nowak.", []),
        ("Hope", "Ali", "Hope hit him.", [("SM03", "Plans:Progress in words")]),
        ("Rose", "Ali", "Rose's mum helps.", [("SM03", "Plans:Progress in words")]),
        ("Bilal", "Ali", "Bilals mum says so.", [("SM03", "Plans:Progress in words")]),
        ("Bilal", "Okoro", "Sits away from OKORO.", [("SM03", "Plans:Progress in words")]),
        ("Bilal", "Taylor", "Better than W. Taylor.", [("SM03", "Plans:Progress in words")]),
        ("Bilal", "Taylor", "Works with Mrs Taylor.", []),
        ("Bilal", "Green", "Sits on the Green table.", []),
    ],
)
def test_names_that_are_words_are_not_cried_out(known_as, surname, text, found):
    assert typed(text, MATE | {"known_as": known_as, "forename": known_as, "surname": surname}) == found


@pytest.mark.parametrize("bullet", ["- ", "• ", "* ", "1. ", ""])
@pytest.mark.parametrize("field", ["progress", "at_home", "at_school", "outcome"])
def test_names_in_lists_are_found_in_every_column(bullet, field):
    text = f"{bullet}Kind to Ben Nowak-Żak\n{bullet}Draws well"
    found = problems(school(pupils=[AMARA, BEN], plans=[PLANS[0] | {field: text}]))
    assert [rule for rule, _ in found] == ["SM01"]


def test_a_name_in_a_provision_or_a_staff_name_is_found():
    found = problems(school(pupils=[AMARA, MATE], provisions=[PROVISIONS[0] | {"plain": "A group for Ben and friends."}, PROVISIONS[1]]))
    assert found == [("SM03", "Provisions:In plain words")]
    staff = [{"name": "Mrs Khan for Ben Nowak-Żak", "role": "Teaching assistant"}, *STAFF[1:]]
    groups = [GROUPS[0] | {"staff": staff[0]["name"]}, GROUPS[1]]
    assert ("SM01", "Staff:Name") in problems(school(pupils=[AMARA, MATE], staff=staff, groups=groups))


def test_a_name_that_came_together_from_two_cells_is_told_at_the_pupil():
    book = school(pupils=[AMARA | {"helps_at_home": "Play with Ben"}, BEN], plans=[PLANS[0] | {"at_home": "Nowak-Żak reads aloud"}])
    printed = " ".join(summary(book, book.pupils[0], TODAY).texts())
    assert "Ben. Nowak-Żak" in printed.replace("\n", " ")
    assert "SM01" in [rule for rule, _ in problems(book)]


def test_a_namesake_is_not_another():
    assert typed("Amara Okafor reads well.", AMARA | {"upn": "B801200005003"}) == []


@pytest.mark.parametrize(
    ("known_as", "surname", "text"),
    [
        ("Okafor", "Smith", "Will read with Okafor Smith each day."),  # the forename is this pupil's surname
        ("Łukasz", "Nowak", "Will read with Lukasz Nowak each day."),
        ("Søren", "Æbelø", "Sat with Soren Aebelo."),
    ],
)
def test_full_names_are_found_whatever_their_letters(known_as, surname, text):
    assert typed(text, BEN | {"known_as": known_as, "forename": known_as, "surname": surname}) == [("SM01", "Plans:Progress in words")]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Will sit away from Ben, who upsets him.", [("SM03", "Plans:Progress in words")]),
        ("Works with Mrs J Ben.", []),
        ("Works with Mrs Ben.", []),
        ("Works with Ben Khan.", []),  # staff, named whole
    ],
)
def test_a_name_that_staff_have_too_is_a_childs_where_it_stands_alone(text, found):
    staff = [*STAFF, {"name": "Mrs J Ben", "role": "Teacher"}, {"name": "Ben Khan", "role": "Teacher"}]
    assert problems(school(pupils=[AMARA, MATE], staff=staff, plans=[PLANS[0] | {"progress": text}])) == found


def test_a_name_within_the_pupils_own_is_not_another():
    ann = AMARA | {"known_as": "Ann", "forename": "Ann", "surname": "Lee-Smith", "strengths": "Ann Lee-Smith is kind."}
    other = BEN | {"known_as": "Ann", "forename": "Ann", "surname": "Lee"}
    assert problems(school(pupils=[ann, other])) == []
    assert [r for r, _ in problems(school(pupils=[ann | {"strengths": "Ann Lee-Smith helps Ann Lee."}, other]))] == ["SM01"]


def test_a_text_that_is_not_printed_needs_no_warning():
    old = PLANS[0] | {"result": "Met", "reviewed": date(2025, 1, 1), "progress": "With Ben Nowak-Żak."}
    assert problems(school(pupils=[AMARA, BEN], plans=[old])) == []


def test_warnings_name_places_and_no_child():
    of = school(pupils=[AMARA | {"strengths": "Helps Ben Nowak-Żak"}, BEN])
    (problem,) = warnings(of, of.pupils[0], summary(of, of.pupils[0], TODAY), OtherNames.of(of))
    assert problem.place.row == of.pupils[0].row and problem.place.heading == "Strengths"
    assert not [n for n in ("Ben", "Amara", "Okafor", "Nowak") if n in problem.message + problem.todo]


NAMES = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=6, max_size=12)
PROSE = st.one_of(
    st.none(), st.text(st.characters(categories=["Nd", "Po", "Sm", "Zs"]), max_size=40), st.sampled_from(["Likes maths.", "Reads\nWrites"])
)
DATES = st.one_of(st.none(), st.dates(date(2025, 9, 1), date(2027, 7, 31)))


@st.composite
def books(draw: st.DrawFn) -> Book:
    born = draw(st.lists(st.dates(date(2010, 1, 1), date(2021, 1, 1)), min_size=3, max_size=3, unique=True))
    pupils = [
        {"upn": f"B80120000{i}{draw(st.integers(100, 999))}", "surname": draw(NAMES), "forename": draw(NAMES), "born": born[i],
         "sen_status": "K",
         "class_name": "4A", "strengths": draw(PROSE), "pupil_voice": draw(PROSE), "next_meeting": draw(DATES)}
        for i in range(3)
    ]  # fmt: skip
    groups = [
        {
            "name": f"{pupils[2]['forename']} {pupils[2]['surname']}",
            "provision": "P",
            "start": draw(DATES),
            "end": draw(DATES),
            "staff": "S",
        }
    ]
    places = [{"pupil": p["upn"], "group": groups[0]["name"], "progress": draw(PROSE), "start": draw(DATES)} for p in pupils]
    plans = [{"pupil": p["upn"], "outcome": draw(PROSE), "review_by": draw(DATES), "notes": pupils[0]["surname"]} for p in pupils]
    return filled(pupils=pupils, groups=groups, places=places, plans=plans, provisions=[{"name": "P"}], staff=[{"name": "S"}])


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit")
    return Renderer(make_kit(folder, folder / "nothing", None, None))


CHILDS = st.text("abcdefghijklmnoprstuvyzéèżłøñçğęæ", min_size=3, max_size=10).map(str.capitalize)
AROUND = st.sampled_from([("Reads with ", " each day"), ("", "’s friend is kind"), ("Sits by (", ")"), ("“", "” was said twice"), ("", "")])
WAYS = st.sampled_from(["{0} {1}", "{1}, {0}", "{1} {0}"])


@settings(max_examples=150)
@given(
    first=CHILDS, last=CHILDS, way=WAYS, around=AROUND, shout=st.booleans(), bullet=st.sampled_from(["", "- ", "• ", "3) "]),
    field=st.sampled_from(["outcome", "at_school", "at_home", "progress"]),
)  # fmt: skip
def test_another_pupils_full_name_is_found_wherever_and_however_it_is_typed(first, last, way, around, shout, bullet, field):
    name = way.format(first, last)
    text = f"{bullet}{around[0]}{name.upper() if shout else name}{around[1]}"
    of = school(pupils=[AMARA, BEN | {"known_as": first, "forename": first, "surname": last}], plans=[PLANS[0] | {field: text}])
    assert "SM01" in [rule for rule, _ in problems(of)]


@settings(max_examples=60)
@given(of=books())
def test_no_other_pupils_upn_shows_in_any_book(renderer, of):
    for pupil in of.pupils:
        made = summary(of, pupil, TODAY)
        everything = (" ".join(made.texts()) + renderer.html(made)).casefold()
        for other in (p for p in of.pupils if p.row != pupil.row and p.name != pupil.name):
            assert other.upn and other.upn.casefold() not in everything
            assert other.born and long_date(other.born).casefold() not in everything
            assert other.name.casefold() not in everything


def test_the_view_model_cannot_be_changed():
    made = summary(plain(), plain().pupils[0], TODAY)
    with pytest.raises(dataclasses.FrozenInstanceError):
        made.title = "x"  # type: ignore[misc]
