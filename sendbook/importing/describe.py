"""An import plan in words a SENCo understands, counts first, and as plain data for other programs."""

from collections.abc import Iterator, Mapping
from typing import Any

from sendbook.importing.plan import Addition, Change, ImportPlan, NotTaken
from sendbook.tables import Kind, Pupil, column_named, shown


def value_shown(name: str, value: object) -> str:
    """A value of a column as people read it: money in pounds, Yes or No, dates in UK form; a blank as (blank)."""
    if value is None:
        return "(blank)"
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, int) and column_named(Pupil, name).kind is Kind.MONEY:
        return f"£{value / 100:,.2f}"
    return " ".join(shown(value).split())


def _pupils(count: int) -> str:
    return "1 pupil" if count == 1 else f"{count:,} pupils"


def _rows(numbers: tuple[int, ...]) -> str:
    return f"row{'s' if len(numbers) > 1 else ''} {', '.join(map(str, numbers))}"


def describe(plan: ImportPlan, *, written: bool = False) -> str:
    """The plan as text: what is added, changed and left, then each pupil. `written`: it has been done, not only planned."""
    return "\n".join([*head(plan, written), *_additions(plan.add), *_changes(plan.change), *_left(plan)]) + "\n"


def head(plan: ImportPlan, written: bool) -> Iterator[str]:
    """What the plan comes to, in counts."""
    listing = plan.listing
    where = f"{listing.name}, sheet {listing.sheet}" if listing.sheet else listing.name
    yield f"The list {where}: headings in row {listing.heading_row}, {len(listing.rows):,} rows with a pupil."
    yield f"{'Added' if written else 'To add'}: {_pupils(len(plan.add))}."
    cells = sum(len(c.cells) for c in plan.change)
    yield f"{'Changed' if written else 'To change'}: {_pupils(len(plan.change))}, {cells:,} {'cell' if cells == 1 else 'cells'}."
    yield f"Staying as they are: {_pupils(len(plan.stay))}."
    yield f"Not taken, for you to decide: {len(plan.not_taken):,}. Notes on cells that were left: {len(plan.notes):,}."
    yield f"In the book but not in the list: {_pupils(len(plan.not_in_list))}; they stay as they are. Nothing is ever deleted."
    yield from plan.remarks
    no_sen = sum(1 for a in plan.add if a.values.get("sen_status") not in ("K", "E"))
    if no_sen:
        yield _without_sen(no_sen, written)


def _without_sen(count: int, written: bool) -> str:
    has, they, rows = ("has", "that pupil is", "that row") if count == 1 else ("have", "they are", "those rows")
    added, todo = ("added", f"delete {rows} in the workbook") if written else ("to add", f"take {rows} out of the list first")
    return f"Of those {added}, {count:,} {has} no SEN status of K or E. If {they} not to be in the register, {todo}."


def _additions(additions: tuple[Addition, ...]) -> Iterator[str]:
    if additions:
        yield "\nTo the end of the register:"
    for addition in additions:
        cells = ", ".join(f"{heading} {value}" for heading, value in told(addition.values).items())
        yield f"  {addition.who} ({_rows(addition.rows)}): {cells}"


def _changes(changes: tuple[Change, ...]) -> Iterator[str]:
    if changes:
        yield "\nCells changed:"
    for change in changes:
        yield f"  {change.who} ({_rows(change.rows)})"
        for cell in change.cells:
            yield f"    {cell.heading}: {value_shown(cell.name, cell.old)} becomes {value_shown(cell.name, cell.new)}"


def _left(plan: ImportPlan) -> Iterator[str]:
    if plan.not_taken:
        yield "\nNot taken:"
    for left in plan.not_taken:
        yield _not_taken(left)
    if plan.notes:
        yield "\nCells that were left (the rest of the row counts; nothing in the book is replaced by them):"
    for note in plan.notes:
        cell = f"row {note.row}, {note.heading}" if note.heading else f"row {note.row}"
        yield f"  {cell}: {note.message}. {note.todo}"
    if plan.not_in_list:
        yield "\nIn the book but not in the list (they stay):"
    yield from (f"  {label}" for label in plan.not_in_list)
    if plan.not_imported:
        yield "\nHeadings that bring nothing:"
    yield from (f"  {heading}: {reason}" for heading, reason in plan.not_imported.items())


def _not_taken(left: NotTaken) -> str:
    return f"  {left.who} ({_rows(left.rows)}): {left.reason}. {left.todo}"


def as_json(plan: ImportPlan) -> dict[str, Any]:
    """The plan as dictionaries, lists, numbers and text only."""
    return {
        "list": plan.listing.name,
        "sheet": plan.listing.sheet,
        "heading_row": plan.listing.heading_row,
        "headings": dict(plan.listing.imported),
        "headings_not_imported": dict(plan.not_imported),
        "add": [{"rows": list(a.rows), "pupil": a.who, "values": told(a.values)} for a in plan.add],
        "change": [
            {"rows": list(c.rows), "pupil": c.who, "book_row": c.pupil_row, "cells": [_cell(cell) for cell in c.cells]} for c in plan.change
        ],
        "stay": [{"rows": list(s.rows), "pupil": s.who} for s in plan.stay],
        "not_taken": [{"rows": list(n.rows), "pupil": n.who, "reason": n.reason, "todo": n.todo} for n in plan.not_taken],
        "not_read": [{"row": n.row, "heading": n.heading, "message": n.message, "todo": n.todo} for n in plan.notes],
        "not_in_list": list(plan.not_in_list),
        "remarks": list(plan.remarks),
    }


def told(values: Mapping[str, object]) -> dict[str, str]:
    """Headings and values of an addition, as people read them."""
    return {column_named(Pupil, name).heading: value_shown(name, value) for name, value in values.items()}


def _cell(cell: Any) -> dict[str, str]:
    return {
        "heading": cell.heading,
        "old": "" if cell.old is None else value_shown(cell.name, cell.old),
        "new": value_shown(cell.name, cell.new),
    }
