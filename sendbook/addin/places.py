"""Where things belong on this computer. The computer is a value, so that each kind can be tried on any other."""

import importlib.metadata
import importlib.util
import locale
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from sendbook.workbook.safe import CannotDo

WINDOWS, MAC = "Windows", "Darwin"  # as platform.system() has them
ADDIN = "Sendbook.xlam"
SETTINGS = "sendbook.conf"  # also the name of a sheet in the add-in, and of what a stranger's workbook could bring
TITLE = "Sendbook"  # of the add-in's properties, by which it is told from other files of that name
ONEDRIVE = ("OneDrive", "OneDriveCommercial", "OneDriveConsumer")


@dataclass(frozen=True)
class Ran:
    """What another program left: its exit code and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class System:
    """The computer and the user as far as the add-in is concerned.

    `registry` gives a value of Windows' registry by key (`HKCU\\...`) and name, None where there is none. `run` runs a
    program with a limit of seconds. `real` says where a path really leads. `letters` is the encoding in which VBA reads
    files and hands paths on. `root` is where the folder of macOS applications is.
    """

    name: str
    home: Path
    env: Mapping[str, str]
    interpreter: str
    registry: Callable[[str, str], str | int | None]
    run: Callable[[Sequence[str], float], Ran]
    real: Callable[[Path], str]
    letters: str
    xlwings: Path
    xlwings_version: str
    root: Path = Path("/")

    def pure(self, path: str) -> PurePath:
        """A path in this system's own form, whatever system this is tried on."""
        return PureWindowsPath(path) if self.name == WINDOWS else PurePosixPath(path)

    def within(self, path: str, folders: Sequence[str | None]) -> bool:
        """Whether a path lies in one of the folders; those not known (empty or None) hold nothing."""
        return any(self.pure(path).is_relative_to(self.pure(folder)) for folder in folders if folder)

    def same(self, one: str, other: str) -> bool:
        """Whether two paths are the same in writing; Windows does not tell small letters from capitals."""
        return self.pure(one) == self.pure(other)


def here() -> System:
    """This computer and this user."""
    return System(
        name=platform.system(),
        home=Path.home(),
        env=os.environ,
        interpreter=sys.executable or "",
        registry=_registry,
        run=_run,
        real=lambda path: os.path.realpath(path),
        letters=locale.getencoding() if platform.system() == WINDOWS else "ascii",
        xlwings=_xlwings_folder(),
        xlwings_version=importlib.metadata.version("xlwings"),
    )


def _registry(key: str, name: str) -> str | int | None:
    if sys.platform != "win32":
        return None
    import winreg

    hive, _, rest = key.partition("\\")
    root = {"HKCU": winreg.HKEY_CURRENT_USER, "HKLM": winreg.HKEY_LOCAL_MACHINE}[hive]
    try:
        with winreg.OpenKey(root, rest, 0, winreg.KEY_READ | winreg.KEY_WOW64_64KEY) as opened:
            value = winreg.QueryValueEx(opened, name)[0]
    except FileNotFoundError:
        return None
    return value if isinstance(value, int) else str(value)


def _run(command: Sequence[str], seconds: float) -> Ran:
    done = subprocess.run(
        command, capture_output=True, stdin=subprocess.DEVNULL, encoding="utf-8", errors="replace", timeout=seconds, check=False
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def _xlwings_folder() -> Path:
    """The folder of the installed xlwings, found without importing it: that would take a tenth of a second, and wants Excel."""
    spec = importlib.util.find_spec("xlwings")
    if spec is None or not spec.submodule_search_locations:
        raise CannotDo(
            "xlwings, which joins Excel and Python, is not installed. Install Sendbook again, as its page says, then do this again."
        )
    return Path(spec.submodule_search_locations[0])


@dataclass(frozen=True)
class Places:
    """Where install puts things. `script` (AppleScript) is on macOS only; `spare` is the add-in where Excel's folder cannot be written."""

    start_up: Path
    settings: Path
    own: Path
    script: Path | None = None

    @property
    def addin(self) -> Path:
        """The add-in in Excel's start-up folder."""
        return self.start_up / ADDIN

    @property
    def spare(self) -> Path:
        """The add-in in our own folder."""
        return self.own / ADDIN

    @property
    def receipt(self) -> Path:
        """The list of what install wrote."""
        return self.own / "installed.json"

    @property
    def log(self) -> Path:
        """Where details of failures are; `sendbook.failure` writes it."""
        return self.own / "sendbook.log"


def places_of(system: System) -> Places:
    """The places on this computer. Raises CannotDo where there is no Excel for the desktop at all, or its folder cannot be told."""
    if system.name == WINDOWS:
        return _on_windows(system)
    if system.name == MAC:
        return _on_mac(system)
    raise CannotDo(
        f"There is no Excel on {system.name or 'this system'}, so there is nothing to put in place. All work can be done from the command line: "
        "“sendbook check”, “cost”, “summaries” and “import”. “sendbook addin build” makes the add-in for other computers."
    )


def own_folder(system: System) -> Path:
    """Our folder in the user's home; OneDrive moves Desktop, Documents and Pictures into its own, but neither this nor AppData."""
    home = system.env.get("USERPROFILE") if system.name == WINDOWS else None  # where xlwings' VBA looks for the settings
    return Path(home or system.home) / ".sendbook"


def _on_windows(system: System) -> Places:
    roaming = Path(system.env.get("APPDATA") or system.home / "AppData" / "Roaming")
    if not roaming.is_dir():
        raise CannotDo(
            f"The folder of your programs' settings (APPDATA) is not at {roaming}. Log off and on again; "
            "if that does not help, ask whoever looks after this computer."
        )
    own = own_folder(system)
    return Places(roaming / "Microsoft" / "Excel" / "XLSTART", own / SETTINGS, own)


def _on_mac(system: System) -> Places:
    library = system.home / "Library"
    content = library / "Group Containers" / "UBF8T346G9.Office" / "User Content.localized"
    return Places(
        content / "Startup.localized" / "Excel",
        library / "Containers" / "com.microsoft.Excel" / "Data" / SETTINGS,
        own_folder(system),
        library / "Application Scripts" / "com.microsoft.Excel" / applescript(system),
    )


def applescript(system: System) -> str:
    """The name of the script by which xlwings' VBA starts Python on macOS; each version of xlwings has its own."""
    return f"xlwings-{system.xlwings_version}.applescript"


def library_beside(system: System, interpreter: str) -> Path | None:
    """xlwings' DLL where its VBA looks for it: beside the interpreter or one folder up. Each version, and 32-bit Excel, has its own."""
    bits = 32 if system.registry(r"HKLM\SOFTWARE\Microsoft\Office\ClickToRun\Configuration", "Platform") == "x86" else 64
    name = f"xlwings{bits}-{system.xlwings_version}.dll"
    folder = Path(interpreter).parent
    return next((dll for dll in (folder / name, folder.parent / name) if dll.is_file()), None)


def redirected(system: System, path: Path) -> bool:
    """Whether Windows keeps this file in the private store of an app: what Python from the Microsoft Store writes to AppData, Excel never sees."""
    if system.name != WINDOWS:
        return False
    parts, asked = ({part.lower() for part in system.pure(p).parts} for p in (system.real(path), str(path)))
    return {"packages", "localcache"} <= parts - asked


def in_onedrive(system: System, path: str) -> bool:
    """Whether a path lies in a OneDrive folder, from where a file may be gone until it is fetched again."""
    return system.within(path, [system.env.get(name) for name in ONEDRIVE]) or any(
        part.startswith("OneDrive") and "CloudStorage" in system.pure(path).parts for part in system.pure(path).parts
    )
