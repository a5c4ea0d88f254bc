"""What the buttons ask of xlwings is there in its engines for Excel on Windows and macOS too, which cannot run here."""

import ast
import sys
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from sendbook import ribbon

# Asked in each application's own words (`live/own_words.py`), or part of how our engine works.
CALLED = {"Axis": "ChartAxis", "Legend": "ChartLegend", "Series": "ChartSeries", "SeriesCollection": "ChartSeriesCollection"}
NOT_ASKED_THERE = {("Table", "delete"), ("Sheet", "freeze_panes"), ("FreezePanes", "freeze_at"), ("Names", "snapshot")}


@cache
def engine(name: str) -> dict[str, set[str]]:
    """What each class of an engine of xlwings' has, read in its source: it cannot be imported on this system."""
    folder = Path(str(find_spec("xlwings").origin)).parent  # type: ignore[union-attr]
    classes = {n.name: n for n in ast.parse((folder / f"{name}.py").read_text(encoding="utf-8")).body if isinstance(n, ast.ClassDef)}

    def has(of: str) -> set[str]:
        if of not in classes:
            return set()
        own = {m.name for m in classes[of].body if isinstance(m, ast.FunctionDef)}
        own |= {t.id for m in classes[of].body if isinstance(m, ast.Assign) for t in m.targets if isinstance(t, ast.Name)}
        own |= {n.attr for n in ast.walk(classes[of]) if isinstance(n, ast.Attribute) and isinstance(n.ctx, ast.Store)}  # set in __init__
        return own.union(*(has(b.id) for b in classes[of].bases if isinstance(b, ast.Name)))

    return {c: has(c) for c in classes}


class Listens:
    """Notes which methods of our engine xlwings calls, as (class, name)."""

    def __init__(self) -> None:
        self.calls: set[tuple[str, str]] = set()

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        if event == "call" and "xlwings_libreoffice" in frame.f_code.co_filename and "self" in frame.f_locals:
            caller = frame.f_back
            if caller and Path(caller.f_code.co_filename).parent.name == "xlwings":
                method = frame.f_locals.get("method")  # in a wrapper of our engine's
                name = getattr(method, "__name__", frame.f_code.co_name)
                self.calls.add((CALLED.get(of := type(frame.f_locals["self"]).__name__, of), name))


@pytest.fixture
def asked(register, said, tmp_path: Path) -> set[tuple[str, str]]:
    """All that the buttons ask of xlwings."""
    path = tmp_path / "list.csv"
    path.write_text("UPN,Legal surname,Legal forename\r\nA801200005019,Ng,Ada\r\n", encoding="utf-8")
    listens = Listens()
    sys.setprofile(listens)
    try:
        for click in (ribbon.check, ribbon.check, ribbon.go_to_problem, ribbon.cost, ribbon.cost, ribbon.add_pupil, ribbon.about):
            click()
        ribbon.import_list(str(path).encode("utf-16-le").hex())
        register.sheets["Pupils"].activate()
        register.sheets["Pupils"].range("B5").select()
        ribbon.summary_for_selected()
        ribbon.remove_results()
    finally:
        sys.setprofile(None)
    return listens.calls


def test_every_call_is_there_on_windows_and_on_macos(asked):
    calls = {c for c in asked if not c[1].startswith("_")} - NOT_ASKED_THERE
    assert len(calls) > 60
    for name in ("_xlwindows", "_xlmac"):
        assert sorted(c for c in calls if c[1] not in engine(name).get(c[0], set())) == [], name
