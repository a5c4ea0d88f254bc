"""What a run of summaries says on the screen: what lies where, what is held back, and what to look at before anything is sent."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from sendbook.summaries.doubts import Doubts
from sendbook.summaries.words import counted, listed
from sendbook.summaries.write import HELD, Written
from sendbook.tables import Problem, Severity

MOST = 30  # problems listed on the screen
THIN = "SM09"  # told of many pupils in one line


def said(written: Written, folder: Path, doubts: Doubts, left_out: Sequence[int]) -> Iterator[str]:
    """The lines, the result first. `left_out`: rows of pupils without a summary as their SEN status cannot be read."""
    yield from outcome(written, folder, left_out)
    thin = [p.place.row for p in written.problems if p.rule == THIN]
    yield from _problems([p for p in to_read_first(written, doubts) if p.rule != THIN])
    if thin:
        yield f"With no goals or no help in them: {_rows(thin)}. Add these in Plans and Places, or talk with the family first."
    if doubts.more:
        yield f"“sendbook check” has {counted(doubts.more, 'more error or query', 'more errors and queries')} about what these summaries print."


def outcome(written: Written, folder: Path, left_out: Sequence[int], where: str = "below") -> Iterator[str]:
    """What was written, held back and left out; the reasons are listed `where`."""
    if written.by_row:
        yield f"{counted(len(written.by_row), 'summary', 'summaries')} written, each as PDF and as a page, to {folder}"
    else:
        yield "No summary was written." if written.failed else "No summary was written, as nobody on roll has SEN support or an EHC plan."
    if written.held:
        them = "It lies" if len(written.held) == 1 else "They lie"
        yield f"Held back, as the words may tell of another child or of what a family must not read: {_rows(written.held)}."
        yield f"{them} in the folder “{HELD}”. Put right what is listed {where} and make them again, or take them out once you have read them."
    if written.failed:
        yield f"Not written: {_rows(written.failed)}. The reasons are {where}."
    if left_out:
        yield f"Left out, as no SEN status can be read: {_rows(left_out)}."
    if written.old:
        names = ", ".join(dict.fromkeys(path.stem for path in written.old))
        yield f"Still in the folder from an earlier run, of pupils who get no summary now: {names}. Take them out before you send the folder."


def _rows(rows: Sequence[int]) -> str:
    named = [str(r) for r in rows[:MOST]] + ([f"{len(rows) - MOST:,} more"] if len(rows) > MOST else [])
    return f"{'row' if len(rows) == 1 else 'rows'} {listed(named)} of Pupils"


_SAME = {"PAR01": "SM01", "SM03": "CRO14"}  # what the first says of a cell, the second says too


def to_read_first(written: Written, doubts: Doubts) -> list[Problem]:
    """What a person looks at before anything is sent, the gravest first; each cell's problems without those that another says already."""
    problems = (*doubts.look, *written.problems)
    said = {(p.rule, p.place) for p in problems}
    once = (p for p in dict.fromkeys(problems) if (_SAME.get(p.rule, ""), p.place) not in said)
    return sorted(once, key=lambda p: -p.severity)


def _problems(gravest_first: Sequence[Problem]) -> Iterator[str]:
    look = sum(p.severity >= Severity.QUERY for p in gravest_first)
    if look:
        yield f"Look at {'this' if look == 1 else f'these {look:,}'} before anything goes to parents:"
    yield from (f"  {p.place}: {p.message} {p.todo}" for p in gravest_first[:MOST])
    if len(gravest_first) > MOST:
        yield f"  and {len(gravest_first) - MOST:,} more: put these right, then make the summaries again."
