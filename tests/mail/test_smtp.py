"""Sending through a real server over TLS: what becomes of a mail is said as it is, whatever the server does."""

import socket
import ssl
import threading
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import pytest

from sendbook.mail.settings import MailSettings, Smtp
from sendbook.mail.way import Fate, Mail
from sendbook.mail.ways import smtp
from sendbook.mail.ways.smtp import SmtpWay
from sendbook.workbook.safe import CannotDo
from tests.mail.servers import HABITS, PASSWORD, Server, smtp_server, some_mail

TAKEN, REFUSED, LATER, UNKNOWN = Fate.TAKEN, Fate.REFUSED, Fate.LATER, Fate.UNKNOWN


def way_to(server: Server, secret: str = PASSWORD, **more: object) -> SmtpWay:
    return SmtpWay(server.settings(**more), lambda: secret)


# what the server does; what becomes of the mail; whether the run stops; whether the server has the mail; how often it was begun
BEHAVIOURS = [
    ("", TAKEN, False, 1, 1),
    ("rcpt 550", REFUSED, False, 0, 1),
    ("rcpt 452", LATER, False, 0, 1),
    ("mail 550", LATER, True, 0, 1),
    ("mail odd", LATER, False, 0, 2),
    ("mail 421", LATER, False, 0, 2),
    ("mail 421 once", TAKEN, False, 1, 2),
    ("data 451", LATER, False, 0, 1),
    ("data 421", LATER, False, 0, 1),
    ("data 554", REFUSED, False, 0, 1),
    ("data odd", UNKNOWN, False, 0, 1),
    ("before content 451", LATER, False, 0, 1),
    ("before content 554", REFUSED, False, 0, 1),
    ("drop before content", LATER, False, 0, 2),
    ("drop before content once", TAKEN, False, 1, 2),
    ("drop within content", UNKNOWN, False, 0, 1),
    ("drop after content", UNKNOWN, False, 1, 1),
    ("drop after each", TAKEN, False, 1, 1),
    ("slow", TAKEN, False, 1, 1),
    ("late", UNKNOWN, False, 1, 1),
    ("rset drop", TAKEN, False, 1, 1),
]


def test_every_habit_is_tried():
    assert {habit for habit, *_ in BEHAVIOURS} == set(HABITS)


@pytest.mark.parametrize(("habit", "fate", "stop", "held", "begun"), BEHAVIOURS, ids=[row[0] or "good" for row in BEHAVIOURS])
def test_what_becomes_of_a_mail(habit: str, fate: Fate, stop: bool, held: int, begun: int):
    mail = some_mail(size=1_000 if habit == "late" else 100_000)  # a large one is waited for longer
    with smtp_server(habit) as server, way_to(server, timeout=0.4 if habit == "late" else 10) as way:
        outcome = way.hand_over(mail)
        assert (outcome.fate, outcome.stop, server.holds(mail.address), server.begun) == (fate, stop, held, begun)
    assert bool(outcome.told) == (fate is not TAKEN)
    assert "okafor" not in outcome.told.lower() and mail.address not in outcome.told and "@" not in outcome.told
    if fate is TAKEN:
        assert held == 1
    if fate in (REFUSED, LATER):
        assert held == 0


@pytest.mark.parametrize("habit", sorted(HABITS))
def test_a_run_says_of_each_mail_what_is_so(habit: str):
    """However the first mails fare, of each it holds: taken is there once, refused and later are not there; then the server behaves."""
    fates: dict[str, Fate] = {}
    with smtp_server(habit) as server, way_to(server, timeout=0.4 if habit == "late" else 10) as way:
        for number in range(4):
            if number == 2:
                server.habit = ""
            mail = some_mail(number)
            fates[mail.address] = way.hand_over(mail).fate
        held = {address: server.holds(address) for address in fates}
        wrong = {a for a, fate in fates.items() if (fate is TAKEN and held[a] != 1) or (fate in (REFUSED, LATER) and held[a])}
    assert not wrong
    assert list(fates.values())[2:] == [TAKEN, TAKEN]


def test_what_the_server_gets_is_what_was_made():
    mail = some_mail(size=3_000_000)
    with smtp_server() as server, way_to(server) as way:
        assert way.hand_over(mail).fate is TAKEN
        assert server.messages == [(mail.address, mail.message)]


@pytest.mark.parametrize(("slowest", "fate"), [(smtp.SLOWEST, TAKEN), (10**9, UNKNOWN)], ids=["as it is", "without"])
@pytest.mark.parametrize("size", [50_000, 1_500_000])  # the line's buffers hold the one, so that only the answer is late; not the other
def test_a_large_mail_has_time_for_a_slow_line(size: int, slowest: int, fate: Fate, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(smtp, "SLOWEST", slowest)
    with smtp_server("slow") as server, way_to(server, timeout=0.4) as way:
        way._line.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**16)
        assert way.hand_over(some_mail(size=size)).fate is fate
        if fate is TAKEN:
            assert way._line.sock.gettimeout() == 0.4


def test_one_line_serves_a_run_and_is_opened_again_when_the_server_drops_it():
    with smtp_server() as server, way_to(server) as way:
        assert [way.hand_over(some_mail(number)).fate for number in range(5)] == [TAKEN] * 5
        assert server.connections == 1
    with smtp_server("drop after each") as server, way_to(server) as way:
        for number in range(3):
            assert way.hand_over(some_mail(number)).fate is TAKEN
            threading.Event().wait(0.05)  # until the server has hung up
        assert server.connections == 3
        assert [server.holds(some_mail(number).address) for number in range(3)] == [1, 1, 1]


@pytest.mark.parametrize(("habit", "fate"), [("mail 421", LATER), ("drop before content", LATER), ("drop within content", UNKNOWN)])
def test_a_run_in_which_one_mail_after_the_other_is_lost_stops(habit: str, fate: Fate):
    with smtp_server(habit) as server, way_to(server) as way:
        outcomes = [way.hand_over(some_mail(number)) for number in range(2)]
    assert [(o.fate, o.stop) for o in outcomes] == [(fate, False), (fate, True)]


def test_a_server_that_has_gone_stops_the_run(tmp_path: Path):
    with smtp_server("drop after each") as server:
        server.ca_file = str(Path(server.ca_file).rename(tmp_path / "authority.pem"))
        way = way_to(server)
        way.__enter__()
        way.hand_over(some_mail(1))
    outcome = way.hand_over(some_mail(2))
    assert (outcome.fate, outcome.stop) == (LATER, True)
    assert "could not be reached" in outcome.told
    way.__exit__(None, None, None)


def test_a_second_mail_cannot_be_hidden_in_the_first():
    """A lone line feed, dot, line feed ends a mail for some servers; what follows would be a mail of its own."""
    mail = some_mail()
    wicked = mail.message + b"end\n.\nMAIL FROM:<a@b.example>\nRCPT TO:<victim@families.example>\nDATA\nbad\r.\r\n"
    with smtp_server() as server, way_to(server) as way:
        assert way.hand_over(Mail("R", mail.sender, mail.address, wicked)).fate is TAKEN
        ((person, content),) = server.messages
    assert person == mail.address
    assert b"\n" not in content.replace(b"\r\n", b"") and b"\r" not in content.replace(b"\r\n", b"")


@pytest.mark.parametrize(
    "address",
    [
        "a@b.example>\r\nRCPT TO:<victim@families.example",
        "müller@families.example",
        "a@b.example\nDATA",
        "Mrs Okafor <a@b.example>",
        "a@b.example, c@d.example",
        "a(b)@c.example",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_and_nobody_gets_anything(address: str):
    mail = some_mail()
    with smtp_server() as server, way_to(server) as way:
        outcome = way.hand_over(Mail("R", mail.sender, address, mail.message))
        assert outcome.fate is REFUSED and (address or "@") not in outcome.told
        assert way.hand_over(mail).fate is TAKEN
        assert [person for person, _ in server.messages] == [mail.address]


def test_a_sender_that_is_none_stops_the_run():
    mail = some_mail()
    with smtp_server() as server, way_to(server) as way:
        outcome = way.hand_over(Mail("R", "SENCo <senco@school.example>", mail.address, mail.message))
        assert (outcome.fate, outcome.stop, server.begun) == (LATER, True, 0)


def test_a_mail_larger_than_the_server_takes_is_refused_before_it_is_sent():
    with smtp_server(size=50_000) as server, way_to(server) as way:
        assert way.most_bytes == 50_000
        outcome = way.hand_over(some_mail(size=60_000))
        assert outcome.fate is REFUSED and "larger" in outcome.told
        assert way.hand_over(some_mail(size=1000)).fate is TAKEN
        assert server.begun == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_both_kinds_of_encryption(security: str):
    with smtp_server(security=security) as server, way_to(server, security=security) as way:
        assert way.hand_over(some_mail()).fate is TAKEN
        assert server.holds(some_mail().address) == 1


CERTIFICATES = [("expired", "run out"), ("another", "another server's"), ("stranger", "authority this computer does not know")]


@pytest.mark.parametrize("security", ["starttls", "tls"])
@pytest.mark.parametrize(("certificate", "said"), CERTIFICATES)
def test_a_certificate_that_is_not_in_order(certificate: str, said: str, security: str):
    with smtp_server(security=security, certificate=certificate) as server:
        with pytest.raises(CannotDo, match=said), way_to(server, security=security):
            pass
        assert not server.begun


def test_without_the_schools_authority_its_server_is_not_trusted():
    with smtp_server() as server, pytest.raises(CannotDo, match="certificate of the mail server localhost"):
        server.ca_file = ""
        way_to(server).__enter__()


def test_a_file_of_an_authority_that_is_not_there(tmp_path: Path):
    empty = tmp_path / "empty.pem"
    empty.write_text("", encoding="utf-8")
    with smtp_server() as server:
        for file in (tmp_path / "none.pem", empty):
            server.ca_file = str(file)
            with pytest.raises(CannotDo, match="certificate authority"):
                way_to(server).__enter__()


def test_no_encryption_no_mail_and_no_password():
    """A server without STARTTLS, or somebody who takes the offer out: neither password nor mail goes over the open line."""
    with recorded(b"220 hello\r\n", {b"EHLO": b"250-me\r\n250 AUTH PLAIN LOGIN\r\n"}) as (port, heard):
        settings = MailSettings(way="smtp", smtp=Smtp(host="127.0.0.1", port=port, user="senco", timeout=2))
        with pytest.raises(CannotDo, match="no encrypted connection"):
            SmtpWay(settings, lambda: PASSWORD).__enter__()
    assert heard and all(line.split()[0].upper() in (b"EHLO", b"STARTTLS", b"QUIT") for line in heard)
    with smtp_server(security="open", login=False) as server, pytest.raises(CannotDo, match="no encrypted connection"):
        way_to(server).__enter__()


def test_starttls_that_is_offered_and_then_refused():
    with recorded(b"220 hello\r\n", {b"EHLO": b"250-me\r\n250 STARTTLS\r\n", b"STARTTLS": b"454 not now\r\n"}) as (port, heard):
        settings = MailSettings(way="smtp", smtp=Smtp(host="127.0.0.1", port=port, user="senco", timeout=2))
        with pytest.raises(CannotDo, match="no encrypted connection"):
            SmtpWay(settings, lambda: PASSWORD).__enter__()
    assert [line.split()[0].upper() for line in heard] == [b"EHLO", b"STARTTLS"]


@pytest.mark.parametrize(
    ("greeting", "said"),
    [
        (b"554 go away\r\n", "not taking mail"),
        (b"HTTP/1.1 400 Bad\r\n", "did not answer as a mail server does at port \\d+. Nothing was sent"),
        (b"", "did not answer as a mail server does at port \\d+. Nothing was sent"),
    ],
)
def test_what_is_no_mail_server(greeting: bytes, said: str):
    with recorded(greeting, {}) as (port, _):
        settings = MailSettings(way="smtp", smtp=Smtp(host="127.0.0.1", port=port, login="none", timeout=0.3))
        with pytest.raises(CannotDo, match=said):
            SmtpWay(settings).__enter__()


def test_the_wrong_port_for_tls():
    with smtp_server() as server, pytest.raises(CannotDo, match="no encrypted connection"):
        way_to(server, security="tls").__enter__()


def test_nothing_older_than_tls_1_2():
    from sendbook.mail.ways.smtp import _context

    context = _context(Smtp())
    assert context.minimum_version == ssl.TLSVersion.TLSv1_2
    assert context.check_hostname and context.verify_mode == ssl.CERT_REQUIRED


@pytest.mark.parametrize("secret", ["plain", PASSWORD])
def test_passwords_with_plain_and_with_other_letters(secret: str):
    with smtp_server() as server, way_to(server, secret) as way:
        assert way.hand_over(some_mail()).fate is TAKEN


@pytest.mark.parametrize("secret", ["wrong", "wröng"])
def test_a_wrong_password(secret: str):
    with smtp_server() as server:
        with pytest.raises(CannotDo, match=r"did not accept the user name.*sendbook mail password") as told:
            way_to(server, secret).__enter__()
        assert secret not in str(told.value) and not server.begun


def test_a_password_that_is_changed_in_the_midst_of_a_run():
    secrets = iter([PASSWORD, "wrong"])
    with smtp_server("mail 421") as server, SmtpWay(server.settings(), lambda: next(secrets)) as way:
        outcome = way.hand_over(some_mail())
    assert (outcome.fate, outcome.stop) == (LATER, True) and "did not accept" in outcome.told


def test_a_server_without_log_in():
    with smtp_server(login=False) as server:
        with pytest.raises(CannotDo, match="has no log-in"):
            way_to(server).__enter__()
        with way_to(server, login="none") as way:
            assert way.hand_over(some_mail()).fate is TAKEN


def test_signing_in_with_microsoft():
    with smtp_server(token="one") as server:
        with way_to(server, "one", login="oauth2") as way:
            assert way.hand_over(some_mail()).fate is TAKEN
        with pytest.raises(CannotDo, match="sendbook mail sign-in"):
            way_to(server, "another", login="oauth2").__enter__()


def test_a_server_nobody_answers_for():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: whoever calls is turned away
        settings = MailSettings(way="smtp", smtp=Smtp(host="127.0.0.1", port=taken.getsockname()[1], timeout=1))
        with pytest.raises(CannotDo, match=r"could not be reached at port \d+\. Nothing was sent\."):
            SmtpWay(settings, lambda: "").__enter__()


def test_a_name_that_no_server_has():
    settings = MailSettings(way="smtp", smtp=Smtp(host="mail.invalid", timeout=1))
    with pytest.raises(CannotDo, match=r"could not be reached at port \d+\. Nothing was sent\."):
        SmtpWay(settings, lambda: "").__enter__()


@contextmanager
def recorded(greeting: bytes, answers: dict[bytes, bytes]):
    """A line that is answered word by word, without encryption; gives its port and what was said on it."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=_answer, args=(listening, greeting, answers, heard.append), daemon=True)
        thread.start()
        yield listening.getsockname()[1], heard
        thread.join(5)


def _answer(listening: socket.socket, greeting: bytes, answers: dict[bytes, bytes], hear: Callable[[bytes], None]) -> None:
    line, _ = listening.accept()
    with line, line.makefile("rb") as said:
        if greeting:
            line.sendall(greeting)
        try:
            for word in said:
                hear(word)
                line.sendall(answers.get(word.split()[0].upper(), b"250 ok\r\n"))
        except OSError:
            return
