"""What a click imports, each in a process of its own."""

import subprocess
import sys
from importlib.util import find_spec

import pytest

LIBRARIES = ("pandas", "numpy")
HEAVY = ("pandas", "numpy", "openpyxl", "typst", "xlsxwriter", "jinja2", "tqdm", "lxml", "python_calamine")
MODULES = ("steps", "checks", "sheets.checks", "sheets.costs", "workbook.rows", "workbook.xl", "ribbon", "ribbon_pupils")
KEPT_OUT = f"print([name for name in {LIBRARIES} if name in sys.modules])"


def said(*lines: str) -> list[str]:
    """What a process prints that runs these lines."""
    code = "\n".join(("import sys", *lines))
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()


installed = pytest.mark.skipif(not all(map(find_spec, LIBRARIES)), reason="nothing to keep out: pandas and numpy are not installed")
LOAD = "from sendbook.workbook.xl import load_xlwings; xw = load_xlwings()"


@installed
def test_xlwings_comes_without_pandas_which_can_be_had_afterwards():
    assert said(LOAD, KEPT_OUT, "import pandas; print(pandas.DataFrame([1]).shape)") == ["[]", "(1, 1)"]


def test_what_a_click_needs_of_xlwings_is_there():
    assert said(LOAD, "print(xw.Book.__name__, xw.__name__)", "print(None in sys.modules.values())") == ["Book xlwings", "False"]


@installed
def test_libraries_that_are_there_already_stay():
    assert said("import numpy", LOAD, "print(sys.modules['numpy'] is numpy)") == ["True"]


def test_xlwings_that_is_there_already_is_given_as_it_is():
    assert said("import xlwings.utils", LOAD, "print(xw is sys.modules['xlwings'])") == ["True"]


@pytest.mark.parametrize("module", [name for name in MODULES if find_spec(f"sendbook.{name}")])
def test_a_click_imports_nothing_heavy(module):
    assert said(f"import sendbook.{module}", f"print([name for name in {HEAVY} if name in sys.modules])") == ["[]"]
