"""Running LibreOffices as xlwings' apps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .alerts import make_prompt, show
from .books import Books
from .connection import Office, find_program, start
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .engine import Engine
    from .ranges import Range


@complete(base_classes.Apps)
class Apps:
    """The offices started or entered from here, the active one first."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._apps: list[App] = []

    def keys(self) -> list[int]:
        """The apps' numbers."""
        return [app.pid for app in self._apps]

    def add(self, spec: str | None = None, add_book: bool | None = None, xl: Any = None, visible: bool | None = None) -> App:
        """Start a LibreOffice (``spec``: the path of its program) and make it the active app."""
        app = self.enter(start(visible=bool(visible or visible is None), program=spec))
        if add_book:
            app.books.add()
        return app

    def enter(self, office: Office) -> App:
        """Make an app of an office."""
        app = App(self, office)
        self._apps.insert(0, app)
        return app

    def activate(self, app: App) -> None:
        """Put an app first."""
        self._apps.remove(app)
        self._apps.insert(0, app)

    def forget(self, app: App) -> None:
        """Leave out an app that is closed."""
        if app in self._apps:
            self._apps.remove(app)

    def cleanup(self) -> None:
        """Nothing of a closed office is left to clean up."""

    def __iter__(self) -> Iterator[App]:
        return iter(list(self._apps))

    def __len__(self) -> int:
        return len(self._apps)

    def __getitem__(self, pid: int) -> App:
        for app in self._apps:
            if app.pid == pid:
                return app
        raise KeyError(pid)


@complete(base_classes.App)
class App:
    """One LibreOffice."""

    pid: int
    books: Books
    display_alerts: bool
    enable_events: bool
    interactive: bool

    def __init__(self, apps: Apps, office: Office) -> None:
        self._apps = apps
        self.office = office
        self.pid = office.pid
        self.books = Books(self)
        self.display_alerts = True
        self.enable_events = True
        self.interactive = True
        self._visible = office.visible
        self._screen_updating = True
        self._calculation = "automatic"
        self._status: str | bool = False
        self._indicator: Any = None

    @property
    def engine(self) -> Engine:
        """The engine the app is of."""
        return self._apps.engine

    @property
    def api(self) -> Any:
        """LibreOffice's desktop."""
        return self.office.desktop

    @property
    def version(self) -> str:
        """LibreOffice's version."""
        access = self.office.service("configuration.ConfigurationProvider")
        node = bridge.properties(nodepath="/org.openoffice.Setup/Product")
        view = access.createInstanceWithArguments("com.sun.star.configuration.ConfigurationAccess", node)
        return str(view.getByName("ooSetupVersionAboutBox") or view.getByName("ooSetupVersion"))

    @property
    def path(self) -> str:
        """The folder LibreOffice's program is in."""
        return str(Path(find_program()).parent)

    @property
    def hwnd(self) -> int:
        """A window's number, which is Excel's way to find a window; here there is none."""
        refuse("App.hwnd")

    @property
    def selection(self) -> Range | None:
        """The cells selected in the active book, if cells are selected."""
        book = self.books.find_active()
        return book.selection if book else None

    def activate(self, steal_focus: bool = False) -> None:
        """Make this the active app."""
        self._apps.activate(self)

    @property
    def visible(self) -> bool:
        """Whether the office shows its windows."""
        return self._visible

    @visible.setter
    def visible(self, value: bool) -> None:
        # An office started without a screen cannot be shown later; xlwings sets this by itself, so it is no error.
        self._visible = bool(value) and self.office.visible
        for book in self.books:
            book.show(self._visible)

    def quit(self) -> None:
        """Close the office, without saving if it was started here; a guest only asks, and LibreOffice asks about unsaved books."""
        if self.office.process is None:
            self.office.desktop.terminate()
        self.office.close()
        self._apps.forget(self)

    def kill(self) -> None:
        """End the office's process."""
        self._apps.forget(self)
        self.office.kill()

    @property
    def screen_updating(self) -> bool:
        """Whether the windows follow what is done."""
        return self._screen_updating

    @screen_updating.setter
    def screen_updating(self, value: bool) -> None:
        self._screen_updating = bool(value)
        for book in self.books.known():
            book.lock(not value)

    @property
    def calculation(self) -> str:
        """Whether formulas are worked out by themselves: "automatic" or "manual"."""
        return self._calculation

    @calculation.setter
    def calculation(self, value: str) -> None:
        if value not in ("automatic", "manual"):
            refuse(f"the calculation mode {value!r}")
        self._calculation = value
        for book in self.books:
            book.api.enableAutomaticCalculation(value == "automatic")
            if value == "automatic":
                book.api.calculateAll()  # else charts drawn meanwhile keep what formulas had not worked out

    def calculate(self) -> None:
        """Work out all formulas of all books."""
        for book in self.books:
            book.api.calculateAll()

    @property
    def status_bar(self) -> str | bool:
        """The text at the foot of the window, False if it is LibreOffice's own."""
        return self._status

    @status_bar.setter
    def status_bar(self, value: str | bool) -> None:
        self._status = value if isinstance(value, str) else False
        if self._visible:
            self._show_status()

    def _show_status(self) -> None:
        if self._status is False:
            if self._indicator is not None:
                self._indicator.end()
            self._indicator = None
        elif self._indicator is not None:
            self._indicator.setText(self._status)
        elif book := self.books.find_active():
            self._indicator = book.controller.Frame.createStatusIndicator()
            self._indicator.start(self._status, 0)

    def alert(self, prompt: Any, title: Any, buttons: str | None, mode: str | None, callback: Any) -> str:
        """Show a message and give the button pressed; see :class:`Engine` for who answers where there is no screen."""
        asked = make_prompt(prompt, title, buttons, mode)
        self.engine.prompts.append(asked)
        if self.engine.answer is not None:
            asked.answer = self.engine.answer(asked)
        elif self._visible:
            book = self.books.find_active()
            window = book.controller.Frame.ContainerWindow if book else None
            asked.answer = show(asked, self.office.service("awt.Toolkit"), window)
        else:
            asked.answer = asked.safe_answer
        return asked.answer

    def run(self, macro: str, args: Any) -> Any:
        """Macros of another program's kind are not run."""
        refuse("running macros")
