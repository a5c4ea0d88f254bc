"""Mail through Microsoft 365 by Microsoft Graph: a draft is made in the mailbox, and sent from there unless drafts is all that is wanted.

Sending in two steps is slower than Graph's sendMail, but only so can it be asked afterwards what became of a mail. A mail is known
again by its Message-ID, which is ours and which Exchange keeps; Graph's own id may change when a draft is sent, in spite of being
called immutable (Microsoft's pages contradict each other: microsoft-graph-docs-contrib, issue 3767), so both are looked at.
Reference: learn.microsoft.com/graph/api, user-post-messages (MIME), message-send, message-get, message-delete; throttling.
"""

import logging
import re
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from email.parser import BytesHeaderParser
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from sendbook.mail.settings import MailSettings
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.workbook.safe import CannotDo

if TYPE_CHECKING:
    import requests

BASE = "https://graph.microsoft.com/v1.0"
LIMIT = 4_000_000  # bytes of one request to Graph
MOST = LIMIT // 4 * 3 - 10_000  # of a message, as base64 makes four bytes of three; some left for headers
TRIES = 4
LONGEST_WAIT = 120.0  # seconds, whatever Graph asks for: nobody watches a still screen longer
WAIT = 5.0  # seconds, where Graph asks for a pause and does not say how long
SETTLING = 2.0  # seconds before Graph is asked what became of a mail
IMMUTABLE = {"Prefer": 'IdType="ImmutableId"'}
BUSY = (429, 503)  # not taken, come again
UNSURE = (408, 500, 502, 504)  # may have been done or not

SIGN_IN = "Sendbook is no longer signed in with Microsoft. Type “sendbook mail sign-in”, then go on."

Reply = Any  # requests.Response, or None where no answer came


@dataclass(frozen=True, slots=True)
class _Found:
    """A copy of a mail in the mailbox."""

    id: str
    draft: bool


class GraphWay:
    """One session for a run. `token(renew)` gives an access token; `sleep` takes seconds; `base` and `timeout` (to connect, to answer) are for tests."""

    def __init__(
        self,
        settings: MailSettings,
        token: Callable[[bool], str] | None = None,
        base: str = BASE,
        sleep: Callable[[float], None] = time.sleep,
        timeout: tuple[float, float] = (10.0, 60.0),
    ) -> None:
        self.drafts = settings.way != "graph"
        self.name = "graph-drafts" if self.drafts else "graph"
        self.where = "put as drafts into the mailbox in Microsoft 365" if self.drafts else "sent through Microsoft 365"
        self.most_bytes = min(int(settings.largest_mb * 2**20), MOST)
        self._fresh = token or _token_of(settings)
        self._base, self._sleep, self._timeout = base, sleep, timeout
        self._session: requests.Session | None = None
        self._token = ""

    def __enter__(self) -> Self:
        import requests

        self._token = self._fresh(False)
        self._session = requests.Session()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._session is not None:
            self._session.close()
        self._session, self._token = None, ""

    def hand_over(self, mail: Mail) -> Outcome:
        """Make a draft of it and, unless drafts are wanted, send that."""
        if len(mail.message) > self.most_bytes:
            told = f"This mail is larger than the {self.most_bytes / 2**20:.1f} MB that can go this way. "
            told += "Make its summary smaller (a smaller logo), or hand it over on paper."
            return Outcome(Fate.REFUSED, told)
        made = self._made(mail)
        if isinstance(made, Outcome):
            return made
        return Outcome(Fate.TAKEN) if self.drafts else self._sent(made, mail)

    def took(self, mail: Mail) -> bool | None:
        """Whether the mailbox holds it as sent (with drafts: as sent or as a draft).

        Where it is to be sent and only its draft lies there, that draft is taken away and it counts as not sent. Where there is nothing
        at all nobody knows: a sent mail may take a while to show, may have been thrown away, or the school may keep none.
        """
        found = self._copies(mail)
        if found is None:
            return None
        if any(not copy.draft for copy in found):
            return True
        lying = self._copies(mail, "/me/mailFolders/drafts/messages")
        if not lying:
            return None
        if self.drafts:
            return True
        if [copy for copy in lying if not self._deleted(copy.id)]:
            return None
        return self._went(mail)

    # --- making the draft ---
    def _made(self, mail: Mail) -> str | Outcome:
        """The id of its draft, or why there is none."""
        unsure = False
        body, headers = b64encode(mail.message), IMMUTABLE | {"Content-Type": "text/plain"}
        for last in _tries():
            reply = self._ask("POST", "/me/messages", data=body, headers=headers)
            if made := str(_json(reply).get("id", "")):
                return made
            if reply is not None and reply.status_code // 100 != 2 and reply.status_code not in (*BUSY, *UNSURE):
                return _refused(reply, "take")
            if reply is None or reply.status_code not in BUSY:
                unsure = True
                if draft := self._draft_of(mail):  # made, only the answer was lost
                    return draft
            if not last:
                self._pause(reply)
        return self._none_made(unsure)

    def _none_made(self, unsure: bool) -> Outcome:
        if unsure and self.drafts:
            return _unknown("put among the drafts", "Look among the drafts in Outlook before it is made again.", stop=True)
        left = " A draft of it may lie in Outlook: delete it there." if unsure else ""
        return Outcome(Fate.LATER, f"Microsoft 365 did not take this mail for now.{left} Go on later.", stop=True)

    def _draft_of(self, mail: Mail) -> str:
        """The one draft of it, further ones taken away; empty where there is none or it cannot be found out."""
        self._sleep(SETTLING)
        first, *more = [copy.id for copy in self._copies(mail, "/me/mailFolders/drafts/messages") or ()] or [""]
        for extra in more:
            self._deleted(extra)
        return first

    # --- sending it ---
    def _sent(self, draft: str, mail: Mail) -> Outcome:
        for last in _tries():
            reply = self._ask("POST", f"/me/messages/{draft}/send", headers=IMMUTABLE)
            if reply is not None and reply.status_code == 202:
                return Outcome(Fate.TAKEN)
            if reply is None or reply.status_code in UNSURE or reply.status_code // 100 != 4:
                return self._settled(draft, mail)
            if reply.status_code != 429:
                return self._taken_back(draft, _refused(reply, "send"))
            if not last:
                self._pause(reply)
        return self._taken_back(draft, Outcome(Fate.LATER, "Microsoft 365 sends no more mails for now. Go on later.", stop=True))

    def _settled(self, draft: str, mail: Mail) -> Outcome:
        """No answer to sending: ask what became of it. A draft that still lies there is taken away first, as it might yet be sent."""
        self._sleep(SETTLING)
        sent = self._is_sent(draft, mail)
        if sent is False:
            sent = self._went(mail) if self._deleted(draft) else None
        if sent is None:
            return _unknown("sent", "Look among the sent mail in Outlook.")
        return Outcome(Fate.TAKEN) if sent else Outcome(Fate.LATER, "Microsoft 365 did not send this mail for now. It can be sent later.")

    def _went(self, mail: Mail) -> bool | None:
        """Asked once more when its draft was taken away: it may have gone at the last moment. None where Graph does not say."""
        copies = self._copies(mail)
        return None if copies is None else any(not copy.draft for copy in copies)

    def _is_sent(self, draft: str, mail: Mail) -> bool | None:
        """True: sent. False: certainly not, as it is a draft still. None: cannot be found out."""
        reply = self._ask("GET", f"/me/messages/{draft}", params={"$select": "isDraft"}, headers=IMMUTABLE)
        copies = self._copies(mail)
        if copies and any(not copy.draft for copy in copies):
            return True
        draft_still = _json(reply).get("isDraft", True if copies else None)
        return None if draft_still is None else not draft_still

    def _taken_back(self, draft: str, outcome: Outcome) -> Outcome:
        if self._deleted(draft):
            return outcome
        left = " Its draft still lies among the drafts in Outlook: delete it there."
        return Outcome(outcome.fate, outcome.told + left, outcome.stop)

    # --- asking Graph ---
    def _copies(self, mail: Mail, folder: str = "/me/messages") -> list[_Found] | None:
        """Copies of it in the mailbox or in one folder, known by Message-ID; None where Graph does not say."""
        number = (BytesHeaderParser().parsebytes(mail.message).get("Message-ID") or "").strip()
        if not number:
            return None
        params = {"$filter": "internetMessageId eq '{}'".format(number.replace("'", "''")), "$select": "id,isDraft"}
        reply = self._ask("GET", folder, params=params, headers=IMMUTABLE)
        found = _json(reply).get("value")
        return None if found is None else [_Found(str(copy["id"]), bool(copy["isDraft"])) for copy in found]

    def _deleted(self, draft: str) -> bool:
        """Put a draft into Deleted Items. False where it is not sure that it went there: one that is no longer found may have been sent."""
        reply = self._ask("DELETE", f"/me/messages/{draft}", headers=IMMUTABLE)
        return reply is not None and reply.status_code == 204

    def _ask(self, method: str, path: str, **more: Any) -> Reply:
        """One question; None where no answer came. A token that has run out is renewed once."""
        reply = self._asked(method, path, **more)
        if reply is not None and reply.status_code == 401:
            with suppress(CannotDo):  # then the answer stays 401, and is told as such
                self._token = self._fresh(True)
                reply = self._asked(method, path, **more)
        return reply

    def _asked(self, method: str, path: str, **more: Any) -> Reply:
        import requests

        assert self._session is not None, "used outside of with"  # noqa: S101 - a broken program
        try:
            return self._session.request(method, self._base + path, auth=self._signed, timeout=self._timeout, allow_redirects=False, **more)
        except requests.RequestException as error:
            logging.getLogger(__name__).info("no answer from Microsoft Graph: %s", type(error).__name__)
            return None

    def _signed(self, request: "requests.PreparedRequest") -> "requests.PreparedRequest":
        """As `auth`, not as a header: requests would put a password out of a netrc file over a header."""
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request

    def _pause(self, reply: Reply) -> None:
        self._sleep(min(_asked_pause(reply), LONGEST_WAIT))


def _tries() -> Iterator[bool]:
    """For each try whether it is the last."""
    return (number == TRIES for number in range(1, TRIES + 1))


def _token_of(settings: MailSettings) -> Callable[[bool], str]:
    from sendbook.mail.sign_in import GRAPH_SCOPES, token

    return lambda renew: token(settings, GRAPH_SCOPES, renew)


def _asked_pause(reply: Reply) -> float:
    """Seconds Graph asks to wait: a number or a date."""
    from urllib3.exceptions import InvalidHeader
    from urllib3.util import Retry

    asked = reply.headers.get("Retry-After") if reply is not None else None
    try:
        return Retry().parse_retry_after(asked) if asked else WAIT
    except InvalidHeader:
        return WAIT


# --- what is said ---
def _refused(reply: Reply, what: str) -> Outcome:
    told = (
        f"Microsoft 365 would not {what} this mail (code {_code(reply)}). Check the address in Contacts; else ask IT what the code means."
    )
    return _common(reply) or Outcome(Fate.REFUSED, told)


def _common(reply: Reply) -> Outcome | None:
    """What would be so for every other mail too."""
    if reply.status_code == 401:
        return Outcome(Fate.LATER, SIGN_IN, stop=True)
    if reply.status_code == 403:
        told = f"Microsoft 365 does not let Sendbook send from this mailbox (code {_code(reply)}). "
        told += "Check “sender”, or ask IT to allow Mail.ReadWrite and Mail.Send."
        return Outcome(Fate.LATER, told, stop=True)
    if reply.status_code == 404:
        told = f"There is no mailbox in Microsoft 365 for who signed in (code {_code(reply)}). Sign in as somebody who has one: sendbook mail sign-in"
        return Outcome(Fate.LATER, told, stop=True)
    if reply.status_code // 100 != 4 or reply.status_code == 407:
        told = f"Something between this computer and Microsoft 365 answered in its place (code {reply.status_code}). "
        told += "Open a page in the browser, as the network may want a log-in; else show this to IT."
        return Outcome(Fate.LATER, told, stop=True)
    return None


def _unknown(what: str, todo: str, stop: bool = False) -> Outcome:
    return Outcome(Fate.UNKNOWN, f"It is not known whether this mail was {what}: Microsoft 365 did not answer. {todo}", stop)


def _code(reply: Reply) -> str:
    """The number and Graph's own word for it. Its sentences are left out: they may hold an address."""
    error = _json(reply).get("error")
    word = str(error.get("code", "")) if isinstance(error, dict) else ""
    return f"{reply.status_code} {word}" if re.fullmatch(r"[A-Za-z]{3,60}", word) else str(reply.status_code)


def _json(reply: Reply) -> dict[str, Any]:
    """What an answer says; nothing where there is none, or another program between here and Microsoft gave it."""
    try:
        said = reply.json() if reply is not None else {}
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
