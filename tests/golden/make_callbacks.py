"""Writes `callbacks.json`: the learning rates that `ReduceLROnPlateau` gives, epoch by epoch.

Run it in a venv of its own, from the repository's root:

    pip install keras jax numpy
    KERAS_BACKEND=jax python tests/golden/make_callbacks.py
"""

import json
from pathlib import Path
from typing import Any

import keras
import numpy as np

SEQUENCES = {
    "falling then flat": [5.0, 4.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0, 3.0],
    "in steps": [2.0, 2.0, 2.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5],
    "hardly": [1.0 - 0.00004 * epoch for epoch in range(12)],
    "rising": [1.0 + epoch for epoch in range(12)],
}
ARGUMENTS: list[dict[str, Any]] = [
    {"patience": 2},
    {"patience": 0},
    {"patience": 1, "cooldown": 2},
    {"patience": 2, "factor": 0.5, "min_lr": 0.04},
    {"patience": 3, "min_delta": 0.9},
    {"patience": 2, "mode": "max"},
    {"patience": 1, "cooldown": 1, "factor": 0.9},
]


def rates(arguments: dict[str, Any], values: list[float]) -> list[float]:
    """The learning rate after each epoch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    callback = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", **arguments)
    callback.set_model(model)
    callback.on_train_begin()
    found = []
    for epoch, value in enumerate(values):
        callback.on_epoch_end(epoch, {"val_loss": value})
        found.append(float(np.asarray(model.optimizer.learning_rate)))
    return found


if __name__ == "__main__":
    cases = [
        {"arguments": arguments, "values": values, "rates": rates(arguments, values)}
        for arguments in ARGUMENTS
        for values in SEQUENCES.values()
    ]
    target = Path(__file__).with_name("callbacks.json")
    target.write_text(json.dumps({"keras": keras.__version__, "cases": cases}) + "\n")
