"""The schema and lint agree on mistakes of structure: keys, types of values, what is required."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from modelspec.diagnostics import Severity
from modelspec.language.yaml_writer import flow
from modelspec.lint import examine
from modelspec.schema import json_schema
from tests.language.reading import read_text

VALIDATOR = Draft202012Validator(json_schema())
STRUCTURE = ("MS201", "MS202", "MS203", "MS204", "MS205", "MS206", "MS210")
SPEC: dict[str, Any] = {
    "version": 1,
    "name": "whole",
    "description": "All sections.",
    "params": {"n": 3},
    "inputs": {"x": {"shape": [4, 8], "dtype": "float32"}},
    "shared": {"s": {"type": "Dense", "units": 8}},
    "blocks": {
        "b": {
            "params": {"p": 1},
            "inputs": ["i"],
            "layers": {"d": {"type": "Dense", "units": 8}},
            "outputs": {"o": {"from": "d"}},
        }
    },
    "layers": {
        "h": {"type": "b", "p": 2},
        "r": {"type": "Bidirectional", "layer": {"type": "LSTM", "units": 4}},
        "c": {"use": "s"},
        "n": {"type": "Dense", "units": "$n", "kernel_initializer": {"type": "constant"}},
        "y": {"type": "Dense", "units": 1},
    },
    "edges": ["x -> h -> r -> c -> n -> y"],
    "outputs": {"y": {"loss": {"type": "huber"}, "weight": 2.0, "metrics": [{"type": "mae"}]}},
    "data": {
        "file": "d.csv",
        "split": {"validation": 0.2},
        "features": {"x": {"columns": ["a"], "type": "number"}},
    },
    "train": {
        "optimizer": {"type": "adam", "beta_1": 0.8},
        "learning_rate": {"type": "constant", "learning_rate": 0.1},
        "epochs": 3,
        "freeze": ["h"],
        "callbacks": [{"type": "checkpoint", "keep": 2}],
    },
    "tune": {
        "search": {"params.n": {"int": [1, 4], "log": True}, "train.epochs": [1, 2]},
        "limits": {"flops": 2000},
        "confirm": {"top": 1},
    },
}
OF_NAMES = {("params",), ("inputs",), ("shared",), ("blocks",), ("layers",), ("outputs",)}
"""Here another key is another name, which only lint can judge."""
UNCHECKED = (("params",), ("blocks", "b", "params"), ("layers", "h"), ("tune", "search"))
"""What the schema leaves to lint: values of any kind, a block's params, the paths of a search."""
LEFT_TO_LINT = {("inputs", "x"), ("inputs", "x", "shape"), ("data", "file"), ("blocks",)}
"""What may be null, as far as its place goes: an input of a block needs no shape."""
BAD = [None, 7, "zzz", {}, True]

Path = tuple[str | int, ...]


def places(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    yield path, value
    pairs: Any = ()
    if isinstance(value, dict):
        pairs = value.items()
    elif isinstance(value, list):
        pairs = enumerate(value)
    for key, inner in pairs:
        yield from places(inner, (*path, key))


def changed(path: Path, value: Any) -> dict[str, Any]:
    spec = copy.deepcopy(SPEC)
    if path[0] != "tune":
        del spec["tune"]
    owner: Any = spec
    for key in path[:-1]:
        owner = owner[key]
    owner[path[-1]] = value
    return spec


def errors(spec: dict[str, Any]) -> list[str]:
    """What lint says of the structure of a spec."""
    text = "\n".join(f"{key}: {flow(value)}" for key, value in spec.items())
    _, found = read_text(text)
    return [
        f"{each.code} {each.message}"
        for each in found
        if each.severity is Severity.ERROR and each.code in STRUCTURE
    ]


def test_the_spec_is_sound() -> None:
    assert VALIDATOR.is_valid(SPEC)
    text = "\n".join(f"{key}: {flow(value)}" for key, value in SPEC.items())
    found = examine("s.yaml", text=text).report
    assert [each for each in found if each.severity is Severity.ERROR] == []


def is_entry(value: Any) -> bool:
    """Whether it is a layer's, in whose place any name may be a block's."""
    return isinstance(value, dict) and ("use" in value or value.get("type", "a")[0].isupper())


CASES = [
    (path, bad)
    for path, value in places(SPEC)
    if path and not any(path[: len(start)] == start for start in UNCHECKED)
    for bad in BAD
    if type(bad) is not type(value)
    if not (bad is None and path in LEFT_TO_LINT) and not (bad == "zzz" and is_entry(value))
]


@pytest.mark.parametrize("path", sorted({path for path, _ in CASES}, key=str), ids=str)
def test_values_of_another_type(path: Path) -> None:
    differ = []
    for where, bad in CASES:
        if where == path:
            spec = changed(path, bad)
            found = errors(spec)
            if VALIDATOR.is_valid(spec) == bool(found):
                differ.append((bad, found))
    assert not differ


@pytest.mark.parametrize("path", [path for path, value in places(SPEC) if isinstance(value, dict)])
def test_a_key_too_many_or_too_few(path: Path) -> None:
    if path in OF_NAMES or path in UNCHECKED or path == ("blocks", "b", "layers"):
        return
    spec = changed((*path, "zzz"), 1)
    assert not VALIDATOR.is_valid(spec)
    assert errors(spec)
