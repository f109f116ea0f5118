"""Reading the HDF5 files of `make_legacy_keras.py`, and changed copies of them."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import h5py

SAVED = Path(__file__).parents[2] / "golden" / "keras" / "legacy"


def changed(
    folder: Path, name: str, change: Callable[[dict[str, Any]], object], attribute: str = ""
) -> str:
    """A copy of a file whose configuration is another.

    Args:
        folder: Where it goes.
        name: Of the golden file.
        change: Changes the configuration.
        attribute: `training_config` for that.
    """
    file = folder / "changed.h5"
    shutil.copy(SAVED / f"{name}.h5", file)
    attribute = attribute or "model_config"
    with h5py.File(file, "r+") as opened:
        config = json.loads(opened.attrs[attribute])
        change(config)
        opened.attrs[attribute] = json.dumps(config)
    return str(file)


def layer_of(config: dict[str, Any], name: str) -> dict[str, Any]:
    """The configuration of a layer in that of a model."""
    found: dict[str, Any] = next(
        each for each in config["config"]["layers"] if each["config"].get("name") == name
    )
    return found
