"""A summary drawn as HTML and as PDF. One `Renderer` serves many pupils: templates and typefaces are read once."""

import base64
import json
import re
import tempfile
import traceback
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import jinja2
import jinja2.sandbox
import typst

from sendbook.summaries.letters import mapped, named_in, replaced, stand_in, without_emoji_parts
from sendbook.summaries.look import Logo, LogoError
from sendbook.summaries.model import Summary
from sendbook.summaries.spacing import MOST_PAGES, STEPS, pages_in, steps_from
from sendbook.summaries.templates import FONTS, HTML_TEMPLATE, OURS, OWN_FOLDER, PDF_TEMPLATE, Kit, TemplateError

# In the order in which a letter is looked for.
TYPEFACES = ("Andika", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans Bengali", "Noto Sans Devanagari", "Noto Sans Gurmukhi",
             "Noto Sans Gujarati", "Noto Sans Tamil")  # fmt: skip
_TRIES = 6  # each setting of the page may show letters that an earlier failure hid
_PLACE = re.compile(r"┌─ (?:\S*[/\\])?([^/\\\s:]+):(\d+):\d+")
_KINDS = {"png": "image/png", "jpg": "image/jpeg", "svg": "image/svg+xml"}


class Renderer:
    """Draws summaries with the templates, colours and logo of a kit."""

    def __init__(self, kit: Kit) -> None:
        self.kit = kit
        self._stand_ins: dict[str, str] = {}

    @cached_property
    def _compiler(self) -> typst.Compiler:
        fonts = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[str(FONTS), str(self.kit.folder)])
        return typst.Compiler(str(self.kit.folder / PDF_TEMPLATE), root=str(self.kit.folder), font_paths=fonts, ignore_system_fonts=True)

    @cached_property
    def _look(self) -> dict[str, Any]:
        return {"colour": self.kit.colour, "tint": self.kit.tint, "logo": self.kit.logo, "typefaces": TYPEFACES}

    def pdf(self, summary: Summary, today: date) -> tuple[bytes, frozenset[str]]:
        """The PDF (PDF/UA-1, dated today) and the letters no typeface had, for which words or a mark stand.

        On two pages where its words fit on them at any spacing; a school's own template sees to that itself.
        """
        data = mapped(summary.as_data(), without_emoji_parts)
        for spacing in STEPS[:1] if self.kit.own_pdf else steps_from(summary):
            made, lacking = self._drawn(data, today, spacing)
            if pages_in(made) <= MOST_PAGES:
                break
        return made, lacking

    def _drawn(self, data: Any, today: date, spacing: float) -> tuple[bytes, frozenset[str]]:
        lacking: frozenset[str] = frozenset()
        for _ in range(_TRIES):
            try:
                return self._compiled(replaced(data, self._stand_ins), today, spacing), lacking | self._known_in(data)
            except typst.TypstError as error:
                lacking = named_in(error.diagnostic)
                if not lacking - self._stand_ins.keys():
                    raise self._pdf_error(error) from error
                self._stand_ins |= {text: stand_in(text) for text in lacking}
        raise TemplateError(f"The PDF of {PDF_TEMPLATE} could not be made: its typefaces lack too many letters.", _todo(self.kit.own_pdf))

    def _known_in(self, data: Any) -> frozenset[str]:
        if not self._stand_ins:
            return frozenset()
        everything = json.dumps(data, ensure_ascii=False)
        return frozenset(text for text in self._stand_ins if text in everything)

    def _compiled(self, data: Any, today: date, spacing: float) -> bytes:
        inputs = {"summary": json.dumps(data), "look": json.dumps(self._look | {"spacing": spacing})}
        stamp = datetime(today.year, today.month, today.day, tzinfo=UTC)
        made = self._compiler.compile(sys_inputs=inputs, pdf_standards=["ua-1"], timestamp=stamp, format="pdf")
        if not isinstance(made, bytes):
            raise TemplateError(f"{PDF_TEMPLATE} did not make a PDF.", _todo(self.kit.own_pdf))
        return made

    def _pdf_error(self, error: typst.TypstError) -> TemplateError:
        place = _PLACE.search(error.diagnostic)
        why = "it asks for a package from the internet" if "download package" in error.message else error.message
        return _error(self.kit.own_pdf, place[1] if place else PDF_TEMPLATE, int(place[2]) if place else 0, why)

    @cached_property
    def _template(self) -> jinja2.Template:
        ours = jinja2.FileSystemLoader(OURS)
        own = [jinja2.FileSystemLoader(self.kit.own_html)] if self.kit.own_html else []
        loader = jinja2.ChoiceLoader([*own, jinja2.PrefixLoader({"sendbook": ours}), ours])
        kind = jinja2.sandbox.ImmutableSandboxedEnvironment if own else jinja2.Environment
        env = kind(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
        return env.get_template(HTML_TEMPLATE)

    @cached_property
    def _logo_address(self) -> str:
        if not self.kit.logo:
            return ""
        data = base64.b64encode((self.kit.folder / self.kit.logo).read_bytes()).decode()
        return f"data:{_KINDS[self.kit.logo.rpartition('.')[2]]};base64,{data}"

    def html(self, summary: Summary) -> str:
        """The page, with everything it needs inside it."""
        look = {"colour": self.kit.colour, "tint": self.kit.tint, "logo": self._logo_address}
        try:
            return self._template.render(summary=summary.as_data(), look=look)
        except jinja2.TemplateSyntaxError as error:
            raise _error(self.kit.own_html is not None, error.name or HTML_TEMPLATE, error.lineno, error.message or "") from error
        except Exception as error:  # a template may fail in any way that Python can
            name, line = _jinja_place(error)
            raise _error(self.kit.own_html is not None, name, line, str(error)) from error


def _jinja_place(error: Exception) -> tuple[str, int]:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if f.filename.endswith((".j2", ".html"))]
    return (re.split(r"[/\\]", frames[-1].filename)[-1], frames[-1].lineno or 0) if frames else (HTML_TEMPLATE, 0)


def _error(own: bool, name: str, line: int, why: str) -> TemplateError:
    where = f"{OWN_FOLDER}/{name}" if own else name
    at = f", line {line}" if line else ""
    return TemplateError(f"The template {where}{at} cannot be used: {' '.join(why.split())}.", _todo(own))


def _todo(own: bool) -> str:
    return f"Put it right, or take it out of {OWN_FOLDER} to use Sendbook's own." if own else "Install Sendbook again."


def check_logo(logo: Logo) -> Logo:
    """The logo, once it has been drawn. LogoError where it cannot be."""
    with tempfile.TemporaryDirectory(prefix="sendbook-") as scratch:
        folder = Path(scratch)
        (folder / f"logo.{logo.kind}").write_bytes(logo.data)
        (folder / "logo.typ").write_text(f'#image("logo.{logo.kind}", width: 1cm, height: 1cm, fit: "contain")', encoding="utf-8")
        try:
            typst.compile(str(folder / "logo.typ"), root=scratch, ignore_system_fonts=True, format="pdf")
        except typst.TypstError:
            raise LogoError("cannot be read as a picture") from None
    return logo
