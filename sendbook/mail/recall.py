"""What the outbox knows of earlier mails, and which drafts must not be sent any more."""

from collections.abc import Iterator, Mapping, Sequence, Set

from sendbook.mail.log import refs_in
from sendbook.mail.outbox import GONE, Entry, Outbox, State
from sendbook.mail.recipients import Recipient, recipients
from sendbook.mail.register import Register, key_of
from sendbook.tables import Book, name_key


class Before:
    """What the outbox, and Communications, know of earlier mails."""

    def __init__(self, entries: Sequence[Entry], book: Book) -> None:
        self.book = book
        self.refs = {e.ref for e in entries}
        self.entries: dict[tuple[str, str], list[Entry]] = {}
        self.gone_to: dict[str, list[Entry]] = {}
        for entry in entries:
            self.entries.setdefault((entry.upn, entry.address.casefold()), []).append(entry)
            if entry.state in GONE:
                self.gone_to.setdefault(entry.address.casefold(), []).append(entry)

    def of(self, to: Recipient) -> list[Entry]:
        """Mails about this pupil to this person: of the same name and address, or of a name that no contact has any more, as names are put right."""
        upn, name, address = (key_of(to.pupil), name_key(to.contact.name), to.address.casefold())
        others = {name_key(c.name) for c in self.book.contacts_of(to.pupil)} - {name}
        return [e for e in self.entries.get((upn, address), ()) if name_key(e.contact) not in others]

    def notes(self, to: Recipient, parts: Mapping[str, str]) -> Iterator[str]:
        """Earlier mails that may have been this one: to the address under another name or UPN, or of a workbook that was renamed."""
        own = self.of(to)
        known = {e.ref for e in own}
        if own and own[-1].state is State.FAILED and own[-1].settled:
            yield f"The last mail to this address was refused on {own[-1].settled:%d/%m/%Y}. {own[-1].told}".strip()
        for e in self.gone_to.get(to.address.casefold(), ()):
            if e.parts == parts and e.ref not in known:
                yield f"The same summary went to this address before, or may have: mail {e.ref}, to {e.contact}."
        rows = [r for r in self.book.communications_of(to.pupil) if name_key(r.contact) == name_key(to.contact.name)]
        if day := max((r.date for r in rows if r.date and refs_in(r) - self.refs), default=None):
            yield f"Communications says that a summary went to this person on {day:%d/%m/%Y}; this outbox does not know of it (a renamed workbook?)."


def recall(register: Register, outbox: Outbox, upns: Set[str] | None = None, replaced: Set[str] = frozenset()) -> None:
    """Note which drafts must not be sent any more as the register stands.

    `upns`: only drafts about these pupils (None: about anybody). `replaced`: drafts in whose place another mail waits.
    """
    before = Before(outbox.entries(), register.book)
    for draft in outbox.entries(State.DRAFTED):
        if (upns is None or draft.upn in upns) and (reason := _unfit(register, before, draft, replaced)):
            outbox.recall(draft.ref, reason)


def _unfit(register: Register, before: Before, draft: Entry, replaced: Set[str]) -> str:
    """Why a draft that lies there must not be sent any more; empty where it may."""
    if draft.ref in replaced:
        return "The summary has changed since: another mail takes its place."
    if why := register.since_then(draft):
        return f"{why[:1].upper()}{why[1:]}."
    pupil = register.pupils.get(draft.upn)
    if pupil is None and register.lost_pupil:  # as long as nobody can tell, it is not said
        return ""
    may_get = recipients(register.book, pupil, register.today, register.errors).to if pupil else ()
    if draft.ref not in {e.ref for to in may_get for e in before.of(to)}:
        return "This person, or this address, may not get this pupil's summary any more."
    return ""
