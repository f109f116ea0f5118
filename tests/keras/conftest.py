"""What the tests of the import share."""

from functools import partial

import pytest

from tests.cli.running import Run, run_here


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""
    return partial(run_here, capsys)
