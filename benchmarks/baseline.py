"""The main job as most people would write it: pandas reads the sheets with openpyxl, loops do the work, openpyxl writes.

It does far less than Sendbook (README.md says what), but its costs are the same to the penny: `run.py` compares them.
Nothing in it is slow on purpose: sheets are read in one call and look-ups are dicts. Rows come from `iterrows`, the usual loop;
with `--careful` they come from `itertuples`, which fewer people know and which is far quicker.
"""

import argparse
import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from math import floor
from pathlib import Path
from typing import Any

import pandas as pd  # type: ignore[import-untyped]

SHEETS = [
    "School", "Terms", "Pupils", "Contacts", "Staff", "Provisions", "Groups", "Places", "Plans", "Reviews", "Assessments", "Communications",
]  # fmt: skip
DATES = {
    "Terms": ["start", "end"], "Pupils": ["date_of_birth", "on_register_since", "off_register_since", "ehc_plan_issued", "ehc_plan_ceased"],
    "Groups": ["start", "end"], "Places": ["start", "end", "entry_date", "exit_date"], "Plans": ["start", "review_by", "reviewed"],
    "Reviews": ["planned_for", "held", "la_decision_sent"], "Assessments": ["date"], "Communications": ["date"],
}  # fmt: skip
NUMBERS = {
    "Pupils": ["attendance"], "Staff": ["hourly_cost", "salary_with_on_costs", "paid_hours_a_week", "paid_weeks_a_year"],
    "Groups": ["minutes", "sessions_a_week", "preparation_minutes", "weeks_if_fixed", "resource_cost"],
    "Places": ["entry_score", "exit_score", "attendance"], "Assessments": ["score"],
}  # fmt: skip
RANGES = {
    "Reading age (months)": (48, 216), "Spelling age (months)": (48, 216), "Standardised score": (40, 160), "Scaled score": (80, 120),
    "Target met (%)": (0, 100), "Attendance (%)": (0, 100), "SDQ total difficulties": (0, 40),
}  # fmt: skip
THRESHOLD = 6000_00
LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
Found = tuple[str, int, str]  # sheet, row, what is wrong


# --- reading ---
def read(path: Path, careful: bool) -> dict[str, list[Any]]:
    """Every sheet as a list of rows; what is no date or number is None, and its cell is told in `unread`."""
    frames = pd.read_excel(path, sheet_name=SHEETS, header=3, engine="openpyxl")
    tables: dict[str, list[Any]] = {"unread": []}
    for sheet, frame in frames.items():
        frame.columns = [re.sub(r"\W+", "_", str(h).lower()).strip("_") for h in frame.columns]
        for columns, convert in ((DATES, to_dates), (NUMBERS, to_numbers)):
            for name in columns.get(sheet, []):
                good = convert(frame[name])
                bad = frame[name].notna() & good.isna()
                tables["unread"] += [(sheet, int(i) + 5, f"{name} cannot be read: {frame[name][i]}") for i in frame.index[bad]]
                frame[name] = good
        frame.insert(0, "row", frame.index + 5)
        frame = (
            frame.astype(object).where(frame.notna(), None).rename(columns={"name": "full_name"})
        )  # a row of iterrows has a `name` of its own
        tables[sheet] = list(frame.itertuples(index=False, name=sheet)) if careful else [row for _, row in frame.iterrows()]
    return tables


def to_dates(values: Any) -> Any:
    return pd.to_datetime(values, errors="coerce", dayfirst=True)


def to_numbers(values: Any) -> Any:
    numbers = pd.to_numeric(values, errors="coerce")
    return numbers.where(numbers >= 0)


def pupils_by_link(pupils: Sequence[Any]) -> dict[str, Any]:
    """Pupils by what the other sheets call them, and by UPN; a UPN that two have finds neither."""
    upns = Counter(p.upn for p in pupils)
    found = {}
    for p in pupils:
        if p.upn and upns[p.upn] == 1:
            found[str(p.upn)] = p
    return found


def upn_of(link: Any) -> str:
    """The UPN in `Okafor, Amara (B801200005001)`."""
    return str(link).rpartition("(")[2].rstrip(")").strip()


# --- checks ---
def check(tables: dict[str, list[Any]], by_upn: dict[str, Any], places_in: dict[str, list[Any]], today: pd.Timestamp) -> list[Found]:
    found: list[Found] = list(tables["unread"])
    for sheet, rules in (("Pupils", pupil), ("Contacts", contact), ("Places", place), ("Plans", plan), ("Reviews", review)):
        found += [(sheet, row.row, said) for row in tables[sheet] for said in rules(row, today)]
    found += [("Assessments", a.row, said) for a in tables["Assessments"] for said in score(a.score, a.measure)]
    for sheet, name in (("Pupils", "upn"), ("Staff", "full_name"), ("Groups", "group"), ("Provisions", "provision")):
        many = Counter(getattr(row, name) for row in tables[sheet])
        found += [(sheet, row.row, f"{getattr(row, name)} stands twice") for row in tables[sheet] if many[getattr(row, name)] > 1]
    for sheet in ("Contacts", "Places", "Plans", "Reviews", "Assessments", "Communications"):
        found += [(sheet, row.row, f"Pupil not found: {row.pupil}") for row in tables[sheet] if upn_of(row.pupil) not in by_upn]
    groups = {g.group for g in tables["Groups"]}
    found += [("Places", p.row, f"Group not found: {p.group}") for p in tables["Places"] if p.group not in groups]
    staff, provisions = {s.full_name for s in tables["Staff"]}, {p.provision for p in tables["Provisions"]}
    for g in tables["Groups"]:
        found += [("Groups", g.row, said) for said in group(g, staff, provisions, places_in)]
    return found


def pupil(p: Any, today: pd.Timestamp) -> Iterator[str]:
    if not p.upn:
        yield "No UPN"
    elif not check_letter_fits(str(p.upn)):
        yield f"UPN {p.upn} has the wrong check letter"
    if p.sen_status in ("K", "E") and not p.primary_need:
        yield "SEN without a primary need"
    if p.primary_need and p.primary_need == p.secondary_need:
        yield "Primary and secondary need are the same"
    if p.sen_status == "E" and p.ehc_plan_issued is None:
        yield "Status E without the date of the plan"
    if p.date_of_birth and p.date_of_birth > today:
        yield "Born in the future"
    if before(p.off_register_since, p.on_register_since):
        yield "Off the register before coming onto it"
    if before(p.ehc_plan_ceased, p.ehc_plan_issued):
        yield "Plan ceased before it was issued"
    if p.attendance and p.attendance > 100:
        yield "Attendance above 100"


def check_letter_fits(upn: str) -> bool:
    if not re.fullmatch(r"[A-Z]\d{11}[0-9A-Z]", upn):
        return False
    digits = [int(c) if c.isdigit() else LETTERS.find(c) for c in upn[1:]]
    return LETTERS[sum(i * d for i, d in enumerate(digits, 2)) % 23] == upn[0]


def before(later: Any, earlier: Any) -> bool:
    return bool(later is not None and earlier is not None and later < earlier)


def contact(c: Any, today: pd.Timestamp) -> Iterator[str]:
    sent = c.receives_summaries == "Yes"
    if sent and c.contact_restriction == "Yes":
        yield "Restricted, but receives summaries"
    if sent and c.parental_responsibility != "Yes":
        yield "Receives summaries without parental responsibility"
    if sent and not c.email and not c.address:
        yield "Receives summaries without email or address"
    if c.email and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", str(c.email)):
        yield f"Email cannot be right: {c.email}"


def place(p: Any, today: pd.Timestamp) -> Iterator[str]:
    if before(p.end, p.start):
        yield "Ends before it starts"
    if before(p.exit_date, p.entry_date):
        yield "Exit score before entry score"
    yield from score(p.entry_score, p.measure)
    yield from score(p.exit_score, p.measure)
    if p.attendance and p.attendance > 100:
        yield "Attendance above 100"


def score(value: float | None, measure: str | None) -> Iterator[str]:
    if value is not None and measure in RANGES and not RANGES[measure][0] <= value <= RANGES[measure][1]:
        yield f"{value} is no score on {measure}"


def plan(p: Any, today: pd.Timestamp) -> Iterator[str]:
    if before(p.review_by, p.start) or before(p.reviewed, p.start):
        yield "Reviewed before it starts"
    if p.review_by and p.review_by < today and not p.result:
        yield "Past its review date without a result"


def review(r: Any, today: pd.Timestamp) -> Iterator[str]:
    if before(r.la_decision_sent, r.held):
        yield "Decided before the meeting"
    if r.held and r.held > today:
        yield "Held in the future"


def group(g: Any, staff: set[str], provisions: set[str], places_in: dict[str, list[Any]]) -> Iterator[str]:
    if g.provision not in provisions:
        yield f"Provision not found: {g.provision}"
    for name in filter(None, (g.staff, g.second_staff, g.third_staff)):
        if name not in staff:
            yield f"Staff not found: {name}"
    if before(g.end, g.start):
        yield "Ends before it starts"
    if not g.minutes or not g.sessions_a_week:
        yield "No length or number of sessions"
    if g.group not in places_in:
        yield "No pupils"


# --- costs ---
def hourly(s: Any) -> float:
    """Pounds an hour."""
    if s.hourly_cost is not None:
        return float(s.hourly_cost)
    hours = (s.paid_hours_a_week or 0) * (s.paid_weeks_a_year or 0)
    return float(s.salary_with_on_costs / hours) if hours and s.salary_with_on_costs is not None else 0.0


class Year:
    """The costing year and its school weeks."""

    def __init__(self, school: dict[str, Any], terms: Sequence[Any]) -> None:
        self.first, self.last = school["Costing year from"], school["Costing year to"]
        self.most = int(school["Weeks in the school year"] or 39)
        monday = self.first - timedelta(days=self.first.weekday())
        self.weeks = []
        while monday <= self.last:
            first, last = max(monday, self.first), min(monday + timedelta(days=4), self.last)
            if first <= last and any(t.start <= last and first <= t.end for t in terms):
                self.weeks.append(monday)
            monday += timedelta(days=7)

    def counted(self, start: Any, end: Any) -> int:
        """School weeks between two dates."""
        first, last = max(start or self.first, self.first), min(end or self.last, self.last)
        return sum(1 for monday in self.weeks if first <= monday + timedelta(days=4) and monday <= last) if first <= last else 0

    def outside(self, g: Any) -> bool:
        """A group has no day in the year."""
        return bool(max(g.start or self.first, self.first) > min(g.end or self.last, self.last))


def share(total: int, weights: Sequence[float]) -> list[int]:
    """Whole pence by weights, adding up to the total: largest remainder."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    exact = [total * w / whole for w in weights]
    shares = [floor(x + 1e-9) for x in exact]
    order = sorted(range(len(exact)), key=lambda i: (-round(exact[i] - shares[i], 7), i))
    for i in order[: total - sum(shares)]:
        shares[i] += 1
    return shares


def cost(tables: dict[str, list[Any]], by_upn: dict[str, Any], places_in: dict[str, list[Any]]) -> dict[str, list[list[Any]]]:
    """Cost per group, share of each place, cost per pupil; pence."""
    year = Year({s.setting: s.value for s in tables["School"]}, tables["Terms"])
    rates = {s.full_name: hourly(s) for s in tables["Staff"]}
    groups, shares, spent = [], [], dict.fromkeys((p.row for p in tables["Pupils"]), 0)
    for g in tables["Groups"]:
        weeks = min(year.most, year.counted(g.start, g.end)) if g.weeks_if_fixed is None else g.weeks_if_fixed
        if year.outside(g):
            weeks = 0
        rate = sum(rates.get(name, 0) for name in (g.staff, g.second_staff, g.third_staff) if name)
        hours = ((g.minutes or 0) + (g.preparation_minutes or 0)) / 60 * (g.sessions_a_week or 0) * weeks
        resources = 0 if year.outside(g) else g.resource_cost or 0
        total = floor((rate * hours + resources) * 100 + 0.5 + 1e-6)
        members = places_in.get(g.group, [])
        groups.append([g.group, weeks, hours, len(members), total])
        if g.charged_to:
            weights = [float(upn_of(p.pupil) == upn_of(g.charged_to)) for p in members]
        else:
            weights = [weeks if not p.start and not p.end else place_weeks(year, g, p, weeks) for p in members]
        for p, w, pence in zip(members, weights, share(total, weights), strict=True):
            shares.append([p.pupil, g.group, w, pence])
            if (who := by_upn.get(upn_of(p.pupil))) is not None:
                spent[who.row] += pence
    pupils = [
        [p.upn, p.legal_surname, p.legal_forename, spent[p.row], max(0, THRESHOLD - spent[p.row]), max(0, spent[p.row] - THRESHOLD)]
        for p in tables["Pupils"]
    ]
    return {"groups": groups, "shares": shares, "pupils": pupils}


def place_weeks(year: Year, g: Any, p: Any, weeks: float) -> float:
    start = max(filter(None, (p.start, g.start)), default=None)
    end = min(filter(None, (p.end, g.end)), default=None)
    whole = year.counted(g.start, g.end)
    return weeks * year.counted(start, end) / whole if whole else 0


# --- writing ---
def write(path: Path, problems: Sequence[Found], costs: dict[str, list[list[Any]]]) -> None:
    def pounds(rows: Sequence[Sequence[Any]], first: int) -> list[list[Any]]:
        return [[*row[:first], *(pence / 100 for pence in row[first:])] for row in rows]

    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for name, rows, headings in (
            ("Problems", problems, ["Sheet", "Row", "What is wrong"]),
            ("Cost per group", pounds(costs["groups"], 4), ["Group", "Weeks", "Hours", "Pupils", "Cost"]),
            ("Cost per pupil", pounds(costs["pupils"], 3), ["UPN", "Surname", "Forename", "Spent", "Left", "Above"]),
            ("Shares", pounds(costs["shares"], 3), ["Pupil", "Group", "Weeks", "Share"]),
        ):
            pd.DataFrame(rows, columns=headings).to_excel(writer, sheet_name=name, index=False)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("book", type=Path)
    parser.add_argument("--today", type=date.fromisoformat, required=True)
    parser.add_argument("--out", type=Path, help="write results to this workbook")
    parser.add_argument("--careful", action="store_true", help="rows from itertuples")
    parser.add_argument("--figures", action="store_true", help="print the costs as JSON, to be compared")
    args = parser.parse_args()
    tables = read(args.book, args.careful)
    by_upn = pupils_by_link(tables["Pupils"])
    places_in = defaultdict(list)
    for p in tables["Places"]:
        places_in[p.group].append(p)
    problems = check(tables, by_upn, dict(places_in), pd.Timestamp(args.today))
    costs = cost(tables, by_upn, dict(places_in))
    if args.out:
        write(args.out, problems, costs)
    if args.figures:
        pence = {
            "groups": [g[-1] for g in costs["groups"]],
            "shares": [s[-1] for s in costs["shares"]],
            "pupils": [p[3] for p in costs["pupils"]],
        }
        print(json.dumps(pence))
    else:
        print(len(problems), "problems;", sum(g[-1] for g in costs["groups"]), "pence")


if __name__ == "__main__":
    main()
