"""The learning rates are those of Keras's callback (`tests/golden/make_callbacks.py`)."""

import json
from pathlib import Path
from typing import Any

import pytest

from modelspec.training.callbacks.reduce_lr_on_plateau import ReduceLROnPlateau
from tests.training.callbacks.fake_run import FakeRun

FILE = Path(__file__).parents[2] / "golden" / "callbacks.json"
CASES = json.loads(FILE.read_text())["cases"]


def rates(arguments: dict[str, Any], values: list[float], resume_after: int = 0) -> list[float]:
    """The rate after each epoch, the callback being made anew after some."""
    run, callback, found = FakeRun(), ReduceLROnPlateau(**arguments), []
    for epoch, value in enumerate(values):
        if epoch == resume_after:
            state = callback.state()
            callback = ReduceLROnPlateau(**arguments)
            callback.load_state(json.loads(json.dumps(state)))
        run.follow(callback, val_loss=[value])
        found.append(run.learning_rate)
    return found


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("resume_after", [0, 5])
def test_it_lowers_the_rate_when_keras_does(case: dict[str, Any], resume_after: int) -> None:
    found = rates(case["arguments"], case["values"], resume_after)
    assert found == pytest.approx(case["rates"], rel=1e-5)


def test_a_value_that_is_not_there_changes_nothing() -> None:
    run = FakeRun()
    run.follow(ReduceLROnPlateau(monitor="val_mae", patience=0), val_loss=[1.0, 2.0])
    assert run.learning_rate == 0.1
