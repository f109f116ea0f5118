"""The weights in an HDF5 file, by their path in it, read as data."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import h5py

from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    import numpy as np

_PARTS = (
    "forward_layer", "backward_layer", "layer", "cell",
    "query_dense", "_query_dense", "key_dense", "_key_dense", "_gate_dense", "value_dense",
    "_value_dense", "output_dense", "_output_dense",
)  # fmt: skip
"""The parts of layers that have arrays of their own, in the order of `get_weights()`."""
_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}


class Arrays:
    """The arrays of a saved model.

    Args:
        file: What findings call it.
        stream: The HDF5 file.
        size: Its size. No dataset may be much larger than what it is stored in.
    """

    def __init__(self, file: str, stream: IO[bytes], size: int) -> None:
        self._file = file
        self._stream = stream
        self._most = 1024 * size
        try:
            self._root = h5py.File(stream, "r")
        except (OSError, RuntimeError) as error:
            stream.close()
            raise unsupported(file, f"the weights are not HDF5: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._root.close()
        self._stream.close()

    def of(self, path: str) -> list[np.ndarray[Any, Any]]:
        """The arrays of a layer at `layers/dense_1`, in the order of its `get_weights()`.

        Raises:
            SpecError: They are not plain numbers in this file (MS901).
        """
        try:
            group = self._group(path)
            return [] if group is None else list(self._walk(group))
        except (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError) as error:
            raise unsupported(
                self._file, f"the weights at `{path}` are damaged: {error}"
            ) from error

    def _group(self, path: str) -> Any:
        group: Any = self._root
        for name in path.split("/"):
            group = self._child(group, name)
            if group is None:
                return None
        return group

    def _child(self, group: Any, name: str) -> Any:
        link = group.get(name, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise unsupported(self._file, f"the weights at `{group.name}/{name}` are a link")
        return group[name]

    def _walk(self, group: Any) -> Any:
        own = self._child(group, "vars")
        if own is not None:
            for name in sorted(own, key=int):
                yield self._array(self._child(own, name))
        for part in _PARTS:
            inner = self._child(group, part)
            if isinstance(inner, h5py.Group):
                yield from self._walk(inner)

    def _array(self, data: Any) -> np.ndarray[Any, Any]:
        if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external:
            raise unsupported(self._file, f"the weights at `{data.name}` lie in another file")
        plan = data.id.get_create_plist()
        filters = {plan.get_filter(index)[0] for index in range(plan.get_nfilters())}
        if data.dtype.kind not in "fiub" or not filters <= _FILTERS:
            raise unsupported(self._file, f"the weights at `{data.name}` are not plain numbers")
        if data.nbytes > self._most:
            raise unsupported(
                self._file, f"the weights at `{data.name}` would be {data.nbytes:,} bytes"
            )
        array: np.ndarray[Any, Any] = data[()]
        return array
