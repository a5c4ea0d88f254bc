"""The add-in's settings: which Python it runs, in the file and the form that xlwings' VBA reads (`"KEY","value"` on each line)."""

import csv
import re
from collections.abc import Mapping
from pathlib import Path

from sendbook import __version__
from sendbook.addin.places import MAC, WINDOWS, System, library_beside
from sendbook.workbook.safe import CannotDo, cannot_read

VERSION, XLWINGS = "SENDBOOK_VERSION", "XLWINGS_VERSION"  # for doctor; xlwings passes over what it does not know
SERVER = "USE UDF SERVER"
FOLDER_ON_PATH = "ADD_WORKBOOK_TO_PYTHONPATH"
_CACHE = re.compile(r"(archive|builds|environments)-v\d+|pip-build-env-.*|pip-ephem-.*")  # of uv and pip; they empty them
_PLAIN = re.compile(r"[A-Za-z0-9/._+@-]+")  # what a shell takes as it is


def interpreter_key(system: System) -> str:
    """The setting that holds the interpreter's path on this system."""
    return "INTERPRETER_MAC" if system.name == MAC else "INTERPRETER_WIN"


def settings_for(system: System) -> dict[str, str]:
    """The settings of an add-in for this user. Raises CannotDo where this Python would not last or Excel could not start it.

    The warm server needs xlwings' DLL, on Windows only; without it each click starts Python anew, which works and is slower.
    A file beside a workbook must never be imported as code, so the workbook's folder stays off Python's path.
    """
    _refuse_fleeting(system)
    _refuse_letters(system)
    warm = system.name == WINDOWS and library_beside(system, system.interpreter) is not None
    return {interpreter_key(system): system.interpreter, SERVER: str(warm), FOLDER_ON_PATH: str(False), **versions(system)}


def versions(system: System) -> dict[str, str]:
    """What an add-in was made by and for: its VBA calls parts of xlwings that carry their version in their names."""
    return {VERSION: __version__, XLWINGS: system.xlwings_version}


def _refuse_fleeting(system: System) -> None:
    """An interpreter in a folder that is emptied now and then would leave Excel's buttons dead."""
    path = system.interpreter
    parts = [part.lower() for part in system.pure(path).parts]
    emptied = [system.env.get(name) for name in ("TEMP", "TMP", "TMPDIR", "UV_CACHE_DIR")]
    if not path:
        why = "It cannot be told which Python this is"
    elif system.within(path, emptied) or any(map(_CACHE.fullmatch, parts)):
        why = f"This Python ({path}) lies in a folder that is emptied from time to time"
    elif system.name == WINDOWS and "windowsapps" in parts and "microsoft" not in parts:
        why = f"This Python ({path}) moves with each update from the Microsoft Store"
    else:
        return
    raise CannotDo(
        f"{why}, so Excel would lose it. Open a terminal in the folder of Sendbook and type there: uv run sendbook install. Nothing was changed."
    )


def _refuse_letters(system: System) -> None:
    """Windows hands paths on in the letters of its region, and `%` means a variable; the Mac's shell gets them without quotes."""
    path = system.interpreter
    if system.name == MAC:
        wrong, instead = not _PLAIN.fullmatch(path), "/Users/Shared/Sendbook"
    else:
        wrong, instead = any(c in path for c in '%"') or not _encodable(path, system.letters), r"C:\Sendbook"
    if wrong:
        raise CannotDo(
            f"Excel cannot start this Python, as there is a space, sign or letter in its path that does not get through: {path}. "
            f"Move the folder of Sendbook to a place such as {instead}, delete the folder .venv in it, and do this there again."
        )


def _encodable(text: str, encoding: str) -> bool:
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def as_bytes(settings: Mapping[str, str], system: System) -> bytes:
    """The settings as the file holds them; what was read from it goes back byte for byte."""
    pairs = ((key, value.replace('"', '""')) for key, value in settings.items())
    lines = (f'"{key}","{value}"\r\n' for key, value in pairs)
    return "".join(lines).encode(system.letters, errors="surrogateescape")


def read_settings(path: Path, system: System) -> dict[str, str] | None:
    """What a settings file says, keys in capitals; None where there is none. Raises CannotDo where it holds something else."""
    try:
        rows = _rows(path.read_bytes().decode(system.letters, errors="surrogateescape"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise cannot_read(path, error) from error
    if rows is None:
        raise CannotDo(
            f"{path} holds something that is no setting. Move it away, then open a terminal in the folder of Sendbook and type: uv run sendbook install"
        )
    return {key.upper(): value for key, value in rows}


def _rows(text: str) -> list[list[str]] | None:
    """Pairs of key and value, or None where a line is no pair."""
    try:
        rows = [row for row in csv.reader(text.splitlines()) if row]
    except csv.Error:
        return None
    return None if "\0" in text or any(len(row) != 2 for row in rows) else rows


def kept_with(settings: Mapping[str, str], path: Path, system: System) -> dict[str, str]:
    """Our settings with those of the file that are not ours, as somebody has put them there for a reason."""
    return {**settings, **foreign(read_settings(path, system) or {}, system)}


def foreign(found: Mapping[str, str], system: System) -> dict[str, str]:
    """The settings that install does not write."""
    ours = {interpreter_key(system), SERVER, FOLDER_ON_PATH, VERSION, XLWINGS}
    return {key: value for key, value in found.items() if key not in ours}
