"""A small believable school for the tests of summaries."""

import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from sendbook.summaries.model import Summary
from sendbook.summaries.render import Renderer
from sendbook.summaries.templates import make_kit
from sendbook.summaries.view import summary
from sendbook.tables import Book
from tests.live import need
from tests.make import SCHOOL, TODAY, book, pupil

FULL_SCHOOL: dict[str, Any] = SCHOOL | {
    "local_authority": "Greenshire", "senco_phone": "020 7946 0100", "website": "www.greenfield.example",
    "sendiass": "Greenshire SENDIASS", "sendiass_contact": "020 7946 0200", "local_offer": "www.greenshire.example/local-offer",
}  # fmt: skip

AMARA = pupil(
    secondary_need="SEMH",
    strengths="Amara is kind and helps others in class.\nShe loves drawing, swimming and stories about animals.",
    pupil_voice="I like it when we act out the story first. I want to put my hand up more.",
    how_to_support="Give Amara time to think before she answers.\nShow new words with a picture.",
    helps_at_home="Share a book for ten minutes a day.\nTalk about three new words from the book.",
    key_adult="Miss Tran", next_meeting=date(2026, 12, 10),
)  # fmt: skip
LINK = "Okafor, Amara (B801200005001)"

STAFF = [
    {"name": "Mrs Khan", "role": "Teaching assistant", "hourly_cost": 17.2},
    {"name": "Miss Tran", "role": "Teacher"},
    {"name": "Mr O’Neill", "role": "ELSA"},
]
PROVISIONS = [
    {"name": "Colourful Semantics", "area": "Communication and interaction", "layer": "Targeted",
     "plain": "A small group builds longer sentences with picture cards."},
    {"name": "Reading partners", "area": "Cognition and learning", "layer": "Targeted",
     "plain": "An adult and a child read together each time."},
]  # fmt: skip
GROUPS = [
    {"name": "CS Aut 4A", "provision": "Colourful Semantics", "staff": "Mrs Khan", "minutes": 30, "sessions": 2,
     "start": date(2026, 9, 14), "end": date(2026, 12, 11)},
    {"name": "RP 1", "provision": "Reading partners", "staff": "Mr O’Neill", "staff_2": "Mrs Khan", "minutes": 20, "sessions": 0.5,
     "start": date(2026, 9, 21)},
]  # fmt: skip
PLACES = [
    {"pupil": LINK, "group": "CS Aut 4A", "attendance": 95,
     "progress": "Amara now uses sentences of six words. Amara enjoys the picture cards."},
    {"pupil": LINK, "group": "RP 1", "measure": "Reading age (months)", "entry_score": 76, "entry_date": date(2026, 9, 21),
     "exit_score": 80, "exit_date": date(2026, 11, 16)},
]  # fmt: skip
PLANS = [
    {"pupil": LINK, "outcome": "Amara will tell a story in five or more sentences, in the right order.", "start": date(2026, 9, 14),
     "review_by": date(2026, 12, 11), "at_school": "Picture cards and time to practise with a friend.",
     "at_home": "Ask Amara to tell you about the day.",
     "lead": "Miss Tran", "result": "Working on it", "progress": "Amara can tell a story in three sentences now."},
    {"pupil": LINK, "outcome": "Amara will put a hand up once in each lesson.", "start": date(2026, 9, 14), "review_by": date(2026, 12, 11),
     "at_school": "Talk with a partner before the class answers.", "result": "Working on it"},
    {"pupil": LINK, "outcome": "Amara will join a game at break time.", "start": date(2026, 4, 20), "review_by": date(2026, 7, 17),
     "result": "Met", "reviewed": date(2026, 7, 14), "progress": "Amara plays with two friends most days."},
]  # fmt: skip
REVIEWS = [
    {"pupil": LINK, "kind": "SEN support review", "planned": date(2026, 7, 14), "held": date(2026, 7, 14),
     "agreed": "We will keep the reading time.\nWe will look at friendships again in the autumn."},
]  # fmt: skip
ASSESSMENTS = [{"pupil": LINK, "date": date(2026, 2, 10), "measure": "Reading age (months)", "score": 71},
               {"pupil": LINK, "date": date(2026, 6, 16), "measure": "Reading age (months)", "score": 74}]  # fmt: skip

TABLES: dict[str, Any] = {
    "school": FULL_SCHOOL, "pupils": [AMARA], "staff": STAFF, "provisions": PROVISIONS, "groups": GROUPS, "places": PLACES, "plans": PLANS,
    "reviews": REVIEWS, "assessments": ASSESSMENTS,
}  # fmt: skip


def school(**changes: Any) -> Book:
    """The book of the small school, with tables changed as given."""
    return filled(**(TABLES | changes))


def filled(**tables: Any) -> Book:
    """A book in which a value of None is a blank cell."""
    return book(**{name: _filled(rows) if isinstance(rows, dict) else [_filled(r) for r in rows] for name, rows in tables.items()})


def _filled(row: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in row.items() if v is not None}


def amara(**changes: Any) -> Book:
    """The book with only the pupil changed."""
    return school(pupils=[AMARA | changes])


def drawn(book: Book, folder: Path, beside: Path | None = None) -> tuple[Summary, bytes, str]:
    """The first pupil's summary, its PDF and its page, as our own templates draw them."""
    made = summary(book, book.pupils[0], TODAY)
    renderer = Renderer(make_kit(folder, beside or folder / "nothing", book.school.colour, None))
    return made, renderer.pdf(made, TODAY)[0], renderer.html(made)


def words_of(pdf: bytes, *options: str) -> str:
    """A PDF's text as pdftotext reads it, in reading order."""
    program = need("pdftotext")
    return subprocess.run([program, "-enc", "UTF-8", *options, "-", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
