"""One pupil's summary as finished sentences, for the pupil's own parents (SEND Code of Practice 6.64 to 6.71).

Pure. Reads only columns that parents may see, and the school's settings. The legal name stands in only where no
preferred name is given.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sendbook.law import code_sets
from sendbook.summaries.contact import advice_section, contact_section
from sendbook.summaries.model import Item, Section, Summary
from sendbook.summaries.progress import chart, place_scores, score_sentences
from sendbook.summaries.support import RECENT, Help, has_left, help_item, help_of
from sendbook.summaries.words import in_words, lines_of, long_date, plain_number, possessive, tidy
from sendbook.tables import Book, Plan, Pupil, Review

WORKING = (None, "Working on it")


def called(pupil: Pupil) -> str:
    """What the pupil is called in a sentence."""
    return tidy(pupil.first_name) or "your child"


def summary(book: Book, pupil: Pupil, today: date, costs: int | None = None) -> Summary:
    """The pupil's summary as of today. `costs`: pence the pupil's help costs this year; printed only if the school's setting says so."""
    name = called(pupil)
    full = tidy(pupil.name) or "Your child"
    given = help_of(book, pupil, today)
    plans = book.plans_of(pupil)
    sections = (
        _strengths(pupil, name),
        _goals(book, plans, name, today),
        _help(book, pupil, given, today, costs if book.school.show_costs else None),
        _progress(book, pupil, given, today),
        _says(book, pupil, today),
        _home(pupil, plans, name, today),
        _next(book, pupil, today),
        contact_section(book.school),
        advice_section(book.school),
    )
    return Summary(
        title=f"Summary of support for {full}",
        heading=full,
        school=tidy(book.school.name) or "School",
        about=" · ".join(filter(None, ("Summary of support", _year(pupil)))),
        date=long_date(today),
        intro=tuple(_intro(pupil, name, today)),
        sections=sections,
    )


def _year(pupil: Pupil) -> str:
    """Year and class: `Year 4, class 4A`."""
    year = {"R": "Reception", "N1": "Nursery", "N2": "Nursery"}.get(pupil.year or "", f"Year {pupil.year}" if pupil.year else "")
    group = tidy(pupil.class_name)
    return ", ".join(filter(None, (year, f"class {group}" if group else "")))


def _start(name: str) -> str:
    """The name as a sentence begins with it."""
    return name[0].upper() + name[1:] if name == "your child" else name


def _intro(pupil: Pupil, name: str, today: date) -> Iterator[str]:
    well = f"what {name} does well, " if lines_of(pupil.strengths) else ""
    yield f"This summary is for {possessive(name)} family. It shows {well}what help there is and what comes next."
    if said := " ".join(_status(pupil, name, today)):
        yield said


def _status(pupil: Pupil, name: str, today: date) -> Iterator[str]:
    if pupil.sen_status == "N":
        yield f"{_start(name)} does not have SEN support now. SEN means special educational needs. We will keep an eye on how things go."
        return
    if pupil.sen_status == "E":
        yield f"{_start(name)} has an education, health and care plan. It is called an EHC plan for short."
        yield f"It is a legal plan of the help that {name} must get."
    elif pupil.sen_status == "K":
        yield f"{_start(name)} gets SEN support. SEN means special educational needs."
    if needs := _needs(pupil):
        yield f"{_start(name)} gets extra help with {needs[0]}."
        yield from (f"There is also help with {need}." for need in needs[1:])
    if pupil.sen_status == "E" and pupil.plan_issued and pupil.plan_issued <= today:
        yield f"The first plan is from {long_date(pupil.plan_issued)}."
    elif pupil.sen_status == "K" and pupil.support_since and pupil.support_since <= today:
        yield f"This began on {long_date(pupil.support_since)}."


def _needs(pupil: Pupil) -> list[str]:
    codes = [code_sets()["sen_type"].get(c) for c in (pupil.primary_need, pupil.secondary_need) if c]
    return list(dict.fromkeys(c.facts["plain"] for c in codes if c))


def _strengths(pupil: Pupil, name: str) -> Section:
    said = lines_of(pupil.strengths)
    ask = f"Please tell us what {name} enjoys and does well. We would love to add it here."
    return Section("strengths", f"What {name} is good at", *_laid(said or (ask,)))


def _laid(lines: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Paragraphs and bullets: one line is a paragraph, more are a list."""
    return ((), lines) if len(lines) > 1 else (lines, ())


def _open(plan: Plan) -> bool:
    return plan.result in WORKING and bool(lines_of(plan.outcome))


def _goals(book: Book, plans: tuple[Plan, ...], name: str, today: date) -> Section:
    items = tuple(_goal(book, p, today) for p in plans if _open(p))
    none = () if items else ("There are no goals written down yet. We will choose some with you when we next meet.",)
    return Section("goals", "What we are working on", none, items=items)


def _goal(book: Book, plan: Plan, today: date) -> Item:
    first, *more = lines_of(plan.outcome) or ("",)
    school = ("At school:", *lines_of(plan.at_school)) if plan.at_school else ()
    so_far = f"{_SO_FAR} {' '.join(lines_of(plan.progress))}" if plan.progress else ""
    return Item(first, tuple(filter(None, (" ".join(more), " ".join((*school, *_goal_dates(book, plan, today))), so_far))))


_SO_FAR = "So far:"
_SEVERAL = re.compile(r"\s(?:and|&|\+)\s|[,/]")  # between the names of two people


def _gone(book: Book, name: str | None, today: date) -> bool:
    member = book.staff_named(name)
    return member is not None and has_left(member, today)


def _goal_dates(book: Book, plan: Plan, today: date) -> Iterator[str]:
    if plan.lead and not _gone(book, plan.lead, today):
        yield f"{tidy(plan.lead)} {'lead' if _SEVERAL.search(plan.lead) else 'leads'} on this."
    if plan.start and plan.start > today:
        yield f"We start on {long_date(plan.start)}."
    if plan.review_by and plan.review_by >= today:
        yield f"We will look at it with you by {long_date(plan.review_by)}."
    elif plan.review_by:
        yield f"We meant to look at it with you by {long_date(plan.review_by)}. We will do this when we next meet."


def _help(book: Book, pupil: Pupil, given: tuple[Help, ...], today: date, costs: int | None) -> Section:
    name = called(pupil)
    items = [help_item(book, _start(name), h, today) for h in given if not h.ended(today)]
    if in_class := lines_of(pupil.how_to_support):
        items.append(Item("In class", *_laid(in_class)))
    none = () if items else ("No extra help is listed here at the moment. Please ask us if you would like to talk about this.",)
    cost = f"This year {possessive(name)} help costs about {in_words(costs)}." if costs else ""
    more = " ".join(filter(None, (_adult(book, pupil, name, today), cost)))
    return Section("help", "What help is in place", tuple(filter(None, (*none, more))), items=tuple(items))


def _adult(book: Book, pupil: Pupil, name: str, today: date) -> str:
    if _gone(book, pupil.key_adult, today):
        return ""
    return f"{_start(name)} can go to {tidy(pupil.key_adult)} with any worry." if pupil.key_adult else ""


MOST_CLOSED_GOALS, MOST_PROGRESS = 3, 5


def _progress(book: Book, pupil: Pupil, given: tuple[Help, ...], today: date) -> Section:
    name = called(pupil)
    met = tuple(_met(book.plans_of(pupil), name, today))[-MOST_CLOSED_GOALS:]
    items = (
        *met,
        *tuple(_scores_and_ends(given, name, today))[len(met) - MOST_PROGRESS :],
    )  # the latest: two pages are read, three are not
    picture = chart(_start(name), [h.place for h in given], book.assessments_of(pupil), today)
    if picture and any(picture.note in said for i in items for said in i.paragraphs):
        picture = replace(picture, note="")  # it stands above already
    none = () if items or picture else (_nothing_yet(book.plans_of(pupil), name),)
    return Section("progress", "How it is going", none, items=items, chart=picture)


def _nothing_yet(plans: tuple[Plan, ...], name: str) -> str:
    if any(_open(p) and p.progress for p in plans):
        return f"Look for “{_SO_FAR}” under each goal above. We will tell you more when we next meet."
    return f"There is nothing to show yet. We will tell you how {name} is doing when we next meet."


def _met(plans: tuple[Plan, ...], name: str, today: date) -> Iterator[Item]:
    for plan in plans:
        goal = " ".join(lines_of(plan.outcome))
        lately = plan.reviewed is not None and today - RECENT <= plan.reviewed <= today
        if not goal or not lately or _open(plan):
            continue
        result = {
            "Met": f"{_start(name)} has met this goal. Well done!",
            "Partly met": f"{_start(name)} has met part of this goal.",
            "Not met": f"{_start(name)} has not met this goal yet.",
            "Stopped": "We have stopped work on this goal for now.",
        }.get(plan.result or "", "")
        yield Item(goal, tuple(filter(None, (" ".join(filter(None, (result, *lines_of(plan.progress)))),))))


def _scores_and_ends(given: tuple[Help, ...], name: str, today: date) -> Iterator[Item]:
    for one in given:
        place = one.place
        ended = one.ended(today)
        scores = score_sentences(_start(name), *place_scores(place, today), ended)
        share = place.attendance if place.attendance and 1 < place.attendance <= 100 else None  # 0.92 is Excel's 92 %, or a slip
        came = f"{_start(name)} came to {plain_number(share)}% of the sessions." if share else ""
        over = f"This help ended on {long_date(one.end)}." if one.end and ended else ""
        words = " ".join(filter(None, (*lines_of(place.progress), came, over)))
        said = tuple(filter(None, (words, scores)))
        if said:
            yield Item(one.name, said)


def _held(book: Book, pupil: Pupil, today: date) -> list[Review]:
    """Review meetings of the last year, newest first."""
    held = [r for r in book.reviews_of(pupil) if r.held and today - 2 * RECENT <= r.held <= today]
    return sorted(held, key=lambda r: r.held or date.min, reverse=True)


def _says(book: Book, pupil: Pupil, today: date) -> Section:
    name = called(pupil)
    said = lines_of(pupil.pupil_voice) or next((lines_of(r.pupil_views) for r in _held(book, pupil, today) if r.pupil_views), ())
    ask = f"We have not written down {possessive(name)} own words yet. Please talk about school at home and tell us what {name} says."
    return Section("voice", f"What {name} says", () if said else (ask,), quote=said)


def _home(pupil: Pupil, plans: tuple[Plan, ...], name: str, today: date) -> Section:
    tips = [*lines_of(pupil.helps_at_home), *(line for p in plans if _open(p) for line in lines_of(p.at_home))]
    ask = f"Please tell us what works well at home. It helps us to help {name}."
    return Section("home", "What helps at home", *_laid(tuple(dict.fromkeys(tips)) or (ask,)))


_KINDS = {
    "Annual review": "the yearly review of the EHC plan",
    "Interim review": "an extra review of the EHC plan",
    "SEN support review": "a review of the support",
    "Transition review": "a meeting about the next move",
}


def _to_come(review: Review, today: date) -> bool:
    """Planned for today or later, and not held: a date on which it was held that lies ahead is a slip."""
    return review.planned is not None and review.planned >= today and (review.held is None or review.held > today)


def _meetings(book: Book, pupil: Pupil, today: date) -> Iterator[tuple[date, str]]:
    """Meetings to come, with what they are about."""
    reviews = {r.planned or today: _KINDS.get(r.kind or "", "") for r in book.reviews_of(pupil) if _to_come(r, today)}
    days = {pupil.next_meeting: ""} if pupil.next_meeting and pupil.next_meeting >= today else {}
    yield from sorted((days | reviews).items())


def _next(book: Book, pupil: Pupil, today: date) -> Section:
    meetings = _meetings(book, pupil, today)
    said = [
        f"We will {'also ' if n else ''}meet on {long_date(day, weekday=True)}.{kind and f' This is {kind}.'}"
        for n, (day, kind) in enumerate(meetings)
    ]
    if not said:
        said = ["We have not set a date for our next meeting. We will be in touch. You can ask us to meet at any time."]
    else:
        said.append("Please bring your questions and your ideas. If you cannot come on this day, tell us and we will find another.")
    if pupil.sen_status == "E" and pupil.last_annual_review and pupil.last_annual_review <= today:
        said.append(f"The EHC plan is reviewed each year. The last one was finished on {long_date(pupil.last_annual_review)}.")
    return Section("next", "What happens next", tuple(said), items=tuple(_agreed(book, pupil, today)))


def _agreed(book: Book, pupil: Pupil, today: date) -> Iterator[Item]:
    for review in _held(book, pupil, today)[:1]:
        if review.agreed and review.held:
            yield Item(f"What we agreed on {long_date(review.held)}", *_laid(lines_of(review.agreed)))
