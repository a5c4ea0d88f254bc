"""Scores: ranges, order in time, and slips of the keyboard that would spoil every figure of progress."""

import math
from collections import defaultdict
from datetime import date, timedelta

from sendbook.checks.provision import span
from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.wording import counted
from sendbook.law import code_sets
from sendbook.tables import Assessment, PlaceInGroup, Pupil, name_key, shown

subject = Subject("assessment")

EFFECT = "SEND Code of Practice 2015, 6.76 and 6.77"
SCORES = ((Assessment, "score"), (PlaceInGroup, "entry_score"), (PlaceInGroup, "exit_score"))
MEASURES = {code.code: code.facts for code in code_sets()["measure"].codes}
RANGES: dict[str | None, tuple[float, float]] = {name: (facts["low"], facts["high"]) for name, facts in MEASURES.items()}
ANY = (-math.inf, math.inf)
AGES = {name for name, facts in MEASURES.items() if facts["unit"] == "months"}
LOWER_IS_BETTER = {name for name, facts in MEASURES.items() if facts["better"] == "lower"}
PERCENTAGES = {name for name, facts in MEASURES.items() if facts["unit"] == "per cent"}


@subject.cells(
    "ASS01",
    *SCORES,
    severity=ERROR,
    todo="Check the score and the measure; ages are typed in months, 8 years 6 months as 102.",
    source="The measure's own range",
)
def score_in_range(value: float, row: Assessment | PlaceInGroup, ctx: Context) -> str | None:
    """A score is outside the range of its measure."""
    low, high = RANGES.get(row.measure, ANY)
    if low <= value <= high:
        return None
    return f"{shown(value)} is not a possible score on {row.measure}, which runs from {shown(low)} to {shown(high)}."


@subject.cells("ASS02", *SCORES, severity=QUERY, todo="Type 95 for 95 per cent.", source=GOOD_PRACTICE)
def score_as_fraction(value: float, row: Assessment | PlaceInGroup, ctx: Context) -> str | None:
    """A percentage looks like a fraction."""
    return f"{shown(value)} on {row.measure} is one per cent or less." if row.measure in PERCENTAGES and 0 < value <= 1 else None


@subject.values(
    "ASS03", (Pupil, "attendance"), (PlaceInGroup, "attendance"), severity=ERROR, todo="Type a number from 0 to 100.", source=GOOD_PRACTICE
)
def attendance_over(value: float, ctx: Context) -> str | None:
    """Attendance is over 100 per cent."""
    return f"Attendance is {shown(value)} per cent." if value > 100 else None


@subject.values(
    "ASS04", (Pupil, "attendance"), (PlaceInGroup, "attendance"), severity=QUERY, todo="Type 95 for 95 per cent.", source=GOOD_PRACTICE
)
def attendance_as_fraction(value: float, ctx: Context) -> str | None:
    """Attendance looks like a fraction."""
    return f"Attendance is {shown(value)} per cent; was {value * 100:.0f} meant?" if 0 < value <= 1 else None


@subject.values(
    "ASS05",
    (Assessment, "date"),
    (PlaceInGroup, "entry_date"),
    (PlaceInGroup, "exit_date"),
    severity=ERROR,
    todo="Check the year.",
    source=GOOD_PRACTICE,
)
def score_in_future(value: date, ctx: Context) -> str | None:
    """A score is dated in the future."""
    return f"{shown(value)} is still to come." if value > ctx.today else None


@subject.rule("ASS06", Assessment, "date", "pupil", severity=ERROR, todo="Check the date and the pupil.", source=GOOD_PRACTICE)
def before_birth(row: Assessment, ctx: Context) -> str | None:
    """An assessment is before the pupil was born."""
    pupil = ctx.book.pupil(row.pupil)
    wrong = row.date and pupil and pupil.born and row.date <= pupil.born
    return f"Assessed {shown(row.date)}, but born {shown(pupil.born)}." if wrong and pupil else None


@subject.rule(
    "ASS07",
    PlaceInGroup,
    "exit_date",
    "entry_date",
    when="exit_date",
    severity=ERROR,
    todo="Check the two dates; the entry score is from before the group.",
    source=GOOD_PRACTICE,
)
def exit_before_entry(row: PlaceInGroup, ctx: Context) -> str | None:
    """The exit score was taken before the entry score."""
    wrong = row.exit_date and row.entry_date and row.exit_date < row.entry_date
    return f"Exit score of {shown(row.exit_date)} is before the entry score of {shown(row.entry_date)}." if wrong else None


@subject.rule(
    "ASS08",
    PlaceInGroup,
    "entry_score",
    "exit_score",
    when="exit_score",
    severity=QUERY,
    todo="Type the score from before the group.",
    source=EFFECT,
)
def entry_missing(row: PlaceInGroup, ctx: Context) -> str | None:
    """An exit score has no entry score."""
    return (
        f"Exit score {shown(row.exit_score)} has no entry score to compare with."
        if row.exit_score is not None and row.entry_score is None
        else None
    )


@subject.rule(
    "ASS09", PlaceInGroup, "measure", "entry_score", "exit_score", severity=ERROR, todo="Choose what the score is on.", source=EFFECT
)
def place_measure_missing(row: PlaceInGroup, ctx: Context) -> str | None:
    """A score has no measure."""
    if row.measure or (row.entry_score is None and row.exit_score is None):
        return None
    return f"Score {shown(row.entry_score if row.entry_score is not None else row.exit_score)} has no measure."


@subject.rule(
    "ASS10",
    PlaceInGroup,
    "exit_date",
    "entry_date",
    "measure",
    when="exit_score",
    severity=QUERY,
    todo="Type when each score was taken.",
    source=EFFECT,
)
def age_score_undated(row: PlaceInGroup, ctx: Context) -> str | None:
    """Scores in months have no dates, so that progress a month cannot be told."""
    if row.measure not in AGES or row.entry_score is None or row.exit_score is None or (row.entry_date and row.exit_date):
        return None
    return f"{row.measure}: {shown(row.entry_score)} and {shown(row.exit_score)} without both dates; ratio gain needs the months between."


@subject.rule(
    "ASS11",
    PlaceInGroup,
    "exit_score",
    "entry_score",
    "measure",
    when="exit_score",
    severity=HINT,
    todo="Check that the two scores are not swapped; leave them if they are right.",
    source=EFFECT,
)
def went_back(row: PlaceInGroup, ctx: Context) -> str | None:
    """The exit score is worse than the entry score."""
    if not row.measure or row.entry_score is None or row.exit_score is None:
        return None
    lower_better = row.measure in LOWER_IS_BETTER
    worse = row.exit_score > row.entry_score if lower_better else row.exit_score < row.entry_score
    word = " (lower is better)" if lower_better else ""
    return f"{row.measure}{word} went from {shown(row.entry_score)} to {shown(row.exit_score)}." if worse else None


@subject.rule(
    "ASS12",
    PlaceInGroup,
    "exit_score",
    "entry_score",
    "measure",
    when="exit_score",
    severity=QUERY,
    todo="Check both scores; ages are typed in months.",
    source="Brooks, What works for children and young people with literacy difficulties: a ratio gain of 4 is already remarkable",
)
def gain_unlikely(row: PlaceInGroup, ctx: Context) -> str | None:
    """A gain in months is more than eight times the time it took."""
    if row.measure not in AGES or row.entry_score is None or row.exit_score is None or not row.entry_date or not row.exit_date:
        return None
    gain, months = row.exit_score - row.entry_score, (row.exit_date - row.entry_date).days / 30.44
    return (
        f"{row.measure} rose by {counted(gain, 'month')} in {months:.1f} months."
        if months > 0 and gain > 12 and gain > 8 * months
        else None
    )


@per_book
def _same_assessment(ctx: Context) -> dict[tuple[object, ...], list[int]]:
    found: dict[tuple[object, ...], list[int]] = defaultdict(list)
    for row in ctx.book.assessments:
        found[_assessment_key(row, ctx)].append(row.row)
    return found


def _assessment_key(row: Assessment, ctx: Context) -> tuple[object, ...]:
    pupil = ctx.book.pupil(row.pupil)
    return (pupil.row if pupil else None, row.date, row.measure, name_key(row.test))


@subject.rule("ASS13", Assessment, "score", "date", "measure", "test", severity=QUERY, todo="Delete one of the rows.", source=GOOD_PRACTICE)
def assessment_twice(row: Assessment, ctx: Context) -> str | None:
    """A pupil has two scores on one measure on one day."""
    key = _assessment_key(row, ctx)
    other = next((n for n in _same_assessment(ctx)[key] if n != row.row), None) if None not in key[:3] else None
    return (
        f"{shown(row.score)} on {row.measure}, {shown(row.date)}: row {other} has a score for the same day." if other is not None else None
    )


@subject.rule(
    "ASS14",
    PlaceInGroup,
    "exit_score",
    "entry_score",
    "group",
    when="entry_score",
    severity=HINT,
    todo="Test the pupil again and type the score.",
    source=EFFECT,
)
def exit_missing(row: PlaceInGroup, ctx: Context) -> str | None:
    """A group has been over for four weeks without an exit score."""
    if row.entry_score is None or row.exit_score is not None:
        return None
    group = ctx.group(row)
    last = row.end or (span(group, ctx)[1] if group else None)
    over = last and last + timedelta(weeks=4) < ctx.today
    return f"Entry score {shown(row.entry_score)}; the group ended on {shown(last)}, with no exit score." if over else None


@subject.cells(
    "ASS15", (PlaceInGroup, "entry_date"), severity=HINT, todo="Check the year; test just before the group starts.", source=EFFECT
)
def entry_old(value: date, row: PlaceInGroup, ctx: Context) -> str | None:
    """An entry score is from more than a year before the group."""
    group = ctx.group(row)
    first = row.start or (group.start if group else None)
    if first is None or first.year <= value.year:
        return None
    return f"Entry score is of {shown(value)}; the group began on {shown(first)}." if first - value > timedelta(days=366) else None
