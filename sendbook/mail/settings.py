"""How mail leaves this school, as one person set it on this computer.

The settings lie in that person's own folder and nowhere else. Nothing beside a workbook is ever looked at: a workbook that came
from a stranger must not be able to say which server gets the school's mail.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from sendbook.mail.address import one_address
from sendbook.workbook.safe import CannotDo, cannot_read, cannot_write, write_beside

FILE = "mail.json"
MAIL_FILE = Path.home() / ".sendbook" / FILE
SET = "sendbook mail set"  # the command that changes a setting, as sentences name it

_NAME = r"^[A-Za-z0-9.:_-]*$"  # of a server, a tenant, a program: it becomes part of an address, so nothing else may be in it


class _Group(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)


class Smtp(_Group):
    """A mail server. There is no way to say that the line may be open: it is always encrypted."""

    host: str = Field("", pattern=_NAME, description="the name of the mail server, such as smtp.office365.com")
    port: int = Field(587, ge=1, le=65535, description="a whole number from 1 to 65535; 587 with starttls, 465 with tls")
    security: Literal["starttls", "tls"] = Field("starttls", description="starttls or tls")
    user: str = Field("", pattern=r"^\P{C}*$", description="the name to log in with, often the mail address")
    login: Literal["password", "oauth2", "none"] = Field("password", description="password, oauth2 (Microsoft 365) or none")
    ca_file: str = Field("", description="the file with the school's own certificate authority; blank for the usual ones")
    timeout: float = Field(
        60, gt=0, le=600, description="seconds to wait for an answer, up to 600; for a mail itself a second more for each 50 KB"
    )


class Microsoft(_Group):
    """The school's Microsoft 365, as IT registered Sendbook there."""

    tenant: str = Field("", pattern=_NAME, description="the school's name at Microsoft, such as school.onmicrosoft.com, or its number")
    client_id: str = Field("", pattern=_NAME, description="the number under which IT registered Sendbook (Application ID)")


class MailSettings(_Group):
    """All that is set. Passwords are not in it: see `sendbook.mail.secrets`."""

    way: Literal["drafts", "outlook-drafts", "outlook", "smtp", "graph-drafts", "graph"] = Field(
        "drafts", description="drafts, outlook-drafts, outlook, smtp, graph-drafts or graph"
    )
    sender: str = Field("", description="one mail address; blank for the SENCo's on the sheet School")
    per_minute: int = Field(30, ge=1, le=600, description="a whole number of mails from 1 to 600")
    outbox_folder: str = Field("", description="a folder with its whole path; blank for the one of the workbook")
    largest_mb: float = Field(10, gt=0, le=100, description="megabytes (2**20 bytes) a mail may have, up to 100")
    smtp: Smtp = Smtp()
    microsoft: Microsoft = Microsoft()

    @field_validator("sender")
    @classmethod
    def _one_address(cls, value: str) -> str:
        return one_address(value) if value else value

    @field_validator("outbox_folder")
    @classmethod
    def _whole_path(cls, value: str) -> str:
        """A part of a path would be another folder wherever Sendbook is started, and an outbox that knows nothing sends all again."""
        if value and not Path(value).is_absolute():
            raise ValueError("not a whole path")
        return value


def read_settings(path: Path | None = None) -> MailSettings:
    """What is set, by this user where no other file is named; where there is none, what holds until something is. CannotDo: it cannot be used."""
    path = path or MAIL_FILE
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return MailSettings()
    except UnicodeDecodeError as error:
        raise _broken(path) from error
    except OSError as error:
        raise cannot_read(path, error) from error
    return _parsed(text, path)


def _parsed(text: str, path: Path) -> MailSettings:
    try:
        found = json.loads(text)
        if not isinstance(found, dict):
            raise _broken(path)
        return MailSettings.model_validate(found)
    except ValidationError as error:
        raise CannotDo(f"The mail settings in {path} cannot be used: {_said(error)} Set it anew with: {SET}") from error
    except (ValueError, RecursionError) as error:
        raise _broken(path) from error


def _broken(path: Path) -> CannotDo:
    return CannotDo(f"The mail settings in {path} cannot be read. Delete that file, then set mail up anew with: {SET}")


def write_settings(settings: MailSettings, path: Path | None = None) -> None:
    """Write them whole or not at all, for this user's eyes only. Raises CannotDo where that fails."""
    path = path or MAIL_FILE
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error
    with write_beside(path) as temporary:
        temporary.write_text(settings.model_dump_json(indent=2) + "\n", encoding="utf-8")
    path.chmod(0o600)  # there is no password in it, but it says where one would be used; Windows keeps the folder to its user anyway


def changed(settings: MailSettings, words: Mapping[str, str]) -> MailSettings:
    """The settings with some of them changed, as typed: `{"smtp.host": "mail.school.example"}`. CannotDo says which is wrong, and why."""
    known = dict(described())
    tree: dict[str, Any] = settings.model_dump()
    for key, value in words.items():
        if key not in known:
            raise CannotDo(_unknown(key, known))
        group, _, name = key.rpartition(".")
        (tree[group] if group else tree)[name] = value
    try:
        return MailSettings.model_validate(tree)
    except ValidationError as error:
        raise CannotDo(f"Nothing was changed: {_said(error)}") from error


def _unknown(key: str, known: Mapping[str, str]) -> str:
    if "password" in key.lower():
        return (
            "Nothing was changed: a password is never written into the settings. Type “sendbook mail password”, "
            "which puts it where this computer keeps passwords."
        )
    return f"Nothing was changed: there is no setting “{key}”. There are: {', '.join(known)}."


def described(model: type[BaseModel] | None = None, within: str = "") -> Iterator[tuple[str, str]]:
    """Each setting's full name with what it takes, in words."""
    for name, field in (model or MailSettings).model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from described(field.annotation, f"{name}.")
        else:
            yield within + name, field.description or ""


def _said(error: ValidationError) -> str:
    """What is wrong, a sentence for each. What was found is not quoted: it may be anything."""
    known = dict(described())
    sentences = []
    for fault in error.errors(include_input=False, include_url=False, include_context=False):
        key = ".".join(str(part) for part in fault["loc"])
        wanted = known.get(key)
        sentences.append(f"“{key}” must be {wanted}." if wanted else f"“{key}” is not a setting of mail.")
    return " ".join(sentences)


def lacking(settings: MailSettings) -> str:
    """What is still to be set before mail can go the way chosen, as a sentence; empty where nothing is."""
    missing = [f"{key} ({known})" for key, known in described() if key in _wanted(settings) and not _value(settings, key)]
    if not missing:
        return ""
    return f"Mail is to go the way “{settings.way}”, which also needs: {'; '.join(missing)}. Set it with: {SET}"


def _wanted(settings: MailSettings) -> set[str]:
    microsoft = {"microsoft.tenant", "microsoft.client_id"}
    if settings.way in ("graph", "graph-drafts"):
        return microsoft
    if settings.way != "smtp":
        return set()
    login = settings.smtp.login
    return {"smtp.host"} | ({"smtp.user"} if login != "none" else set()) | (microsoft if login == "oauth2" else set())


def _value(settings: MailSettings, key: str) -> object:
    group, _, name = key.rpartition(".")
    return getattr(getattr(settings, group) if group else settings, name)
