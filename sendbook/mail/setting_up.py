"""Setting mail up: what is set, whether it looks sound, and one mail to oneself to try it. No child's data is anywhere near it."""

from email.message import EmailMessage
from email.policy import SMTP
from email.utils import localtime, make_msgid
from pathlib import Path

from sendbook.mail.settings import MAIL_FILE, MailSettings, lacking, read_settings
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.mail.ways import way_of
from sendbook.workbook.safe import CannotDo

WAYS = {
    "drafts": "Mails become files of drafts in a folder; you open each, read it and send it.",
    "outlook-drafts": "Mails become drafts in Outlook on this computer (classic Outlook for Windows); you read and send each.",
    "outlook": "Mails are sent by Outlook on this computer (classic Outlook for Windows).",
    "smtp": "Mails are sent through the mail server {host}, port {port}, encrypted ({security}).",
    "graph-drafts": "Mails become drafts in the mailbox in Microsoft 365; you read and send each.",
    "graph": "Mails are sent through Microsoft 365.",
}
SUBJECT = "Sendbook: a mail to try it out"
TEXT = (
    "This mail was made by Sendbook to try out how mail leaves this computer.\n\n"
    "If you can read it in your inbox, mail works. Nobody else was sent anything.\n"
)


def show(settings: MailSettings) -> str:
    """What is set, in sentences, one a line. Says whether a password or sign-in is kept, never what it is."""
    smtp = settings.smtp
    lines = [
        f"Way: {settings.way}. {WAYS[settings.way].format(host=smtp.host or '(not set)', port=smtp.port, security=smtp.security)}",
        f"Sender: {settings.sender or 'the SENCo’s address on the sheet School'}.",
        f"At most {settings.per_minute} mails a minute, none larger than {settings.largest_mb:g} MB.",
        f"The outbox is {f'in {settings.outbox_folder}' if settings.outbox_folder else 'beside the workbook'}.",
        *_log_in(settings),
    ]
    if settings.outbox_folder and not Path(settings.outbox_folder).is_dir():
        lines.append(f"There is no folder {settings.outbox_folder} yet: make it, or set outbox_folder to another.")
    if missing := lacking(settings):
        lines.append(missing)
    return "\n".join(lines)


def _log_in(settings: MailSettings) -> list[str]:
    """Who logs in where, for the ways that do."""
    if settings.way == "smtp":
        smtp = settings.smtp
        authority = [f"The server's certificate must come from the authority in {smtp.ca_file}."] if smtp.ca_file else []
        if smtp.login == "none":
            return ["The mail server asks for no log-in.", *authority]
        return [f"Log-in as {smtp.user or '(not set)'}. {_kept(settings)}", *authority]
    return [_kept(settings)] if settings.way in ("graph", "graph-drafts") else []


def _kept(settings: MailSettings) -> str:
    """Whether what it takes to log in is on this computer."""
    if settings.way == "smtp" and settings.smtp.login == "password":
        from sendbook.mail.secrets import ASK, has_password

        try:
            return "A password is kept on this computer." if has_password(settings) else f"No password is kept on this computer. {ASK}"
        except CannotDo as error:
            return str(error)
    from sendbook.mail.sign_in import AGAIN, is_signed_in

    return "Signed in with Microsoft." if is_signed_in() else f"Not signed in with Microsoft. {AGAIN}"


def examine(path: Path = MAIL_FILE) -> tuple[bool, str, str]:
    """Whether mail is set up as far as this computer can tell, what is set, and what to do (empty where nothing). Asks no server."""
    try:
        settings = read_settings(path)
    except CannotDo as error:
        return False, "the settings cannot be used.", str(error)
    said = f"goes the way “{settings.way}”."
    if missing := lacking(settings):
        return False, said, missing
    todo = _to_do(settings)
    return not todo, said, todo


def _to_do(settings: MailSettings) -> str:
    """The one thing that can be missing beside the settings: what it takes to log in."""
    if settings.way == "smtp" and settings.smtp.login == "password":
        from sendbook.mail.secrets import password

        try:
            password(settings)
        except CannotDo as error:
            return str(error)
        return ""
    if settings.way in ("graph", "graph-drafts") or (settings.way == "smtp" and settings.smtp.login == "oauth2"):
        from sendbook.mail.sign_in import AGAIN, is_signed_in

        return "" if is_signed_in() else f"Sign in with Microsoft. {AGAIN}"
    return ""


def try_out(settings: MailSettings, senco_address: str, folder: Path) -> Outcome:
    """Send one mail to the SENCo's own address, the way that is set; its `told` always says what happened and what to do.

    `folder`: where files of drafts go. Raises CannotDo where the way cannot be used at all.
    """
    if not senco_address:
        raise CannotDo("There is no address to send a mail to try it out. Fill in the SENCo's mail address on the sheet School.")
    mail = _mail_to_self(settings.sender or senco_address, senco_address)
    with way_of(settings, folder) as way:
        outcome = way.hand_over(mail)
        if outcome.fate is Fate.TAKEN:
            todo = "Open it there and send it to yourself." if way.drafts else "Look into your inbox, and into junk mail too."
            return Outcome(Fate.TAKEN, f"One mail to try it out was {way.where}. {todo}")
    return outcome


def _mail_to_self(sender: str, address: str) -> Mail:
    message = EmailMessage(policy=SMTP)
    message["From"], message["To"], message["Subject"] = sender, address, SUBJECT
    message["Date"], message["Message-ID"] = localtime(), make_msgid(domain=sender.rpartition("@")[2])
    message.set_content(TEXT)
    return Mail("TEST", sender, address, message.as_bytes(), "Sendbook trying out")
