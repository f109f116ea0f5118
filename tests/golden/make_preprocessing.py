"""Writes `preprocessing.npz`: what Keras computes for every example of the preprocessing layers.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_preprocessing.py

The names of the arrays are those of `make_layers.py`. Images of integers are shown to Keras as
floats, since some of its layers would round what they give back.
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

from modelspec.layers import registry
from tests.golden.make_layers import BATCH, Arrays, draw, in_keras

IMAGES = ("CenterCrop", "Resizing")
LAYERS = ("CategoryEncoding", "Discretization", "Normalization", "Rescaling", *IMAGES)


def main() -> None:
    """Write the file beside this one."""
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for name in LAYERS:
        declaration = registry.find(name)
        assert declaration is not None
        for example in declaration.examples:
            number = len(manifest)
            rng = np.random.default_rng(number)
            x = draw((BATCH, *example.shapes[0]), example.dtype, rng)
            seen = x.astype("float32") if name in IMAGES else x
            y = in_keras(declaration(**example.arguments))(seen)
            arrays |= {f"{number}.x0": x, f"{number}.y0": np.asarray(y)}
            key = {"arguments": repr(example.arguments), "shapes": repr(example.shapes)}
            manifest.append({"call": number, "type": name, **key})
    target = Path(__file__).with_name("preprocessing.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")


if __name__ == "__main__":
    main()
