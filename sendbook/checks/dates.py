"""Dates that cannot be right, alone or beside each other; term dates and the costing year."""

from datetime import date, timedelta

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.sen_coding import back_on_register
from sendbook.checks.when import age, expected_year_group, year_named
from sendbook.checks.wording import counted
from sendbook.law import figure
from sendbook.tables import Pupil, School, Term, shown

subject = Subject("dates")

HAPPENED = ("on_register", "support_since", "parents_told", "plan_requested", "plan_issued", "last_annual_review")


@subject.rule("DAT01", Pupil, "born", severity=ERROR, todo="Copy the date of birth from the MIS.", source=GOOD_PRACTICE)
def born_in_future(row: Pupil, ctx: Context) -> str | None:
    """Date of birth is in the future."""
    return f"Born {shown(row.born)}, which is still to come." if row.born and row.born > ctx.today else None


@subject.rule("DAT02", Pupil, "born", severity=QUERY, todo="Check the year of birth against the MIS.", source=GOOD_PRACTICE)
def age_unlikely(row: Pupil, ctx: Context) -> str | None:
    """A pupil on roll is too young or too old for school."""
    if not row.born or row.born > ctx.today or not ctx.on_roll(row):
        return None
    years = age(row.born, ctx.today)
    return None if 2 <= years <= 25 else f"Born {shown(row.born)}: the pupil would be {years} years old today."


@subject.rule(
    "DAT03",
    Pupil,
    "year",
    "born",
    severity=QUERY,
    todo="Leave it if the pupil is taught out of year; else put right the year or the birth date.",
    source="DfE common basic data set, national curriculum year group",
)
def year_for_age(row: Pupil, ctx: Context) -> str | None:
    """Year group does not match the date of birth."""
    expected = expected_year_group(row.born, ctx.today) if row.born else ""
    if not expected or not row.year or row.year == expected or not ctx.on_roll(row):
        return None
    return f"Year group is {row.year}; a pupil born {shown(row.born)} would usually be in {year_named(expected)} this school year."


@subject.cells(
    "DAT04",
    *((Pupil, name) for name in (*HAPPENED, "left", "off_register", "plan_ceased")),
    severity=ERROR,
    todo="Check this date and the date of birth.",
    source=GOOD_PRACTICE,
)
def before_birth(value: date, row: Pupil, ctx: Context) -> str | None:
    """A date in the pupil's row is before the pupil was born."""
    return f"{shown(value)} is not after the date of birth, {shown(row.born)}." if row.born and value <= row.born else None


@subject.values(
    "DAT05",
    *((Pupil, name) for name in HAPPENED),
    severity=QUERY,
    todo="Check the year; type only what has happened.",
    source=GOOD_PRACTICE,
)
def still_to_come(value: date, ctx: Context) -> str | None:
    """Something said to have happened is dated in the future."""
    return f"{shown(value)} is still to come." if value > ctx.today else None


@subject.rule(
    "DAT06", Pupil, "off_register", "on_register", when="off_register", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE
)
def off_before_on(row: Pupil, ctx: Context) -> str | None:
    """Off the register before coming onto it, and not back on it."""
    wrong = row.off_register and row.on_register and row.off_register < row.on_register and not back_on_register(row)
    return f"Off the register on {shown(row.off_register)}, before coming onto it on {shown(row.on_register)}." if wrong else None


@subject.rule(
    "DAT07",
    Pupil,
    "support_since",
    "on_register",
    severity=QUERY,
    todo="Check the two dates, and the start of the outcome.",
    source=GOOD_PRACTICE,
)
def support_before_register(row: Pupil, ctx: Context) -> str | None:
    """SEN support began here before the pupil came onto the register; support at the last school may have begun at any time."""
    if not row.support_since or not row.on_register or row.support_since >= row.on_register:
        return None
    first = min((p.start for p in ctx.book.plans_of(row) if p.start), default=row.on_register)
    said = f"SEN support since {shown(row.support_since)} with an outcome from {shown(first)}, but on the register only since"
    return f"{said} {shown(row.on_register)}." if first < row.on_register else None


@subject.rule(
    "DAT08", Pupil, "plan_ceased", "plan_issued", when="plan_ceased", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE
)
def ceased_before_issued(row: Pupil, ctx: Context) -> str | None:
    """An EHC plan ended before it was issued."""
    wrong = row.plan_ceased and row.plan_issued and row.plan_ceased < row.plan_issued
    return f"EHC plan ceased on {shown(row.plan_ceased)}, before it was issued on {shown(row.plan_issued)}." if wrong else None


@subject.rule(
    "DAT09",
    Pupil,
    "last_annual_review",
    "plan_issued",
    when="last_annual_review",
    severity=ERROR,
    todo="Check the two dates; EHC plan issued is the first final plan.",
    source="SEND Regulations 2014, reg 18",
)
def reviewed_before_issued(row: Pupil, ctx: Context) -> str | None:
    """The last annual review is before the plan."""
    wrong = row.last_annual_review and row.plan_issued and row.last_annual_review < row.plan_issued
    return f"Last annual review {shown(row.last_annual_review)} is before the plan was issued, {shown(row.plan_issued)}." if wrong else None


@subject.rule(
    "DAT10",
    Pupil,
    "plan_requested",
    "plan_issued",
    when="plan_requested",
    severity=ERROR,
    todo="Check the two dates.",
    source="Children and Families Act 2014 s36 and s37",
)
def requested_after_issued(row: Pupil, ctx: Context) -> str | None:
    """The assessment was asked for after the plan was issued."""
    wrong = row.plan_requested and row.plan_issued and row.plan_requested > row.plan_issued
    return f"Assessment requested on {shown(row.plan_requested)}, after the plan was issued on {shown(row.plan_issued)}." if wrong else None


@subject.rule("DAT11", Pupil, "left", "on_register", when="left", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def left_before_register(row: Pupil, ctx: Context) -> str | None:
    """A pupil left before coming onto the register."""
    wrong = row.left and row.on_register and row.left < row.on_register
    return f"Left on {shown(row.left)}, before coming onto the register on {shown(row.on_register)}." if wrong else None


@subject.rule(
    "DAT12",
    Pupil,
    "next_meeting",
    when="next_meeting",
    severity=QUERY,
    todo="Type the date of the next meeting, or clear it.",
    source="SEND Code of Practice 2015, 6.65",
)
def meeting_past(row: Pupil, ctx: Context) -> str | None:
    """The next meeting has passed."""
    past = row.next_meeting and row.next_meeting < ctx.today and ctx.on_roll(row)
    return f"The next meeting, {shown(row.next_meeting)}, has passed; a summary would leave parents with an old date." if past else None


# --- the costing year and the terms ---
@subject.rule("DAT13", School, "costing_to", "costing_from", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def costing_backwards(row: School, ctx: Context) -> str | None:
    """The costing year ends before it begins."""
    wrong = row.costing_from and row.costing_to and row.costing_to < row.costing_from
    return f"The costing year runs from {shown(row.costing_from)} to {shown(row.costing_to)}, backwards." if wrong else None


@subject.rule("DAT14", School, "costing_to", "costing_from", severity=QUERY, todo="Set a financial or a school year.", source=GOOD_PRACTICE)
def costing_not_a_year(row: School, ctx: Context) -> str | None:
    """The costing year is not about a year long."""
    if not row.costing_from or not row.costing_to or row.costing_to < row.costing_from:
        return None
    days = (row.costing_to - row.costing_from).days + 1
    return (
        None
        if 350 <= days <= 380
        else f"The costing year, {shown(row.costing_from)} to {shown(row.costing_to)}, has {counted(days, 'day')}."
    )


@subject.rule("DAT15", School, "costing_to", "costing_from", severity=HINT, todo="Set the year you are working in.", source=GOOD_PRACTICE)
def costing_not_now(row: School, ctx: Context) -> str | None:
    """Today is outside the costing year."""
    if not row.costing_from or not row.costing_to or row.costing_from <= ctx.today <= row.costing_to:
        return None
    return f"The costing year, {shown(row.costing_from)} to {shown(row.costing_to)}, does not include today, {shown(ctx.today)}."


@subject.rule(
    "DAT16",
    School,
    "pupil_weeks",
    severity=QUERY,
    todo="Type 39, or 38 where the local authority costs so.",
    source=figure("pupil_weeks", date(2026, 9, 1)).reference,
)
def weeks_unusual(row: School, ctx: Context) -> str | None:
    """The school year is set to other than 38 or 39 weeks."""
    odd = row.pupil_weeks is not None and row.pupil_weeks not in (38, 39)
    return f"The school year is set to {counted(row.pupil_weeks or 0, 'week')}; schools cost 39, some 38." if odd else None


@subject.rule("DAT17", School, "costing_from", severity=ERROR, todo="Fill in the sheet Terms for the costing year.", source=GOOD_PRACTICE)
def no_terms(row: School, ctx: Context) -> str | None:
    """No term lies in the costing year."""
    if not row.costing_from or not row.costing_to or row.costing_to < row.costing_from or ctx.costing.weeks:
        return None
    return f"No term lies between {shown(row.costing_from)} and {shown(row.costing_to)}, so staff time would cost nothing."


@subject.rule(
    "DAT18", School, "costing_from", severity=QUERY, todo="Check that Terms has every half term of the costing year.", source=GOOD_PRACTICE
)
def few_terms(row: School, ctx: Context) -> str | None:
    """The terms do not make a school year."""
    weeks = len(ctx.costing.weeks)
    few = weeks and not ctx.costing.has_a_school_year
    return f"The terms in the costing year make {counted(weeks, 'school week')}; a school year has about 39." if few else None


@subject.rule("DAT19", Term, "end", "start", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def term_backwards(row: Term, ctx: Context) -> str | None:
    """A term ends before it begins."""
    return (
        f"{row.name or 'This term'} ends {shown(row.end)}, before it begins, {shown(row.start)}."
        if row.start and row.end and row.end < row.start
        else None
    )


@per_book
def _overlapping(ctx: Context) -> dict[int, Term]:
    """By row, a term that shares days with the row's; one sweep by start, against the latest end so far."""
    found: dict[int, Term] = {}
    latest: Term | None = None
    for term in sorted((t for t in ctx.book.terms if t.start and t.end and t.start <= t.end), key=lambda t: (t.start, t.end, t.row)):
        if latest and latest.end and term.start and term.start <= latest.end:
            found[term.row] = latest
            found.setdefault(latest.row, term)
        if latest is None or (term.end and latest.end and term.end > latest.end):
            latest = term
    return found


@subject.rule("DAT20", Term, "start", "end", severity=ERROR, todo="Check the dates of both.", source=GOOD_PRACTICE)
def terms_overlap(row: Term, ctx: Context) -> str | None:
    """Two terms overlap."""
    if not (other := _overlapping(ctx).get(row.row)):
        return None
    ours, theirs = row.name or "This term", other.name or "another"
    return f"{ours}, from {shown(row.start)}, shares days with {theirs}, {shown(other.start)} to {shown(other.end)}."


@subject.rule(
    "DAT21",
    Term,
    "end",
    "start",
    severity=QUERY,
    todo="Give each half term a row, so that the holiday week is not costed.",
    source=GOOD_PRACTICE,
)
def term_long(row: Term, ctx: Context) -> str | None:
    """A half term is longer than nine weeks."""
    long = row.start and row.end and row.end - row.start > timedelta(weeks=9)
    return f"{row.name or 'This term'} runs from {shown(row.start)} to {shown(row.end)}, more than nine weeks." if long else None


@subject.values(
    "DAT22", (Term, "start"), (Term, "end"), severity=QUERY, todo="Type the first or last day pupils are in school.", source=GOOD_PRACTICE
)
def term_weekend(value: date, ctx: Context) -> str | None:
    """A term begins or ends on a weekend."""
    return f"{shown(value)} is a {value:%A}." if value.weekday() > 4 else None
