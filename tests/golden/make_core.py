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
    "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "ReversibleEmbedding",
)  # fmt: skip
OPERATIONS = (
    "Mean", "Sum", "Max", "Min", "Prod", "Elementwise", "Arithmetic", "Divide", "Matmul", "Clip",
    "Cast", "ExpandDims", "Squeeze", "Stack", "GetItem",
    "Var", "Std", "Logsumexp", "Norm", "Argmax", "Argmin", "Compare", "Logical", "Where",
    "Mod", "Arctan2", "Split", "Tile", "Einsum", "GLU",
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
            made = operation(layer, operands)
            parts = made if isinstance(made, list | tuple) else [made]
            found |= numbered("y", [np.asarray(part) for part in parts])
        return {**key, "weights": [], "weight_shapes": []}, found
    given = {
        field: value
        for field, value in example.arguments.items()
        if not field.endswith(("_regularizer", "_constraint"))
    }
    made = getattr(keras.layers, name)(**given)
    options = {"reverse": True} if _reads_backwards(name, example) else {}
    call(made, operands, **options)
    weights = [weight_for(weight, rng) for weight in made.weights]
    made.set_weights(weights)
    found |= numbered("w", weights) | numbered("y", call(made, operands, **options))
    names = [weight.path.rpartition("/")[2] for weight in made.weights]
    return {**key, "weights": names, "weight_shapes": [list(w.shape) for w in weights]}, found


def operation(layer: Any, operands: list[np.ndarray]) -> Any:
    """What Keras's `ops` make of the operands."""
    ops, (x, *_) = keras.ops, operands
    name = type(layer).__name__
    if name == "Norm":
        power = {"inf": np.inf, "-inf": -np.inf}.get(layer.ord, layer.ord)
        several = len(layer.axis) > 1
        axis = layer.axis if several else layer.axis[0]
        return ops.norm(x, None if several else power, axis=axis, keepdims=layer.keepdims)
    if name in ("Compare", "Logical"):
        constant = getattr(layer, "constant", None)
        return getattr(ops, layer.function)(*operands, *([] if constant is None else [constant]))
    if name == "Where":
        numbers = iter(operands[1:])
        taken = (next(numbers) if each is None else each for each in (layer.x1, layer.x2))
        return ops.where(x.astype(bool), *taken)
    if name in ("Mean", "Sum", "Max", "Min", "Prod", "Var", "Std", "Logsumexp"):
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
        "Argmax": lambda: ops.argmax(x, layer.axis, layer.keepdims),
        "Argmin": lambda: ops.argmin(x, layer.axis, layer.keepdims),
        "Mod": lambda: ops.mod(*operands),
        "Arctan2": lambda: ops.arctan2(*operands),
        "Split": lambda: ops.split(x, _sections(layer), layer.axis),
        "Tile": lambda: ops.tile(x, (1, *layer.repeats)),
        "Einsum": lambda: ops.einsum(layer.equation, *operands),
        "GLU": lambda: ops.glu(x, layer.axis),
    }[name]()


def _reads_backwards(name: str, example: Example) -> bool:
    return name == "ReversibleEmbedding" and example.dtype.startswith("float")


def _sections(layer: Any) -> Any:
    given = layer.indices_or_sections
    return given if isinstance(given, int) else list(given)


if __name__ == "__main__":
    main()
