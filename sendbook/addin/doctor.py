"""What of the add-in is in place and what is not, one line each, with what to do. What cannot be found out is said to be so."""

import plistlib
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

import python_calamine as calamine

from sendbook import __version__
from sendbook.addin import trust
from sendbook.addin.install import leftovers
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
    library_beside,
    own_folder,
    places_of,
    redirected,
)
from sendbook.addin.settings_file import SERVER, VERSION, XLWINGS, interpreter_key, read_settings
from sendbook.tables import Severity
from sendbook.workbook.guard import check_file, inspect
from sendbook.workbook.results import title_of
from sendbook.workbook.rows import read_book
from sendbook.workbook.safe import CannotDo, lock_file_of

INSTALL = "Open a terminal in the folder of Sendbook and type: uv run sendbook install"
STARTING = 60.0  # seconds in which Python must have started; the first start after an update may be slow
ASK = "import sendbook, xlwings; print(sendbook.__version__, xlwings.__version__)"
APP_PATH = r"\SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"
CLICK_TO_RUN = r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration"


class Mark(StrEnum):
    """How a thing stands, in a word, so that no colour is needed."""

    OK = "ok"
    MISSING = "missing"
    WRONG = "wrong"
    UNKNOWN = "?"
    NOTE = "-"


@dataclass(frozen=True)
class Line:
    """One thing that was looked at."""

    mark: Mark
    what: str
    said: str
    todo: str = ""

    def __str__(self) -> str:
        return f"{self.mark:<8} {self.what}: {self.said}{f' {self.todo}' if self.todo else ''}"


Probe = Callable[[], Line]


def examine(system: System, book: Path | None = None) -> Iterator[Line]:
    """Look at each thing in turn. Never raises: where looking fails, the line says why."""
    for what, probe in [*_probes(system), *_book_probes(system, book), ("Mail", lambda: _mail(system))]:
        try:
            yield probe()
        except Exception as error:  # whatever it is, the other lines must still come
            yield Line(Mark.UNKNOWN, what, f"this could not be found out ({_reason(error)}).")
    log = own_folder(system) / "sendbook.log"
    yield Line(Mark.NOTE, "Log", f"{log}{'' if log.exists() else ' (none yet: nothing has gone wrong)'}.")


def _mail(system: System) -> Line:
    """Whether mail is set up; no server is asked."""
    from sendbook.mail.setting_up import examine as examine_mail
    from sendbook.mail.settings import FILE

    well, said, todo = examine_mail(own_folder(system) / FILE)
    return Line(Mark.OK if well else Mark.WRONG, "Mail", said, todo)


def _reason(error: Exception) -> str:
    if isinstance(error, CannotDo):
        return str(error).rstrip(".")
    return getattr(error, "strerror", None) or type(error).__name__


def summed_up(lines: Sequence[Line]) -> str:
    """The last sentence."""
    bad = sum(line.mark in (Mark.MISSING, Mark.WRONG) for line in lines)
    unsure = sum(line.mark is Mark.UNKNOWN for line in lines)
    said = (
        "All that is needed is in place." if not bad else f"{bad} {'thing wants' if bad == 1 else 'things want'} putting right; see above."
    )
    return said + (f" {unsure} could not be found out, which need not be a fault." if unsure else "")


def is_well(lines: Sequence[Line]) -> bool:
    """Whether nothing that is needed is missing or wrong."""
    return not any(line.mark in (Mark.MISSING, Mark.WRONG) for line in lines)


def _probes(system: System) -> list[tuple[str, Probe]]:
    """What is looked at on this kind of computer."""
    if system.name not in (WINDOWS, MAC):
        return [("Computer", lambda: _no_excel(system))]
    probes: list[tuple[str, Probe]] = [
        ("Computer", lambda: Line(Mark.OK, "Computer", "Windows." if system.name == WINDOWS else "macOS.")),
        ("Excel", lambda: _excel(system)),
        ("Add-in", lambda: _addin(system, places_of(system))),
        ("Settings", lambda: _settings(system, places_of(system))),
        ("Python", lambda: _python(system, places_of(system))),
    ]
    if system.name == MAC:
        return [*probes, ("AppleScript", lambda: _script(system, places_of(system))), ("Macros", _mac_macros)]
    return [
        *probes,
        ("xlwings", lambda: _library(system, places_of(system))),
        ("Command prompt", lambda: _prompt(system)),
        ("Macros", lambda: _macros(system, places_of(system))),
        ("Other copies", lambda: _copies(system)),
    ]


# --- the computer ---
def _no_excel(system: System) -> Line:
    return Line(
        Mark.MISSING,
        "Computer",
        f"{system.name or 'unknown'}. There is no Excel for it, so no add-in.",
        "Use the command line: it does all the work on a closed workbook.",
    )


def _excel(system: System) -> Line:
    found = _excel_on_mac(system) if system.name == MAC else _excel_on_windows(system)
    if found:
        return Line(Mark.OK, "Excel", found)
    todo = "Install Excel for the desktop; Excel in the browser cannot run this add-in."
    return Line(Mark.MISSING, "Excel", "not found on this computer.", todo)


def _excel_on_windows(system: System) -> str | None:
    places = (system.registry(hive + APP_PATH, "") for hive in ("HKCU", "HKLM"))
    program = next((str(p).strip('"') for p in places if p), None)
    if not program or not Path(program).is_file():
        return None
    version, bits = (system.registry(CLICK_TO_RUN, name) for name in ("VersionToReport", "Platform"))
    kind = {"x86": ", 32-bit", "x64": ", 64-bit"}.get(str(bits), "")
    return f"{f'version {version}{kind}, ' if version else ''}{program}."


def _excel_on_mac(system: System) -> str | None:
    program = system.root / "Applications" / "Microsoft Excel.app"
    if not program.exists():
        return None
    about = plistlib.loads((program / "Contents" / "Info.plist").read_bytes())
    return f"version {about.get('CFBundleShortVersionString', 'unknown')}, {program}."


# --- what install puts in place ---
def _addin(system: System, places: Places) -> Line:
    path, what = places.addin, "Add-in"
    if not path.exists():
        killed = " A run was stopped half-way." if leftovers(places.start_up) else ""
        todo = f"Copy {places.spare} to {places.start_up} in the File Explorer." if places.spare.exists() else INSTALL
        return Line(Mark.MISSING, what, f"there is no {ADDIN} in {places.start_up}.{killed}", todo)
    if title_of(path) != TITLE:
        return Line(Mark.WRONG, what, f"{path} is not Sendbook's.", f"Move it away. {INSTALL}")
    if redirected(system, path):
        said = f"{path} is where only Python from the Microsoft Store sees it, not Excel."
        return Line(Mark.WRONG, what, said, INSTALL)
    wrong = _unlike(system, _settings_in(path))
    return Line(Mark.WRONG, what, f"{path} {wrong}.", INSTALL) if wrong else Line(Mark.OK, what, f"{path}, version {__version__}.")


def _settings_in(addin: Path) -> dict[str, str]:
    """The add-in's own settings sheet. Raises CannotDo where it cannot be read."""
    try:
        with calamine.CalamineWorkbook.from_path(str(addin)) as book:
            rows = book.get_sheet_by_name(SETTINGS).to_python()
    except (calamine.CalamineError, OSError) as error:
        raise CannotDo(f"the settings in {addin} cannot be read. {INSTALL}") from error
    return {str(row[0]).upper(): str(row[1]) for row in rows if len(row) > 1}


def _unlike(system: System, found: Mapping[str, str]) -> str | None:
    """How settings differ from those that install would write now, or None. An add-in handed out by IT names no Python."""
    if (version := found.get(VERSION, "unknown")) != __version__:
        return f"is of version {version}; this is {__version__}"
    if (version := found.get(XLWINGS, "unknown")) != system.xlwings_version:
        return f"was made for xlwings {version}; installed is {system.xlwings_version}"
    python = found.get(interpreter_key(system))
    if python and not system.same(python, system.interpreter):
        return f"runs another Python than this one: {python}"
    return None


def _settings(system: System, places: Places) -> Line:
    what = "Settings"
    found = read_settings(places.settings, system)
    if found is None:
        return Line(Mark.MISSING, what, f"there is no {places.settings}.", INSTALL)
    python = found.get(interpreter_key(system))
    if not python:
        return Line(Mark.WRONG, what, f"{places.settings} names no Python.", INSTALL)
    if not Path(python).exists():
        return Line(Mark.WRONG, what, f"{places.settings} names a Python that is gone: {python}.", INSTALL)
    wrong = _unlike(system, found)
    return Line(Mark.WRONG, what, f"{places.settings} {wrong}.", INSTALL) if wrong else Line(Mark.OK, what, f"{places.settings}.")


def _interpreter(system: System, places: Places) -> str:
    found = (read_settings(places.settings, system) or {}).get(interpreter_key(system))
    if not found:
        raise CannotDo("no settings say which Python Excel runs")
    return found


def _python(system: System, places: Places) -> Line:
    python, what = _interpreter(system, places), "Python"
    try:
        ran = system.run([python, "-B", "-c", ASK], STARTING)
    except subprocess.TimeoutExpired:
        return Line(
            Mark.WRONG, what, f"{python} did not answer within {STARTING:.0f} seconds.", "Start the computer anew, then do this again."
        )
    except OSError as error:
        return Line(Mark.WRONG, what, f"{python} cannot be started ({error.strerror or error}).", INSTALL)
    if ran.code:
        last = (ran.err.strip().splitlines() or ["no reason given"])[-1]
        return Line(Mark.WRONG, what, f"{python} cannot run Sendbook ({last}).", f"Install Sendbook there. Or: {INSTALL}")
    if ran.out.split() != [__version__, system.xlwings_version]:
        said = f"{python} has Sendbook and xlwings in versions {' and '.join(ran.out.split()) or 'unknown'}"
        return Line(Mark.WRONG, what, f"{said}; this is {__version__} and {system.xlwings_version}.", INSTALL)
    away = " It lies in OneDrive: choose “Always keep on this device” for its folder." if in_onedrive(system, python) else ""
    return Line(Mark.OK, what, f"{python} runs.{away}")


def _library(system: System, places: Places) -> Line:
    python, what = _interpreter(system, places), "xlwings"
    warm = (read_settings(places.settings, system) or {}).get(SERVER) == str(True)
    if dll := library_beside(system, python):
        again = "" if warm else f" The settings do not use it yet: clicks are slow. {INSTALL}"
        return Line(Mark.OK, what, f"{dll}.{again}")
    if not warm:
        return Line(Mark.OK, what, "its DLL is not beside that Python; each click starts Python anew, which works and is slow.")
    said = f"its DLL, version {system.xlwings_version}, is not beside {python}; a virus scanner may have taken it."
    return Line(Mark.MISSING, what, said, f"Install xlwings {system.xlwings_version} there anew. {INSTALL}")


def _script(system: System, places: Places) -> Line:
    path, what = places.script, "AppleScript"
    if path is None or not path.exists():
        return Line(Mark.MISSING, what, f"there is no {path}, by which Excel starts Python.", INSTALL)
    if path.read_bytes() != (system.xlwings / applescript(system)).read_bytes():
        return Line(Mark.WRONG, what, f"{path} is not the one of the installed xlwings.", f"Delete it. {INSTALL}")
    return Line(Mark.OK, what, f"{path}.")


# --- what Excel allows ---
def _mac_macros() -> Line:
    said = "whether Excel allows macros cannot be read on a Mac."
    return Line(Mark.UNKNOWN, "Macros", said, "If the tab Sendbook does nothing: Excel, Settings, Security, allow macros.")


def _macros(system: System, places: Places) -> Line:
    if words := trust.blocked(system):
        return Line(Mark.WRONG, "Macros", f"{words}.", trust.BLOCKED_BY_IT)
    safe, setting = trust.trusted(system, places), trust.macro_setting(system)
    if safe or setting == 1:
        return Line(Mark.OK, "Macros", "Excel trusts its start-up folder." if safe else "Excel runs all macros.")
    if setting in (3, 4):
        said = "Excel does not list its start-up folder as trusted" if safe is None else "Excel does not trust its start-up folder"
        mark = Mark.UNKNOWN if safe is None else Mark.WRONG
        return Line(mark, "Macros", f"{said}, and elsewhere runs no unsigned macros.", trust.BLOCKED_BY_IT)
    said = "Excel may ask whether to run the macros of Sendbook when it starts."
    return Line(Mark.UNKNOWN, "Macros", said, "Choose Enable. If the tab does nothing: File, Options, Trust Center, Trusted Locations.")


def _prompt(system: System) -> Line:
    """xlwings starts Python by way of cmd.exe, which some schools switch off."""
    what = "Command prompt"
    if system.registry(r"HKCU\Software\Policies\Microsoft\Windows\System", "DisableCMD"):
        said = "a policy of this computer forbids it, and Excel's buttons start Python by way of it."
        return Line(Mark.WRONG, what, said, "Ask whoever looks after this computer to allow cmd.exe for you.")
    return Line(Mark.OK, what, "allowed.")


def _copies(system: System) -> Line:
    """Excel opens all files of three start-up folders; a second add-in of ours would answer each click too."""
    program = next((str(p).strip('"') for h in ("HKCU", "HKLM") if (p := system.registry(h + APP_PATH, ""))), None)
    other = system.registry(trust.USER + r"\Excel\Options", "AltStartup")
    folders = [Path(program).parent / "XLSTART" if program else None, Path(str(other)) if other else None]
    found = [str(folder / ADDIN) for folder in folders if folder and (folder / ADDIN).exists()]
    if found:
        return Line(Mark.WRONG, "Other copies", f"Excel opens a second Sendbook: {', '.join(found)}.", "Ask for it to be taken away.")
    return Line(Mark.OK, "Other copies", "none in Excel's other start-up folders.")


# --- the workbook ---
def _book_probes(system: System, book: Path | None) -> list[tuple[str, Probe]]:
    if book is None:
        return []
    if not book.is_file():
        return [("Workbook", lambda: _readable(book))]
    return [
        ("Workbook", lambda: _readable(book)),
        ("Beside the workbook", lambda: _beside(system, book)),
        ("Inside the workbook", lambda: _inside(book)),
    ]


def _readable(book: Path) -> Line:
    what = "Workbook"
    if book.exists() and (lock := lock_file_of(book)):
        said = f"{book.name} is open in Excel or another program, so it was not read (there is a file {lock.name} beside it)."
        return Line(Mark.UNKNOWN, what, said, "Close it and do this again.")
    try:
        _, problems = read_book(book)
    except CannotDo as error:
        return Line(Mark.WRONG, what, str(error))
    unread = sum(p.severity is Severity.ERROR for p in problems)
    said = f"{book.name} can be read" + (f", but for {unread:,} of its cells or tables." if unread else ".")
    return Line(Mark.OK, what, said, "“uv run sendbook check” lists them." if unread else "")


# What a stranger's workbook could bring to have Excel run other code. Sendbook does not go by it; it is no good sign.
SUSPECT = "Sendbook does not go by it. Find out where it comes from, and delete it."


def _beside(system: System, book: Path) -> Line:
    what, file = "Beside the workbook", book.absolute().parent / SETTINGS
    own = system.name in (WINDOWS, MAC) and file == places_of(system).settings.absolute()
    if file.exists() and not own:
        return Line(Mark.WRONG, what, f"there is a file {file}.", SUSPECT)
    return Line(Mark.OK, what, f"no file {SETTINGS}, which is right.")


def _inside(book: Path) -> Line:
    what = "Inside the workbook"
    check_file(book)
    found = [name for name in inspect(book) if name.lower().endswith((".conf", ".py"))]
    if found == [SETTINGS] and book.suffix.lower() == ".xlsm" and _made_by_us(book):
        return Line(Mark.OK, what, "the settings that a register with macros has from Sendbook.")
    if found:
        return Line(Mark.WRONG, what, f"there is a sheet {' and a sheet '.join(found)}.", SUSPECT)
    return Line(Mark.OK, what, "no sheet with settings or code, which is right.")


def _made_by_us(book: Path) -> bool:
    """Whether its settings are those that we write into a register with macros, to the letter; they name no Python."""
    from sendbook.addin.build import default_settings

    return _settings_in(book) == default_settings(None)
