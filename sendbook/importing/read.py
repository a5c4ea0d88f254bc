"""Reading a list: which row holds the headings, what they mean, and each row's values."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

from sendbook.importing.files import HEADING_ROWS, RawSheet, read_sheets
from sendbook.importing.headings import HELPERS, Matching, heading_key, match_headings, recognised
from sendbook.importing.listing import ListedRow, Listing, Note
from sendbook.importing.match import person_key
from sendbook.importing.words import CellRefusedError, is_blank, read_cell, two_needs, upn_like
from sendbook.tables import Pupil, column_named, shown
from sendbook.workbook.safe import CannotDo

_NEEDED = "Sendbook needs a column UPN, or columns for the name and the date of birth"
_QUOTED = 8  # so many sections are named, not only counted
_TOTAL = re.compile(
    r"\W*(?:(?:grand|sub)[\s-]?)?totals?\b|(?:no\.?|number) of (?:children|pupils|students)\b|\d+ (?:children|pupils|students)\b",
    re.IGNORECASE,
)


def read_list(path: Path) -> Listing:
    """The list in a CSV or Excel file. Raises CannotDo, with its sentence, for a file that holds no list of pupils."""
    sheets = read_sheets(path, recognised)
    places = [(recognised(row), -s, -i) for s, sheet in enumerate(sheets) for i, row in enumerate(sheet.rows[:HEADING_ROWS])]
    score, s, i = max(places, default=(0, 0, 0))  # the best row of the best sheet, the first of equals
    if score == 0:
        raise CannotDo(f"No headings were found in the first {HEADING_ROWS} rows of {path.name}. {_NEEDED}, each under its heading.")
    return _Reading(path.name, sheets[-s], -i).listing()


def _tells_pupils_apart(fields: Mapping[str, int]) -> bool:
    named = "whole_name" in fields or ({"surname", "known_surname"} & fields.keys() and {"forename", "known_as"} & fields.keys())
    return "upn" in fields or bool(named and "born" in fields)


@dataclass
class _Reading:
    """One pass over the rows under the headings."""

    name: str
    sheet: RawSheet
    at: int  # row of the headings, from 0
    notes: list[Note] = field(default_factory=list)
    double: str = ""  # the first cell with two needs
    sections: list[str] = field(default_factory=list)  # rows that head or sum up a part of the list

    def listing(self) -> Listing:
        self.headings = self.sheet.rows[self.at]
        self.matching: Matching = match_headings(self.headings)
        fields = self.matching.fields
        if not _tells_pupils_apart(fields):
            known = ", ".join(self._heading(name) for name in fields)
            raise CannotDo(f"The list {self.name} does not say which pupil is meant: row {self.at + 1} has {known}. {_NEEDED}.")
        imported = {self._heading(n): column_named(Pupil, n).heading for n in fields if n not in HELPERS}
        rows = tuple(self._rows())
        return Listing(
            self.name,
            self.sheet.name,
            self.at + 1,
            imported,
            self.matching.not_imported,
            rows,
            tuple(self.notes),
            tuple(self._remarks()),
        )

    def _remarks(self) -> Iterator[str]:
        if self.double:
            yield f"Where a cell has two needs, the first was read as primary, the second as secondary, for example {self.double}."
        if count := len(self.sections):
            more = f" and {count - _QUOTED:,} more" if count > _QUOTED else ""
            rows = "1 row was" if count == 1 else f"{count:,} rows were"
            yield f"{rows} passed over as the heading of a section or a total: {', '.join(self.sections[:_QUOTED])}{more}."

    def _heading(self, name: str) -> str:
        return " ".join(str(self.headings[self.matching.fields[name]]).split())

    def _rows(self) -> Iterator[ListedRow]:
        keys = [heading_key(h) for h in self.headings]
        for at, cells in enumerate(self.sheet.rows[self.at + 1 :], self.at + 1):
            if all(is_blank(c) for c in cells) or [heading_key(c) for c in cells] == keys:  # a report repeats its headings on each page
                continue
            if self.sheet.ragged and any(not is_blank(c) for c in cells[len(self.headings) :]):
                self._note(at, "", "has more cells than there are headings", "Put quotation marks round the cell that has a comma in it.")
                continue
            if self._is_section(at, cells):
                self.sections.append(f"row {at + 1} “{next(shown(c) for c in cells if not is_blank(c))}”")
                continue
            row = self._row(at, cells)
            if row.values or row.whole_name:
                yield row

    def _is_section(self, at: int, cells: Sequence[object]) -> bool:
        """Whether a row is no pupil: `Y6` alone in its first cell or under the name, or a total. A UPN always makes a pupil."""
        filled = [i for i, cell in enumerate(cells) if not is_blank(cell)]
        fields = self.matching.fields
        if (
            not filled
            or any(row == at for row, _ in self.sheet.errors)
            or upn_like(cells[fields["upn"]] if fields.get("upn") in filled else "")
        ):
            return False
        text, first = str(cells[filled[0]]), next(i for i, heading in enumerate(self.headings) if not is_blank(heading))
        named = {first, *(fields[n] for n in ("whole_name", "surname", "forename") if n in fields)}
        alone = len(filled) == 1 and filled[0] in named and "," not in text
        return alone or (bool(_TOTAL.match(text)) and fields.get("born") not in filled)

    def _note(self, at: int, heading: str, message: str, todo: str) -> None:
        self.notes.append(Note(at + 1, heading, message, todo))

    def _row(self, at: int, cells: Sequence[object]) -> ListedRow:
        values: dict[str, object] = {}
        for name, position in self.matching.fields.items():
            raw = self.sheet.errors.get((at, position)) or (cells[position] if position < len(cells) else None)
            if name in HELPERS or is_blank(raw):
                continue
            try:
                values[name] = read_cell(column_named(Pupil, name), raw)
            except CellRefusedError as refused:
                if not self._part_needs(at, name, raw, values):
                    self._note(at, self._heading(name), refused.says, refused.todo)
        whole_name, parted = self._part_name(at, cells, values)
        self._rank(at, cells, values)
        if "known_surname" in values and person_key(values.get("surname")) == person_key(values["known_surname"]):
            del values["known_surname"]  # the book holds it only where it differs
        values = {n: v for n, v in values.items() if v != ""}
        return ListedRow(at + 1, values, whole_name, (self.matching.plain_names | parted) & values.keys())

    def _part_needs(self, at: int, name: str, raw: object, values: dict[str, object]) -> bool:
        """Take two needs from one cell, where the list has no other place for the second."""
        if name != "primary_need" or not isinstance(raw, str) or {"secondary_need", "need_rank"} & self.matching.fields.keys():
            return False
        found = two_needs(column_named(Pupil, name), raw)
        if found:
            values["primary_need"] = found[0]
            values |= {"secondary_need": found[1]} if found[1] != found[0] else {}
            self.double = self.double or f"row {at + 1} “{shown(raw)}”"
        return bool(found)

    def _helper(self, cells: Sequence[object], name: str) -> str:
        position = self.matching.fields.get(name, len(cells))
        raw = cells[position] if position < len(cells) else ""
        return "" if is_blank(raw) else shown(raw)

    def _part_name(self, at: int, cells: Sequence[object], values: dict[str, object]) -> tuple[str, frozenset[str]]:
        """Surname and forename from `Okafor, Amara`, and which of the two may be names in use only.

        A name with no comma is given back whole, since by itself it cannot be parted.
        """
        name = self._whole_name(at, cells)
        last, comma, first = (part.strip() for part in name.partition(","))
        if not (last and comma and first):
            return name, frozenset()
        parted = {"surname": last, "forename": first}
        legal = heading_key(self._heading("whole_name")).startswith("legal")
        taken = frozenset() if legal else frozenset(parted.keys() - values.keys())
        values |= {n: v for n, v in parted.items() if n not in values}
        return "", taken

    def _whole_name(self, at: int, cells: Sequence[object]) -> str:
        position = self.matching.fields.get("whole_name", len(cells))
        raw = cells[position] if position < len(cells) else ""
        if not isinstance(raw, str) or is_blank(raw):
            return ""
        try:
            return cast(str, read_cell(column_named(Pupil, "surname"), raw))
        except CellRefusedError as refused:
            self._note(at, self._heading("whole_name"), refused.says, refused.todo)
            return ""

    def _rank(self, at: int, cells: Sequence[object], values: dict[str, object]) -> None:
        """A list with one row for each need says by a rank which it is."""
        rank = self._helper(cells, "need_rank")
        if rank in ("", "1") or "primary_need" not in values:
            return
        need = values.pop("primary_need")
        if rank == "2":
            values["secondary_need"] = need
        else:
            self._note(at, self._heading("need_rank"), f"is {rank}: {need}", "The book keeps the first and the second need only.")
