"""Charts on sheets."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from xlwings import base_classes

from . import bridge
from .cell_formats import office_address
from .chart_parts import Axis, Legend, SeriesCollection
from .quiet import quiet
from .range_values import read
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .range_base import RangeBase
    from .sheets import Sheet

# For each of xlwings' names the kind of LibreOffice's diagram and what has to be set in it.
_BAR = "BarDiagram"
_TYPES: dict[str, tuple[str, dict[str, Any]]] = {
    "column_clustered": (_BAR, {"Vertical": False, "Stacked": False, "Percent": False}),
    "column_stacked": (_BAR, {"Vertical": False, "Stacked": True, "Percent": False}),
    "column_stacked_100": (_BAR, {"Vertical": False, "Stacked": True, "Percent": True}),
    "bar_clustered": (_BAR, {"Vertical": True, "Stacked": False, "Percent": False}),
    "bar_stacked": (_BAR, {"Vertical": True, "Stacked": True, "Percent": False}),
    "bar_stacked_100": (_BAR, {"Vertical": True, "Stacked": True, "Percent": True}),
    "line": ("LineDiagram", {"SymbolType": -3}),
    "line_markers": ("LineDiagram", {"SymbolType": -2}),
    "area": ("AreaDiagram", {"Stacked": False, "Percent": False}),
    "area_stacked": ("AreaDiagram", {"Stacked": True, "Percent": False}),
    "pie": ("PieDiagram", {}),
    "doughnut": ("DonutDiagram", {}),
    "xy_scatter": ("XYDiagram", {"Lines": False}),
}

_CHART_CLASS = "12dcae26-281f-416f-a234-c3086127382e"


@complete(base_classes.Chart)
@quiet
class Chart:
    """One chart."""

    def __init__(self, sheet: Sheet, shape: Any) -> None:
        self.book = sheet.book
        self._sheet = sheet
        self._shape = shape
        self._model: Any = None

    @property
    def api(self) -> tuple[Any, Any]:
        """LibreOffice's shape, and the chart in it."""
        return self._shape, self.model

    @property
    def model(self) -> Any:
        """LibreOffice's chart. It is kept, as long as LibreOffice keeps it in memory."""
        if self._model is None or not _lives(self._model):
            self._model = self._shape.Model
        return self._model

    @property
    def parent(self) -> Sheet:
        """The sheet the chart is on."""
        return self._sheet

    @property
    def name(self) -> str:
        """The chart's name."""
        return str(self._shape.Name or self._shape.PersistName)

    @name.setter
    def name(self, value: str) -> None:
        self._shape.Name = value

    @property
    def chart_type(self) -> str:
        """The kind of chart."""
        diagram = self.model.getDiagram()
        kind = diagram.getDiagramType().rpartition(".")[2]

        def fits(service: str, wanted: dict[str, Any]) -> bool:
            return service == kind and all(_same(diagram.getPropertyValue(key), value) for key, value in wanted.items())

        found = [name for name, (service, wanted) in _TYPES.items() if fits(service, wanted)]
        return found[0] if found else refuse(f"telling the kind of a chart with a {kind}")

    @chart_type.setter
    def chart_type(self, value: str) -> None:
        if value not in _TYPES:
            refuse(f"charts of the kind {value!r}")
        service, wanted = _TYPES[value]
        model = self.model
        if model.getDiagram().getDiagramType() != f"com.sun.star.chart.{service}":
            model.setDiagram(model.createInstance(f"com.sun.star.chart.{service}"))
        diagram = model.getDiagram()
        for key, setting in wanted.items():
            diagram.setPropertyValue(key, setting)

    @property
    def title(self) -> str | None:
        """The heading, None if there is none."""
        return str(self.model.getTitle().String) if self.model.HasMainTitle else None

    @title.setter
    def title(self, value: str | None) -> None:
        model = self.model
        model.HasMainTitle = value is not None
        if value is not None:
            model.getTitle().String = value

    @property
    def legend(self) -> Legend:
        """The legend."""
        return Legend(self)

    @property
    def category_axis(self) -> Axis:
        """The axis of the categories."""
        return Axis(self, "X")

    @property
    def value_axis(self) -> Axis:
        """The axis of the values."""
        return Axis(self, "Y")

    @property
    def series(self) -> SeriesCollection:
        """What is shown side by side."""
        return SeriesCollection(self)

    # Data

    def set_source_data(self, rng: RangeBase, plot_by: str | None = None) -> None:
        """Show these cells; as in Excel, the longer side is that of the categories, and texts on the edges name things."""
        is_new = not len(self.series)
        if self._show(rng, plot_by) > 1 and is_new:
            self.model.HasLegend = True

    def _show(self, rng: RangeBase, plot_by: str | None) -> int:
        """Take the data from these cells, and give how many series they are."""
        rows, columns = rng.area.rows, rng.area.columns
        by_columns = plot_by == "columns" if plot_by else rows >= columns
        first_row_names = rows > 1 and _is_names(read(rng.sheet, rng.area.part(0, 0, 1, columns))[0])
        first_column_names = columns > 1 and _is_names([line[0] for line in read(rng.sheet, rng.area.part(0, 0, rows, 1))])
        self.model.setArguments(
            bridge.properties(
                CellRangeRepresentation=office_address(rng.sheet.name, rng.area),
                DataRowSource=bridge.enum("chart.ChartDataRowSource", "COLUMNS" if by_columns else "ROWS"),
                FirstCellAsLabel=first_row_names if by_columns else first_column_names,
                HasCategories=first_column_names if by_columns else first_row_names,
            )
        )
        return columns - first_column_names if by_columns else rows - first_row_names

    def set_x_axis_values(self, rng: RangeBase) -> None:
        """Take the categories' names from these cells."""
        model = self.model
        sequence = model.getDataProvider().createDataSequenceByRangeRepresentation(office_address(rng.sheet.name, rng.area))
        sequence.Role = "categories"
        labelled = self._sheet.book.app.office.service("chart2.data.LabeledDataSequence")
        labelled.setValues(sequence)
        axis = model.getFirstDiagram().getCoordinateSystems()[0].getAxisByDimension(0, 0)
        scale = axis.getScaleData()
        scale.Categories = labelled
        axis.setScaleData(scale)

    # Place

    def _move(self, x: float | None = None, y: float | None = None) -> None:
        place = self._shape.Position
        place.X = place.X if x is None else bridge.from_points(x)
        place.Y = place.Y if y is None else bridge.from_points(y)
        self._shape.setPosition(place)

    def _stretch(self, width: float | None = None, height: float | None = None) -> None:
        size = self._shape.Size
        size.Width = size.Width if width is None else bridge.from_points(width)
        size.Height = size.Height if height is None else bridge.from_points(height)
        self._shape.setSize(size)

    @property
    def left(self) -> float:
        """How far the chart is from the sheet's left edge, in points."""
        return bridge.to_points(self._shape.Position.X)

    @left.setter
    def left(self, value: float) -> None:
        self._move(x=value)

    @property
    def top(self) -> float:
        """How far the chart is from the sheet's top, in points."""
        return bridge.to_points(self._shape.Position.Y)

    @top.setter
    def top(self, value: float) -> None:
        self._move(y=value)

    @property
    def width(self) -> float:
        """The chart's width in points."""
        return bridge.to_points(self._shape.Size.Width)

    @width.setter
    def width(self, value: float) -> None:
        self._stretch(width=value)

    @property
    def height(self) -> float:
        """The chart's height in points."""
        return bridge.to_points(self._shape.Size.Height)

    @height.setter
    def height(self, value: float) -> None:
        self._stretch(height=value)

    def delete(self) -> None:
        """Take the chart away."""
        self._sheet.draw_page.remove(self._shape)


def _shape(page: Any, place: int) -> tuple[Any, str]:
    """A shape and what kind of object it is.

    Where the last object for a shape is only just given back, LibreOffice may answer with one that knows nothing any more. It is soon gone.
    """
    for wait in (0.0, 0.001, 0.01, 0.1):
        shape: Any = None  # the lifeless one is given back first
        time.sleep(wait)
        shape = page.getByIndex(place)
        kind = getattr(shape, "CLSID", "")  # most shapes have none
        if kind is not None:
            break
    return shape, str(kind).lower()


def _same(found: Any, wanted: Any) -> bool:
    return (found == -3) == (wanted == -3) if isinstance(wanted, int) and not isinstance(wanted, bool) else bool(found == wanted)


def _lives(model: Any) -> bool:
    try:
        model.hasControllersLocked()
    except Exception:  # UNO's own exception types exist only at run time: LibreOffice has put the chart away
        return False
    return True


def _is_names(line: Sequence[Any]) -> bool:
    """Whether the first row or column names what is beside it; the corner does not count."""
    return not any(_is_number(value) for value in line[1:] or line)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


@complete(base_classes.Charts)
@quiet
class Charts:
    """The charts of one sheet."""

    def __init__(self, sheet: Sheet) -> None:
        self.book = sheet.book
        self._sheet = sheet

    @property
    def api(self) -> Any:
        """LibreOffice's list of charts."""
        return self._sheet.native_charts

    @property
    def parent(self) -> Sheet:
        """The sheet."""
        return self._sheet

    def __iter__(self) -> Iterator[Chart]:
        page = self._sheet.draw_page
        for place in range(page.getCount()):
            shape, kind = _shape(page, place)
            if kind == _CHART_CLASS:
                yield Chart(self._sheet, shape)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, key: str | int) -> bool:
        with contextlib.suppress(KeyError):
            return bool(self(key))
        return False

    def __call__(self, key: str | int) -> Chart:
        """The chart of a name, or of a place counted from one."""
        for place, chart in enumerate(self, start=1):
            if key == place or (isinstance(key, str) and chart.name.casefold() == key.casefold()):
                return chart
        raise KeyError(key)

    def add(
        self,
        left: float,
        top: float,
        width: float,
        height: float,
        chart_type: str | None = None,
        source: RangeBase | None = None,
        plot_by: str | None = None,
        name: str | None = None,
        anchor: Any = None,
        style: int | None = None,
    ) -> Chart:
        """A new chart; LibreOffice has no numbered styles, so that ``style`` changes nothing."""
        if anchor is not None:
            left, top = anchor.left, anchor.top
        chart = self._new(left, top, width, height)
        if source is not None and chart._show(source, plot_by) > 1:
            chart.model.HasLegend = True
        if chart_type is not None:
            chart.chart_type = chart_type
        chart.name = name or self._free_name()
        return chart

    def _new(self, left: float, top: float, width: float, height: float) -> Chart:
        persistent = f"Chart{uuid4().hex}"  # one that no chart has in any sheet: two of one name would be one
        x, y, across, down = (bridge.from_points(points) for points in (left, top, width, height))
        self.api.addNewByName(persistent, bridge.struct("awt.Rectangle", X=x, Y=y, Width=across, Height=down), (), False, False)
        page = self._sheet.draw_page
        chart = Chart(self._sheet, _shape(page, page.getCount() - 1)[0])
        model = chart.model
        model.attachDataProvider(self._sheet.book.api.createInstance("com.sun.star.chart2.data.DataProvider"))
        model.setDiagram(model.createInstance("com.sun.star.chart.BarDiagram"))
        model.getDiagram().Wall.FillStyle = bridge.enum("drawing.FillStyle", "NONE")  # as Excel's charts
        return chart

    def _free_name(self) -> str:
        if self._sheet.draw_page.getCount() == 1:
            return "Chart 1"
        taken = {chart.name for chart in self}
        return next(f"Chart {number}" for number in range(1, len(taken) + 2) if f"Chart {number}" not in taken)
