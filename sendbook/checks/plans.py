"""Plans and outcomes: the assess, plan, do, review cycle."""

import re
from datetime import date, timedelta
from functools import lru_cache

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.when import overlap
from sendbook.tables import Plan, Pupil, name_key, shown

subject = Subject("plans and outcomes")

CYCLE = "SEND Code of Practice 2015, 6.44 to 6.56"
SMART = "SEND Code of Practice 2015, 9.66"
SHORTEST, MOST_OPEN = 4, 8  # words that can say who does what; outcomes a pupil can work on at once


def is_open(plan: Plan, ctx: Context) -> bool:
    """Whether an outcome is being worked on today: begun, and without a final result."""
    return plan.result in (None, "Working on it") and plan.reviewed is None and (plan.start is None or plan.start <= ctx.today)


def _finished(plan: Plan) -> bool:
    return plan.result not in (None, "Working on it")


def _pupil_here(plan: Plan, ctx: Context) -> Pupil | None:
    pupil = ctx.book.pupil(plan.pupil)
    return pupil if pupil and ctx.on_roll(pupil) else None


@subject.rule("PLA01", Plan, "outcome", severity=QUERY, todo="Say what the pupil will be able to do, how well, and by when.", source=SMART)
def outcome_short(row: Plan, ctx: Context) -> str | None:
    """An outcome is too short to be measured."""
    return (
        f"“{row.outcome}” does not say what the pupil will be able to do." if row.outcome and len(row.outcome.split()) < SHORTEST else None
    )


_MEASURE = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|(thir|four|fif|six|seven|eigh|nine)teen|hundred|dozen"
    r"|(twen|thir|for|fif|six|seven|eigh|nine)ty|once|twice|half|quarter|both|most|all|every|each|always|never|daily|weekly|independently|without"
    r"|by the end|terms?|autumn|winter|spring|summer|christmas|easter|whitsun|ramadan|eid|diwali|(mon|tues|wednes|thurs|fri)days?"
    r"|january|february|april|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
_MONTH = re.compile(r"\b(March|May)\b")  # these keep their capital: “Amara may join in”, “the class will march”


@lru_cache(20_000)
def _says_how_much_or_when(outcome: str) -> bool:
    return bool(_MEASURE.search(outcome) or _MONTH.search(outcome))


@subject.rule("PLA02", Plan, "outcome", severity=HINT, todo="Add how often, how many or by when.", source=SMART)
def outcome_not_measurable(row: Plan, ctx: Context) -> str | None:
    """An outcome has no number or date in it."""
    if not row.outcome or not is_open(row, ctx) or len(row.outcome.split()) < SHORTEST:
        return None
    vague = not _says_how_much_or_when(row.outcome)
    return f"“{shown(row.outcome)}” has no number or date to tell when it is met." if vague else None


@subject.rule("PLA03", Plan, "review_by", "start", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def review_before_start(row: Plan, ctx: Context) -> str | None:
    """An outcome is reviewed before it starts."""
    wrong = row.review_by and row.start and row.review_by < row.start
    return f"Review by {shown(row.review_by)}, before the start, {shown(row.start)}." if wrong else None


@subject.rule(
    "PLA04",
    Plan,
    "result",
    "review_by",
    severity=QUERY,
    todo="Agree the result with parents and type it, or plan a new cycle.",
    source=CYCLE,
)
def result_due(row: Plan, ctx: Context) -> str | None:
    """An outcome is past its review date without a result."""
    due = row.review_by and row.review_by < ctx.today and not _finished(row) and not row.reviewed and _pupil_here(row, ctx)
    return f"Review was due by {shown(row.review_by)}; the result is {row.result or 'empty'}." if due else None


@subject.rule("PLA05", Plan, "reviewed", "result", when="result", severity=QUERY, todo="Type when the result was agreed.", source=CYCLE)
def reviewed_missing(row: Plan, ctx: Context) -> str | None:
    """A result has no date."""
    return f"The result is {row.result}, with no date on which it was agreed." if _finished(row) and not row.reviewed else None


@subject.rule("PLA06", Plan, "reviewed", "start", when="reviewed", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def reviewed_before_start(row: Plan, ctx: Context) -> str | None:
    """A result was agreed before the cycle began."""
    wrong = row.reviewed and row.start and row.reviewed < row.start
    return f"Reviewed {shown(row.reviewed)}, before the start, {shown(row.start)}." if wrong else None


@subject.values(
    "PLA07", (Plan, "reviewed"), (Plan, "shared"), severity=ERROR, todo="Check the year; type only what has happened.", source=GOOD_PRACTICE
)
def plan_date_in_future(value: date, ctx: Context) -> str | None:
    """An outcome was reviewed or shared in the future."""
    return f"{shown(value)} is still to come." if value > ctx.today else None


@subject.rule("PLA08", Plan, "review_by", "start", severity=HINT, todo="Plan a review each term.", source=CYCLE)
def cycle_long(row: Plan, ctx: Context) -> str | None:
    """A cycle of SEN support is longer than a term."""
    pupil = ctx.book.pupil(row.pupil)
    if not pupil or pupil.sen_status != "K" or not row.start or not row.review_by or row.review_by - row.start <= timedelta(weeks=20):
        return None
    weeks = (row.review_by - row.start).days // 7
    return f"From {shown(row.start)} to {shown(row.review_by)} is {weeks} weeks; SEN support is reviewed each term."


@subject.rule(
    "PLA09", Plan, "review_by", "start", severity=QUERY, todo="Check the year of both dates.", source="SEND Code of Practice 2015, 9.166"
)
def cycle_too_long(row: Plan, ctx: Context) -> str | None:
    """An outcome runs for more than a year."""
    long = row.start and row.review_by and row.review_by - row.start > timedelta(days=372)
    return f"From {shown(row.start)} to {shown(row.review_by)} is more than a year." if long else None


@per_book
def _same_outcome(ctx: Context) -> dict[tuple[int, str], list[Plan]]:
    found: dict[tuple[int, str], list[Plan]] = {}
    for plan in ctx.book.plans:
        if plan.outcome and (pupil := ctx.book.pupil(plan.pupil)):
            found.setdefault((pupil.row, name_key(plan.outcome)), []).append(plan)
    return found


@subject.rule("PLA10", Plan, "outcome", severity=QUERY, todo="Delete one, or put right its dates.", source=GOOD_PRACTICE)
def outcome_twice(row: Plan, ctx: Context) -> str | None:
    """A pupil has the same outcome twice at one time."""
    pupil = ctx.book.pupil(row.pupil) if row.outcome else None
    same = _same_outcome(ctx)[pupil.row, name_key(row.outcome)] if pupil else []
    other = next((p for p in same if p is not row and overlap(row.start, row.review_by, p.start, p.review_by)), None)
    return f"“{shown(row.outcome)}” stands in row {other.row} too, for the same weeks." if other else None


@subject.rule("PLA11", Pupil, "surname", severity=QUERY, todo="Add the pupil's outcomes in Plans.", source=CYCLE)
def no_plan(row: Pupil, ctx: Context) -> str | None:
    """A pupil with SEN has no outcome being worked on."""
    if not row.has_sen or not ctx.on_roll(row) or not ctx.book.plans or any(is_open(p, ctx) for p in ctx.book.plans_of(row)):
        return None
    return f"{row.name} has SEN status {row.sen_status}, but no outcome is being worked on."


@subject.rule(
    "PLA12",
    Plan,
    "shared",
    severity=HINT,
    todo="Share the plan with parents, and type the date.",
    source="SEND Code of Practice 2015, 6.48 and 6.51",
)
def not_shared(row: Plan, ctx: Context) -> str | None:
    """Parents have not had a plan that began more than two weeks ago."""
    late = row.start and row.start + timedelta(weeks=2) < ctx.today and not row.shared and is_open(row, ctx) and _pupil_here(row, ctx)
    return f"Began {shown(row.start)}, with no date on which parents had it." if late else None


@subject.rule(
    "PLA13",
    Plan,
    "at_school",
    severity=HINT,
    todo="Write what staff do; parents and teachers read it.",
    source="SEND Code of Practice 2015, 6.48 and 6.49",
)
def strategies_missing(row: Plan, ctx: Context) -> str | None:
    """A running outcome does not say what school does."""
    return f"“{shown(row.outcome)}” does not say what school does." if row.outcome and not row.at_school and is_open(row, ctx) else None


@subject.rule(
    "PLA14", Pupil, "surname", severity=HINT, todo="Give finished outcomes a result, and keep those that matter most.", source=GOOD_PRACTICE
)
def many_outcomes(row: Pupil, ctx: Context) -> str | None:
    """A pupil works on many outcomes at once."""
    number = sum(is_open(p, ctx) for p in ctx.book.plans_of(row))
    return f"{row.name} is working on {number} outcomes at once." if number > MOST_OPEN and ctx.on_roll(row) else None


@subject.rule(
    "PLA15",
    Plan,
    "progress",
    "result",
    when="result",
    severity=HINT,
    todo="Write a sentence or two for parents.",
    source="SEND Code of Practice 2015, 6.53 to 6.55",
)
def progress_missing(row: Plan, ctx: Context) -> str | None:
    """A result has no words for parents."""
    return f"The result is {row.result}, with nothing said about it." if _finished(row) and not row.progress else None
