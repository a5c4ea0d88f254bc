"""The few things of UNO the other modules need, so that none of them imports it itself."""

from __future__ import annotations

import builtins
import importlib
import os
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

# com.sun.star.sheet.CellFlags
CONTENTS = 1 | 2 | 4 | 16
NOTES = 8
FORMATS = 32 | 64 | 256

HUNDREDTHS_OF_MM_PER_POINT = 2540 / 72

_PLACES = [
    "/usr/lib/python3/dist-packages",
    "/usr/lib/libreoffice/program",
    "/usr/lib64/libreoffice/program",
    "/usr/lib/python3/site-packages",
    "/Applications/LibreOffice.app/Contents/Resources",
    "C:\\Program Files\\LibreOffice\\program",
]


def _places() -> list[Path]:
    """Folders that may hold LibreOffice's ``uno`` module, the likeliest first."""
    named = [os.environ["UNO_PATH"]] if "UNO_PATH" in os.environ else []
    newer = sorted(Path("/opt").glob("libreoffice*/program"), reverse=True)
    return [Path(place) for place in named + _PLACES] + newer


@cache
def uno() -> Any:
    """LibreOffice's ``uno`` module, looked for where distributions and LibreOffice itself keep it."""
    own_import = builtins.__import__
    found = _found()
    builtins.__import__ = own_import  # uno puts one of its own there, for modules that are none; other packages stumble over it
    found._uno_struct__setattr__ = _set_attribute(found._uno_struct__setattr__)
    return found


def _set_attribute(set_field: Callable[[Any, str, Any], None]) -> Callable[[Any, str, Any], None]:
    """How UNO's exceptions set an attribute. Python's own, such as ``__traceback__``, are no fields of theirs.

    Without this every ``with`` block that a context manager of contextlib's guards loses the error it should pass on.
    """

    def set_attribute(self: Any, name: str, value: Any) -> None:
        object.__setattr__(self, name, value) if name.startswith("__") else set_field(self, name, value)

    return set_attribute


def _found() -> Any:
    try:
        return _import()
    except ImportError:
        pass
    for place in _places():
        if (place / "uno.py").is_file():
            # Only for this import: the folder may hold other packages that must not answer for this environment's own.
            sys.path.append(str(place))
            try:
                return _import()
            except ImportError:
                continue
            finally:
                sys.path.remove(str(place))
    raise ImportError(
        "LibreOffice's Python module 'uno' was not found. Install it (on Debian and Ubuntu: the package python3-uno), "
        "or name the folder that holds uno.py in the environment variable UNO_PATH."
    )


def _import() -> Any:
    module = importlib.import_module("uno")
    importlib.import_module("unohelper")  # which comes with it
    return module


def struct(name: str, **fields: Any) -> Any:
    """A new UNO structure, for instance ``struct("table.CellAddress", Row=1)``."""
    made = uno().createUnoStruct(f"com.sun.star.{name}")
    for field, value in fields.items():
        setattr(made, field, value)
    return made


def enum(name: str, value: str) -> Any:
    """A member of an UNO enumeration."""
    return uno().Enum(f"com.sun.star.{name}", value)


def properties(**values: Any) -> tuple[Any, ...]:
    """Named values in the form UNO wants its optional arguments in."""
    return tuple(struct("beans.PropertyValue", Name=name, Value=value) for name, value in values.items())


def command_state(office: Any, frame: Any, command: str) -> Any:
    """What LibreOffice's menu shows for a command: whether it is on, for instance."""
    told: list[Any] = []
    bases = importlib.import_module("unohelper").Base, uno().getClass("com.sun.star.frame.XStatusListener")
    does = {"statusChanged": lambda _self, event: told.append(event.State), "disposing": lambda _self, _event: None}
    listener = type("Listener", bases, does)()
    _, address = office.service("util.URLTransformer").parseStrict(struct("util.URL", Complete=command))
    dispatch = frame.queryDispatch(address, "", 0)
    dispatch.addStatusListener(listener, address)
    dispatch.removeStatusListener(listener, address)
    return told[-1] if told else None


def to_points(hundredths_of_mm: float) -> float:
    """LibreOffice's unit of length in Excel's."""
    # LibreOffice keeps twentieths of a point, so that a second decimal would only be its rounding.
    return round(hundredths_of_mm / HUNDREDTHS_OF_MM_PER_POINT, 1)


def from_points(points: float) -> int:
    """Excel's unit of length in LibreOffice's."""
    return round(points * HUNDREDTHS_OF_MM_PER_POINT)


def file_url(path: str | os.PathLike[str]) -> str:
    """A file's address in the form UNO opens it by."""
    return str(uno().systemPathToFileUrl(str(Path(path).absolute())))


def file_path(url: str) -> str:
    """The path behind a file's address; other addresses stay as they are."""
    return str(uno().fileUrlToSystemPath(url)) if url.startswith("file:") else url
