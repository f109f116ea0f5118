"""Writes the golden file of one family of layers, in the form of `make_layers.py`."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import numpy as np

from modelspec.layers import registry
from tests.golden.make_layers import Arrays, record


def write(family: str, layers: Sequence[str]) -> None:
    """Write what Keras computes for every example of some layers, into `FAMILY.npz`."""
    assert keras.backend.backend() in {"jax", "numpy", "tensorflow"}
    arrays: Arrays = {}
    manifest: list[dict[str, Any]] = []
    for name in layers:
        declaration = registry.find(name)
        assert declaration is not None
        for example in declaration.examples:
            number = len(manifest)
            entry, found = record(name, example, np.random.default_rng(number))
            manifest.append({"call": number, **entry})
            arrays |= {f"{number}.{key}": array for key, array in found.items()}
    target = Path(__file__).with_name(f"{family}.npz")
    np.savez_compressed(target, manifest=np.array(json.dumps(manifest)), **arrays)
    print(f"{len(manifest)} calls, {target.stat().st_size} bytes, keras {keras.__version__}")
