"""The page: well formed, accessible, whole in itself, and typed text is only text."""

from xml.etree import ElementTree

import pytest

from tests.summaries.school import FULL_SCHOOL, amara, drawn, school
from tests.summaries.test_pdf import HOSTILE


def parsed(page: str) -> ElementTree.Element:
    """Our page keeps to the rules of XML apart from its doctype and its void elements."""
    body = page[page.index("<html") :].replace('<meta charset="utf-8">', "")
    for start in ("<meta", "<img"):
        pieces = body.split(start)
        body = start.join([pieces[0], *(p.replace(">", "/>", 1) for p in pieces[1:])])
    return ElementTree.fromstring(body)


def text_of(tree: ElementTree.Element) -> str:
    return " ".join(" ".join(tree.itertext()).split())


def test_the_page_is_well_formed_and_structured(tmp_path):
    made, _, page = drawn(school(), tmp_path)
    tree = parsed(page)
    assert page.lstrip().startswith("<!DOCTYPE html>") and tree.get("lang") == "en-GB"
    assert tree.findtext("head/title") == "Summary of support for Amara Okafor"
    assert len(tree.findall(".//main")) == len(tree.findall(".//h1")) == 1
    assert [h.text for h in tree.findall(".//h2")] == [s.heading for s in made.sections]
    named = {e.get("id") for e in tree.iter() if e.get("id")}
    assert {s.get("aria-labelledby") for s in tree.findall(".//section")} == named
    drawing = tree.find(".//svg")
    assert (
        drawing is not None
        and drawing.get("role") == "img"
        and (drawing.get("aria-label") or "").startswith("Chart of Amara’s reading age.")
    )


def test_page_and_pdf_say_the_same(tmp_path):
    made, _, page = drawn(school(), tmp_path)
    text = text_of(parsed(page))
    for part in made.texts():
        if not part.startswith("Chart of"):
            assert " ".join(part.split()) in text


def test_nothing_is_fetched_from_elsewhere(tmp_path):
    tree = parsed(drawn(school(), tmp_path)[2])
    assert not [
        e for e in tree.iter() if e.tag in ("script", "link", "iframe", "object") or (e.get("src") or "data:").split(":")[0] != "data"
    ]
    assert "url(" not in drawn(school(), tmp_path)[2] and "@import" not in drawn(school(), tmp_path)[2]


@pytest.mark.parametrize("text", HOSTILE)
def test_typed_text_is_only_text(tmp_path, text):
    evil = f'{text}"><script>alert(1)</script>'
    page = drawn(amara(strengths=evil, known_as=evil, key_adult=evil), tmp_path)[2]
    assert "<script" not in page and "<b>" not in page
    assert "alert(1)" in text_of(parsed(page))


def test_a_link_of_the_school_cannot_run_anything(tmp_path):
    page = drawn(school(school=FULL_SCHOOL | {"website": "javascript:alert(1)", "senco_email": 'a@b.example" onclick="x'}), tmp_path)[2]
    links = {a.get("href", "").split(":")[0] for a in parsed(page).iter("a")}
    assert links <= {"mailto", "tel", "https", "http"}
    assert not [e for e in parsed(page).iter() if e.get("onclick")]
