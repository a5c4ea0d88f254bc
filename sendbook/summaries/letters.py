"""Letters that no typeface of a PDF has: PDF/UA does not allow a box in their place, so words or a mark stand in.

Typst names every such text in its message. A typeface is asked, so to say, by setting the page: this holds for a
school's own typefaces as well, and no table of letters needs keeping.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping
from typing import Any

MARK = "\u25a1"  # a white square; only set where the typeface has it
PLAIN_MARK = "?"

_NAMED = re.compile(r'the text `"(.+?)"` could not be displayed|disallowed codepoint `"(.+?)"`')
_ESCAPE = re.compile(r"\\u\{([0-9a-f]{1,6})\}")

# Joiners, skin tones and style marks belong to the emoji before them and say nothing without it.
_EMOJI_PARTS = re.compile(
    "(?<=[\u2190-\u2bff\U0001f000-\U0001faff])[\u200d\ufe0e\ufe0f\u20e3\U0001f3fb-\U0001f3ff]+|[\ufe0e\ufe0f]|[\U000e0000-\U000e007f]"
)


def without_emoji_parts(text: str) -> str:
    """The text with each emoji as its one main character."""
    return text if text.isascii() else _EMOJI_PARTS.sub("", text)


def named_in(diagnostic: str) -> frozenset[str]:
    """The texts a Typst message says it could not set."""
    found = (a or b for a, b in _NAMED.findall(diagnostic))
    return frozenset(_ESCAPE.sub(lambda m: chr(int(m[1], 16)), text).replace('\\"', '"').replace("\\\\", "\\") for text in found)


def stand_in(text: str) -> str:
    """What is set in a text's place: a picture's name in words, else a mark for each letter."""
    if unicodedata.category(text[0]) in ("So", "Sk", "Sm", "Sc"):
        name = unicodedata.name(text[0], "").lower()
        return f"({name})" if name else PLAIN_MARK
    return "".join("" if unicodedata.category(c) in ("Cc", "Cf", "Cn", "Co") else PLAIN_MARK for c in text)


def replaced(value: Any, stand_ins: Mapping[str, str]) -> Any:
    """The data with every text of `stand_ins` replaced, longest first."""
    if not stand_ins:
        return value
    pattern = re.compile("|".join(re.escape(t) for t in sorted(stand_ins, key=len, reverse=True)))
    return mapped(value, lambda text: pattern.sub(lambda m: stand_ins[m[0]], text))


def mapped(value: Any, change: Callable[[str], str]) -> Any:
    """The data with a function applied to every text in it."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {k: mapped(v, change) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [mapped(v, change) for v in value]
    return value
