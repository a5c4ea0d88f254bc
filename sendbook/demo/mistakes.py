"""The planted mistakes: what a busy SENCo gets wrong, so that the checks have something to say.

Each is an entry of `_SPECS`: the rule that must find it, the cell, the rows it may be planted in, and the change. They are
planted last, each in rows of a pupil of its own, so that one does not hide another.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from random import Random

from sendbook.demo.data import chance
from sendbook.tables import Communication, Contact, Group, PlaceInGroup, Plan, Provision, Pupil, Review, Row, Staff

Cells = dict[str, object]
Tables = dict[type[Row], list[Cells]]


@dataclass(frozen=True)
class Mistake:
    """A planted mistake: the cell (table's model, row's number from 0, field), what was done, and the rule that finds it.

    `seen` is the table and row where the rule reports it: as a rule the same row.
    """

    rule: str
    table: type[Row]
    index: int
    field: str
    what: str
    seen: tuple[type[Row], int]


@dataclass
class _Book:
    """What a spec may look at."""

    tables: Tables
    today: date

    @cached_property
    def with_places(self) -> frozenset[object]:
        return frozenset(row["pupil"] for row in self.tables[PlaceInGroup])

    @cached_property
    def leads(self) -> frozenset[object]:
        return frozenset(row["staff"] for row in self.tables[Group])

    @cached_property
    def contacts(self) -> Counter[object]:
        return Counter(row["pupil"] for row in self.tables[Contact])

    @cached_property
    def working(self) -> frozenset[object]:
        return frozenset(row["pupil"] for row in self.tables[Plan] if row.get("result") == "Working on it")

    @cached_property
    def free(self) -> dict[str, Cells]:
        """Pupils being watched who have no places, by label: their UPN can be spoilt without spoiling much else."""
        watched = {self.label(row): row for row in self.tables[Pupil] if row["sen_status"] == "N"}
        return {label: row for label, row in watched.items() if label not in self.with_places}

    def label(self, pupil: Cells) -> str:
        return f"{pupil['surname']}, {pupil.get('known_as') or pupil['forename']} ({pupil['upn']})"


@dataclass(frozen=True)
class _Spec:
    rule: str
    table: type[Row]
    field: str
    what: str
    suits: Callable[[Cells, _Book], bool]
    change: Callable[[Cells, _Book], object]


def _is(**wanted: object) -> Callable[[Cells, _Book], bool]:
    return lambda row, book: all(row.get(name) == value for name, value in wanted.items())


def _has(*names: str, **wanted: object) -> Callable[[Cells, _Book], bool]:
    return lambda row, book: all(row.get(name) is not None for name in names) and _is(**wanted)(row, book)


def _to(value: object) -> Callable[[Cells, _Book], object]:
    return lambda row, book: value


_BLANK = _to(None)


def _moved(name: str, days: int) -> Callable[[Cells, _Book], object]:
    def change(row: Cells, book: _Book) -> object:
        return _day(row, name) + timedelta(days=days)

    return change


def _day(row: Mapping[str, object], name: str) -> date:
    found = row[name]
    if not isinstance(found, date):
        raise TypeError(f"{name} is not a date")
    return found


def _other_letter(row: Cells, book: _Book) -> object:
    upn = str(row["upn"])
    return ("B" if upn[0] != "B" else "C") + upn[1:]


def _anothers_upn(row: Cells, book: _Book) -> object:
    return next(p["upn"] for p in book.free.values() if p is not row)


def _not_linked(row: Cells, book: _Book) -> bool:
    return row["sen_status"] == "N" and len(book.free) > 2 and book.label(row) in book.free


def _year_wrong(row: Cells, book: _Book) -> object:
    return str(int(str(row["year"])) + 1)


def _led(row: Cells, book: _Book) -> bool:
    return row["role"] == "Teaching assistant" and row["name"] in book.leads


def _future_group(row: Cells, book: _Book) -> bool:
    return "end" in row and "fixed_weeks" not in row and _day(row, "start") > book.today


def _past_group(row: Cells, book: _Book) -> bool:
    return "end" in row and _day(row, "end") < book.today


def _running(row: Cells, book: _Book) -> bool:
    """An ordinary group of this term, so that a slip does not swamp the costs of the whole school."""
    if not isinstance(row.get("start"), date) or "charged_to" in row or "staff_2" in row:
        return False
    return row["sessions"] in (2, 3, 4) and _day(row, "start") <= book.today <= _day(row, "end")


def _overdue(row: Cells, book: _Book) -> object:
    return book.today - timedelta(days=420)


def _first_year_of_plan(row: Cells, book: _Book) -> bool:
    return row["sen_status"] == "E" and "last_annual_review" not in row and "left" not in row


def _result_given(row: Cells, book: _Book) -> bool:
    return row.get("result") in ("Met", "Partly met") and "reviewed" in row


def _working(row: Cells, book: _Book) -> bool:
    return row.get("result") == "Working on it"


def _annual_held(row: Cells, book: _Book) -> bool:
    return row["kind"] == "Annual review" and "report_sent" in row and _day(row, "held") + timedelta(days=31) < book.today


def _follow_up_past(row: Cells, book: _Book) -> bool:
    return "followed_up" in row and _day(row, "follow_up_by") < book.today


def _one_contact(row: Cells, book: _Book) -> bool:
    return book.contacts[row["pupil"]] == 1 and row["pupil"] in book.working


_SPECS = (
    _Spec("SEN01", Pupil, "primary_need", "SEN support without a primary need", _is(sen_status="K"), _BLANK),
    _Spec("1510", Pupil, "upn", "a wrong check letter", _is(sen_status="N"), _other_letter),
    _Spec("SB002", Pupil, "born", "a day that does not exist", _is(sen_status="K"), _to("31/02/2015")),
    _Spec("CON01", Contact, "receives_summaries", "a restricted contact marked to receive summaries", _is(restricted=True), _to(True)),
    _Spec("ASS07", PlaceInGroup, "exit_date", "exit before entry", _has("exit_date", "entry_date"), _moved("entry_date", -30)),
    _Spec("SB021", PlaceInGroup, "group", "a group that does not exist", _has("entry_score", exit_score=None), _to("Reading group B")),
    _Spec("SB020", Plan, "review_by", "no date of review", _working, _BLANK),
    _Spec("PRO09", Group, "end", "end before start", _future_group, _moved("start", -70)),
    _Spec("SB002", Group, "start", "text in a date column", _past_group, _to("w/c 5th")),
    _Spec("SB009", Group, "minutes", "minus minutes", _running, _to(-30)),
    _Spec("1520", Pupil, "upn", "the UPN of another pupil", _not_linked, _anothers_upn),
    _Spec("DAT03", Pupil, "year", "a year group that does not fit the age", _has(sen_status="K", year="2"), _year_wrong),
    _Spec("STA02", Staff, "salary", "somebody who runs groups without a cost", _led, _BLANK),
    _Spec("SEN02", Pupil, "secondary_need", "secondary need as the primary", _has("secondary_need"), lambda row, book: row["primary_need"]),
    _Spec("SEN09", Pupil, "plan_issued", "status E without a date of the plan", _is(sen_status="E", year="4"), _BLANK),
    _Spec("ASS03", Pupil, "attendance", "attendance without its point", _is(sen_status="K"), _to(931)),
    _Spec(
        "ASS01", PlaceInGroup, "entry_score", "a reading age typed in years", _is(measure="Reading age (months)", exit_score=None), _to(7.5)
    ),
    _Spec("SB021", Group, "provision", "a provision spelt otherwise", _running, lambda row, book: f"{row['provision']}s"),
    _Spec("CON03", Contact, "receives_summaries", "nobody left to receive the summary", _one_contact, _to(False)),
    _Spec(
        "CON05",
        Contact,
        "email",
        "two addresses in one cell",
        _is(receives_summaries=True),
        lambda row, book: f"{row['email']}; family@post.example",
    ),
    _Spec("REV01", Pupil, "plan_issued", "an annual review long overdue", _first_year_of_plan, _overdue),
    _Spec("SEN13", Pupil, "parents_told", "nobody told the parents", _is(sen_status="K", left=None), _BLANK),
    _Spec("PLA05", Plan, "reviewed", "a result without a date", _result_given, _BLANK),
    _Spec("REV07", Review, "report_sent", "the school's report a month late", _annual_held, _moved("held", 31)),
    _Spec("CON14", Communication, "followed_up", "a promise not kept", _follow_up_past, _BLANK),
    _Spec("SB008", Provision, "layer", "the old word for a layer", _is(name="Lunch club"), _to("Wave 2")),
    _Spec("PRO14", Group, "sessions", "sessions of the whole run, not of a week", _running, _to(36)),
    _Spec("SEN03", Pupil, "primary_need", "NSA with an EHC plan", _has(sen_status="E", secondary_need=None), _to("NSA")),
    _Spec("SB001", PlaceInGroup, "entry_score", "an error value pasted in", _has("entry_score", exit_score=None), _to("#N/A")),
)


def plant(tables: Tables, seed: int, today: date) -> tuple[Tables, tuple[Mistake, ...]]:
    """The tables with mistakes planted, and what was planted: one for every three pupils, up to all of the list.

    The tables given are left as they are. A mistake for which there is no fitting row is left out.
    """
    changed = {model: [dict(row) for row in rows] for model, rows in tables.items()}
    rng, book = chance(seed, "mistakes"), _Book(changed, today)
    used: set[object] = set()
    found: list[Mistake] = []
    for spec in _SPECS[: len(changed[Pupil]) // 3]:
        index = _row_for(spec, book, rng, used)
        if index is not None:
            _apply(spec, changed[spec.table][index], book)
            found.append(Mistake(spec.rule, spec.table, index, spec.field, spec.what, _seen(spec, index, book)))
    return changed, tuple(found)


def _mark(model: type[Row], row: Cells, book: _Book) -> object:
    """What a row is about: its pupil, else the row's own name. No two mistakes are planted about one thing."""
    return book.label(row) if model is Pupil else row.get("pupil") or (model, row.get("name"))


def _row_for(spec: _Spec, book: _Book, rng: Random, used: set[object]) -> int | None:
    rows = book.tables[spec.table]
    for index in rng.sample(range(len(rows)), len(rows)):
        mark = _mark(spec.table, rows[index], book)
        if mark not in used and spec.suits(rows[index], book):
            used.add(mark)
            return index
    return None


def _seen(spec: _Spec, index: int, book: _Book) -> tuple[type[Row], int]:
    if spec.rule != "CON03":
        return spec.table, index
    label = book.tables[spec.table][index]["pupil"]
    return Pupil, next(i for i, p in enumerate(book.tables[Pupil]) if book.label(p) == label)


def _apply(spec: _Spec, row: Cells, book: _Book) -> None:
    before = book.label(row) if spec.table is Pupil else ""
    value = spec.change(row, book)
    row[spec.field] = value
    if value is None:
        del row[spec.field]
    if spec.rule == "1510":  # every cell that names the pupil has the wrong UPN too, as the dropdown gave it
        _relink(before, book.label(row), book.tables)
    if spec.rule == "REV01":
        row["plan_requested"] = _day(row, "plan_issued") - timedelta(days=130)


def _relink(before: str, after: str, tables: Tables) -> None:
    for model, rows in tables.items():
        if model is not Pupil:
            for row in rows:
                for name in ("pupil", "charged_to"):
                    if row.get(name) == before:
                        row[name] = after
