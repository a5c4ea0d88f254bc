"""Children's names in running text: how they are compared, and which of them are also ordinary words."""

import re
import tomllib
import unicodedata
from pathlib import Path

WORD = re.compile(r"[^\W_]+")

_LISTS = {k: frozenset(v) for k, v in tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8")).items()}
TIMES, ALSO_WORDS = _LISTS["times"], _LISTS["times"] | _LISTS["words"]  # as names are written: May, Rose
SURNAMES = _LISTS["surnames"]
BEFORE_TIMES, PLACES, TITLES = _LISTS["before_times"], _LISTS["places"], _LISTS["titles"]  # in small letters


_PLAIN = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ı": "i", "æ": "ae", "œ": "oe"})  # these do not come apart into letter and accent


def bare(text: str) -> str:
    """A text as names are compared: capitals and accents do not count."""
    if text.isascii():
        return text.casefold()
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c)).casefold().translate(_PLAIN)


def name_words(text: str) -> tuple[str, ...]:
    """A text's words, for comparing names: accents, capitals, hyphens and apostrophes do not count."""
    return tuple(WORD.findall(bare(text)))
