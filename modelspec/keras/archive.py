"""A `.keras` archive, or its bare `config.json`, as data: nothing in it is run or followed."""

from __future__ import annotations

import json
import shutil
import tempfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    from modelspec.keras.arrays import Arrays

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MOST_CONFIG = 64 * 2**20
"""The most bytes that a model's JSON may have; that of the largest known is 2 MB."""
MOST_WEIGHTS = 64 * 2**30
_HDF5 = b"\x89HDF"
_UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError)


class Archive(NamedTuple):
    """What was saved.

    Attributes:
        config: The model's class and configuration.
        arrays: Its weights; None of a bare `config.json`.
    """

    config: dict[str, Any]
    arrays: Arrays | None


def read(file: str) -> Archive:
    """Read a `.keras` file or a `config.json`.

    Raises:
        OSError: It cannot be opened.
        SpecError: It is damaged, too large, or no saved model (MS901).
    """
    if not zipfile.is_zipfile(file):
        with open(file, "rb") as stream:
            return Archive(_config(file, stream), None)
    try:
        with zipfile.ZipFile(file) as archive:
            return _archive(file, archive)
    except _UNREADABLE as error:
        raise unsupported(file, f"the archive is damaged: {error}") from error


def _archive(file: str, archive: zipfile.ZipFile) -> Archive:
    from modelspec.keras.arrays import Arrays

    with _member(file, archive, CONFIG, MOST_CONFIG) as stream:
        config = _config(file, stream)
    if WEIGHTS not in archive.namelist():
        raise unsupported(file, f"the archive has no `{WEIGHTS}`", "save it with `model.save`")
    size = archive.getinfo(WEIGHTS).file_size
    copy = tempfile.TemporaryFile()  # noqa: SIM115  (Arrays closes it)
    try:
        with _member(file, archive, WEIGHTS, MOST_WEIGHTS) as stream:
            shutil.copyfileobj(stream, copy, 2**20)  # no more than `file_size`: zipfile sees to it
    except BaseException:
        copy.close()
        raise
    return Archive(config, Arrays(file, copy, size))


def _member(file: str, archive: zipfile.ZipFile, name: str, most: int) -> IO[bytes]:
    """A member by its exact name, whose size has a bound; no path is ever written to."""
    if name not in archive.namelist():
        raise unsupported(file, f"the archive has no `{name}`", "save the model with `model.save`")
    size = archive.getinfo(name).file_size
    if size > most:
        raise unsupported(file, f"`{name}` would be {size:,} bytes; {most:,} are allowed")
    return archive.open(name)


def _config(file: str, stream: IO[bytes]) -> dict[str, Any]:
    text = stream.read(MOST_CONFIG + 1)
    if text.startswith(_HDF5):
        help = "load it in Keras 3 and save it as `.keras`"
        raise unsupported(file, "it is HDF5, as older versions of Keras saved models", help)
    if len(text) > MOST_CONFIG:
        raise unsupported(file, f"it is larger than the {MOST_CONFIG:,} bytes that are allowed")
    try:
        config = json.loads(text)
    except (ValueError, RecursionError) as error:
        help = "give the `.keras` file that `model.save` writes, or its `config.json`"
        raise unsupported(
            file, f"it is neither a `.keras` archive nor JSON: {error}", help
        ) from error
    if not isinstance(config, dict) or not isinstance(config.get("config"), dict):
        raise unsupported(file, "its JSON is not that of a saved model")
    return config
