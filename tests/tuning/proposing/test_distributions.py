"""Values that are drawn: what they are rounded to."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from modelspec.language.tune import FloatRange
from modelspec.language.yaml_writer import flow
from modelspec.tuning.proposing.distributions import Coding, readable
from modelspec.tuning.space.axes import SearchSpace


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(0, 1),
)
def test_numbers_are_rounded_within_their_range(one: float, other: float, part: float) -> None:
    """Inside, near what was drawn, to four digits where that is fine enough, and once for all."""
    low, high = min(one, other), max(one, other)
    assume(low < high)
    drawn = min(max(low * (1 - part) + high * part, low), high)
    value = readable(drawn, low, high)
    assert low <= value <= high
    assert abs(value - drawn) <= max(5e-4 * abs(drawn), 5e-324)
    assert high - low == float("inf") or abs(value - drawn) <= 5.01e-3 * (high - low) + 5e-324
    assert readable(value, low, high) == value
    if value not in (low, high) and abs(value) <= high - low:
        assert value == float(f"{value:.3e}")


@pytest.mark.parametrize(
    ("drawn", "low", "high", "text"),
    [
        (0.002614303451157044, 0.0005, 0.02, "0.002614"),
        (0.4055624491928574, 0.0, 0.5, "0.4056"),
        (0.01921270553133214, 0.0005, 0.02, "0.01921"),
        (-0.0123456, -1.0, 1.0, "-0.01235"),
        (0.00012345678, 0.000123456, 0.5, "0.0001235"),
        (0.00012342, 0.00012344, 0.5, "0.00012344"),
        (1000.123456, 1000.1, 1000.2, "1000.1235"),
        (3.14159e-30, 1e-30, 1e-28, "3.142e-30"),
    ],
)
def test_numbers_read_well(drawn: float, low: float, high: float, text: str) -> None:
    """They stand in a file as one would write them."""
    assert flow(readable(drawn, low, high)) == text


def test_later_choices_know_what_a_number_was_rounded_to() -> None:
    """A sampler is told the number that was tried; steps stay what they are."""
    import optuna

    rate = FloatRange.model_validate({"float": [0.0005, 0.02], "log": True})
    drop = FloatRange.model_validate({"float": [0.0, 0.3], "step": 0.1})
    space = SearchSpace({"train.learning_rate": rate, "layers.drop.rate": drop})
    coding = Coding(space)
    study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
    for _ in range(20):
        values = coding.suggest(study.ask())
        assert space.holds(values)
        assert values["layers.drop.rate"] in (0.0, 0.1, 0.2, 0.3)
        drawn = values["train.learning_rate"]
        assert drawn == float(f"{drawn:.3e}") == coding.params(values)[0]["train.learning_rate"]
