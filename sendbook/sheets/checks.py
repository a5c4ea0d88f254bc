"""The Checks sheet: counts by sheet and severity, then one row for each problem with the way to its cell."""

from collections import Counter
from collections.abc import Sequence

from sendbook.sheets.blocks import Heading, Link, ResultColumn, ResultSheet, Table, Tone
from sendbook.tables import Kind, Problem, Severity

COUNTS, PROBLEMS = "Check_counts", "Problems"
PRINTED = 7  # up to the rule's number: its group and source would make the rest too small to read


def counted(problems: Sequence[Problem]) -> str:
    """How many of each severity, in words: `3 errors, 1 query and 0 hints`."""
    many = Counter(p.severity for p in problems)
    words = {Severity.ERROR: ("error", "errors"), Severity.QUERY: ("query", "queries"), Severity.HINT: ("hint", "hints")}
    errors, queries, hints = (f"{many[s]:,} {words[s][many[s] != 1]}" for s in (Severity.ERROR, Severity.QUERY, Severity.HINT))
    return f"{errors}, {queries} and {hints}"


def _counts(problems: Sequence[Problem]) -> Table:
    sheets = list(dict.fromkeys(p.place.sheet for p in problems))
    many = Counter((p.place.sheet, p.severity) for p in problems)

    def per(severity: Severity) -> ResultColumn:
        formula = f'COUNTIFS({PROBLEMS}[Sheet],[@Sheet],{PROBLEMS}[Severity],"{severity.word}")'
        return ResultColumn({3: "Errors", 2: "Queries", 1: "Hints"}[severity], 12, Kind.WHOLE, formula, total=True)

    order = (Severity.ERROR, Severity.QUERY, Severity.HINT)
    columns = [ResultColumn("Sheet", 14), *(per(s) for s in order)]
    return Table(COUNTS, columns, [[sheet, *(many[sheet, s] for s in order)] for sheet in sheets])


def _problem_table(problems: Sequence[Problem]) -> Table:
    tones = (('[@Severity]="error"', Tone.BAD), ('[@Severity]="query"', Tone.LOOK))
    columns = (
        ResultColumn("Severity", 14, tones=tones),
        ResultColumn("Sheet", 15),
        ResultColumn("Cell", 12),
        ResultColumn("Heading", 20),
        ResultColumn("What is wrong", 50, Kind.PROSE),
        ResultColumn("What to do", 48, Kind.PROSE),
        ResultColumn("Rule", 9),
        ResultColumn("Group", 18),
        ResultColumn("Source", 50, Kind.PROSE),
    )
    return Table(PROBLEMS, columns, [_problem_row(p) for p in problems])


def _problem_row(p: Problem) -> list[object]:
    cell = Link(p.place.cell, p.place) if p.place.cell else ""
    return [p.severity.word, p.place.sheet, cell, p.place.heading, p.message, p.todo, p.rule, p.group, p.source]


def checks_sheet(problems: Sequence[Problem], nothing: str = "Nothing was found: every rule holds.") -> ResultSheet:
    """The Checks sheet of these problems, the worst first within their order in the workbook; `nothing`: what it says without any."""
    if not problems:
        return ResultSheet("Checks", "Checks", nothing)
    ordered = sorted(problems, key=lambda p: -p.severity)
    about = f"{counted(problems)}. An error is wrong; a query may be right, so look at it; a hint would make the book better."
    return ResultSheet(
        "Checks", "Checks", about, (Heading("By sheet"), _counts(ordered), Heading("Problems"), _problem_table(ordered)), PRINTED
    )
