"""The view model of a summary: finished sentences and chart figures, which templates only lay out.

Plain dataclasses without any of our other modules, so that worker processes start quickly.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Item:
    """One goal, one kind of help or one thing measured: a short title, its paragraphs, then a list of sentences."""

    title: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Point:
    """A score on the chart. `x` and `y` run from 0 to 1, left to right and bottom to top."""

    when: str
    value: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """One measure over time. `alt` says in words all that the picture shows."""

    title: str
    alt: str
    note: str
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A line of contact details: what it is, the words, and a link (`mailto:`, `tel:`, `https://`) or nothing."""

    label: str
    text: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the summary, laid out in this order. `quote` is text in the pupil's own words."""

    key: str
    heading: str
    paragraphs: tuple[str, ...] = ()
    bullets: tuple[str, ...] = ()
    quote: tuple[str, ...] = ()
    items: tuple[Item, ...] = ()
    chart: Chart | None = None
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True)
class Summary:
    """One pupil's summary for one reader: the pupil's parents. Holds nothing that they may not see."""

    title: str
    heading: str
    school: str
    about: str
    date: str
    intro: tuple[str, ...]
    sections: tuple[Section, ...]

    def as_data(self) -> dict[str, Any]:
        """The summary as plain dicts, tuples and texts, as templates get it."""
        data: dict[str, Any] = _plain(self)
        return data

    def texts(self) -> tuple[str, ...]:
        """Every text in reading order, as a reader meets it."""
        return tuple(_texts(self.as_data()))


def _plain(value: Any) -> Any:
    """Like `dataclasses.asdict`, without its copies of values that nobody changes: a third of the time."""
    if isinstance(value, tuple):
        return [_plain(v) for v in value]
    fields = getattr(value, "__slots__", None)
    return {name: _plain(getattr(value, name)) for name in fields} if fields else value


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return [t for name, v in value.items() if name not in ("key", "href") for t in _texts(v)]
    if isinstance(value, tuple | list):
        return [t for v in value for t in _texts(v)]
    return []
