"""Renamed entries are found again."""

import random
import re
from typing import Any

import pytest
import yaml

from modelspec import lint
from modelspec.comparison import compare
from modelspec.language import render
from tests.comparison.specs import BASE, compared, examined

SPECS = (
    "inception_block qa residual_identity resnet50 seq2seq shared_tweets siamese_xception social "
    "unet vqa xception"
).split()


def renamed(model: dict[str, Any], draw: random.Random) -> dict[str, Any]:
    """A model with other names for all inputs, layers and outputs, and its layers in disorder."""
    names = {name: f"n{draw.randrange(10**9)}" for name in [*model["inputs"], *model["layers"]]}

    def other(text: str) -> str:
        return re.sub(r"\w+(\.\w+)?", lambda m: moved(m[0]), text)

    def moved(endpoint: str) -> str:
        node, _, port = endpoint.partition(".")
        return f"{names.get(node, node)}.{port}" if port else names.get(node, node)

    layers = [(names[name], layer) for name, layer in model["layers"].items()]
    draw.shuffle(layers)
    outputs: dict[str, Any] = {}
    for name in model["outputs"]:
        said = model["outputs"][name] if isinstance(model["outputs"], dict) else {}
        said = dict(said) if isinstance(said, dict) else {"loss": said}
        outputs[f"out_{len(outputs)}"] = {**said, "from": other(said.get("from", name))}
    inputs = model["inputs"]
    shapes = inputs if isinstance(inputs, dict) else dict.fromkeys(inputs, None)
    return {
        **model,
        "inputs": {names[name]: shapes[name] for name in shapes},
        "layers": dict(layers),
        "edges": [other(edge) for edge in model["edges"]],
        "outputs": outputs,
    }


@pytest.mark.parametrize("name", SPECS)
def test_renaming_everything_adds_and_removes_nothing(name: str) -> None:
    spec = lint.examine(f"specs/{name}.yaml").spec
    assert spec
    model = yaml.safe_load(render(spec))
    model = {key: value for key, value in model.items() if key not in ("data", "train")}
    before = examined(yaml.safe_dump(model, sort_keys=False))
    draw = random.Random(name)
    for _ in range(2):
        after = examined(yaml.safe_dump(renamed(model, draw), sort_keys=False))
        found = compare(before, after)
        assert {change.kind for change in found.changes} == {"renamed"}
        assert not found.consequences
        assert len(found.pairs.nodes) == len(compare(before, before).pairs.nodes)


def test_swapped_names_are_changes_of_what_they_name() -> None:
    after = BASE.replace("  a: {type", "  q: {type").replace("  b: {type", "  a: {type")
    after = after.replace("  q: {type", "  b: {type")
    after = after.replace("x -> a -> b -> first", "x -> b -> a -> first")
    after = after.replace("b -> second", "a -> second")
    kinds = {change.kind for change in compared(BASE, after).changes}
    assert not kinds & {"added", "removed"}


def test_a_renamed_layer_with_another_argument_is_still_itself() -> None:
    after = BASE.replace("  b: {type: Dense, units: $width}", "  c: {type: Dense, units: 7}")
    after = after.replace("a -> b -> first", "a -> c -> first").replace(
        "b -> second", "c -> second"
    )
    found = compared(BASE, after)
    assert [(change.kind, change.path) for change in found.causes] == [
        ("renamed", "layers.c"),
        ("changed", "layers.c.units"),
    ]


def test_what_stands_elsewhere_and_does_something_else_is_new() -> None:
    after = BASE.replace("  b: {type: Dense, units: $width}", "  c: {type: Dense, units: 5}")
    after = after.replace("x -> a -> b -> first -> deep", "x -> a -> first -> deep")
    after = after.replace("b -> second", "a -> second")
    after = after.replace("deep, second, y -> join", "y -> c\n  - deep, second, c -> join")
    kinds = [change.kind for change in compared(BASE, after).causes]
    assert "added" in kinds
    assert "removed" in kinds
