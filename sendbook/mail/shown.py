"""What people are shown of a mail before it goes, on the preview page and on sheets: plain data."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ShownMail:
    """A mail as the person will get it, and why they get it. All texts as they stand, not escaped.

    `state`: prepared, approved, ... in words. `changed`: what is new since the last mail about this pupil to this person.
    `document`: the attached file's name as the person sees it; `document_href`: where the unlocked PDF can be opened from
    the preview page (relative address, may be empty); `locked`: the PDF opens with the password agreed with the person.
    """

    ref: str
    pupil: str
    contact: str
    address: str
    reason: str
    state: str
    changed: str
    sender: str
    reply_to: str
    subject: str
    text: str
    html: str
    language: str
    document: str
    document_bytes: int
    document_href: str
    locked: bool
    goes: bool = True  # waits to be approved or sent; else something else is to be done with it
    barred: bool = False  # a draft that must not be sent any more
    notes: tuple[str, ...] = ()  # what to look at in this mail: no text in their language, taken out of “Do not send yet”


@dataclass(frozen=True, slots=True)
class ShownLeftOut:
    """Somebody who gets no mail, and why, with what to do (may be empty). `contact` may be empty: then it is said of the whole pupil."""

    pupil: str
    contact: str
    reason: str
    todo: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """All that the preview page shows. The mails are looked through more than once, and may be read anew each time."""

    school: str
    workbook: str
    way: str  # what approval will do, in words: “put as drafts into the folder …”
    mails: Collection[ShownMail]
    left_out: tuple[ShownLeftOut, ...]
