"""The PDF: accessible, the same every time, and made whatever is typed."""

import re
from collections import Counter
from io import BytesIO

import pikepdf
import pytest

from sendbook.demo.invent import DEFAULT_TODAY, invent
from sendbook.summaries.letters import named_in, stand_in, without_emoji_parts
from sendbook.summaries.render import Renderer
from sendbook.summaries.spacing import STEPS, pages_in, steps_from
from sendbook.summaries.templates import make_kit
from sendbook.summaries.view import summary
from sendbook.summaries.write import pupils_with_summary, write_summaries
from sendbook.workbook.rows import book_of
from tests.make import TODAY
from tests.summaries.school import FULL_SCHOOL, GROUPS, PLACES, PLANS, PROVISIONS, amara, drawn, school, words_of

HOSTILE = [
    "=1+1", "+44", "@name", "<b>bold</b>", "#image(\"x\")", "a\\b", "$x$ *a* _b_ `c` ~d", "[x](y) //c /*d*/", "\"quotes\" ‘and’ “more”",
    "{{ 7*7 }}",
    "{% for %}", "&amp; &lt;", "null \x00 and bell \x07", "tab\there", "line\u2028break",
    "Adéyẹmí Nguyễn Wałęsa Żółć İbrahim Ørsted", "Київ Žižek",
]  # fmt: skip


@pytest.fixture(scope="module")
def renderer(tmp_path_factory):
    folder = tmp_path_factory.mktemp("kit")
    return Renderer(make_kit(folder, folder / "nothing", None, None))


def pdf_of(renderer, book):
    return renderer.pdf(summary(book, book.pupils[0], TODAY), TODAY)


def fonts_in(document):
    for page in document.pages:
        for font in page.Resources.get("/Font", {}).values():
            inner = font.DescendantFonts[0] if "/DescendantFonts" in font else font
            yield str(font.BaseFont), inner.FontDescriptor


def tags(element):
    yield str(element.get("/S", ""))
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from tags(kid)


def alternatives(element):
    if "/Alt" in element:
        yield str(element.Alt)
    kids = element.get("/K", [])
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary):
            yield from alternatives(kid)


def test_the_pdf_is_accessible_and_says_what_it_is(tmp_path):
    _, pdf, _ = drawn(school(), tmp_path)
    with pikepdf.open(BytesIO(pdf)) as document:
        assert document.Root.MarkInfo.Marked and str(document.Root.Lang) == "en-GB"
        assert document.Root.ViewerPreferences.DisplayDocTitle
        assert (
            document.docinfo["/Title"] == "Summary of support for Amara Okafor"
            and document.docinfo["/Author"] == "Greenfield Primary School"
        )
        meta = document.open_metadata()
        assert meta["{http://www.aiim.org/pdfua/ns/id/}part"] == "1" and meta["dc:language"] == {"en-GB"}
        assert len(document.pages) == 2
        assert all(abs(float(p.MediaBox[3]) - 841.89) < 0.1 for p in document.pages)
        found = list(fonts_in(document))
        assert found and all("/FontFile2" in d or "/FontFile3" in d for _, d in found)
        assert {name.split("+")[1] for name, _ in found} == {"Andika", "Andika-Bold"}
        root = document.Root.StructTreeRoot
        assert {"/H1", "/H2", "/H3", "/P", "/L", "/LI", "/Figure", "/Link"} <= set(tags(root))
        assert any(a.startswith("Chart of Amara’s reading age. September 2026: 6 years 4 months") for a in alternatives(root))


def test_the_text_comes_in_reading_order(tmp_path):
    made, pdf, _ = drawn(school(), tmp_path)
    text = words_of(pdf)
    places = [text.index(s.heading) for s in made.sections]
    assert places == sorted(places)
    flat = " ".join(text.split())
    assert "It takes place twice a week for 30 minutes with Mrs Khan (teaching assistant)." in flat
    assert "Page 1 of 2" in flat


def test_the_same_book_and_day_make_the_same_bytes(tmp_path):
    folders = [tmp_path / "a", tmp_path / "b"]
    for folder in folders:
        folder.mkdir()
    first, second = (drawn(school(), folder)[1:] for folder in folders)
    assert first == second


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_typed_is_printed_as_it_stands(renderer, text):
    pdf, lacking = pdf_of(renderer, amara(strengths=text, known_as="Amara " + text))
    flat = " ".join(words_of(pdf).split())
    expected = " ".join(re.sub(r"[\x00-\x1f\u2028]", " ", text).split())
    assert expected in flat and not lacking


def test_very_long_names_and_words_stay_on_the_page(renderer):
    pdf, _ = pdf_of(renderer, amara(known_as="A" * 500, known_surname="B" * 500, strengths="C" * 5000))
    with pikepdf.open(BytesIO(pdf)) as document:
        assert len(document.pages) < 12
    boxes = re.findall(r'xMax="([0-9.]+)"', words_of(pdf, "-bbox"))
    assert boxes and max(map(float, boxes)) < 595 - 40


def test_what_is_usual_fits_two_pages(renderer):
    provisions = [*PROVISIONS, PROVISIONS[0] | {"name": "Lego therapy", "plain": "Three children build a model and each has a job to do."}]
    groups = [*GROUPS, GROUPS[0] | {"name": "LT", "provision": "Lego therapy"}]
    usual = school(provisions=provisions, groups=groups, places=[*PLACES, PLACES[0] | {"group": "LT"}], plans=[*PLANS, PLANS[0]])
    with pikepdf.open(BytesIO(pdf_of(renderer, usual)[0])) as document:
        assert len(document.pages) == 2


def test_a_summary_of_which_little_is_known_fits_one_page(renderer):
    little = school(pupils=[{"upn": "B801200005009", "forename": "James", "sen_status": "K", "primary_need": "ASD"}])
    with pikepdf.open(BytesIO(pdf_of(renderer, little)[0])) as document:
        assert len(document.pages) == 1


def test_much_text_flows_on_to_more_pages(renderer):
    pdf, _ = pdf_of(renderer, amara(strengths="\n".join(f"Strength {i} of many." for i in range(200))))
    text = words_of(pdf)
    assert "Strength 199 of many." in text and "Free advice for families" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [("عمر", "عمر"), ("دانش", "دانش"), ("דוד", "דוד"), ("রহিম", ""), ("राहुल", ""), ("ਗੁਰਪ੍ਰੀਤ", ""), ("ગીતા", ""), ("கண்ணன்", "")],
)
def test_scripts_of_many_families_are_set(renderer, text, shown):
    pdf, lacking = pdf_of(renderer, amara(pupil_voice=f"My name is {text}"))
    assert not lacking
    assert shown[::-1] in words_of(pdf) or shown in words_of(pdf)  # pdftotext may give right-to-left words either way


@pytest.mark.parametrize(
    ("text", "shown", "lacks"),
    [
        ("I like it 😊", "I like it (smiling face with smiling eyes)", {"😊"}),
        ("Family 👨‍👩‍👧 time", "Family (man)(woman)(girl) time", {"👨", "👩", "👧"}),
        ("Well done 👍🏽", "Well done (thumbs up sign)", {"👍"}),
        ("王小明 reads", "??? reads", {"王", "小", "明"}),
        ("private \ue000 use", "Private use", {"\ue000"}),
    ],
)
def test_letters_no_typeface_has_get_a_stand_in_and_are_told(renderer, text, shown, lacks):
    pdf, lacking = pdf_of(renderer, amara(pupil_voice=text))
    assert shown in " ".join(words_of(pdf).split())
    assert lacking == lacks
    with pikepdf.open(BytesIO(pdf)) as document:
        assert document.open_metadata()["{http://www.aiim.org/pdfua/ns/id/}part"] == "1"


def test_a_stand_in_does_not_depend_on_who_came_before(renderer, tmp_path):
    book = amara(pupil_voice="Star ★ and 王")
    pdf_of(renderer, amara(pupil_voice="★ 😊 王 明"))
    assert pdf_of(renderer, book) == pdf_of(Renderer(make_kit(tmp_path, tmp_path / "nothing", None, None)), book)


def test_pieces_of_stand_ins():
    message = (
        'the text `"\\u{7}"` could not be displayed with font; the text `"王"` could not be displayed; disallowed codepoint `"\\u{0}"`'
    )
    assert named_in(message) == {"\x07", "王", "\x00"}
    assert stand_in("★") == "(black star)" and stand_in("王") == "?" and stand_in("\x07") == ""
    assert without_emoji_parts("क्‍ष") == "क्‍ष"  # a joiner inside a Hindi word stays
    assert without_emoji_parts("❤️") == "❤"


def test_a_school_with_no_details_at_all(renderer):
    pdf, _ = pdf_of(renderer, school(school={"name": ""}))
    assert b"%PDF" in pdf[:8]


@pytest.mark.parametrize("colour", ["#FFFF00", "#FFFFFF", "#000000"])
def test_any_colour_makes_a_page(tmp_path, colour):
    assert drawn(school(school=FULL_SCHOOL | {"colour": colour}), tmp_path)[1]


@pytest.mark.parametrize(("lines", "first"), [(1, 1.0), (6, 0.8), (40, 0.55)])
def test_more_words_begin_closer(lines, first):
    of = amara(how_to_support="\n".join(["Give Amara time to think, and show new words with a picture before the lesson begins."] * lines))
    steps = steps_from(summary(of, of.pupils[0], TODAY))
    assert steps[-1] == STEPS[-1]
    assert abs(steps[0] - first) <= 0.2


def test_the_widest_spacing_that_fits_on_two_pages_is_taken(renderer, monkeypatch):
    of = amara(how_to_support="\n".join(["Give Amara time to think, and show new words with a picture before the lesson begins."] * 9))
    monkeypatch.setattr("sendbook.summaries.render.steps_from", lambda made: STEPS)  # as if nothing were guessed
    drawn_at = []
    compiled = renderer._compiled
    monkeypatch.setattr(renderer, "_compiled", lambda data, today, by: drawn_at.append(by) or compiled(data, today, by))
    assert pages_in(pdf_of(renderer, of)[0]) == 2
    assert 1 < len(drawn_at) < len(STEPS)


def test_every_summary_of_the_demo_school_has_two_pages(tmp_path):
    book, _ = book_of(invent(mistakes=False))
    written = write_summaries(book, pupils_with_summary(book, DEFAULT_TODAY), DEFAULT_TODAY, tmp_path / "out", tmp_path)
    pages = Counter()
    for path in written.paths:
        if path.suffix == ".pdf":
            with pikepdf.open(path) as pdf:
                pages[len(pdf.pages)] += 1
    assert pages.keys() == {2}
    assert pages[2] > 70
