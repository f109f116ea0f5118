"""Writes optimizers.json: what Keras's optimizers make of two weights in eight steps.

Run in an environment of its own: `pip install keras jax`, `python make_optimizers.py`.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras
import numpy as np

CASES = [
    ("SGD", {}),
    ("SGD", {"learning_rate": 0.1, "weight_decay": 0.05, "clipvalue": 0.3}),
    ("SGD", {"momentum": 0.9}),
    ("SGD", {"momentum": 0.8, "nesterov": True, "clipnorm": 0.5}),
    ("RMSprop", {}),
    ("RMSprop", {"rho": 0.8, "momentum": 0.5, "epsilon": 1e-3, "global_clipnorm": 1.0}),
    ("RMSprop", {"centered": True, "momentum": 0.3}),
    ("RMSprop", {"centered": True, "learning_rate": 0.01}),
    ("Adagrad", {}),
    ("Adagrad", {"initial_accumulator_value": 0.01, "learning_rate": 0.1, "epsilon": 1e-2}),
    ("Adadelta", {}),
    ("Adadelta", {"learning_rate": 1.0, "rho": 0.9, "epsilon": 1e-5}),
    ("Adam", {}),
    ("Adam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.9, "epsilon": 1e-2}),
    ("Adam", {"amsgrad": True, "weight_decay": 0.01}),
    ("AdamW", {}),
    ("AdamW", {"weight_decay": 0.1, "global_clipnorm": 0.2}),
    ("Adamax", {}),
    ("Adamax", {"learning_rate": 0.1, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.01}),
    ("Nadam", {}),
    ("Nadam", {"learning_rate": 0.05, "beta_1": 0.8, "beta_2": 0.95, "epsilon": 1e-3}),
    ("Lion", {}),
    ("Lion", {"learning_rate": 0.02, "beta_1": 0.8, "beta_2": 0.9, "weight_decay": 0.1}),
    ("Lamb", {}),
    ("Lamb", {"learning_rate": 0.05, "beta_2": 0.9, "epsilon": 1e-3, "weight_decay": 0.1}),
    ("Ftrl", {}),
    (
        "Ftrl",
        {
            "learning_rate": 0.1,
            "learning_rate_power": -0.3,
            "initial_accumulator_value": 0.2,
            "l1_regularization_strength": 0.1,
            "l2_regularization_strength": 0.05,
            "l2_shrinkage_regularization_strength": 0.02,
            "beta": 0.1,
        },
    ),
    ("Adafactor", {}),
    ("Adafactor", {"learning_rate": 0.5, "beta_2_decay": -0.6, "clip_threshold": 0.5}),
    ("Muon", {}),
    ("Muon", {"learning_rate": 0.05, "nesterov": False, "ns_steps": 3, "rms_rate": None}),
    ("Muon", {"learning_rate": 0.05, "adam_lr_ratio": 0.5, "adam_weight_decay": 0.1}),
    ("ScheduleFreeAdamW", {}),
    ("ScheduleFreeAdamW", {"warmup_steps": 4, "beta_1": 0.8, "weight_decay": 0.1}),
    ("SGD", {"use_ema": True, "ema_momentum": 0.8, "learning_rate": 0.1}),
    ("Adam", {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}),
    ("Adam", {"gradient_accumulation_steps": 3, "learning_rate": 0.1}),
    (
        "SGD",
        {
            "gradient_accumulation_steps": 2,
            "momentum": 0.9,
            "clipnorm": 0.5,
            "weight_decay": 0.1,
            "use_ema": True,
            "ema_overwrite_frequency": 2,
        },
    ),
]
SHAPES = ((2, 3), (3,))
HALVED_AT = 4
"""The step before which the learning rate is halved, as a callback would."""


def gradients() -> list[list[np.ndarray]]:
    """Ordinary ones, then tiny, huge and zero."""
    random = np.random.default_rng(0)
    scales = [1.0, 1.0, 0.1, 1.0, 1e-6, 1e3, 0.0, 1.0]
    return [
        [(scale * random.normal(size=shape)).astype("float32") for shape in SHAPES]
        for scale in scales
    ]


def run(name: str, arguments: dict, steps: list[list[np.ndarray]]) -> list[list[float]]:
    """The flattened weights after each step, and after the end."""
    optimizer = getattr(keras.optimizers, name)(**arguments)
    start = [np.linspace(-1, 1, int(np.prod(shape))).reshape(shape) for shape in SHAPES]
    weights = [keras.Variable(value, dtype="float32") for value in start]
    rows = []
    for index, step in enumerate(steps):
        if index == HALVED_AT:
            optimizer.learning_rate = optimizer.learning_rate / 2
        optimizer.apply([keras.ops.convert_to_tensor(value) for value in step], weights)
        rows.append(flat(weights))
    optimizer.finalize_variable_values(weights)
    return [*rows, flat(weights)]


def flat(weights: list) -> list[float]:
    return [float(v) for weight in weights for v in np.asarray(weight).ravel()]


if __name__ == "__main__":
    steps = gradients()
    golden = {
        "keras": keras.__version__,
        "shapes": SHAPES,
        "halved_at": HALVED_AT,
        "gradients": [[value.tolist() for value in step] for step in steps],
        "cases": [
            {"optimizer": name, "arguments": arguments, "weights": run(name, arguments, steps)}
            for name, arguments in CASES
        ],
    }
    Path(__file__).with_name("optimizers.json").write_text(json.dumps(golden) + "\n")
