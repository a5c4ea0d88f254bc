"""How a table of the workbook is declared: a pydantic model whose fields carry their column.

`column(...)` goes on a field the SENCo fills in, `formula(...)` on the class's list of columns that work
themselves out. Everything that needs to know of a column (workbook, reader, checks, reference pages) asks
`columns(Model)`; nothing else repeats a heading.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from typing import Any, ClassVar, Literal, Self, cast

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from sendbook.tables.cells import Choice, Kind


class Privacy(IntEnum):
    """The widest circle that may see a column's values, in an output of Sendbook."""

    TEAM = 0  # the SEND team only; never leaves it
    SCHOOL = 1  # staff who teach the pupil
    PARENT = 2  # the pupil's own parents, in a summary


@dataclass(frozen=True)
class Column:
    """A column that people fill in. `link` names the table its values point into; `suggest` an own code set. `secret`: in no message.

    `needed_unless`: a condition as in `Highlight`, under which an empty cell is not marked though the column is needed.
    """

    heading: str
    help: str
    width: int
    privacy: Privacy
    needed: bool
    link: str | None
    suggest: str | None
    secret: bool = False
    needed_unless: str = ""
    name: str = ""
    kind: Kind = Kind.TEXT
    choices: str | None = None


@dataclass(frozen=True)
class Highlight:
    """A condition under which a column's cell turns red as it is typed; `excel` uses `[@Heading]` for cells of the row."""

    name: str
    excel: str


@dataclass(frozen=True)
class Formula:
    """A column that works itself out. `excel` uses structured references; the result has the kind's format."""

    heading: str
    help: str
    excel: str
    kind: Kind
    width: int = 12
    after: str | None = None  # the heading it stands right of; None: the table's end


def column(
    heading: str,
    help: str,  # noqa: A002 - the field's term
    *,
    width: int = 14,
    privacy: Privacy = Privacy.SCHOOL,
    needed: bool = False,
    link: str | None = None,
    suggest: str | None = None,
    secret: bool = False,
    needed_unless: str = "",
) -> Any:
    """A field's place in the workbook: heading, the help its cells show, width in characters, who may see it.

    `secret`: what stands in its cells is never repeated, not in a message, on another sheet or in a log. `needed_unless`: see `Column`;
    the checks say the same in `checks/cells.py`.
    """
    place = Column(heading, help, width, privacy, needed, link, suggest, secret, needed_unless)
    return Field(default=None, description=help, repr=not secret, json_schema_extra={"column": place})  # type: ignore[dict-item]


_ALL_SET: set[str] = set()  # one for all rows; nothing of ours asks which fields were given


class Row(BaseModel):
    """A row of a table. `row` is its row number in the sheet, so that a problem can name its place."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)

    table: ClassVar[str]
    about: ClassVar[str]
    layout: ClassVar[Literal["rows", "form"]] = "rows"  # a form has one record: headings down, values beside
    formulas: ClassVar[tuple[Formula, ...]] = ()
    highlights: ClassVar[tuple[Highlight, ...]] = ()
    printed_to: ClassVar[str] = ""  # the last column that is printed, where not all are: what is on paper gets about
    derived: ClassVar[int] = 0  # so many rows, all formulas: made by Sendbook, never read

    row: int = Field(default=0, repr=False)

    @classmethod
    def of(cls, values: dict[str, Any]) -> Self:
        """A row of values that its fields' own validators gave (`cell_reader`); they are not validated a second time.

        What `model_construct` does, without its loop over the fields: a large workbook has half a million rows.
        """
        made = cls.__new__(cls)
        object.__setattr__(made, "__dict__", values)
        object.__setattr__(made, "__pydantic_fields_set__", _ALL_SET)
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made


def _with_type(name: str, field: Any) -> Column:
    place: Column = field.json_schema_extra["column"]
    kind = next(m for m in field.metadata if isinstance(m, Kind))
    key = next((m.key for m in field.metadata if isinstance(m, Choice)), None)
    return Column(**{**place.__dict__, "name": name, "kind": kind, "choices": key})


@cache
def columns(model: type[Row]) -> tuple[Column, ...]:
    """The columns people fill in, in order."""
    return tuple(
        _with_type(name, field)
        for name, field in model.model_fields.items()
        if isinstance(field.json_schema_extra, dict) and "column" in field.json_schema_extra
    )


@cache
def column_named(model: type[Row], name: str) -> Column:
    """The column of a field's name. KeyError where there is none."""
    return {c.name: c for c in columns(model)}[name]


@cache
def cell_reader(model: type[Row], name: str) -> Callable[[Any], Any]:
    """The function that turns a filled cell into the field's value, or raises PydanticCustomError: the field's own validator."""
    validator = next(m for m in model.model_fields[name].metadata if isinstance(m, BeforeValidator))
    return cast(Callable[[Any], Any], validator.func)


@cache
def layout(model: type[Row]) -> tuple[Column | Formula, ...]:
    """Every column of the sheet from left to right, formula columns at their places."""
    placed: list[Column | Formula] = list(columns(model))
    for formula in model.formulas:
        at = next((i for i, c in enumerate(placed) if c.heading == formula.after), len(placed) - 1)
        placed.insert(at + 1, formula)
    return tuple(placed)
