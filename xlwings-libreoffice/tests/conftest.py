"""One LibreOffice for all tests, and a new book in it for each."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
import xlwings as xw

import xlwings_libreoffice as xlo
from xlwings_libreoffice import bridge
from xlwings_libreoffice.connection import OfficeError, find_program


def _need_office() -> None:
    try:
        bridge.uno()
        find_program()
    except (ImportError, OfficeError) as error:
        if os.environ.get("CI"):
            pytest.fail(f"The tests need LibreOffice: {error}")
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def app() -> Iterator[xw.App]:
    _need_office()
    with xlo.office() as started:
        yield started


@pytest.fixture
def book(app: xw.App) -> Iterator[xw.Book]:
    made = app.books.add()
    yield made
    if made.impl in list(app.books.impl):
        made.close()


@pytest.fixture
def sheet(book: xw.Book) -> xw.Sheet:
    return book.sheets[0]


@pytest.fixture(scope="session")
def scratch(app: xw.App) -> Iterator[xw.Sheet]:
    """One sheet for tests that only need some cells, again and again."""
    made = app.books.add()
    yield made.sheets[0]
    made.close()
