"""The engine itself: what xlwings asks before it comes to books and cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any

from .alerts import Prompt
from .apps import Apps
from .values import clean, prepare


class Engine:
    """xlwings' engine for LibreOffice.

    ``answer`` may be set to a function that gets each :class:`Prompt` and gives the answer ("ok", "yes", ...), instead of a
    message box; ``prompts`` keeps them all with the answers given.
    """

    name = "libreoffice"
    type = "desktop"

    def __init__(self) -> None:
        self.answer: Callable[[Prompt], str] | None = None
        self.prompts: list[Prompt] = []
        self.apps = Apps(self)

    @staticmethod
    def prepare_xl_data_element(value: Any, _options: Any) -> Any:
        """A value of the program's in the form cells are written from."""
        return prepare(value)

    @staticmethod
    def clean_value_data(
        data: Sequence[Sequence[Any]],
        datetime_builder: Callable[..., dt.date],
        empty_as: Any,
        number_builder: Callable[[float], Any] | None,
        err_to_str: bool,
    ) -> list[list[Any]]:
        """Raw values as the options of a read want them."""
        return clean(data, datetime_builder, empty_as, number_builder, err_to_str)
