"""Text as rows of token ids."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.column_values import report_rows
from modelspec.data.features.feature import UnfitError
from modelspec.data.features.labels import index_slot, width
from modelspec.data.features.missing import absent
from modelspec.data.features.number import numpy_dtype
from modelspec.data.features.sequence_base import Steps
from modelspec.data.features.tokens import (
    PADDING,
    RESERVED,
    FileTokens,
    Tokens,
    Vocabulary,
    most_frequent,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import Filling, Labelled, Pieces
    from modelspec.data.table.model_fields import Slot
    from modelspec.data.table.table import Array, Kind, Rows


@dataclass(frozen=True, slots=True)
class Text(Steps):
    """A vocabulary, and how a text becomes a row of its ids.

    Attributes:
        tokenizer: `word`, `character`, or the path of a file.
        lower: Whether upper case is read as lower case.
        vocabulary: How many ids there may be; 0 for as many as the model has room for.
        start, stop: Tokens put before and after every row; empty for none.
        drop: Which token is left away in the end: `first`, `last` or none.
        tokens: Those with ids, from 2 on, once fitted.
        rules: What the tokenizer's file holds.
    """

    type: ClassVar[str] = "text"
    kind: ClassVar[Kind] = "text"

    tokenizer: str = "word"
    lower: bool = True
    vocabulary: int = 0
    start: str = ""
    stop: str = ""
    drop: str = ""
    tokens: tuple[str, ...] = ()
    rules: str = ""

    @property
    def codec(self) -> Tokens:
        """What numbers texts."""
        if self.rules:
            return FileTokens(self.rules)
        return Vocabulary(self.tokenizer, self.tokens, lower=self.lower)

    def fit(self, pieces: Pieces) -> Text:
        """With the most frequent tokens of the training rows."""
        slot = pieces.slot
        if not slot.integers and not self._one_hot(slot):
            message = f"text becomes integers, {slot.text} holds {slot.dtype}"
            help = "declare the input with `dtype: int64`, and lead it into an Embedding"
            pieces.findings.add("MS506", message, help=help)
            raise UnfitError
        room = self._room(slot)
        fitted = self if self.rules else self._with_tokens(pieces, room)
        fitted._check_fits(pieces, room)
        return fitted

    def _with_tokens(self, pieces: Pieces, room: int | None) -> Text:
        found = most_frequent(self._chosen(pieces), self.tokenizer, lower=self.lower)
        marks = [mark for mark in dict.fromkeys((self.start, self.stop)) if mark]
        tokens = [*marks, *(token for token in found if token not in marks)]
        return replace(self, tokens=tuple(tokens[: self._wanted(room)]))

    def _chosen(self, pieces: Pieces) -> Iterator[str]:
        """The texts of the training rows."""
        for filling, rows in pieces:
            texts = self._texts(filling)
            if texts is None:
                raise UnfitError
            yield from texts if rows is None else (texts[row] for row in rows.tolist())

    def encode(self, filling: Filling) -> Values | None:
        """Ids, as the slot's integers."""
        texts = self._texts(filling)
        if texts is None:
            return None
        ids, sizes = self._marked(*self.codec.ids(texts))
        slot = filling.slot
        if slot.role == "output":
            filling = filling._replace(slot=index_slot(slot))
            return self.arranged(filling, ids.astype("int64"), sizes, self.padding)
        dtype = numpy_dtype(slot.dtype)
        if self._one_hot(slot):
            return self.arranged(
                filling, np.eye(width(slot) or self.codec.size, dtype=dtype)[ids], sizes
            )
        return self.arranged(filling, ids.astype(dtype), sizes, self.padding)

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The most probable text of each row, up to its stop."""
        ids = values.argmax(axis=-1) if values.ndim > 2 else values.astype(np.int64)
        return {name: np.array([self.read(row) for row in ids.tolist()], np.str_)}

    def read(self, ids: Sequence[int]) -> str:
        """What a row of ids says, up to the stop."""
        codec = self.codec
        stop = codec.id(self.stop) if self.stop else -1
        kept = list(ids[: ids.index(stop)] if stop in ids else ids)
        if self.start and kept and kept[0] == codec.id(self.start):
            kept = kept[1:]
        return codec.text([each for each in kept if each != self.padding])

    @property
    def padding(self) -> int:
        """The id of padding."""
        return FileTokens(self.rules).padding if self.rules else PADDING

    def _one_hot(self, slot: Slot) -> bool:
        """Whether tokens become vectors with a 1: an input `[steps, tokens]` of floats."""
        return slot.role == "output" or (not slot.integers and len(slot.shape or ()) == 2)

    def _wanted(self, room: int | None) -> int | None:
        """How many tokens get an id; None for all."""
        most = self.vocabulary or room
        return None if most is None else max(0, most - RESERVED)

    def _room(self, slot: Slot) -> int | None:
        """How many ids the model has room for, where it says."""
        if slot.role == "output" or self._one_hot(slot):
            return width(slot)
        return slot.limit.rows if slot.limit else None

    def _check_fits(self, pieces: Pieces, room: int | None) -> None:
        size, slot = self.codec.size, pieces.slot
        if room is None or size <= room:
            return
        where = f"`{slot.limit.node}`" if slot.limit else slot.text
        message = f"{where} takes {room} tokens, {self.what()} has {size} with padding and unknown"
        key = f"set `input_dim` of {where} to {size}" if slot.limit else f"give it {size} units"
        help = f"{key}, or `vocabulary: {room}`"
        pieces.findings.add("MS805" if slot.role == "input" else "MS607", message, help=help)
        raise UnfitError

    def _texts(self, filling: Filling) -> list[str] | None:
        column = filling.table.columns[self.columns[0]]
        if isinstance(column, np.ndarray):
            message = f"text is one value a row, `{self.columns[0]}` is an array of {column.dtype}"
            filling.findings.add("MS805", message)
            return None
        rows = (
            column.is_null().arg_true().to_numpy() if self.fill else np.flatnonzero(absent(column))
        )
        if len(rows):
            help = "fill or remove the rows, or set `missing`"
            report_rows(filling, rows, "MS803", f"`{self.columns[0]}` has no value", help=help)
            return None
        texts: list[str] = column.to_list()
        return texts

    def _marked(self, ids: Array, sizes: Rows) -> tuple[Array, Rows]:
        """The rows with their start and stop, and without what is left away."""
        marks = [[self.codec.id(mark)] if mark else [] for mark in (self.start, self.stop)]
        if not any(marks) and not self.drop:
            return ids, sizes
        rows = []
        for row in np.split(ids, np.cumsum(sizes)[:-1]):
            whole = [*marks[0], *row.tolist(), *marks[1]]
            rows.append(whole[self.drop == "first" : len(whole) - (self.drop == "last")])
        flat: Iterable[int] = (each for row in rows for each in row)
        return np.fromiter(flat, np.int64), np.array([len(row) for row in rows], np.int64)
