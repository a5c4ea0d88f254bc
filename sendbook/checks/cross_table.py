"""What only two tables together show: wrong pupils, leavers, places and groups that disagree."""

import re

from sendbook.checks.plans import is_open
from sendbook.checks.provision import running, span
from sendbook.checks.rule import ERROR, GOOD_PRACTICE, HINT, QUERY, Context, Subject, per_book
from sendbook.checks.when import overlap
from sendbook.law import CodeSet, code_sets
from sendbook.tables import BOOK_FIELDS, Group, ListEntry, PlaceInGroup, Plan, Pupil, Review, columns, name_key, shown

subject = Subject("cross-table")

GDPR = "UK GDPR art 5(1)(d) and (f)"
TO_PUPILS = tuple((model, c.name) for model in BOOK_FIELDS for c in columns(model) if c.link == "Pupils")
_UPN = re.compile(r"\(?\b[A-Z][0-9]{11}[0-9A-Z]\b\)?", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")


def _name_beside_upn(link: str) -> str:
    """The name in a link cell that holds a UPN too; empty where the cell holds only one of the two."""
    rest, found = _UPN.subn("", link)
    return rest.strip(" ,;-()") if found else ""


def _words(*texts: str | None) -> set[str]:
    return {w for t in texts if t for w in _WORD.findall(t.casefold())}


@per_book
def _labels(ctx: Context) -> set[str]:
    """Link cells as the dropdown writes them, which cannot be wrong."""
    return {pupil.label for pupil in ctx.book.pupils}


@subject.values("CRO01", *TO_PUPILS, severity=ERROR, todo="Choose the pupil again from the dropdown.", source=GDPR)
def wrong_pupil(value: str, ctx: Context) -> str | None:
    """A link names one pupil but has the UPN of another."""
    pupil = None if value in _labels(ctx) else ctx.book.pupil(value)
    if pupil is None or not (name := _name_beside_upn(value)):
        return None
    meant = ctx.book.pupils_meant(name)
    if not meant or any(p is pupil for p in meant):
        return None
    return f"“{shown(name)}” stands beside the UPN of {pupil.name}; the row counts for {pupil.name}."


@subject.values("CRO02", *TO_PUPILS, severity=QUERY, todo="Choose the pupil again from the dropdown.", source=GDPR)
def unknown_name_beside_upn(value: str, ctx: Context) -> str | None:
    """A link has a pupil's UPN beside a name unlike the pupil's."""
    pupil = None if value in _labels(ctx) else ctx.book.pupil(value)
    if pupil is None or not (name := _name_beside_upn(value)):
        return None
    alike = _words(name) & _words(pupil.surname, pupil.forename, pupil.known_as, pupil.known_surname)
    return None if alike or ctx.book.pupils_meant(name) else f"“{shown(name)}” stands beside the UPN of {pupil.name}."


@subject.rule(
    "CRO03",
    PlaceInGroup,
    "end",
    "pupil",
    severity=QUERY,
    todo="Type the pupil's last day in End.",
    source="Local authorities' costed provision maps",
)
def place_of_leaver(row: PlaceInGroup, ctx: Context) -> str | None:
    """A pupil who has left still has a place in a group."""
    pupil = ctx.book.pupil(row.pupil)
    if pupil is None or pupil.left is None or ctx.on_roll(pupil):
        return None
    group = ctx.group(row)
    last = row.end or (span(group, ctx)[1] if group else None)
    if group is None or (last is not None and last <= pupil.left):
        return None
    return (
        f"{pupil.name} left on {shown(pupil.left)}; the place runs {'to ' + shown(last) if last else 'on'}, and takes a share of the cost."
    )


@subject.rule(
    "CRO04", PlaceInGroup, "start", "group", when="start", severity=QUERY, todo="Check the date, or the group's.", source=GOOD_PRACTICE
)
def place_before_group(row: PlaceInGroup, ctx: Context) -> str | None:
    """A pupil joins outside the group's dates."""
    group = ctx.group(row) if row.start else None
    if group is None or row.start is None:
        return None
    early, late = group.start and row.start < group.start, group.end and row.start > group.end
    return f"Joins {shown(row.start)}; the group runs {_from_to(group)}." if early or late else None


@subject.rule(
    "CRO05", PlaceInGroup, "end", "group", when="end", severity=QUERY, todo="Check the date, or the group's.", source=GOOD_PRACTICE
)
def place_after_group(row: PlaceInGroup, ctx: Context) -> str | None:
    """A pupil leaves outside the group's dates."""
    group = ctx.group(row) if row.end else None
    if group is None or row.end is None:
        return None
    early, late = group.start and row.end < group.start, group.end and row.end > group.end
    return f"Leaves {shown(row.end)}; the group runs {_from_to(group)}." if early or late else None


def _from_to(group: Group) -> str:
    return f"from {shown(group.start) if group.start else 'the first day'} to {shown(group.end) if group.end else 'the last day'}"


@subject.rule("CRO06", PlaceInGroup, "end", "start", when="end", severity=ERROR, todo="Check the two dates.", source=GOOD_PRACTICE)
def place_backwards(row: PlaceInGroup, ctx: Context) -> str | None:
    """A place ends before it starts."""
    return f"Leaves {shown(row.end)}, before joining, {shown(row.start)}." if row.start and row.end and row.end < row.start else None


def _sure_groups(ctx: Context) -> list[Group]:
    return [groups[0] for groups in ctx.book.groups_by_name.values() if len(groups) == 1]


@per_book
def _doubles(ctx: Context) -> dict[tuple[int, int], list[PlaceInGroup]]:
    """Places by the rows of pupil and group, only where a pupil has more than one in a group: as a rule there are none."""
    return {
        (pupil, group.row): rows
        for group in _sure_groups(ctx)
        for pupil, rows in _by_pupil(ctx.book.places_in(group), ctx).items()
        if len(rows) > 1
    }


def _by_pupil(places: tuple[PlaceInGroup, ...], ctx: Context) -> dict[int, list[PlaceInGroup]]:
    found: dict[int, list[PlaceInGroup]] = {}
    pupils = [ctx.book.pupil(place.pupil) for place in places]
    if len({id(p) for p in pupils}) == len(places):
        return found  # by far the most groups: nobody is in it twice
    for place, pupil in zip(places, pupils, strict=True):
        if pupil:
            found.setdefault(pupil.row, []).append(place)
    return found


@subject.rule(
    "CRO07",
    PlaceInGroup,
    "pupil",
    "group",
    "start",
    "end",
    severity=ERROR,
    todo="Delete one of the rows, or put right its dates.",
    source="Local authorities' costed provision maps",
)
def place_twice(row: PlaceInGroup, ctx: Context) -> str | None:
    """A pupil has two places in one group at one time."""
    doubles = _doubles(ctx)
    pupil, group = (ctx.book.pupil(row.pupil), ctx.group(row)) if doubles else (None, None)
    rows = doubles.get((pupil.row, group.row), []) if pupil and group else []
    other = next((p for p in rows if p is not row and overlap(row.start, row.end, p.start, p.end)), None)
    return f"{shown(row.pupil)} stands in {shown(row.group)} in row {other.row} too, and would bear two shares." if other else None


@subject.rule(
    "CRO08",
    Group,
    "charged_to",
    when="charged_to",
    severity=QUERY,
    todo="Add the pupil's place in Places, or clear Charged to.",
    source="Local authorities' costed provision maps",
)
def charged_without_place(row: Group, ctx: Context) -> str | None:
    """A group is charged to a pupil who is not in it."""
    pupil = ctx.book.pupil(row.charged_to)
    if pupil is None or any(ctx.book.pupil(p.pupil) is pupil for p in ctx.book.places_in(row)):
        return None
    return f"{shown(row.name)} is charged to {pupil.name}, who has no place in it."


def _supported_now(pupil: Pupil, ctx: Context) -> bool:
    groups = ((p, ctx.group(p)) for p in ctx.book.places_of(pupil))
    return any(g and running(g, ctx) and overlap(p.start, p.end, ctx.today, ctx.today) for p, g in groups)


@subject.rule(
    "CRO09",
    Pupil,
    "surname",
    "sen_status",
    severity=QUERY,
    todo="Add the pupil's places, or look at the SEN status.",
    source="SEND Code of Practice 2015, 6.15 and 6.44",
)
def no_provision(row: Pupil, ctx: Context) -> str | None:
    """A pupil with SEN has no provision that runs today."""
    if not row.has_sen or not ctx.on_roll(row) or not ctx.book.places or _supported_now(row, ctx):
        return None
    return f"{row.name} has SEN status {row.sen_status}, but no place in a group that runs today."


@subject.rule("CRO10", Plan, "result", "pupil", severity=HINT, todo="Type the result for the pupil's next school.", source=GOOD_PRACTICE)
def plan_of_leaver(row: Plan, ctx: Context) -> str | None:
    """A pupil who has left has an outcome without a result."""
    pupil = ctx.book.pupil(row.pupil)
    gone = pupil and not ctx.on_roll(pupil) and is_open(row, ctx)
    return f"{pupil.name} left on {shown(pupil.left)}; this outcome has no result." if gone and pupil else None


@subject.rule(
    "CRO11",
    Review,
    "planned",
    "pupil",
    when="planned",
    severity=QUERY,
    todo="Tell the next school, and clear the date.",
    source=GOOD_PRACTICE,
)
def review_of_leaver(row: Review, ctx: Context) -> str | None:
    """A review is planned for a pupil who will have left."""
    pupil = ctx.book.pupil(row.pupil) if row.planned and not row.held else None
    gone = pupil and pupil.left and row.planned and row.planned > pupil.left
    return f"Planned for {shown(row.planned)}, but {pupil.name} leaves on {shown(pupil.left)}." if gone and pupil else None


@subject.rule(
    "CRO12", Pupil, "last_annual_review", severity=QUERY, todo="Type the later date here.", source="SEND Regulations 2014, reg 18"
)
def annual_review_behind(row: Pupil, ctx: Context) -> str | None:
    """The Reviews sheet has a later decision than the pupil's last annual review."""
    if row.sen_status != "E":
        return None
    sent = [r.decided for r in ctx.book.reviews_of(row) if r.kind == "Annual review" and r.decided and r.decided <= ctx.today]
    latest = max(sent, default=None)
    behind = latest and (row.last_annual_review is None or row.last_annual_review < latest)
    ours = shown(row.last_annual_review) if row.last_annual_review else "empty"
    return f"Last annual review is {ours}, but Reviews has a decision sent on {shown(latest)}." if behind else None


@per_book
def _usual_measures(ctx: Context) -> dict[int, str | None]:
    """By a group's row: the usual measure of its provision."""
    pairs = ((group.row, ctx.book.provision_of(group)) for group in ctx.book.groups)
    return {row: provision.measure if provision else None for row, provision in pairs}


@subject.rule(
    "CRO13",
    PlaceInGroup,
    "measure",
    "group",
    when="measure",
    severity=HINT,
    todo="Use one measure, so that groups can be compared.",
    source="SEND Code of Practice 2015, 6.76",
)
def measure_unusual(row: PlaceInGroup, ctx: Context) -> str | None:
    """A place's measure is not its provision's usual one."""
    group = ctx.group(row) if row.measure else None
    usual = _usual_measures(ctx).get(group.row) if group else None
    if group is None or usual in (None, row.measure):
        return None
    return f"Measure is {row.measure}; {shown(group.provision)} is usually measured by {usual}."


@subject.rule(
    "CRO16",
    Pupil,
    "sen_status",
    "plan_ceased",
    severity=QUERY,
    todo="Change the status and type when the plan ceased, unless there is an appeal.",
    source="SEND Regulations 2014, reg 31",
)
def cease_not_entered(row: Pupil, ctx: Context) -> str | None:
    """The local authority decided to cease a plan that is still shown as running."""
    if row.sen_status != "E" or row.plan_ceased:
        return None
    sent = [r.decided for r in ctx.book.reviews_of(row) if r.decision == "Cease" and r.decided and r.decided <= ctx.today]
    return f"A decision to cease the plan was sent on {shown(max(sent))}; the SEN status is still E." if sent else None


# --- the Lists sheet ---
_SETS: dict[str, CodeSet] = {name_key(s.name): s for s in code_sets().values()}


@subject.rule(
    "CRO17", ListEntry, "list", severity=QUERY, todo="Type the name of a list as it stands above in the column.", source=GOOD_PRACTICE
)
def list_unknown(row: ListEntry, ctx: Context) -> str | None:
    """A code belongs to no list that a dropdown uses."""
    return f"No dropdown uses a list called “{shown(row.list)}”." if row.list and name_key(row.list) not in _SETS else None


@subject.rule(
    "CRO18",
    ListEntry,
    "code",
    "list",
    severity=QUERY,
    todo="Delete the row; use the codes that are there.",
    source="DfE common basic data set",
)
def code_added(row: ListEntry, ctx: Context) -> str | None:
    """A code was added to a list that cannot be added to."""
    known = _SETS.get(name_key(row.list))
    if known is None or known.own or not row.code or any(name_key(c.code) == name_key(row.code) for c in known.codes):
        return None
    return f"{shown(row.code)} is not a code of {known.name}, which has only its own codes; cells that hold it cannot be read."


@per_book
def _codes(ctx: Context) -> dict[tuple[str, str], list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for entry in ctx.book.lists:
        found.setdefault((name_key(entry.list), name_key(entry.code)), []).append(entry.row)
    return found


@subject.rule("CRO19", ListEntry, "code", "list", severity=HINT, todo="Delete one of the rows.", source=GOOD_PRACTICE)
def code_twice(row: ListEntry, ctx: Context) -> str | None:
    """A list has the same code twice."""
    rows = _codes(ctx)[name_key(row.list), name_key(row.code)]
    other = next((n for n in rows if n != row.row), None)
    return f"{shown(row.code)} stands in row {other} too." if row.code and other is not None else None
