"""A real mail server for tests: aiosmtpd on this computer, with certificates of its own authority, log-in, and every way to misbehave.

`smtp_server()` gives one that listens; `HABITS` says what it does wrong. What it has taken is in `messages`, as (person, bytes).
"""

import asyncio
import ssl
import tempfile
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import MISSING, SMTP, AuthResult

from sendbook.mail.settings import MailSettings, Smtp
from sendbook.mail.way import Mail

USER, PASSWORD = "senco", "Conker £5"
DELAY = 1.0  # seconds the server waits with its answer, where that is its habit: longer than tests wait for it

HABITS = {
    "": "does as it should",
    "rcpt 550": "refuses each person",
    "rcpt 452": "has no room for now",
    "mail 550": "does not allow the sender",
    "mail odd": "answers the sender with nonsense",
    "mail 421": "hangs up instead of taking a sender",
    "mail 421 once": "hangs up when the first mail begins, as a server does that waited too long",
    "data 451": "does not take the content for now",
    "data 421": "does not take the content for now, and hangs up",
    "data 554": "refuses the content",
    "data odd": "answers the content with nonsense",
    "before content 451": "does not want any content for now",
    "before content 554": "wants no content",
    "drop before content": "breaks the line off when content is offered",
    "drop before content once": "the same, only the first time",
    "drop within content": "breaks the line off in the midst of the content",
    "drop after content": "takes the mail and breaks the line off before it says so",
    "drop after each": "takes a mail, says so, and breaks the line off",
    "slow": "lets the content wait before it reads it, as a slow line does",
    "late": "takes the mail and answers too late",
    "rset drop": "breaks the line off when it is to forget a mail",
}


@dataclass
class Server:
    """One that listens. `messages` is only ever added to, by the server's thread, before it answers that it has a mail."""

    host: str = "localhost"
    port: int = 0
    ca_file: str = ""
    habit: str = ""
    messages: list[tuple[str, bytes]] = field(default_factory=list)
    connections: int = 0
    begun: int = 0  # how often a mail was begun
    lock: threading.Lock = field(default_factory=threading.Lock)

    def holds(self, address: str) -> int:
        """How many mails it has for this person."""
        with self.lock:
            return sum(person == address for person, _ in self.messages)

    def settings(self, timeout: float = 10, **more: Any) -> MailSettings:
        """Settings that lead to it."""
        given = {"user": USER, **more}
        return MailSettings(way="smtp", smtp=Smtp(host=self.host, port=self.port, ca_file=self.ca_file, timeout=timeout, **given))


class _Handler:
    """What is done with a mail, and the log-in of Microsoft's that aiosmtpd does not know."""

    def __init__(self, server: Server, token: str) -> None:
        self.server, self.token = server, token

    async def handle_MAIL(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd finds it by its name
        self.server.begun += 1
        habit = self.server.habit
        if habit == "mail 421" or (habit == "mail 421 once" and self.server.begun == 1):
            asyncio.get_running_loop().call_later(0.01, smtp.transport.abort)
            return "421 4.4.2 Too long idle, good bye"
        if habit == "mail odd":
            return "xyz what"
        if habit == "mail 550":
            return f"550 5.7.1 {address} may not send"
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, smtp: SMTP, session: Any, envelope: Any, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd finds it by its name
        if self.server.habit == "rcpt 550":
            return f"550 5.1.1 <{address}> no such person"
        if self.server.habit == "rcpt 452":
            return "452 4.2.2 mailbox full"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, smtp: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd finds it by its name
        answers = {"data 451": "451 4.3.0 later", "data 421": "421 4.3.2 going down", "data 554": "554 5.7.1 no", "data odd": "xyz what"}
        if answer := answers.get(self.server.habit):
            return answer
        with self.server.lock:
            self.server.messages += [(person, bytes(envelope.content)) for person in envelope.rcpt_tos]
        if self.server.habit == "drop after content":
            smtp.transport.abort()
        if self.server.habit == "drop after each":
            asyncio.get_running_loop().call_later(0.02, smtp.transport.abort)
        if self.server.habit == "late":
            await asyncio.sleep(DELAY)
        return "250 2.0.0 taken"

    async def auth_XOAUTH2(self, smtp: SMTP, args: list[str]) -> AuthResult:  # noqa: N802 - aiosmtpd finds it by its name
        said = b64decode(args[1]).decode()
        if said == f"user={USER}\1auth=Bearer {self.token}\1\1":
            return AuthResult(success=True)
        answer = await smtp.challenge_auth('{"status":"401"}')  # as Microsoft and Google do: why, then wait for an empty line
        return AuthResult(success=False, handled=answer is MISSING)


class _Habits(SMTP):
    """What no handler of aiosmtpd can do: go wrong in the midst of a conversation."""

    server: Server

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds it by its name
        habit = self.server.habit
        if habit.startswith("before content"):
            await self.push(f"{habit[-3:]} {habit[-3]}.3.0 no")
        elif habit == "drop before content" or (habit == "drop before content once" and self.server.begun == 1):
            self.transport.abort()
        elif habit == "drop within content":
            await self.push("354 go on")
            await self._reader.read(20)
            self.transport.abort()
        else:
            if habit == "slow":
                self.transport.pause_reading()
                asyncio.get_running_loop().call_later(DELAY, self.transport.resume_reading)
            await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802 - aiosmtpd finds it by its name
        if self.server.habit == "rset drop":
            self.transport.abort()
        else:
            await super().smtp_RSET(arg)


class _Controller(Controller):
    """Controller for port 0, which aiosmtpd's own cannot do."""

    def __init__(self, kept: Server, handler: _Handler, **more: Any) -> None:
        self.kept = kept
        super().__init__(handler, hostname="127.0.0.1", port=0, ready_timeout=20, **more)

    def factory(self) -> SMTP:
        self.kept.connections += 1
        smtp = _Habits(self.handler, loop=self.loop, **self.SMTP_kwargs)
        smtp.server = self.kept
        return smtp

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def _authenticator(smtp: SMTP, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    right = (data.login, data.password) == (USER.encode(), PASSWORD.encode()) or (data.login, data.password) == (USER.encode(), b"plain")
    return AuthResult(success=right, handled=False)


def _certificate(kind: str, ca: trustme.CA) -> trustme.LeafCert:
    """`good`; `expired`; `another`: of another server's name; `stranger`: of an authority nobody knows."""
    now = datetime.now(UTC)
    if kind == "expired":
        return ca.issue_cert("localhost", not_before=now - timedelta(days=30), not_after=now - timedelta(days=1))
    if kind == "another":
        return ca.issue_cert("mail.elsewhere.example")
    return (trustme.CA() if kind == "stranger" else ca).issue_cert("localhost")


@contextmanager
def smtp_server(
    habit: str = "", security: str = "starttls", certificate: str = "good", login: bool = True, size: int = 2**25, token: str = "the token"
) -> Iterator[Server]:
    """A server that listens until the block ends. `security`: starttls, tls, or open (it offers no encryption). `size` in bytes."""
    assert habit in HABITS
    server, ca = Server(habit=habit), trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    _certificate(certificate, ca).configure_cert(context)
    secure = {"starttls": {"tls_context": context, "require_starttls": True}, "tls": {"ssl_context": context}, "open": {}}[security]
    logging_in = (
        {"authenticator": _authenticator, "auth_required": True, "auth_require_tls": security == "starttls"}
        if login
        else {"auth_exclude_mechanism": ("PLAIN", "LOGIN", "XOAUTH2")}
    )
    with tempfile.TemporaryDirectory() as folder:
        server.ca_file = str(Path(folder, "authority.pem"))
        ca.cert_pem.write_to_path(server.ca_file)
        controller = _Controller(server, _Handler(server, token), data_size_limit=size, **secure, **logging_in)
        controller.start()
        server.port, server.connections = controller.port, 0  # the first was the controller's own, to see that it listens
        try:
            yield server
        finally:
            controller.stop()


def some_mail(number: int = 1, size: int = 0) -> Mail:
    """An invented mail to an invented person, with dots at the beginning of lines and an attachment of `size` bytes."""
    address = f"parent{number}@families.example"
    message = EmailMessage(policy=MAIL_POLICY)
    message["From"], message["To"], message["Subject"] = "senco@school.example", address, "A summary"
    message["Reply-To"], message["Message-ID"] = "office@school.example", f"<K7Q2MM{number:03}@school.example>"
    message.set_content("Dear Mrs Okafor,\n.\n..two dots\nwith £ and good wishes\n")
    message.add_alternative("<p>Dear Mrs Okafor</p>", subtype="html")
    message.add_attachment(b"%PDF-" + bytes(size), maintype="application", subtype="pdf", filename="Summary for Mrs Okafor.pdf")
    for place, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"boundary-{place}")  # else a number drawn by lot, and the same mail would be another each time
    return Mail(f"K7Q2MM{number:03}", "senco@school.example", address, message.as_bytes(), "Summary for Mrs Okafor")
