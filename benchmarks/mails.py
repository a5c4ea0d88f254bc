"""Mails from the register to a mail server, beside a bare smtplib loop that sends the same bytes: `uv run python -m benchmarks.mails`.

The server is a process of its own on this computer (TLS, log-in), so that its work is not counted on either side. PDFs are made
before. `--memory` measures the most memory that preparing (with the page that shows each) and sending 50, 300 and 1,000 mails take.
"""

import argparse
import os
import smtplib
import socket
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from benchmarks.measure import measure
from sendbook.mail.outbox import Outbox, State
from sendbook.mail.prepare import Mailing, prepare
from sendbook.mail.sending import Clock, send
from sendbook.mail.settings import MailSettings
from sendbook.mail.ways import way_of
from sendbook.posting.hand_over import approve_and_send
from sendbook.posting.post import ALL, Meant, Post
from sendbook.posting.prepare import prepare_mails
from sendbook.steps import no_bar
from tests.mail.office import NOW, Desk, child, parent
from tests.mail.servers import PASSWORD, USER, smtp_server
from tests.make import TODAY, book

ROUNDS = 5
WORDS = "Listens well and likes stories about animals and the sea. " * 8


def desk(folder: Path, number: int) -> Desk:
    """A school of so many pupils with a parent each."""
    pupils = [child(i, f"Child{_letters(i)}", f"Family{_letters(i)}", strengths=WORDS) for i in range(number)]
    contacts = [parent(p, f"Mrs {p['surname']}", f"parent{i}@families.example") for i, p in enumerate(pupils)]
    return Desk(folder, book(pupils=pupils, contacts=contacts), TODAY)


def _letters(number: int) -> str:
    return "".join(chr(97 + int(d)) for d in f"{number:04}")


def taken(mailing: Mailing, outbox: Outbox) -> list[bytes]:
    """Prepare everything; the messages. From the second time on, the documents are known and not drawn again."""
    prepare(mailing, mailing.book.pupils, outbox, NOW, lambda: None, for_all=True, again=True)
    return [outbox.message(e.ref) for e in outbox.entries(State.PREPARED)]


def handed_over(outbox: Outbox, settings: MailSettings) -> None:
    """Approve and send all that is prepared, as the front ends do, without the pauses of a rate."""
    outbox.approve([e.ref for e in outbox.entries(State.PREPARED)], "SENCo", NOW)
    with way_of(settings, Path()) as way:
        entries = outbox.entries(State.APPROVED)
        clock = Clock(datetime.now, time.monotonic, lambda seconds: None)
        done = send(outbox, way, entries, "senco@greenfield.example", dict, clock, lambda: None)
    assert done.states == {State.SENT: len(entries)}, done


def bare(messages: list[bytes], settings: MailSettings, at_once: bool = False) -> None:
    """smtplib alone; with `at_once` it does not wait for acknowledgements (TCP_NODELAY), as ours does not."""
    with smtplib.SMTP(settings.smtp.host, settings.smtp.port) as line:
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, at_once)
        line.starttls(context=ssl.create_default_context(cafile=settings.smtp.ca_file))
        line.login(USER, "plain")  # the test server takes this one too; smtplib cannot send a pound sign
        for i, message in enumerate(messages):
            line.sendmail("senco@greenfield.example", [f"parent{i}@families.example"], message)


def timed(job: Callable[[], object]) -> float:
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


@contextmanager
def server() -> Iterator[MailSettings]:
    """A mail server in a process of its own."""
    command = [sys.executable, "-m", "benchmarks.mails", "--serve"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout and process.stdin
        yield MailSettings.model_validate_json(process.stdout.readline())
        process.stdin.close()


def serve() -> None:
    """Be that process, until nobody listens any more."""
    with smtp_server() as found:
        print(found.settings().model_dump_json(), flush=True)
        sys.stdin.read()


def compare(number: int) -> None:
    """Print what each part takes, beside the bare loop."""
    preparing, sending, plain, tuned = [], [], [], []
    with tempfile.TemporaryDirectory() as folder, server() as settings:
        made = desk(Path(folder), number).summarise()
        mailing = made.mailing
        with made.outbox() as outbox:
            taken(mailing, outbox)  # draws every document again, once, to know it
        for _ in range(ROUNDS):
            with made.outbox() as outbox:
                outbox.withdraw([e.ref for e in outbox.entries(State.PREPARED)], "", NOW)
                preparing.append(timed(lambda outbox=outbox: taken(mailing, outbox)))
                messages = taken(mailing, outbox)
                sending.append(timed(lambda outbox=outbox: handed_over(outbox, settings)))
                plain.append(timed(lambda messages=messages: bare(messages, settings)))
                tuned.append(timed(lambda messages=messages: bare(messages, settings, at_once=True)))
    size = statistics.mean(map(len, messages)) / 1000
    base, fast, put, gone = (statistics.median(t) for t in (plain, tuned, preparing, sending))
    print(
        f"{number} mails of {size:.0f} KB, median of {ROUNDS}; smtplib alone: {base * 1000:.0f} ms; with TCP_NODELAY: {fast * 1000:.0f} ms"
    )
    for what, seconds in (("handed over from the outbox", gone), ("composed, looked at, put into the outbox", put), ("both", put + gone)):
        print(f"{what}: {seconds * 1000:.0f} ms, {seconds / base:.2f} and {seconds / fast:.2f} times that")


def once(folder: str, number: int) -> None:
    """Prepare so many mails with the page that shows them, and send them, as the front ends do; the documents lie there."""
    made = desk(Path(folder), number)
    settings = MailSettings.model_validate_json(os.environ["SETTINGS"])
    post = Post(Path(folder) / "SEND register.xlsx", settings, TODAY, datetime.now, no_bar, made.summaries)
    prepare_mails(post, made.book, (), made.book.pupils, for_all=True)
    done = approve_and_send(post, made.book, (), Meant([ALL]), "SENCo", lambda: None, sleep=lambda seconds: None)
    assert done.sent.states == {State.SENT: number}, done


def memory() -> None:
    """Print the most memory of a whole process that composes and sends."""
    for number in (50, 300, 1_000):
        with tempfile.TemporaryDirectory() as folder, server() as settings:
            desk(Path(folder), number).summarise()
            os.environ["SETTINGS"] = settings.model_dump_json()
            run = measure([sys.executable, "-c", f"from benchmarks.mails import once; once({folder!r}, {number})"])
            print(f"{number} mails: {run.peak:.0f} MB at most")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=200)
    parser.add_argument("--memory", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    args = parser.parse_args()
    os.environ["SENDBOOK_MAIL_PASSWORD"] = PASSWORD
    if args.serve:
        serve()
    elif args.memory:
        memory()
    else:
        compare(args.mails)


if __name__ == "__main__":
    main()
