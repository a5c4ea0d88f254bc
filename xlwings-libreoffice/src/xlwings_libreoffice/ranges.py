"""Ranges of cells."""

from __future__ import annotations

from xlwings import base_classes

from .range_values import RangeValues
from .unsupported import complete


@complete(base_classes.Range)
class Range(RangeValues):
    """A rectangle of cells on a sheet."""
