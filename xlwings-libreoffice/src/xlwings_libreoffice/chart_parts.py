"""Axes, legends and series of charts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from xlwings import base_classes
from xlwings.base_classes import _UNSET

from . import bridge
from .colours import from_office, to_office
from .quiet import quiet
from .unsupported import complete, refuse

if TYPE_CHECKING:
    from .charts import Chart

_POSITIONS = {"left": "LEFT", "top": "TOP", "right": "RIGHT", "bottom": "BOTTOM"}
_POSITION_NAMES = {value: name for name, value in _POSITIONS.items()}
_OTHER = {"X": "Y", "Y": "X"}
_CROSSES = {"automatic": "ZERO", "minimum": "START", "maximum": "END"}
_CROSSES_NAMES = {value: name for name, value in _CROSSES.items()} | {"VALUE": "custom"}


@complete(base_classes.ChartLegend)
@quiet
class Legend:
    """A chart's legend."""

    def __init__(self, chart: Chart) -> None:
        self.book = chart.book
        self._chart = chart

    @property
    def api(self) -> Any:
        """LibreOffice's legend, None if it is not shown."""
        return self._chart.model.getLegend() if self.visible else None

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return bool(self._chart.model.HasLegend)

    @visible.setter
    def visible(self, value: bool) -> None:
        self._chart.model.HasLegend = bool(value)

    @property
    def position(self) -> str | None:
        """On which side it is, None if it is not shown."""
        return _POSITION_NAMES.get(self.api.Alignment.value) if self.visible else None

    @position.setter
    def position(self, value: str) -> None:
        if value not in _POSITIONS:
            refuse(f"a legend in the {value}")
        self.visible = True
        self.api.Alignment = bridge.enum("chart.ChartLegendPosition", _POSITIONS[value])


@complete(base_classes.ChartAxis)
@quiet
class Axis:
    """One axis of a chart."""

    def __init__(self, chart: Chart, letter: str) -> None:
        self.book = chart.book
        self._chart = chart
        self._letter = letter

    @property
    def _diagram(self) -> Any:
        return self._chart.model.getDiagram()

    @property
    def api(self) -> Any:
        """LibreOffice's axis."""
        return getattr(self._diagram, f"get{self._letter}Axis")()

    @property
    def visible(self) -> bool:
        """Whether it is shown."""
        return bool(self._diagram.getPropertyValue(f"Has{self._letter}Axis"))

    @property
    def title(self) -> str | None:
        """Its title, None if it has none."""
        diagram = self._diagram
        if not diagram.getPropertyValue(f"Has{self._letter}AxisTitle"):
            return None
        return str(getattr(diagram, f"get{self._letter}AxisTitle")().String)

    @property
    def minimum_scale(self) -> float:
        """Where it begins."""
        return float(self.api.Min)

    @property
    def maximum_scale(self) -> float:
        """Where it ends."""
        return float(self.api.Max)

    @property
    def major_unit(self) -> float:
        """How far its marks are apart."""
        return float(self.api.StepMain)

    @property
    def number_format(self) -> str:
        """The format of its numbers."""
        return self._chart.parent.book.formats.code(int(self.api.NumberFormat))

    @property
    def reverse_order(self) -> bool:
        """Whether it runs the other way round."""
        return bool(self.api.ReverseDirection)

    @property
    def crosses(self) -> str:
        """Where the other axis crosses this one."""
        return _CROSSES_NAMES[self._crossing.CrossoverPosition.value]

    @property
    def _crossing(self) -> Any:
        return Axis(self._chart, _OTHER[self._letter]).api

    def set(self, *, visible: Any = _UNSET, title: Any = _UNSET, crosses: Any = _UNSET, number_format: Any = _UNSET, **values: Any) -> None:
        """Change some of the above."""
        if visible is not _UNSET:
            self._diagram.setPropertyValue(f"Has{self._letter}Axis", visible)
        if title is not _UNSET:
            self._set_title(title)
        if crosses is not _UNSET:
            self._crossing.CrossoverPosition = bridge.enum("chart.ChartAxisPosition", _CROSSES[crosses])
        if number_format is not _UNSET:
            axis = self.api
            axis.LinkNumberFormatToSource = False
            axis.NumberFormat = self._chart.parent.book.formats.key(number_format)
        self._set_scale({name: value for name, value in values.items() if value is not _UNSET})

    def _set_title(self, title: str | None) -> None:
        diagram = self._diagram
        diagram.setPropertyValue(f"Has{self._letter}AxisTitle", title is not None)
        if title is not None:
            getattr(diagram, f"get{self._letter}AxisTitle")().String = title

    def _set_scale(self, values: dict[str, Any]) -> None:
        axis: Any = self.api if values else None
        for name, (own, automatic) in _SCALE.items():
            if name in values and values[name] is None:
                axis.setPropertyValue(automatic, True)
            elif name in values:
                axis.setPropertyValue(own, float(values[name]))
        if "reverse_order" in values:
            axis.setPropertyValue("ReverseDirection", values["reverse_order"])


_SCALE = {"minimum_scale": ("Min", "AutoMin"), "maximum_scale": ("Max", "AutoMax"), "major_unit": ("StepMain", "AutoStepMain")}


@complete(base_classes.ChartSeries)
@quiet
class Series:
    """One series of a chart."""

    def __init__(self, chart: Chart, native: Any) -> None:
        self.book = chart.book
        self._chart = chart
        self._native = native

    @property
    def api(self) -> Any:
        """LibreOffice's series."""
        return self._native

    @property
    def name(self) -> str:
        """The name in the legend."""
        label = self._native.getDataSequences()[0].getLabel()
        return " ".join(str(part) for part in label.getTextualData()) if label is not None else ""

    @property
    def fill_color(self) -> tuple[int, int, int]:
        """The colour of its bars or areas."""
        return from_office(self._native.getPropertyValue("Color"))

    @property
    def line_color(self) -> tuple[int, int, int]:
        """The colour of its line, or of the line around its bars."""
        return from_office(self._native.getPropertyValue(self._line_property()))

    def _line_property(self) -> str:
        return "BorderColor" if "Bar" in self._chart.model.getDiagram().getDiagramType() else "Color"

    def set(self, *, name: Any = _UNSET, fill_color: Any = _UNSET, line_color: Any = _UNSET, **others: Any) -> None:
        """Change the colours."""
        unknown = [key for key, value in others.items() if value is not _UNSET]
        if unknown:
            refuse(f"{', '.join(unknown)} of a series")
        if name is not _UNSET:
            # LibreOffice would save a text here to Excel's files as the address of a cell, and lose it as other charts come.
            refuse("a name for a series other than what is in its cell; write the name there")
        if fill_color is not _UNSET:
            self._native.setPropertyValue("Color", to_office(fill_color))
        if line_color is not _UNSET:
            self._native.setPropertyValue(self._line_property(), to_office(line_color))


@complete(base_classes.ChartSeriesCollection)
@quiet
class SeriesCollection:
    """The series of a chart."""

    def __init__(self, chart: Chart) -> None:
        self.book = chart.book
        self._chart = chart

    @property
    def api(self) -> Any:
        """LibreOffice's series, of all the kinds of diagram in the chart."""
        systems = self._chart.model.getFirstDiagram().getCoordinateSystems()
        return [native for system in systems for kind in system.getChartTypes() for native in kind.getDataSeries()]

    def __len__(self) -> int:
        return len(self.api)

    def __iter__(self) -> Iterator[Series]:
        return iter([Series(self._chart, native) for native in self.api])

    def __call__(self, key: int) -> Series:
        """The series at a place counted from one."""
        found = self.api
        if not isinstance(key, int) or not 1 <= key <= len(found):
            raise KeyError(key)
        return Series(self._chart, found[key - 1])
