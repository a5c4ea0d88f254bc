"""A click all the way: the built .xlsm in LibreOffice, its VBA, Python started by it, the result in the sheet.

LibreOffice cannot read xlwings' own module, so RunPython is the stand-in of tests/addin, pointed at this Python. That connects to
the LibreOffice that started it, as xlwings' own would to Excel. It is not waited for, as LibreOffice could not answer meanwhile.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sendbook import steps
from sendbook.addin.build import macro_workbook
from sendbook.addin.vba import Module
from sendbook.demo.invent import DEFAULT_TODAY, invent
from tests.addin.test_live import modules
from tests.live import ROOT, office
from tests.ribbon.test_results import in_file, open_cells

# What xlwings' RunPython does before the command: the workbook that was in front is found.
STARTER = """
import sys
from datetime import date
sys.path[:0] = {paths!r}
import xlwings_libreoffice
xlwings_libreoffice.attach({pipe!r}).books[{book!r}].set_mock_caller()
import sendbook.ribbon
sendbook.ribbon._today = lambda: date.fromisoformat({today!r})
exec(sys.argv[1])
"""


def started_by(starter: Path) -> list[Module]:
    """The modules of the build, with RunPython starting Python by `starter`."""
    given = '-c """ & PythonCommand & """'
    found = []
    for module in modules():
        source = module.source.replace(given, f'{starter} """ & PythonCommand & """')
        assert (source != module.source) == (module.name == "xlwings")
        found.append(Module(module.name, module.kind, source))
    return found


def opened_with_macros(app: Any, path: Path) -> Any:
    from xlwings_libreoffice.bridge import properties

    return app.api.loadComponentFromURL(path.as_uri(), "_blank", 0, properties(Hidden=True, MacroExecutionMode=4))


def until(there: Callable[[], bool], seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "nothing came of the click"
        time.sleep(0.2)


def test_a_click_on_check_ends_in_the_sheet(tmp_path):
    path, starter = tmp_path / "Register.xlsm", tmp_path / "start.py"
    macro_workbook(path, invent(40, mistakes=True), started_by(starter))
    steps.write_checks(steps.checked(path, DEFAULT_TODAY), path, tmp_path / "checks.xlsx")
    closed = in_file(tmp_path / "checks.xlsx")["Checks"]
    with office() as app:
        paths = [str(ROOT), str(ROOT / "xlwings-libreoffice" / "src")]
        pipe = app.impl.office.pipe
        starter.write_text(STARTER.format(paths=paths, pipe=pipe, book=path.name, today=str(DEFAULT_TODAY)), encoding="utf-8")
        scripts = opened_with_macros(app, path).getScriptProvider()
        click = scripts.getScript("vnd.sun.star.script:Sendbook.SendbookButtons.SendbookCheck?language=Basic&location=document")
        click.invoke((), (), ())
        book = app.books[path.name]
        until(lambda: "Checks" in [s.name for s in book.sheets])
        until(lambda: open_cells(book.sheets["Checks"]) == closed, 30)
