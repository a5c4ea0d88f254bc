"""What this engine leaves out of xlwings' abstract classes fails with a sentence rather than with a missing attribute.

The engine's classes do not inherit from the abstract ones, whose properties would stand in the way of plain attributes.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NoReturn, TypeVar

# These have a working body in the abstract classes themselves.
_WORKING = {"expand", "max_cells_per_read", "max_cells_per_write"}

T = TypeVar("T", bound=type)


def refuse(what: str) -> NoReturn:
    """Raise the error every unsupported call ends in."""
    raise NotImplementedError(f"The LibreOffice engine does not support {what}.")


def _refusing(what: str) -> Callable[..., Any]:
    def method(*_args: Any, **_kwargs: Any) -> NoReturn:
        refuse(what)

    return method


def _stand_in(what: str, member: Any) -> Any:
    if isinstance(member, property):
        return property(_refusing(what), _refusing(what))
    return _refusing(what)


def complete(base: type) -> Callable[[T], T]:
    """Class decorator: whatever one of xlwings' abstract classes has and the class does not define gets a clear refusal."""

    def completed(cls: T) -> T:
        # An attribute set by __init__ is announced in the class.
        announced = {name for parent in cls.__mro__ for name in inspect.get_annotations(parent)}
        for name, member in vars(base).items():
            if name.startswith("_") or name in announced or hasattr(cls, name):
                continue
            setattr(cls, name, member if name in _WORKING else _stand_in(f"{base.__name__}.{name}", member))
        return cls

    return completed
