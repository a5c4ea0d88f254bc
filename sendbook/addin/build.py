"""Building what Excel opens: the add-in `Sendbook.xlam`, and a register that carries the same macros in itself."""

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from sendbook.addin.sources import PROJECT_NAME, all_modules, ribbon
from sendbook.addin.vba import WORKBOOK, Module, document, project
from sendbook.tables import Row
from sendbook.workbook.home import HOME
from sendbook.workbook.master import Values, write_master
from sendbook.workbook.safe import write_beside

VBA_PROJECT = "Sendbook"  # what the VBA editor calls it
SETTINGS_SHEET = f"{PROJECT_NAME}.conf"
RIBBON_PART = "customUI/customUI14.xml"
RIBBON_IS = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
MACRO_WORKBOOK_TYPE = b"application/vnd.ms-excel.sheet.macroEnabled.main+xml"
ADDIN_TYPE = b"application/vnd.ms-excel.addin.macroEnabled.main+xml"
NO_FOLDER = "?"


def default_settings(interpreter: str | None) -> dict[str, str]:
    """Every setting xlwings' macros ask for, so that none is left to a file beside a workbook.

    Without an interpreter its keys are left out, and come from the user's own file. Where xlwings expects True or False an
    empty cell would stop it. NO_FOLDER: xlwings puts this folder first on Python's path, and an empty one is the folder the
    process happens to be in, where a stranger's module may lie; no file on Windows can have this name.
    """
    python = {} if interpreter is None else dict.fromkeys(("INTERPRETER_WIN", "INTERPRETER_MAC", "INTERPRETER"), interpreter)
    places = [f"{place}_{system}" for place in ("ONEDRIVE_CONSUMER", "ONEDRIVE_COMMERCIAL", "SHAREPOINT") for system in ("WIN", "MAC")]
    return python | {
        "ADD_WORKBOOK_TO_PYTHONPATH": "False",
        "PYTHONPATH": NO_FOLDER,
        "USE UDF SERVER": "True",  # one Python for all clicks; Windows only
        "SHOW CONSOLE": "False",
        "SHOW_ERROR_POPUPS": "True",
        "TEMP DIR": "%TEMP%",  # empty, its log would go to the root of the drive
        "DEBUG UDFS": "False",
        "UDF MODULES": "sendbook.ribbon",  # empty, it would be a module named like the workbook
        "CONDA PATH": "",
        "CONDA ENV": "",
        "LICENSE_KEY": "",
        **dict.fromkeys(places, ""),
    }


def build_addin(path: Path, settings: Mapping[str, str], modules: Iterable[Module] | None = None) -> None:
    """Write the add-in with these settings. The same input makes the same bytes. Raises CannotDo where it cannot be built.

    `modules`: other sources than those of the add-in.
    """
    with write_beside(path) as beside:
        book = xlsxwriter.Workbook(str(beside))
        created = datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)
        book.set_properties({"title": VBA_PROJECT, "comments": "The SEND register: checks, costs, summaries.", "created": created})
        _settings_sheet(book, settings)
        _add_macros(book, modules)
        book.close()
        _add_ribbon(beside, ADDIN_TYPE)


def macro_workbook(path: Path, rows: Mapping[type[Row], Sequence[Values]], modules: Iterable[Module] | None = None) -> None:
    """Write a master workbook that carries the macros and the ribbon itself, for schools that may not use add-ins.

    Where Python is does not stand in it: that comes from the user's own settings. Raises CannotDo where it cannot be written.
    """

    def start(book: Any) -> None:
        """The settings come first: xlwings moves the last sheet when it adds one at the end, which Excel refuses for one so hidden."""
        _settings_sheet(book, default_settings(None)).very_hidden()

    def finish(book: Any) -> None:
        book.get_worksheet_by_name(HOME).set_first_sheet()
        _add_macros(book, modules)

    with write_beside(path) as beside:
        write_master(beside, rows, start=start, finish=finish)
        _add_ribbon(beside, MACRO_WORKBOOK_TYPE)


def _settings_sheet(book: Any, settings: Mapping[str, str]) -> Any:
    """Keys in column A, values in B, without a gap: xlwings reads down to the first empty cell of A."""
    sheet = book.add_worksheet(SETTINGS_SHEET)
    for row, (key, value) in enumerate(settings.items()):
        sheet.write_string(row, 0, key)
        sheet.write_string(row, 1, value)
    return sheet


def _add_macros(book: Any, modules: Iterable[Module] | None) -> None:
    """The VBA project, with a module for the workbook and for each sheet, by their code names."""
    sheets = book.worksheets()
    names = [f"Sheet{number}" for number in range(1, len(sheets) + 1)]
    for sheet, name in zip(sheets, names, strict=True):
        sheet.set_vba_name(name)
    book.set_vba_name("ThisWorkbook")
    documents = [document("ThisWorkbook", WORKBOOK), *map(document, names)]
    built = project(VBA_PROJECT, [*documents, *(all_modules() if modules is None else modules)])
    book.add_vba_project(io.BytesIO(built), is_stream=True)


def _add_ribbon(path: Path, kind: bytes) -> None:
    """Put the ribbon into a finished workbook, and say which kind of workbook it is."""
    with zipfile.ZipFile(path) as package:
        parts = {name: package.read(name) for name in package.namelist()}
    relation = f'<Relationship Id="rIdRibbon" Type="{RIBBON_IS}" Target="{RIBBON_PART}"/></Relationships>'
    parts["_rels/.rels"] = parts["_rels/.rels"].replace(b"</Relationships>", relation.encode())
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(MACRO_WORKBOOK_TYPE, kind)
    parts[RIBBON_PART] = ribbon()
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, data in parts.items():
            info = zipfile.ZipInfo(name)
            info.create_system = 3  # else it would be the machine's, and the bytes not the same everywhere
            package.writestr(info, data, zipfile.ZIP_DEFLATED)
