"""The declarations of losses, metrics and optimizers."""

import subprocess
import sys

import pytest
from pydantic import ValidationError

from modelspec.training import losses, metrics, optimizers


@pytest.mark.parametrize("room", [losses, metrics, optimizers])
def test_every_name_is_found(room):
    assert len(set(room.names())) == len(room.names())
    assert all(room.find(name) is not None for name in room.names())
    assert room.find("no_such_thing") is None


def test_aliases_are_one_thing():
    assert losses.find("mean_squared_error") is losses.find("mse")
    assert metrics.find("AUC") is metrics.find("auc")
    assert metrics.find("mean_absolute_error") is metrics.find("mae")
    assert optimizers.find("Adam") is optimizers.find("ADAM")


@pytest.mark.parametrize("name", optimizers.names())
def test_defaults_are_valid_and_documented(name):
    optimizer = optimizers.find(name)
    assert optimizer().model_dump() == optimizer(**optimizer().model_dump()).model_dump()
    assert optimizer.__doc__
    assert optimizer.keras


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("adam", {"learning_rate": -1.0}),
        ("adam", {"learning_rate": float("nan")}),
        ("adam", {"beta_1": 1.0}),
        ("adam", {"beta_1": True}),
        ("adam", {"learning_rate": "0.1"}),
        ("sgd", {"momentum": 1.5}),
        ("sgd", {"clipnorm": 0}),
        ("sgd", {"clipnorm": 1, "clipvalue": 1}),
        ("sgd", {"beta_1": 0.5}),
    ],
)
def test_bad_arguments_are_refused(name, arguments):
    with pytest.raises(ValidationError):
        optimizers.find(name)(**arguments)


def test_whole_numbers_are_taken_as_rates():
    assert optimizers.find("sgd")(learning_rate=1).learning_rate == 1.0


@pytest.mark.parametrize(
    ("prediction", "target", "loss", "kind"),
    [
        ((8, 1), (8, 1), None, "binary"),
        ((8, 1), (8,), None, "binary"),
        ((8, 5), (8, 5), "binary_crossentropy", "binary"),
        ((8, 5), (8, 5), "categorical_crossentropy", "classes"),
        ((8, 5), (8,), None, "indices"),
        ((8, 5), (8, 1), None, "indices"),
        ((8, 6, 5), (8, 6), None, "indices"),
        ((8, 6, 5), (8, 6, 5), None, "classes"),
    ],
)
def test_accuracy_is_picked_by_shape(prediction, target, loss, kind):
    assert metrics.accuracy_kind(prediction, target, loss) == kind


def test_nothing_here_imports_torch():
    code = (
        "import sys\nfrom modelspec.training import losses, metrics, optimizers\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
