"""The sources of the add-in: our own in `macros/`, and xlwings' two modules as the installed xlwings brings them."""

import re
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from sendbook.addin.vba import CLASS, STANDARD, Module, attributes
from sendbook.workbook.safe import CannotDo, cannot_read

PROJECT_NAME = "sendbook"  # xlwings calls its settings' sheet and file by it
CLASS_BASE = "FCFB3D2A-A0FA-1068-A738-08002B3371B5"
XLWINGS_MODULE, XLWINGS_CLASS = "xlwings_custom_addin.bas", "addin/Dictionary.cls"
_NAME = re.compile(r'^Attribute VB_Name = "(\w+)"', re.MULTILINE)
_ATTRIBUTE = re.compile(r"Attribute VB_(\w+) = (.*)\r\n")
_PROJECT = re.compile(r'(?<=Public Const PROJECT_NAME As String = ")\w+(?=")')
_VERSION = re.compile(r'Public Const XLWINGS_VERSION As String = "([^"]+)"')
_OF_EVERY_CLASS = {"Name", "GlobalNameSpace", "Creatable", "PredeclaredId", "Exposed"}  # `attributes` writes these


def all_modules() -> list[Module]:
    """Every module of the add-in but those of its workbook and sheets. Raises CannotDo where xlwings' do not fit."""
    return [*own_modules(), *xlwings_modules()]


def macros_folder() -> Path:
    """The folder `macros`: beside this module in an installed Sendbook, at the top in a checkout."""
    inside = Path(__file__).parent / "macros"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "macros"


def own_modules() -> list[Module]:
    """The modules in `macros/`."""
    return [read_module(p) for p in sorted(macros_folder().iterdir()) if p.suffix in (".bas", ".cls")]


def ribbon() -> bytes:
    """The description of the ribbon."""
    return (macros_folder() / "customUI14.xml").read_bytes()


def xlwings_modules() -> list[Module]:
    """xlwings' module and its Dictionary (for the Mac). Raises CannotDo where they are not those of the installed xlwings."""
    folder = _xlwings_folder()
    main = read_module(folder / XLWINGS_MODULE)
    found = _VERSION.search(main.source)
    if not found or found[1] != version("xlwings"):
        raise CannotDo(
            f"xlwings {version('xlwings')} brings macros that say they are of version {found[1] if found else 'unknown'}. "
            "Install xlwings again, then do this again."
        )
    source, count = _PROJECT.subn(PROJECT_NAME, main.source)
    if count != 1:
        raise CannotDo(f"The macros of xlwings {version('xlwings')} are not what Sendbook knows. Install the xlwings it asks for.")
    return [Module(main.name, main.kind, source), read_module(folder / XLWINGS_CLASS)]


def _xlwings_folder() -> Path:
    spec = find_spec("xlwings")  # found, not imported: that would take longer than the whole build
    if spec is None or not spec.submodule_search_locations:
        raise CannotDo("xlwings is not installed. Install Sendbook again, then do this again.")
    return Path(spec.submodule_search_locations[0])


def read_module(path: Path) -> Module:
    """A module from the text the VBA editor exports. Raises CannotDo where that is missing or names no module."""
    try:
        text = path.read_text(encoding="utf-8").replace("\n", "\r\n")
    except OSError as e:
        raise cannot_read(path, e) from e
    name = _NAME.search(text)
    if not name:
        raise CannotDo(
            f"{path.name} has no line that begins with Attribute VB_Name, so it is no macro module. Export it from the VBA editor."
        )
    if path.suffix == ".bas":
        return Module(name[1], STANDARD, text)
    return Module(name[1], CLASS, _as_stored(name[1], text[name.start() :]))


def _as_stored(name: str, text: str) -> str:
    """A class as a project stores it: without the header of the exported file, with the attributes the editor leaves out."""
    own: dict[str, str] = {}
    while line := _ATTRIBUTE.match(text):
        own[line[1]] = line[0]
        text = text[line.end() :]
    first = attributes(name, CLASS_BASE, predeclared=False, exposed="= True" in own.get("Exposed", ""))
    return first + "".join(line for key, line in own.items() if key not in _OF_EVERY_CLASS) + text
