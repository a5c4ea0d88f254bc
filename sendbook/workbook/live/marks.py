"""Marks on the cells that a check found wrong: a colour and a note, which the next check takes away again.

Nothing is kept on the side, as rows are sorted and put in between two checks: a mark is known by its note's first words and
by colours that nobody picks by chance. A cell that has a colour of the SENCo's keeps it and gets only the note; one that has
a note of theirs keeps that and gets only the colour. So each cell that is marked has a note, ours or theirs, by which it is found.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sendbook.tables import Problem, Severity
from sendbook.workbook.live.own_words import fit_note
from sendbook.workbook.live.owned import is_owned, sheet_named
from sendbook.workbook.live.state import is_protected

SAYS = "Sendbook check: "  # how our notes begin
TINTS = {Severity.ERROR: (255, 194, 186), Severity.QUERY: (255, 229, 153), Severity.HINT: (206, 226, 245)}
MOST = 1_000  # cells marked in one check; each takes two or three calls
LONGEST_NOTE = 900  # characters; a longer one covers the sheet


@dataclass(frozen=True)
class Marked:
    """How many more cells there are than `MOST`, and the sheets whose cells could not be marked."""

    left_out: int = 0
    refused: tuple[str, ...] = ()


def mark(book: Any, problems: Sequence[Problem]) -> Marked:
    """Mark the cells of these problems, the worst first. The marks of an earlier check are to be removed before (`unmark`)."""
    by_cell = _by_cell(problems)
    chosen = dict(list(by_cell.items())[:MOST])
    refused = []
    for name in dict.fromkeys(sheet for sheet, _ in chosen):
        cells = {cell: found for (sheet, cell), found in chosen.items() if sheet == name}
        sheet = sheet_named(book, name)
        if sheet is not None and is_protected(sheet):
            refused.append(name)
        elif sheet is not None:
            _mark_sheet(sheet, cells)
    return Marked(len(by_cell) - len(chosen), tuple(refused))


def _by_cell(problems: Sequence[Problem]) -> dict[tuple[str, str], list[Problem]]:
    found: dict[tuple[str, str], list[Problem]] = {}
    for p in sorted(problems, key=lambda p: -p.severity):
        if p.place.cell:
            found.setdefault((p.place.sheet, p.place.cell), []).append(p)
    return found


def _mark_sheet(sheet: Any, cells: Mapping[str, Sequence[Problem]]) -> None:
    noted = _noted(sheet)
    for address, found in cells.items():
        cell = sheet.range(address)
        own_colour = cell.color is not None
        if address in noted and own_colour:
            continue  # the list names it; both that could tell of it are the SENCo's
        if address not in noted:
            fit_note(cell.add_note(_note(found)))
        if not own_colour:
            cell.color = TINTS[found[0].severity]


def _noted(sheet: Any) -> set[str]:
    """Addresses of the cells with a note, or with a comment that people answer, beside which Excel takes no note."""
    found = list(sheet.notes)
    with suppress(Exception):  # only Excel on Windows can be asked for comments
        found += list(sheet.comments)
    return {one.location.get_address(False, False) for one in found}


def _note(problems: Sequence[Problem]) -> str:
    lines = [f"{p.severity.word} {p.rule}. {p.message} {p.todo}" for p in problems]
    text = SAYS + "\n".join(lines)
    return text if len(text) <= LONGEST_NOTE else text[: LONGEST_NOTE - 1] + "…"


def unmark(book: Any) -> int:
    """Take all marks away, wherever their cells have moved to; give how many. Notes and colours of the SENCo's stay, and protected sheets."""
    return sum(_unmark_sheet(sheet) for sheet in book.sheets if not is_protected(sheet) and not is_owned(sheet))


def _unmark_sheet(sheet: Any) -> int:
    taken = 0
    for note in list(sheet.notes):
        cell, ours = note.location, note.text.startswith(SAYS)
        tinted = _untint(cell)
        if ours:
            note.delete()
        taken += ours or tinted
    return taken


def _untint(cell: Any) -> bool:
    """Take our colour from a cell, and from those below that took it over: Excel hands it on to a new row, and to what is filled down."""
    tint = cell.color
    if tint not in TINTS.values():
        return False
    while cell.color == tint:
        cell.color = None
        cell = cell.offset(1, 0)
    return True
