"""A small school whose summaries and mails tests make for real: files in a folder, an outbox beside them."""

from collections.abc import Callable, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sendbook.checks import check
from sendbook.mail.documents import Folder
from sendbook.mail.letter import Letters, sender_of
from sendbook.mail.outbox import Entry, Outbox, State, open_outbox
from sendbook.mail.prepare import Mailing, Prepared, prepare
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.summaries.write import write_summaries
from sendbook.tables import Book
from tests.make import SCHOOL, TODAY, book, pupil

NOW = datetime(2026, 11, 24, 9, 30)
UPNS = ("B801200005001", "D801200005002", "F801200005003")
MANY = 10_000_000


def child(number: int, forename: str, surname: str = "Okafor", **more: Any) -> dict[str, Any]:
    """A pupil with SEN support whose UPN ends in the number."""
    return (
        pupil(upn=f"X80120000{number:04}", forename=forename, surname=surname, known_as=None)
        | {"born": date(2017, 3, number % 28 + 1)}
        | more
    )


def parent(of: dict[str, Any], name: str = "Mrs N. Okafor", email: str | None = "n.okafor@mail.example", **more: Any) -> dict[str, Any]:
    """A contact who may get the pupil's summary."""
    link = f"{of['surname']}, {of['known_as'] or of['forename']} ({of['upn']})"
    return {
        "pupil": link, "name": name, "relationship": "Mother", "parental_responsibility": True, "receives_summaries": True, "email": email,
    } | more  # fmt: skip


AMARA, BILAL = child(1, "Amara"), child(2, "Bilal", "Khan")
FAMILY = {"pupils": [AMARA, BILAL], "contacts": [parent(AMARA), parent(BILAL, "Mr I. Khan", "i.khan@mail.example", relationship="Father")]}


def school(**changes: Any) -> Book:
    """Two pupils of two families, with tables changed as given."""
    return book(**(FAMILY | changes))


@dataclass
class Desk:
    """A workbook's folder with summaries and outbox. `book` may be changed between two steps, as a SENCo changes the register."""

    folder: Path
    book: Book = field(default_factory=school)
    today: date = TODAY
    most_bytes: int = MANY
    now: datetime = NOW

    @property
    def summaries(self) -> Path:
        return self.folder / "summaries"

    def summarise(self, made: date | None = None, **more: Any) -> "Desk":
        """Write everybody's summary."""
        write_summaries(self.book, self.book.pupils, made or self.today, self.summaries, self.folder, **more)
        return self

    def change(self, **tables: Any) -> "Desk":
        """Another register from here on."""
        self.book = school(**tables)
        return self

    @property
    def mailing(self) -> Mailing:
        """What mails are made from, as the front ends put it together."""
        letters = Letters(sender_of(self.book.school), self.folder)
        return Mailing(
            self.book, check(self.book, (), self.today), self.today, Folder(self.summaries, self.folder), letters, self.most_bytes
        )

    @contextmanager
    def outbox(self):
        with open_outbox(self.folder / "outbox.sqlite") as outbox:
            yield outbox

    def prepare(self, pupils: Sequence[Any] | None = None, **more: Any) -> Prepared:
        """Prepare mails for some pupils, or all."""
        with self.outbox() as outbox:
            chosen = self.book.pupils if pupils is None else pupils
            return prepare(self.mailing, chosen, outbox, self.now, lambda: None, **({"for_all": pupils is None} | more))

    def entries(self, *states: State) -> tuple[Entry, ...]:
        with self.outbox() as outbox:
            return outbox.entries(*states)

    def messages(self) -> list[tuple[Entry, bytes]]:
        """Every mail with its bytes."""
        with self.outbox() as outbox:
            return [(e, outbox.message(e.ref)) for e in outbox.entries()]

    def settled(self, state: State, *refs: str) -> None:
        """Bring mails that wait to another state, as a run of sending does."""
        with self.outbox() as outbox:
            every = refs or [e.ref for e in outbox.entries(State.PREPARED)]
            outbox.approve(every, "SENCo", self.now)
            for ref in every:
                outbox.claim(ref, "stub")
                outbox.settle(ref, state, "", self.now)


def put_in(outbox: Outbox, desk: Desk) -> list[str]:
    """Prepare and approve everything in an outbox that is open; the mails' marks."""
    made = prepare(desk.mailing, desk.book.pupils, outbox, desk.now, lambda: None, for_all=True).made
    outbox.approve(made, "SENCo", desk.now)
    return list(made)


class FakeWay:
    """A way whose answers a test chooses; it keeps what it took."""

    name, drafts, where, most_bytes = "fake", False, "sent nowhere", MANY

    def __init__(
        self, answer: Callable[[Mail], Outcome] = lambda mail: Outcome(Fate.TAKEN), knows: Callable[[Mail], bool | None] = lambda mail: None
    ) -> None:
        self.answer, self.knows = answer, knows
        self.taken: list[Mail] = []

    def __enter__(self) -> "FakeWay":
        return self

    def __exit__(self, *why: object) -> None:
        pass

    def hand_over(self, mail: Mail) -> Outcome:
        outcome = self.answer(mail)
        if outcome.fate in (Fate.TAKEN, Fate.UNKNOWN):
            self.taken.append(mail)
        return outcome

    def took(self, mail: Mail) -> bool | None:
        return self.knows(mail)


__all__ = ["AMARA", "BILAL", "FAMILY", "NOW", "SCHOOL", "TODAY", "Desk", "FakeWay", "child", "parent", "put_in", "replace", "school"]
