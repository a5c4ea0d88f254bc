"""Photograph the workbook in a live LibreOffice, for the guide: `uv run python -m docs.screens`; with `mails`, only those of mail.

The ribbon's own functions draw into the demo school's register, in a window on a screen of its own that nobody sees. Needs LibreOffice,
Xvfb, a typeface as wide as Calibri, and Chromium for the page of mails. LibreOffice does not draw a table's style; in Excel rows are banded too.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import xlwings
from PIL import Image, ImageGrab

from sendbook import failure, ribbon, ribbon_mail, steps
from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.demo.workbook import write_demo
from sendbook.mail import settings
from sendbook.mail.settings import MailSettings
from sendbook.mail.sheet import MAILS
from sendbook.workbook.live.where import Selection, listed_problems
from tests.live import ROOT  # which also makes our engine for LibreOffice known to Python

PICTURES = ROOT / "sendbook" / "guide" / "pictures"
WIDTH, HEIGHT = 1440, 900  # of the screen; a window is made as large as its picture
COLOURS = 64  # of a picture; enough for smooth letters
PUPILS = 40  # of the demo school: few enough for the whole provision map to be seen
PATIENCE = 30  # seconds for a screen to become still
LIST = """\
UPN,Legal surname,Legal forename,Date of birth,Year group,SEN status,Primary need
H801399925021,Okafor,Chidi,14/03/2021,1,K,SLCN
N801399926006,Khatun,Rafi,21/03/2022,R,E,SPLD
V801399925011,Ionescu,Ștefan,01/02/2021,1,K,SEMH
"""


@contextmanager
def screen() -> Iterator[str]:
    """A screen in memory; the name of its display."""
    reading, writing = os.pipe()
    size = ["-screen", "0", f"{WIDTH}x{HEIGHT}x24", "-dpi", "96"]
    with subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), *size, "-nolisten", "tcp"], pass_fds=[writing], stderr=subprocess.DEVNULL
    ) as server:
        os.close(writing)
        try:
            with os.fdopen(reading, encoding="ascii") as told:
                number = told.readline().strip()
            if not number:
                raise SystemExit("Xvfb, which makes a screen in memory, ended as it started.")
            yield f":{number}"
        finally:
            server.terminate()


class Window:
    """The window of an open workbook, with nothing round its cells but their headings and the sheets' tabs."""

    def __init__(self, book: xlwings.Book, display: str) -> None:
        self.book, self.display = book, display
        office = book.app.impl.office
        self.toolkit, self.dispatcher = office.service("awt.Toolkit"), office.service("frame.DispatchHelper")
        self.view: Any = book.api.CurrentController
        self.bars: Any = self.view.Frame.LayoutManager
        for bar in self.bars.getElements():
            self.bars.hideElement(bar.ResourceURL)
        self.view.Sidebar.setVisible(False)
        self.view.HasVerticalScrollBar = self.view.HasHorizontalScrollBar = self.view.ShowPageBreaks = False
        self.formula_bar(False)

    def formula_bar(self, shown: bool) -> None:
        """Show or hide the bar with the selected cell's formula."""
        self._do("InputLineVisible", InputLineVisible=shown)

    def status_bar(self, shown: bool) -> None:
        """Show or hide the bar at the foot."""
        (self.bars.showElement if shown else self.bars.hideElement)("private:resource/statusbar/statusbar")

    def see(self, sheet: str, cell: str, first: str = "A1") -> None:
        """Bring a sheet to the front, select a cell, and scroll so that `first` stands at the top left."""
        front = self.book.sheets[sheet]
        front.activate()
        self._do("GoToCell", ToPoint=cell)  # a cell that is selected has a veil over its colour
        corner = front.range(first)
        self.view.setFirstVisibleColumn(corner.column - 1)
        self.view.setFirstVisibleRow(corner.row - 1)

    def open_note(self, cell: xlwings.Range) -> None:
        """Show a cell's note as if pointed at, as wide as Excel has it."""
        from xlwings_libreoffice import bridge

        cell.note.api.setIsVisible(True)
        shape = cell.note.api.AnnotationShape
        shape.setSize(bridge.struct("awt.Size", Width=5500, Height=1000))  # it grows down to its last line
        at, size = cell.api.Position, cell.api.Size
        shape.setPosition(bridge.struct("awt.Point", X=at.X + size.Width + 600, Y=at.Y + 300))
        shape.CaptionPoint = bridge.struct("awt.Point", X=-600, Y=-300)  # of its arrow, at the cell's corner

    def take(self, name: str, width: int, height: int) -> None:
        """Make the window so large, wait until nothing moves, and write its picture."""
        self.view.Frame.ContainerWindow.setPosSize(0, 0, width, height, 15)  # com.sun.star.awt.PosSize.POSSIZE
        picture = self._still((0, 0, width, height)).quantize(COLOURS, dither=Image.Dither.NONE)
        picture.save(PICTURES / f"{name}.png", optimize=True)
        print(f"{name}.png")

    def _do(self, command: str, **options: Any) -> None:
        from xlwings_libreoffice import bridge

        self.dispatcher.executeDispatch(self.view.Frame, f".uno:{command}", "", 0, bridge.properties(**options))

    def _still(self, box: tuple[int, int, int, int]) -> Image.Image:
        end, before = time.monotonic() + PATIENCE, None
        while time.monotonic() < end:
            self.toolkit.processEventsToIdle()
            now = ImageGrab.grab(box, xdisplay=self.display)
            if before is not None and now.tobytes() == before.tobytes():
                return now
            before = now
        raise SystemExit(f"The screen was not still within {PATIENCE} seconds.")


def photograph(window: Window, folder: Path) -> None:
    """Click the buttons, and take the pictures."""
    ribbon.check()
    window.see("Checks", "A1")
    window.take("checks", 1275, 640)

    problem = next(p for p in listed_problems(window.book, Selection("Checks", ())) if p.sheet == "Pupils" and "not a date" in p.says)
    window.see("Checks", f"C{problem.row}")
    ribbon.go_to_problem()
    cell = window.book.sheets["Pupils"].range(problem.cell)
    window.see("Pupils", problem.cell, first=f"C{cell.row - 7}")
    window.open_note(cell)
    window.status_bar(True)
    window.take("marks", 1240, 640)
    window.status_bar(False)

    file = folder / "export.csv"
    file.write_text(LIST, encoding="utf-8")
    ribbon.import_list(str(file).encode("utf-16-le").hex())
    window.see("Import", "A1")
    window.take("import", 1440, 330)

    ribbon.cost()
    window.see("Provision map", "A1")
    window.take("map", 1240, 740)
    window.formula_bar(True)
    window.see("Cost per pupil", "J5")
    window.take("costs", 1190, 640)
    window.see("Cost by area", "C6")
    window.take("charts", 1200, 860)


def photograph_mails(window: Window) -> None:
    """Prepare everybody's mails, and take pictures of the sheet and of the page."""
    pages: list[Path] = []
    ribbon_mail.show_file = pages.append
    window.book.app.engine.impl.answer = lambda prompt: "yes" if prompt.buttons == "yes_no" else answer(prompt)
    ribbon.mails_for_all()
    window.book.app.engine.impl.answer = answer
    window.see(MAILS, "A1")
    window.take("mails", 1440, 700)
    photograph_page(pages[0], "mails-page", 1200, 1250)


def photograph_page(page: Path, name: str, width: int, height: int) -> None:
    """A picture of a page's beginning, by a browser that leaves nothing behind."""
    with tempfile.TemporaryDirectory() as scratch:
        made, copy = Path(scratch) / "page.png", Path(scratch) / page.name
        copy.write_text(
            page.read_text(encoding="utf-8").replace(f"{page.parent}/", "S:\\SEND\\"), encoding="utf-8"
        )  # no folder of this computer
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", f"--user-data-dir={scratch}/profile"]
        command += [f"--window-size={width},{height}", f"--screenshot={made}", copy.as_uri()]
        subprocess.run(command, check=True, capture_output=True, env=os.environ | {"HOME": scratch}, timeout=120)
        with Image.open(made) as picture:
            picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE).save(PICTURES / f"{name}.png", optimize=True)
    print(f"{name}.png")


def answer(prompt: Any) -> str:
    """Show what a button says; questions are answered with what changes nothing."""
    print(f"  said: {prompt}")
    return str(prompt.safe_answer)


def need(program: str, package: str) -> None:
    """End with a sentence where a program is not installed."""
    if shutil.which(program) is None:
        raise SystemExit(f"{program} is not installed here, and the pictures need it (Debian: {package}).")


def main() -> None:
    """Make the demo school, open it, and take each picture; everything is closed again."""
    import xlwings_libreoffice

    need("Xvfb", "xvfb")
    need("fc-match", "fontconfig")
    need("chromium", "chromium")
    font = subprocess.run(["fc-match", "--format=%{family}", "Calibri"], capture_output=True, encoding="utf-8", check=True).stdout
    if font not in ("Calibri", "Carlito"):
        raise SystemExit(f"{font} would stand for Calibri here, which has other widths. Install Carlito (Debian: fonts-crosextra-carlito).")
    PICTURES.mkdir(exist_ok=True)
    os.environ["SAL_USE_VCLPLUGIN"] = "gen"  # LibreOffice's plainest look, the same on each computer
    with tempfile.TemporaryDirectory() as scratch, screen() as os.environ["DISPLAY"]:
        failure.LOG = Path(scratch) / "sendbook.log"  # nothing is read or written in the home folder of whoever runs this
        settings.read_settings = lambda *_: MailSettings()
        file = Path(scratch) / "SEND register.xlsx"
        write_demo(file, PUPILS)
        steps.summaries(file, DEFAULT_TODAY, None, None, steps.no_bar)
        try:
            with xlwings_libreoffice.office(visible=True) as app:
                app.engine.impl.answer = answer
                ribbon._today = lambda: DEFAULT_TODAY
                book = app.books.open(str(file))
                book.set_mock_caller()
                window = Window(book, os.environ["DISPLAY"])
                if sys.argv[1:] != ["mails"]:
                    photograph(window, Path(scratch))
                photograph_mails(window)
        except (ImportError, xlwings_libreoffice.OfficeError) as error:
            raise SystemExit(str(error)) from error


if __name__ == "__main__":
    main()
