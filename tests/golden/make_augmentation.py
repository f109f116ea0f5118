"""Writes `augmentation.npz`: what Keras makes of images, given the parameters that it has drawn.

Run it in a venv of its own, from the repository's root, after a change of examples:

    pip install keras jax numpy pydantic
    KERAS_BACKEND=jax PYTHONPATH=. python tests/golden/make_augmentation.py

The file holds, for each call `N`, the images `N.x0`, the parameters `N.pI`, in the form in which
our modules draw them, and the images after it, `N.y0`. Images of integers are shown to Keras as
floats, since some of its layers would compute with integers.
"""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np

from modelspec.layers import registry
from modelspec.layers.values import Example
from tests.golden.keys import written
from tests.golden.make_layers import Arrays, in_keras, numbered

BATCH = 4
COLORS = ("RandomHue",)
"""What takes images whose numbers lie in the value range only."""

DRAWN: dict[str, Callable[[Any], list[Any]]] = {
    "RandomBrightness": lambda drawn: [drawn["rgb_delta"][:, 0, 0, 0]],
    "RandomContrast": lambda drawn: [drawn["contrast_factor"][:, 0, 0, 0]],
    "RandomCrop": lambda drawn: [np.full(BATCH, start) for start in drawn],
    "RandomErasing": lambda drawn: [
        drawn["apply_erasing"],
        drawn["batch_masks"][..., 0],
        drawn["fill_value"],
    ],
    "RandomFlip": lambda drawn: [drawn["flips"][:, 0, 0, 0]],
    "RandomGrayscale": lambda drawn: [drawn[:, 0, 0, 0]],
    "RandomHue": lambda drawn: [drawn["factor"]],
    "RandomInvert": lambda drawn: [drawn["apply_inversion"]],
    "RandomRotation": lambda drawn: [drawn["angle"]],
    "RandomSharpness": lambda drawn: [drawn["factor"]],
    "RandomShear": lambda drawn: [drawn["shear_factor"][:, 0], drawn["shear_factor"][:, 1]],
    "RandomTranslation": lambda drawn: [
        drawn["translations"][:, 1],
        drawn["translations"][:, 0],
    ],
    "RandomZoom": lambda drawn: [drawn["height_zoom"][:, 0], drawn["width_zoom"][:, 0]],
}


def main() -> None:
    """Write the file beside this one."""
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for name in DRAWN:
        declaration = registry.find(name)
        assert declaration is not None
        for example in declaration.examples:
            number = len(manifest)
            keras.utils.set_random_seed(number + 1)
            found = record(name, example, np.random.default_rng(number))
            arrays |= {f"{number}.{key}": array for key, array in found.items()}
            shapes = repr(example.shapes)
            key = {"type": name, "arguments": written(example.arguments), "shapes": shapes}
            manifest.append({"call": number, **key})
    target = Path(__file__).with_name("augmentation.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")


def record(name: str, example: Example, rng: Any) -> Arrays:
    """The arrays of one call."""
    declaration = registry.find(name)
    assert declaration is not None
    layer = in_keras(declaration(**example.arguments))
    shape = (BATCH, *example.shapes[0])
    x = rng.normal(size=shape).astype("float32")
    if example.dtype == "uint8":
        low, high = layer.value_range if name in COLORS else (0, 255)
        x = rng.integers(low, high + 1, shape).astype("uint8")
    images = x.astype("float32")
    drawn = layer.get_random_transformation(images, training=True)
    y = layer.transform_images(images, drawn, training=True)
    parameters = [np.asarray(array) for array in DRAWN[name](drawn)]
    return {"x0": x, "y0": np.asarray(y), **numbered("p", parameters)}


if __name__ == "__main__":
    main()
