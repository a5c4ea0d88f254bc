"""Making the master workbook: every sheet from the tables' declarations, with nothing in it but what a SENCo can use."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.utility import xl_col_to_name, xl_range_abs, xl_rowcol_to_cell

from sendbook.law import CodeSet, code_sets
from sendbook.tables import TABLES, Column, Formula, Kind, ListEntry, Row, School, columns, layout
from sendbook.workbook.closed import SCHEMA, SCHEMA_PROPERTY
from sendbook.workbook.excel import (
    ALIGNED,
    GREY,
    HEADING,
    LINK,
    NUMBER_FORMATS,
    TABLE_STYLE,
    TITLE,
    as_result,
    in_cells,
    in_file,
    row_height,
    write_value,
)  # fmt: skip
from sendbook.workbook.home import HOME, draw_home
from sendbook.workbook.rows import FIRST_ROW, FORM_HEADINGS
from sendbook.workbook.safe import write_beside
from sendbook.workbook.sheet import Sheet

Values = Mapping[str, object]  # a row: field name to value, money in pounds
Computed = Mapping[tuple[str, str], Mapping[int, object]]  # (table, heading) to a formula column's results by sheet row

HEADER = FIRST_ROW - 2  # row of the headings, counted from 0; above it stand the title, what the sheet is for, and the way home
SPARE_ROWS = 2000  # dropdowns and highlights reach so many rows, so that typing below the table finds them
SCHOOL_STARTS_WITH = {"pupil_weeks": 39, "young_person_age": 16, "show_costs": False}
PAGE_WIDTH = 260  # characters that still read when printed on one page across
HALF_TERMS = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")


def academic_year(today: date) -> tuple[date, date]:
    """First and last day, 1 September to 31 August, of the academic year a date is in."""
    first = today.year if today.month >= 9 else today.year - 1
    return date(first, 9, 1), date(first + 1, 8, 31)


def blank_rows(today: date) -> dict[type[Row], list[dict[str, object]]]:
    """What a new workbook starts with: the settings that have a usual value, and the half terms' names."""
    first, last = academic_year(today)
    school = {**SCHOOL_STARTS_WITH, "costing_from": first, "costing_to": last}
    terms = next(m for m in TABLES if m.table == "Terms")
    return {School: [school], terms: [{"name": name} for name in HALF_TERMS]}


def write_master(
    path: Path,
    rows: Mapping[type[Row], Sequence[Values]],
    computed: Computed | None = None,
    start: Callable[[Any], None] = lambda book: None,
    finish: Callable[[Any], None] = lambda book: None,
) -> None:
    """Write a master workbook with these rows. `computed` are the results shown until Excel works the formulas out itself.

    `start` may add to XlsxWriter's workbook before it has a sheet, `finish` before it is closed.
    The same rows make the same parts, byte for byte: no clock is read. (How they are packed is zlib's.) Raises CannotDo where the file cannot be written.
    """
    with write_beside(path) as beside:
        _Master(beside, rows, computed or {}).write(start, finish)


def lists_rows(more: Sequence[Values] = ()) -> list[Values]:
    """The rows of the Lists table: every code set behind a dropdown, one after another, each with what the school adds to it."""
    rows: list[Values] = []
    for codes in code_sets().values():
        rows += [{"list": codes.name, "code": c.code, "meaning": c.meaning} for c in codes.codes]
        rows += [entry for entry in more if entry.get("list") == codes.name and not codes.get(str(entry.get("code")))]
    return rows


class _Master:
    """Holds one workbook while it is written."""

    def __init__(self, path: Path, rows: Mapping[type[Row], Sequence[Values]], computed: Computed) -> None:
        self.book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False})
        self.rows: dict[type[Row], Sequence[Values]] = dict(rows)
        self.rows[ListEntry] = lists_rows(rows.get(ListEntry, ()))
        self.computed = computed
        self.red = self.book.add_format({"bg_color": "#FFC7CE", "font_color": "#9C0006"})
        self.styles: dict[tuple[tuple[str, object], ...], Any] = {}

    def write(self, start: Callable[[Any], None], finish: Callable[[Any], None]) -> None:
        """All sheets, in the order of the tables, after Home."""
        self.book.set_calc_mode("auto")
        self.book.set_properties(
            {"title": "SEND register and provision map", "created": datetime(2026, 1, 1, tzinfo=UTC).replace(tzinfo=None)}
        )
        self.book.set_custom_property(SCHEMA_PROPERTY, SCHEMA, "number")
        start(self.book)
        home = self.book.add_worksheet(HOME, Sheet)
        for model in TABLES:
            sheet = self.book.add_worksheet(model.table, Sheet)
            self._dress(sheet, model)
            if model.layout == "form":
                self._form(sheet, model)
            else:
                self._table(sheet, model)
        self._names()
        draw_home(home, self.style, self.computed)
        finish(self.book)
        self.book.close()

    def style(self, **what: object) -> Any:
        """A cell format, made once."""
        key = tuple(sorted(what.items()))
        if key not in self.styles:
            self.styles[key] = self.book.add_format({"font_name": "Calibri", "font_size": 11, "valign": "top", **what})
        return self.styles[key]

    def _dress(self, sheet: Any, model: type[Row]) -> None:
        sheet.write_string(0, 0, model.table, self.style(**TITLE))
        sheet.set_row(0, 24)
        sheet.write_string(1, 0, model.about, self.style(font_color=GREY))
        sheet.write_url(2, 0, f"internal:'{HOME}'!A1", self.style(font_color=LINK, underline=1), "Home")
        sheet.hide_gridlines(2)
        sheet.set_paper(9)
        sheet.set_landscape()
        sheet.repeat_rows(HEADER)
        self._fit(sheet, model)
        sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
        sheet.set_header(f"&L{model.table}&RConfidential: information about children")
        sheet.set_footer("&L&F&CPage &P of &N&R&D")

    def _fit(self, sheet: Any, model: type[Row]) -> None:
        """One page wide where that can be read; else several, each with the columns a row goes by."""
        placed = _printed(model)
        if len(placed) < len(layout(model)):
            sheet.print_area(0, 0, 1_048_575, len(placed) - 1)  # whole columns, so that it grows with the table
        if model.layout == "form" or sum(c.width for c in placed) <= PAGE_WIDTH:
            sheet.fit_to_pages(1, 0)
        else:
            sheet.set_print_scale(60)
            sheet.repeat_columns(0, _frozen(placed) - 1)

    # --- tables of rows ---
    def _table(self, sheet: Any, model: type[Row]) -> None:
        placed, rows = layout(model), self.rows.get(model, ())
        count = model.derived or max(len(rows), 1)
        last = HEADER + count
        sheet.freeze_panes(HEADER + 1, _frozen(placed))
        self._headings(sheet, model, placed)
        for i, c in enumerate(placed):
            sheet.set_column(i, i, c.width)
        sheet.add_table(HEADER, 0, last, len(placed) - 1, self._table_options(model, placed))
        sheet.table_formulas([in_file(c.excel, model.table) if isinstance(c, Formula) else None for c in placed])
        for r, values in enumerate(rows or [{}] * (not model.derived), HEADER + 1):
            self._cells(sheet, r, placed, values)
        self._formulas(sheet, model, placed, count)
        for i, c in enumerate(placed):
            self._guard(sheet, model, c, i, max(last, HEADER + SPARE_ROWS))
        if model.derived:
            sheet.protect("", {"select_locked_cells": True, "format_columns": True})

    def _table_options(self, model: type[Row], placed: Sequence[Column | Formula]) -> dict[str, Any]:
        heads = [
            {
                "header": c.heading,
                "header_format": self.style(**HEADING),
                "format": self._cell_style(c),
            }
            for c in placed
        ]
        return {"name": model.table, "columns": heads, "style": TABLE_STYLE}

    def _headings(self, sheet: Any, model: type[Row], placed: Sequence[Column | Formula]) -> None:
        sheet.set_row(HEADER, 48)
        for i, c in enumerate(placed):
            sheet.write_comment(
                HEADER, i, c.help, {"author": "Sendbook", "x_scale": 1.6, "y_scale": 0.7, "font_size": 10, "font_name": "Calibri"}
            )

    @cache  # noqa: B019 - lives as long as the one workbook
    def _cell_style(self, c: Column | Formula) -> Any:
        worked_out = {"font_color": GREY, "italic": True, "bg_color": "#F2F2F2"} if isinstance(c, Formula) else {}
        wrap = {"text_wrap": True} if c.kind is Kind.PROSE else {}
        return self.style(
            num_format=NUMBER_FORMATS[c.kind], bottom=1, bottom_color="#E7E6E6", **ALIGNED.get(c.kind, {}), **worked_out, **wrap
        )

    def _cells(self, sheet: Any, r: int, placed: Sequence[Column | Formula], values: Values) -> None:
        prose = ((values.get(c.name), c.width) for c in placed if isinstance(c, Column) and c.kind is Kind.PROSE)
        if height := row_height(prose):
            sheet.set_row(r, height)
        for i, c in enumerate(placed):
            if isinstance(c, Column):  # blank cells too have their format, so that what is typed or imported looks right
                write_value(sheet, r, i, values.get(c.name), self._cell_style(c))

    def _formulas(self, sheet: Any, model: type[Row], placed: Sequence[Column | Formula], count: int) -> None:
        """The formulas again with their results, which viewers that do not calculate can show."""
        for i, c in enumerate(placed):
            if isinstance(c, Formula):
                results = self.computed.get((model.table, c.heading), {})
                formula, style = in_file(c.excel, model.table), self._cell_style(c)
                for r in range(HEADER + 1, HEADER + 1 + count):
                    sheet.write_formula(r, i, formula, style, as_result(results.get(r + 1)))

    # --- the form ---
    def _form(self, sheet: Any, model: type[Row]) -> None:
        fields = columns(model)
        values = (self.rows.get(model) or [{}])[0]
        sheet.set_column(0, 0, 28)
        sheet.set_column(1, 1, 44)
        sheet.set_column(2, 2, 80)
        sheet.freeze_panes(HEADER + 1, 1)
        heads = [{"header": h, "header_format": self.style(**HEADING)} for h in FORM_HEADINGS]
        options = {"name": model.table, "columns": heads, "style": TABLE_STYLE, "autofilter": False}
        sheet.add_table(HEADER, 0, HEADER + len(fields), 2, options)
        for r, c in enumerate(fields, HEADER + 1):
            sheet.write_string(r, 0, c.heading, self.style(bold=True))
            write_value(sheet, r, 1, values.get(c.name), self.style(num_format=NUMBER_FORMATS[c.kind], align="left", text_wrap=True))
            sheet.write_string(r, 2, c.help, self.style(font_color=GREY, text_wrap=True))
            self.book.define_name(f"{model.table}_{c.name}", f"={model.table}!{xl_rowcol_to_cell(r, 1, True, True)}")
            self._validate(sheet, c, (r, 1, r, 1))
            self._red(sheet, _wrong_kind(c, xl_rowcol_to_cell(r, 1)), (r, 1, r, 1))
            if c.needed:
                self._red(sheet, f'{xl_rowcol_to_cell(r, 1)}=""', (r, 1, r, 1))

    # --- dropdowns and highlights ---
    def _guard(self, sheet: Any, model: type[Row], c: Column | Formula, at: int, last: int) -> None:
        area = (HEADER + 1, at, last, at)
        if isinstance(c, Formula):
            text = "This column works itself out. Press Esc; to change the result, change the cells it is made from."
            sheet.data_validation(*area, {"validate": "custom", "value": "=FALSE", "error_title": c.heading[:32], "error_message": text})
            return
        self._validate(sheet, c, area)
        cell = f"${xl_col_to_name(at)}{HEADER + 2}"
        self._red(sheet, _wrong_kind(c, cell), area)
        if c.needed:
            width = f"$A{HEADER + 2}:${xl_col_to_name(len(layout(model)) - 1)}{HEADER + 2}"
            spared = f",NOT({in_cells(c.needed_unless, lambda heading: _cell_of(model, heading))})" if c.needed_unless else ""
            self._red(sheet, f'AND({cell}="",{_filled(model, width)}{spared})', area)
        for highlight in (h for h in model.highlights if h.name == c.name):
            self._red(sheet, in_cells(highlight.excel, lambda heading: _cell_of(model, heading)), area)

    def _validate(self, sheet: Any, c: Column, area: tuple[int, int, int, int]) -> None:
        source = _source(c)
        if source:
            warn = "stop" if c.choices or c.kind is Kind.YES_NO else "information"
            text = f"{c.heading} is usually chosen from the list. {c.help}"[:255]
            sheet.data_validation(
                *area, {"validate": "list", "source": source, "error_type": warn, "error_title": c.heading[:32], "error_message": text}
            )
        elif c.kind is Kind.DATE:
            limits = {"criteria": "between", "minimum": date(1920, 1, 1), "maximum": date(2100, 12, 31)}
            text = "Type the date as day/month/year, for example 03/09/2026."
            sheet.data_validation(*area, {"validate": "date", **limits, "error_title": c.heading[:32], "error_message": text})
        elif c.kind in (Kind.WHOLE, Kind.MONEY):
            kind = "integer" if c.kind is Kind.WHOLE else "decimal"
            text = f"Type a number of 0 or more. {c.help}"[:255]
            sheet.data_validation(
                *area, {"validate": kind, "criteria": ">=", "value": 0, "error_title": c.heading[:32], "error_message": text}
            )

    def _red(self, sheet: Any, formula: str, area: tuple[int, int, int, int]) -> None:
        if formula:
            sheet.conditional_format(*area, {"type": "formula", "criteria": "=" + formula, "format": self.red})

    def _names(self) -> None:
        """Names behind the dropdowns: `list_...` for code sets, `pick_...` for the rows of other tables."""
        entries, at = self.rows[ListEntry], 0
        for key, codes in code_sets().items():
            size = sum(1 for e in entries if e["list"] == codes.name)
            self.book.define_name(f"list_{key}", _list_range(codes, at, size))
            at += size
        for table, heading in PICKS.items():
            self.book.define_name(f"pick_{table}", f"={table}[{heading}]")
        self.book.define_name("pick_UPN", "=Pupils[UPN]")


PICKS = {"Pupils": "Pupil", "Staff": "Name", "Provisions": "Provision", "Groups": "Group"}  # what a link's dropdown offers


def _list_range(codes: CodeSet, at: int, size: int) -> str:
    """A set's codes in Lists. A school's own list grows by rows put in within it; a fixed one stays as it is."""
    first = HEADER + 1 + at
    return f"=Lists!{xl_range_abs(first, 1, first + size - 1, 1)}"


def _printed(model: type[Row]) -> Sequence[Column | Formula]:
    placed = layout(model)
    headings = [c.heading for c in placed]
    return placed[: headings.index(model.printed_to) + 1] if model.printed_to else placed


def _frozen(placed: Sequence[Column | Formula]) -> int:
    """How many columns stay in view: those up to the name a row goes by."""
    keys = [i for i, c in enumerate(placed[:4]) if c.heading in {*PICKS.values(), "Term", "List"}]
    return (keys[0] if keys else 0) + 1


def _source(c: Column) -> str | list[str] | None:
    if c.kind is Kind.YES_NO:
        return ["Yes", "No"]
    if c.choices or c.suggest:
        return f"=list_{c.choices or c.suggest}"
    return f"=pick_{c.link}" if c.link else None


def _wrong_kind(c: Column, cell: str) -> str:
    """A condition under which the cell holds something its column cannot."""
    if c.kind in (Kind.DATE, Kind.WHOLE, Kind.NUMBER, Kind.MONEY):
        return f'AND({cell}<>"",NOT(ISNUMBER({cell})))'
    if c.kind is Kind.YES_NO:
        return f'AND({cell}<>"",{cell}<>"Yes",{cell}<>"No")'
    if c.choices:
        return f'AND({cell}<>"",COUNTIF(list_{c.choices},{cell})=0)'
    if c.link == "Pupils":
        return f'AND({cell}<>"",ISNA(MATCH({cell},pick_Pupils,0)),ISNA(MATCH({cell},pick_UPN,0)))'
    return f'AND({cell}<>"",ISNA(MATCH({cell},pick_{c.link},0)))' if c.link else ""


def _filled(model: type[Row], width: str) -> str:
    """Something stands in the row; formula columns show nothing or 0 in a blank one, so filled cells are counted without them."""
    return f"COUNTA({width})>{len(model.formulas)}"


def _cell_of(model: type[Row], heading: str) -> str:
    at = [c.heading for c in layout(model)].index(heading)
    return f"${xl_col_to_name(at)}{HEADER + 2}"
