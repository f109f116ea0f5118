"""Writes `core.npz`: what Keras computes for the examples of core layers, activations, operations.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_core.py

The names of the arrays are those of `make_layers.py`.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.golden.keys import written
from tests.golden.make_layers import BATCH, Arrays, call, draw, numbered, weight_for

LAYERS = (
    "Dense", "Activation", "Embedding", "Identity",
    "ReLU", "LeakyReLU", "PReLU", "ELU", "Softmax",
    "AlphaDropout", "GaussianDropout", "GaussianNoise", "ActivityRegularization",
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D",
)  # fmt: skip
OPERATIONS = (
    "Mean", "Sum", "Max", "Min", "Prod", "Elementwise", "Arithmetic", "Divide", "Matmul", "Clip",
    "Cast", "ExpandDims", "Squeeze", "Stack", "GetItem",
)  # fmt: skip


def main() -> None:
    """Write the file beside this one."""
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for name in (*LAYERS, *OPERATIONS):
        declaration = registry.find(name)
        for example in declaration.examples if declaration else ():
            number = len(manifest)
            entry, found = record(name, example, np.random.default_rng(number))
            manifest.append({"call": number, **entry})
            arrays |= {f"{number}.{key}": array for key, array in found.items()}
    target = Path(__file__).with_name("core.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")


def record(name: str, example: Example, rng: Any) -> tuple[dict[str, Any], Arrays]:
    """One call: what it is, and its arrays."""
    declaration = registry.find(name)
    assert declaration is not None
    layer = declaration(**example.arguments)
    operands = [draw((BATCH, *shape), example.dtype, rng) for shape in example.shapes]
    found = numbered("x", operands)
    key = {"type": name, "arguments": written(example.arguments), "shapes": repr(example.shapes)}
    if name in OPERATIONS:
        with np.errstate(all="ignore"):
            found["y0"] = np.asarray(operation(layer, operands))
        return {**key, "weights": [], "weight_shapes": []}, found
    given = {
        field: value
        for field, value in example.arguments.items()
        if not field.endswith(("_regularizer", "_constraint"))
    }
    made = getattr(keras.layers, name)(**given)
    call(made, operands)
    weights = [weight_for(weight, rng) for weight in made.weights]
    made.set_weights(weights)
    found |= numbered("w", weights) | numbered("y", call(made, operands))
    names = [weight.path.rpartition("/")[2] for weight in made.weights]
    return {**key, "weights": names, "weight_shapes": [list(w.shape) for w in weights]}, found


def operation(layer: Any, operands: list[np.ndarray]) -> Any:
    """What Keras's `ops` make of the operands."""
    ops, (x, *_) = keras.ops, operands
    name = type(layer).__name__
    if name in ("Mean", "Sum", "Max", "Min", "Prod"):
        return getattr(ops, name.lower())(x, axis=layer.axis, keepdims=layer.keepdims)
    if name == "Elementwise" and layer.function == "approximate_gelu":
        return ops.gelu(x, approximate=True)
    if name == "Elementwise":
        return getattr(ops, layer.function)(x)
    if name == "Arithmetic":
        constant = np.array(layer.constant, "float32")
        pair = (constant, x) if layer.constant_first else (x, constant)
        return getattr(ops, layer.function)(*pair)
    if name == "Squeeze":
        return ops.squeeze(x, axis=layer.axis)
    if name == "GetItem":
        return eval(f"x{layer.key}", {"x": ops.convert_to_tensor(x)})  # our own examples
    return {
        "Divide": lambda: ops.divide(*operands),
        "Matmul": lambda: ops.matmul(*operands),
        "Clip": lambda: ops.clip(x, layer.x_min, layer.x_max),
        "Cast": lambda: ops.cast(x, layer.dtype),
        "ExpandDims": lambda: ops.expand_dims(x, layer.axis),
        "Stack": lambda: ops.stack(operands, axis=layer.axis),
    }[name]()


if __name__ == "__main__":
    main()
