"""The lists of `words.toml`, and what of them stands in a text about safeguarding."""

import re
import tomllib
from collections.abc import Collection, Iterable, Mapping
from functools import cache
from pathlib import Path


@cache
def _lists() -> Mapping[str, Mapping[str, list[str]]]:
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))


@cache
def listed(table: str, name: str) -> frozenset[str]:
    """A list of `words.toml`."""
    return frozenset(_lists()[table][name])


# --- words about safeguarding ---
def _any_of(phrases: Iterable[str]) -> str:
    """Phrases as one pattern: spaces may be hyphens or nothing, a plural counts, * is any ending."""
    spelt = [r"[\s‐‑–-]{0,3}".join(map(re.escape, p.rstrip("*").split())) + (r"\w*" if p.endswith("*") else "(?:['’]?s)?") for p in phrases]
    return rf"\b(?:{'|'.join(sorted(spelt, key=len, reverse=True))})\b"


@cache
def _pattern(name: str, flags: re.RegexFlag = re.IGNORECASE) -> re.Pattern[str]:
    """A list about safeguarding as a pattern, made when the first text wants it: few books have one that does, and it takes long."""
    return re.compile(_any_of(listed("safeguarding", name)), flags)


_SMALL = frozenset(("in", "non"))  # words that stand in nearly every text


@cache
def stems() -> tuple[str, ...]:
    """With what words about safeguarding begin, in small letters."""
    return tuple(sorted({next(w for w in p.rstrip("*").split() if w not in _SMALL)[:4] for p in listed("safeguarding", "any_letters")}))


def about_safeguarding(text: str, among: Collection[str] | None = None) -> str | None:
    """The first words about safeguarding in a text; `among`: the only `stems` that it may hold."""
    low = text.lower()
    beginnings = stems() if among is None else among
    found = _pattern("any_letters").search(_pattern("ordinary").sub(" ", text)) if any(stem in low for stem in beginnings) else None
    if found is None and any(word in text for word in listed("safeguarding", "capitals")) and not text.isupper():
        found = _pattern("capitals", re.NOFLAG).search(text)
    return found[0] if found else None
