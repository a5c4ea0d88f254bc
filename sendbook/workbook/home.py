"""The Home sheet: a link to every sheet with what it is for, and the figures that matter, live."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sendbook.tables import TABLES, Kind
from sendbook.workbook.excel import GREY, INK, LINE, LINK, NUMBER_FORMATS, as_result

HOME = "Home"


@dataclass(frozen=True)
class HomeFigure:
    """A figure on Home: its words and the formula that gives it."""

    label: str
    excel: str
    kind: Kind = Kind.WHOLE


def _on_roll(status: str) -> str:
    with_status = f'COUNTIFS(Pupils[SEN status],"{status}",Pupils[Leaving date],'
    return f'{with_status}"")+{with_status}">="&TODAY())'


FIGURES = (
    HomeFigure("Pupils with an EHC plan", _on_roll("E")),
    HomeFigure("Pupils on SEN support", _on_roll("K")),
    HomeFigure("Pupils being monitored", _on_roll("N")),
    HomeFigure(
        "Groups running today",
        'COUNTIFS(Groups[Group],"?*",Groups[Costed from],"<="&TODAY(),Groups[Costed to],">="&TODAY())',
    ),
    HomeFigure("School weeks in the costing year", "SUM(Weeks[In school])"),
    HomeFigure("Cost of provision this year", "SUM(Groups[Group cost])", Kind.MONEY),
    HomeFigure("Notional SEN budget", "N(School_notional_budget)", Kind.MONEY),
    HomeFigure("Top-up received", "SUM(Pupils[Top-up received])", Kind.MONEY),
    HomeFigure(
        "Reviews in the next 30 days", 'COUNTIFS(Reviews[Planned for],">="&TODAY(),Reviews[Planned for],"<="&TODAY()+30,Reviews[Held],"")'
    ),
    HomeFigure("Outcomes past their review date", 'COUNTIFS(Plans[Review by],"<"&TODAY(),Plans[Result],"")'),
)


def draw_home(sheet: Any, style: Any, computed: Mapping[tuple[str, str], Mapping[int, object]]) -> None:
    """Draw Home on XlsxWriter's `sheet`; `style(...)` makes formats; `computed` holds results by (Home, label), at row 0."""
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 3)
    sheet.set_column(1, 1, 34)
    sheet.set_column(2, 2, 18)
    sheet.set_column(3, 3, 4)
    sheet.set_column(4, 4, 18)
    sheet.set_column(5, 5, 76)
    sheet.set_row(0, 30)
    sheet.set_row(3, 22)
    name = as_result(computed.get((HOME, "School name"), {}).get(0))
    sheet.write_formula(
        0, 1, '=IF(School_name="","SEND register and provision map",School_name)', style(bold=True, font_size=20, font_color=INK), name
    )
    sheet.write_string(1, 1, "SEND register and provision map. Confidential: information about children.", style(font_color=GREY))
    _figures(sheet, style, computed)
    _links(sheet, style)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 1)
    sheet.protect("", {"select_locked_cells": True})
    sheet.activate()


def _figures(sheet: Any, style: Any, computed: Mapping[tuple[str, str], Mapping[int, object]]) -> None:
    sheet.write_string(3, 1, "Today", style(bold=True, font_size=14, font_color=INK))
    for r, f in enumerate(FIGURES, 4):
        result = as_result(computed.get((HOME, f.label), {}).get(0, 0))
        sheet.write_string(r, 1, f.label, style(bottom=4, bottom_color=LINE))
        look = style(num_format=NUMBER_FORMATS[f.kind], bold=True, bottom=4, bottom_color=LINE, align="right")
        sheet.write_formula(r, 2, "=" + f.excel, look, result)


def _links(sheet: Any, style: Any) -> None:
    sheet.write_string(3, 4, "Sheets", style(bold=True, font_size=14, font_color=INK))
    for r, model in enumerate(TABLES, 4):
        sheet.write_url(r, 4, f"internal:'{model.table}'!A1", style(font_color=LINK, underline=1), model.table)
        sheet.write_string(r, 5, model.about, style(font_color="#404040"))
