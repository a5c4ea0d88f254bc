"""What stands on the result sheets, as described; that it is drawn truly is shown in tests/workbook."""

from sendbook.costing import Costing
from sendbook.sheets.blocks import Grid
from sendbook.sheets.costs import cost_sheets
from tests.make import TODAY, book, pupil

READING = {"name": "Reading", "area": "Cognition and learning", "layer": "Targeted"}
MATS = {"name": "Word mats", "area": "Cognition and learning", "layer": "Universal"}
TALK = {"name": "Talk time", "area": "Communication and interaction", "layer": "Targeted"}


def on_map(**tables):
    """The provision map as {(area, layer): lines}."""
    made = {"pupils": [pupil()], "staff": [{"name": "Ms Patel", "hourly_cost": 17.20}]} | tables
    (grid,) = next(s for s in cost_sheets(Costing(book(**made), TODAY)) if s.name == "Provision map").blocks
    assert isinstance(grid, Grid)
    return {
        (area, layer): text.split("\n")
        for area, row in zip(grid.down, grid.cells, strict=True)
        for layer, text in zip(grid.across, row, strict=True)
        if text
    }


def test_groups_stand_under_area_and_layer_with_cost_and_pupils():
    group = {"name": "Readers", "provision": "Reading", "staff": "Ms Patel", "minutes": 60, "sessions": 1, "fixed_weeks": 10}
    found = on_map(provisions=[READING], groups=[group], places=[{"pupil": pupil()["upn"], "group": "Readers"}])
    assert found == {("Cognition and learning", "Targeted"): ["• Readers: £172.00, 1 pupil"]}


def test_universal_provision_stands_there_without_a_group_and_what_is_not_run_says_so():
    found = on_map(provisions=[MATS, TALK])
    assert found == {
        ("Cognition and learning", "Universal"): ["• Word mats"],
        ("Communication and interaction", "Targeted"): ["• Talk time: no group this year"],
    }


def test_a_group_without_a_provision_is_not_lost():
    assert on_map(groups=[{"name": "Lost"}]) == {("Not given", "Not given"): ["• Lost: £0.00, 0 pupils"]}
