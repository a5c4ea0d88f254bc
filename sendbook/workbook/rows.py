"""From raw tables to the book: each row becomes a typed row, each cell that does not fit becomes a problem."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic_core import PydanticCustomError

from sendbook.tables import (
    BOOK_FIELDS,
    CELL_RULES,
    TABLES,
    Book,
    Column,
    Kind,
    Origin,
    Place,
    Problem,
    Row,
    Severity,
    cell_reader,
    columns,
    name_key,
    shown,
)
from sendbook.tables.cells import ERROR_VALUES, passed_over
from sendbook.tables.problems import SHEET_RULES
from sendbook.workbook.excel import as_cell
from sendbook.workbook.raw import RawTable, RawWorkbook, SheetFacts
from sendbook.workbook.references import column_letters, row_and_column

MOST_BLANK = 20  # rows in a run below a table, after which nothing more is looked for
READ = tuple(model for model in TABLES if not model.derived)
FIRST_ROW = 5  # of the rows in the sheets Sendbook makes
FORM_HEADINGS = ("Setting", "Value", "What it is for")


def read_book(path: Path, on_table: Callable[[], None] = lambda: None) -> tuple[Book, tuple[Problem, ...]]:
    """The book in a closed workbook, and every cell and table that did not fit. Raises CannotDo where there is nothing to read.

    `on_table` is called when a table is read: `len(READ)` times.
    """
    from sendbook.workbook.closed import open_workbook  # its reader and lxml are not wanted where the workbook is open in Excel

    with open_workbook(path) as raw:
        return build_book(raw, on_table)


def build_book(raw: RawWorkbook, on_table: Callable[[], None] = lambda: None) -> tuple[Book, tuple[Problem, ...]]:
    """Typed rows of all tables. Bad data never raises: the cell is left out, a problem says so, the rest of its row counts."""
    problems: list[Problem] = []
    made: dict[str, Any] = {}
    origins: dict[str, Origin] = {}
    for model in READ:
        on_table()
        table = raw.load(model)
        if table is None:
            problems.append(_sheet_problem("SB036" if raw.older else "SB030", Place(model.table, model.table), table=model.table))
            continue
        reader = _FormReader if model.layout == "form" else _TableReader
        reading = reader(model, table, raw.facts.get(table.sheet, SheetFacts()), raw.older)
        rows = tuple(reading.rows())
        made[BOOK_FIELDS[model]] = rows[0] if model.layout == "form" else rows
        origins[model.table] = reading.origin
        problems += reading.problems
    return Book(**made, origins=origins), tuple(problems)


def book_of(rows: Mapping[type[Row], Sequence[Mapping[str, object]]]) -> tuple[Book, tuple[Problem, ...]]:
    """The book that rows of plain values would make if a workbook held them: the same reading, without the file.

    Values are as typed into cells: field name to text, number, date or True and False; money in pounds.
    """
    return build_book(RawWorkbook(lambda model: _raw(model, rows.get(model, ()))))


def _raw(model: type[Row], rows: Sequence[Mapping[str, object]]) -> RawTable:
    fields = columns(model)

    def cells(values: Mapping[str, object]) -> list[Any]:
        return ["" if (v := values.get(c.name)) is None else as_cell(v) for c in fields]

    if model.layout == "form":
        values = cells(rows[0] if rows else {})
        return RawTable(
            model.table, model.table, FORM_HEADINGS, FIRST_ROW, 1, [[c.heading, v, c.help] for c, v in zip(fields, values, strict=True)]
        )
    return RawTable(model.table, model.table, [c.heading for c in fields], FIRST_ROW, 1, [cells(r) for r in rows])


def _sheet_problem(rule: str, place: Place, one: bool = False, **values: object) -> Problem:
    r = SHEET_RULES[rule]
    says = r.of_one if one and r.of_one else r.says
    return Problem(r.id, r.severity, place, says.format(**values), r.todo.format(**values), "workbook", "the workbook's own form")


def _cell_problem(rule: str, place: Place, values: Mapping[str, Any], column: Column) -> Problem:
    r = CELL_RULES[rule]
    if column.secret:  # messages stand on sheets and screens
        values = {**values, **dict.fromkeys(_FROM_THE_CELL, "(not shown here)")}
    message = f"{place.heading} {r.says.format(**values)}."
    return Problem(
        r.id, Severity.QUERY if r.read else Severity.ERROR, place, message, r.todo.format(**values), "cells", "the workbook's own form"
    )


_FROM_THE_CELL = ("found", "code")  # of a message's values; the others are the rule's own


@dataclass(frozen=True)
class _Bad:
    """A cell that could not be read: the rule it breaks, and the values for its message."""

    rule: str
    values: dict[str, Any]


def _is_blank(raw: object) -> bool:
    return raw == "" or (isinstance(raw, str) and raw.isspace())


class _Cells(dict[object, Any]):
    """Raw cells of one column to their values, each different one read once; a blank cell is None, a bad one a `_Bad`."""

    def __init__(self, column: Column, read: Callable[[Any], Any]) -> None:
        self.read, self.kind = read, column.kind
        self.is_name = column.kind is Kind.TEXT and (column.needed or column.link is not None)
        self.any_bad = False
        self.passed_over: dict[object, tuple[str, dict[str, str]]] = {}  # raw cells that formulas do not count: rule, values

    def __missing__(self, raw: object) -> Any:
        value = self[raw] = self._read(raw)
        return value

    def _read(self, raw: object) -> Any:
        if _is_blank(raw):
            return None
        if isinstance(raw, _Truth):
            raw = raw.value
        try:
            value = self.read(raw)
            if said := passed_over(self.kind, raw, value, self.is_name):
                self.passed_over[raw] = said
            return value
        except PydanticCustomError as e:
            self.any_bad = True
            return _Bad(e.type, dict(e.context or {}))

    def column(self, raws: Sequence[Any]) -> list[Any]:
        """The values of a whole column."""
        if bool in set(map(type, raws)):
            raws = [_TRUTHS[raw] if raw is True or raw is False else raw for raw in raws]
        return list(map(self.__getitem__, raws))


@dataclass(frozen=True)
class _Truth:
    """Stands for TRUE or FALSE as a key, since for Python True and 1 are the same key."""

    value: bool


_TRUTHS = {True: _Truth(True), False: _Truth(False)}


class _TableReader:
    """Reads one table of rows."""

    def __init__(self, model: type[Row], table: RawTable, facts: SheetFacts, older: bool = False) -> None:
        self.model, self.table, self.facts, self.older = model, table, facts, older
        self.problems: list[Problem] = []
        self.at = self._positions(table.headings)
        letters = {n: column_letters(table.first_column + i) for n, i in self.at.items()}
        self.origin = Origin(table.sheet, letters)
        self.by_name = {c.name: c for c in columns(model)}

    def _positions(self, headings: Sequence[str]) -> dict[str, int]:
        """Field name to position. A heading twice: the first counts; missing: its column is left out; both are said."""
        keys = [name_key(h) for h in headings]
        counts = Counter(keys)
        if not self.table.is_table:
            self._say("SB031")
        found = {}
        for c in columns(self.model):
            key = name_key(c.heading)
            if counts[key] > 1:
                self._say("SB033", c)
            if key in counts:
                found[c.name] = keys.index(key)
            else:
                self._say("SB037" if self.older else "SB032", c)
        return found

    def _say(self, rule: str, column: Column | None = None, one: bool = False, **values: object) -> None:
        heading = column.heading if column else ""
        place = Place(self.table.sheet, self.model.table, 0, heading, str(values.get("cell", "")))
        self.problems.append(_sheet_problem(rule, place, one, table=self.model.table, heading=heading, **values))

    def _say_cell(self, rule: str, name: str, number: int, values: Mapping[str, Any]) -> None:
        self.problems.append(_cell_problem(rule, self._place(name, number), values, self.by_name[name]))

    def _place(self, name: str, number: int) -> Place:
        return Place(self.table.sheet, self.model.table, number, self.by_name[name].heading, f"{self.origin.letters[name]}{number}")

    def rows(self) -> Iterator[Row]:
        """Every row with something in it, typed; rows blank in all columns that people fill in are passed over."""
        self._hidden_cells()
        self._rows_below()
        readers = {name: _Cells(self.by_name[name], cell_reader(self.model, name)) for name in self.at}
        raw = list(zip(*self.table.rows, strict=True)) or [()] * len(self.table.headings)
        read = {name: readers[name].column(raw[i]) for name, i in self.at.items()}
        self._passed_over(readers)
        bad = {n for name, r in readers.items() if r.any_bad for n, v in enumerate(read[name], self.table.first_row) if type(v) is _Bad}
        nothing = [None] * len(self.table.rows)
        names = [c.name for c in columns(self.model)]
        blank = (None,) * len(names)
        for number, cells in enumerate(zip(*(read.get(n, nothing) for n in names), strict=True), self.table.first_row):
            if cells == blank:
                continue
            values = dict(zip(names, cells, strict=True))
            values["row"] = number
            yield self.model.of(self._without_bad(values, number) if number in bad else values)

    def _passed_over(self, readers: Mapping[str, _Cells]) -> None:
        for name, reader in readers.items():
            for number, cells in enumerate(self.table.rows if reader.passed_over else (), self.table.first_row):
                raw = cells[self.at[name]]
                if said := reader.passed_over.get(raw):
                    self._say_cell(said[0], name, number, said[1])

    def _without_bad(self, values: dict[str, Any], number: int) -> dict[str, Any]:
        for name, value in values.items():
            if isinstance(value, _Bad):
                self._say_cell(value.rule, name, number, value.values)
                values[name] = None
        return values

    def _hidden_cells(self) -> None:
        """Problems of cells that the reader gave as blank: error values, and cells under a merge."""
        bottom = self.table.first_row + len(self.table.rows) - 1
        by_column = {self.table.first_column + i: n for n, i in self.at.items()}
        for ref, value in self.facts.errors.items():
            row, column = row_and_column(ref)
            if column in by_column and self.table.first_row <= row <= bottom:
                found = value if value in ERROR_VALUES else shown(value)
                self._say_cell("SB001", by_column[column], row, {"found": found})
        for area in self.facts.merged:
            top, _ = row_and_column(area)
            if self.table.first_row - 1 <= top <= bottom:
                self._say("SB034", area=area, cell=area.split(":")[0])

    def _rows_below(self) -> None:
        """A problem of rows that were typed below a table that did not grow with them."""
        if stray := self._stray_rows():
            first, last = min(stray), max(stray)
            cell = f"{column_letters(self.table.first_column)}{first}"
            self._say("SB035", one=first == last, area=f"{first} to {last}" if last > first else first, cell=cell)

    def _stray_rows(self) -> list[int]:
        """Rows under the table with something in columns that people fill in.

        Right under it one cell is enough. After a blank row it takes two: a note or a sum, kept apart, is no row of the table.
        """
        stray: list[int] = []
        blank = 0
        for number, cells in self.table.below:
            if sum(not _is_blank(cells[i]) for i in self.at.values()) >= (2 if blank else 1):
                stray.append(number)
                blank = 0
            elif (blank := blank + 1) > MOST_BLANK:
                break
        return stray


class _FormReader(_TableReader):
    """Reads a form: one record, its headings down the first column, its values in the second."""

    def _positions(self, headings: Sequence[str]) -> dict[str, int]:
        keys = [name_key(h) for h in headings]
        self.setting, self.value = (keys.index(name_key(h)) if name_key(h) in keys else i for i, h in enumerate(FORM_HEADINGS[:2]))
        return super()._positions([str(row[self.setting]) for row in self.table.rows])

    def __init__(self, model: type[Row], table: RawTable, facts: SheetFacts, older: bool = False) -> None:
        super().__init__(model, table, facts, older)
        letter = column_letters(table.first_column + self.value)
        self.origin = Origin(table.sheet, {n: f"{letter}{table.first_row + i}" for n, i in self.at.items()})

    def _place(self, name: str, number: int) -> Place:
        return Place(self.table.sheet, self.model.table, 0, self.by_name[name].heading, self.origin.letters[name])

    def rows(self) -> Iterator[Row]:
        """The one record, all blank where nothing is filled in."""
        readers = {n: _Cells(self.by_name[n], cell_reader(self.model, n)) for n in self.at}
        read = {n: readers[n].column([self.table.rows[i][self.value]])[0] for n, i in self.at.items()}
        for name, reader in readers.items():
            for rule, values in reader.passed_over.values():
                self._say_cell(rule, name, 0, values)
        by_cell = {cell: name for name, cell in self.origin.letters.items()}
        for ref, found in self.facts.errors.items():
            if ref in by_cell:
                self._say_cell("SB001", by_cell[ref], 0, {"found": found})
        yield self.model.of({c.name: None for c in columns(self.model)} | self._without_bad(read, 0) | {"row": 0})
