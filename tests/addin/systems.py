"""Computers to try the add-in's installing on: folders under a test's own, with what Windows and macOS would have in them."""

import dataclasses
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from xlsxwriter import Workbook

from sendbook.addin.places import MAC, WINDOWS, Places, Ran, System, places_of

VERSION = "0.37.8"
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>{}</dc:title></cp:coreProperties>'
)


class Registry(dict[tuple[str, str], Any]):
    """Values by key and name; an exception among them is raised."""

    def __call__(self, key: str, name: str) -> Any:
        found = self.get((key, name))
        if isinstance(found, Exception):
            raise found
        return found


def answers(system_version: str = "", out: str = "", code: int = 0, err: str = ""):
    """A runner that gives the same answer to every program."""
    return lambda command, seconds: Ran(code, out, err)


def never(command, seconds):
    raise AssertionError(f"nothing should have been run: {command}")


def _xlwings(tmp: Path) -> Path:
    folder = tmp / "site-packages" / "xlwings"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"xlwings-{VERSION}.applescript").write_bytes(b"on VbaHandler(ParameterString)\n")
    return folder


def windows(tmp: Path, project: str = "Sendbook", **changes: Any) -> System:
    """A Windows user's computer with Excel, and Python in a folder of the project with xlwings' DLL in its place."""
    home = tmp / "Users" / "Zoë O'Brien"
    roaming = home / "AppData" / "Roaming"
    (roaming / "Microsoft" / "Excel" / "XLSTART").mkdir(parents=True, exist_ok=True)
    python = tmp / project / ".venv" / "Scripts" / "python.exe"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_bytes(b"MZ")
    for bits in (32, 64):
        (python.parents[1] / f"xlwings{bits}-{VERSION}.dll").write_bytes(b"MZ")
    env = {"APPDATA": str(roaming), "USERPROFILE": str(home), "TEMP": str(home / "AppData" / "Local" / "Temp")}
    made = System(WINDOWS, home, env, str(python), Registry(), never, str, "cp1252", _xlwings(tmp), VERSION)
    return dataclasses.replace(made, **changes)


def mac(tmp: Path, **changes: Any) -> System:
    """A Mac user's computer, on which Excel has been opened."""
    home = tmp / "Users" / "zoe"
    for folder in ("Group Containers/UBF8T346G9.Office", "Containers/com.microsoft.Excel/Data"):
        (home / "Library" / folder).mkdir(parents=True, exist_ok=True)
    python = tmp / "Sendbook" / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_bytes(b"")
    made = System(
        MAC, home, {"TMPDIR": "/var/folders/T"}, str(python), Registry(), never, str, "ascii", _xlwings(tmp), VERSION, tmp / "root"
    )
    return dataclasses.replace(made, **changes)


MADE = {"Windows": windows, "macOS": mac}


def place(system: System) -> Places:
    return places_of(system)


def build(path: Path, settings: Mapping[str, str]) -> None:
    """A stand-in for the add-in: a workbook with its title and its settings sheet."""
    book = Workbook(str(path))
    book.set_properties({"title": "Sendbook"})
    sheet = book.add_worksheet("sendbook.conf")
    for row, (key, value) in enumerate(settings.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    book.close()


def other_addin(path: Path, title: str = "Somebody's tools") -> bytes:
    """A file as it might lie where our add-in goes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("docProps/core.xml", CORE.format(title))
    return path.read_bytes()


def everything(folder: Path) -> dict[str, bytes]:
    """All files under a folder with what is in them."""
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}
