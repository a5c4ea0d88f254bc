"""Settings, the password, and setting up: read, changed, shown; broken ones said to be so; nothing secret anywhere."""

import io
import json
import os
import stat
from pathlib import Path

import keyring
import keyring.backend
import pytest
from keyring.backends import fail

from sendbook import cli
from sendbook.mail import secrets, setting_up, settings, sign_in
from sendbook.mail.settings import MailSettings, changed, lacking, read_settings, write_settings
from sendbook.mail.way import Fate
from sendbook.mail.ways import way_of
from sendbook.workbook.safe import CannotDo
from tests.mail.servers import PASSWORD, smtp_server


class InMemory(keyring.backend.KeyringBackend):
    """A place for passwords as keyring wants it, which forgets."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[tuple[str, str], str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[service, username]


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch):
    """A keyring of the test's own, and no variable."""
    monkeypatch.delenv(secrets.VARIABLE, raising=False)
    before, ours = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(before)


SCHOOL = {"way": "smtp", "smtp.host": "mail.school.example", "smtp.user": "senco", "sender": "senco@school.example"}


# --- the file ---
def test_without_a_file_mails_become_drafts(tmp_path: Path):
    assert read_settings(tmp_path / "none.json") == MailSettings()
    assert MailSettings().way == "drafts"


def test_what_is_written_is_read_again_by_its_owner_only(tmp_path: Path):
    path = tmp_path / "deep" / "mail.json"
    made = changed(
        MailSettings(), {**SCHOOL, "per_minute": "12", "largest_mb": "2.5", "smtp.timeout": "9", "microsoft.tenant": "s.example"}
    )
    for _ in range(2):
        write_settings(made, path)
        assert read_settings(path) == made
        if os.name == "posix":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in path.parent.iterdir()] == ["mail.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        "3",
        '"x"',
        "\x00",
        "[" * 100_000,
        '{"way": "plain"}',
        '{"smtp": {"security": "none"}}',
        '{"smtp": {"password": "x"}}',
        '{"smtp": []}',
        '{"new": 1}',
        '{"per_minute": 0}',
        '{"smtp": {"port": 65536}}',
        '{"smtp": {"host": "a b"}}',
        '{"smtp": {"timeout": "NaN"}}',
        '{"smtp": {"host": "x\\u000d\\u000aQUIT"}}',
        '{"microsoft": {"tenant": "../../evil.example/x"}}',
        '{"sender": "a@b.example, c@d.example"}',
    ],
)
def test_a_file_that_cannot_be_used_is_said_to_be_so_and_its_text_is_not_quoted(tmp_path: Path, text: str):
    path = tmp_path / "mail.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CannotDo, match=r"mail settings in .*mail\.json cannot be") as told:
        read_settings(path)
    assert "evil" not in str(told.value) and "c@d" not in str(told.value)
    well, _, todo = setting_up.examine(path)
    assert not well and str(path) in todo


def test_a_file_of_bytes_and_a_folder_in_its_place(tmp_path: Path):
    path = tmp_path / "mail.json"
    path.write_bytes(b"\xff\xfe\x00{")
    with pytest.raises(CannotDo):
        read_settings(path)
    with pytest.raises(CannotDo):
        read_settings(tmp_path)


def test_a_write_that_fails_leaves_the_old_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    path = tmp_path / "mail.json"
    write_settings(changed(MailSettings(), SCHOOL), path)
    before = path.read_bytes()
    monkeypatch.setattr(os, "fsync", lambda handle: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(CannotDo, match="no room left"):
        write_settings(MailSettings(), path)
    assert path.read_bytes() == before and len(list(tmp_path.iterdir())) == 1


# --- changing ---
@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"way": "pigeon"}, "“way” must be drafts,"),
        ({"smtp.security": "none"}, "“smtp.security” must be starttls or tls."),
        ({"smtp.security": ""}, "“smtp.security” must be starttls or tls."),
        ({"smtp.port": "smtp"}, "“smtp.port” must be a whole number"),
        ({"per_minute": "601"}, "from 1 to 600"),
        ({"sender": "Mrs Okafor <o@school.example>"}, "one mail address"),
        ({"sender": "sénco@school.example"}, "one mail address"),
        ({"outbox_folder": "outboxes"}, "“outbox_folder” must be a folder with its whole path"),
        ({"outbox_folder": "~/outboxes"}, "“outbox_folder” must be a folder with its whole path"),
        ({"smtp.host": "https://mail.school.example/x"}, "the name of the mail server"),
        ({"smtp.user": "a\nb"}, "the name to log in with"),
        ({"colour": "red"}, "there is no setting “colour”"),
        ({"smtp": "x"}, "there is no setting “smtp”"),
        ({"smtp.password": "x"}, "sendbook mail password"),
    ],
)
def test_a_bad_value_changes_nothing_and_says_what_is_wanted(words: dict[str, str], said: str):
    with pytest.raises(CannotDo, match="Nothing was changed") as told:
        changed(MailSettings(), words)
    assert said in str(told.value)


def test_every_setting_says_what_it_takes():
    for key, words in settings.described(MailSettings):
        assert words, key


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ({}, []),
        ({"way": "outlook"}, []),
        ({"way": "graph"}, ["microsoft.tenant", "microsoft.client_id"]),
        ({"way": "smtp"}, ["smtp.host", "smtp.user"]),
        ({"way": "smtp", "smtp.login": "none"}, ["smtp.host"]),
        ({"way": "smtp", "smtp.host": "h", "smtp.user": "u", "smtp.login": "oauth2"}, ["microsoft.tenant", "microsoft.client_id"]),
    ],
)
def test_what_is_still_to_be_set(tmp_path: Path, words: dict[str, str], needs: list[str]):
    made = changed(MailSettings(), words)
    assert [
        key for key, _ in settings.described(MailSettings) if key in lacking(made).replace(" (", "(").split("also needs: ")[-1]
    ] == needs
    if needs:
        with pytest.raises(CannotDo, match="also needs"):
            way_of(made, tmp_path)


# --- the password ---
def test_a_password_is_kept_for_one_account_at_one_server(passwords: InMemory, tmp_path: Path):
    made = changed(MailSettings(), SCHOOL)
    with pytest.raises(CannotDo, match="sendbook mail password"):
        secrets.password(made)
    secrets.keep_password(made, "pa55 £")
    assert secrets.password(made) == "pa55 £" and secrets.has_password(made)
    assert passwords.kept == {("sendbook mail", "senco@mail.school.example"): "pa55 £"}
    assert not secrets.has_password(changed(made, {"smtp.host": "mail.stranger.example"}))
    assert secrets.forget_password(made) and not secrets.forget_password(made)
    with pytest.raises(CannotDo, match="empty"):
        secrets.keep_password(made, "")


def test_the_variable_goes_first(passwords: InMemory, monkeypatch: pytest.MonkeyPatch):
    made = changed(MailSettings(), SCHOOL)
    secrets.keep_password(made, "kept")
    monkeypatch.setenv(secrets.VARIABLE, "from the variable")
    assert secrets.password(made) == "from the variable"


def test_a_computer_that_keeps_no_passwords(passwords: InMemory):
    keyring.set_keyring(fail.Keyring())
    made = changed(MailSettings(), SCHOOL)
    for tried in (lambda: secrets.password(made), lambda: secrets.keep_password(made, "x"), lambda: secrets.forget_password(made)):
        with pytest.raises(CannotDo, match="no place for passwords"):
            tried()
    assert "no place for passwords" in setting_up.show(made)


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, passwords: InMemory):
    """“sendbook mail password” at a terminal where “pa55 £” is typed; how often it was asked for."""
    made, asked = changed(MailSettings(), SCHOOL), []
    monkeypatch.setattr(settings, "MAIL_FILE", tmp_path / "mail.json")
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("getpass.getpass", lambda prompt: asked.append(prompt) or "pa55 £")
    write_settings(made, tmp_path / "mail.json")
    return asked


def test_a_password_is_typed_at_a_terminal(typed: list[str], passwords: InMemory):
    assert cli.main(["mail", "password"]) == 0
    assert typed == ["Password of senco (it is not shown as you type): "]
    assert passwords.kept == {("sendbook mail", "senco@mail.school.example"): "pa55 £"}


@pytest.mark.parametrize("stdin", [io.StringIO("pa55\n"), None])
def test_without_a_terminal_no_password_is_asked_for(
    typed: list[str], passwords: InMemory, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], stdin: io.StringIO | None
):
    monkeypatch.setattr("sys.stdin", stdin)
    assert cli.main(["mail", "password"]) == 2
    assert "has to be typed in a terminal, where it is not shown. Nothing was kept." in capsys.readouterr().err
    assert not typed and not passwords.kept


def test_a_place_for_the_password_is_looked_for_before_it_is_typed(typed: list[str], capsys: pytest.CaptureFixture[str]):
    keyring.set_keyring(fail.Keyring())
    assert cli.main(["mail", "password"]) == 2
    assert "no place for passwords" in capsys.readouterr().err and not typed


# --- setting up ---
@pytest.fixture
def not_signed_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setattr(sign_in, "KEPT", tmp_path / "sign-in.bin")


@pytest.mark.parametrize("way", ["drafts", "outlook-drafts", "outlook", "smtp", "graph-drafts", "graph"])
def test_what_is_set_is_shown_without_secrets(passwords: InMemory, not_signed_in: None, way: str):
    made = changed(MailSettings(), {**SCHOOL, "way": way, "microsoft.tenant": "t", "microsoft.client_id": "c"})
    secrets.keep_password(made, "the secret")
    shown = setting_up.show(made)
    assert f"Way: {way}." in shown and "the secret" not in shown and "senco@school.example" in shown
    assert ("A password is kept" in shown) == (way == "smtp")
    assert ("Not signed in" in shown) == way.startswith("graph")


def test_the_doctors_line(passwords: InMemory, not_signed_in: None, tmp_path: Path):
    path = tmp_path / "mail.json"
    assert setting_up.examine(path) == (True, "goes the way “drafts”.", "")
    made = changed(MailSettings(), SCHOOL)
    write_settings(made, path)
    well, said, todo = setting_up.examine(path)
    assert (well, said) == (False, "goes the way “smtp”.") and "sendbook mail password" in todo
    secrets.keep_password(made, "x")
    assert setting_up.examine(path) == (True, "goes the way “smtp”.", "")
    for words in ({"way": "graph", "microsoft.tenant": "t", "microsoft.client_id": "c"}, {"smtp.login": "oauth2"}):
        write_settings(changed(changed(made, {"microsoft.tenant": "t", "microsoft.client_id": "c"}), words), path)
        assert "sendbook mail sign-in" in setting_up.examine(path)[2]


def test_trying_out_sends_one_mail_to_oneself(passwords: InMemory, tmp_path: Path):
    with smtp_server() as server:
        made = server.settings().model_copy(update={"sender": "office@school.example"})
        secrets.keep_password(made, PASSWORD)
        outcome = setting_up.try_out(made, "senco@school.example", tmp_path)
        ((person, content),) = server.messages
    assert outcome.fate is Fate.TAKEN and "inbox" in outcome.told
    assert person == "senco@school.example" and b"From: office@school.example" in content and b"To: senco@school.example" in content


def test_trying_out_drafts_and_without_an_address(tmp_path: Path):
    outcome = setting_up.try_out(MailSettings(), "senco@school.example", tmp_path)
    assert outcome.fate is Fate.TAKEN and str(tmp_path) in outcome.told
    assert len(list(tmp_path.glob("*.eml"))) == 1
    with pytest.raises(CannotDo, match="sheet School"):
        setting_up.try_out(MailSettings(), "", tmp_path)


def test_trying_out_says_what_went_wrong(passwords: InMemory, tmp_path: Path):
    with smtp_server("rcpt 550") as server:
        made = server.settings()
        secrets.keep_password(made, PASSWORD)
        outcome = setting_up.try_out(made, "senco@school.example", tmp_path)
    assert outcome.fate is Fate.REFUSED and "550 5.1.1" in outcome.told


def test_settings_hold_no_secret(tmp_path: Path, passwords: InMemory):
    made = changed(MailSettings(), SCHOOL)
    secrets.keep_password(made, "pa55")
    write_settings(made, tmp_path / "mail.json")
    assert "pa55" not in (tmp_path / "mail.json").read_text(encoding="utf-8")
    assert not {"password", "secret", "token"} & set(json.loads((tmp_path / "mail.json").read_text(encoding="utf-8"))["smtp"])
