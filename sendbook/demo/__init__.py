"""The demo school: a whole invented school, the same every time for a seed, with planted mistakes."""

from sendbook.demo.invent import DEFAULT_PUPILS, DEFAULT_TODAY, Tables, invent
from sendbook.demo.mistakes import Mistake, plant

__all__ = ["DEFAULT_PUPILS", "DEFAULT_TODAY", "Mistake", "Tables", "invent", "plant"]
