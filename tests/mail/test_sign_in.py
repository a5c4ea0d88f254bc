"""Signing in with Microsoft: msal itself, against an authority of ours over TLS that keeps to the device flow (RFC 8628)."""

import json
import os
import ssl
import stat
import threading
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import trustme

from sendbook.mail.settings import MailSettings, changed
from sendbook.mail.sign_in import GRAPH_SCOPES, SMTP_SCOPES, Place, is_signed_in, scopes_of, sign_in, sign_out, token
from sendbook.workbook.safe import CannotDo

SETTINGS = changed(MailSettings(), {"way": "graph", "microsoft.tenant": "school.example", "microsoft.client_id": "client-1"})
PENDING = (400, {"error": "authorization_pending"})


@dataclass
class Authority:
    """What the authority says next when it is asked for a token, and what it was asked."""

    said: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    asked: list[dict[str, str]] = field(default_factory=list)
    person: str = "senco"
    given: int = 0
    expires_in: int = 900
    interval: int = 0
    refuses_device: bool = False

    def grant(self) -> tuple[int, dict[str, object]]:
        self.given += 1
        now = int(time.time())
        claims = {"aud": "client-1", "iss": "x", "sub": self.person, "iat": now, "exp": now + 3600, "oid": self.person, "tid": "t"}
        claims["preferred_username"] = f"{self.person}@school.example"
        return 200, {
            "token_type": "Bearer",
            "access_token": f"access {self.given} of {self.person}",
            "refresh_token": f"refresh of {self.person}",
            "expires_in": 3600,
            "scope": " ".join(GRAPH_SCOPES),
            "id_token": f"{_part({'alg': 'none'})}.{_part(claims)}.",
            "client_info": _part({"uid": self.person, "utid": "t"}),
        }


def _part(said: dict[str, object]) -> str:
    return urlsafe_b64encode(json.dumps(said).encode()).decode().rstrip("=")


@contextmanager
def authority(tmp_path: Path, **more: object) -> Iterator[tuple[Authority, Place]]:
    """One that listens, with the place that leads to it."""
    ours, ca = Authority(**more), trustme.CA()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if not self.path.startswith("/school.example/v2.0/.well-known/openid-configuration"):
                return self._say(400, {"error": "invalid_tenant"})
            base = f"https://localhost:{server.server_port}/school.example"
            ends = {"authorization": "authorize", "token": "token", "device_authorization": "devicecode"}
            return self._say(200, {"issuer": base, **{f"{name}_endpoint": f"{base}/oauth2/v2.0/{end}" for name, end in ends.items()}})

        def do_POST(self) -> None:
            text = self.rfile.read(int(self.headers["Content-Length"])).decode()
            asked = {name: values[0] for name, values in parse_qs(text).items()}
            ours.asked.append({"path": self.path.rsplit("/", 1)[-1], **asked})
            if self.path.endswith("devicecode"):
                return self._say(*self._device())
            return self._say(*(ours.said.pop(0) if ours.said else ours.grant()))

        def _device(self) -> tuple[int, dict[str, object]]:
            if ours.refuses_device:
                return 400, {"error": "invalid_client", "error_description": "AADSTS7000218: senco@school.example may not."}
            address = "https://microsoft.com/devicelogin"
            code = {"device_code": "device", "user_code": "ABCD-1234", "verification_uri": address, "message": "m"}
            return 200, {**code, "expires_in": ours.expires_in, "interval": ours.interval}

        def _say(self, code: int, said: dict[str, object]) -> None:
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *args: object) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    ca.issue_cert("localhost").configure_cert(context)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    trusted = tmp_path / "authority.pem"
    ca.cert_pem.write_to_path(str(trusted))
    try:
        yield ours, Place(f"https://localhost:{server.server_port}", tmp_path / "kept" / "sign-in.bin", str(trusted))
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture(autouse=True)
def in_a_file(monkeypatch: pytest.MonkeyPatch):
    """No secret service of whoever runs the tests is touched: the system has none, as on a server."""
    import msal_extensions

    def none(location: str) -> None:
        raise RuntimeError("no secret service")

    monkeypatch.setattr(msal_extensions, "build_encrypted_persistence", none)
    for variable in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):  # requests would take them instead of the authority of the test
        monkeypatch.delenv(variable, raising=False)


def test_signing_in_waits_until_the_person_has_typed_the_code(tmp_path: Path):
    told: list[str] = []
    with authority(tmp_path, said=[PENDING, PENDING]) as (ours, place):
        assert not is_signed_in(place)
        sign_in(SETTINGS, told.append, place)
        assert [question["path"] for question in ours.asked] == ["devicecode", "token", "token", "token"]
        assert set(GRAPH_SCOPES) <= set(ours.asked[0]["scope"].split())
        assert ours.asked[0]["client_id"] == "client-1" and ours.asked[-1]["device_code"] == "device"
        assert is_signed_in(place) and token(SETTINGS, GRAPH_SCOPES, place=place) == "access 1 of senco"
    assert len(told) == 1 and "ABCD-1234" in told[0] and "https://microsoft.com/devicelogin" in told[0]


def test_a_token_is_kept_and_renewed_when_asked_for(tmp_path: Path):
    with authority(tmp_path) as (ours, place):
        sign_in(SETTINGS, str, place)
        before = len(ours.asked)
        assert token(SETTINGS, GRAPH_SCOPES, place=place) == "access 1 of senco" and len(ours.asked) == before
        assert token(SETTINGS, GRAPH_SCOPES, renew=True, place=place) == "access 2 of senco"
        assert ours.asked[-1]["grant_type"] == "refresh_token" and ours.asked[-1]["refresh_token"] == "refresh of senco"


def test_what_is_kept_is_for_its_owner_only_where_it_cannot_be_encrypted(tmp_path: Path):
    with authority(tmp_path) as (_, place):
        sign_in(SETTINGS, str, place)
        if os.name == "posix":
            assert stat.S_IMODE(place.kept.stat().st_mode) == 0o600 and stat.S_IMODE(place.kept.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"error": "authorization_declined"}, "declined"),
        ({"error": "access_denied"}, "declined"),
        ({"error": "expired_token"}, "ran out"),
        ({"error": "code_expired"}, "ran out"),
        (
            {"error": "invalid_grant", "error_description": "AADSTS53003: senco@school.example, blocked by Conditional Access"},
            "AADSTS53003",
        ),
        ({"error": "interaction_required"}, "interaction_required"),
        ({"error": "<b>senco@school.example</b>"}, "code none"),
    ],
)
def test_a_sign_in_that_comes_to_nothing(tmp_path: Path, said: dict[str, object], words: str):
    with authority(tmp_path, said=[PENDING, (400, said)]) as (_, place):
        with pytest.raises(CannotDo, match=words) as told:
            sign_in(SETTINGS, str, place)
        assert not is_signed_in(place) and "@" not in str(told.value)


def test_a_code_nobody_types(tmp_path: Path):
    with authority(tmp_path, said=[PENDING] * 9, expires_in=-1, interval=1) as (_, place), pytest.raises(CannotDo, match="ran out"):
        sign_in(SETTINGS, str, place)


def test_a_program_the_school_has_not_allowed(tmp_path: Path):
    with authority(tmp_path, refuses_device=True) as (_, place), pytest.raises(CannotDo, match="AADSTS7000218") as told:
        sign_in(SETTINGS, str, place)
    assert "@" not in str(told.value)


def test_a_school_microsoft_does_not_know(tmp_path: Path):
    with authority(tmp_path) as (_, place), pytest.raises(CannotDo, match=r"microsoft\.tenant"):
        sign_in(changed(SETTINGS, {"microsoft.tenant": "none.example"}), str, place)


def test_without_a_sign_in_there_is_no_token(tmp_path: Path):
    with authority(tmp_path) as (ours, place):
        with pytest.raises(CannotDo, match="sendbook mail sign-in"):
            token(SETTINGS, GRAPH_SCOPES, place=place)
        assert not ours.asked


def test_a_sign_in_that_microsoft_has_ended(tmp_path: Path):
    with authority(tmp_path) as (ours, place):
        sign_in(SETTINGS, str, place)
        ours.said = [(400, {"error": "invalid_grant", "error_description": "AADSTS50173"})] * 3
        with pytest.raises(CannotDo, match="sendbook mail sign-in"):
            token(SETTINGS, GRAPH_SCOPES, renew=True, place=place)


def test_who_signs_in_last_is_who_mail_comes_from(tmp_path: Path):
    with authority(tmp_path) as (ours, place):
        for ours.person in ("senco", "cover"):
            sign_in(SETTINGS, str, place)
        assert token(SETTINGS, GRAPH_SCOPES, renew=True, place=place).endswith("of cover")
        assert "refresh of senco" not in place.kept.read_text(encoding="utf-8")


def test_signing_out_leaves_nothing(tmp_path: Path):
    with authority(tmp_path) as (_, place):
        sign_in(SETTINGS, str, place)
        assert sign_out(SETTINGS, place) and not is_signed_in(place) and not sign_out(SETTINGS, place)
        assert "refresh of" not in place.kept.read_text(encoding="utf-8") and "access 1" not in place.kept.read_text(encoding="utf-8")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\x00", b"[]"])
def test_a_kept_sign_in_that_is_damaged_is_as_none_and_signing_in_mends_it(tmp_path: Path, text: bytes):
    with authority(tmp_path) as (_, place):
        place.kept.parent.mkdir()
        place.kept.write_bytes(text)
        assert not is_signed_in(place)
        with pytest.raises(CannotDo, match="sendbook mail sign-in"):
            token(SETTINGS, GRAPH_SCOPES, place=place)
        sign_in(SETTINGS, str, place)
        assert token(SETTINGS, GRAPH_SCOPES, place=place) == "access 1 of senco"


def test_an_authority_that_is_not_trusted(tmp_path: Path):
    with authority(tmp_path) as (ours, place):
        with pytest.raises(CannotDo, match="not trusted"):
            sign_in(SETTINGS, str, Place(place.authority, place.kept))
        assert not ours.asked


def test_nobody_answers(tmp_path: Path):
    with pytest.raises(CannotDo, match="could not be reached"):
        sign_in(SETTINGS, str, Place("https://127.0.0.1:1", tmp_path / "kept"))


def test_what_it_signs_in_for():
    assert scopes_of(SETTINGS) == GRAPH_SCOPES == scopes_of(changed(SETTINGS, {"way": "graph-drafts"}))
    assert scopes_of(changed(SETTINGS, {"way": "smtp", "smtp.login": "oauth2"})) == SMTP_SCOPES
    for words in ({"way": "smtp"}, {"way": "drafts"}, {"way": "outlook"}):
        with pytest.raises(CannotDo, match="needs no sign-in"):
            scopes_of(changed(SETTINGS, words))
    with pytest.raises(CannotDo, match=r"microsoft\.tenant"):
        sign_in(MailSettings(way="graph"), str)
