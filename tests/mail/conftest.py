"""What tests of typed mail commands share: a workbook with summaries, the command line, settings of their own, a mail server."""

import pytest

from sendbook import failure
from sendbook.mail import settings as mail_settings
from sendbook.mail.settings import write_settings
from sendbook.workbook.master import write_master
from tests.mail.servers import PASSWORD, smtp_server
from tests.mail.typed import DAY, ROWS


@pytest.fixture
def own_settings(tmp_path_factory, monkeypatch):
    """Nobody's own settings or log are read or written."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setattr(mail_settings, "MAIL_FILE", home / "mail.json")
    monkeypatch.setattr(failure, "LOG", home / "sendbook.log")
    monkeypatch.setenv("SENDBOOK_MAIL_PASSWORD", PASSWORD)
    return home


@pytest.fixture
def book(tmp_path, run):
    path = tmp_path / "SEND register.xlsx"
    write_master(path, ROWS)
    assert run("summaries", path, *DAY)[0] == 0
    return path


@pytest.fixture
def server():
    with smtp_server() as found:
        write_settings(found.settings(timeout=5).model_copy(update={"per_minute": 600}))
        yield found
