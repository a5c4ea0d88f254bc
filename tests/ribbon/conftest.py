"""A real LibreOffice with the demo school's register open, driven by the very functions that the ribbon's buttons call."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from sendbook import ribbon, ribbon_mail, steps
from sendbook.demo.invent import DEFAULT_TODAY
from sendbook.demo.workbook import write_demo
from sendbook.mail import settings
from sendbook.mail.settings import MailSettings
from tests.live import office
from tests.ribbon.mailed import NAME


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """LibreOffice through xlwings, one for all tests of a worker."""
    with office() as app:
        yield app


@pytest.fixture(scope="session")
def demo_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo school's register, with its planted mistakes."""
    path = tmp_path_factory.mktemp("demo") / "SEND register.xlsx"
    write_demo(path, 40, None, False)
    return path


@dataclass
class Said:
    """What the buttons said and asked, and how the questions are answered."""

    answer: str = "yes"
    words: list[str] = field(default_factory=list)
    to: dict[str, str] = field(default_factory=dict)  # answers to questions that have some words in them

    def __call__(self, prompt: str, *args: Any) -> str:
        self.words.append(str(prompt))
        return next((answer for words, answer in self.to.items() if words in str(prompt)), self.answer)

    @property
    def all(self) -> str:
        return "\n".join(self.words)


@pytest.fixture
def said(app: Any) -> Iterator[Said]:
    """What was said in the test."""
    spoken = Said()
    engine = app.engine.impl
    before, engine.answer = engine.answer, spoken
    yield spoken
    engine.answer = before


@pytest.fixture
def today(monkeypatch: pytest.MonkeyPatch) -> date:
    """The day the demo is made for."""
    monkeypatch.setattr(ribbon, "_today", lambda: DEFAULT_TODAY)
    return DEFAULT_TODAY


Opened = Callable[[Path], Any]


@pytest.fixture
def opened(app: Any, said: Said, today: date) -> Iterator[Opened]:
    """A function that opens a workbook and puts it in front."""
    books = []

    def opened(path: Path) -> Any:
        book = app.books.open(str(path))
        books.append(book)
        book.set_mock_caller()
        return book

    yield opened
    for book in books:
        book.close()


@pytest.fixture
def register(opened: Opened, demo_file: Path, tmp_path: Path) -> Any:
    """A copy of the demo school's register, open."""
    return opened(shutil.copy(demo_file, tmp_path / "SEND register.xlsx"))


@pytest.fixture(scope="session")
def with_summaries(demo_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demo school's register and everybody's summaries."""
    folder = tmp_path_factory.mktemp("school")
    path = Path(shutil.copy(demo_file, folder / f"{NAME}.xlsx"))
    steps.summaries(path, DEFAULT_TODAY, None, None, steps.no_bar)
    return folder


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """The files that were opened for the SENCo; nobody's own settings of mail are read."""
    monkeypatch.setattr(settings, "read_settings", lambda *_: MailSettings())
    files: list[Path] = []
    monkeypatch.setattr(ribbon_mail, "show_file", files.append)
    return files


@pytest.fixture
def school(opened: Opened, with_summaries: Path, tmp_path: Path, shown: list[Path]) -> Any:
    """The open register of a school whose summaries are written."""
    shutil.copytree(with_summaries, tmp_path, dirs_exist_ok=True)
    return opened(tmp_path / f"{NAME}.xlsx")
