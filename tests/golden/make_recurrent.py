"""Writes `recurrent.npz`: what Keras computes for SimpleRNN, and for masks read both ways.

Run it as `make_layers.py`, whose names the arrays have; `N.m0` is the mask of the steps.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from modelspec.layers import registry
from modelspec.layers.recurrent import GRU, LSTM, SimpleRNN
from modelspec.layers.values import Example
from modelspec.layers.wrappers import Bidirectional
from tests.golden import make_layers
from tests.golden.keys import written
from tests.golden.make_layers import BATCH, Arrays, draw, in_keras, numbered, weight_for

BOTH_WAYS = tuple(
    Example({"layer": kind(units=2, **arguments), **mode}, ((5, 3),))
    for kind in (SimpleRNN, LSTM, GRU)
    for arguments in ({}, {"return_sequences": True}, {"activation": "relu"})
    for mode in ({}, {"merge_mode": "ave"}, {"merge_mode": None})
    if mode != {"merge_mode": None} or not arguments
)


def main() -> None:
    """Write the file beside this one."""
    make_layers.RECURRENT = (*make_layers.RECURRENT, "SimpleRNN")
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for number, (name, example, masked) in enumerate(calls()):
        found = record(name, example, masked, np.random.default_rng(number))
        key = {"type": name, "arguments": written(example.arguments), "masked": masked}
        manifest.append({"call": number, **key, "shapes": repr(example.shapes)})
        arrays |= {f"{number}.{key}": array for key, array in found.items()}
    target = Path(__file__).with_name("recurrent.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes")


def calls() -> Iterator[tuple[str, Example, bool]]:
    """SimpleRNN's examples, and Bidirectional layers, with and without a mask."""
    declaration = registry.find("SimpleRNN")
    assert declaration is not None
    for example in declaration.examples:
        yield "SimpleRNN", example, False
        yield "SimpleRNN", example, True
    for example in (*BOTH_WAYS, *apart()):
        yield "Bidirectional", example, False
        yield "Bidirectional", example, True


def apart() -> Iterator[Example]:
    """The examples of Bidirectional that give both directions by themselves."""
    for example in Bidirectional.examples:
        if "merge_mode" in example.arguments and example.arguments["merge_mode"] is None:
            yield example


def record(name: str, example: Example, masked: bool, rng: Any) -> Arrays:
    """The arrays of one call."""
    declaration = registry.find(name)
    assert declaration is not None
    layer = in_keras(declaration(**example.arguments), top=True)
    (shape,) = example.shapes
    x = draw((BATCH, *shape), "float32", rng)
    outputs = 2 if example.arguments.get("merge_mode", "") is None else 1
    first = [np.asarray(state) for state in layer(x)[outputs:]]
    weights = [weight_for(weight, rng) for weight in layer.weights]
    layer.set_weights(weights)
    states = [draw(state.shape, "float32", rng) for state in first]
    mask = rng.integers(0, 2, (BATCH, shape[0])) > 0
    options = {"mask": mask} if masked else {}
    found = numbered("x", [x]) | numbered("w", weights) | numbered("s", states)
    found |= numbered("m", [mask] if masked else [])
    found |= numbered("y", [np.asarray(part) for part in layer(x, **options)])
    given = layer(x, initial_state=states, **options)
    return found | numbered("z", [np.asarray(part) for part in given])


if __name__ == "__main__":
    main()
