"""Compiled files of what a click imports."""

from importlib.util import cache_from_source, find_spec
from pathlib import Path

import pytest

from sendbook.addin import compiled


def test_each_package_that_a_click_imports_is_there():
    assert all(find_spec(name) for name in compiled.IMPORTED)


def test_a_package_is_compiled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    package = tmp_path / "pressed"
    package.mkdir()
    (package / "__init__.py").write_text("x = 1", encoding="utf-8")
    (tmp_path / "single.py").write_text("x = 1", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(compiled, "IMPORTED", ("pressed", "single"))
    assert compiled.compile_for_clicks()
    assert Path(cache_from_source(str(package / "__init__.py"))).exists()
    assert Path(cache_from_source(str(tmp_path / "single.py"))).exists()


def test_what_cannot_be_compiled_is_no_failure(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(compiled, "IMPORTED", ("no_such_package",))
    assert not compiled.compile_for_clicks()
