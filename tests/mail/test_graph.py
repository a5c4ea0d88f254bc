"""Microsoft Graph, by a server of ours that keeps a mailbox as the reference describes it.

It is strict: it takes MIME only as base64 with its content type, wants a token, knows only the questions that are in Microsoft's
reference, and gives a sent mail a new id, as Exchange was seen to do. It is no proof that Microsoft's own server does the same.
"""

import email
import json
import re
import threading
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.policy import default
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from sendbook.mail.settings import MailSettings
from sendbook.mail.way import Fate, Mail
from sendbook.mail.ways.graph import LONGEST_WAIT, MOST, SETTLING, TRIES, GraphWay
from sendbook.workbook.safe import CannotDo
from tests.mail.servers import some_mail

TAKEN, REFUSED, LATER, UNKNOWN = Fate.TAKEN, Fate.REFUSED, Fate.LATER, Fate.UNKNOWN
PAGE = "/v1.0"
Answer = tuple[int, dict[str, object], dict[str, str]]
DROPPED: Answer = (0, {}, {})  # hang up without a word


@dataclass
class Copy:
    """A mail in the mailbox."""

    number: str
    message: bytes
    folder: str = "drafts"

    @property
    def shown(self) -> dict[str, object]:
        return {"id": self.number, "isDraft": self.folder != "sentitems" and not self.sent, "internetMessageId": self.message_id}

    sent: bool = False

    @property
    def message_id(self) -> str:
        return str(email.message_from_bytes(self.message, policy=default)["Message-ID"])


@dataclass
class Mailbox:
    """What is in it, and what goes wrong: `wrong[step]` is a list of answers given first, `after` those given after the work was done."""

    copies: list[Copy] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)
    wrong: dict[str, list[Answer]] = field(default_factory=dict)
    after: dict[str, list[Answer]] = field(default_factory=dict)
    token: str = "token 1"
    keeps_ids: bool = False
    lock: threading.Lock = field(default_factory=threading.Lock)

    def sent(self) -> list[Copy]:
        return [copy for copy in self.copies if copy.sent]

    def drafts(self) -> list[Copy]:
        return [copy for copy in self.copies if copy.folder == "drafts"]

    # --- what it can do ---
    def create(self, path: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        if headers["content-type"] != "text/plain" or len(body) > 4_000_000:
            return 400, {"error": {"code": "BadRequest"}}, {}
        copy = Copy(f"AAkA{len(self.copies)}=", b64decode(body, validate=True))
        self.copies.append(copy)
        return 201, copy.shown, {}

    def send(self, path: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        copy = self._copy(path.split("/")[-2])
        if copy is None or not copy.shown["isDraft"] or body:
            return 404, {"error": {"code": "ErrorItemNotFound"}}, {}
        copy.sent, copy.folder = True, "sentitems"
        if not self.keeps_ids:
            copy.number = f"SENT{copy.number}"
        return 202, {}, {}

    def get(self, path: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        copy = self._copy(path.split("/")[-1])
        return (200, copy.shown, {}) if copy else (404, {"error": {"code": "ErrorItemNotFound"}}, {})

    def find(self, path: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        asked = re.fullmatch(r"internetMessageId eq '((?:[^']|'')*)'", query["$filter"])
        if asked is None:
            return 400, {"error": {"code": "BadRequest"}}, {}
        number = asked[1].replace("''", "'")
        found = [c for c in self.copies if c.message_id == number and ("mailFolders" not in path or c.folder == "drafts")]
        return 200, {"value": [copy.shown for copy in found]}, {}

    def delete(self, path: str, body: bytes, headers: dict[str, str], query: dict[str, str]) -> Answer:
        copy = self._copy(path.split("/")[-1])
        if copy is None:
            return 404, {"error": {"code": "ErrorItemNotFound"}}, {}
        copy.folder = "deleteditems"
        return 204, {}, {}

    def _copy(self, number: str) -> Copy | None:
        return next((copy for copy in self.copies if copy.number == unquote(number)), None)

    def answer(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        split = urlsplit(path)
        step = self._step(method, split.path)
        with self.lock:
            self.asked.append(step)
            if headers.get("authorization") != f"Bearer {self.token}":
                return 401, {"error": {"code": "InvalidAuthenticationToken"}}, {}
            assert headers.get("prefer") == 'IdType="ImmutableId"'
            if self.wrong.get(step):
                return self.wrong[step].pop(0)
            query = {name: values[0] for name, values in parse_qs(split.query).items()}
            right = getattr(self, step)(split.path, body, headers, query)
            return self.after[step].pop(0) if self.after.get(step) else right

    def _step(self, method: str, path: str) -> str:
        parts = path.removeprefix(PAGE).strip("/").split("/")
        if parts in (["me", "messages"], ["me", "mailFolders", "drafts", "messages"]):
            return {"POST": "create", "GET": "find"}[method]
        assert parts[:2] == ["me", "messages"], path
        return "send" if (method, parts[3:]) == ("POST", ["send"]) else {"GET": "get", "DELETE": "delete"}[method]


@contextmanager
def graph(**more: object) -> Iterator[tuple[Mailbox, str]]:
    """A mailbox that listens, and its address."""
    box = Mailbox(**more)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _any(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            code, said, headers = box.answer(self.command, self.path, body, {k.lower(): v for k, v in self.headers.items()})
            if code == 0:
                self.close_connection = True
                return
            text = json.dumps(said).encode() if said else b""
            self.send_response(code)
            for name, value in {**headers, "Content-Length": str(len(text))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text)

        do_GET = do_POST = do_DELETE = _any  # noqa: N815 - named by http.server

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield box, f"http://127.0.0.1:{server.server_port}{PAGE}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Naps(list[float]):
    """What would be slept."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def way_to(base: str, way: str = "graph", token: Callable[[bool], str] = lambda renew: "token 1", naps: Naps | None = None) -> GraphWay:
    return GraphWay(MailSettings(way=way), token, base, Naps() if naps is None else naps, timeout=(5, 5))


def busy(code: int, after: str = "") -> Answer:
    return code, {"error": {"code": "ApplicationThrottled", "message": "parent1@families.example"}}, {"Retry-After": after} if after else {}


def test_a_mail_is_made_and_sent_as_it_is():
    mail = some_mail(size=2_000_000)
    with graph() as (box, base), way_to(base) as way:
        assert way.hand_over(mail).fate is TAKEN
        (copy,) = box.sent()
        assert copy.message == mail.message and box.asked == ["create", "send"]


def test_a_draft_stays_a_draft():
    with graph() as (box, base), way_to(base, "graph-drafts") as way:
        assert way.drafts and way.hand_over(some_mail()).fate is TAKEN
        assert len(box.drafts()) == 1 and not box.sent() and box.asked == ["create"]


# way; step; answers instead of the work; answers after the work; fate; stop; sent mails; drafts left
TABLE = [
    ("graph", "create", [busy(429, "1")], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(503), busy(429), busy(503)], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(429)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "create", [busy(504)], [], TAKEN, False, 1, 0),
    ("graph", "create", [], [busy(504)], TAKEN, False, 1, 0),
    ("graph", "create", [], [DROPPED], TAKEN, False, 1, 0),
    ("graph", "create", [DROPPED], [], TAKEN, False, 1, 0),
    ("graph", "create", [busy(500)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "create", [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})], [], REFUSED, False, 0, 0),
    ("graph", "create", [(413, {}, {})], [], REFUSED, False, 0, 0),
    ("graph", "create", [(403, {"error": {"code": "ErrorAccessDenied"}}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(404, {"error": {"code": "MailboxNotEnabledForRESTAPI"}}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(302, {}, {"Location": "http://elsewhere.invalid/"})], [], LATER, True, 0, 0),
    ("graph", "create", [(407, {}, {})], [], LATER, True, 0, 0),
    ("graph", "create", [(200, {"hello": 1}, {})], [], TAKEN, False, 1, 0),
    ("graph", "create", [(200, {"hello": 1}, {})] * TRIES, [], LATER, True, 0, 0),
    ("graph-drafts", "create", [busy(429)], [], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [], [busy(502)], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [], [DROPPED], TAKEN, False, 0, 1),
    ("graph-drafts", "create", [busy(503)] * TRIES, [], LATER, True, 0, 0),
    ("graph-drafts", "create", [DROPPED] * TRIES, [], UNKNOWN, True, 0, 0),
    ("graph", "send", [busy(429, "2"), busy(429)], [], TAKEN, False, 1, 0),
    ("graph", "send", [busy(429)] * TRIES, [], LATER, True, 0, 0),
    ("graph", "send", [busy(503)], [], LATER, False, 0, 0),
    ("graph", "send", [busy(504)], [], LATER, False, 0, 0),
    ("graph", "send", [DROPPED], [], LATER, False, 0, 0),
    ("graph", "send", [(200, {"hello": 1}, {})], [], LATER, False, 0, 0),
    ("graph", "send", [(302, {}, {"Location": "http://elsewhere.invalid/"})], [], LATER, False, 0, 0),
    ("graph", "send", [], [busy(504)], TAKEN, False, 1, 0),
    ("graph", "send", [], [busy(503)], TAKEN, False, 1, 0),
    ("graph", "send", [], [DROPPED], TAKEN, False, 1, 0),
    ("graph", "send", [(403, {"error": {"code": "ErrorSendAsDenied"}}, {})], [], LATER, True, 0, 0),
    ("graph", "send", [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})], [], REFUSED, False, 0, 0),
]


@pytest.mark.parametrize("keeps_ids", [False, True], ids=["new id", "same id"])
@pytest.mark.parametrize(("way", "step", "wrong", "after", "fate", "stop", "sent", "drafts"), TABLE)
def test_what_becomes_of_a_mail(way, step, wrong, after, fate, stop, sent, drafts, keeps_ids):
    with graph(wrong={step: [*wrong]}, after={step: [*after]}, keeps_ids=keeps_ids) as (box, base), way_to(base, way) as out:
        outcome = out.hand_over(some_mail())
        assert (outcome.fate, outcome.stop, len(box.sent()), len(box.drafts())) == (fate, stop, sent, drafts)
    assert bool(outcome.told) == (fate is not TAKEN) and "@" not in outcome.told and "Okafor" not in outcome.told


def test_graphs_word_for_what_is_wrong_is_said():
    with graph(wrong={"create": [(400, {"error": {"code": "ErrorInvalidRecipients"}}, {})]}) as (_, base), way_to(base) as way:
        assert "400 ErrorInvalidRecipients" in way.hand_over(some_mail()).told
    with graph(wrong={"create": [(400, {"error": {"code": "to parent1@families.example"}}, {})]}) as (_, base), way_to(base) as way:
        assert "(code 400)" in way.hand_over(some_mail()).told


@pytest.mark.parametrize("wrong", [{"get": [DROPPED], "find": [DROPPED]}, {"get": [busy(500)], "find": [busy(500)]}])
def test_where_graph_does_not_say_nobody_knows(wrong: dict[str, list[Answer]]):
    with graph(after={"send": [DROPPED]}, wrong=wrong) as (box, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is UNKNOWN and len(box.sent()) == 1


def test_a_draft_that_cannot_be_taken_away_may_yet_be_sent():
    with graph(wrong={"send": [busy(504)], "delete": [busy(500)]}) as (_, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is UNKNOWN


def test_a_draft_that_goes_at_the_last_moment_counts_as_sent():
    """Graph shows it as a draft, and by the time it is taken away it has gone out."""
    with graph(wrong={"send": [busy(504)]}) as (box, base), way_to(base) as way:
        delete = box.delete

        def late(*args) -> Answer:
            box.copies[0].sent = True
            return delete(*args)

        box.delete = late
        assert way.hand_over(some_mail()).fate is TAKEN


# --- waiting ---
@pytest.mark.parametrize(("asked", "least", "most"), [("7", 7, 7), ("99999", LONGEST_WAIT, LONGEST_WAIT), ("soon", 5, 5), ("", 5, 5)])
def test_it_waits_as_long_as_asked_within_reason(asked: str, least: float, most: float):
    naps = Naps()
    with graph(wrong={"create": [busy(429, asked)]}) as (_, base), way_to(base, naps=naps) as way:
        assert way.hand_over(some_mail()).fate is TAKEN
    assert len(naps) == 1 and least <= naps[0] <= most


def test_it_waits_until_a_date():
    naps, then = Naps(), datetime.now(UTC) + timedelta(seconds=40)
    with graph(wrong={"create": [busy(429, format_datetime(then, usegmt=True))]}) as (_, base), way_to(base, naps=naps) as way:
        way.hand_over(some_mail())
    assert 20 < naps[0] <= 40


def test_it_gives_graph_a_moment_before_it_asks_what_became_of_a_mail():
    naps = Naps()
    with graph(after={"send": [DROPPED]}) as (_, base), way_to(base, naps=naps) as way:
        way.hand_over(some_mail())
    assert naps == [SETTLING]


# --- signed in ---
def test_a_token_that_has_run_out_is_renewed_once():
    asked: list[bool] = []

    def token(renew: bool) -> str:
        asked.append(renew)
        return "token 2" if renew else "token 1"

    with graph(token="token 2") as (box, base), way_to(base, token=token) as way:
        assert way.hand_over(some_mail(1)).fate is TAKEN and way.hand_over(some_mail(2)).fate is TAKEN
        assert len(box.sent()) == 2
    assert asked == [False, True]


def gone(renew: bool) -> str:
    if renew:
        raise CannotDo("sign in first")
    return "old"


@pytest.mark.parametrize("token", [lambda renew: "old", gone], ids=["old", "gone"])
def test_a_sign_in_that_has_ended_stops_the_run(token: Callable[[bool], str]):
    with graph() as (box, base), way_to(base, token=token) as way:
        outcome = way.hand_over(some_mail())
        assert (outcome.fate, outcome.stop) == (LATER, True) and "sendbook mail sign-in" in outcome.told and not box.copies


def test_without_a_sign_in_the_way_does_not_open():
    def token(renew: bool) -> str:
        raise CannotDo("sign in first")

    with graph() as (_, base), pytest.raises(CannotDo, match="sign in first"), way_to(base, token=token):
        pass


def test_a_password_of_another_program_does_not_take_the_tokens_place(tmp_path, monkeypatch):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    with graph() as (_, base), way_to(base) as way:
        assert way.hand_over(some_mail()).fate is TAKEN


def test_nobody_answers():
    way = way_to("http://127.0.0.1:1/v1.0")
    with way:
        outcome = way.hand_over(some_mail())
    assert (outcome.fate, outcome.stop) == (LATER, True)


# --- afterwards ---
def test_what_an_earlier_run_sent_is_known_again():
    mail = some_mail()
    with graph() as (_, base), way_to(base) as way:
        assert way.took(mail) is None  # nothing there says nothing
        way.hand_over(mail)
        assert way.took(mail) is True and way.took(some_mail(2)) is None


def test_what_an_earlier_run_left_as_a_draft_is_taken_away_before_it_counts_as_not_sent():
    mail = some_mail()
    with graph() as (box, base):
        with way_to(base, "graph-drafts") as way:
            way.hand_over(mail)
            assert way.took(mail) is True
        with way_to(base) as way:
            box.wrong["delete"] = [busy(500)]
            assert way.took(mail) is None
            assert way.took(mail) is False and not box.drafts()
            assert way.took(mail) is None  # what lies among the deleted is no draft any more
            box.wrong["find"] = [DROPPED]
            assert way.took(mail) is None


def test_what_an_earlier_run_sent_at_the_last_moment_does_not_go_again():
    """That run was killed as it asked for the draft to be sent; Graph shows it as a draft until it is taken away."""
    mail = some_mail()
    with graph() as (box, base):
        with way_to(base, "graph-drafts") as way:
            way.hand_over(mail)
        delete = box.delete

        def late(*args) -> Answer:
            box.copies[0].sent = True
            return delete(*args)

        box.delete = late
        with way_to(base) as way:
            assert way.took(mail) is True


def test_two_drafts_of_one_mail_become_one():
    """The first making timed out twice and worked all the same."""
    with graph(after={"create": [busy(504)]}, wrong={"find": [DROPPED]}) as (box, base), way_to(base) as way:
        box.after["create"].append(busy(504))
        assert way.hand_over(some_mail()).fate is TAKEN
        assert len(box.copies) == 2 and len(box.sent()) == 1 and not box.drafts()


def test_a_message_id_with_a_quotation_mark():
    mail = some_mail()
    quoted = Mail(mail.ref, mail.sender, mail.address, mail.message.replace(b"<K7Q2MM001@", b"<O'Brien+1@"))
    with graph(after={"send": [DROPPED]}) as (box, base), way_to(base) as way:
        assert way.hand_over(quoted).fate is TAKEN and "O'Brien+1" in box.sent()[0].message_id


def test_a_mail_that_is_too_large_for_graph_is_not_offered():
    assert (MOST + 2) // 3 * 4 < 4_000_000
    with graph() as (box, base), way_to(base) as way:
        assert way.hand_over(some_mail(size=MOST)).fate is REFUSED and not box.asked
