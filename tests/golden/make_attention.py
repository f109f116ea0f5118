"""Writes `attention.npz`: what Keras computes for every example of the attention layers.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_attention.py

The names of the arrays are those of `make_layers.py`; `N.mI` are the masks of the operands, for
calls with masks, `N.a0` is the attention mask, and `N.z0` are the scores of calls without.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.golden.keys import written
from tests.golden.make_layers import BATCH, Arrays, draw, numbered, weight_for

LAYERS = ("AdditiveAttention", "Attention", "GroupedQueryAttention", "MultiHeadAttention")
HEADED = LAYERS[2:]


def main() -> None:
    """Write the file beside this one."""
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for name in LAYERS:
        declaration = registry.find(name)
        assert declaration is not None
        for example in declaration.examples:
            for masked in (False, True):
                if masked and (len(example.shapes[0]) > 2 or "value_dim" in example.arguments):
                    continue
                number = len(manifest)
                entry, found = record(name, example, np.random.default_rng(number), masked)
                manifest.append({"call": number, "masked": masked, **entry})
                arrays |= {f"{number}.{key}": array for key, array in found.items()}
    target = Path(__file__).with_name("attention.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")


def record(name: str, example: Example, rng: Any, masked: bool) -> tuple[dict[str, Any], Arrays]:
    """One call: what it is, and its arrays."""
    arguments = dict(example.arguments)
    options = {"use_causal_mask": arguments.pop("use_causal_mask", False)}
    starts = {key: arguments.pop(key) for key in list(arguments) if key.endswith("initializer")}
    if "value_dim" in arguments:
        arguments["dropout"] = 0.5  # else Keras takes JAX's own attention, which refuses it
    keras_name = "GroupQueryAttention" if name == "GroupedQueryAttention" else name
    layer = getattr(keras.layers, keras_name)(**arguments, **starts)
    operands = [draw((BATCH, *shape), example.dtype, rng) for shape in example.shapes]
    found = numbered("x", operands)
    if masked:
        masks = [rng.integers(0, 3, (BATCH, shape[0])) > 0 for shape in example.shapes]
        found |= numbered("m", masks)
        options |= masks_for(name, masks)
        if name in HEADED:
            steps = (BATCH, example.shapes[0][0], example.shapes[:2][-1][0])
            found["a0"] = options["attention_mask"] = rng.integers(0, 3, steps) > 0
    call(name, layer, operands, **options)
    weights = [weight_for(weight, rng) for weight in layer.weights]
    layer.set_weights(weights)
    found |= numbered("w", weights)
    found["y0"] = np.asarray(call(name, layer, operands, **options))
    if not masked:
        _, scores = call(name, layer, operands, **options, return_attention_scores=True)
        found["z0"] = np.asarray(scores)
    names = [weight.path.partition("/")[2].replace("/", "_") for weight in layer.weights]
    shapes = [list(weight.shape) for weight in layer.weights]
    key = {"type": name, "arguments": written(example.arguments), "shapes": repr(example.shapes)}
    return {**key, "weights": names, "weight_shapes": shapes}, found


def masks_for(name: str, masks: list[np.ndarray]) -> dict[str, Any]:
    """The masks as the layer takes them."""
    query, value = masks[0], masks[:2][-1]
    if name not in HEADED:
        return {"mask": [query, value]}
    return {"query_mask": query, "value_mask": value, "key_mask": masks[-1]}


def call(name: str, layer: Any, operands: list[np.ndarray], **options: Any) -> Any:
    """The output. One operand is query and value."""
    given = operands * 2 if len(operands) == 1 else operands
    if name in HEADED:
        if "query_mask" in options:
            query_mask = options.pop("query_mask")
            mask = layer._compute_attention_mask(*given[:2], **options, query_mask=query_mask)
            options = {"attention_mask": mask}
        return layer(*given, **options)
    return layer(given, **options)


if __name__ == "__main__":
    main()
