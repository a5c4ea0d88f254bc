"""Workbooks: opening, saving, closing."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from xlwings import base_classes

from . import bridge
from .areas import area_of
from .names import Names
from .number_formats import NumberFormats
from .sheets import Sheet, Sheets
from .table_store import TableStore
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .apps import App
    from .ranges import Range

_FILTERS = {
    ".xlsx": "Calc MS Excel 2007 XML",
    ".xlsm": "Calc MS Excel 2007 VBA XML",
    ".xltx": "Calc MS Excel 2007 XML Template",
    ".xls": "MS Excel 97",
    ".ods": "calc8",
}


@complete(base_classes.Books)
class Books:
    """The workbooks open in one LibreOffice."""

    app: App

    def __init__(self, app: App) -> None:
        self.app = app
        self._known: dict[str, Book] = {}
        self._active: Book | None = None

    @property
    def api(self) -> Any:
        """LibreOffice's list of open documents."""
        return self.app.office.desktop.Components

    def _book(self, document: Any) -> Book:
        """The one object for a document, so that what it keeps is kept once."""
        key = str(document.RuntimeUID)
        if key not in self._known:
            self._known[key] = Book(self, document, key)
        return self._known[key]

    def __iter__(self) -> Iterator[Book]:
        documents = self.api.createEnumeration()
        while documents.hasMoreElements():
            document = documents.nextElement()
            if hasattr(document, "supportsService") and document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
                yield self._book(document)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __call__(self, name_or_index: str | int) -> Book:
        """The book of a name, or of a place counted from one."""
        books = list(self)
        if isinstance(name_or_index, str):
            wanted = name_or_index.casefold()
            for book in books:
                if book.name.casefold() == wanted:
                    return book
        elif 1 <= name_or_index <= len(books):
            return books[name_or_index - 1]
        raise KeyError(name_or_index)

    def known(self) -> list[Book]:
        """The open books that were come by so far; the others are not asked for, which takes time."""
        gone = bridge.uno().getClass("com.sun.star.lang.DisposedException")
        for key, book in list(self._known.items()):
            try:
                book.api.getURL()
            except gone:
                self.forget(book, key)
        return list(self._known.values())

    def find_active(self) -> Book | None:
        """The book in front: the one of the active window, else (without a screen) the one last opened or activated."""
        document = self.app.office.desktop.getCurrentComponent()
        if document is not None and document.supportsService("com.sun.star.sheet.SpreadsheetDocument"):
            return self._book(document)
        if self._active is not None:
            return self._active
        return next(iter(self), None)

    @property
    def active(self) -> Book:
        """The book in front."""
        book = self.find_active()
        if book is None:
            raise KeyError("No workbook is open.")
        return book

    def set_active(self, book: Book | None) -> None:
        """Remember which book was brought to the front."""
        self._active = book

    def forget(self, book: Book, key: str) -> None:
        """Leave out a book that is closed."""
        self._known.pop(key, None)
        if self._active is book:
            self._active = next(iter(self._known.values()), None)

    def add(self) -> Book:
        """A new, empty workbook."""
        return self._load("private:factory/scalc")

    def open(self, fullname: str, update_links: Any = None, read_only: Any = None, *_args: Any, **_options: Any) -> Book:
        """Open a workbook's file and work out all its formulas."""
        book = self._load(bridge.file_url(fullname), **({"ReadOnly": True} if read_only else {}))
        book.api.calculateAll()
        return book

    def _load(self, url: str, **options: Any) -> Book:
        arguments = bridge.properties(Hidden=not self.app.visible, **options)
        document = self.app.office.desktop.loadComponentFromURL(url, "_blank", 0, arguments)
        if document is None:
            raise ValueError(f"LibreOffice could not open {bridge.file_path(url)}.")
        book = self._book(document)
        self._active = book
        if not self.app.screen_updating:
            book.lock(True)
        if self.app.calculation == "manual":
            document.enableAutomaticCalculation(False)
        return book


@complete(base_classes.Book)
class Book:
    """One workbook."""

    app: App
    sheets: Sheets

    def __init__(self, books: Books, document: Any, key: str) -> None:
        self._books = books
        self._document = document
        self._key = key
        self._name: str | None = None
        self.is_locked = False
        self.moves = 0
        self._provider: Any = None
        self._digit_width: float | None = None
        self.app = books.app
        self.formats = NumberFormats(document)
        self.table_store = TableStore(document)
        self.sheets = Sheets(self)

    @property
    def api(self) -> Any:
        """LibreOffice's document."""
        return self._document

    @property
    def controller(self) -> Any:
        """LibreOffice's view of the document."""
        return self._document.CurrentController

    @property
    def name(self) -> str:
        """The file's name, or LibreOffice's title for a book not saved yet."""
        if self._name is None:
            url = self._document.getURL()
            self._name = Path(bridge.file_path(url)).name if url else str(self._document.Title)
        return self._name

    @property
    def fullname(self) -> str:
        """The file's path, or the title of a book not saved yet."""
        url = self._document.getURL()
        return bridge.file_path(url) if url else self.name

    @property
    def names(self) -> Names:
        """The names defined in the workbook."""
        return Names(self)

    def json(self) -> Any:
        """Books are here and not sent."""
        refuse("Book.json")

    def close(self) -> None:
        """Close without saving and without asking."""
        self._books.forget(self, self._key)
        self._document.setModified(False)
        self._document.close(True)

    def save(self, path: str | None = None, password: str | None = None) -> None:
        """Save, as the kind of file the path's ending names."""
        if password is not None:
            refuse("saving with a password")
        self.table_store.settle()
        url = self._document.getURL()
        if path is None and url and not self._document.isReadonly():
            self._document.store()
            return
        target = Path(path or f"{self.name}.xlsx").absolute()
        suffix = target.suffix.lower()
        if suffix not in _FILTERS:
            refuse(f"saving as {suffix or 'a file without an ending'}")
        self._document.storeAsURL(bridge.file_url(target), bridge.properties(FilterName=_FILTERS[suffix], Overwrite=True))
        self._name = None

    def activate(self) -> None:
        """Bring the book to the front."""
        self._books.set_active(self)
        self.controller.Frame.activate()
        if self.app.visible:
            self.controller.Frame.ContainerWindow.toFront()

    def show(self, visible: bool) -> None:
        """Show or hide the book's window."""
        with contextlib.suppress(AttributeError):
            self.controller.Frame.ContainerWindow.setVisible(visible)

    def lock(self, locked: bool) -> None:
        """Keep the windows still, or let them follow again; LibreOffice counts the calls, so each is made once.

        Meanwhile rows keep their height, which LibreOffice would work out anew at every change of a format; they get it at the end.
        """
        if locked == self.is_locked:
            return
        self.is_locked = locked
        self.cells_moved()
        self.table_store.hold(locked)
        self._document.setPropertyValue("IsAdjustHeightEnabled", not locked)
        if locked:
            self._document.lockControllers()
        else:
            self.sheets.fit_touched()
            self._document.unlockControllers()

    def cells_moved(self) -> None:
        """Cells are not where they were: what is remembered of their places while the book is locked is no longer so."""
        self.moves += 1
        self.table_store.changed()

    @contextmanager
    def still(self) -> Iterator[None]:
        """The windows are locked meanwhile, if there are any to be seen."""
        locks = self.app.visible and not self.is_locked
        if locks:
            self._document.lockControllers()
        try:
            yield
        finally:
            if locks:
                self._document.unlockControllers()

    @property
    def selection(self) -> Range | None:
        """The cells selected, None if something else is or if they are not one rectangle."""
        selected = self.controller.getSelection()
        if selected is None or not hasattr(selected, "getRangeAddress"):
            return None
        address = selected.getRangeAddress()
        sheet: Sheet = self.sheets(address.Sheet + 1)
        return sheet.at(area_of(address))

    def digit_width(self) -> float:
        """How wide a digit is in the book's standard font, measured the way LibreOffice does it for Excel's files."""
        if self._digit_width is None:
            style = self._document.StyleFamilies.getByName("CellStyles").getByName("Default")
            # This device's unit is the twentieth of a point.
            font = bridge.struct("awt.FontDescriptor", Name=style.CharFontName, Height=round(style.CharHeight * 20))
            widths = self._document.ReferenceDevice.getFont(font).getCharWidths("0", "9")
            self._digit_width = max(widths) / 20 * bridge.HUNDREDTHS_OF_MM_PER_POINT
        return self._digit_width

    def data_provider(self) -> Any:
        """LibreOffice's source of charts' data, which is also the one way to many cells' texts at once."""
        if self._provider is None:
            self._provider = self._document.createInstance("com.sun.star.chart2.data.DataProvider")
            self._provider.setPropertyValue("IncludeHiddenCells", True)
        return self._provider

    def table_names(self) -> tuple[str, ...]:
        """The names of all tables of the book."""
        return tuple(self.table_store.names())
