"""The register as mailing looks at it on a day: who may get a summary by rights, which rows of Contacts cannot be trusted."""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from sendbook.mail.outbox import Entry
from sendbook.summaries.write import pupils_with_summary
from sendbook.tables import Book, Contact, Problem, Pupil, Severity, name_key, upn_key
from sendbook.workbook.safe import CannotDo

FORM_RULES = ("SB030", "SB032", "SB033", "SB034", "SB035", "SB036")  # of tables as a whole: something in them was not read


def key_of(pupil: Pupil) -> str:
    """A pupil as the outbox knows them, whatever row they are in: by UPN, else by name and date of birth."""
    return upn_key(pupil.upn) or f"{name_key(pupil.label)} {pupil.born or ''}"


@dataclass(frozen=True)
class Register:
    """The book with all that the checks say of it, and the day."""

    book: Book
    problems: Sequence[Problem]
    today: date

    @cached_property
    def errors(self) -> Mapping[int, Problem]:
        """The first error in each row of Contacts."""
        found = (p for p in self.problems if p.place.table == "Contacts" and p.severity is Severity.ERROR and p.place.row)
        return {p.place.row: p for p in reversed(list(found))}

    @cached_property
    def pupils(self) -> Mapping[str, Pupil]:
        """Every pupil, as the outbox knows them."""
        return {key_of(p): p for p in self.book.pupils}

    @cached_property
    def expected(self) -> Set[str]:
        """The pupils who get a summary by rights, as the outbox knows them; others only where somebody names them."""
        return {key_of(p) for p in pupils_with_summary(self.book, self.today)}

    def unexpected(self, pupil: Pupil) -> str:
        """Why a pupil is not among those; empty where they are."""
        if key_of(pupil) in self.expected:
            return ""
        if not pupil.on_roll(self.today):
            return f"the pupil left on {pupil.left:%d/%m/%Y}" if pupil.left else "the pupil has left"
        return "the pupil has neither SEN support nor an EHC plan"

    @cached_property
    def lost(self) -> Problem | None:
        """What says that Contacts was not read as a whole: a restriction could be in what is missing."""
        return self._lost_of(Contact.table)

    @cached_property
    def lost_pupil(self) -> Problem | None:
        """What says that Pupils was not read as a whole: a pupil who is not found could be in what is missing."""
        return self._lost_of(Pupil.table)

    def _lost_of(self, table: str) -> Problem | None:
        return next((p for p in self.problems if p.rule in FORM_RULES and p.place.table == table), None)

    def refuse_missing_parts(self) -> None:
        """Raise CannotDo where Contacts was not read as a whole."""
        if self.lost:
            raise CannotDo(f"No mail was made, as Contacts could not be read as a whole. {self.lost.message} {self.lost.todo}")

    def since_then(self, entry: Entry) -> str:
        """That the pupil of a mail has left, or has no SEN any more, where nobody was told so of this mail; else empty."""
        pupil = self.pupils.get(entry.upn)
        why = self.unexpected(pupil) if pupil else ""
        return "" if as_note(why) in entry.notes else why


def as_note(why: str) -> str:
    """Why a pupil is not expected, as something to look at."""
    return f"{why[:1].upper()}{why[1:]}: should this still be sent?"
