"""The declarations of losses, metrics and optimizers."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import ValidationError

from modelspec.training import losses, metrics, optimizers
from modelspec.training.metrics.accuracy.any_kind import accuracy_kind

SIGNATURES = json.loads(
    (Path(__file__).parents[1] / "golden" / "losses.json").read_text(encoding="utf-8")
)["signatures"]
ROOMS = {"losses": losses, "metrics": metrics}


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
    ("prediction", "target", "binary", "kind"),
    [
        ((8, 1), (8, 1), False, "binary"),
        ((8, 1), (8,), False, "binary"),
        ((8, 5), (8, 5), True, "binary"),
        ((8, 5), (8, 5), False, "classes"),
        ((8, 5), (8,), False, "indices"),
        ((8, 5), (8, 1), False, "indices"),
        ((8, 6, 5), (8, 6), False, "indices"),
        ((8, 6, 5), (8, 6, 5), False, "classes"),
    ],
)
def test_accuracy_is_picked_by_shape(prediction, target, binary, kind):
    assert accuracy_kind(prediction, target, binary=binary) == kind


@pytest.mark.parametrize("room", [losses, metrics])
def test_all_are_documented(room):
    for name, found in room.classes().items():
        assert found.__doc__
        assert room.find(found.__name__) is found
        assert room.called(found.model_construct()) == name


@pytest.mark.parametrize("room", ["losses", "metrics"])
def test_arguments_and_defaults_are_those_of_keras(room):
    for name, arguments in SIGNATURES[room].items():
        found = ROOMS[room].find(name).model_fields
        wanted = {
            key: "..." if field.is_required() else field.default
            for key, field in found.items()
            if key not in ("name", "weighted")
        }
        assert wanted == arguments, name


@pytest.mark.parametrize(
    ("metric", "width", "keys"),
    [
        (metrics.find("auc")(name="area"), None, ("area",)),
        (metrics.find("recall")(name="r", thresholds=[0.2, 0.8]), None, ("r_0", "r_1")),
        (metrics.find("f1_score")(name="f"), 3, ("f_0", "f_1", "f_2")),
        (metrics.find("f1_score")(name="f", average="macro"), 3, ("f",)),
        (metrics.find("r2_score")(name="r2", class_aggregation=None), 1, ("r2",)),
    ],
)
def test_the_logs_name_every_value(metric, width, keys):
    assert metric.keys(width) == keys


def test_only_what_is_used_is_imported():
    code = (
        "import sys\nfrom modelspec.training import losses, metrics\n"
        "losses.find('mse'), metrics.find('accuracy')\n"
        "rooms = ('modelspec.training.losses.', 'modelspec.training.metrics.')\n"
        "found = {name.rpartition('.')[2] for name in sys.modules if name.startswith(rooms)}\n"
        "assert found == {'base', 'regression', 'accuracy', 'any_kind'}, found"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_nothing_here_imports_torch():
    code = (
        "import sys\nfrom modelspec.training import losses, metrics, optimizers\n"
        "assert 'torch' not in sys.modules and 'numpy' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
