"""Charts are worked on while their book's windows are locked.

LibreOffice draws in one thread and answers calls in another. A chart that is drawn while it is changed brings both to wait for each
other, for ever; a book whose windows are locked is not drawn.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T", bound=type)


def _locked(method: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(method)
    def call(self: Any, *args: Any, **options: Any) -> Any:
        with self.book.still():
            return method(self, *args, **options)

    return call


def _locked_property(member: property) -> property:
    get, put = member.fget, member.fset
    return property(get and _locked(get), put and _locked(put), doc=member.__doc__)


def quiet(cls: T) -> T:
    """Class decorator: every public method and property is carried out with the windows of ``book`` locked."""
    for name, member in list(vars(cls).items()):
        if name.startswith("_") and name not in ("__len__", "__call__"):
            continue
        if isinstance(member, property):
            setattr(cls, name, _locked_property(member))
        elif callable(member):
            setattr(cls, name, _locked(member))
    return cls
