"""Mails as files of drafts: nothing leaves the computer until a person opens one and sends it."""

from collections.abc import Set
from pathlib import Path
from types import TracebackType
from typing import Self

from sendbook.mail.settings import MailSettings
from sendbook.mail.way import Fate, Mail, Outcome
from sendbook.workbook.safe import CannotDo, cannot_write, write_beside

SUFFIX = ".eml"
UNSENT = b"X-Unsent: 1\r\n"  # by this header Outlook opens a file as a draft with a button Send, not as a mail that came
LONGEST = 100  # letters of a label in a file's name
LONGEST_PATH = 240  # letters of the whole path: Windows takes 260, and new files have a longer name at first
SHORTEST = 10


class DraftsWay:
    """One `.eml` file for each mail in `folder`, which is made where it is not there."""

    name = "drafts"
    drafts = True

    def __init__(self, settings: MailSettings, folder: Path) -> None:
        self.folder = folder
        self.where = f"put as drafts into the folder {folder}"
        self.most_bytes = int(settings.largest_mb * 2**20)

    def __enter__(self) -> Self:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise cannot_write(self.folder, error) from error
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Nothing is held open."""

    def hand_over(self, mail: Mail) -> Outcome:
        """Write one draft, whole or not at all. What hinders one hinders all: the run stops."""
        path = self._path(mail)
        if not self.folder.is_dir():
            told = f"The folder for drafts, {self.folder}, is not there any more. Make it again, or choose another, then go on."
            return Outcome(Fate.LATER, told, stop=True)
        try:
            with write_beside(path, unnamed=f"a draft in the folder {self.folder}") as temporary:
                temporary.write_bytes(UNSENT + mail.message)
        except CannotDo as error:
            return Outcome(Fate.LATER, str(error), stop=True)
        return Outcome(Fate.TAKEN)

    def took(self, mail: Mail) -> bool | None:
        """Whether its file is there with just these bytes; None where the folder cannot be looked at.

        Where somebody sent the draft and threw its file away in the meantime, it is made once more: that person sees it before it goes.
        """
        if not self.folder.is_dir():
            return None
        try:  # by its mark: the rest of its name depends on where the folder lay
            return any(path.read_bytes() == UNSENT + mail.message for path in draft_files(self.folder, {mail.ref}))
        except OSError:
            return None

    def _path(self, mail: Mail) -> Path:
        end = f" - {mail.ref}{SUFFIX}"
        room = LONGEST_PATH - len(str(self.folder.absolute())) - len(end)
        label = mail.label[: max(SHORTEST, min(LONGEST, room))].rstrip(" .") or "Mail"
        return self.folder / f"{label}{end}"


def draft_files(folder: Path, refs: Set[str]) -> list[Path]:
    """The files of drafts of these mails that lie in a folder."""
    if not folder.is_dir():
        return []
    return [path for path in folder.glob(f"*{SUFFIX}") if path.stem.rpartition(" - ")[2] in refs]
