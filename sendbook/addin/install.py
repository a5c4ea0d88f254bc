"""Putting the add-in in place for this user, and taking it away again. No administrator's folder is touched."""

import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from sendbook.addin.places import (
    ADDIN,
    MAC,
    SETTINGS,
    TITLE,
    WINDOWS,
    Places,
    System,
    applescript,
    in_onedrive,
    places_of,
    redirected,
)
from sendbook.addin.receipt import Receipt
from sendbook.addin.settings_file import SERVER, as_bytes, foreign, kept_with, read_settings, settings_for, versions
from sendbook.workbook.results import title_of
from sendbook.workbook.safe import PREFIX, CannotDo, Done, cannot_read, cannot_write, refuse_if_open, write_beside

Build = Callable[[Path, Mapping[str, str]], None]
COPYING = 60.0  # seconds that Windows' own copying may take


# --- install ---
def install(system: System, build: Build | None = None) -> Done:
    """Put the add-in and its settings in place for this user. An older one of ours is replaced, a half-done one is repaired.

    The add-in comes last: until then Excel has the old one whole, or none. Raises CannotDo, with what to do, where it cannot be.
    """
    places = places_of(system)
    _refuse_unready(system, places)
    settings = settings_for(system)
    refuse_other(places.addin)
    data = _built(build or _build, settings)
    receipt = Receipt(places.receipt)
    with _permission_on_mac(system):
        _put(places.settings, as_bytes(kept_with(settings, places.settings, system), system), receipt)
        if places.script:
            _put_script(system, places.script, receipt)
        _make_folder(places.start_up)
        with suppress(OSError):
            for left in leftovers(places.start_up):
                left.unlink()
        seen = _put_addin(system, places, data, receipt)
    return Done("\n".join(_said(system, places, settings, seen)), seen)


def _build(path: Path, settings: Mapping[str, str]) -> None:
    """The add-in with its settings inside: those of the builder shut out what a workbook's folder may hold."""
    from sendbook.addin.build import build_addin, default_settings

    interpreter = settings.get("INTERPRETER_WIN") or settings.get("INTERPRETER_MAC")
    build_addin(path, {**default_settings(interpreter), **settings})


def _built(build: Build, settings: Mapping[str, str]) -> bytes:
    """Built elsewhere, so that what is at work for a while leaves nothing in the folder that Excel opens everything of."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / ADDIN
        build(path, settings)
        return path.read_bytes()


def _refuse_unready(system: System, places: Places) -> None:
    """macOS makes Excel's folders when Excel is first opened; made by anybody else, Excel might not get them."""
    if system.name == MAC:
        for folder in (places.settings.parent, places.start_up.parents[2]):
            if not folder.is_dir():
                raise CannotDo(
                    f"Excel has not been opened yet by this user (there is no folder {folder}). Open Excel once, close it, then do this again."
                )


def refuse_other(path: Path) -> None:
    """Raise CannotDo where `path` holds anything but an add-in of ours, or one that is open in Excel."""
    if not path.exists():
        return
    if path.is_dir() or title_of(path) != TITLE:
        raise CannotDo(
            f"There is already something named {path.name} in {path.absolute().parent}, and Sendbook did not make it; it was not changed. "
            "Move it away, then do this again."
        )
    refuse_if_open(path)


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise cannot_write(folder, error) from error


def _put(path: Path, data: bytes, receipt: Receipt) -> None:
    receipt.note(data)
    _make_folder(path.parent)
    with write_beside(path) as beside:
        beside.write_bytes(data)


def _put_script(system: System, path: Path, receipt: Receipt) -> None:
    """xlwings' own script, from the installed xlwings. One that is there already and not from us is the user's, and stays."""
    source = system.xlwings / applescript(system)
    try:
        data = source.read_bytes()
        if path.exists() and not receipt.wrote(path):
            return
    except OSError as error:
        raise cannot_read(source, error) from error
    _put(path, data, receipt)


def _put_addin(system: System, places: Places, data: bytes, receipt: Receipt) -> bool:
    """Write the add-in; give whether Excel can see it.

    What Python from the Microsoft Store writes to AppData goes to a private store. A program of Windows' own, which is
    outside of it, then copies from our folder, which is in the user's home and so never private.
    """
    _put(places.addin, data, receipt)
    if not redirected(system, places.addin):
        return True
    with suppress(OSError):
        places.addin.unlink()
    _put(places.spare, data, receipt)
    with suppress(OSError, subprocess.SubprocessError):
        system.run(["robocopy.exe", str(places.own), str(places.start_up), ADDIN, "/r:0"], COPYING)
    with suppress(OSError):
        if places.addin.read_bytes() == data and not redirected(system, places.addin):
            places.spare.unlink()
            return True
    return False


@contextmanager
def _permission_on_mac(system: System) -> Iterator[None]:
    """macOS asks whether the terminal may change the files of other programs; a no is an error that says nothing of it."""
    try:
        yield
    except CannotDo as error:
        if system.name != MAC or not isinstance(error.__cause__, PermissionError):
            raise
        raise CannotDo(
            "macOS did not let this program write into Excel's folders. Open System Settings, Privacy & Security, Full Disk Access, "
            "switch the Terminal on, close the Terminal and open it again, then do this again."
        ) from error


def _said(system: System, places: Places, settings: Mapping[str, str], seen: bool) -> Iterator[str]:
    if not seen:
        yield (
            f"One step is left to you. Python from the Microsoft Store may not write into Excel's folder, so {ADDIN} is in {places.own}. "
            r"Copy it in the File Explorer to the folder that opens when you type %APPDATA%\Microsoft\Excel\XLSTART in its address bar. "
            "With Python from python.org “uv run sendbook install” does it by itself."
        )
    else:
        yield f"The add-in is in place: {places.addin}"
    yield f"It runs {system.interpreter}, as {places.settings} says. If you move or delete that Python, do this again."
    if system.name == WINDOWS and settings[SERVER] != str(True):
        yield "Each click will take some seconds, as a part of xlwings that keeps Python warm does not lie beside this Python."
    if in_onedrive(system, system.interpreter):
        yield "This Python lies in OneDrive. Right-click the folder of Sendbook and choose “Always keep on this device”, so that it is never away."
    again = "Quit Excel (Cmd+Q) if it is open, then open it" if system.name == MAC else "Close Excel if it is open, then open it"
    yield f"{again}: there is a new tab, Sendbook. If there is none, open a terminal in the folder of Sendbook and type: uv run sendbook doctor"


def leftovers(folder: Path) -> list[Path]:
    """What a run that was killed left in a folder; in the start-up folder Excel would open it."""
    return sorted(folder.glob(f"{PREFIX}????????.*"))


# --- uninstall ---
def uninstall(system: System) -> Done:
    """Take away what install put here, and only that. What somebody changed or made is left and named; doing it twice is fine."""
    places = places_of(system)
    receipt = Receipt(places.receipt)
    taken, left, stuck = _sorted_out(_candidates(places), receipt, system)
    if not stuck:
        taken += _clear_own(places, keep_list=bool(left))
    return Done("\n".join(_told(taken, left, stuck, places)), not stuck)


def _candidates(places: Places) -> list[Path]:
    scripts = sorted(places.script.parent.glob("xlwings-*.applescript")) if places.script else []
    folders = [places.start_up, places.settings.parent, places.own, *([places.script.parent] if places.script else [])]
    killed = [path for folder in dict.fromkeys(folders) for path in leftovers(folder)]
    return [path for path in (places.addin, places.spare, *scripts, places.settings, *killed) if path.exists()]


def _sorted_out(paths: Sequence[Path], receipt: Receipt, system: System) -> tuple[list[Path], list[Path], list[str]]:
    """Paths taken away, paths left as they are not ours, and sentences on those that could not be taken."""
    taken: list[Path] = []
    left: list[Path] = []
    stuck: list[str] = []
    for path in paths:
        try:
            if _ours(path, receipt, system):
                path.unlink()
                taken.append(path)
            elif not path.name.endswith(".applescript"):  # another program's scripts are no news
                left.append(path)
        except OSError:
            stuck.append(f"{path} could not be taken away. Close Excel, then do this again.")
    return taken, left, stuck


def _ours(path: Path, receipt: Receipt, system: System) -> bool:
    if path.name.startswith(PREFIX):
        return True
    if path.is_dir() or not receipt.wrote(path):
        return False
    if path.name != SETTINGS:
        return True
    return not foreign(read_settings(path, system) or {}, system)


def _clear_own(places: Places, keep_list: bool) -> list[Path]:
    """Remove the list of what was written, and our folder with its log if nothing else is in it."""
    if not keep_list:
        places.receipt.unlink(missing_ok=True)
    with suppress(OSError):
        if {p.name for p in places.own.iterdir()} <= {places.log.name}:
            places.log.unlink(missing_ok=True)
            places.own.rmdir()
            return [places.own]
    return []


def _told(taken: Sequence[Path], left: Sequence[Path], stuck: Sequence[str], places: Places) -> Iterator[str]:
    if not (taken or left or stuck):
        yield "Sendbook's add-in is not in Excel; there was nothing to take away."
    yield from (f"Taken away: {path}" for path in taken)
    for path in left:
        yield f"Left: {path}, as “uv run sendbook install” did not write it, or it was changed since. If nobody needs it, delete it yourself."
    yield from stuck
    if places.own.is_dir() and not stuck and (others := sorted(p.name for p in places.own.iterdir() if p not in left)):
        yield f"Left: {places.own}, with {', '.join(others)}."
    if taken and not stuck:
        yield "Your workbooks are as they were. If Excel is open, close it, so that the tab Sendbook goes."


# --- for IT staff ---
def write_addin(system: System, path: Path, build: Build | None = None) -> Done:
    """Build the add-in as a file, for whoever hands it out. Raises CannotDo where something else stands in its place."""
    path = path if path.suffix else path.with_suffix(".xlam")
    if path.suffix.lower() != ".xlam":
        raise CannotDo(f"{path.name} does not end in .xlam, as an add-in must. Choose a name such as {path.stem}.xlam.")
    refuse_other(path)
    data = _built(build or _build, versions(system))
    with write_beside(path) as beside:
        beside.write_bytes(data)
    return Done(
        f"Made {path.absolute()}. It belongs into each user's start-up folder of Excel: on Windows %APPDATA%\\Microsoft\\Excel\\XLSTART, "
        "on macOS ~/Library/Group Containers/UBF8T346G9.Office/User Content.localized/Startup.localized/Excel. "
        "Keep its name, Sendbook.xlam. Each user needs Sendbook's Python as well: “uv run sendbook install”, typed once by the user in the folder of Sendbook, "
        "puts the add-in in place and tells it which Python to run; “uv run sendbook doctor” says whether all is there."
    )
