"""The weights in a `.keras` archive, by their path in its HDF5 file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.keras.hdf5 import Array, Hdf5
    from modelspec.keras.model import KerasModel

_PARTS = (
    "forward_layer", "backward_layer", "layer", "cell",
    "query_dense", "_query_dense", "key_dense", "_key_dense", "_gate_dense", "value_dense",
    "_value_dense", "output_dense", "_output_dense",
)  # fmt: skip
"""The parts of layers that have arrays of their own, in the order of `get_weights()`."""


class Arrays(Protocol):
    """The arrays of a saved model."""

    def close(self) -> None:
        """Let go of the file."""

    def place(self, model: KerasModel) -> None:
        """Learn the layers, or give their `weights` the paths that they have in this file.

        Raises:
            BrokenError: The configuration of a layer is malformed.
        """

    def of(self, path: str, most: int) -> list[Array]:
        """The arrays of a layer, in the order of its `get_weights()`.

        Args:
            path: The layer's `weights`.
            most: How many numbers they may have.

        Raises:
            SpecError: They are not plain numbers in this file, or more (MS901).
        """
        ...


class ArchiveArrays:
    """The arrays of a `.keras` archive, by paths like `layers/dense_1`.

    Args:
        file: Its weights.
    """

    def __init__(self, file: Hdf5) -> None:
        self._file = file

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def place(self, model: KerasModel) -> None:
        """Nothing: the reader knows the paths."""

    def of(self, path: str, most: int) -> list[Array]:
        """The arrays of a layer; see `Arrays`."""
        return self._file.arrays(list(self.paths(path)), most)

    def paths(self, path: str) -> Iterator[str]:
        """Where the arrays of a layer lie, in the order of its `get_weights()`."""
        own = f"{path}/vars"
        numbers = [name for name in self._file.children(own) if name.isdecimal()]
        for name in sorted(numbers, key=int):
            yield f"{own}/{name}"
        inside = set(self._file.children(path))
        for part in _PARTS:
            if part in inside:
                yield from self.paths(f"{path}/{part}")
