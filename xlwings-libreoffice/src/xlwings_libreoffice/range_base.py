"""What every part of a range builds on: which cells of which sheet it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from .areas import Area
from .formulas import sheet_prefix

if TYPE_CHECKING:
    from .sheets import Sheet


class NativeRange:
    """LibreOffice's range, fetched when something of it is first used.

    xlwings looks at ``api`` at every write only to see that there are cells, and fetching one takes as long as many calls.
    ``uno`` is the range itself, to hand on to other calls of LibreOffice's.
    """

    def __init__(self, sheet: Sheet, area: Area) -> None:
        object.__setattr__(self, "_place", (sheet, area))

    @property
    def uno(self) -> Any:
        """The range itself."""
        sheet, area = self._place
        native = sheet.native_range(area)
        object.__setattr__(self, "uno_kept", native)
        return native

    def __getattr__(self, name: str) -> Any:
        return getattr(self.__dict__.get("uno_kept") or self.uno, name)

    def __setattr__(self, name: str, value: Any) -> None:
        setattr(self.__dict__.get("uno_kept") or self.uno, name, value)


class RangeBase:
    """The place of a range."""

    sheet: Sheet
    options: dict[str, Any]

    def __init__(self, sheet: Sheet, area: Area) -> None:
        self.sheet = sheet
        self.area = area
        self.options = {}

    @property
    def cursor(self) -> Any:
        """LibreOffice's range for one call; see :meth:`Sheet.cursor`."""
        return self.sheet.cursor(self.area)

    def _at(self, area: Area) -> Self:
        return type(self)(self.sheet, area)

    @property
    def api(self) -> NativeRange | None:
        """LibreOffice's range."""
        return None if self.area.is_empty else NativeRange(self.sheet, self.area)

    @property
    def coords(self) -> tuple[Any, int, int, int, int]:
        """The sheet, and the rectangle in it."""
        return (self.sheet.api, *self.area)

    @property
    def row(self) -> int:
        """The top row."""
        return self.area.row

    @property
    def column(self) -> int:
        """The leftmost column."""
        return self.area.column

    @property
    def shape(self) -> tuple[int, int]:
        """How many rows and columns."""
        return self.area.rows, self.area.columns

    def __len__(self) -> int:
        return self.area.rows * self.area.columns

    def __call__(self, arg1: int, arg2: int | None = None) -> Self:
        """The cell at a row and column, or at a place counted along the rows; from one."""
        if arg2 is None:
            row, column = divmod(arg1 - 1, self.area.columns)
        else:
            row, column = arg1 - 1, arg2 - 1
        return self._at(self.area.part(row, column))

    @property
    def rows(self) -> Self:
        """The range itself: xlwings makes its rows."""
        return self

    @property
    def columns(self) -> Self:
        """The range itself: xlwings makes its columns."""
        return self

    @property
    def address(self) -> str:
        """The address with dollar signs."""
        if self.area.is_empty:
            return f"{Area(self.area.row, self.area.column).address()}{{{self.area.rows}x{self.area.columns}}}"
        return self.area.address()

    def get_address(self, row_absolute: bool, col_absolute: bool, external: bool) -> str:
        """The address, with book and sheet before it if ``external``."""
        address = self.area.address(row_absolute, col_absolute)
        if not external:
            return address
        place = f"[{self.sheet.book.name}]{self.sheet.name}"
        plain = not sheet_prefix(self.sheet.name).startswith("'") and " " not in place and "'" not in place
        return f"{place}!{address}" if plain else "'" + place.replace("'", "''") + f"'!{address}"
