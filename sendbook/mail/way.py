"""What every way out of the school has in common, whether it makes drafts or sends.

A way is opened for a run (`with`), takes mails one by one, and says honestly what became of each: that nothing was taken
is only said where it is certain, as such a mail may be tried again.
"""

from dataclasses import dataclass
from enum import Enum
from types import TracebackType
from typing import Protocol, Self


class Fate(Enum):
    """What became of a mail that was handed over."""

    TAKEN = "taken"  # sent on, or lies as a draft
    REFUSED = "refused"  # certainly not taken, and the same mail would be refused again
    LATER = "later"  # certainly not taken, and may be tried again
    UNKNOWN = "unknown"  # may have been taken or not


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mail's fate with a sentence for the SENCo (what happened, what to do; no name, no address). `stop`: no other mail could go either."""

    fate: Fate
    told: str = ""
    stop: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """One finished mail to one person. `message`: all its bytes (RFC 5322, lines end in CRLF), headers From, To, Message-ID within.

    `ref` is its mark in the outbox, letters and digits; `label` a name for the file of a draft, safe on every system.
    """

    ref: str
    sender: str
    address: str
    message: bytes
    label: str = ""


class Way(Protocol):
    """A way out. Entering it raises CannotDo, with its sentence, where it cannot be used at all (no server, certificate, login)."""

    name: str  # as the settings call it
    drafts: bool  # what it takes lies as a draft until a person sends it
    where: str  # in words, for “12 mails …”: “sent through mail.school.example”, “put as drafts into the folder …”
    most_bytes: int  # the longest message it takes

    def __enter__(self) -> Self:
        """Make it ready for a run."""

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Let go of it, whatever happened."""

    def hand_over(self, mail: Mail) -> Outcome:
        """Hand over one mail. What goes wrong is in the outcome; nothing is raised for it."""

    def took(self, mail: Mail) -> bool | None:
        """Whether an earlier run's mail was taken, where this way can tell afterwards; None where it cannot."""
