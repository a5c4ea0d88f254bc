"""What is wrong with a letter's template, in words of a school's, not of the template language's."""

import re
from collections.abc import Iterable
from pathlib import Path
from traceback import extract_tb

import jinja2
from jinja2.exceptions import SecurityError

from sendbook.summaries.templates import OWN_FOLDER
from sendbook.workbook.safe import CannotDo

NOT_UTF8 = "it is not saved as UTF-8. In Notepad: File, Save as, and beside “Encoding” choose UTF-8"

# What Jinja says, and what is told, with what Jinja found as [1]. No str.format: braces are what it is about.
_SYNTAX = (
    (r"unexpected end of template, expected 'end of ", "something that begins with {{ or {% is not closed with }} or %}"),
    (r"unexpected end of template.*to be closed is '(\w+)'", "a {% [1] … %} has no {% end[1] %}"),
    (r"missing end of comment tag", "something that begins with {# is not closed with #}"),
    (r"encountered unknown tag 'end(\w+)'", "there is an {% end[1] %} without its {% [1] … %}"),
    (r"encountered unknown tag '(\w+)'", "it has {% [1] … %}, which there is not; {% if … %}, {% else %} and {% endif %} there are"),
    (r"unexpected char '(.)'", "it has the sign [1] between {{ and }} or {% and %}, where it has no meaning"),
    (r"no filter named '(\w+)'", "it has |[1], which there is not"),
    (r"expected token 'end of print statement', got '(.+?)'", "between {{ and }} may stand one name, and “[1]” is too much"),
    (r"expected token 'end of statement block', got '(.+?)'", "between {% and %} stands too much: “[1]” is not understood there"),
    (r"expected an expression, got 'end of", "nothing stands between {{ and }}, or a name is missing before %}"),
    (r"unexpected '([^']+)'", "there is a “[1]” too many, or what stands before it is not closed; it is {{ name }} and {% if … %}"),
)


def broken(template: str, line: int, why: str) -> CannotDo:
    """That a template cannot be used, why, and what to do. `line` 0: no one line is meant."""
    at = f", line {line}," if line else ""
    return CannotDo(
        f"The template {OWN_FOLDER}/{template}{at} cannot be used: {' '.join(why.split())}. Put it right, or take it out of {OWN_FOLDER}."
    )


def explained(error: Exception, template: str, names: Iterable[str]) -> CannotDo:
    """What went wrong as the template was read or filled in. `names`: those that it may use."""
    if isinstance(error, jinja2.TemplateSyntaxError):
        named = Path(error.name or template).name  # Jinja gives some mistakes the whole path
        return broken(named, error.lineno, _syntax(error.message or ""))
    if isinstance(error, UnicodeDecodeError):
        return broken(template, 0, NOT_UTF8)
    return broken(template, _line(error, template), _filling_in(error, names))


def _syntax(said: str) -> str:
    for pattern, told in _SYNTAX:
        if found := re.search(pattern, said, re.IGNORECASE):
            return told.replace("[1]", next(iter(found.groups()), ""))
    return _unknown(said)


def _filling_in(error: Exception, names: Iterable[str]) -> str:
    said = str(error)
    if isinstance(error, jinja2.UndefinedError) and (found := re.fullmatch(r"'(\w+)' is undefined", said)):
        return f"it uses the name “{found[1]}”, which there is not. There are: {', '.join(names)}"
    if isinstance(error, jinja2.UndefinedError) and (found := re.search(r"has no attribute '(\w+)'", said)):
        return f"nothing has a “.{found[1]}” to it. There are only: {', '.join(names)}"
    if isinstance(error, jinja2.TemplateNotFound):
        return f"it includes “{error.name}”, which is not in {OWN_FOLDER}"
    if isinstance(error, SecurityError):
        return "it reaches for what is not safe in a letter"
    return _unknown(said)


def _unknown(said: str) -> str:
    """The template language's own words are better than none: who looks after the school's computers may know them."""
    return f"Jinja, the language of templates, says “{said.rstrip('.')}”"


def _line(error: Exception, template: str) -> int:
    """The line that was being filled in: Jinja leaves it in the traceback. 0 where it is not known, or another template's."""
    lines = [f.lineno or 0 for f in extract_tb(error.__traceback__) if Path(f.filename).name == template]
    return lines[-1] if lines else 0
