"""A process that sends mails and is killed, again and again: each time a fork of it gets so many steps and not one more.

`python -m tests.mail.killed OUTBOX SETTINGS DRAFTS STEP...` runs the sending once for each number of steps, then once to its end.
A step is a statement of SQL that begins, or something said to or heard from the mail server: the process can be
stopped before and after each.
"""

import os
import signal
import smtplib
import sqlite3
import sys
import time
from collections.abc import Callable
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Any

from sendbook.mail import outbox as boxes
from sendbook.mail.outbox import NewMail, Outbox, State, new_ref, open_outbox
from sendbook.mail.sending import Clock, recover, send
from sendbook.mail.settings import MailSettings
from sendbook.mail.ways import way_of

NOW = datetime(2026, 11, 24, 9, 30)


def fill(outbox: Outbox, number: int, size: int = 3_000) -> None:
    """Put so many approved mails in, each to a person of their own."""
    mails = [_new(i, size) for i in range(number)]
    outbox.put(mails, NOW)
    outbox.approve([m.ref for m in mails], "SENCo", NOW)


def _new(i: int, size: int) -> NewMail:
    ref, address = new_ref(), f"parent{i}@families.example"
    message = f"From: senco@school.example\r\nTo: {address}\r\nMessage-ID: <{ref}@school.example>\r\nSubject: Hello\r\n\r\n{'x' * 70}\r\n".encode()
    return NewMail(
        ref=ref, upn=f"U{i}", pupil="Pupil", contact="Parent", address=address, reason="Mother", language="English", locked=False, subject="Hello",
        document="a.pdf", sha256="0", parts={"a": "1"}, mark="m", changed="first mail", notes=(),
        message=message + (b"x" * 70 + b"\r\n") * (size // 72),
    )  # fmt: skip


def run(path: Path, settings: MailSettings, drafts: Path) -> None:
    """One run of sending, as the front ends do it."""
    clock = Clock(datetime.now, time.monotonic, lambda seconds: None)
    with open_outbox(path) as outbox, way_of(settings, drafts) as way:
        recover(outbox, way, NOW)
        send(outbox, way, outbox.entries(State.APPROVED), "senco@school.example", lambda: {}, clock, lambda: None)


def _kill_at(last: int) -> None:
    steps = count(1)

    def step(*_: Any) -> None:
        if next(steps) == last:
            os.kill(os.getpid(), signal.SIGKILL)

    connect = sqlite3.connect

    def traced(*args: Any, **more: Any) -> sqlite3.Connection:
        connection = connect(*args, **more)
        connection.set_trace_callback(step)
        return connection

    boxes.sqlite3.connect = traced  # type: ignore[assignment]
    for name in ("send", "getreply"):
        setattr(smtplib.SMTP, name, _around(getattr(smtplib.SMTP, name), step))
    for name in ("write_bytes", "replace"):
        setattr(Path, name, _around(getattr(Path, name), step))


def _around(work: Callable[..., Any], step: Callable[[], None]) -> Callable[..., Any]:
    def both(*args: Any, **more: Any) -> Any:
        step()
        result = work(*args, **more)
        step()
        return result

    return both


def _forked(last: int | None, *args: Any) -> int:
    child = os.fork()
    if child == 0:
        try:
            if last is not None:
                _kill_at(last)
            run(*args)
        except BaseException as error:  # told by the exit code; a traceback of each would hide the one that matters
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            os._exit(1)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def main(outbox: str, settings: str, drafts: str, *steps: str) -> int:
    """Run; tell how many were killed. The last run must come to its end."""
    args = (Path(outbox), MailSettings.model_validate_json(settings), Path(drafts))
    killed = sum(_forked(int(step), *args) == -signal.SIGKILL for step in steps)
    sys.stdout.write(f"{killed}\n")
    sys.stdout.flush()
    return _forked(None, *args)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
