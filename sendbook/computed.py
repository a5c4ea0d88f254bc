"""What every formula of the master workbook gives, worked out in Python: shown until Excel recalculates, and the tests' yardstick."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

from sendbook.costing import Costing, hourly_pence, monday_of
from sendbook.tables import Book, Pupil
from sendbook.workbook.home import HOME
from sendbook.workbook.master import HEADER, Computed

Results = dict[tuple[str, str], dict[int, object]]


def pounds(pence: int | Fraction | None) -> Decimal | float | None:
    """Pence as pounds: exact for whole pence, a float for parts of a penny."""
    if pence is None:
        return None
    return Decimal(pence) / 100 if isinstance(pence, int) else float(pence / 100)


def computed(book: Book, today: date) -> Computed:
    """Results of all formula columns by (table, heading) and sheet row, and Home's figures at row 0."""
    costing = Costing(book, today)
    return {**_pupils(book, today), **_staff(book), **_weeks(costing), **_groups(costing), **_places(book), **_home(costing)}


def _column(table: str, heading: str, cells: Iterable[tuple[int, object]]) -> Results:
    return {(table, heading): dict(cells)}


def days_since_review(book: Book, pupil: Pupil, today: date) -> int | None:
    """Days since the latest review held, or the annual review or plan named in Pupils; None where there is none."""
    dates = [pupil.plan_issued, pupil.last_annual_review, *(r.held for r in book.reviews_of(pupil))]
    latest = max((d for d in dates if d), default=None)
    return max(0, (today - latest).days) if latest else None


def _pupils(book: Book, today: date) -> Results:
    return _column("Pupils", "Pupil", ((p.row, p.label if p.surname or p.forename else None) for p in book.pupils)) | _column(
        "Pupils", "Days since last review", ((p.row, days_since_review(book, p, today)) for p in book.pupils)
    )


def _staff(book: Book) -> Results:
    return _column("Staff", "Cost per hour", ((s.row, pounds(hourly_pence(s))) for s in book.staff))


def _weeks(costing: Costing) -> Results:
    if costing.year is None:
        return {}
    mondays = [monday_of(costing.year[0]) + timedelta(weeks=n) for n in range(54)]
    return _column("Weeks", "Monday", enumerate(mondays, HEADER + 2)) | _column(
        "Weeks", "In school", enumerate((int(m in costing.weeks) for m in mondays), HEADER + 2)
    )


def _groups(costing: Costing) -> Results:
    costs = [(g.group.row, g) for g in costing.groups]
    found: Results = {}
    found |= _column("Groups", "Costed from", ((r, g.costed_from) for r, g in costs))
    found |= _column("Groups", "Costed to", ((r, g.costed_to) for r, g in costs))
    found |= _column("Groups", "Weeks run", ((r, float(g.weeks)) for r, g in costs))
    found |= _column("Groups", "Pupils", ((r, len(g.shares)) for r, g in costs))
    found |= _column("Groups", "Staff cost per hour", ((r, float(g.hourly / 100)) for r, g in costs))
    found |= _column("Groups", "Group cost", ((r, pounds(g.total)) for r, g in costs))
    found |= _column("Groups", "Cost per pupil", ((r, pounds(g.per_pupil)) for r, g in costs))
    return found


def _places(book: Book) -> Results:
    def gain(entry: float | None, after: float | None) -> float | None:
        return None if entry is None or after is None else after - entry

    return _column("Places", "Gain", ((p.row, gain(p.entry_score, p.exit_score)) for p in book.places))


def home_figures(costing: Costing) -> Mapping[str, object]:
    """Home's figures by their words."""
    book, today = costing.book, costing.today
    on_roll = [p for p in book.pupils if p.on_roll(today)]
    soon = today + timedelta(days=30)
    return {
        "Pupils with an EHC plan": sum(p.sen_status == "E" for p in on_roll),
        "Pupils on SEN support": sum(p.sen_status == "K" for p in on_roll),
        "Pupils being monitored": sum(p.sen_status == "N" for p in on_roll),
        "Groups running today": sum(bool(g.group.name) and g.costed_from <= today <= g.costed_to for g in costing.groups),
        "School weeks in the costing year": len(costing.weeks),
        "Cost of provision this year": pounds(costing.total),
        "Notional SEN budget": pounds(book.school.notional_budget or 0),
        "Top-up received": pounds(sum(p.top_up or 0 for p in book.pupils)),
        "Reviews in the next 30 days": sum(bool(r.planned and today <= r.planned <= soon and not r.held) for r in book.reviews),
        "Outcomes past their review date": sum(bool(p.review_by and p.review_by < today and not p.result) for p in book.plans),
    }


def _home(costing: Costing) -> Results:
    figures = {(HOME, label): {0: value} for label, value in home_figures(costing).items()}
    return {**figures, (HOME, "School name"): {0: costing.book.school.name or "SEND register and provision map"}}
