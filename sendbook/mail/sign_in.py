"""Signing in to the school's Microsoft 365 with a code, so that no password is ever typed into Sendbook.

What Microsoft gives for it is kept by msal-extensions where the system can encrypt it: by Windows for this user (DPAPI), in macOS'
keychain, in Linux' secret service. Where the system has none of these (a Linux server), it lies in a file that only this user can read,
not encrypted: whoever can read that file can send mail as the person who signed in, until IT ends the sign-in.
"""

import logging
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sendbook.mail.settings import MailSettings
from sendbook.workbook.safe import CannotDo, cannot_write

GRAPH_SCOPES = ("https://graph.microsoft.com/Mail.ReadWrite", "https://graph.microsoft.com/Mail.Send")
SMTP_SCOPES = ("https://outlook.office.com/SMTP.Send",)

KEPT = Path.home() / ".sendbook" / "sign-in.bin"

AGAIN = "Type “sendbook mail sign-in”."


@dataclass(frozen=True)
class Place:
    """Where to sign in, and where the sign-in is kept. `verify`: as in requests, the authorities that are trusted."""

    authority: str = "https://login.microsoftonline.com"
    kept: Path = field(default_factory=lambda: KEPT)
    verify: bool | str = True


def sign_in(settings: MailSettings, tell: Callable[[str], None], place: Place | None = None) -> None:
    """Let a person sign in: `tell` gets the sentence with the address and the code, then this waits until they have.

    Raises CannotDo where they did not, the code ran out (Microsoft gives 15 minutes), or Microsoft would not have it.
    """
    place = place or Place()
    scopes = scopes_of(settings)
    _remove_unreadable(place)
    app = _app(settings, place)
    flow = _asked(lambda: app.initiate_device_flow(scopes=list(scopes)))
    if "user_code" not in flow:
        raise _refused(flow)
    tell(f"Open {flow['verification_uri']} in a browser and type the code {flow['user_code']}. Sign in as the person the mails come from.")
    before = app.get_accounts()
    result = _asked(lambda: app.acquire_token_by_device_flow(flow))
    if "access_token" not in result:
        raise _refused(result)
    _only_the_new_one(app, before, result)


def token(settings: MailSettings, scopes: Sequence[str], renew: bool = False, place: Place | None = None) -> str:
    """An access token from an earlier sign-in, renewed where it has run out, or in any case with `renew`. Raises CannotDo where there is none."""
    place = place or Place()
    if not is_signed_in(place):
        raise _sign_in_first()
    app = _app(settings, place)
    account = next(iter(app.get_accounts()), None)
    if account is None:
        raise _sign_in_first()
    result = _asked(lambda: app.acquire_token_silent_with_error(list(scopes), account, force_refresh=renew))
    if result and "access_token" in result:
        return str(result["access_token"])
    raise _sign_in_first()


def is_signed_in(place: Place | None = None) -> bool:
    """Whether a sign-in is kept on this computer. Asks nobody; Microsoft may have ended it since."""
    return bool(_accounts(place or Place()))


def sign_out(settings: MailSettings, place: Place | None = None) -> bool:
    """Forget the sign-in on this computer. False where there was none."""
    place = place or Place()
    accounts = _accounts(place)
    if accounts:
        app = _app(settings, place)
        for account in app.get_accounts():
            app.remove_account(account)
    return bool(accounts)


def scopes_of(settings: MailSettings) -> tuple[str, ...]:
    """What the sign-in is for. Microsoft allows one service at a time. Raises CannotDo where the way chosen needs none."""
    if settings.way in ("graph", "graph-drafts"):
        return GRAPH_SCOPES
    if settings.way == "smtp" and settings.smtp.login == "oauth2":
        return SMTP_SCOPES
    raise CannotDo(
        f"Mail goes the way “{settings.way}”, which needs no sign-in with Microsoft. Choose graph, graph-drafts, or smtp with oauth2 first."
    )


# --- msal ---
def _app(settings: MailSettings, place: Place) -> Any:
    """Asks Microsoft for the school's addresses, so it fails where there is no network."""
    import msal  # type: ignore[import-untyped]

    microsoft = settings.microsoft
    if not (microsoft.tenant and microsoft.client_id):
        raise CannotDo(
            "To sign in with Microsoft, microsoft.tenant and microsoft.client_id must be set; "
            "IT gets them when they register Sendbook in Microsoft Entra. Then: sendbook mail set"
        )
    return _asked(
        lambda: msal.PublicClientApplication(
            microsoft.client_id,
            authority=f"{place.authority}/{microsoft.tenant}",
            token_cache=_cache(place),
            verify=place.verify,
            timeout=30,  # seconds, for each question
            instance_discovery=False,  # the authority stands in the code, nobody else's word is needed for it
        )
    )


def _cache(place: Place) -> Any:
    from msal_extensions import PersistedTokenCache  # type: ignore[import-untyped]

    return PersistedTokenCache(_persistence(place))


def _persistence(place: Place) -> Any:
    from msal_extensions import FilePersistence, build_encrypted_persistence

    try:
        place.kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(place.kept, error) from error
    try:
        return build_encrypted_persistence(str(place.kept))
    except Exception as error:  # whatever the system lacks for it: each says so in its own way
        logging.getLogger(__name__).info("the sign-in is kept in a file, not encrypted: %s", type(error).__name__)
        return FilePersistence(str(place.kept))


def _accounts(place: Place) -> list[Any]:
    import msal

    if not place.kept.exists():  # the mark every kind of persistence leaves
        return []
    cache = msal.SerializableTokenCache()  # PersistedTokenCache would wait for a file that cannot be read to mend itself
    try:
        cache.deserialize(_persistence(place).load())
        return list(cache.search(msal.TokenCache.CredentialType.ACCOUNT))
    except (ValueError, OSError, AttributeError, TypeError):  # not written by msal, or encrypted for another user
        return []


def _remove_unreadable(place: Place) -> None:
    """What cannot be read would be in the way of the new sign-in."""
    if place.kept.exists() and not _accounts(place):
        try:
            place.kept.unlink()
        except OSError as error:
            raise cannot_write(place.kept, error) from error


def _only_the_new_one(app: Any, before: Sequence[Any], result: dict[str, Any]) -> None:
    """Forget who signed in earlier: else it would not be sure in whose name mail goes."""
    name = str(result.get("id_token_claims", {}).get("preferred_username", "")).lower()
    for account in before:
        if str(account.get("username", "")).lower() != name:
            app.remove_account(account)


def _asked(question: Callable[[], Any]) -> Any:
    """Ask Microsoft; no answer, or one that makes no sense, becomes CannotDo."""
    import requests

    try:
        return question()
    except requests.exceptions.SSLError as error:
        raise CannotDo(
            "The connection to Microsoft is not trusted by this computer: its certificate is not in order. Show this to IT; nothing was sent."
        ) from error
    except requests.exceptions.RequestException as error:
        raise CannotDo("Microsoft could not be reached. Check that this computer is on the network, then do this again.") from error
    except (ValueError, KeyError, RuntimeError) as error:  # msal's, for a school that Microsoft does not know
        raise CannotDo(
            "Microsoft does not know the school that is set. Check microsoft.tenant with IT, then: sendbook mail set microsoft.tenant"
        ) from error
    except OSError as error:
        raise CannotDo(f"The sign-in cannot be kept on this computer ({error.strerror or 'no reason given'}). Show this to IT.") from error


# --- what is said ---
def _sign_in_first() -> CannotDo:
    return CannotDo(f"Sendbook is not signed in with Microsoft, or the sign-in has run out. Sign in first. {AGAIN}")


def _refused(result: dict[str, Any]) -> CannotDo:
    error = str(result.get("error", ""))
    if error in ("authorization_declined", "access_denied"):
        return CannotDo(f"The sign-in was declined in the browser, so nothing is signed in. To try again: {AGAIN}")
    if error in ("expired_token", "code_expired", "authorization_pending"):
        return CannotDo(f"The code ran out before anybody signed in with it. {AGAIN}")
    code = re.search(r"AADSTS\d+", str(result.get("error_description", "")))
    shown = code.group() if code else (error if re.fullmatch(r"[a-z_]{1,40}", error) else "none")
    return CannotDo(
        f"Microsoft did not allow the sign-in (code {shown}). Give that code to IT: they may have to allow Sendbook for the school, "
        "or sign-in with a code."
    )
