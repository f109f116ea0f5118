"""A saved model as data: nothing in it is run or followed.

It is a `.keras` archive, the bare `config.json` of one, or the HDF5 file that
`model.save("model.h5")` writes.
"""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import zipfile
import zlib
from typing import IO, TYPE_CHECKING, Any, NamedTuple

from modelspec.diagnostics.extras import MissingPackageError, require
from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    from modelspec.keras.arrays import Arrays
    from modelspec.keras.hdf5 import Hdf5

CONFIG, WEIGHTS = "config.json", "model.weights.h5"
MOST_CONFIG = 16 * 2**20
"""The most bytes that a model's JSON may have; that of the largest known is 2 MB."""
MOST_FREE, MOST_RATIO = 64 * 2**20, 8
"""Weights may unpack to so many bytes, or to so many times what they take in the archive. Keras
does not compress them, and numbers do not compress well."""
_HDF5 = b"\x89HDF\r\n\x1a\n"
_ZIP = b"PK\x03\x04"
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
    """Read a saved model.

    Raises:
        OSError: It cannot be opened.
        SpecError: It is damaged, too large, or no saved model (MS901).
    """
    with open(file, "rb") as stream:
        start = stream.read(len(_HDF5))
        if start != _HDF5 and not zipfile.is_zipfile(stream):
            stream.seek(0)
            return Archive(_config(file, stream), None)
    if start == _HDF5:
        return _legacy(file)
    try:
        with zipfile.ZipFile(file) as archive:
            return _archive(file, archive)
    except _UNREADABLE as error:
        raise unsupported(file, f"the archive is damaged: {error}") from error


def is_keras_file(file: str) -> bool:
    """Whether a file begins like HDF5 or like an archive.

    Raises:
        OSError: It cannot be opened.
    """
    with open(file, "rb") as stream:
        return stream.read(len(_HDF5)).startswith((_HDF5, _ZIP))


def open_weights(file: str) -> Hdf5:
    """The HDF5 file that a file is, or the one with the weights in an archive.

    Raises:
        OSError: It cannot be opened.
        SpecError: It is damaged, or too large (MS901).
    """
    if not zipfile.is_zipfile(file):
        stream = open(file, "rb")  # noqa: SIM115  (Hdf5 closes it)
        return _hdf5(file, stream, os.path.getsize(file))
    try:
        with zipfile.ZipFile(file) as archive:
            return _weights(file, archive)
    except _UNREADABLE as error:
        raise unsupported(file, f"the archive is damaged: {error}") from error


def _legacy(file: str) -> Archive:
    from modelspec.keras.legacy.file import read_model

    return Archive(*read_model(file, open_weights(file)))


def _archive(file: str, archive: zipfile.ZipFile) -> Archive:
    from modelspec.keras.arrays import ArchiveArrays

    with _member(file, archive, CONFIG, MOST_CONFIG) as stream:
        config = _config(file, stream)
    return Archive(config, ArchiveArrays(_weights(file, archive)))


def _weights(file: str, archive: zipfile.ZipFile) -> Hdf5:
    if WEIGHTS not in archive.namelist():
        raise unsupported(file, f"the archive has no `{WEIGHTS}`", "save it with `model.save`")
    info = archive.getinfo(WEIGHTS)
    most = max(MOST_FREE, MOST_RATIO * info.compress_size)
    copy = tempfile.TemporaryFile()  # noqa: SIM115  (Hdf5 closes it)
    try:
        with _member(file, archive, WEIGHTS, most) as stream:
            shutil.copyfileobj(stream, copy, 2**20)  # no more than `file_size`: zipfile sees to it
    except BaseException:
        copy.close()
        raise
    return _hdf5(file, copy, info.file_size)


def _hdf5(file: str, stream: IO[bytes], size: int) -> Hdf5:
    """The HDF5 file in a stream.

    Raises:
        MissingPackageError: h5py is not installed.
    """
    try:
        require("h5py", f"reading `{file}`")
    except MissingPackageError:
        stream.close()
        raise
    from modelspec.keras.hdf5 import Hdf5

    return Hdf5(file, stream, size)


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
