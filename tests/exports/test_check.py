"""What is found where a file says something else than its model."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from torch import Tensor

from modelspec.exports.check import check
from modelspec.exports.errors import ExportError
from modelspec.exports.model import ExportModel
from tests.exports.specs import DENSE, model_of


@pytest.fixture
def model(tmp_path: Path) -> ExportModel:
    return model_of(DENSE, tmp_path)


def changed(model: ExportModel, change: Callable[[Tensor], Tensor]) -> Callable[..., object]:
    return lambda inputs: {name: change(y) for name, y in model.outputs(inputs).items()}


def test_the_same_is_no_difference(model: ExportModel) -> None:
    trials = check(model, model.outputs, ".x")
    assert [trial.sizes["batch"] for trial in trials] == [2, 5, 1]
    assert [trial.difference for trial in trials] == [0, 0, 0]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda y: y + 2e-4, "worst difference is 2.0e-04 at batch = 2, and may be 1e-04"),
        (lambda y: y * torch.nan, "worst difference is inf"),
        (lambda y: y[:1], r"`kind` is of shape \[1, 2\] in the file and \[2, 2\] in the model"),
        (lambda y: y.double(), "`kind` is torch.float64 in the file"),
    ],
)
def test_what_differs(model: ExportModel, change: Callable[[Tensor], Tensor], says: str) -> None:
    with pytest.raises(ExportError, match=says):
        check(model, changed(model, change), ".x")


def test_a_small_difference_is_measured(model: ExportModel) -> None:
    trials = check(model, changed(model, lambda y: y + 5e-5), ".x")
    assert all(4e-5 < trial.difference < 6e-5 for trial in trials)


def test_only_a_single_row_differs(model: ExportModel) -> None:
    run = changed(model, lambda y: y + (1 if len(y) == 1 else 0))
    with pytest.raises(ExportError, match="at batch = 1"):
        check(model, run, ".x")


def test_a_missing_output(model: ExportModel) -> None:
    with pytest.raises(ExportError, match="no output `kind`, but `other`"):
        check(model, lambda _: {"other": torch.zeros(1)}, ".x")


def test_a_file_that_fails(model: ExportModel) -> None:
    def run(_: object) -> dict[str, Tensor]:
        raise ValueError("too small\nat line 1")

    with pytest.raises(ExportError, match=r"fails at batch = 2, which the model takes: too small$"):
        check(model, run, ".x")
