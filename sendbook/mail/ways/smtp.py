"""Sending through a mail server. The line is encrypted and the server's certificate checked, always: there is no other way in here.

Each step of handing a mail over (sender, person, content) is taken by itself, as only so it is known how far it came when something fails.
Until the server has said that it waits for the content, nothing can have been taken; once the content is on its way, only the
server's own answer tells, and where there is none, nobody knows.
"""

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Self

from sendbook.mail.settings import SET, MailSettings, Smtp
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.workbook.safe import CannotDo

OWN_NAME = "[127.0.0.1]"  # what the server is told as this computer's name: its real one is no business of a server's, and costs a look-up
SLOWEST = 50_000  # bytes a second: a mail gets time to go over a line this slow, as a school's upwards may be
IN_A_ROW = 2  # so many mails lost on the way one after the other, and the run stops: the fault is not the mails'

Reply = tuple[int, bytes]


class _Lost(Exception):  # noqa: N818 - not an error of ours
    """The line went, or the server said it would hang up, before any content: the mail is certainly not taken."""


class _Settled(Exception):  # noqa: N818 - not an error of ours
    """What became of a mail is known before its content was sent."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.told)
        self.outcome = outcome


class SmtpWay:
    """One line to the server for a run; it is opened again when the server drops it between two mails.

    `secret` gives the password, or with login `oauth2` the access token; asked at each log-in, so that one that ran out is renewed.
    """

    name = "smtp"
    drafts = False

    def __init__(self, settings: MailSettings, secret: Callable[[], str] | None = None) -> None:
        self.settings = settings.smtp
        self.where = f"sent through {settings.smtp.host}"
        self.largest = self.most_bytes = int(settings.largest_mb * 2**20)
        self._secret = secret or _secret_of(settings)
        self._line: smtplib.SMTP | None = None
        self._lost_in_a_row = 0

    def __enter__(self) -> Self:
        self._line = self._opened()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._line is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._line.quit()
        self._hang_up()

    def took(self, mail: Mail) -> bool | None:
        """A mail server cannot be asked afterwards."""
        return None

    def hand_over(self, mail: Mail) -> Outcome:
        """Send one mail. Where the line went before its content, it is tried once more on a new line."""
        for last in (False, True):
            try:
                outcome = self._sent(self._line or self._reopened(), mail)
            except _Lost:
                self._hang_up()
                if last:
                    return self._counted(Outcome(Fate.LATER, "The mail server broke the connection off before it took this mail."))
            except _Settled as settled:
                return self._after(settled.outcome)
            else:
                return self._counted(outcome)
        raise AssertionError("the second try always returns")

    # --- one mail ---
    def _sent(self, line: smtplib.SMTP, mail: Mail) -> Outcome:
        """Raises _Lost or _Settled while nothing can have been taken; from the content on everything is an outcome."""
        if not _is_plain(mail.sender):
            raise _Settled(Outcome(Fate.LATER, f"Nothing can be sent from the address that is set. Check “sender”: {SET}", stop=True))
        if not _is_plain(mail.address):
            raise _Settled(Outcome(Fate.REFUSED, "This mail's address cannot be written to. Check it in Contacts."))
        content = _content(mail.message)
        if len(content) > self.most_bytes:
            raise _Settled(_too_large(self.most_bytes))
        try:
            _accepted(line.mail(mail.sender, _options(line, content)), _no_sender)
            _accepted(line.rcpt(mail.address), _no_person)
            _accepted(line.docmd("DATA"), _no_content, wanted=3)
        except (smtplib.SMTPException, OSError) as error:
            raise _Lost from error
        return self._content_sent(line, content)

    def _content_sent(self, line: smtplib.SMTP, content: bytes) -> Outcome:
        _wait_for(line, self.settings.timeout + len(content) / SLOWEST)  # a socket's time is for all of it, and out of time nobody knows
        try:
            line.send(re.sub(rb"(?m)^\.", b"..", content) + b".\r\n")
            code, reply = line.getreply()
        except (smtplib.SMTPException, OSError):
            self._hang_up()
            return _unknown("the connection broke off before the mail server answered")
        _wait_for(line, self.settings.timeout)
        if code == 421:
            self._hang_up()
        if code // 100 == 2:
            return Outcome(Fate.TAKEN)
        if code // 100 == 4:
            return _later(code, reply)
        if code // 100 == 5:
            return _no_content(code, reply)
        self._hang_up()
        return _unknown("the mail server gave an answer that means nothing")

    def _after(self, outcome: Outcome) -> Outcome:
        """Make the line ready for the next mail; where that fails, the next one opens a new line."""
        self._lost_in_a_row = 0
        if self._line is not None:
            try:
                self._line.rset()
            except (smtplib.SMTPException, OSError):
                self._hang_up()
        return outcome

    def _counted(self, outcome: Outcome) -> Outcome:
        """Stop a run in which one mail after the other is lost on the way."""
        self._lost_in_a_row = self._lost_in_a_row + 1 if self._line is None and outcome.fate is not Fate.TAKEN else 0
        return Outcome(outcome.fate, outcome.told, outcome.stop or self._lost_in_a_row >= IN_A_ROW)

    # --- the line ---
    def _reopened(self) -> smtplib.SMTP:
        try:
            self._line = self._opened()
        except CannotDo as error:
            raise _Settled(Outcome(Fate.LATER, str(error), stop=True)) from error
        return self._line

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _opened(self) -> smtplib.SMTP:
        """An encrypted line, logged in. Raises CannotDo, having hung up."""
        server = self.settings
        try:
            line = _connected(server, _context(server))
            try:
                self._log_in(line)
            except BaseException:
                line.close()
                raise
        except (smtplib.SMTPException, OSError) as error:
            raise _no_line(server, error) from error
        self.most_bytes = _most(line, self.largest)
        return line

    def _log_in(self, line: smtplib.SMTP) -> None:
        server = self.settings
        if server.login == "none":
            return
        if not line.esmtp_features.get("auth", "").strip():
            raise CannotDo(f"The mail server {server.host} has no log-in. Set smtp.login to none, or ask IT for another server: {SET}")
        try:
            _log_in(line, server, self._secret())
        except smtplib.SMTPAuthenticationError as error:
            raise _no_log_in(server, error.smtp_code) from error
        except smtplib.SMTPServerDisconnected:
            raise
        except smtplib.SMTPException as error:  # smtplib found no way to log in that both know
            raise _other_log_in(server) from error


def _secret_of(settings: MailSettings) -> Callable[[], str]:
    if settings.smtp.login == "oauth2":
        from sendbook.mail.sign_in import SMTP_SCOPES, token

        return lambda: token(settings, SMTP_SCOPES)
    from sendbook.mail.secrets import password

    return lambda: password(settings)


# --- opening a line ---
def _context(server: Smtp) -> ssl.SSLContext:
    """Certificates of the usual authorities, or only the school's own where one is named; the server's name is checked."""
    try:
        context = ssl.create_default_context(cafile=server.ca_file or None)
    except OSError as error:  # not there, or no certificate in it
        raise CannotDo(
            f"The file with the school's certificate authority, {server.ca_file}, cannot be used. Ask IT for it, then: {SET}"
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _connected(server: Smtp, context: ssl.SSLContext) -> smtplib.SMTP:
    if server.security == "tls":
        line: smtplib.SMTP = smtplib.SMTP_SSL(server.host, server.port, OWN_NAME, timeout=server.timeout, context=context)
    else:
        line = smtplib.SMTP(server.host, server.port, OWN_NAME, timeout=server.timeout)
    try:
        _at_once(line)
        line.ehlo()
        if server.security == "starttls":
            _encrypt(line, server, context)
    except BaseException:
        line.close()
        raise
    return line


def _at_once(line: smtplib.SMTP) -> None:
    """Have the system send what is given to it at once: else the end of each mail waits some 40 ms for the server to say that it has the rest."""
    if line.sock is not None:
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _encrypt(line: smtplib.SMTP, server: Smtp, context: ssl.SSLContext) -> None:
    """Nothing is sent where this fails, neither a password nor a mail: whoever sits in between could have taken the offer out."""
    try:
        line.starttls(context=context)
    except (smtplib.SMTPNotSupportedError, smtplib.SMTPResponseException) as error:
        raise _open_line(server) from error
    line.ehlo()


def _open_line(server: Smtp) -> CannotDo:
    return CannotDo(
        f"The mail server {server.host} offers no encrypted connection at port {server.port}, and Sendbook sends nothing over an open one. "
        f"Ask IT for the right port (587 with starttls, 465 with tls), then: {SET}"
    )


def _log_in(line: smtplib.SMTP, server: Smtp, secret: str) -> None:
    if server.login == "oauth2":
        first = f"user={server.user}\1auth=Bearer {secret}\1\1"
        line.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")  # after a challenge, which is an error: nothing
    elif (server.user + secret).isascii():
        line.login(server.user, secret)
    else:  # a pound sign: smtplib can send plain letters only
        _log_in_utf8(line, server, secret)


def _log_in_utf8(line: smtplib.SMTP, server: Smtp, secret: str) -> None:
    """Log in as RFC 4616 has it, in UTF-8."""
    if "PLAIN" not in line.esmtp_features.get("auth", "").upper().split():
        raise CannotDo(
            f"The password holds a letter that the mail server {server.host} cannot be given. "
            "Change the account's password to one of plain letters, digits and signs of an American keyboard."
        )
    code, reply = line.docmd("AUTH", "PLAIN " + b64encode(f"\0{server.user}\0{secret}".encode()).decode())
    if code not in (235, 503):
        raise smtplib.SMTPAuthenticationError(code, reply)


def _other_log_in(server: Smtp) -> CannotDo:
    return CannotDo(
        f"The mail server {server.host} does not know the kind of log-in that is set (smtp.login: {server.login}). "
        f"Ask IT which one it takes, then: {SET}"
    )


def _no_log_in(server: Smtp, code: int) -> CannotDo:
    if code in (500, 502, 504):
        return _other_log_in(server)
    if code // 100 == 4:
        return CannotDo(f"The mail server {server.host} cannot check log-ins just now (code {code}). Nothing was sent; try again later.")
    if server.login == "oauth2":
        todo = "Type “sendbook mail sign-in” and sign in anew; if that does not help, ask IT to allow authenticated SMTP for this mailbox."
    else:
        todo = (
            "Type “sendbook mail password” and give it the right one; if it is right, ask IT whether this mailbox may send from a program."
        )
    return CannotDo(f"The mail server {server.host} did not accept the user name and its password or sign-in (code {code}). {todo}")


_CERTIFICATES = {  # OpenSSL's numbers
    10: "has run out",
    18: "was made by the server itself",
    19: "comes from an authority this computer does not know",
    20: "comes from an authority this computer does not know",
    62: "is another server's",
}


def _no_line(server: Smtp, error: Exception) -> CannotDo:
    """Why there is no line, as a sentence."""
    host = server.host
    if isinstance(error, ssl.SSLCertVerificationError):
        why = _CERTIFICATES.get(error.verify_code, "is not in order")
        return CannotDo(
            f"The certificate of the mail server {host} {why}, so it may not be the school's server. Nothing was sent. Show this to IT. "
            f"If the school has an authority of its own, set its file as smtp.ca_file: {SET}"
        )
    if isinstance(error, ssl.SSLError):
        return _open_line(server)
    if isinstance(error, smtplib.SMTPResponseException) and error.smtp_code > 0:
        return CannotDo(f"The mail server {host} is not taking mail just now (code {error.smtp_code}). Nothing was sent; try again later.")
    if isinstance(error, TimeoutError | smtplib.SMTPException):
        return CannotDo(
            f"The mail server {host} did not answer as a mail server does at port {server.port}. Nothing was sent. Check smtp.port: {SET}"
        )
    return CannotDo(
        f"The mail server {host} could not be reached at port {server.port}. Nothing was sent. Check that this computer is on the network; "
        f"if it is, ask IT for the server's name and port, then: {SET}"
    )


def _most(line: smtplib.SMTP, largest: int) -> int:
    """The longest message: ours or the server's limit. A server that names none, or 0, has none of its own."""
    said = line.esmtp_features.get("size", "").split()
    limit = int(said[0]) if said and said[0].isdigit() else 0
    return min(largest, limit) if limit else largest


# --- what is sent, and what the answers mean ---
def _wait_for(line: smtplib.SMTP, seconds: float) -> None:
    if line.sock is not None:
        line.sock.settimeout(seconds)


def _content(message: bytes) -> bytes:
    """Every line ended in the one way of mail: a stray line end lets a server see a second mail within the first."""
    content = re.sub(rb"\r\n|\r|\n", b"\r\n", message)
    return content if content.endswith(b"\r\n") else content + b"\r\n"


def _is_plain(address: str) -> bool:
    """Whether the server would be given just this address: smtplib takes out of a strange one what it thinks is meant."""
    return bool(re.fullmatch(r"[!-;=?-~]+@[!-;=?-~]+", address)) and smtplib.quoteaddr(address) == f"<{address}>"


def _options(line: smtplib.SMTP, content: bytes) -> list[str]:
    size = [f"SIZE={len(content)}"] if line.has_extn("size") else []
    return size + (["BODY=8BITMIME"] if not content.isascii() and line.has_extn("8bitmime") else [])


def _accepted(reply: Reply, refused: Callable[[int, bytes], Outcome], wanted: int = 2) -> None:
    """Go on where the server does; else raise what is known by now. `wanted`: the first digit of the answer."""
    code, text = reply
    if code // 100 == wanted:
        return
    if code == 421 or code // 100 not in (4, 5):  # an answer that means nothing may be one to something else
        raise _Lost
    raise _Settled(refused(code, text) if code // 100 == 5 else _later(code, text))


def _no_sender(code: int, reply: bytes) -> Outcome:
    if code == 552:
        return _refused(code, reply, "would not take a mail as large as this")
    told = f"The mail server does not let this account send under its address (code {_said(code, reply)}). Check “sender” and the account: {SET}"
    return Outcome(Fate.LATER, told, stop=True)


def _no_person(code: int, reply: bytes) -> Outcome:
    return _refused(code, reply, "refused this mail's address")


def _no_content(code: int, reply: bytes) -> Outcome:
    return _refused(code, reply, "would not take this mail")


def _refused(code: int, reply: bytes, what: str) -> Outcome:
    todo = "Check the address in Contacts." if "address" in what else "Ask IT what this code means for this account."
    return Outcome(Fate.REFUSED, f"The mail server {what} (code {_said(code, reply)}). {todo}")


def _too_large(most: int) -> Outcome:
    told = f"This mail is larger than the {most / 2**20:.1f} MB that may be sent. Make its summary smaller (a smaller logo), or hand it over on paper."
    return Outcome(Fate.REFUSED, told)


def _later(code: int, reply: bytes) -> Outcome:
    return Outcome(Fate.LATER, f"The mail server did not take this mail for now (code {_said(code, reply)}). It can be sent later.")


def _unknown(what: str) -> Outcome:
    return Outcome(
        Fate.UNKNOWN, f"It is not known whether this mail was sent: {what}. Look among the account's sent mail, or ask the person."
    )


def _said(code: int, reply: bytes) -> str:
    """The answer's numbers. Its words are left out: they mostly hold the address."""
    detail = re.match(rb"[245]\.\d{1,3}\.\d{1,3}\b", reply)
    return f"{code} {detail.group().decode()}" if detail else str(code)
