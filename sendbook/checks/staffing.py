"""Who runs provision: names, what an hour costs, and hours asked against hours there are."""

from collections import defaultdict

from sendbook.checks.provision import ended, running
from sendbook.checks.rule import ERROR, GOOD_PRACTICE, QUERY, Context, Subject, per_book
from sendbook.checks.wording import counted, times
from sendbook.costing import hourly_pence, pence_by_salary
from sendbook.tables import Group, Plan, Pupil, Staff, name_key, shown

subject = Subject("staffing")

COSTING = "Local authorities' costed provision maps"
LOW, HIGH = 1_000, 15_000  # pence an hour: below the minimum wage; above any specialist's charge


def adults(group: Group) -> list[str]:
    """Names (`name_key`) of the adults in a group, as often as they stand there."""
    return [name_key(n) for n in (group.staff, group.staff_2, group.staff_3) if n]


@per_book
def _groups_led(ctx: Context) -> dict[str, list[Group]]:
    found: dict[str, list[Group]] = defaultdict(list)
    for group in ctx.book.groups:
        for name in set(adults(group)):
            found[name].append(group)
    return dict(found)


@per_book
def _hours(ctx: Context) -> dict[str, float]:
    """Hours a week by adult, with preparation, in the groups that run today."""
    hours: dict[str, float] = defaultdict(float)
    for group in ctx.book.groups:
        if running(group, ctx):
            for name in set(adults(group)):
                hours[name] += ((group.minutes or 0) + (group.preparation or 0)) * (group.sessions or 0) / 60
    return dict(hours)


def _hours_a_week(hours: float | None) -> str:
    return f"{counted(hours or 0, 'hour')} a week"


@subject.rule("STA01", Staff, "name", severity=ERROR, todo="Give each person one row, with a name of their own.", source=GOOD_PRACTICE)
def staff_twice(row: Staff, ctx: Context) -> str | None:
    """Two members of staff have the same name."""
    same = ctx.book.staff_by_name.get(name_key(row.name), ())
    return f"“{shown(row.name)}” stands {times(len(same))}; groups find none of them, and cost nothing." if len(same) > 1 else None


@subject.rule(
    "STA02",
    Staff,
    "hourly_cost",
    "salary",
    "paid_hours",
    "paid_weeks",
    severity=QUERY,
    todo="Type the hourly cost, or salary, paid hours and paid weeks.",
    source=COSTING,
)
def cost_missing(row: Staff, ctx: Context) -> str | None:
    """Someone who runs a group has no cost."""
    led = _groups_led(ctx).get(name_key(row.name), []) if hourly_pence(row) is None else []
    return f"{row.name} runs {counted(len(led), 'group')}, but what an hour costs is not known." if led else None


@subject.rule("STA03", Group, "staff_2", "staff", "staff_3", severity=ERROR, todo="Clear the second mention.", source=COSTING)
def adult_twice(row: Group, ctx: Context) -> str | None:
    """The same adult stands twice in a group."""
    names = adults(row)
    twice = next((n for n in (row.staff, row.staff_2, row.staff_3) if n and names.count(name_key(n)) > 1), None)
    return f"{twice} is named twice, and would be paid twice for the same time." if twice else None


@subject.rule("STA04", Group, "staff", "staff_2", "staff_3", severity=QUERY, todo="Choose who leads it.", source=COSTING)
def group_without_staff(row: Group, ctx: Context) -> str | None:
    """A group has no adult."""
    alone = row.name and not adults(row) and not row.bought_in and not ended(row, ctx)
    return f"Nobody leads {shown(row.name)}, so its staff time costs nothing." if alone else None


@subject.rule(
    "STA05", Staff, "hours_for_send", severity=QUERY, todo="Move a group to someone else, or put right the hours.", source=GOOD_PRACTICE
)
def over_send_hours(row: Staff, ctx: Context) -> str | None:
    """Groups take more hours than the person has for SEND."""
    hours = _hours(ctx).get(name_key(row.name), 0.0)
    over = row.hours_for_send is not None and hours > row.hours_for_send + 0.01
    return f"{row.name} has {_hours_a_week(row.hours_for_send)} for SEND; groups and preparation take {hours:.1f}." if over else None


@subject.rule(
    "STA06", Staff, "paid_hours", severity=QUERY, todo="Move a group to someone else, or put right the hours.", source=GOOD_PRACTICE
)
def over_paid_hours(row: Staff, ctx: Context) -> str | None:
    """Groups take more hours than the person is paid for."""
    hours = _hours(ctx).get(name_key(row.name), 0.0)
    over = row.paid_hours is not None and hours > row.paid_hours + 0.01
    return f"{row.name} is paid for {_hours_a_week(row.paid_hours)}; groups and preparation take {hours:.1f}." if over else None


@subject.rule("STA07", Staff, "left", when="left", severity=QUERY, todo="Choose another adult in Groups.", source=GOOD_PRACTICE)
def left_but_leads(row: Staff, ctx: Context) -> str | None:
    """Someone who has left still runs a group."""
    gone = row.left and row.left < ctx.today
    led = next((g for g in _groups_led(ctx).get(name_key(row.name), []) if running(g, ctx)), None) if gone else None
    return f"{row.name} left on {shown(row.left)}, but still runs {shown(led.name)}." if led else None


@subject.rule(
    "STA08",
    Staff,
    "hourly_cost",
    "salary",
    severity=QUERY,
    todo="Check the figures; an hour costs the salary with on-costs, divided by the year's paid hours.",
    source=COSTING,
)
def hour_unlikely(row: Staff, ctx: Context) -> str | None:
    """An hour costs too little or too much."""
    pence = hourly_pence(row)
    return (
        f"An hour of {row.name or 'this person'} costs £{float(pence) / 100:,.2f}."
        if pence is not None and not LOW <= pence <= HIGH
        else None
    )


@subject.rule("STA09", Staff, "hourly_cost", "salary", severity=QUERY, todo="Keep one of the two; the hourly cost is used.", source=COSTING)
def two_costs(row: Staff, ctx: Context) -> str | None:
    """Hourly cost and salary do not agree."""
    other = pence_by_salary(row)
    if row.hourly_cost is None or other is None or abs(row.hourly_cost - other) <= other / 10:
        return None
    return f"Hourly cost is £{float(row.hourly_cost) / 100:,.2f}, but the salary gives £{float(other) / 100:,.2f}."


@subject.rule("STA10", Staff, "hours_for_send", "paid_hours", severity=ERROR, todo="Check the two numbers.", source=GOOD_PRACTICE)
def send_over_paid(row: Staff, ctx: Context) -> str | None:
    """More hours for SEND than paid hours."""
    over = row.hours_for_send is not None and row.paid_hours is not None and row.hours_for_send > row.paid_hours
    return f"{_hours_a_week(row.hours_for_send)} for SEND, but only {counted(row.paid_hours or 0, 'paid hour')}." if over else None


@subject.rule(
    "STA11", Staff, "paid_hours", severity=QUERY, todo="Type the hours of one week.", source="Working Time Regulations 1998, reg 4"
)
def paid_hours_many(row: Staff, ctx: Context) -> str | None:
    """More paid hours than a week allows."""
    return (
        f"Paid for {shown(row.paid_hours)} hours a week; the law allows 48 on average." if row.paid_hours and row.paid_hours > 48 else None
    )


@subject.rule(
    "STA12", Staff, "paid_weeks", severity=QUERY, todo="Type 52, or the paid weeks of the contract with holiday pay.", source=COSTING
)
def paid_weeks_odd(row: Staff, ctx: Context) -> str | None:
    """Paid weeks are not those of a school contract."""
    odd = row.paid_weeks is not None and not 36 <= row.paid_weeks <= 53
    return f"{counted(row.paid_weeks or 0, 'paid week')} a year; contracts have 38 to 52." if odd else None


@subject.rule("STA13", Staff, "left", "started", when="left", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def left_before_started(row: Staff, ctx: Context) -> str | None:
    """Someone left before starting."""
    return (
        f"Left {shown(row.left)}, before starting, {shown(row.started)}." if row.left and row.started and row.left < row.started else None
    )


def _gone(name: str | None, ctx: Context) -> Staff | None:
    person = ctx.book.staff_named(name) if name else None
    return person if person and person.left and person.left < ctx.today else None


@subject.rule("STA14", Pupil, "key_adult", when="key_adult", severity=QUERY, todo="Choose another key adult.", source=GOOD_PRACTICE)
def key_adult_left(row: Pupil, ctx: Context) -> str | None:
    """A pupil's key adult has left."""
    gone = _gone(row.key_adult, ctx) if ctx.on_roll(row) else None
    return f"{row.key_adult} left on {shown(gone.left)}." if gone else None


@subject.rule("STA15", Plan, "lead", when="lead", severity=QUERY, todo="Choose another lead.", source=GOOD_PRACTICE)
def lead_left(row: Plan, ctx: Context) -> str | None:
    """The lead of a running outcome has left."""
    gone = _gone(row.lead, ctx) if row.result in (None, "Working on it") else None
    return f"{row.lead} left on {shown(gone.left)}, and the outcome has no result yet." if gone else None
