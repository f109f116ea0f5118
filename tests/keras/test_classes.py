"""No argument of a layer is passed over that changes a number."""

import json
from pathlib import Path
from typing import Any

import pytest

from modelspec.diagnostics import Report
from modelspec.keras.classes import NO_MATTER, NO_MATTER_TO, Converter
from modelspec.keras.model import KerasLayer

MEASURED = json.loads(
    (Path(__file__).parents[1] / "golden" / "idle_arguments.json").read_text(encoding="utf-8")
)
OF_KERAS_2 = {"implementation"}
IDLE = [
    pytest.param(name, key, found, id=f"{name}-{key}")
    for name, keys in MEASURED["idle"].items()
    for key, found in keys.items()
]
UNKNOWN = [
    pytest.param(name, key, default, id=f"{name}-{key}")
    for name, keys in MEASURED["unknown"].items()
    for key, default in keys.items()
]


def test_all_that_is_passed_over_was_measured() -> None:
    keys = {key for found in MEASURED["idle"].values() for key in found}
    assert keys == (NO_MATTER - OF_KERAS_2) | {key for own in NO_MATTER_TO.values() for key in own}
    for name, own in NO_MATTER_TO.items():
        assert MEASURED["idle"][name].keys() >= set(own)


@pytest.mark.parametrize(("name", "key", "found"), IDLE)
def test_keras_computes_the_same_with_another_value(
    name: str, key: str, found: dict[str, Any]
) -> None:
    assert len(found["values"]) > 1 or found["values"] == ["constant"], (name, key)
    assert found["difference"] is not None
    assert found["difference"] < 1e-6


def said(name: str, key: str, value: Any) -> list[str]:
    """What the import says of an argument."""
    report = Report()
    layer = KerasLayer("it", name, "keras.layers", {key: value}, "")
    Converter("file", report).entry(layer)
    return [each.message for each in report if "is not known" in each.message]


@pytest.mark.parametrize(("name", "key", "default"), UNKNOWN)
def test_what_has_no_field_is_refused_unless_it_is_the_default(
    name: str, key: str, default: Any
) -> None:
    assert default in (None, True, False)
    other = not default if isinstance(default, bool) else 3
    expected = [f"`it` ({name}) has `{key}: {other}`, which is not known"]
    assert [each for each in said(name, key, other) if f"`{key}:" in each] == expected
    assert not [each for each in said(name, key, default) if f"`{key}:" in each]


@pytest.mark.parametrize("value", [0, 0.0, "", []])
def test_an_unknown_argument_is_refused_whatever_its_value(value: Any) -> None:
    assert said("ReLU", "sharpness", value) == [
        f"`it` (ReLU) has `sharpness: {value}`, which is not known"
    ]


def test_mixed_precision_is_said() -> None:
    converter = Converter("file", Report())
    policy = {"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}}
    converter.entry(KerasLayer("it", "Dense", "keras.layers", {"units": 2, "dtype": policy}, ""))
    (note,) = converter.notes
    assert note.startswith("Keras computes in `mixed_float16`, this spec in float32")
