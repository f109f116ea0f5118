"""What is said before a training that does not fit."""

from pathlib import Path

import numpy as np
import pytest

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.setup import memory_check
from modelspec.runner.setup.memory_check import longest, memory_warning
from modelspec.runner.setup.prepare import Prepared, prepare
from modelspec.runner.train import train

SPEC = """
inputs: {x: [T, 4]}
layers: {h: {type: Dense, units: 300}, m: GlobalAveragePooling1D, y: {type: Dense, units: 1}}
outputs: {y: mse}
data: {file: rows.npz}
train: {epochs: 1, batch_size: 20}
"""


@pytest.fixture
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Prepared:
    monkeypatch.chdir(tmp_path)
    np.savez("rows.npz", x=np.ones((40, 70, 4), np.float32), y=np.ones((40, 1), np.float32))
    Path("spec.yaml").write_text(SPEC)
    examined = lint.examine("spec.yaml", training=True)
    assert examined.spec
    assert examined.graph
    found = prepare(examined.spec, examined.graph, Report())
    assert found
    return found


def test_open_axes_are_as_long_as_the_data(prepared: Prepared) -> None:
    assert longest(prepared.graph, prepared.splits.train) == {"T": 70}


def test_it_is_said_before_the_first_step(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_check, "available_memory", lambda: 11_000_000)
    said: list[str] = []
    options = TrainOptions(runs=None, device="cpu", quiet=True, say=lambda text: said.append(text))
    train(prepared, options)
    (warning,) = said
    assert warning.startswith("warning: a step of 20 samples takes up to 20 MB, T = 70")
    assert "11 MB are free; a batch of " in warning


def test_nothing_is_said_of_one_that_fits(prepared: Prepared) -> None:
    assert memory_warning(prepared, 1) is None


def test_several_processes_share_a_batch(
    prepared: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_check, "available_memory", lambda: 5_000_000)
    said = memory_warning(prepared, 4)
    assert said is None or "of 5 samples" in said


def test_a_device_holds_the_data_too(prepared: Prepared) -> None:
    step = 20 * 70 * 4 * (4 + 3 * 300)
    data = 40 * 4 * (70 * 4 + 1)
    assert memory_warning(prepared, 1, device=2 * step + data) is None
    assert memory_warning(prepared, 1, device=data)
