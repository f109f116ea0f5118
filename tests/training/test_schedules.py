"""The learning-rate schedules against Keras's, over a hundred steps."""

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from modelspec.training import schedules

GOLDEN = json.loads((Path(__file__).parents[1] / "golden" / "schedules.json").read_text())


@pytest.mark.parametrize(
    "case", GOLDEN["cases"], ids=lambda case: f"{case['schedule']}-{case['arguments']}"
)
def test_rates_are_those_of_keras(case):
    schedule = schedules.find(case["schedule"])(**case["arguments"])
    rates = [schedule.rate(step) for step in range(len(case["rates"]))]
    assert rates == pytest.approx(case["rates"], rel=1e-5, abs=1e-8)


def test_a_constant_is_constant():
    schedule = schedules.find("constant")(learning_rate=0.3)
    assert {schedule.rate(step) for step in range(5)} == {0.3}


@pytest.mark.parametrize("name", schedules.names())
def test_every_schedule_is_held_against_keras_and_documented(name):
    found = schedules.find(name)
    held = {case["schedule"] for case in GOLDEN["cases"]}
    assert name == "constant" or (found.__name__ in held and found.keras)
    assert found.__doc__


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("piecewise_constant_decay", {"boundaries": [3], "values": [0.1]}),
        ("piecewise_constant_decay", {"boundaries": [3, 2], "values": [0.1, 0.2, 0.3]}),
        ("cosine_decay", {"initial_learning_rate": 0.1, "decay_steps": 0}),
        ("exponential_decay", {"initial_learning_rate": -0.1, "decay_steps": 1, "decay_rate": 1}),
    ],
)
def test_bad_arguments_are_refused(name, arguments):
    with pytest.raises(ValidationError):
        schedules.find(name)(**arguments)
