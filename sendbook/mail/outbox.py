"""The outbox: one row for each mail, with all that became of it, in a SQLite file beside the workbook.

One run at a time has it: the lock is the operating system's, and goes with the process, however that ends. A change is on
the disk before the next step is taken, so that what a killed run leaves behind says how far it was.
"""

import json
import secrets
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from sendbook.workbook.safe import CannotDo

PATIENCE = 3  # seconds to wait for another run
LETTERS = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # without those that look alike


class State(StrEnum):
    """What has become of a mail."""

    PREPARED = "prepared"  # made, and waits for somebody to look at it
    APPROVED = "approved"  # may go
    SENDING = "sending"  # is being handed over; in a file that no run has open: nobody knows
    DRAFTED = "drafted"  # lies as a draft that a person sends
    RECALLED = "recalled"  # lies as a draft, and must not be sent any more
    SENT = "sent"
    FAILED = "failed"  # was refused; it went nowhere
    UNSURE = "unsure"  # may have gone; a person decides
    WITHDRAWN = "withdrawn"  # taken back before it went


SAID_SENT, SAID_NOT_SENT = "said by a person to have gone", "said by a person to have not gone"
WAITING = (State.PREPARED, State.APPROVED)
GONE = (State.SENDING, State.DRAFTED, State.RECALLED, State.SENT, State.UNSURE)  # went, or may have


@dataclass(frozen=True, kw_only=True)
class Told:
    """What is known of a mail from its beginning. `mark`: what the reader gets, as `Letter.mark`; `parts`: as of `Document`."""

    ref: str
    upn: str
    pupil: str
    contact: str
    address: str
    reason: str
    language: str
    locked: bool
    subject: str
    document: str
    sha256: str
    parts: Mapping[str, str]
    mark: str
    changed: str
    notes: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class NewMail(Told):
    """A mail to be put into the outbox, with its bytes."""

    message: bytes


@dataclass(frozen=True, kw_only=True)
class Entry(Told):
    """A mail in the outbox, without its bytes. Times are the SENCo's own; empty texts are what is not known."""

    number: int
    state: State
    prepared: datetime
    approved: datetime | None
    approved_by: str
    way: str
    settled: datetime | None
    told: str
    logged: bool


_FORMS = (  # what each form of the tables added to the one before
    """
CREATE TABLE mails (
    number INTEGER PRIMARY KEY, ref TEXT NOT NULL UNIQUE, state TEXT NOT NULL, upn TEXT NOT NULL, pupil TEXT NOT NULL, contact TEXT NOT NULL,
    address TEXT NOT NULL, reason TEXT NOT NULL, language TEXT NOT NULL, locked INTEGER NOT NULL, subject TEXT NOT NULL,
    document TEXT NOT NULL, sha256 TEXT NOT NULL, parts TEXT NOT NULL, mark TEXT NOT NULL, changed TEXT NOT NULL, notes TEXT NOT NULL,
    prepared TEXT NOT NULL, approved TEXT, approved_by TEXT NOT NULL DEFAULT '', way TEXT NOT NULL DEFAULT '',
    settled TEXT, told TEXT NOT NULL DEFAULT '', logged INTEGER NOT NULL DEFAULT 0, message BLOB
) STRICT;
CREATE INDEX by_state ON mails (state);
CREATE INDEX by_reader ON mails (upn, address);
""",
    """
CREATE TABLE seen (who TEXT NOT NULL, ref TEXT NOT NULL, PRIMARY KEY (who, ref)) STRICT, WITHOUT ROWID;
""",
)
FORM = len(_FORMS)  # a newer one is not touched
_COLUMNS, _NEW = (tuple(f.name for f in fields(kind)) for kind in (Entry, NewMail))


_END = " - outbox.sqlite"


def outbox_path(book: Path, folder: Path | None = None) -> Path:
    """Where a workbook's outbox is: beside it, or in the school's folder for outboxes."""
    return (folder or book.parent) / f"{book.stem}{_END}"


def stem_of(outbox: Path) -> str:
    """The name of an outbox's workbook, without its ending."""
    return outbox.name.removesuffix(_END)


def outboxes(folder: Path) -> list[Path]:
    """The outboxes in a folder."""
    return sorted(folder.glob(f"*{_END}"))


def has_workbook(outbox: Path, workbooks: Path) -> bool:
    """Whether an outbox's workbook is in the folder of workbooks, under its name. Case does not count, as on Windows."""
    there = {p.stem.casefold() for p in workbooks.iterdir() if p.suffix.casefold().startswith(".xl")}
    return stem_of(outbox).casefold() in there


def glimpse(path: Path) -> frozenset[str]:
    """Whom the mails of another workbook's outbox are about, without holding it or changing anything in it; none where that cannot be seen now."""
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True, timeout=0)) as connection:
            return frozenset(upn for (upn,) in connection.execute("SELECT DISTINCT upn FROM mails"))
    except sqlite3.Error:
        return frozenset()


@contextmanager
def open_outbox(path: Path) -> "Iterator[Outbox]":
    """The outbox for one run, made if need be. Raises CannotDo where another run has it, or the disk is full, whenever that shows."""
    try:
        connection = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None)
    except sqlite3.Error as error:
        raise _cannot(path, error) from error
    try:
        _set_up(connection, path)
        yield Outbox(connection)
        connection.execute("PRAGMA journal_mode = DELETE")  # takes the empty journal's file away
    except sqlite3.Error as error:
        raise _cannot(path, error) from error
    finally:
        connection.close()


def _set_up(connection: sqlite3.Connection, path: Path) -> None:
    connection.execute("PRAGMA locking_mode = EXCLUSIVE")
    connection.execute("PRAGMA journal_mode = TRUNCATE")  # a log beside the file (WAL) would not do on a school's file server
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.execute("PRAGMA secure_delete = ON")  # documents about children that are taken out do not stay in the file's gaps
    connection.execute("BEGIN EXCLUSIVE")  # takes the lock, which this mode keeps until the connection is closed
    form = connection.execute("PRAGMA user_version").fetchone()[0]
    if form > FORM:
        raise CannotDo(f"{path.name} was made by a newer Sendbook. Update Sendbook, then try again. Nothing was sent.")
    for statement in filter(str.strip, ";".join(_FORMS[form:]).split(";")):
        connection.execute(statement)
    connection.execute(f"PRAGMA user_version = {FORM}")
    connection.execute("COMMIT")


_FAULTS = (  # what SQLite says, and what a SENCo is told
    (
        ("locked", "busy"),
        "The outbox {name} is in use: another run of Sendbook, perhaps on another computer, prepares or sends mails. Wait until it is done, "
        "then do this again. What that run sends is not sent twice.",
    ),
    (
        ("disk I/O",),
        "The outbox {name} in {folder} cannot be read or written: is there room on the disk, and is the network drive there? "
        "Then do this again: it goes on where it stopped, and nothing is sent twice.",
    ),
    (
        ("full",),
        "There is no room left for the outbox {name} in {folder}. Free some space, then do this again: "
        "it goes on where it stopped, and nothing is sent twice.",
    ),
    (
        ("unable to open", "readonly"),
        "The outbox {name} cannot be written in {folder}. Ask whoever looks after the folder. Nothing more was sent.",
    ),
    (
        ("not a database", "malformed"),
        "The outbox {name} is damaged, so nothing more is sent, as it cannot be known what went before. Put it back from a backup, or rename it "
        "and look in your mail program at what was sent.",
    ),
    (("",), "The outbox {name} could not be used ({kind}). Nothing more was sent; do this again."),
)


def _cannot(path: Path, error: sqlite3.Error) -> CannotDo:
    sentence = next(told for words, told in _FAULTS if any(word in str(error) for word in words))
    return CannotDo(sentence.format(name=path.name, folder=path.absolute().parent, kind=type(error).__name__))


def new_ref() -> str:
    """A mail's mark that nobody can mistake or guess: eight letters and digits."""
    return "".join(secrets.choice(LETTERS) for _ in range(8))


class Outbox:
    """An open outbox. Each change is one transaction, on the disk when the call returns. sqlite3.Error passes through to `open_outbox`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection

    # --- looking ---
    def entries(self, *states: State) -> tuple[Entry, ...]:
        """All mails, or those in some states, in the order they were prepared."""
        where = f"WHERE state IN ({','.join('?' * len(states))})" if states else ""
        rows = self._db.execute(f"SELECT {', '.join(_COLUMNS)} FROM mails {where} ORDER BY number", states)  # noqa: S608 - names of columns
        return tuple(map(_entry, rows))

    def message(self, ref: str) -> bytes:
        """A mail's bytes; empty where they were taken out."""
        found = self._db.execute("SELECT message FROM mails WHERE ref = ?", (ref,)).fetchone()
        return bytes(found[0]) if found and found[0] else b""

    def unseen(self, who: str) -> frozenset[str]:
        """The marks of the mails that were never shown to this person."""
        rows = self._db.execute("SELECT ref FROM mails WHERE ref NOT IN (SELECT ref FROM seen WHERE who = ?)", (who,))
        return frozenset(ref for (ref,) in rows)

    # --- changing ---
    def note_seen(self, refs: Sequence[str], who: str) -> None:
        """Note that these mails were shown to this person. A mail never changes, so that once is enough."""
        with self._change() as db:
            db.executemany("INSERT OR IGNORE INTO seen VALUES (?, ?)", [(who, ref) for ref in refs])

    @contextmanager
    def _change(self) -> Iterator[sqlite3.Connection]:
        self._db.execute("BEGIN")
        try:
            yield self._db
            self._db.execute("COMMIT")
        except BaseException:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise

    def put(self, mails: Sequence[NewMail], now: datetime) -> None:
        """Put prepared mails in."""
        names = (*_NEW, "state", "prepared")
        statement = f"INSERT INTO mails ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"  # noqa: S608 - names of columns
        with self._change() as db:
            db.executemany(statement, [(*map(_stored, (getattr(m, n) for n in _NEW)), State.PREPARED, _time(now)) for m in mails])

    def withdraw(self, refs: Sequence[str], told: str, now: datetime) -> int:
        """Take mails back that have not gone; their bytes are taken out. How many there were."""
        return self._move(refs, WAITING, State.WITHDRAWN, settled=_time(now), told=told, message=None)

    def approve(self, refs: Sequence[str], by: str, now: datetime) -> int:
        """Let prepared mails go. How many there were."""
        return self._move(refs, (State.PREPARED,), State.APPROVED, approved=_time(now), approved_by=by)

    def claim(self, ref: str, way: str) -> bool:
        """Begin to hand over an approved mail; False where it is not approved (any more)."""
        return self._move([ref], (State.APPROVED,), State.SENDING, way=way) == 1

    def settle(self, ref: str, state: State, told: str, now: datetime) -> None:
        """Write down what became of a mail that was handed over."""
        self._move([ref], (State.SENDING,), state, told=told, settled=_time(now))

    def recall(self, ref: str, told: str) -> None:
        """Note that a draft must not be sent any more."""
        self._move([ref], (State.DRAFTED,), State.RECALLED, told=told)

    def decide(self, refs: Sequence[str], sent: bool, now: datetime) -> int:
        """What a person says of drafts, of mails of which it is not known whether they went, and of what they said before. How many there were."""
        more: dict[str, object] = {"told": SAID_SENT} if sent else {"told": SAID_NOT_SENT, "message": None, "logged": False}
        state, otherwise, said = (State.SENT, State.WITHDRAWN, SAID_NOT_SENT) if sent else (State.WITHDRAWN, State.SENT, SAID_SENT)
        slips = [e.ref for e in self.entries(otherwise) if e.ref in refs and e.told == said]
        unsure = self._move(refs, (State.UNSURE,), state, **more)  # it went, if it did, when it was handed over
        drafts = self._move(refs, (State.DRAFTED, State.RECALLED), state, settled=_time(now), **more)
        return unsure + drafts + self._move(slips, (otherwise,), state, **more)

    def mark_logged(self, refs: Sequence[str]) -> None:
        """Note that these mails have their row in Communications."""
        with self._change() as db:
            db.executemany("UPDATE mails SET logged = 1 WHERE ref = ?", [(r,) for r in refs])

    def forget_documents(self, before: datetime) -> int:
        """Take the bytes of mails out that were settled before that time; what is known of them stays. How many there were."""
        with self._change() as db:
            done = db.execute(
                "UPDATE mails SET message = NULL WHERE message IS NOT NULL AND settled < ? AND state IN (?, ?)",
                (_time(before), State.SENT, State.FAILED),
            )
        return done.rowcount

    def _move(self, refs: Sequence[str], out_of: Sequence[State], into: State, **values: object) -> int:
        """Change the state of those mails that are in one of the states, with more values; how many there were."""
        sets = "".join(f", {name} = ?" for name in values)
        statement = f"UPDATE mails SET state = ?{sets} WHERE ref = ? AND state IN ({','.join('?' * len(out_of))})"  # noqa: S608 - our own names
        with self._change() as db:
            return sum(db.execute(statement, (into, *values.values(), ref, *out_of)).rowcount for ref in refs)


def _stored(value: object) -> object:
    """A value as SQLite takes it."""
    return json.dumps(value) if isinstance(value, Mapping | tuple) else value


def _time(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _entry(row: Sequence[object]) -> Entry:
    values = dict(zip(_COLUMNS, row, strict=True))
    values |= {
        "state": State(str(values["state"])),
        "parts": json.loads(str(values["parts"])),
        "notes": tuple(json.loads(str(values["notes"]))),
    }
    values |= {name: _moment(values[name]) for name in ("prepared", "approved", "settled")}  # type: ignore[arg-type]
    values |= {name: bool(values[name]) for name in ("locked", "logged")}
    return Entry(**values)  # type: ignore[arg-type]
