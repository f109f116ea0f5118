"""Writes `idle_arguments.json`: arguments of layers that change no number, and those unknown here.

Run it in a venv of its own, from the repository's root, as `make_layers.py`:

    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_idle_arguments.py

`idle` lists, for each class and each argument of it that the import passes over, the values that
were tried, and the largest difference between what the layers computed with them, on inputs with
a mask where the class takes one. `unknown` holds, for each class, the arguments that its
declaration does not have, with Keras's defaults.
"""

import inspect
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import keras
import numpy as np
from keras import layers

from modelspec.keras.classes import ELSEWHERE, NO_MATTER, NO_MATTER_TO
from modelspec.layers import registry

VALUES: dict[str, tuple[Any, ...]] = {
    "seed": (None, 3, 1337),
    "unroll": (False, True),
    "epsilon": (0.01, 0.2),
    "num_bins": (None, 7),
    "fill_mode": ("constant",),
}
GIVEN: dict[str, Any] = {
    "activation": "relu",
    "axes": 1,
    "bin_boundaries": [0.0, 0.5],
    "cropping": 1,
    "dims": (2, 1),
    "equation": "abc,cd->abd",
    "factor": 0.1,
    "filters": 2,
    "groups": 2,
    "head_dim": 2,
    "height": 3,
    "height_factor": 0.1,
    "input_dim": 9,
    "kernel_size": 2,
    "key_dim": 2,
    "layer": None,
    "n": 2,
    "num_heads": 1,
    "num_key_value_heads": 1,
    "num_query_heads": 2,
    "num_tokens": 5,
    "output_dim": 2,
    "output_shape": (None, 3),
    "output_size": 2,
    "padding": 1,
    "pool_size": 2,
    "rate": 0.5,
    "scale": 0.5,
    "size": 2,
    "stddev": 0.5,
    "target_shape": (6, 4),
    "units": 2,
    "width": 3,
    "width_factor": 0.1,
}
INNER = {"Bidirectional": "LSTM", "TimeDistributed": "Dense", "SpectralNormalization": "Dense"}


def made(name: str, **more: Any) -> Any:
    """A layer of a class, with what it needs, as it is loaded from a file that says some more."""
    kind = getattr(layers, {"GroupedQueryAttention": "GroupQueryAttention"}.get(name, name))
    needed = inspect.signature(kind.__init__).parameters.values()
    given = {
        each.name: GIVEN[each.name]
        for each in needed
        if each.default is each.empty and each.name in GIVEN
    }
    if name == "CategoryEncoding":
        given["num_tokens"] = 5
    if name == "Discretization":
        given["bin_boundaries"] = GIVEN["bin_boundaries"]
    if name in INNER:
        given["layer"] = getattr(layers, INNER[name])(2)
    layer = kind(**given)
    return kind.from_config(layer.get_config() | more) if more else layer


def inputs() -> list[Any]:
    """What layers may take: sequences with a mask, images, volumes, vectors, indices, a pair."""
    rng = np.random.default_rng(0)
    masked = rng.normal(size=(2, 6, 4)).astype("float32")
    masked[0, 2:4] = 0.0
    shapes = ((2, 6, 6, 4), (2, 3, 6, 6, 4), (2, 4), (2, 2, 3, 3, 3, 2))
    plain = [rng.normal(size=shape).astype("float32") for shape in shapes]
    return [masked, *plain, np.array([[1, 2, 0], [3, 0, 0]])]


def computed(layer: Any, x: Any) -> list[Any]:
    """What a layer computes, its weights all drawn from the same numbers."""
    tensor = keras.Input(x.shape[1:], dtype=str(x.dtype))
    seen = layers.Masking()(tensor) if x.ndim == 3 else tensor
    kind = type(layer).__name__
    if kind in ("Attention", "AdditiveAttention"):
        given = layer([seen, seen])
    else:
        given = layer(*[seen] * (2 if "Attention" in kind else 1))
    model = keras.Model(tensor, given)
    rng = np.random.default_rng(1)
    for weight in model.weights:
        if "float" in weight.dtype:
            weight.assign(rng.uniform(0.1, 0.9, weight.shape))
    found = keras.tree.flatten(model(x, training=False))
    return [keras.ops.convert_to_numpy(each) for each in found]


def difference(name: str, key: str, values: tuple[Any, ...]) -> float | None:
    """The largest difference between the values of an argument; None where nothing ran."""
    for x in inputs():
        try:
            first, *others = [computed(made(name, **{key: value}), x) for value in values]
        except (ValueError, TypeError, IndexError):
            continue  # the class takes inputs of another rank
        pairs = [pair for other in others for pair in zip(first, other, strict=True)]
        return max([0.0, *(float(np.abs(one - two).max()) for one, two in pairs)])
    return None


def main() -> None:
    """Write the file beside this one."""
    idle: dict[str, Any] = defaultdict(dict)
    unknown: dict[str, Any] = defaultdict(dict)
    for name in registry.names():
        try:
            config = made(name).get_config()
        except AttributeError:
            print(name, "is not of Keras")
            continue
        fields = registry.find(name).model_fields
        known = {field.alias or key for key, field in fields.items()}
        for key, default in config.items():
            passed = {*NO_MATTER, *NO_MATTER_TO.get(name, ())}
            if key in passed and key not in known:
                values = VALUES[key]
                found = difference(name, key, values)
                idle[name][key] = {"values": values, "difference": found}
            elif key not in known | passed | ELSEWHERE:
                unknown[name][key] = default
    target = Path(__file__).with_name("idle_arguments.json")
    target.write_text(json.dumps({"idle": idle, "unknown": unknown}, indent=1) + "\n")
    print(len(idle), "classes,", keras.__version__)


if __name__ == "__main__":
    main()
