"""An HDF5 file as data: plain numbers that lie in it, no more than there are to be."""

from __future__ import annotations

from typing import IO, TYPE_CHECKING, Any

import h5py
import numpy as np

from modelspec.keras.unsupported import unsupported

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Array = np.ndarray[Any, Any]

_FILTERS = {h5py.h5z.FILTER_DEFLATE, h5py.h5z.FILTER_SHUFFLE, h5py.h5z.FILTER_FLETCHER32}
_DAMAGED = (OSError, RuntimeError, KeyError, ValueError, TypeError, OverflowError, MemoryError)
"""What h5py raises for damaged files."""
_CHUNK = 2**20
"""How many numbers a chunk may have that has more than the array."""


class Hdf5:
    """An open file.

    Args:
        name: What findings call it.
        stream: The file; it is closed with this.
        size: Its size in bytes.

    Raises:
        SpecError: It is not HDF5 (MS901).
    """

    def __init__(self, name: str, stream: IO[bytes], size: int) -> None:
        self.name = name
        self._stream = stream
        self._size = size
        try:
            self._root = h5py.File(stream, "r")
        except _DAMAGED as error:
            stream.close()
            raise unsupported(name, f"it is not HDF5: {error}") from error

    def close(self) -> None:
        """Let go of the file."""
        self._root.close()
        self._stream.close()

    def text(self, path: str, name: str) -> str | None:
        """An attribute; None if there is none.

        Args:
            path: Of the group that has it.
            name: The attribute.

        Raises:
            SpecError: It is damaged, or no text (MS901).
        """
        try:
            value = self._attribute(self._group(path), name)
        except _DAMAGED as error:
            raise unsupported(self.name, f"its `{name}` is damaged: {error}") from error
        if value is None:
            return None
        if isinstance(value, bytes):
            value = value.decode("utf-8", errors="replace")
        if not isinstance(value, str):
            raise unsupported(self.name, f"its `{name}` is no text")
        return value

    def names(self, path: str, name: str) -> list[str]:
        """An attribute that is a list of names, which may lie in pieces `name0`, `name1`.

        Raises:
            SpecError: It is missing, damaged, or no names (MS901).
        """
        try:
            group = self._group(path)
            if group is None:
                raise unsupported(self.name, f"the weights at `{path}` are missing")
            pieces = list(self._pieces(group, name))
        except _DAMAGED as error:
            raise unsupported(self.name, f"`{name}` of `{path}` is damaged: {error}") from error
        found = [each for piece in pieces for each in np.atleast_1d(piece).tolist()]
        names = [
            each.decode(errors="replace") if isinstance(each, bytes) else each for each in found
        ]
        if not all(isinstance(each, str) for each in names):
            raise unsupported(self.name, f"`{name}` of `{path}` are no names")
        return names

    def has_names(self, path: str, name: str) -> bool:
        """Whether a group has an attribute that `names` reads.

        Raises:
            SpecError: It is damaged (MS901).
        """
        try:
            group = self._group(path)
            return group is not None and (name in group.attrs or f"{name}0" in group.attrs)
        except _DAMAGED as error:
            raise unsupported(self.name, f"`{path}` is damaged: {error}") from error

    def shapes(self, paths: Sequence[str]) -> list[tuple[int, ...]]:
        """The shapes of the arrays at some paths.

        Raises:
            SpecError: One is missing, no plain numbers, or lies in another file (MS901).
        """
        try:
            return [self._dataset(path).shape for path in paths]
        except _DAMAGED as error:
            message = f"the weights at `{paths[0]}` are damaged: {error}"
            raise unsupported(self.name, message) from error

    def children(self, path: str) -> list[str]:
        """The names in a group; none if there is no such group.

        Raises:
            SpecError: It is damaged (MS901).
        """
        try:
            group = self._group(path)
            return list(group) if isinstance(group, h5py.Group) else []
        except _DAMAGED as error:
            raise unsupported(self.name, f"`{path}` is damaged: {error}") from error

    def arrays(self, paths: Sequence[str], most: int) -> list[Array]:
        """The arrays at some paths.

        Args:
            paths: Where they are.
            most: How many numbers they may have, all together.

        Raises:
            SpecError: One is missing, no plain numbers, or lies in another file; or they have
                more numbers (MS901).
        """
        try:
            data = [self._dataset(path) for path in paths]
            numbers = sum(each.size for each in data)
            if numbers > most:
                message = f"the weights at `{paths[0]}` have {numbers:,} numbers"
                raise unsupported(self.name, f"{message}, and at most {most:,} are needed")
            return [each[()] for each in data]
        except _DAMAGED as error:
            message = f"the weights at `{paths[0]}` are damaged: {error}"
            raise unsupported(self.name, message) from error

    def _attribute(self, group: Any, name: str) -> Any:
        if group is None or name not in group.attrs:
            return None
        attribute = group.attrs.get_id(name)
        if 0 in attribute.shape:
            return []
        stored = attribute.get_storage_size()
        if stored > self._size:
            raise ValueError(f"`{name}` would be {stored:,} bytes")
        return group.attrs[name]

    def _pieces(self, group: Any, name: str) -> Iterator[Any]:
        whole = self._attribute(group, name)
        if whole is not None:
            yield whole
            return
        number = 0
        while (piece := self._attribute(group, f"{name}{number}")) is not None:
            yield piece
            number += 1
        if not number:
            raise KeyError(name)

    def _group(self, path: str) -> Any:
        group: Any = self._root
        for name in filter(None, path.split("/")):
            group = self._child(group, name)
            if group is None:
                return None
        return group

    def _child(self, group: Any, name: str) -> Any:
        if not isinstance(group, h5py.Group):
            return None
        link = group.get(name, getlink=True)
        if link is None:
            return None
        if not isinstance(link, h5py.HardLink):
            raise unsupported(self.name, f"the weights at `{group.name}/{name}` are a link")
        return group[name]

    def _dataset(self, path: str) -> Any:
        data = self._group(path)
        if data is None:
            raise unsupported(self.name, f"the weights at `{path}` are missing")
        if isinstance(data, h5py.Dataset) and data.shape is None:
            raise unsupported(self.name, f"the weights at `{path}` are empty")
        if not isinstance(data, h5py.Dataset) or data.is_virtual or data.external:
            raise unsupported(self.name, f"the weights at `{path}` lie in another file")
        plan = data.id.get_create_plist()
        filters = {plan.get_filter(index)[0] for index in range(plan.get_nfilters())}
        if data.dtype.kind not in "fiub" or not filters <= _FILTERS:
            raise unsupported(self.name, f"the weights at `{path}` are not plain numbers")
        if data.chunks is not None and np.prod(data.chunks, dtype=float) > max(data.size, _CHUNK):
            raise unsupported(self.name, f"the weights at `{path}` lie in oversized pieces")
        return data
