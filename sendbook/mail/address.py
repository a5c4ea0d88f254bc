"""Whether a cell holds one address that a mail may go to, and whether a name may stand in a letter.

Strict on purpose: what could be read in two ways gets a sentence, never a mail. `email-validator` parses.
"""

import unicodedata

from sendbook.tables import shown

LONGEST_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets
LONGEST_NAME = 120
HIDDEN = ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")  # categories of line breaks and of signs that are not seen


class NotUsableError(ValueError):
    """A cell that no mail may be made with: what is wrong with it, and what to do."""

    def __init__(self, said: str, todo: str) -> None:
        super().__init__(said)
        self.said, self.todo = said, todo


_RETYPE = "Type one address, such as name@school.example."
_HIDDEN = "Delete the cell and type it again by hand."


def one_address(text: str | None) -> str:
    """The one address in a cell, its domain in small letters. Raises NotUsableError for anything else."""
    if not text:
        raise NotUsableError("no email is known", "Type the email, or give the summary another way.")
    if said := _what_else(text):
        raise NotUsableError(*said)
    from email_validator import EmailNotValidError, validate_email

    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, allow_quoted_local=False, strict=True)
    except EmailNotValidError:
        raise NotUsableError(f"“{shown(text)}” is not an email address", _RETYPE) from None
    return found.normalized


def _what_else(text: str) -> tuple[str, str] | None:
    """What a cell is that is not one plain address, with what to do; None where it may be one."""
    if has_hidden(text):
        return "the email holds a line break or a sign that cannot be seen", _HIDDEN
    if len(text) > LONGEST_ADDRESS:
        return f"the email has {len(text):,} characters; none has more than {LONGEST_ADDRESS}", _RETYPE
    if text.count("@") > 1 or any(mark in text for mark in ",;"):
        return "the email cell holds more than one address", "Keep one; give the second person a row of their own."
    if any(mark in text for mark in '<>"'):
        return "the email cell holds more than the address", "Keep only the address, without a name, < > or quotation marks."
    if not text.isascii() or any(part.startswith("xn--") for part in text.lower().partition("@")[2].split(".")):
        return "the email has letters that English does not have, with which an address can be made to look like another", (
            "Ask for another address, or give the summary another way."
        )
    return None


def has_hidden(text: str) -> bool:
    """Whether a text has line breaks or signs that cannot be seen."""
    return not text.isprintable() and any(unicodedata.category(c) in HIDDEN for c in text)


def check_name(text: str | None, whose: str) -> None:
    """Raise NotUsableError where a name cannot be written into a letter as it stands. `whose`: “the contact”, “the pupil”."""
    if not text or not text.strip():
        raise NotUsableError(f"{whose} has no name", "Type the name.")
    if has_hidden(text):
        raise NotUsableError(f"the name of {whose} holds a line break or a sign that cannot be seen", _HIDDEN)
    if any(mark in text for mark in "<>"):
        raise NotUsableError(f"the name of {whose} holds < or >", "Type only the name.")
    if len(text) > LONGEST_NAME:
        raise NotUsableError(f"the name of {whose} has {len(text):,} characters", "Type only the name.")
