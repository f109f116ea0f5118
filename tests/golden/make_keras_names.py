"""Writes keras_names.json: which layers, losses and metrics Keras has.

Run in an environment of its own: `pip install keras jax`, `python make_keras_names.py`.
"""

import inspect
import json
import os
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"
import keras


def names(module: object) -> list[str]:
    """The public classes of a module."""
    return sorted(name for name, found in vars(module).items() if inspect.isclass(found))


rooms = {"layers": keras.layers, "losses": keras.losses, "metrics": keras.metrics}
target = Path(__file__).with_name("keras_names.json")
text = json.dumps({room: names(module) for room, module in rooms.items()}, indent=1)
target.write_text(text + "\n", encoding="utf-8")
print(f"{target.stat().st_size} bytes, keras {keras.__version__}")
