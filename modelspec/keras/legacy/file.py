"""Reading an HDF5 file that holds a whole model."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.diagnostics import SpecError
from modelspec.keras.legacy.configuration import Translator, major_version
from modelspec.keras.legacy.training import compile_config
from modelspec.keras.legacy.weights import Place, places
from modelspec.keras.model import BrokenError, UnknownPartError
from modelspec.keras.unsupported import finding, unsupported

if TYPE_CHECKING:
    from modelspec.keras.hdf5 import Array, Hdf5
    from modelspec.keras.model import KerasModel

MODEL, WEIGHTS = "model_config", "model_weights"


class LegacyArrays:
    """The arrays of a saved model, by the paths that `place` has given.

    Args:
        file: The open file.
    """

    def __init__(self, file: Hdf5) -> None:
        self._file = file
        self._places: dict[str, Place] = {}

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def place(self, model: KerasModel) -> None:
        """Say where the arrays of all layers of a model lie.

        Raises:
            BrokenError: The configuration of a layer is malformed.
        """
        self._places = places(model)

    def of(self, path: str, most: int) -> list[Array]:
        """The arrays of a layer, in the order of its `get_weights()`.

        Args:
            path: What `place` has set as its `weights`.
            most: How many numbers they may have.

        Raises:
            SpecError: They are missing, or no plain numbers (MS901).
        """
        place = self._places[path]
        if not place.indices:
            return []
        group = f"{WEIGHTS}/{place.group}"
        names = self._file.names(group, "weight_names")
        if len(names) != place.whole:
            message = f"`{place.group}` has {len(names)} arrays in the file, and {place.whole} are"
            raise unsupported(self._file.name, f"{message} needed")
        wanted = [f"{group}/{names[index]}" for index in place.indices]
        return as_today(place.kind, self._file.arrays(wanted, most))


def read_model(file: str, opened: Hdf5) -> tuple[dict[str, Any], LegacyArrays]:
    """The configuration, as a `.keras` file has it, and the arrays.

    Args:
        file: What findings call it.
        opened: The file, which is closed with the arrays.

    Raises:
        SpecError: It holds no model, or one that is damaged or not known (MS901, MS902).
    """
    try:
        return _read(file, opened)
    except BrokenError as error:
        opened.close()
        raise unsupported(file, f"the configuration is broken: {error}") from error
    except UnknownPartError as error:
        opened.close()
        raise SpecError([finding("MS902", file, str(error), error.help)]) from error
    except BaseException:
        opened.close()
        raise


def _read(file: str, opened: Hdf5) -> tuple[dict[str, Any], LegacyArrays]:
    config = _json(file, opened, MODEL)
    if config is None:
        help = "save the model with `model.save`; weights alone are for `--weights` of a spec"
        raise unsupported(file, f"the file has no `{MODEL}`: it holds no model", help)
    if not isinstance(config, dict):
        raise unsupported(file, f"its `{MODEL}` is not that of a saved model")
    version = opened.text("", "keras_version") or "2"
    found = Translator(major_version(version)).model(config)
    found["compile_config"] = compile_config(_json(file, opened, "training_config"))
    return found, LegacyArrays(opened)


def _json(file: str, opened: Hdf5, name: str) -> Any:
    written = opened.text("", name)
    if written is None:
        return None
    try:
        return json.loads(written)
    except (ValueError, RecursionError) as error:
        raise unsupported(file, f"its `{name}` is not JSON: {error}") from error


def as_today(kind: str, arrays: list[Array]) -> list[Array]:
    """Arrays as today's layers have them: those of the layers of GPUs are laid out otherwise."""
    if kind == "Bidirectional":
        half = len(arrays) // 2
        return _cudnn(arrays[:half]) + _cudnn(arrays[half:])
    if kind == "SpectralNormalization":
        # Today the measure comes first, and then the kernel twice: of the layer, and in it.
        return [arrays[-1], arrays[0], *arrays[:-1]]
    return _cudnn(arrays) if kind in ("LSTM", "GRU", "TimeDistributed") else arrays


def _cudnn(arrays: list[Array]) -> list[Array]:
    """A kernel, recurrent kernel and bias, if they are those of CuDNNLSTM or CuDNNGRU."""
    if len(arrays) != 3 or [array.ndim for array in arrays] != [2, 2, 1]:
        return arrays
    kernel, recurrent, bias = arrays
    units = recurrent.shape[0]
    gates = recurrent.shape[1] // units if units else 0
    if gates not in (3, 4) or recurrent.shape[1] != gates * units != kernel.shape[1]:
        return arrays
    if kernel.shape[1] != gates * units or bias.shape != (2 * gates * units,):
        return arrays
    kernels = [part.T.reshape(part.shape, order="F") for part in np.hsplit(kernel, gates)]
    transposed = [part.T for part in np.hsplit(recurrent, gates)]
    both = bias.reshape(2, -1)
    return [np.hstack(kernels), np.hstack(transposed), both.sum(axis=0) if gates == 4 else both]
