"""The page a SENCo reads before mails go: each mail as its reader will see it, who gets it and why, and who gets none.

One file without a server. Its policy lets nothing be fetched and no script run but its own, and frames inherit it, so a
mail's own HTML can do no more than be looked at.
"""

import base64
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import jinja2

from sendbook.mail.shown import Preview
from sendbook.summaries.look import COLOUR, for_text, mixed, tint

TEMPLATE = "preview.html.j2"

_KB = 1024
_STYLES = re.compile(r"<style\b[^>]*>(.*?)</style", re.IGNORECASE | re.DOTALL)
# Letters that show nothing and change what stands beside them: controls, and orders to write the other way round. Isolates
# (U+2066 to U+2069) stay, as they are the proper way to set a name into a sentence of another direction.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e]")
_LOOK = {"colour": for_text(COLOUR), "tint": tint(COLOUR), "pale": mixed(COLOUR, 0.25, "#BFE0FF")}


def preview_page(preview: Preview) -> Iterator[str]:
    """The page as HTML text, piece by piece, so that a thousand letters need not be held at once. To be written as UTF-8.

    The same data give the same page; nothing in them can raise. A mail's `document_href` becomes a link only where it is a
    relative address. Half a surrogate pair, which no file in UTF-8 can hold, becomes a question mark.
    """
    about = overview(preview)
    styles = " ".join(map(source, about.styles))
    for piece in _template().generate(preview=preview, counts=about.counts, look=_LOOK, mail_styles=styles):
        yield piece.encode("utf-8", "replace").decode("utf-8")


@dataclass(frozen=True)
class Overview:
    """What is said of all mails together. `styles`: those within them, each once: frames inherit the page's policy, which has to name them."""

    counts: Mapping[str, int]
    styles: tuple[str, ...]


def overview(preview: Preview) -> Overview:
    """How many mails, people (a name with an address) and pupils, but for barred ones, left out, mails that go, are barred, with notes, new; styles."""
    people: set[tuple[str, str]] = set()
    pupils: set[str] = set()
    styles: dict[str, None] = {}
    go = barred = look = changed = 0
    for mail in preview.mails:
        if not mail.barred:
            people.add((mail.contact, mail.address.casefold()))
            pupils.add(mail.pupil)
        barred += mail.barred
        styles |= dict.fromkeys(_STYLES.findall(mail.html))
        go += mail.goes
        look += bool(mail.notes)
        changed += bool(mail.changed.strip())
    counts = {"mails": len(preview.mails), "people": len(people), "pupils": len(pupils), "left_out": len(preview.left_out)}
    return Overview(counts | {"go": go, "barred": barred, "look": look, "changed": changed}, tuple(styles))


def relative(address: str) -> str:
    """The address where it leads from this page to a file near it, else empty. A colon, and what cannot be seen, must be escaped (%3A)."""
    fit = address.isprintable() and not re.search(r"[:\\]", address) and not address.startswith(("/", " "))
    return address if fit else ""


def seen(text: str) -> str:
    """The text with each letter that hides in it or turns it round named instead: [U+202E]."""
    return _UNSEEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", text)


def size(count: int) -> str:
    """Bytes as whole kilobytes of 1,024, at least one."""
    return f"{max(1, round(count / _KB)):,} KB"


def number_of(count: int, one: str, many: str) -> str:
    """A count with its noun: 1 mail, 1,200 mails."""
    return f"{count:,} {one if count == 1 else many}"


def source(text: str) -> str:
    """What a Content-Security-Policy calls this inline style or script: its SHA-256, as the browser takes it (lines end in LF)."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'sha256-{base64.b64encode(hashlib.sha256(lines.encode('utf-8', 'replace')).digest()).decode()}'"


@cache
def _template() -> jinja2.Template:
    loader = jinja2.FileSystemLoader(Path(__file__).parent / "templates")
    env = jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    env.filters |= {"seen": seen, "size": size, "number_of": number_of, "source": source, "relative": relative}
    return env.get_template(TEMPLATE)
