"""The law and the field's codes as dated data, and the few lines that look a value up.

Nothing here decides anything: the TOML files hold code sets and figures with their references, so that a
correction is one edit.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any


@dataclass(frozen=True)
class Code:
    """One value of a code set; `facts` holds what else is known of it (area of need, a measure's range)."""

    code: str
    meaning: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CodeSet:
    """The values a cell behind a dropdown may hold. `own` sets may be added to by the school."""

    key: str
    name: str
    reference: str
    codes: tuple[Code, ...]
    own: bool = False

    def get(self, code: str | None) -> Code | None:
        """The code's entry, or None where the set has no such code."""
        return next((c for c in self.codes if c.code == code), None)


@cache
def _toml(name: str) -> Mapping[str, Any]:
    return tomllib.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))


def _code(entry: dict[str, Any]) -> Code:
    facts = {k: v for k, v in entry.items() if k not in ("code", "meaning")}
    return Code(entry["code"], entry.get("meaning", ""), MappingProxyType(facts))


@cache
def code_sets() -> Mapping[str, CodeSet]:
    """All code sets by key, in the order of `codes.toml`."""
    return MappingProxyType(
        {
            key: CodeSet(key, raw["name"], raw["reference"], tuple(map(_code, raw["codes"])), raw.get("own", False))
            for key, raw in _toml("codes.toml").items()
        }
    )


@dataclass(frozen=True)
class Figure:
    """A figure in force at a date, with the place it comes from."""

    value: int
    meaning: str
    reference: str


def figure(name: str, on: date) -> Figure:
    """The figure called `name` in force on a date. KeyError where there is none: a broken program, not bad data."""
    for entry in reversed(_toml("figures.toml")[name]):
        if entry["from"] <= on:
            return Figure(entry["value"], entry["meaning"], entry["reference"])
    raise KeyError(f"no {name} in force on {on}")


@cache
def local_authority_numbers() -> frozenset[str]:
    """Three-digit numbers of the local authorities, now or in the past, that a UPN may carry."""
    return frozenset(f"{number:03d}" for nation in _toml("local_authorities.toml").values() for number in nation["numbers"])


def area_of(sen_type: str | None) -> str | None:
    """The broad area of need a SEN type belongs to (SEND Code of Practice 6.28), or None for no such type."""
    code = code_sets()["sen_type"].get(sen_type)
    return code.facts["area"] if code else None
