"""Writing a `.keras` archive."""

from __future__ import annotations

import io
import json
import zipfile
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics.extras import require
from modelspec.keras.archive import CONFIG, WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import numpy as np

    Array = np.ndarray[Any, Any]

METADATA = "metadata.json"
KERAS_VERSION = "3.15.1"
"""The version whose layout of files this is."""
_TIME = (1980, 1, 1, 0, 0, 0)
"""The time in the archive: the same model is the same file."""


def write_archive(
    path: Path,
    model: Mapping[str, Any],
    names: Mapping[str, str],
    arrays: Iterable[tuple[str, Array]],
) -> None:
    """Write a model as `model.save` does.

    Args:
        path: The file.
        model: Its configuration, of `saving.functional.save`.
        names: The names of its layers, by their paths.
        arrays: Its arrays; their groups come in the order of the arrays in them.

    Raises:
        MissingPackageError: h5py is not installed.
        OSError: It cannot be written.
    """
    require("h5py", f"writing `{path.name}`")
    metadata = {"keras_version": KERAS_VERSION, "date_saved": "1980-01-01@00:00:00"}
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in ((METADATA, metadata), (CONFIG, model)):
            archive.writestr(zipfile.ZipInfo(name, _TIME), json.dumps(data))
        info = zipfile.ZipInfo(WEIGHTS, _TIME)
        archive.writestr(info, _weights(names, arrays))


def _weights(names: Mapping[str, str], arrays: Iterable[tuple[str, Array]]) -> bytes:
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for path, name in names.items():
            file.create_group(f"{path}/vars").attrs["name"] = name
        for group, array in arrays:
            held = file.require_group(f"{group}/vars")
            held.create_dataset(str(len(held)), data=array)
    return buffer.getvalue()
