"""From the register to the outbox: which mails there should be now, which of them are new, and who gets none.

What should go is worked out anew each time from the register and the documents; the outbox only remembers what went, and
what somebody approved. So whatever changes in between stops the mails that it concerns.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import starmap

from sendbook.mail.documents import Document, Folder, NoDocument, documents
from sendbook.mail.guard import Others, astray
from sendbook.mail.letter import Letter, Letters
from sendbook.mail.outbox import GONE, WAITING, Entry, NewMail, Outbox, State, new_ref
from sendbook.mail.recall import Before, recall
from sendbook.mail.recipients import LeftOut, Recipient, belonging_to_nobody, recipients, worth_a_look
from sendbook.mail.register import Register, as_note, key_of
from sendbook.summaries.words import listed
from sendbook.tables import Pupil, name_key

Key = tuple[str, str, str]  # a pupil's and a person's, as the outbox knows them
BATCH = 20  # mails put into the outbox at once: few are held in memory, and the disk is not asked for each
RELEASED = "Sendbook would hold this summary back; somebody has taken it out of “Do not send yet”."  # so each mail with it is looked at


@dataclass(frozen=True)
class Mailing(Register):
    """What mails are made from: the register, the documents, the letters, the longest mail."""

    folder: Folder
    letters: Letters
    most_bytes: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """A mail that should be: to whom, with which document."""

    to: Recipient
    document: Document


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a run did to the outbox: marks of mails made, kept as they were and taken back; who gets none; pupils about whom nobody gets one."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    withdrawn: tuple[str, ...]
    left_out: tuple[LeftOut, ...]
    unheard: tuple[Pupil, ...]


def _key(to: Recipient) -> Key:
    return key_of(to.pupil), name_key(to.contact.name), to.address.casefold()


def _entry_key(entry: Entry) -> Key:
    return entry.upn, name_key(entry.contact), entry.address.casefold()


def wanted(mailing: Mailing, pupils: Sequence[Pupil], outbox: Outbox, on_done: Callable[[], None]) -> Iterator[Wanted | LeftOut]:
    """Every mail that there should be about these pupils, and everybody who gets none. `on_done` is called once for each pupil."""
    before = {(e.sha256, tuple(sorted(e.parts.items()))) for e in outbox.entries() if RELEASED not in e.notes}
    found = documents(mailing.book, pupils, mailing.folder, lambda sha256, parts: (sha256, tuple(sorted(parts.items()))) in before, on_done)
    for pupil in pupils:
        who = recipients(mailing.book, pupil, mailing.today, mailing.errors)
        yield from who.left_out
        document = found[pupil.row]
        if isinstance(document, NoDocument):
            yield LeftOut(pupil, None, document.reason, document.todo)
        else:
            yield from (Wanted(to, document) for to in who.to)


# --- preparing ---
def prepare(
    mailing: Mailing,
    pupils: Sequence[Pupil],
    outbox: Outbox,
    now: datetime,
    on_done: Callable[[], None],
    *,
    for_all: bool,
    again: bool = False,
) -> Prepared:
    """Bring the outbox to what should be about these pupils. Nothing is sent, and nothing that went is touched.

    `for_all`: mails that wait about any other pupil are taken back too. `again`: who has had the very same gets it once more.
    """
    mailing.refuse_missing_parts()
    desk = _Desk(mailing, outbox, now, again)
    each = tuple({p.row: p for p in pupils}.values())  # whoever is named twice gets one mail
    for one in wanted(mailing, each, outbox, on_done):
        desk.take(one)
    return desk.finish(each, for_all)


class _Desk:
    """Where mails are made one by one and put into the outbox."""

    def __init__(self, mailing: Mailing, outbox: Outbox, now: datetime, again: bool) -> None:
        self.mailing, self.outbox, self.now, self.again = mailing, outbox, now, again
        self.others = Others.of(mailing.book)
        self.before = Before(outbox.entries(), mailing.book)
        self.batch: list[NewMail] = []
        self.made: list[str] = []
        self.kept: list[str] = []
        self.left_out: list[LeftOut] = []
        self.replaced: set[str] = set()  # drafts in whose place another mail waits
        self.told: set[str] = set()  # pupils about whom somebody gets, or has had, a mail

    def take(self, one: Wanted | LeftOut) -> None:
        """Make a mail, keep the one that waits already, or note who gets none."""
        if isinstance(one, LeftOut):
            self.left_out.append(one)
            return
        before = self.before.of(one.to)
        if no := self._had_already(one, before):
            self.left_out.append(no)
            self.told.add(key_of(one.to.pupil))
            return
        letter = self.mailing.letters.write(one.to, one.document.pdf())
        warned = set(_warnings(self.mailing, one.to))  # what there is to look at since is shown, with a mail of its own
        waiting = next((e for e in before if e.state in WAITING and e.mark == letter.mark and warned.issubset(e.notes)), None)
        if waiting:
            self.kept.append(waiting.ref)
            self._settled(one, before)
        else:
            self._make(one, letter, before)

    def _had_already(self, one: Wanted, before: Sequence[Entry]) -> LeftOut | None:
        gone = next((e for e in reversed(before) if e.state in GONE), None)
        if gone is None or (self.again and gone.state is State.SENT):
            return None
        same = gone.parts == one.document.parts
        if gone.state in (State.UNSURE, State.SENDING) or (gone.state is State.RECALLED and same):
            return LeftOut(one.to.pupil, one.to.contact, f"mail {gone.ref} may have gone already", "Find out, and say whether it went.")
        if not same:
            return None
        what = "was sent" if gone.state is State.SENT else "lies as a draft since"
        return LeftOut(one.to.pupil, one.to.contact, f"the same summary {what} {gone.settled:%d/%m/%Y}", "")

    def _make(self, one: Wanted, letter: Letter, before: Sequence[Entry]) -> None:
        ref = new_ref()
        message = letter.as_bytes(ref)
        if no := self._refused(message, one.to):
            self.left_out.append(LeftOut(one.to.pupil, one.to.contact, *no))
            return
        to, last = one.to, next((e for e in reversed(before) if e.state in (State.SENT, State.DRAFTED, State.RECALLED)), None)
        self.batch.append(
            NewMail(
                ref=ref, upn=key_of(to.pupil), pupil=to.pupil.label, contact=to.contact.name or "", address=to.address, reason=to.reason,
                language=to.language, locked=to.password is not None, subject=letter.subject, document=one.document.path.name,
                sha256=one.document.sha256, parts=one.document.parts, mark=letter.mark, changed=changes(last, one.document),
                notes=(*_notes(self.mailing, one, letter, last), *self.before.notes(one.to, one.document.parts)), message=message,
            )
        )  # fmt: skip
        self.made.append(ref)
        self._settled(one, before)
        if len(self.batch) >= BATCH:
            self._flush()

    def _refused(self, message: bytes, to: Recipient) -> tuple[str, str] | None:
        if len(message) > self.mailing.most_bytes:
            size, most = len(message) / 2**20, self.mailing.most_bytes / 2**20
            return (
                f"the mail would have {size:.1f} MB; at most {most:.1f} MB may go",
                "Make the logo's file smaller, or give the summary another way.",
            )
        if said := astray(message, to, self.mailing.book, self.others):
            return said, "Read the summary and the letter, and put right what is in them. Then make the summary again."
        return None

    def _settled(self, one: Wanted, before: Sequence[Entry]) -> None:
        self.told.add(key_of(one.to.pupil))
        self.replaced |= {e.ref for e in before if e.state is State.DRAFTED}

    def _flush(self) -> None:
        self.outbox.put(self.batch, self.now)
        self.batch.clear()

    def finish(self, pupils: Sequence[Pupil], for_all: bool) -> Prepared:
        """Put in what is left, and take back what waits and should not be any more; drafts of that kind must not be sent."""
        self._flush()
        upns = {key_of(p) for p in pupils}
        good = {*self.made, *self.kept}
        stale = [e for e in self.outbox.entries(*WAITING) if (for_all or e.upn in upns) and e.ref not in good]
        self.outbox.withdraw([e.ref for e in stale], "the register or the summary has changed", self.now)
        recall(self.mailing, self.outbox, None if for_all else upns, self.replaced)
        others = {e.upn: e.pupil for e in stale if e.upn not in upns}
        left_out = (
            *self.left_out,
            *starmap(self._taken_back, others.items()),
            *(belonging_to_nobody(self.mailing.book) if for_all else ()),
        )
        return Prepared(
            tuple(self.made),
            tuple(self.kept),
            tuple(e.ref for e in stale),
            left_out,
            tuple(p for p in pupils if key_of(p) not in self.told),
        )

    def _taken_back(self, upn: str, name: str) -> LeftOut:
        """A pupil who is not looked through any more, about whom a mail waited."""
        pupil = self.mailing.pupils.get(upn)
        if pupil is None:
            return LeftOut(None, None, f"{name} is not in the register any more, so the mail that waited was taken back", "")
        return LeftOut(pupil, None, f"{self.mailing.unexpected(pupil)}, so the mail that waited was taken back", "")


def changes(last: Entry | None, document: Document) -> str:
    """What is new in a document since the last mail about this pupil to this person."""
    if last is None or last.settled is None:
        return "first mail"
    new = [heading for heading, digest in document.parts.items() if last.parts.get(heading) != digest]
    gone = [heading for heading in last.parts if heading not in document.parts]
    said = [f"new in it: {listed(new)}"] if new else []
    said += [f"no more in it: {listed(gone)}"] if gone else []
    return f"since {last.settled:%d/%m/%Y} {'; '.join(said) or 'nothing is new'}"


def _notes(mailing: Mailing, one: Wanted, letter: Letter, last: Entry | None) -> Iterator[str]:
    """What somebody should look at before this mail goes, by the mail itself and the last one to this person."""
    yield from _warnings(mailing, one.to)
    if one.document.released:
        yield RELEASED
    if not letter.translated:
        yield f"There is no letter in {one.to.language} yet; this one is in English."
    if last and last.state in (State.DRAFTED, State.RECALLED):
        yield "An older draft to this person may lie in your mail program still: delete it there."


def _warnings(mailing: Mailing, to: Recipient) -> Iterator[str]:
    """What the register itself gives to look at."""
    if why := mailing.unexpected(to.pupil):
        yield as_note(why)
    yield from worth_a_look(mailing.book, to, mailing.today)


# --- before sending ---
def stopped(mailing: Mailing, entries: Sequence[Entry], outbox: Outbox) -> Mapping[str, str]:
    """Which of these mails must not go as they are, by their mark in the outbox, with the reason: preparing them now would not give the same."""
    mailing.refuse_missing_parts()
    concerned = {e.upn for e in entries}
    pupils = [p for p in mailing.book.pupils if key_of(p) in concerned]
    found = list(wanted(mailing, pupils, outbox, lambda: None))
    fit = {_key(w.to): mailing.letters.write(w.to, w.document.pdf()).mark for w in found if isinstance(w, Wanted)}
    why = {
        (key_of(no.pupil), name_key(no.contact.name if no.contact else "")): no.reason
        for no in found
        if isinstance(no, LeftOut) and no.pupil
    }
    found_out = {e.ref: _why_stopped(e, fit, why) for e in entries if fit.get(_entry_key(e)) != e.mark}
    return found_out | {e.ref: reason for e in entries if (reason := mailing.since_then(e))}


def _why_stopped(entry: Entry, fit: Mapping[Key, str], why: Mapping[tuple[str, str], str]) -> str:
    if _entry_key(entry) in fit:
        return "the letter or the summary has changed since it was approved"
    reason = why.get((entry.upn, name_key(entry.contact))) or why.get((entry.upn, ""))
    return reason or "this person or their address is no longer in the register for this pupil"


__all__ = ["Mailing", "Prepared", "Wanted", "changes", "prepare", "stopped", "wanted"]
