"""What the processes do that are stopped in the middle of writing."""

import hashlib
import shutil
from itertools import cycle
from pathlib import Path

from sendbook.workbook.patch import TableEdits, patch_table
from sendbook.workbook.safe import write_beside
from tests.importing.workbooks import TABLE

WORDS = ("x", "y")


def patch_once(book: Path, word: str) -> None:
    with write_beside(book) as beside:
        patch_table(book, beside, TableEdits(TABLE, {(5, "Surname"): word}))


def patch_for_ever(book: Path) -> None:
    for turn, word in enumerate(cycle(WORDS)):
        patch_once(book, word)
        if turn == 0:
            print("ready", flush=True)  # noqa: T201 - tells the test that the writing has begun


def versions(book: Path, trial: Path) -> set[str]:
    """The digests of every whole version the book may have: written with either word."""
    shutil.copy(book, trial)
    found = set()
    for word in WORDS:
        patch_once(trial, word)
        found.add(hashlib.sha256(trial.read_bytes()).hexdigest())
    trial.unlink()
    return found
