"""Writes `layers.npz`: what Keras computes for every example that no other file here has.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_layers.py

Not on Keras's torch backend: its `same` average pooling is wrong where the padding is uneven.
The file holds, for each call `N`, the operands `N.xI`, the weights in Keras's order `N.wI` and
the outputs `N.yI` (of recurrent layers with the final states); for recurrent layers also first
states `N.sI` and the outputs from there, `N.zI`; for layers with moving statistics the outputs
in training, `N.tI`, and the weights after it, `N.uI`. `manifest` says in JSON what each call is.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import keras
import numpy as np
from pydantic import BaseModel

from modelspec.layers import Layer, registry
from modelspec.layers.choices import Option
from modelspec.layers.values import Example
from tests.golden.keys import written

RECURRENT = ("LSTM", "GRU", "Bidirectional")
BATCH = 2
Arrays = dict[str, np.ndarray]


def main() -> None:
    """Write the file beside this one."""
    assert keras.backend.backend() in {"jax", "numpy", "tensorflow"}
    arrays: Arrays = {}
    manifest = []
    for number, (name, example) in enumerate(calls()):
        entry, found = record(name, example, np.random.default_rng(number))
        manifest.append({"call": number, **entry})
        arrays |= {f"{number}.{key}": array for key, array in found.items()}
    target = Path(__file__).with_name("layers.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")


def calls() -> Iterator[tuple[str, Example]]:
    """All examples that Keras can call too: it merges two tensors at least."""
    done = elsewhere()
    for name in registry.names():
        declaration = registry.find(name)
        assert declaration is not None
        merges = declaration.arity.maximum is None
        for example in declaration.examples:
            given = (written(example.arguments), repr(example.arguments))
            known = any((name, words, repr(example.shapes)) in done for words in given)
            if not known and not (merges and len(example.shapes) == 1):
                yield name, example


def elsewhere() -> set[tuple[str, str, str]]:
    """The examples that families have in files of their own."""
    found = set()
    for path in Path(__file__).parent.glob("*.npz"):
        file = np.load(path)
        if path.stem == "layers" or "manifest" not in file:
            continue
        for entry in json.loads(str(file["manifest"])):
            if entry.keys() >= {"type", "arguments", "shapes"}:
                found.add((entry["type"], entry["arguments"], entry["shapes"]))
    return found


def record(name: str, example: Example, rng: Any) -> tuple[dict[str, Any], Arrays]:
    """One call: what it is, and its arrays."""
    declaration = registry.find(name)
    assert declaration is not None
    layer = in_keras(declaration(**example.arguments), top=True)
    operands = [draw((BATCH, *shape), example.dtype, rng) for shape in example.shapes]
    call(layer, operands)
    weights = [weight_for(weight, rng) for weight in layer.weights]
    layer.set_weights(weights)
    found = numbered("x", operands) | numbered("w", weights)
    found |= numbered("y", call(layer, operands))
    if name in RECURRENT:
        first = [draw(state.shape, "float32", rng) for state in call(layer, operands)[1:]]
        found |= numbered("s", first)
        found |= numbered("z", call(layer, operands, initial_state=first))
    if any(word in weight.path for word in ("moving", "vector_u") for weight in layer.weights):
        found |= numbered("t", call(layer, operands, training=True))
        found |= numbered("u", layer.get_weights())
    shapes = [list(weight.shape) for weight in layer.weights]
    names = [weight.path.rpartition("/")[2] for weight in layer.weights]
    key = {"type": name, "arguments": written(example.arguments), "shapes": repr(example.shapes)}
    return {**key, "weights": names, "weight_shapes": shapes}, found


def in_keras(layer: Layer, *, top: bool = False) -> Any:
    """The layer in Keras, by its own arguments; recurrent ones give their states too."""
    name = type(layer).__name__
    arguments = {
        type(layer).model_fields[field].alias or field: in_keras_words(getattr(layer, field))
        for field in layer.model_fields_set
    }
    if hasattr(layer, "pool_size"):
        arguments["pool_size"] = layer.pool_size  # Keras has no default for averages
    if isinstance(inner := arguments.get("layer"), Layer):
        arguments["layer"] = in_keras(inner, top=name == "Bidirectional")
    elif top and name in RECURRENT:
        arguments["return_state"] = True
    return getattr(keras.layers, name)(**arguments)


def in_keras_words(value: object) -> object:
    """An option with Keras's own defaults by its name, anything else as it is."""
    if isinstance(value, Option):
        return value.type
    nested = isinstance(value, BaseModel) and not isinstance(value, Layer)
    return value.model_dump() if nested else value


def call(layer: Any, operands: list[np.ndarray], **options: Any) -> list[np.ndarray]:
    """All outputs of a call."""
    result = layer(operands if len(operands) > 1 else operands[0], **options)
    outputs = result if isinstance(result, list | tuple) else [result]
    return [np.asarray(output) for output in outputs]


def draw(shape: tuple[int, ...], dtype: str, rng: Any) -> np.ndarray:
    """Normally distributed numbers, or integers from 0 to 2."""
    if not dtype.startswith("float"):
        return rng.integers(0, 3, shape).astype(dtype)
    return rng.normal(size=shape).astype(dtype)


def weight_for(weight: Any, rng: Any) -> np.ndarray:
    """Values for a weight; a variance is positive."""
    values = draw(weight.shape, "float32", rng) * np.float32(0.5)
    measured = any(word in weight.path for word in ("variance", "stddev"))
    return np.abs(values) + np.float32(0.1) if measured else values


def numbered(letter: str, arrays: list[np.ndarray]) -> Arrays:
    """The arrays by name: `x0`, `x1`."""
    return {f"{letter}{index}": array for index, array in enumerate(arrays)}


if __name__ == "__main__":
    main()
