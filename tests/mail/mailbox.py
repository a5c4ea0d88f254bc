"""Microsoft Graph for tests: a server of ours that keeps a mailbox as the reference describes it.

`graph()` gives one that listens; `way_to` leads to it.

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
from email.policy import default
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from sendbook.mail.settings import MailSettings
from sendbook.mail.ways.graph import GraphWay

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
