"""What is written of a weighting is read again as the same."""

from __future__ import annotations

import json

import pytest

from modelspec.ensembles.weighting.result import (
    Calibrated,
    Compared,
    Reliability,
    Rows,
    Weighting,
    uniform,
)

BINS = Reliability((0.0, 0.5, 1.0), (0, 4), (None, 0.75), (None, 0.5), 0.25)
WHOLE = Weighting(
    (0.25, 0.75),
    "fit",
    "SLSQP",
    "log loss",
    Rows("validation", 30),
    Rows("test", 20),
    (Compared("fit", (0.25, 0.75), {"log loss": 0.5}),),
    Calibrated(1.5, BINS, BINS),
    ("a note",),
)


@pytest.mark.parametrize("weighting", [WHOLE, uniform(3)])
def test_it_comes_back(weighting: Weighting) -> None:
    written = json.dumps(weighting.as_data(), allow_nan=False)
    assert Weighting.from_data(json.loads(written)) == weighting


def test_without_calibration_the_temperature_is_one() -> None:
    assert (WHOLE.temperature, uniform(2).temperature) == (1.5, 1.0)
    assert uniform(4).weights == (0.25,) * 4


@pytest.mark.parametrize("weights", [[], [0.5, 0.6], [-0.5, 1.5]])
def test_what_is_no_mean_is_refused(weights: list[float]) -> None:
    with pytest.raises(ValueError, match="no weights of a mean"):
        Weighting.from_data(WHOLE.as_data() | {"weights": weights})
