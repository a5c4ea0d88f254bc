"""The school's own look: logo, colour, and templates in a folder beside the workbook."""

import struct
import zlib

import pytest

from sendbook.summaries import look
from sendbook.summaries.write import write_summaries
from tests.make import TODAY
from tests.summaries.school import FULL_SCHOOL, school, words_of


def png(width: int = 4, height: int = 4, broken: bool = False) -> bytes:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = zlib.compress(b"".join(b"\x00" + b"\xc8\x10\x2e" * width for _ in range(height)))
    head = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return head + (b"rubbish" if broken else chunk(b"IDAT", rows) + chunk(b"IEND", b""))


SVG = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="#C8102E"/></svg>'


def written(beside, **details):
    of = school(school=FULL_SCHOOL | details)
    made = write_summaries(of, of.pupils, TODAY, beside / "out", beside)
    return made, [(p.rule, p.message, p.todo) for p in made.problems]


def page(made) -> str:
    return next(p for p in made.paths if p.suffix == ".html").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "data", "kind"), [("logo.png", png(), "png"), ("logo.svg", SVG, "svg+xml"), ("Bild.PNG", png(300, 20), "png")]
)
def test_a_logo_is_printed(tmp_path, name, data, kind):
    (tmp_path / name).write_bytes(data)
    made, problems = written(tmp_path, logo=name)
    assert not problems
    assert f'src="data:image/{kind};base64,' in page(made) and 'alt="Logo of Greenfield Primary School"' in page(made)
    plain, _ = written(tmp_path)
    assert page(plain).count("<img") == 0


@pytest.mark.parametrize(
    ("name", "data", "why"),
    [
        ("none.png", None, "is not in the workbook's folder"),
        ("../logo.png", png(), "is not in the workbook's folder"),
        ("notes.png", b"just words", "is not a PNG, JPEG or SVG picture"),
        ("large.png", png() + b"\0" * 1_000_001, "is larger than 1 MB"),
        ("wide.png", png(6000, 1), "is more than 5,000 pixels wide or high"),
        ("torn.png", png(broken=True), "cannot be read as a picture"),
        ("torn.svg", b"<svg xmlns='http://www.w3.org/2000/svg'><rect", "cannot be read as a picture"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 torn", "cannot be read as a picture"),
    ],
)
def test_a_logo_that_cannot_be_used_is_told_and_left_out(tmp_path, name, data, why):
    (tmp_path / "school").mkdir()
    if data is not None:
        (tmp_path / "school" / name).write_bytes(data)
    made, problems = written(tmp_path / "school", logo=name)
    assert [(p[0], why in p[1]) for p in problems] == [("SM05", True)]
    assert len(made.paths) == 2 and "<img" not in page(made)


@pytest.mark.parametrize("colour", ["#FFFF00", "#FFFFFF", "#000000", "#1F4E79", "#e30613", "#9be8ff"])
def test_words_in_the_schools_colour_can_be_read(colour):
    assert look.contrast(look.for_text(colour), "#FFFFFF") >= 4.5
    assert look.contrast(look.for_text(colour), look.tint(colour)) >= 4.5


def test_contrast_is_as_the_guidelines_count_it():
    assert look.contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert look.contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "1F4E79", "#GGGGGG", "#fff;} body{display:none"])
def test_a_colour_that_is_none_is_told(tmp_path, colour):
    made, problems = written(tmp_path, colour=colour)
    assert [p[0] for p in problems] == ["SM04"] and look.COLOUR in page(made)


OWN_TYP = """#let summary = json(bytes(sys.inputs.summary))
#set document(title: summary.title)
#set text(lang: "en", region: "GB")
= Our own page for #summary.heading
"""
OWN_HTML = '{% extends "sendbook/summary.html.j2" %}{% block style %}body { color: purple }{% endblock %}'


def own(tmp_path, **files: str):
    folder = tmp_path / "sendbook-templates"
    folder.mkdir()
    for name, text in files.items():
        (folder / {"typ": "summary.typ", "html": "summary.html.j2"}[name]).write_text(text, encoding="utf-8")
    return tmp_path


def test_own_templates_replace_ours(tmp_path):
    made, problems = written(own(tmp_path, typ=OWN_TYP, html=OWN_HTML))
    assert not problems
    pdf = next(p for p in made.paths if p.suffix == ".pdf").read_bytes()
    assert "Our own page for Amara Okafor" in words_of(pdf)
    assert "color: purple" in page(made) and "What Amara is good at" in page(made)


BROKEN = [
    ({"typ": OWN_TYP + "#nothing"}, "sendbook-templates/summary.typ, line 5 cannot be used: unknown variable: nothing."),
    ({"typ": OWN_TYP + "#summary.missing"}, "sendbook-templates/summary.typ, line 5 cannot be used: dictionary does not contain key"),
    ({"typ": OWN_TYP + "#("}, "sendbook-templates/summary.typ, line 5 cannot be used: unclosed delimiter."),
    ({"typ": OWN_TYP + '#read("../../secret.txt")'}, "sendbook-templates/summary.typ, line 5 cannot be used:"),
    ({"typ": OWN_TYP + '#import "@preview/example:0.1.0": add'}, "it asks for a package from the internet."),
    ({"typ": ""}, "sendbook-templates/summary.typ cannot be used: PDF/UA-1 error: missing document title"),
    ({"html": "<p>{{ summary.heading }\n"}, "sendbook-templates/summary.html.j2, line 1 cannot be used: unexpected '}'."),
    ({"html": "<p>\n{{ summary.missing }}"}, "sendbook-templates/summary.html.j2, line 2 cannot be used:"),
    (
        {"html": "<p>\n\n{{ ''.__class__.__mro__ }}"},
        "sendbook-templates/summary.html.j2, line 3 cannot be used: access to attribute '__class__'",
    ),
    ({"html": "{% for x in range(1000000000) %}{% endfor %}"}, "sendbook-templates/summary.html.j2, line 1 cannot be used: Range too big."),
    ({"html": "{% if %}"}, "sendbook-templates/summary.html.j2, line 1 cannot be used: Expected an expression"),
    ({"html": "{{ 1 / 0 }}"}, "sendbook-templates/summary.html.j2, line 1 cannot be used: division by zero."),
]


@pytest.mark.parametrize(("files", "said"), BROKEN)
def test_a_broken_own_template_is_one_clear_sentence(tmp_path, files, said):
    (tmp_path / "secret.txt").write_text("secret", encoding="utf-8")
    beside = own(tmp_path, **files)
    made, problems = written(beside)
    (found,) = problems
    assert found[0] == "SM08" and said in found[1], found[1]
    assert "\n" not in found[1] and "Traceback" not in found[1] and str(tmp_path) not in found[1]
    assert found[2] == "Put it right, or take it out of sendbook-templates to use Sendbook's own."
    assert not made.paths and made.failed == (5,) and not list((tmp_path / "out").iterdir())


def test_own_page_text_is_escaped_too(tmp_path):
    beside = own(tmp_path, html="<!DOCTYPE html><p>{{ summary.school }}</p>")
    made, _ = written(beside, name="<b>School</b>")
    assert "&lt;b&gt;School&lt;/b&gt;" in page(made)


def test_a_folder_without_our_names_changes_nothing(tmp_path):
    (tmp_path / "sendbook-templates").mkdir()
    (tmp_path / "sendbook-templates" / "readme.txt").write_text("notes", encoding="utf-8")
    made, problems = written(tmp_path)
    assert not problems and len(made.paths) == 2
