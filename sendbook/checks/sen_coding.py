"""SEN status, type of need, and the dates and flags that must agree with them."""

from sendbook.checks.rule import ERROR, HINT, QUERY, Context, Subject
from sendbook.checks.when import age, months_later
from sendbook.law import figure
from sendbook.tables import Pupil, shown

subject = Subject("SEN coding")

CENSUS = "DfE school census guide, SEN provision and SEN type"


def plan_open(row: Pupil, ctx: Context) -> bool:
    """Whether the pupil's EHC plan is in force today by its dates."""
    return row.plan_issued is not None and row.plan_issued <= ctx.today and (row.plan_ceased is None or row.plan_ceased > ctx.today)


def back_on_register(row: Pupil) -> bool:
    """Whether a pupil with SEN who was off the register came back onto it, by a date that is later."""
    off = row.off_register
    return off is not None and row.has_sen and any(d and d > off for d in (row.on_register, row.support_since, row.plan_issued))


@subject.rule("SEN01", Pupil, "primary_need", "sen_status", severity=ERROR, todo="Choose the primary need.", source=CENSUS)
def need_missing(row: Pupil, ctx: Context) -> str | None:
    """A pupil with SEN has no primary need."""
    return f"SEN status is {row.sen_status}, with no primary need." if row.has_sen and not row.primary_need else None


@subject.rule(
    "SEN02",
    Pupil,
    "secondary_need",
    "primary_need",
    when="secondary_need",
    severity=ERROR,
    todo="Change or clear the secondary need.",
    source=CENSUS,
)
def needs_same(row: Pupil, ctx: Context) -> str | None:
    """Primary and secondary need are the same."""
    same = row.secondary_need is not None and row.secondary_need == row.primary_need
    return f"Primary and secondary need are both {row.secondary_need}." if same else None


@subject.rule("SEN03", Pupil, "primary_need", "sen_status", severity=ERROR, todo="Choose the need that the EHC plan names.", source=CENSUS)
def nsa_with_plan(row: Pupil, ctx: Context) -> str | None:
    """NSA (no specialist assessment) is used for a pupil with an EHC plan."""
    clash = row.sen_status == "E" and row.primary_need == "NSA"
    return "SEN status is E, but the primary need is NSA, which is for SEN support only." if clash else None


@subject.rule(
    "SEN04",
    Pupil,
    "secondary_need",
    "primary_need",
    when="secondary_need",
    severity=QUERY,
    todo="Clear the secondary need, or name it.",
    source=CENSUS,
)
def nsa_second(row: Pupil, ctx: Context) -> str | None:
    """NSA stands beside a known need."""
    return (
        f"Secondary need is NSA (no specialist assessment) beside {row.primary_need or 'no primary need'}."
        if row.secondary_need == "NSA"
        else None
    )


@subject.rule("SEN05", Pupil, "primary_need", "support_since", severity=HINT, todo="Choose the need that is now known.", source=CENSUS)
def nsa_long(row: Pupil, ctx: Context) -> str | None:
    """NSA has stood for more than a year of SEN support."""
    since = row.support_since
    long = row.sen_status == "K" and row.primary_need == "NSA" and since and months_later(since, 12) < ctx.today
    return f"Need still NSA (no specialist assessment) after more than a year of SEN support, since {shown(since)}." if long else None


@subject.rule(
    "SEN06",
    Pupil,
    "secondary_need",
    "primary_need",
    when="secondary_need",
    severity=HINT,
    todo="Clear HI or VI: MSI covers both.",
    source=CENSUS,
)
def msi_and_sense(row: Pupil, ctx: Context) -> str | None:
    """Multi-sensory impairment is coded with one of its parts."""
    both = row.primary_need == "MSI" and row.secondary_need in ("HI", "VI")
    return f"Primary need MSI already says hearing and sight; the secondary need is {row.secondary_need}." if both else None


@subject.rule(
    "SEN07",
    Pupil,
    "sen_status",
    "support_since",
    "off_register",
    severity=ERROR,
    todo="Change the status to K, or fill in Off register since.",
    source=CENSUS,
)
def none_with_support(row: Pupil, ctx: Context) -> str | None:
    """Status is N while SEN support is still open."""
    running = (
        row.sen_status == "N" and row.support_since and row.support_since <= ctx.today and not row.off_register and not row.plan_ceased
    )
    return f"SEN status is N, but SEN support has run since {shown(row.support_since)} with no end date." if running else None


@subject.rule(
    "SEN08",
    Pupil,
    "sen_status",
    "plan_issued",
    "plan_ceased",
    when="plan_issued",
    severity=ERROR,
    todo="Change the status to E, or fill in EHC plan ceased.",
    source=CENSUS,
)
def plan_without_e(row: Pupil, ctx: Context) -> str | None:
    """An EHC plan is in force but the status is not E."""
    clash = row.sen_status in ("N", "K") and plan_open(row, ctx)
    return f"SEN status is {row.sen_status}, but an EHC plan has run since {shown(row.plan_issued)}." if clash else None


@subject.rule(
    "SEN09",
    Pupil,
    "plan_issued",
    "sen_status",
    severity=ERROR,
    todo="Type the date on the first final plan.",
    source="Children and Families Act 2014 s37",
)
def e_without_plan(row: Pupil, ctx: Context) -> str | None:
    """Status is E but there is no date of the EHC plan."""
    return (
        "SEN status is E, with no date on which the EHC plan was issued; its review cannot be timed."
        if row.sen_status == "E" and not row.plan_issued
        else None
    )


@subject.rule(
    "SEN10",
    Pupil,
    "sen_status",
    "plan_ceased",
    when="plan_ceased",
    severity=ERROR,
    todo="Change the status to K or N, or clear EHC plan ceased.",
    source="Children and Families Act 2014 s45",
)
def e_after_plan(row: Pupil, ctx: Context) -> str | None:
    """Status is E though the EHC plan has ceased."""
    over = row.sen_status == "E" and row.plan_ceased and row.plan_ceased <= ctx.today
    return f"SEN status is E, but the EHC plan ceased on {shown(row.plan_ceased)}." if over else None


@subject.rule(
    "SEN11",
    Pupil,
    "sen_status",
    "off_register",
    "on_register",
    "support_since",
    "plan_issued",
    when="off_register",
    severity=ERROR,
    todo="Change the status to N, or clear Off register since.",
    source=CENSUS,
)
def sen_off_register(row: Pupil, ctx: Context) -> str | None:
    """Status is K or E though the pupil is off the register, and no later date says that they came back onto it."""
    off = row.has_sen and row.off_register and row.off_register <= ctx.today and not back_on_register(row)
    return f"SEN status is {row.sen_status}, but off the register since {shown(row.off_register)}." if off else None


@subject.rule(
    "SEN12",
    Pupil,
    "support_since",
    "sen_status",
    severity=QUERY,
    todo="Type when SEN support began.",
    source="SEND Code of Practice 2015, 6.44",
)
def support_start_missing(row: Pupil, ctx: Context) -> str | None:
    """SEN support has no start date."""
    return (
        "SEN status is K, with no date on which SEN support began."
        if row.sen_status == "K" and not row.support_since and ctx.on_roll(row)
        else None
    )


@subject.rule(
    "SEN13",
    Pupil,
    "parents_told",
    "support_since",
    severity=QUERY,
    todo="Tell the parents if no one has, and type the date.",
    source="Children and Families Act 2014 s68; SEND Code of Practice 2015, 6.48",
)
def parents_not_told(row: Pupil, ctx: Context) -> str | None:
    """Parents have not been told of SEN support."""
    missing = row.sen_status == "K" and row.support_since and not row.parents_told and ctx.on_roll(row)
    return f"SEN support began on {shown(row.support_since)}; no date on which parents were told." if missing else None


@subject.rule(
    "SEN14",
    Pupil,
    "sen_unit",
    "sen_status",
    when="sen_unit",
    severity=QUERY,
    todo="Clear it unless an EHC plan names the place.",
    source=CENSUS,
)
def unit_without_plan(row: Pupil, ctx: Context) -> str | None:
    """A place in a unit or resourced provision without an EHC plan."""
    clash = row.sen_unit and row.sen_status in ("N", "K")
    return f"{row.sen_unit} is marked, but the SEN status is {row.sen_status}; the place must be named in an EHC plan." if clash else None


@subject.rule(
    "SEN15",
    Pupil,
    "local_authority",
    "sen_status",
    severity=HINT,
    todo="Type the authority that keeps the plan.",
    source="SEND Regulations 2014, reg 15",
)
def authority_missing(row: Pupil, ctx: Context) -> str | None:
    """An EHC plan has no placing authority, and the school has none to stand for it."""
    missing = row.sen_status == "E" and not row.local_authority and not ctx.book.school.local_authority and ctx.on_roll(row)
    return "SEN status is E, and neither the pupil nor the School sheet names a local authority." if missing else None


@subject.rule(
    "SEN16",
    Pupil,
    "top_up",
    "sen_status",
    when="top_up",
    severity=QUERY,
    todo="Check the amount, or the SEN status.",
    source="DfE high needs funding operational guide",
)
def top_up_without_sen(row: Pupil, ctx: Context) -> str | None:
    """Top-up funding for a pupil without SEN."""
    return f"Top-up of £{row.top_up / 100:,.2f} is received, but the SEN status is N." if row.top_up and row.sen_status == "N" else None


@subject.rule(
    "SEN17",
    Pupil,
    "sen_status",
    "born",
    severity=ERROR,
    todo="Change the status; a plan ends at 25.",
    source="Children and Families Act 2014 s46",
)
def plan_beyond_age(row: Pupil, ctx: Context) -> str | None:
    """An EHC plan runs beyond the age at which it must end."""
    limit = figure("plan_until_age", ctx.today).value
    years = age(row.born, ctx.today) if row.born else 0
    return (
        f"SEN status is E at age {years}; an EHC plan ends at {limit} at the latest." if row.sen_status == "E" and years > limit else None
    )


@subject.rule(
    "SEN18",
    Pupil,
    "pupil_premium",
    "looked_after",
    when="looked_after",
    severity=HINT,
    todo="Ask the virtual school about pupil premium plus.",
    source="DfE pupil premium, conditions of grant",
)
def premium_for_looked_after(row: Pupil, ctx: Context) -> str | None:
    """A looked-after pupil is marked as not eligible for pupil premium."""
    return (
        "LAC is Yes, but pupil premium is No; looked-after children attract it."
        if row.looked_after and row.pupil_premium is False
        else None
    )
