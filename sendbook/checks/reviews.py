"""Review meetings: annual reviews of EHC plans, termly reviews of SEN support, and their steps in time."""

from datetime import date, timedelta

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.sen_coding import plan_open
from sendbook.checks.when import age, months_later
from sendbook.checks.wording import counted
from sendbook.law import figure
from sendbook.tables import Pupil, Review, shown

subject = Subject("reviews")

REGULATION = "SEND Regulations 2014, reg {}"
SUPPORT = "SEND Code of Practice 2015, 6.65"
TERM = timedelta(weeks=20)  # a term with the holidays on both sides of it
SAME_MEETING = timedelta(days=14)


def _of_plan(row: Review) -> bool:
    return row.kind in ("Annual review", "Interim review")


def _meeting(row: Review) -> date | None:
    return row.held or row.planned


def _last_decision(row: Pupil, ctx: Context) -> date | None:
    """When the plan was last issued or its review completed: on the day the local authority sent its decision."""
    sent = [r.decided for r in ctx.book.reviews_of(row) if r.kind == "Annual review"]
    return max((d for d in (row.plan_issued, row.last_annual_review, *sent) if d and d <= ctx.today), default=None)


@subject.rule(
    "REV01",
    Pupil,
    "last_annual_review",
    "plan_issued",
    severity=QUERY,
    todo="Hold the review, or type the date of the last decision.",
    source="Children and Families Act 2014 s44; SEND Regulations 2014, reg 18",
)
def annual_review_overdue(row: Pupil, ctx: Context) -> str | None:
    """An EHC plan's annual review is overdue."""
    last = _last_decision(row, ctx) if row.sen_status == "E" and ctx.on_roll(row) and plan_open(row, ctx) else None
    due = months_later(last, figure("review_months", ctx.today).value) if last else None
    return f"Last review or issue {shown(last)}; the annual review was to be complete by {shown(due)}." if due and due < ctx.today else None


@subject.rule(
    "REV02",
    Pupil,
    "last_annual_review",
    "born",
    severity=HINT,
    todo="Ask the local authority whether to review sooner.",
    source="SEND Code of Practice 2015, 9.178",
)
def under_five(row: Pupil, ctx: Context) -> str | None:
    """A child under five has had no review for six months."""
    young = row.sen_status == "E" and row.born and 0 <= age(row.born, ctx.today) < 5 and ctx.on_roll(row)
    held = [r.held for r in ctx.book.reviews_of(row)] if young else []
    last = max((d for d in (row.plan_issued, row.last_annual_review, *held) if d and d <= ctx.today), default=None) if young else None
    return (
        f"Under five, and last reviewed {shown(last)}; think about a review every 3 to 6 months."
        if last and months_later(last, 6) < ctx.today
        else None
    )


def _support_meetings(row: Pupil, ctx: Context) -> list[date]:
    """Days of meetings so far: reviews held and outcomes reviewed. Days no more than two weeks on are of the same meeting."""
    held = {r.held for r in ctx.book.reviews_of(row)} | {p.reviewed for p in ctx.book.plans_of(row)}
    meetings: list[date] = []
    for day in sorted(d for d in held if d and d <= ctx.today):
        if not meetings or day - meetings[-1] > SAME_MEETING:
            meetings.append(day)
    return meetings


def _on_support_for(row: Pupil, ctx: Context) -> timedelta:
    """How long SEN support has run for a pupil on roll; nothing where it does not run or no review is kept in the workbook."""
    counts = row.sen_status == "K" and ctx.on_roll(row) and ctx.book.reviews and row.support_since
    return ctx.today - row.support_since if counts and row.support_since else timedelta(0)


@subject.rule("REV03", Pupil, "support_since", severity=QUERY, todo="Meet the parents, and add the meeting in Reviews.", source=SUPPORT)
def support_review_due(row: Pupil, ctx: Context) -> str | None:
    """SEN support has not been reviewed for a term."""
    if _on_support_for(row, ctx) <= TERM:
        return None
    last = max(_support_meetings(row, ctx), default=None)
    if last and ctx.today - last <= TERM:
        return None
    return f"{row.name} has SEN support; {f'the last review was on {shown(last)}' if last else 'no review is recorded'}."


@subject.rule("REV04", Pupil, "support_since", severity=HINT, todo="Plan a meeting each term.", source=SUPPORT)
def support_reviews_few(row: Pupil, ctx: Context) -> str | None:
    """SEN support had too few meetings in a year."""
    if _on_support_for(row, ctx) <= timedelta(days=366):
        return None
    number, least = sum(d > months_later(ctx.today, -12) for d in _support_meetings(row, ctx)), figure("support_reviews", ctx.today).value
    had = counted(number, "review") if number else "no review"
    return f"{row.name} had {had} in the last twelve months; at least {least} are expected." if number < least else None


@subject.cells(
    "REV05",
    (Review, "invited"),
    (Review, "circulated"),
    severity=QUERY,
    todo="Send them two weeks before; if it is past, note why.",
    source=REGULATION.format("20(2) and 20(4)"),
)
def short_notice(value: date, row: Review, ctx: Context) -> str | None:
    """Less than two weeks' notice of an annual review."""
    meeting = _meeting(row)
    short = row.kind == "Annual review" and meeting and timedelta(0) <= meeting - value < timedelta(weeks=2)
    return (
        f"Sent {shown(value)}, only {counted((meeting - value).days, 'day')} before the meeting on {shown(meeting)}."
        if short and meeting
        else None
    )


@subject.cells("REV06", (Review, "invited"), (Review, "circulated"), severity=ERROR, todo="Check the dates.", source=GOOD_PRACTICE)
def sent_after_meeting(value: date, row: Review, ctx: Context) -> str | None:
    """Papers for a meeting are dated after it."""
    meeting = _meeting(row)
    return f"Sent {shown(value)}, after the meeting on {shown(meeting)}." if meeting and value > meeting else None


def _late(row: Review, done: date | None, since: date | None, weeks: int, ctx: Context) -> str | None:
    """How late a step is after the step it follows: done too late, or not done though its time is up."""
    limit = since + timedelta(weeks=weeks) if since else None
    if not limit or (done or ctx.today) <= limit:
        return None
    return f"{'sent ' + shown(done) if done else 'not sent'}; it was due by {shown(limit)}, {weeks} weeks after {shown(since)}."


@subject.rule(
    "REV07", Review, "report_sent", "held", severity=QUERY, todo="Send the report, and type the date.", source=REGULATION.format("20(9)")
)
def report_late(row: Review, ctx: Context) -> str | None:
    """The report of an annual review is late."""
    late = _late(row, row.report_sent, row.held, 2, ctx) if row.kind == "Annual review" else None
    return f"School's report {late}" if late else None


@subject.rule(
    "REV08",
    Review,
    "decided",
    "held",
    severity=QUERY,
    todo="Ask the local authority for its decision, and type its date.",
    source=REGULATION.format("20(10)"),
)
def decision_late(row: Review, ctx: Context) -> str | None:
    """The local authority's decision is late."""
    late = _late(row, row.decided, row.held, 4, ctx) if row.kind == "Annual review" else None
    return f"Decision {late}" if late else None


@subject.rule(
    "REV09",
    Review,
    "final_plan",
    "decided",
    "decision",
    severity=QUERY,
    todo="Ask the local authority for the final plan, and type its date.",
    source=REGULATION.format("22(3)"),
)
def final_plan_late(row: Review, ctx: Context) -> str | None:
    """The final amended plan is late."""
    late = _late(row, row.final_plan, row.decided, 8, ctx) if row.decision == "Amend" else None
    return f"Final plan {late}" if late else None


@subject.cells(
    "REV10",
    (Review, "report_sent"),
    (Review, "decided"),
    (Review, "final_plan"),
    severity=ERROR,
    todo="Check the dates.",
    source=GOOD_PRACTICE,
)
def step_before_meeting(value: date, row: Review, ctx: Context) -> str | None:
    """A step after the meeting is dated before it."""
    return f"{shown(value)} is before the meeting was held, {shown(row.held)}." if row.held and value < row.held else None


@subject.rule(
    "REV11", Review, "final_plan", "decided", when="final_plan", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE
)
def final_before_decision(row: Review, ctx: Context) -> str | None:
    """The final plan is dated before the decision."""
    wrong = row.final_plan and row.decided and row.final_plan < row.decided
    return f"Final plan {shown(row.final_plan)}, before the decision, {shown(row.decided)}." if wrong else None


@subject.values(
    "REV12",
    *((Review, n) for n in ("held", "report_sent", "decided", "final_plan")),
    severity=ERROR,
    todo="Check the year; type what has not happened yet under Planned for.",
    source=GOOD_PRACTICE,
)
def review_in_future(value: date, ctx: Context) -> str | None:
    """A step of a review is said to be done in the future."""
    return f"{shown(value)} is still to come." if value > ctx.today else None


@subject.rule(
    "REV13", Review, "held", "planned", when="planned", severity=QUERY, todo="Type when it was held, or a new date.", source=GOOD_PRACTICE
)
def not_held(row: Review, ctx: Context) -> str | None:
    """A planned review has passed without being held."""
    return (
        f"Planned for {shown(row.planned)}, with no date on which it was held."
        if row.planned and row.planned < ctx.today and not row.held
        else None
    )


@subject.rule(
    "REV14", Review, "planned", "held", severity=QUERY, todo="Type when it is planned for, or when it was held.", source=GOOD_PRACTICE
)
def no_date(row: Review, ctx: Context) -> str | None:
    """A review has neither a planned date nor a date held."""
    return f"{row.kind} with no date." if row.kind and not row.planned and not row.held else None


@subject.rule("REV15", Review, "kind", severity=QUERY, todo="Check the kind, the pupil or the SEN status.", source=REGULATION.format("18"))
def plan_review_without_plan(row: Review, ctx: Context) -> str | None:
    """A review of an EHC plan for a pupil who has none."""
    pupil = ctx.book.pupil(row.pupil) if _of_plan(row) else None
    clash = pupil and pupil.sen_status in ("N", "K") and not pupil.plan_ceased
    return f"{row.kind}, but the SEN status of {pupil.name} is {pupil.sen_status}." if clash and pupil else None


@subject.rule(
    "REV16",
    Review,
    "decided",
    "decision",
    when="decision",
    severity=QUERY,
    todo="Type the date on the letter.",
    source=REGULATION.format("20(10)"),
)
def decision_undated(row: Review, ctx: Context) -> str | None:
    """A decision has no date."""
    return f"The decision is {row.decision}, with no date." if row.decision and not row.decided else None


@subject.rule(
    "REV17",
    Review,
    "decision",
    "decided",
    when="decided",
    severity=QUERY,
    todo="Choose Keep, Amend or Cease.",
    source=REGULATION.format("20(10)"),
)
def decision_missing(row: Review, ctx: Context) -> str | None:
    """A decision's date has no decision."""
    return f"A decision was sent on {shown(row.decided)}; which one it was is not chosen." if row.decided and not row.decision else None


@subject.rule(
    "REV18",
    Review,
    "agreed",
    "held",
    when="held",
    severity=HINT,
    todo="Write what was agreed, in plain words.",
    source="SEND Code of Practice 2015, 6.71",
)
def agreed_missing(row: Review, ctx: Context) -> str | None:
    """A review held does not say what was agreed."""
    return f"Held {shown(row.held)}; nothing says what was agreed." if row.held and row.held <= ctx.today and not row.agreed else None


@per_book
def _same_meeting(ctx: Context) -> dict[tuple[int, str | None, date], list[int]]:
    found: dict[tuple[int, str | None, date], list[int]] = {}
    for r in ctx.book.reviews:
        if (day := _meeting(r)) and (pupil := ctx.book.pupil(r.pupil)):
            found.setdefault((pupil.row, r.kind, day), []).append(r.row)
    return found


@subject.rule("REV19", Review, "held", "planned", "kind", severity=QUERY, todo="Delete one of the rows.", source=GOOD_PRACTICE)
def review_twice(row: Review, ctx: Context) -> str | None:
    """A pupil has the same review twice on one day."""
    pupil, day = ctx.book.pupil(row.pupil), _meeting(row)
    rows = _same_meeting(ctx).get((pupil.row, row.kind, day), []) if pupil and day else []
    other = next((n for n in rows if n != row.row), None)
    return f"{row.kind or 'A review'} on {shown(day)} stands in row {other} too." if other is not None else None
