"""Which column of Pupils each heading of a list means."""

import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from sendbook.tables import Pupil, column_named, columns

HELPERS = ("whole_name", "need_rank")


def heading_key(cell: object) -> str:
    """A heading as headings are compared: letters and digits only, case does not count; empty for what is no text."""
    if not isinstance(cell, str):
        return ""
    return "".join(c for c in unicodedata.normalize("NFKC", cell).casefold() if c.isalnum())


@cache
def data(name: str) -> Mapping[str, Any]:
    """A data file of this folder."""
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


@cache
def _fields() -> Mapping[str, str]:
    """Heading key to field or helper, for headings that mean one thing."""
    known = {heading_key(c.heading): c.name for c in columns(Pupil)}
    for group in ("fields", "helpers"):
        for name, headings in data("headings.toml")[group].items():
            known |= dict.fromkeys(map(heading_key, headings), name)
    return known


@cache
def _either() -> Mapping[str, tuple[str, str]]:
    """Heading key to the field it means, and the field it means where the list has a better heading for that."""
    return {
        heading_key(h): (name, entry["otherwise"]) for name, entry in data("headings.toml")["either"].items() for h in entry["headings"]
    }


def recognised(cells: Sequence[object]) -> int:
    """How many different columns a row of cells would name if it were the headings."""
    keys = [heading_key(c) for c in cells]
    return len({_fields()[k] for k in keys if k in _fields()} | {_either()[k][0] for k in keys if k in _either()})


@dataclass(frozen=True)
class Matching:
    """What each column of a list means. Positions count from 0."""

    fields: Mapping[str, int] = field(default_factory=dict)  # field of `Pupil` or helper to position
    plain_names: frozenset[str] = frozenset()
    not_imported: Mapping[str, str] = field(default_factory=dict)  # heading to reason


class _Matcher:
    def __init__(self, headings: Sequence[object]) -> None:
        self.headings, self.keys = headings, [heading_key(h) for h in headings]
        self.found: dict[str, int] = {}
        self.plain: set[str] = set()
        self.left_out: dict[str, str] = {}

    def run(self) -> Matching:
        for at, key in enumerate(self.keys):
            if key in _fields():
                self._take(at, _fields()[key])
        for at, key in enumerate(self.keys):
            if key in _either():
                self._take_either(at, *_either()[key])
            elif key and key not in _fields():
                self.left_out[self._heading(at)] = "no column of the book is known by this heading"
        self._drop_whole_name()
        return Matching(self.found, frozenset(self.plain), self.left_out)

    def _heading(self, at: int) -> str:
        return " ".join(str(self.headings[at]).split())

    def _take(self, at: int, name: str) -> None:
        again = name in self.found and self.keys[at] == self.keys[self.found[name]]
        if again and name == "primary_need" and "secondary_need" not in self.found:
            name = "secondary_need"  # SIMS writes SEN Need Type twice: rank 1, then rank 2
        if name not in self.found:
            self.found[name] = at
            return
        told = column_named(Pupil, name).heading if name not in HELPERS else "the same"
        self._leave(at, f"a second column for {told}; the first one, “{self._heading(self.found[name])}”, is used")

    def _take_either(self, at: int, name: str, otherwise: str) -> None:
        if name not in self.found:
            self.found[name] = at
            self.plain |= {name} - {otherwise}  # a plain name may be the one in use
        else:
            self._take(at, otherwise)

    def _leave(self, at: int, reason: str) -> None:
        heading = self._heading(at)
        self.left_out[heading if heading not in self.left_out else f"{heading} (column {at + 1})"] = reason

    def _drop_whole_name(self) -> None:
        if "whole_name" in self.found and {"surname", "forename"} <= self.found.keys():
            self._leave(self.found.pop("whole_name"), "the names are taken from their own columns")


def match_headings(headings: Sequence[object]) -> Matching:
    """The meaning of each heading. Where two mean one column the first counts and the second is told of."""
    return _Matcher(headings).run()
