"""The invented school's data files, and drawing from them so that neighbours never read the same."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@cache
def toml(name: str) -> Mapping[str, Any]:
    """A data file of this folder, by its name without the ending."""
    return tomllib.loads(Path(__file__).with_name(f"{name}.toml").read_text(encoding="utf-8"))


def chance(seed: int, subject: str) -> Random:
    """The dice for one subject: the same for a seed, whatever other subjects draw."""
    return Random(f"sendbook demo {seed} {subject}")  # noqa: S311 - invents people, keeps no secret


class Deck(Generic[T]):
    """Cards drawn one after another: each comes once before any comes again, and never twice running."""

    def __init__(self, cards: Iterable[T], rng: Random) -> None:
        self._cards = list(cards)
        self._rng = rng
        self._left: list[T] = []
        self._last: T | None = None

    def draw(self) -> T:
        """The next card."""
        if not self._left:
            self._left = self._rng.sample(self._cards, len(self._cards))
            if len(self._left) > 1 and self._left[-1] == self._last:
                self._left.insert(0, self._left.pop())
        self._last = self._left.pop()
        return self._last


def quota(count: int, shares: Mapping[T, int], rng: Random) -> list[T]:
    """`count` things in the proportions of `shares` (largest remainder), in random order."""
    whole = sum(shares.values())
    exact = {thing: count * share / whole for thing, share in shares.items()}
    given = {thing: int(part) for thing, part in exact.items()}
    rest = sorted(exact, key=lambda thing: given[thing] - exact[thing])
    for thing in rest[: count - sum(given.values())]:
        given[thing] += 1
    found = [thing for thing, n in given.items() for _ in range(n)]
    rng.shuffle(found)
    return found


def weighted(rng: Random, shares: Mapping[T, float]) -> T:
    """One thing, drawn in the proportions of `shares`."""
    return rng.choices(list(shares), weights=list(shares.values()))[0]


class Sentences:
    """Sentences from `texts.toml`, each bank a deck of its own."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._decks: dict[tuple[str, ...], Deck[Any]] = {}

    def draw(self, *banks: Sequence[Any], key: tuple[str, ...]) -> Any:
        """The next card of the deck called `key`, which is made of the banks."""
        deck = self._decks.get(key)
        if deck is None:
            deck = self._decks[key] = Deck((card for bank in banks for card in bank), self._rng)
        return deck.draw()

    def say(self, section: str, bank: str, words: Mapping[str, str]) -> str:
        """A sentence of a bank, with the pupil's words put in."""
        text: str = self.draw(toml("texts")[section][bank], key=(section, bank))
        return text.format_map(words)

    def several(self, count: int, section: str, bank: str, words: Mapping[str, str]) -> str:
        """So many different sentences of a bank."""
        found: dict[str, None] = {}
        while len(found) < count:
            found[self.say(section, bank, words)] = None
        return " ".join(found)


def bank_of(need: str | None) -> str:
    """The bank of texts that serves a SEN type."""
    return str(toml("texts")["same"].get(need, need or "OTH"))
