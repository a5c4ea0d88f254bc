"""The cost sheets: the provision map, and the money by group, pupil, area, layer and member of staff.

Every figure that follows from others on the sheets is a formula, so that a SENCo can see how it came about.
"""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from sendbook.costing import Costing, GroupCost, Share, rounded
from sendbook.law import code_sets
from sendbook.sheets.blocks import Chart, Grid, Heading, Link, ResultColumn, ResultSheet, Table, Tone
from sendbook.tables import Kind, Problem, Provision, name_key

MONEY, WHOLE, NUMBER, PROSE = Kind.MONEY, Kind.WHOLE, Kind.NUMBER, Kind.PROSE
NOT_GIVEN = "Not given"
COSTED = {"School", "Terms", "Staff", "Provisions", "Groups", "Places"}  # tables the figures come from
TOP = 20  # pupils in the chart of the highest costs


def pounds(pence: int | None) -> float | None:
    """Pence as pounds, the nearest number a cell can hold."""
    return None if pence is None else pence / 100


def cost_sheets(costing: Costing, unread: Sequence[Problem] = ()) -> tuple[ResultSheet, ...]:
    """All sheets of a costing, the summary first; `unread` are cells that did not fit and so are not in the figures."""
    return (_school(costing, unread), _map(costing), _groups(costing), _pupils(costing), _shares(costing), _areas(costing), _staff(costing))


def _span(costing: Costing) -> str:
    if costing.year is None:
        return "School does not say which year to cost: fill in “Costing year from” and “to”."
    first, last = costing.year
    return f"Costing year {first:%d/%m/%Y} to {last:%d/%m/%Y}: {len(costing.weeks)} school weeks, no group costed for more than {costing.weeks_in_year}."


def _school(costing: Costing, unread: Sequence[Problem]) -> ResultSheet:
    budget = costing.book.school.notional_budget or 0
    top_up = sum(p.top_up for p in costing.pupils)
    rows: list[Sequence[object]] = [
        ["Notional SEN budget", pounds(budget), "School, Notional SEN budget"],
        ["Top-up received", pounds(top_up), "Pupils, Top-up received, all pupils"],
        ["Cost of provision", pounds(costing.total), "Sheet Cost per group, all groups"],
        ["Left (below zero: overspent)", pounds(budget + top_up - costing.total), "Budget and top-up less the cost"],
        ["Cost that no pupil bears", pounds(costing.unshared), "Groups without pupils, or pupils not found"],
    ]
    columns = (ResultColumn("Money", 34), ResultColumn("Pounds", 18, MONEY), ResultColumn("Where from", 60))
    table = Table("Cost_school", columns, rows, (Chart("Cost against the money there is", "bar", "Money", ["Pounds"], 3),))
    return ResultSheet(
        "Cost summary", "Cost of SEN provision", _span(costing), (Heading("The school"), table, *_notes(costing), *_unread(unread))
    )


def _notes(costing: Costing) -> tuple[Heading | Table, ...]:
    rows = [[g.group.name, pounds(g.total), "; ".join(g.notes)] for g in costing.groups if g.notes]
    if not rows:
        return ()
    columns = (ResultColumn("Group", 34, PROSE), ResultColumn("Cost so far", 18, MONEY), ResultColumn("What is missing", 60, PROSE))
    table = Table("Cost_notes", columns, rows)
    return (Heading("Groups not costed in full", "Fill in what is missing; until then these figures are too low."), table)


def _unread(problems: Sequence[Problem]) -> tuple[Heading | Table, ...]:
    rows = [[Link(str(p.place), p.place), p.place.table, p.message] for p in problems if p.place.table in COSTED]
    if not rows:
        return ()
    table = Table(
        "Cost_unread", (ResultColumn("Cell", 34), ResultColumn("Table", 18), ResultColumn("What could not be read", 60, PROSE)), rows
    )
    return (Heading("Cells not read", "These are left out of the figures; put them right and cost again."), table)


def _map(costing: Costing) -> ResultSheet:
    areas = [c.code for c in code_sets()["area_of_need"].codes]
    layers = [c.code for c in code_sets()["layer"].codes]
    cells: dict[tuple[str, str], list[str]] = {}
    for provision, said in _entries(costing):
        key = ((provision and provision.area) or NOT_GIVEN, (provision and provision.layer) or NOT_GIVEN)
        cells.setdefault(key, []).append(f"• {said}")
    if any(NOT_GIVEN in key for key in cells):
        areas, layers = [*areas, NOT_GIVEN], [*layers, NOT_GIVEN]
    used = [a for a in areas if any(k[0] == a for k in cells) or a != "Uncategorised"]
    lines = [["\n".join(cells.get((a, layer), [])) for layer in layers] for a in used]
    about = (
        "Each group under its provision's area of need and layer, with its cost this year and its number of pupils; and what has no group."
    )
    return ResultSheet("Provision map", "Provision map", f"{about} {_span(costing)}", (Grid("Area of need", layers, used, lines),))


def _entries(costing: Costing) -> Iterator[tuple[Provision | None, str]]:
    """What stands on the map: each provision without a group this year (universal ones need none), then each group with its cost."""
    here = [g for g in costing.groups if not g.outside]
    run = {name_key(g.group.provision) for g in here}
    for provision in costing.book.provisions:
        if provision.name and name_key(provision.name) not in run:
            yield provision, provision.name if provision.layer == "Universal" else f"{provision.name}: no group this year"
    for cost in here:
        pupils = len(cost.shares)
        many = f"{pupils} {'pupil' if pupils == 1 else 'pupils'}"
        yield costing.book.provision_of(cost.group), f"{cost.group.name or 'Group without a name'}: £{cost.total / 100:,.2f}, {many}"


def _groups(costing: Costing) -> ResultSheet:
    columns = (
        ResultColumn("Group no.", 12, WHOLE),
        ResultColumn("Group", 34, PROSE),
        ResultColumn("Provision", 28, PROSE),
        ResultColumn("Area of need", 30),
        ResultColumn("Layer", 14),
        ResultColumn("Staff", 26, PROSE),
        ResultColumn("Cost per hour", 11, MONEY),
        ResultColumn("Minutes", 9, NUMBER),
        ResultColumn("Preparation minutes", 14, NUMBER),
        ResultColumn("Sessions a week", 10, NUMBER),
        ResultColumn("Weeks run", 9, NUMBER),
        ResultColumn("Resources", 11, MONEY, total=True),
        ResultColumn(
            "Group cost", 12, MONEY,
            "ROUND([@[Cost per hour]]*([@Minutes]+[@[Preparation minutes]])/60*[@[Sessions a week]]*[@[Weeks run]]+[@Resources],2)",
            total=True,
        ),
        ResultColumn("Pupils", 8, WHOLE, 'COUNTIFS(Cost_shares[Group no.],[@[Group no.]],Cost_shares[Has a place],"Yes")'),
        ResultColumn(
            "Cost per pupil", 12, MONEY,
            'IF([@[Charged to]]<>"",[@[Group cost]],IF([@Pupils]=0,"",ROUND([@[Group cost]]/[@Pupils],2)))',
        ),
        ResultColumn("Charged to", 30, PROSE),
        ResultColumn("Notes", 50, PROSE),
    )  # fmt: skip
    table = Table("Cost_groups", columns, [_group_row(costing, g) for g in costing.groups])
    about = (
        "Cost per hour of all adults x (minutes + preparation) / 60 x sessions a week x weeks run + resources. "
        "Cost per pupil is an average. Group no. is its row in Groups."
    )
    return ResultSheet("Cost per group", "Cost per group", f"{about} {_span(costing)}", (table,), printed=15)  # up to the cost per pupil


def _group_row(costing: Costing, cost: GroupCost) -> list[object]:
    g, provision = cost.group, costing.book.provision_of(cost.group)
    staff = ", ".join(filter(None, (g.staff, g.staff_2, g.staff_3)))
    return [
        g.row, g.name, g.provision, (provision and provision.area) or NOT_GIVEN, (provision and provision.layer) or NOT_GIVEN, staff,
        float(cost.hourly / 100), g.minutes or 0, g.preparation or 0, g.sessions or 0, float(cost.weeks), pounds(cost.resources),
        pounds(cost.total), len(cost.shares), pounds(cost.per_pupil), g.charged_to, "Outside the costing year" if cost.outside else "; ".join(cost.notes),
    ]  # fmt: skip


def _pupils(costing: Costing) -> ResultSheet:
    above = (("[@Above]>0", Tone.LOOK),)
    columns = (
        ResultColumn("Pupil no.", 12, WHOLE),
        ResultColumn("Pupil", 34),
        ResultColumn("Year", 7),
        ResultColumn("Class", 9),
        ResultColumn("SEN status", 8),
        ResultColumn("Primary need", 10),
        ResultColumn("Spent", 12, MONEY, "SUMIFS(Cost_shares[Share],Cost_shares[Pupil no.],[@[Pupil no.]])", total=True),
        ResultColumn("Element 2", 12, MONEY),
        ResultColumn("Left", 12, MONEY, "MAX(0,[@[Element 2]]-[@Spent])"),
        ResultColumn("Above", 12, MONEY, "MAX(0,[@Spent]-[@[Element 2]])", total=True, tones=above),
        ResultColumn("Top-up received", 12, MONEY, total=True),
        ResultColumn("Above less top-up", 12, MONEY, "[@Above]-[@[Top-up received]]"),
    )
    ordered = sorted(costing.pupils, key=lambda c: (-c.spent, c.pupil.row))
    rows = [
        [
            c.pupil.row, c.pupil.label, c.pupil.year, c.pupil.class_name, c.pupil.sen_status, c.pupil.primary_need, pounds(c.spent),
            pounds(c.threshold), pounds(c.left), pounds(c.above), pounds(c.top_up), pounds(c.above - c.top_up),
        ]
        for c in ordered
    ]  # fmt: skip
    chart = Chart("Highest costs", "bar", "Pupil", ["Spent", "Element 2"], min(TOP, len(rows)))
    table = Table("Cost_pupils", columns, rows, (chart,) if rows else ())
    about = "Each pupil's share of the groups, against the first £6,000 of additional support (element 2) and the top-up (element 3). Highest first."
    return ResultSheet("Cost per pupil", "Cost per pupil", about.replace("£6,000", _threshold(costing)), (table,), len(columns))


def _threshold(costing: Costing) -> str:
    return f"£{costing.pupils[0].threshold // 100:,}" if costing.pupils else "£6,000"


def _shares(costing: Costing) -> ResultSheet:
    columns = (
        ResultColumn("Group no.", 12, WHOLE),
        ResultColumn("Group", 34, PROSE),
        ResultColumn("Pupil no.", 12, WHOLE),
        ResultColumn("Pupil", 34),
        ResultColumn("Has a place", 8),
        ResultColumn("Weeks", 8, NUMBER),
        ResultColumn("Part", 8, NUMBER),
        ResultColumn("Of", 8, NUMBER, "SUMIFS(Cost_shares[Part],Cost_shares[Group no.],[@[Group no.]])"),
        ResultColumn("Group cost", 12, MONEY, "SUMIFS(Cost_groups[Group cost],Cost_groups[Group no.],[@[Group no.]])"),
        ResultColumn("Penny", 8, MONEY),
        ResultColumn("Share", 12, MONEY, "IF([@Of]=0,0,ROUND([@[Group cost]]*[@Part]/[@Of],2)+[@Penny])", total=True),
    )
    rows = [row for cost in costing.groups for row in _share_rows(costing, cost)]
    about = "Group cost x part / all parts; the part is the weeks in the group, or 1 for the pupil it is charged to. A penny evens out what rounding leaves."
    return ResultSheet("Cost shares", "Each pupil's share of each group", about, (Table("Cost_shares", columns, rows),))


def _share_rows(costing: Costing, cost: GroupCost) -> list[list[object]]:
    """A row for each place, and one for the pupil who bears the cost without a place."""
    parts = [_part(cost, s) for s in cost.shares]
    outside = [] if any(s.pence for s in cost.shares) else costing.borne(cost)
    whole = sum(parts, Fraction(len(outside)))
    places = [
        _share_row(cost, (s.pupil.row if s.pupil else 0, _who(s), True), s.weeks, (part, whole), s.pence)
        for s, part in zip(cost.shares, parts, strict=True)
    ]
    return [*places, *(_share_row(cost, (p.row, p.label, False), cost.weeks, (Fraction(1), whole), pence) for p, pence in outside)]


def _part(cost: GroupCost, share: Share) -> Fraction:
    if not cost.group.charged_to:
        return share.weeks
    return Fraction(1) if share.pence else Fraction(0)


def _who(share: Share) -> str:
    return share.pupil.label if share.pupil else f"{share.place.pupil or ''} (not found)"


def _share_row(cost: GroupCost, who: tuple[int, str, bool], weeks: Fraction, of: tuple[Fraction, Fraction], pence: int) -> list[object]:
    """A row of Cost shares; the penny is what largest remainder gives beyond plain rounding."""
    (number, name, has_place), (part, whole) = who, of
    plain = rounded(cost.total * part / whole) if whole else pence
    return [
        cost.group.row, cost.group.name, number, name, has_place, float(weeks), float(part), float(whole), pounds(cost.total),
        pounds(pence - plain), pounds(pence),
    ]  # fmt: skip


def _by(costing: Costing, name: str, heading: str, of: str, order: Sequence[str]) -> Table:
    money: Mapping[str, int] = costing.by_provision(of)
    keys = [*order, *(k for k in money if k not in order)]
    columns = (
        ResultColumn(heading, 34),
        ResultColumn("Groups", 9, WHOLE, f"COUNTIFS(Cost_groups[{heading}],[@[{heading}]])", total=True),
        ResultColumn("Cost", 14, MONEY, f"SUMIFS(Cost_groups[Group cost],Cost_groups[{heading}],[@[{heading}]])", total=True),
    )
    many: dict[str, int] = {}
    for g in costing.groups:
        provision = costing.book.provision_of(g.group)
        key = getattr(provision, of, None) or NOT_GIVEN
        many[key] = many.get(key, 0) + 1
    rows = [[k, many.get(k, 0), pounds(money.get(k, 0))] for k in keys]
    return Table(name, columns, rows, (Chart(f"Cost by {heading.lower()}", "bar", heading, ["Cost"]),))


def _areas(costing: Costing) -> ResultSheet:
    sets = code_sets()
    areas = _by(costing, "Cost_areas", "Area of need", "area", [c.code for c in sets["area_of_need"].codes if c.code != "Uncategorised"])
    layers = _by(costing, "Cost_layers", "Layer", "layer", [c.code for c in sets["layer"].codes])
    blocks = (Heading("By area of need"), areas, Heading("By layer"), layers)
    return ResultSheet("Cost by area", "Cost by area of need and by layer", _span(costing), blocks)


def _staff(costing: Costing) -> ResultSheet:
    over = (('AND([@[Hours for SEND]]<>"",[@[Busiest week]]>[@[Hours for SEND]])', Tone.BAD),)
    columns = (
        ResultColumn("Name", 26),
        ResultColumn("Role", 28),
        ResultColumn("Cost per hour", 12, MONEY),
        ResultColumn("This week", 10, NUMBER, total=True),
        ResultColumn("Busiest week", 10, NUMBER, tones=over),
        ResultColumn("Hours for SEND", 10, NUMBER),
        ResultColumn("Paid hours", 10, NUMBER),
        ResultColumn("Free in the busiest week", 12, NUMBER, 'IF([@[Hours for SEND]]="","",[@[Hours for SEND]]-[@[Busiest week]])'),
        ResultColumn("Hours in the year", 12, NUMBER, total=True),
        ResultColumn("Cost in the year", 14, MONEY, "ROUND([@[Hours in the year]]*[@[Cost per hour]],2)", total=True),
    )
    rows = [
        [
            t.staff.name, t.staff.role, float(t.hourly / 100), float(t.now), float(t.busiest), t.available, t.paid,
            t.available - float(t.busiest) if t.available is not None else None, float(t.hours), pounds(t.pence),
        ]
        for t in costing.staff
    ]  # fmt: skip
    chart = Chart("Hours a week", "bar", "Name", ["Busiest week", "Hours for SEND"])
    about = "Hours a week with preparation: in the week of today, and in the week with the most, against the hours there are."
    return ResultSheet("Staff time", "Staff time", about, (Table("Cost_staff", columns, rows, (chart,) if rows else ()),), len(columns))
