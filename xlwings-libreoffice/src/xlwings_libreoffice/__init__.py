"""An engine for xlwings that drives LibreOffice Calc.

``with xlwings_libreoffice.office() as app:`` starts a LibreOffice and gives it as an ``xlwings.App``; ``attach(pipe)`` gives the one
that is already running.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from typing import TYPE_CHECKING

import xlwings

from .alerts import Prompt
from .connection import Office, OfficeError, connect, start
from .engine import Engine

if TYPE_CHECKING:
    from xlwings import App

__version__ = "0.1.0"
__all__ = ["Engine", "Office", "OfficeError", "Prompt", "attach", "connect", "engine", "office", "register", "start"]

engine = Engine()


def register() -> None:
    """Make the engine known to xlwings, and make it the active one."""
    if engine.name not in xlwings.engines.engines_by_name:
        xlwings.engines.add(xlwings.Engine(impl=engine))
    xlwings.engines[engine.name].activate()


def _app(entered: Office) -> App:
    register()
    return xlwings.App(impl=engine.apps.enter(entered))


@contextmanager
def office(visible: bool = False, program: str | PathLike[str] | None = None, timeout: float = 60) -> Iterator[App]:
    """Start a LibreOffice, give it as an app, and close it without saving."""
    with start(visible, program, timeout) as started:
        app = _app(started)
        try:
            yield app
        finally:
            engine.apps.forget(app.impl)


def attach(pipe: str) -> App:
    """The running LibreOffice that was started with, or told to, accept connections on a pipe of this name."""
    return _app(connect(pipe))
