"""How cells look, and what is done to them; and charts."""

from __future__ import annotations

import openpyxl
import pytest


@pytest.fixture
def saved(book, tmp_path):
    def save():
        book.save(tmp_path / "saved.xlsx")
        return openpyxl.load_workbook(tmp_path / "saved.xlsx").worksheets[0]

    return save


@pytest.mark.parametrize(
    "code", ["dd/mm/yyyy", "£#,##0.00", "#,##0.##", "General", "@", "0%", "yyyy-mm-dd hh:mm", "[h]:mm", '0.0" h"', "[Red]-0.0"]
)
def test_number_formats(sheet, code):
    sheet["A1:B2"].number_format = code
    assert sheet["A1:B2"].number_format == sheet["B2"].number_format == code
    assert sheet["A1:C1"].number_format == (code if code == "General" else None)


def test_number_formats_of_files(app, tmp_path):
    codes = ["dd/mm/yyyy", "£#,##0.00", "@", "#,##0.00", "0.0%", "General"]
    made = openpyxl.Workbook()
    for place, code in enumerate(codes, start=1):
        made.active.cell(1, place, 5).number_format = code
    made.save(tmp_path / "codes.xlsx")
    with app.books.open(tmp_path / "codes.xlsx") as book:
        assert [book.sheets[0].range((1, place)).number_format for place in range(1, 7)] == codes


def test_cells(sheet, saved):
    cells = sheet["B2:C3"]
    assert (cells.color, cells.wrap_text, cells.horizontal_alignment, cells.vertical_alignment) == (None, False, "general", "bottom")
    cells.color, cells.wrap_text, cells.horizontal_alignment, cells.vertical_alignment = "#ff8000", True, "center", "top"
    assert (cells.color, cells.wrap_text, cells.horizontal_alignment, cells.vertical_alignment) == ((255, 128, 0), True, "center", "top")
    mixed = sheet["A1:C3"]
    assert (mixed.color, mixed.wrap_text, mixed.horizontal_alignment) == (None, None, None)
    cell = saved()["B2"]
    assert (cell.fill.fgColor.rgb, cell.alignment.wrap_text, cell.alignment.horizontal) == ("FFFF8000", True, "center")
    cells.color = None
    assert cells.color is None


def test_fonts(sheet, saved):
    font = sheet["A1"].font
    font.bold, font.italic, font.size, font.color, font.name = True, True, 14, (0, 128, 0), "Arial"
    assert (font.bold, font.italic, font.size, font.color, font.name) == (True, True, 14.0, (0, 128, 0), "Arial")
    assert sheet["A1:A2"].font.bold is None
    sheet["A1"].value = "x"
    found = saved()["A1"].font
    assert (found.b, found.i, found.sz, found.color.rgb, found.name) == (True, True, 14.0, "FF008000", "Arial")


def test_sizes(sheet, saved):
    sheet["B1"].column_width = 20
    sheet["A2"].row_height = 40
    sheet["A1"].value = "x"
    assert (sheet["B1"].column_width, sheet["A2"].row_height) == (20.0, 40.0)
    assert sheet["A1:B1"].column_width is None
    file = saved()
    # A file counts a column's margin as well: five pixels, where a digit has seven.
    assert file.column_dimensions["B"].width == pytest.approx(20 + 5 / 7, abs=0.1)
    assert file.row_dimensions[2].height == pytest.approx(40, abs=0.1)
    sheet["A1"].value = "a text that needs some room to be seen"
    sheet["A:A"].autofit()
    assert sheet["A1"].column_width > 25
    assert sheet["B1"].left == pytest.approx(sheet["A1"].width, abs=0.2)
    sheet["A1:C1"].rows.hidden = True
    assert sheet["A1"].rows.hidden is True


def test_borders(sheet, saved):
    sheet["B2:C3"].borders.set("outside", line_style="continuous", weight="medium", color=(1, 2, 3))
    edge = sheet["B2"].borders["edge_top"]
    assert (edge.line_style, edge.weight, edge.color) == ("continuous", "medium", (1, 2, 3))
    assert sheet["B2:C3"].borders["inside_vertical"].line_style == "none"
    sheet["B2"].value = 1
    assert saved()["B2"].border.left.style == "medium"
    sheet["B2:C3"].borders.clear()
    assert sheet["B2"].borders["edge_top"].line_style == "none"


def test_conditional_formats(sheet, saved):
    cells = sheet["A2:C9"]
    cells.conditional_formats.add_custom("=$B2>3", fill_color=(255, 0, 0), font_bold=True)
    cells.conditional_formats.add_custom('=AND($A2="x",$B2=1)', fill_color="#00ff00")
    found = [(rule.type, rule.formula, rule.fill_color, rule.font_bold) for rule in cells.conditional_formats]
    assert found == [("custom", '=AND($A2="x",$B2=1)', (0, 255, 0), False), ("custom", "=$B2>3", (255, 0, 0), True)]
    rules = [rule for group in saved().conditional_formatting for rule in group.rules]
    assert {rule.formula[0].replace(" ", "") for rule in rules} == {'AND($A2="x",$B2=1)', "$B2>3"}
    cells.conditional_formats[0].delete()
    assert len(cells.conditional_formats) == 1
    cells.conditional_formats.clear()
    assert len(cells.conditional_formats) == 0


def test_merging(sheet):
    sheet["B2:C3"].merge()
    assert sheet["C3"].merge_area.address == sheet["B2"].merge_area.address == "$B$2:$C$3"
    assert (sheet["B2:C3"].merge_cells, sheet["A1"].merge_cells, sheet["A1:C3"].merge_cells) == (True, False, None)
    sheet["B2"].unmerge()
    assert sheet["B2:C3"].merge_cells is False


def test_moving(sheet):
    sheet["A1:B3"].value = [[1, 2], [3, 4], [5, 6]]
    sheet["A2:B2"].insert("down")
    assert sheet["A1:A4"].value == [1, None, 3, 5]
    sheet["A2:B2"].delete("up")
    sheet["A1:B3"].copy(sheet["D1"])
    assert sheet["D1:E3"].value == sheet["A1:B3"].value
    assert sheet["A1:B3"].value == [[1, 2], [3, 4], [5, 6]]


def test_finding(sheet):
    sheet["B2:C4"].value = [[1, 2], [3, 4], [5, 6]]
    assert sheet.used_range.address == "$B$2:$C$4"
    assert sheet["B2"].expand().address == sheet["C3"].current_region.address == "$B$2:$C$4"
    assert [sheet["B2"].end(where).address for where in ("down", "right", "up", "left")] == ["$B$4", "$C$2", "$B$1", "$A$2"]
    assert sheet["B100"].end("up").address == "$B$4"
    assert sheet["B4"].end("down").address == "$B$1048576"
    assert sheet.cells.last_cell.address == "$XFD$1048576"
    assert sheet["B2:C4"][1:, 1].address == "$C$3:$C$4"
    assert sheet["B2"].offset(1, 1).resize(2, 1).address == "$C$3:$C$4"
    with pytest.raises(ValueError, match="neither an address nor a name"):
        _ = sheet["nothing"]


def test_links(sheet, saved):
    sheet["A1"].add_hyperlink("https://example.org/a", "Example")
    sheet["A2"].add_hyperlink("#Sheet1!B5", "There")
    assert (sheet["A1"].hyperlink, sheet["A1"].value) == ("https://example.org/a", "Example")
    assert sheet["A2"].hyperlink == "#Sheet1!B5"
    file = saved()
    assert (file["A1"].hyperlink.target, file["A2"].hyperlink.location) == ("https://example.org/a", "Sheet1!B5")


def test_selection(app, book, sheet):
    sheet["B2:C3"].select()
    assert book.impl.selection.address == "$B$2:$C$3"


@pytest.mark.parametrize("kind", ["bar_clustered", "bar_stacked", "column_clustered", "column_stacked", "line", "pie"])
def test_chart_types(sheet, kind):
    sheet["A1:C3"].value = [["", "A", "B"], ["x", 1, 2], ["y", 3, 4]]
    chart = sheet.charts.add(chart_type=kind, source=sheet["A1:C3"])
    assert chart.chart_type == kind


def test_charts(sheet, saved):
    sheet["A1:C5"].value = [["Year", "A", "B"], ["Y1", 1, 2], ["Y2", 3, 4], ["Y3", 5, 6], ["Y4", 7, 8]]
    chart = sheet.charts.add(100, 50, 300, 200, name="Plot")
    chart.set_source_data(sheet["A1:C5"])
    chart.chart_type = "bar_stacked"
    chart.title = "Hours"
    chart.legend.position = "bottom"
    chart.category_axis.reverse_order = True
    chart.value_axis.set(title="h", minimum_scale=0, maximum_scale=20)
    chart.series[0].fill_color = "#ff0000"
    assert (chart.left, chart.top, chart.width, chart.height) == (100, 50, 300, 200)
    assert [series.name for series in chart.series] == ["A", "B"]
    assert (chart.series[0].fill_color, chart.title, chart.legend.position) == ((255, 0, 0), "Hours", "bottom")
    assert (chart.category_axis.reverse_order, chart.value_axis.title, chart.value_axis.maximum_scale) == (True, "h", 20.0)
    assert [found.name for found in sheet.charts] == ["Plot"]
    found = saved()._charts[0]
    assert (found.type, found.grouping, found.x_axis.scaling.orientation, found.legend.position) == ("bar", "stacked", "maxMin", "b")
    assert [series.val.numRef.f.replace("$", "") for series in found.series] == ["Sheet1!B2:B5", "Sheet1!C2:C5"]
    assert found.series[0].graphicalProperties.solidFill.srgbClr.upper() == "FF0000"
    sheet.charts["Plot"].delete()
    assert len(sheet.charts) == 0


def test_charts_by_rows_and_other_categories(sheet):
    sheet["A1:D2"].value = [["x", "y", "z", "w"], [1, 2, 3, 4]]
    chart = sheet.charts.add(source=sheet["A1:D2"], chart_type="column_clustered")
    assert len(chart.series) == 1
    sheet["A5:D5"].value = ["p", "q", "r", "s"]
    chart.set_x_axis_values(sheet["A5:D5"])
    chart.left = 30
    assert chart.left == 30
    assert chart.name == "Chart 1"
