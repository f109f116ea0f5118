"""Text as rows of token ids."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.absent import absent
from modelspec.data.features.column_values import report_rows
from modelspec.data.features.feature import UnfitError
from modelspec.data.features.few_cells import is_open
from modelspec.data.features.few_texts import FewTexts
from modelspec.data.features.field_limits import numpy_dtype
from modelspec.data.features.labels import index_field, width
from modelspec.data.features.sequence_base import Steps
from modelspec.data.features.tokens import (
    RESERVED,
    FileTokens,
    Tokens,
    Vocabulary,
    by_frequency,
    counted,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import polars as pl

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, FitChunks, Labelled
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Kind, RowIndices


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
        return self.remembered(self._codec)

    def _codec(self) -> Tokens:
        if self.rules:
            return FileTokens(self.rules)
        return Vocabulary(self.tokenizer, self.tokens, lower=self.lower)

    def fit(self, chunks: FitChunks) -> Text:
        """With the most frequent tokens of the training rows."""
        field = chunks.field
        if not field.integers and not self._one_hot(field):
            message = f"text becomes integers, {field.text} holds {field.dtype}"
            help = "declare the input with `dtype: int64`, and lead it into an Embedding"
            chunks.findings.add("MS506", message, help=help)
            raise UnfitError
        room = self._room(field)
        fitted = self if self.rules else self._with_tokens(chunks, room)
        fitted._check_fits(chunks, room)
        return fitted

    def _with_tokens(self, chunks: FitChunks, room: int | None) -> Text:
        counts: Counter[str] = Counter()
        for texts in self._chosen(chunks):
            counts.update(counted(texts, self.tokenizer, lower=self.lower))
        found = by_frequency(counts)
        marks = [mark for mark in dict.fromkeys((self.start, self.stop)) if mark]
        tokens = [*marks, *(token for token in found if token not in marks)]
        return replace(self, tokens=tuple(tokens[: self._wanted(room)]))

    def _chosen(self, chunks: FitChunks) -> Iterator[pl.Series]:
        """The texts of the training rows."""
        for context, rows in chunks:
            texts = self._texts(context)
            if texts is None:
                raise UnfitError
            yield texts if rows is None else texts.gather(rows)

    def encode(self, context: EncodeContext) -> Values | None:
        """Ids, as the field's integers."""
        texts = self._texts(context)
        return None if texts is None else self._encoded(context, *self.codec.ids(texts))

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:
        """What encodes few rows; none where the length of all is that of others."""
        first = field.shape[0] if field.shape else None
        if is_open(field) or (self.length and not isinstance(first, int | None)):
            return None
        return FewTexts.of(self, field, minimums, self._encoded_few)

    def _encoded_few(self, context: EncodeContext, texts: Sequence[str]) -> Values | None:
        try:
            for each in texts:
                each.encode()
        except UnicodeEncodeError:  # half of a character, which no table can hold
            return None
        return self._encoded(context, *self.codec.few_ids(texts))

    def _encoded(self, context: EncodeContext, ids: Array, sizes: RowIndices) -> Values | None:
        ids, sizes = self._marked(ids, sizes)
        field = context.field
        if field.role == "output":
            context = context._replace(field=index_field(field))
            return self.arranged(context, ids.astype("int64"), sizes, self.padding)
        dtype = numpy_dtype(field.dtype)
        if self._one_hot(field):
            return self.arranged(
                context, np.eye(width(field) or self.codec.size, dtype=dtype)[ids], sizes
            )
        return self.arranged(context, ids.astype(dtype), sizes, self.padding)

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
        return self.codec.padding

    def _one_hot(self, field: ModelField) -> bool:
        """Whether tokens become vectors with a 1: an input `[steps, tokens]` of floats."""
        return field.role == "output" or (not field.integers and len(field.shape or ()) == 2)

    def _wanted(self, room: int | None) -> int | None:
        """How many tokens get an id; None for all."""
        most = self.vocabulary or room
        return None if most is None else max(0, most - RESERVED)

    def _room(self, field: ModelField) -> int | None:
        """How many ids the model has room for, where it says."""
        if field.role == "output" or self._one_hot(field):
            return width(field)
        return field.limit.rows if field.limit else None

    def _check_fits(self, chunks: FitChunks, room: int | None) -> None:
        size, field = self.codec.size, chunks.field
        if field.role == "input" and not self._one_hot(field) and size > field.ids:
            message = f"{field.text} ({field.dtype}) tells {field.ids} tokens apart, {self.what()}"
            message += f" has {size} with padding and unknown"
            chunks.findings.add("MS805", message, help="declare it with `dtype: int64`")
            raise UnfitError
        if room is None or size <= room:
            return
        where = f"`{field.limit.node}`" if field.limit else field.text
        message = f"{where} takes {room} tokens, {self.what()} has {size} with padding and unknown"
        key = f"set `input_dim` of {where} to {size}" if field.limit else f"give it {size} units"
        help = f"{key}, or `vocabulary: {room}`"
        chunks.findings.add("MS805" if field.role == "input" else "MS607", message, help=help)
        raise UnfitError

    def _texts(self, context: EncodeContext) -> pl.Series | None:
        column = context.table.columns[self.columns[0]]
        if isinstance(column, np.ndarray):
            message = f"text is one value a row, `{self.columns[0]}` is an array of {column.dtype}"
            context.findings.add("MS805", message)
            return None
        rows = (
            column.is_null().arg_true().to_numpy() if self.fill else np.flatnonzero(absent(column))
        )
        if len(rows):
            help = "fill or remove the rows, or set `missing`"
            report_rows(context, rows, "MS803", f"`{self.columns[0]}` has no value", help=help)
            return None
        return column

    def _marked(self, ids: Array, sizes: RowIndices) -> tuple[Array, RowIndices]:
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
