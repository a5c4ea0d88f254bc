"""A finished mail read back: what its reader will see."""

from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage


@dataclass(frozen=True, slots=True)
class ReadMail:
    """Head, words and attachment of a mail."""

    sender: str
    reply_to: str
    text: str
    html: str
    attachment: str
    attachment_bytes: int


def read_mail(message: bytes) -> ReadMail:
    """The parts of a mail of ours."""
    mail = message_from_bytes(message, policy=policy.default)
    document = next(mail.iter_attachments())
    return ReadMail(
        str(mail["from"]), str(mail["reply-to"]), _body(mail, "plain"), _body(mail, "html"), document.get_filename() or "", _size(document)
    )


def _body(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body((kind,))
    return str(part.get_content()) if part else ""


def _size(document: EmailMessage) -> int:
    return len(document.get_payload(decode=True) or b"")
