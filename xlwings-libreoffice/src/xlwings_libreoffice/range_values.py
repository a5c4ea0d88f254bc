"""Reading and writing what is in cells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from .areas import Area, areas_in, rectangles
from .bridge import CONTENTS, FORMATS, NOTES
from .cell_formats import Part, number_formats, shown
from .filling import fill
from .formulas import shifted, to_excel, to_office
from .keeping import keeping_notes
from .number_formats import DATE_CODE, TIME_CODE
from .range_base import RangeBase
from .values import Plan, as_grid, error_code, from_serial, plan

if TYPE_CHECKING:
    from .sheets import Sheet

Grid = tuple[tuple[Any, ...], ...]


def read(sheet: Sheet, area: Area) -> Grid:
    """Values as Excel's raw ones: moments for dates, truth values, numbers for errors, None for empty cells."""
    columns = [list(column) for column in zip(*sheet.cursor(area).getDataArray(), strict=True)]
    kinds = [set(map(type, column)) for column in columns]
    numeric = [place for place, found in enumerate(kinds) if float in found]
    failed = [place for place, found in enumerate(kinds) if type(None) in found]
    if failed:
        _name_errors(sheet, area, columns, failed)
    if numeric:
        _type_numbers(sheet, area, columns, numeric)
    for place, found in enumerate(kinds):
        if str in found and "" in columns[place]:
            columns[place] = [None if value == "" else value for value in columns[place]]
    return tuple(zip(*columns, strict=True))


def _type_numbers(sheet: Sheet, area: Area, columns: list[list[Any]], numeric: list[int]) -> None:
    """Make dates and truth values of the numbers whose cells are formatted as such."""
    formats = sheet.book.formats
    for part, key in number_formats(sheet, _rows_with_numbers(area, columns, numeric), numeric):
        kind = formats.kind(key)
        here = part.common(area) if kind.is_date or kind.is_logical else None
        if here is None:
            continue
        top, bottom = here.row - area.row, here.last_row - area.row + 1
        for place in range(here.column - area.column, here.last_column - area.column + 1):
            column = columns[place]
            column[top:bottom] = [_typed(value, kind.is_date) if value.__class__ is float else value for value in column[top:bottom]]


def _rows_with_numbers(area: Area, columns: list[list[Any]], numeric: list[int]) -> Area:
    """The rectangle from its first number to its last: the headings above have formats of their own, which would make it look mixed."""
    firsts = [next(row for row, value in enumerate(columns[place]) if value.__class__ is float) for place in numeric]
    lasts = [next(row for row, value in enumerate(reversed(columns[place])) if value.__class__ is float) for place in numeric]
    first = min(firsts)
    return area.part(first, 0, area.rows - min(lasts) - first, area.columns)


def _typed(value: float, is_date: bool) -> Any:
    if is_date:
        return from_serial(value)
    return bool(value) if value in (0.0, 1.0) else value


def _name_errors(sheet: Sheet, area: Area, columns: list[list[Any]], failed: list[int]) -> None:
    """Put Excel's numbers for the errors, which LibreOffice gives as nothing: what the cells show tells them apart."""
    for place in failed:
        column = columns[place]
        rows = [row for row, value in enumerate(column) if value is None]
        texts = shown(sheet, area.part(rows[0], place, rows[-1] - rows[0] + 1, 1))[0]
        for row in rows:
            column[row] = error_code(texts[row - rows[0]])


def write(sheet: Sheet, area: Area, value: Any) -> None:
    """Write values; texts that begin with "=" are Excel's formulas, and one formula fills a range as Excel fills it."""
    if value is None or (isinstance(value, str) and value == ""):
        sheet.cursor(area).clearContents(CONTENTS)
        sheet.touch(area)
        return
    if isinstance(value, str) and value.startswith("=") and len(value) > 1 and _fill(sheet, area, value):
        sheet.touch(area)
        return
    todo = plan(as_grid(value, area.rows, area.columns))
    if isinstance(value, str) and todo.formulas:
        todo.formulas = {place: shifted(value, *place) for place in todo.formulas}
    columns = sorted(todo.numeric_columns | todo.numberlike_columns)
    parts = list(_without_logical(sheet, area, number_formats(sheet, area, columns))) if columns else []
    if len(todo.formulas) < area.rows * area.columns:
        with keeping_notes(sheet, area):
            sheet.cursor(area).setDataArray(tuple(tuple(line) for line in todo.data))
        _restore_formats(sheet, area, todo, parts)
    _write_formulas(sheet, area, todo)
    _format_dates(sheet, area, todo, parts)
    booleans = [_inside(area, block) for block in rectangles(todo.booleans)]
    if booleans:
        sheet.set_property(booleans, "NumberFormat", sheet.book.formats.logical())
    sheet.touch(area)


def _fill(sheet: Sheet, area: Area, formula: str) -> bool:
    """Write one formula into all cells; False if it has to be written into each."""
    if not fill(sheet, area, to_office(formula, sheet.book.table_names, lambda: sheet.tables.name_at(area))):
        return False
    list(_without_logical(sheet, area, number_formats(sheet, area, range(area.columns))))
    return True


def _inside(area: Area, block: Area) -> Area:
    return area.part(block.row, block.column, block.rows, block.columns)


def _without_logical(sheet: Sheet, area: Area, parts: list[Part]) -> Iterator[Part]:
    """Cells that held a truth value would show other numbers as one, so they become general again."""
    for part, key in parts:
        here = part.common(area)
        if here is None:
            continue
        if sheet.book.formats.kind(key).is_logical:
            sheet.cursor(here).setPropertyValue("NumberFormat", 0)
            yield here, 0
        else:
            yield here, key


def _restore_formats(sheet: Sheet, area: Area, todo: Plan, parts: list[Part]) -> None:
    """Give cells the formats back that LibreOffice has changed to that of texts, because what was written looks like a number."""
    for block in rectangles((0, column) for column in todo.numberlike_columns):
        columns = area.part(0, block.column, area.rows, block.columns)
        for part, key in parts:
            here = part.common(columns)
            if here is not None:
                sheet.cursor(here).setPropertyValue("NumberFormat", key)


def _write_formulas(sheet: Sheet, area: Area, todo: Plan) -> None:
    names: list[str] | None = None

    def tables() -> list[str]:
        nonlocal names
        if names is None:
            names = list(sheet.book.table_names())
        return names

    for block in rectangles(todo.formulas):
        here = _inside(area, block)

        def table_here(corner: Area = here) -> str | None:
            return sheet.tables.name_at(corner)

        rows = range(block.row, block.row + block.rows)
        columns = range(block.column, block.column + block.columns)
        lines = tuple(tuple(to_office(todo.formulas[row, column], tables, table_here) for column in columns) for row in rows)
        with keeping_notes(sheet, here):
            sheet.cursor(here).setFormulaArray(lines)


def _format_dates(sheet: Sheet, area: Area, todo: Plan, parts: list[Part]) -> None:
    """Excel formats a general cell as a date when one is written into it."""
    formats = sheet.book.formats
    for places, code in ((todo.dates, DATE_CODE), (todo.times, TIME_CODE)):
        blocks = [_inside(area, block) for block in rectangles(places)]
        general = [part for part, key in parts if formats.kind(key).is_general] if blocks else []
        here = [common for block in blocks for part in general if (common := block.common(part)) is not None]
        if here:
            sheet.set_property(here, "NumberFormat", formats.key(code))


def read_formulas(sheet: Sheet, area: Area) -> Grid:
    """The cells as Excel's ``Formula`` gives them: formulas, and constants as text."""
    texts = sheet.cursor(area).getFormulaArray()
    marked = any(text.startswith(("=", "{=")) for line in texts for text in line)
    formula_cells = _formula_cells(sheet, area) if marked else set()
    return tuple(
        tuple(_formula_text(text, (row, column) in formula_cells) for column, text in enumerate(line)) for row, line in enumerate(texts)
    )


def _formula_cells(sheet: Sheet, area: Area) -> set[tuple[int, int]]:
    found: set[tuple[int, int]] = set()
    for part in areas_in(sheet.cursor(area).queryFormulaCells(1 | 2 | 4).getRangeAddressesAsString()):
        rows, columns = range(part.row, part.last_row + 1), range(part.column, part.last_column + 1)
        found.update((row - area.row, column - area.column) for row in rows for column in columns)
    return found


def _formula_text(text: str, is_formula: bool) -> str:
    if not is_formula:
        return text.removeprefix("'")  # LibreOffice marks texts that would be read as something else
    if text in ("=TRUE()", "=FALSE()"):
        return text[1:-2]  # how truth values come out of Excel's files, where they are no formulas
    return to_excel(text[1:-1] if text.startswith("{") else text)


class RangeValues(RangeBase):
    """The values and formulas of a range."""

    @property
    def raw_value(self) -> Any:
        """The values: one for a cell, rows of values for more."""
        if self.area.is_empty:
            return None
        data = read(self.sheet, self.area)
        return data[0][0] if len(self) == 1 else data

    @raw_value.setter
    def raw_value(self, value: Any) -> None:
        if not self.area.is_empty:
            write(self.sheet, self.area, value)

    @property
    def formula(self) -> Any:
        """The formulas as Excel writes them, constants as text."""
        if self.area.is_empty:
            return None
        texts = read_formulas(self.sheet, self.area)
        return texts[0][0] if len(self) == 1 else texts

    @formula.setter
    def formula(self, value: Any) -> None:
        self.raw_value = value

    @property
    def formula2(self) -> Any:
        """The same as ``formula``: LibreOffice's formulas do not spill."""
        return self.formula

    @formula2.setter
    def formula2(self, value: Any) -> None:
        self.raw_value = value

    @property
    def formula_array(self) -> Any:
        """The formula of an array, or of the first cell."""
        return None if self.area.is_empty else read_formulas(self.sheet, self.area)[0][0]

    @formula_array.setter
    def formula_array(self, value: str) -> None:
        if not self.area.is_empty:
            self.cursor.setArrayFormula(to_office(value, self.sheet.book.table_names, lambda: self.sheet.tables.name_at(self.area)))

    @property
    def has_array(self) -> bool:
        """Whether the first cell belongs to an array formula."""
        return bool(str(self.sheet.cursor(self.area.part(0, 0)).getFormulaArray()[0][0]).startswith("{="))

    def clear_contents(self) -> None:
        """Empty the cells."""
        if not self.area.is_empty:
            self.cursor.clearContents(CONTENTS)

    def clear_formats(self) -> None:
        """Take the formats away."""
        self.cursor.clearContents(FORMATS)

    def clear(self) -> None:
        """Empty the cells and take formats and notes away."""
        if not self.area.is_empty:
            self.cursor.clearContents(CONTENTS | FORMATS | NOTES)
