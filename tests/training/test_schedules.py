"""The learning-rate schedules against Keras's, over a hundred steps."""

import json
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from modelspec.training import schedules
from modelspec.training.schedules.warmup import Warmup

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


def test_a_warm_up_leads_to_where_the_schedule_begins():
    then = schedules.find("exponential_decay")(
        initial_learning_rate=0.8, decay_steps=1, decay_rate=0.5
    )
    rates = [Warmup(steps=4, then=then).rate(step) for step in range(7)]
    assert rates == pytest.approx([0.2, 0.4, 0.6, 0.8, 0.8, 0.4, 0.2])


@given(steps=st.integers(1, 50), rate=st.floats(1e-6, 10))
def test_a_warm_up_rises_as_linear_lr_of_torch_does(steps, rate):
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=rate)
    lead = torch.optim.lr_scheduler.LinearLR(optimizer, 1 / steps, 1.0, max(steps - 1, 1))
    warmed = Warmup(steps=steps, then=schedules.find("constant")(learning_rate=rate))
    for step in range(steps + 3):
        assert warmed.rate(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-6)
        optimizer.step()
        lead.step()
