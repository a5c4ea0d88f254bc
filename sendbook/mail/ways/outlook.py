"""Mail through the classic Outlook of this Windows computer, by the objects it shows to other programs (COM).

Outlook makes its own message of what it is given: person, subject, text, attachments, where answers go. The new Outlook and Outlook in
the browser show no such objects. Nothing here has been run against a real Outlook.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import suppress
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from email.utils import getaddresses
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sendbook.mail.settings import SET, MailSettings
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.workbook.safe import CannotDo, scratch_for_documents

MESSAGE_ID = "http://schemas.microsoft.com/mapi/proptag/0x1035001F"  # PR_INTERNET_MESSAGE_ID, as text
MAIL_ITEM, TO, BY_VALUE, DISCARD = 0, 1, 1, 1  # olMailItem, olTo, olByValue, olDiscard
OUTBOX, SENT, DRAFTS = 4, 5, 16  # olFolderOutbox, olFolderSentMail, olFolderDrafts
SEND_USING_ACCOUNT, PUT_REFERENCE = 0xFAD1, 8  # the property's number; DISPATCH_PROPERTYPUTREF

NOT_THERE = (
    "The classic Outlook for Windows did not answer on this computer. If Outlook has the switch “New Outlook”, turn it off: the new one cannot be "
    f"used by other programs. Else choose another way (drafts, smtp or graph): {SET}"
)


class OutlookWay:
    """Outlook for a run. `start` gives its application object (for tests); without it the computer's own is used."""

    def __init__(self, settings: MailSettings, start: Callable[[], Any] | None = None) -> None:
        self.drafts = settings.way != "outlook"
        self.name = "outlook-drafts" if self.drafts else "outlook"
        self.where = "put among the drafts in Outlook" if self.drafts else "handed to Outlook to be sent"
        self.most_bytes = int(settings.largest_mb * 2**20)
        self._start = start or _outlook
        self._app: Any = None

    def __enter__(self) -> Self:
        try:
            self._app = self._start()
        except CannotDo:
            raise
        except Exception as error:  # pywintypes.com_error, where there is such a thing
            raise CannotDo(NOT_THERE) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._app is not None and not self.drafts:
            with suppress(Exception):  # only hurries it: what is in the outbox goes when Outlook is next open
                self._app.Session.SendAndReceive(False)
        self._app = None

    def hand_over(self, mail: Mail) -> Outcome:
        """Make an item of it and send or save that."""
        item = None
        try:
            account = self._account(mail.sender)
            if account is None:
                return _no_account()
            item = self._app.CreateItem(MAIL_ITEM)
            _fill(item, mail, account)
            if item.Recipients.Count != 1:  # a list in the address book may stand for more people than one
                raise ValueError("not one person")
        except Exception:  # Outlook's errors share no class of their own that exists elsewhere
            _throw_away(item)
            told = "Outlook could not make this mail. Look whether Outlook asks something in a window of its own, then go on."
            return Outcome(Fate.LATER, told, stop=True)
        return self._finished(item)

    def _finished(self, item: Any) -> Outcome:
        try:
            item.Save() if self.drafts else item.Send()
        except Exception:  # as above; Outlook may have done it all the same
            where = "drafts" if self.drafts else "outbox and the sent mail"
            done = "saved" if self.drafts else "sent"
            return Outcome(
                Fate.UNKNOWN, f"It is not known whether this mail was {done}: Outlook reported an error. Look into Outlook's {where}."
            )
        return Outcome(Fate.TAKEN)

    def took(self, mail: Mail) -> bool | None:
        """True where Outlook still has it, known by its Message-ID; else None: it may have been moved, or Outlook may have numbered it anew."""
        number = str(_message(mail).get("Message-ID", "")).replace("'", "''")
        folders = (DRAFTS, SENT) if self.drafts else (OUTBOX, SENT)
        try:
            return any(self._count(folder, number) for folder in folders) or None if number else None
        except Exception:  # as above
            return None

    def _count(self, folder: int, number: str) -> int:
        items = self._app.Session.GetDefaultFolder(folder).Items
        return int(items.Restrict(f"@SQL=\"{MESSAGE_ID}\" = '{number}'").Count)

    def _account(self, sender: str) -> Any:
        """The account with this address. Another one must not be taken instead: parents would get mail from an address nobody was shown."""
        accounts = self._app.Session.Accounts
        every = (accounts.Item(number) for number in range(1, accounts.Count + 1))
        return next((account for account in every if str(account.SmtpAddress).lower() == sender.lower()), None)


def _outlook() -> Any:
    if sys.platform != "win32":
        raise CannotDo(f"Mail through Outlook works on Windows only. Choose another way (drafts, smtp or graph): {SET}")
    return importlib.import_module("win32com.client").Dispatch("Outlook.Application")


def _message(mail: Mail) -> EmailMessage:
    return message_from_bytes(mail.message, policy=default)  # type: ignore[return-value, unused-ignore]  # policy default makes EmailMessage


def _fill(item: Any, mail: Mail, account: Any) -> None:
    message = _message(mail)
    person = item.Recipients.Add(mail.address)
    person.Type = TO
    if not person.Resolve():
        raise ValueError("Outlook does not know this as an address")
    item.Subject = str(message["Subject"])
    _set_text(item, message)
    for _, address in getaddresses([str(reply) for reply in message.get_all("Reply-To", [])]):
        item.ReplyRecipients.Add(address)
    _attach(item, message)
    _send_from(item, account)
    with suppress(Exception):  # without it only `took` knows less
        item.PropertyAccessor.SetProperty(MESSAGE_ID, str(message["Message-ID"]))


def _set_text(item: Any, message: EmailMessage) -> None:
    """The page where there is one: Outlook makes the plain text from it."""
    page, plain = message.get_body(("html",)), message.get_body(("plain",))
    if page is not None:
        item.HTMLBody = page.get_content()
    elif plain is not None:
        item.Body = plain.get_content()


def _attach(item: Any, message: EmailMessage) -> None:
    """Outlook attaches files only, so each lies in a folder of this run for a moment, under the name the person sees."""
    with scratch_for_documents() as folder:
        for number, part in enumerate(message.iter_attachments()):
            place = folder / str(number)
            place.mkdir()
            file = place / Path(part.get_filename() or "Attachment").name
            file.write_bytes(part.get_payload(decode=True) or b"")  # type: ignore[arg-type, unused-ignore]  # bytes, with decode
            item.Attachments.Add(str(file), BY_VALUE)


def _send_from(item: Any, account: Any) -> None:
    """Set SendUsingAccount. Outlook wants it by reference, and pywin32's plain assignment, by value, is passed over without an error."""
    item._oleobj_.Invoke(SEND_USING_ACCOUNT, 0, PUT_REFERENCE, 0, account)
    if str(item.SendUsingAccount.SmtpAddress).lower() != str(account.SmtpAddress).lower():
        raise ValueError("Outlook took another account")


def _throw_away(item: Any) -> None:
    if item is not None:
        with suppress(Exception):  # nothing was saved; Outlook forgets it in any case
            item.Close(DISCARD)


def _no_account() -> Outcome:
    told = (
        "Outlook on this computer has no account with the address that mail is to come from. Add that account in Outlook, "
        f"or change “sender” to the address of one that is there: {SET}"
    )
    return Outcome(Fate.LATER, told, stop=True)
