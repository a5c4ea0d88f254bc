"""The tables of a book as LibreOffice has them, and what LibreOffice has no place for."""

from __future__ import annotations

from typing import Any

from .areas import area_of


class TableStore:
    """LibreOffice's objects for the tables are kept, since each costs much to fetch.

    Whenever a table comes or goes LibreOffice takes apart every formula of the book that names any table. So while the book is
    held a table taken away is only remembered as gone: if the same comes again, as when a result is drawn anew, it is still there.
    """

    def __init__(self, document: Any) -> None:
        self._document = document
        self._list: Any = None
        self._known: dict[str, Any] = {}
        self._is_held = False
        self._names: list[str] | None = None
        self._places: dict[str, Any] = {}
        self._gone: list[str] = []
        self.styles: dict[str, str] = {}

    @property
    def api(self) -> Any:
        """LibreOffice's list of database ranges."""
        if self._list is None:
            self._list = self._document.DatabaseRanges
        return self._list

    def names(self) -> list[str]:
        """The names of all tables of the book."""
        if not self._is_held or self._names is None:
            self._names = [name for name in self.api.getElementNames() if name not in self._gone]
        return list(self._names)

    def place(self, name: str) -> Any:
        """The cells of a table, as LibreOffice's address of them."""
        if not self._is_held:
            return self.native(name).getDataArea()
        if name not in self._places:
            self._places[name] = self.native(name).getDataArea()
        return self._places[name]

    def native(self, name: str) -> Any:
        """LibreOffice's object for a table."""
        if name not in self._known:
            self._known[name] = self.api.getByName(name)
        return self._known[name]

    def exact_name(self, name: str) -> str | None:
        """The name as it is written in the book; small and capital letters are the same to Excel."""
        wanted = name.casefold()
        return next((known for known in self.names() if known.casefold() == wanted), None)

    def forget(self, name: str) -> None:
        """A table is gone or has another name."""
        self._known.pop(name, None)
        self._came_or_went(name)

    def _came_or_went(self, name: str) -> None:
        self._names = None
        self._places.pop(name, None)

    def changed(self) -> None:
        """Tables, or cells they are in, are not where they were."""
        self._names = None
        self._places.clear()

    def hold(self, held: bool) -> None:
        """From now on nothing but this process changes the book, or no longer so."""
        self.settle()
        self._is_held = held

    def settle(self) -> None:
        """Take away in earnest what is remembered as gone."""
        for name in self._gone:
            if self.api.hasByName(name):
                self.api.removeByName(name)
            self._known.pop(name, None)
        self._gone.clear()
        self.changed()

    def remove(self, name: str) -> None:
        """Take a table away; its cells stay."""
        if self._is_held:
            self._gone.append(name)
            self._came_or_went(name)
        else:
            self.api.removeByName(name)
            self.forget(name)

    def add(self, name: str, address: Any) -> None:
        """Make a table of the cells of an address."""
        gone = next((known for known in self._gone if known.casefold() == name.casefold()), None)
        if gone == name and self._is_same(name, address):
            self._revive(name)
            return
        if gone is not None:
            self.settle()
        self.api.addNewByName(name, address)
        self._came_or_went(name)

    def _is_same(self, name: str, address: Any) -> bool:
        if not self.api.hasByName(name):  # its sheet was deleted meanwhile
            return False
        old = self.native(name).getDataArea()
        return bool(old.Sheet == address.Sheet and area_of(old) == area_of(address))

    def _revive(self, name: str) -> None:
        self._gone.remove(name)
        native = self.native(name)
        for setting, value in (("ContainsHeader", True), ("TotalsRow", False), ("AutoFilter", False)):
            native.setPropertyValue(setting, value)
        self._came_or_went(name)
