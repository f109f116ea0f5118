"""Whatever scalar is a key, at whatever level of a spec: a finding at it, and no exception."""

from collections.abc import Iterator
from typing import Any

import pytest

from modelspec.language import validation_findings
from modelspec.language.data import DataSection
from modelspec.language.features import TYPES
from modelspec.language.names import is_name
from modelspec.language.output_section import OutputSection
from modelspec.language.sections import (
    BlockOutputSection,
    BlockSection,
    InputSection,
    SpecSection,
)
from modelspec.language.train import TrainSection
from modelspec.language.tune import RANGES, TuneSection
from modelspec.language.yaml_writer import flow, scalar
from modelspec.layers import registry
from modelspec.lint import examine
from modelspec.training import callbacks, losses, metrics

KEYS = [
    *("1", "-7", "0x10", "9" * 900, "1.5", ".nan", "1e400"),
    *("true", "~", "2026-11-29", "12:30:45", "''", "a b"),
]
CATALOGUES = (losses, metrics, callbacks)

Path = tuple[str | int, ...]


def whole() -> dict[str, Any]:
    """A spec with every section, every feature type and every kind of choice; not a sound one."""
    named = [{"type": name, "name": name} for name in metrics.classes()]
    body: dict[str, Any] = {"inputs": ["x"], "layers": {"y": {"type": "Flatten"}}, "outputs": ["y"]}
    layers = {f"l_{name}": {"type": name} for name in registry.names()}
    return {
        "params": {"n": 3},
        "inputs": {"x": {"shape": [3]}},
        "shared": {"s": {"type": "Dense", "units": 3}},
        "blocks": {"b": {**body, "params": {"p": 1}, "outputs": {"y": {"from": "y"}}}},
        "layers": {**layers, "b": {"type": "b"}, "s": {"use": "s"}, "y": {"type": "Flatten"}},
        "outputs": {
            "y": {
                "loss": {"type": "mse"},
                "metrics": named,
                "decision": {"threshold": 0.3},
                "decode": {"feed": "x", "start": 1, "stop": 2, "max_length": 3},
            },
            **{f"o_{name}": {"from": "y", "loss": {"type": name}} for name in losses.classes()},
        },
        "data": {
            "file": "d.csv",
            "split": {"column": "part", "values": {"test": ["t"]}},
            "features": {name: {"type": name} for name in TYPES},
        },
        "train": {
            "optimizer": {"type": "adam"},
            "learning_rate": {"type": "cosine_decay"},
            "callbacks": [{"type": name} for name in callbacks.classes()],
        },
        "tune": {
            "search": {
                "params.n": {"int": [1, 2]},
                "train.learning_rate": {"float": [0.1, 0.2]},
                "layers.y.type": {"Flatten": {"layers.y.trainable": [True]}},
            },
            "limits": {"flops": 1},
            "confirm": {"top": 1},
        },
    }


def mappings(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where every mapping stands."""
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from mappings(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from mappings(inner, (*path, index))


def written(value: Any, paths: set[Path], key: str, path: Path = ()) -> str:
    """A spec as YAML on one line, with one more key in the mappings at some paths."""
    if isinstance(value, dict):
        pairs = [
            f"{scalar(name)}: {written(inner, paths, key, (*path, name))}"
            for name, inner in value.items()
        ]
        return "{" + ", ".join(pairs + [f"{key}: 1"] * (path in paths)) + "}"
    if isinstance(value, list):
        items = [written(item, paths, key, (*path, i)) for i, item in enumerate(value)]
        return f"[{', '.join(items)}]"
    return flow(value)


SPEC = whole()
LEVELS = list(mappings(SPEC))
OF_NAMES = [(name,) for name in ("params", "inputs", "shared", "blocks", "layers", "outputs")]
OF_NAMES += [("blocks", "b", *name) for name in OF_NAMES]
"""Mappings whose keys are names."""
ALONE = [path for path in LEVELS if len(path) < 3 and str(path[-1:])[2:4] not in ("l_", "o_")]
CALL = ("layers", "b")
"""What a block's params have is no unknown key of its call."""


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key[:20])
def test_a_key_that_nobody_knows_is_a_finding_at_every_level(key: str) -> None:
    levels = [path for path in LEVELS if path != CALL]
    text = written(SPEC, set(levels), key)
    found = {each.path for each in examine("s.yaml", text=text).report}
    name = key.strip("'")
    expected = {
        ".".join([*map(str, path), name])
        for path in levels
        if not (is_name(name) and path in OF_NAMES)
    }
    assert expected <= found, sorted(expected - found)[:5]


@pytest.mark.parametrize("key", ["7", "9" * 76], ids=lambda key: key[:20])
@pytest.mark.parametrize("path", ALONE, ids=str)
def test_and_so_it_is_alone(path: Path, key: str) -> None:
    spec = SPEC if path[:1] == ("tune",) else {**SPEC, "tune": {"search": {"params.n": [1]}}}
    text = written(spec, {path}, key)
    paths = [each.path for each in examine("s.yaml", text=text).report]
    assert ".".join([*map(str, path), key]) in paths


def test_every_declaration_stands_somewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The spec above makes an instance of each class that a mapping is read by."""
    read: set[type] = set()
    findings = validation_findings.findings

    def recorded(cls: type, *rest: Any) -> Any:
        read.add(cls)
        return findings(cls, *rest)

    monkeypatch.setattr(validation_findings, "findings", recorded)
    examine("s.yaml", text=written(SPEC, set(LEVELS), "1"))
    declared = [
        *(SpecSection, BlockSection, InputSection, OutputSection, BlockOutputSection),
        *(DataSection, TrainSection, TuneSection, *RANGES.values(), *TYPES.values()),
        *(registry.find(name) for name in registry.names()),
        *(cls for catalogue in CATALOGUES for cls in catalogue.classes().values()),
    ]
    assert set(declared) <= read
