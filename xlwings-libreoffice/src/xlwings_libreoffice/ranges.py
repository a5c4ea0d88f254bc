"""Ranges of cells."""

from __future__ import annotations

from xlwings import base_classes

from .range_editing import RangeEditing
from .range_formats import RangeFormats
from .range_values import RangeValues
from .unsupported import complete


@complete(base_classes.Range)
class Range(RangeValues, RangeFormats, RangeEditing):
    """A rectangle of cells on a sheet."""
