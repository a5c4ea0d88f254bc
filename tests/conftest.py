"""For every test: hypothesis without a deadline, as a busy machine is no fault, and with the same examples each time on CI; the command line."""

import os

import pytest
from hypothesis import HealthCheck, settings

from sendbook import cli

settings.register_profile("sendbook", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI")))
settings.load_profile("sendbook")


@pytest.fixture
def run(capsys):
    """Run a command; give its exit code and what it said on both streams."""

    def command(*args):
        code = cli.main([str(a) for a in args])
        said = capsys.readouterr()
        return code, said.out, said.err

    return command
