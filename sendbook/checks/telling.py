"""What tells of a grown-up in a text: a name in all the ways it is written, an address, a phone number, an email."""

import re

from sendbook.tables import Contact
from sendbook.tables.names import TITLES

_PLAIN_WORD, _LONG_NUMBER = re.compile(r"[^\W_]+"), re.compile(r"[0-9][0-9 ()-]{8,}[0-9]")


def plain(text: str | None) -> str:
    """A text as its words between single spaces, without capitals and marks; a phone number as one word."""
    whole = _LONG_NUMBER.sub(lambda number: re.sub("[^0-9]", "", number[0]), (text or "").replace("+44", "0").replace("(0)", ""))
    return f" {' '.join(_PLAIN_WORD.findall(whole.casefold()))} "


def ways_of_name(name: str | None) -> set[str]:
    """A contact's name as it stands, without its title, and as title with surname."""
    title, *rest = (name or "").split() or [""]
    if rest and plain(title).strip() not in TITLES:  # Darren Jones is Mr Jones to a school
        return {plain(name), *(plain(f"{t} {rest[-1]}") for t in ("Mr", "Mrs", "Ms", "Miss"))}
    return {plain(name)} | ({plain(" ".join(rest)), plain(f"{title} {rest[-1]}")} if rest else set())


def _first_line(address: str | None) -> str:
    """Number and street: what comes after “Flat 2,”, and with a number that stands alone."""
    first, *more = re.split(r"\s*[,\n]\s*", address or "")
    if more and re.fullmatch(r"(?i)(flat|unit|apartment|apt\.?)\s*\w{1,4}", first):
        return _first_line(", ".join(more))
    return plain(f"{first} {more[0]}" if more and re.fullmatch(r"\d{1,4}\w?", first) else first)


def ways_to_tell(contact: Contact) -> dict[str, str]:
    """What tells of a contact, as `plain` has it, each with what it is. A single word or a short number tells of nobody."""
    ways = dict.fromkeys(ways_of_name(contact.name), "name") | {_first_line(contact.address): "address"}
    ways |= {plain(contact.phone): "phone number", plain(contact.email): "email"}
    return {way: what for way, what in ways.items() if " " in way.strip() or (way.strip().isdigit() and len(way) > 11)}
