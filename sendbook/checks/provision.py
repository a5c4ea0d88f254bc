"""What the school offers and the groups that run: names, dates, times, size and what makes their cost."""

from dataclasses import replace
from datetime import date

from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.when import overlap
from sendbook.checks.wording import counted, times
from sendbook.costing import Costing, GroupCost
from sendbook.law import figure
from sendbook.tables import Group, Provision, name_key, shown

subject = Subject("provision")

COSTING = "Local authorities' costed provision maps"
DAY, LARGE = 420, 30  # minutes of the longest school day; pupils in a class


def span(group: Group, ctx: Context) -> tuple[date | None, date | None]:
    """First and last day of a group; a blank side is the costing year's, as its cost is worked out."""
    return group.start or ctx.book.school.costing_from, group.end or ctx.book.school.costing_to


def running(group: Group, ctx: Context) -> bool:
    """Whether the group runs today."""
    first, last = span(group, ctx)
    return (first or date.min) <= ctx.today <= (last or date.max)


def ended(group: Group, ctx: Context) -> bool:
    """Whether the group's last day has passed."""
    last = span(group, ctx)[1]
    return last is not None and last < ctx.today


def weekly_hours(group: Group) -> float:
    """Hours a week with pupils, without preparation."""
    return (group.minutes or 0) * (group.sessions or 0) / 60


@subject.rule("PRO01", Provision, "name", severity=ERROR, todo="Give each provision a name of its own.", source=GOOD_PRACTICE)
def provision_twice(row: Provision, ctx: Context) -> str | None:
    """Two provisions have the same name."""
    same = ctx.book.provisions_by_name.get(name_key(row.name), ())
    return f"“{shown(row.name)}” stands {times(len(same))}; its groups belong to none." if len(same) > 1 else None


@subject.rule(
    "PRO02", Group, "name", severity=ERROR, todo="Give each group a name of its own, for example with its term.", source=GOOD_PRACTICE
)
def group_twice(row: Group, ctx: Context) -> str | None:
    """Two groups have the same name."""
    same = ctx.book.groups_by_name.get(name_key(row.name), ())
    return f"“{shown(row.name)}” stands {times(len(same))}; its places belong to none." if len(same) > 1 else None


@subject.rule(
    "PRO03",
    Provision,
    "plain",
    severity=HINT,
    todo="Write one sentence: what happens, and what it helps with.",
    source="SEND Code of Practice 2015, 6.51",
)
def plain_missing(row: Provision, ctx: Context) -> str | None:
    """A provision has no plain words for parents."""
    return f"Nothing tells parents what {shown(row.name)} is." if row.name and not row.plain else None


@per_book
def provisions_run(ctx: Context) -> set[str]:
    """Names (`name_key`) of the provisions that have a group."""
    return {name_key(g.provision) for g in ctx.book.groups}


@subject.rule("PRO05", Provision, "name", severity=HINT, todo="Add its group in Groups, or leave it for later.", source=GOOD_PRACTICE)
def provision_unused(row: Provision, ctx: Context) -> str | None:
    """A provision has no group; what the whole class gets (universal) needs none."""
    unused = row.name and ctx.book.groups and row.layer != "Universal" and name_key(row.name) not in provisions_run(ctx)
    return f"No group runs {shown(row.name)}." if unused else None


@subject.rule(
    "PRO06",
    Provision,
    "measure",
    severity=HINT,
    todo="Choose how its progress is measured.",
    source="SEND Code of Practice 2015, 6.76 and 6.77",
)
def measure_missing(row: Provision, ctx: Context) -> str | None:
    """A provision that runs has no measure of progress."""
    missing = row.name and not row.measure and name_key(row.name) in provisions_run(ctx)
    return f"{shown(row.name)} runs, with no usual measure of its effect." if missing else None


@subject.rule("PRO07", Group, "name", severity=QUERY, todo="Add its pupils in Places, or fill in its end.", source=GOOD_PRACTICE)
def group_empty(row: Group, ctx: Context) -> str | None:
    """A group has no pupils."""
    empty = row.name and not ctx.book.places_in(row) and not row.charged_to and not ended(row, ctx)
    return f"{shown(row.name)} has no pupils, so its cost is shared by nobody." if empty else None


@subject.rule("PRO08", Group, "name", severity=QUERY, todo="Check Places for rows copied by mistake.", source=GOOD_PRACTICE)
def group_large(row: Group, ctx: Context) -> str | None:
    """A group is larger than a class."""
    size = len(ctx.book.places_in(row))
    return f"{shown(row.name)} has {size:,} places; a class has about {LARGE}." if size > LARGE else None


@subject.rule("PRO09", Group, "end", "start", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def group_backwards(row: Group, ctx: Context) -> str | None:
    """A group ends before it starts."""
    wrong = row.start and row.end and row.end < row.start
    return f"Ends {shown(row.end)}, before it starts, {shown(row.start)}." if wrong else None


@subject.rule("PRO10", Group, "start", "end", severity=QUERY, todo="Check the dates against the sheet Terms.", source=COSTING)
def group_in_no_term(row: Group, ctx: Context) -> str | None:
    """A group of the costing year runs in no term."""
    school, terms = ctx.book.school, [t for t in ctx.book.terms if t.start and t.end]
    first, last = span(row, ctx)
    if not terms or not first or not last or last < first or not overlap(first, last, school.costing_from, school.costing_to):
        return None
    lost = row.fixed_weeks is None and not any(overlap(first, last, t.start, t.end) for t in terms)
    return f"From {shown(first)} to {shown(last)} pupils are not in school; the group costs no staff time." if lost else None


@subject.rule("PRO11", Group, "minutes", severity=QUERY, todo="Type how long one session lasts.", source=COSTING)
def minutes_missing(row: Group, ctx: Context) -> str | None:
    """A group has no session length."""
    return (
        f"{shown(row.name)} has no minutes, so its staff time costs nothing."
        if row.name and not row.minutes and not row.bought_in
        else None
    )


@subject.rule("PRO12", Group, "sessions", severity=QUERY, todo="Type how often it meets in a week.", source=COSTING)
def sessions_missing(row: Group, ctx: Context) -> str | None:
    """A group has no number of sessions."""
    return (
        f"{shown(row.name)} has no sessions a week, so its staff time costs nothing."
        if row.name and not row.sessions and not row.bought_in
        else None
    )


@subject.rule("PRO13", Group, "minutes", severity=QUERY, todo="Type minutes for one session, not for a week.", source=GOOD_PRACTICE)
def session_long(row: Group, ctx: Context) -> str | None:
    """A session is longer than a school day."""
    return f"One session is {shown(row.minutes)} minutes, longer than a school day." if row.minutes and row.minutes > DAY else None


@subject.rule("PRO14", Group, "sessions", severity=QUERY, todo="Type sessions for one week, not for the whole run.", source=GOOD_PRACTICE)
def sessions_many(row: Group, ctx: Context) -> str | None:
    """A group meets more often than a week can hold."""
    many = row.sessions is not None and (row.sessions > 25 or (weekly_hours(row) > 35 and (row.minutes or 0) <= DAY))
    return f"{counted(row.sessions or 0, 'session')} a week make {weekly_hours(row):.1f} hours." if many else None


@subject.rule(
    "PRO15", Group, "preparation", "minutes", severity=HINT, todo="Type preparation for one session, for each adult.", source=COSTING
)
def preparation_long(row: Group, ctx: Context) -> str | None:
    """Preparation takes longer than the session."""
    long = row.preparation and row.minutes and row.preparation > row.minutes
    return (
        f"Preparation is {counted(row.preparation or 0, 'minute')} for a session of {counted(row.minutes or 0, 'minute')}."
        if long
        else None
    )


@subject.rule(
    "PRO16",
    Group,
    "fixed_weeks",
    when="fixed_weeks",
    severity=QUERY,
    todo="Clear it, so that weeks are counted from Terms.",
    source=COSTING,
)
def weeks_too_many(row: Group, ctx: Context) -> str | None:
    """Fixed weeks are more than the school year has."""
    year = ctx.book.school.pupil_weeks or figure("pupil_weeks", ctx.today).value
    many = row.fixed_weeks is not None and row.fixed_weeks > year
    return f"Weeks are fixed at {shown(row.fixed_weeks)}; the school year has {year}." if many else None


@subject.rule(
    "PRO17",
    Group,
    "resources",
    when="resources",
    severity=QUERY,
    todo="Check the pounds and pence; the cost is for the whole run.",
    source=GOOD_PRACTICE,
)
def resources_large(row: Group, ctx: Context) -> str | None:
    """Resources cost more than an adult's year."""
    return f"Resources are £{row.resources / 100:,.2f}." if row.resources and row.resources > 4_000_000 else None


@per_book
def _run_on(ctx: Context) -> dict[int, GroupCost]:
    """By row, the groups that began before the costing year and have no end, costed; without their places, which change no cost."""
    first = ctx.book.school.costing_from
    groups = tuple(g for g in ctx.rows(Group, "start") if first and g.start and g.start < first and not g.end)
    return {c.group.row: c for c in Costing(replace(ctx.book, groups=groups, places=()), ctx.today).groups} if groups else {}


@subject.rule(
    "PRO18",
    Group,
    "end",
    "start",
    when="start",
    severity=HINT,
    todo="Type its last day, or leave it blank while the group still runs.",
    source=COSTING,
)
def runs_on(row: Group, ctx: Context) -> str | None:
    """A group of an earlier year has no end, so that it costs money in this year too."""
    cost = _run_on(ctx).get(row.row)
    if cost is None or not cost.total:
        return None
    weeks = counted(float(cost.weeks), "week")
    return f"Began {shown(row.start)} and has no end: it is costed for {weeks} of this costing year, £{cost.total / 100:,.2f}."
