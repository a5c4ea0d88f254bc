"""Colours between xlwings' forms and the numbers LibreOffice has for them."""

from __future__ import annotations

from typing import Any


def to_office(colour: Any) -> int:
    """A colour given as (red, green, blue), as "#ff8800" or as Excel's number."""
    if isinstance(colour, str):
        return int(colour.removeprefix("#"), 16)
    if isinstance(colour, int):
        # Excel has red in the lowest place.
        colour = colour & 255, colour >> 8 & 255, colour >> 16 & 255
    red, green, blue = (int(part) for part in colour)
    return red << 16 | green << 8 | blue


def from_office(number: int) -> tuple[int, int, int]:
    """LibreOffice's number of a colour as (red, green, blue)."""
    return number >> 16 & 255, number >> 8 & 255, number & 255
