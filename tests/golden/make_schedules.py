"""Writes schedules.json: what Keras's learning-rate schedules say of the first hundred steps.

Run in an environment of its own: `pip install keras jax`, `python make_schedules.py`.
"""

import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras

STEPS = 100
CASES = [
    ("ExponentialDecay", {"initial_learning_rate": 0.1, "decay_steps": 13, "decay_rate": 0.7}),
    (
        "ExponentialDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 13, "decay_rate": 0.7, "staircase": True},
    ),
    ("InverseTimeDecay", {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5}),
    (
        "InverseTimeDecay",
        {"initial_learning_rate": 0.1, "decay_steps": 7, "decay_rate": 0.5, "staircase": True},
    ),
    ("PolynomialDecay", {"initial_learning_rate": 0.1, "decay_steps": 60}),
    (
        "PolynomialDecay",
        {
            "initial_learning_rate": 0.1,
            "decay_steps": 30,
            "end_learning_rate": 0.01,
            "power": 0.5,
            "cycle": True,
        },
    ),
    ("PiecewiseConstantDecay", {"boundaries": [10, 40], "values": [0.1, 0.05, 0.01]}),
    ("PiecewiseConstantDecay", {"boundaries": [10], "values": [0.1, 0.2]}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 80}),
    ("CosineDecay", {"initial_learning_rate": 0.1, "decay_steps": 80, "alpha": 0.2}),
    (
        "CosineDecay",
        {
            "initial_learning_rate": 0.01,
            "decay_steps": 60,
            "warmup_target": 0.1,
            "warmup_steps": 20,
            "alpha": 0.05,
        },
    ),
    ("CosineDecayRestarts", {"initial_learning_rate": 0.1, "first_decay_steps": 11}),
    (
        "CosineDecayRestarts",
        {
            "initial_learning_rate": 0.1,
            "first_decay_steps": 8,
            "t_mul": 1.5,
            "m_mul": 0.9,
            "alpha": 0.1,
        },
    ),
    (
        "CosineDecayRestarts",
        {"initial_learning_rate": 0.1, "first_decay_steps": 16, "t_mul": 1.0, "m_mul": 0.5},
    ),
]


def rates(name: str, arguments: dict) -> list[float]:
    schedule = getattr(keras.optimizers.schedules, name)(**arguments)
    return [float(schedule(step)) for step in range(STEPS)]


if __name__ == "__main__":
    golden = {
        "keras": keras.__version__,
        "cases": [
            {"schedule": name, "arguments": arguments, "rates": rates(name, arguments)}
            for name, arguments in CASES
        ],
    }
    Path(__file__).with_name("schedules.json").write_text(json.dumps(golden) + "\n")
