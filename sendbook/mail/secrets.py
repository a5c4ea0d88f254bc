"""The mail account's password, in the place where this computer keeps passwords: never in a file of ours.

The environment variable SENDBOOK_MAIL_PASSWORD goes first: a server without anybody at its screen has no such place.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from sendbook.mail.settings import MailSettings
from sendbook.workbook.safe import CannotDo

SERVICE = "sendbook mail"
VARIABLE = "SENDBOOK_MAIL_PASSWORD"

ASK = "Type “sendbook mail password” and give it the password."


def password(settings: MailSettings) -> str:
    """The password of the account in `settings`. Raises CannotDo where none is kept, or nothing on this computer keeps any."""
    found = os.environ.get(VARIABLE) or _kept(settings)
    if not found:
        raise CannotDo(f"No password for the mail server {settings.smtp.host} is kept on this computer. {ASK}")
    return found


def has_password(settings: MailSettings) -> bool:
    """Whether there is one; CannotDo as in `password` where nothing keeps any."""
    return bool(os.environ.get(VARIABLE) or _kept(settings))


def check_place(settings: MailSettings) -> None:
    """Raise CannotDo, as `keep_password` would, where nothing on this computer keeps passwords: before anybody types one."""
    _kept(settings)


def keep_password(settings: MailSettings, secret: str) -> None:
    """Keep it for the account in `settings`. Raises CannotDo where nothing on this computer keeps passwords."""
    import keyring

    if not secret:
        raise CannotDo("The password was empty, so none was kept. Type it again.")
    with _telling():
        keyring.set_password(SERVICE, _account(settings), secret)


def forget_password(settings: MailSettings) -> bool:
    """Forget it. False where none was kept; raises CannotDo as `keep_password` does."""
    import keyring

    if not _kept(settings):
        return False
    with _telling():
        keyring.delete_password(SERVICE, _account(settings))
    return True


def _kept(settings: MailSettings) -> str | None:
    import keyring

    with _telling():
        return keyring.get_password(SERVICE, _account(settings))


def _account(settings: MailSettings) -> str:
    """A password is kept for a server too: after a change of server the old one's is never shown to the new one."""
    return f"{settings.smtp.user}@{settings.smtp.host}"


@contextmanager
def _telling() -> Iterator[None]:
    from keyring.errors import KeyringError, NoKeyringError

    try:
        yield
    except NoKeyringError as error:
        raise CannotDo(
            "This computer has no place for passwords that Sendbook can use (Windows and macOS have one). "
            f"Ask whoever looks after it to set the environment variable {VARIABLE}, or choose another way for mail."
        ) from error
    except KeyringError as error:
        raise CannotDo(
            "The place where this computer keeps passwords is locked or did not answer. Unlock it (log out and in again), then do this again."
        ) from error
