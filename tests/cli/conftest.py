"""What the tests of the commands share."""

from functools import partial
from pathlib import Path

import pytest

from tests.cli.running import Run, run_here

GOOD = """\
inputs: {x: [64]}
layers:
  fc1: {type: Dense, units: 32, activation: relu}
  fc2: {type: Dense, units: 10, activation: softmax}
outputs: {fc2: categorical_crossentropy}
"""


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs a command line in this process."""
    return partial(run_here, capsys)


@pytest.fixture
def good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A spec without findings, in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.yaml").write_text(GOOD)
    return "good.yaml"


@pytest.fixture
def bad(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A spec with two errors, in the working folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.yaml").write_text(GOOD.replace("units: 32", "unit: 32").replace("x:", "x y:"))
    return "bad.yaml"


@pytest.fixture(scope="module")
def flowers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where a spec, its data and a run of it lie."""
    from tests.runner.worlds import run, write_flowers

    folder = tmp_path_factory.mktemp("flowers")
    run(write_flowers(folder))
    return folder


@pytest.fixture
def in_flowers(flowers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Works in the folder of the flowers."""
    monkeypatch.chdir(flowers)
