"""Messages to the person at the screen, or to whoever stands in for one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from . import bridge

_BUTTONS = {None: 1, "ok": 1, "ok_cancel": 2, "yes_no": 3, "yes_no_cancel": 4}  # com.sun.star.awt.MessageBoxButtons
_KINDS = {None: "MESSAGEBOX", "info": "INFOBOX", "critical": "WARNINGBOX"}
_RESULTS = {0: "cancel", 1: "ok", 2: "yes", 3: "no"}  # com.sun.star.awt.MessageBoxResults

# Where nobody can answer, nothing is agreed to.
_UNASKED = {None: "ok", "ok": "ok", "ok_cancel": "cancel", "yes_no": "no", "yes_no_cancel": "cancel"}


@dataclass
class Prompt:
    """A message shown, or to be shown, and what was answered."""

    text: str
    title: str = ""
    buttons: str = "ok"
    mode: str | None = None
    answer: str = ""

    def __str__(self) -> str:
        return self.text

    @property
    def safe_answer(self) -> str:
        """The answer where nobody is asked: the one that changes nothing."""
        return _UNASKED[self.buttons]


def make_prompt(text: Any, title: Any, buttons: str | None, mode: str | None) -> Prompt:
    """A prompt of what :meth:`xlwings.App.alert` was called with."""
    if buttons not in _BUTTONS or mode not in _KINDS:
        raise ValueError(f"No message has the buttons {buttons!r} and the mode {mode!r}.")
    return Prompt("" if text is None else str(text), "" if title is None else str(title), buttons or "ok", mode)


def show(prompt: Prompt, toolkit: Any, window: Any) -> str:
    """Put the message on the screen and wait for its button."""
    kind = "QUERYBOX" if prompt.mode is None and prompt.buttons.startswith("yes") else _KINDS[prompt.mode]
    box = toolkit.createMessageBox(window, bridge.enum("awt.MessageBoxType", kind), _BUTTONS[prompt.buttons], prompt.title, prompt.text)
    try:
        return _RESULTS[box.execute()]
    finally:
        box.dispose()
