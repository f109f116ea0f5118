"""One of several classes that text names."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.binary import THRESHOLD
from modelspec.data.features.column_values import report_rows, texts
from modelspec.data.features.feature import EncodeContext, Feature, Labelled, UnfitError
from modelspec.data.features.labels import index_field, width
from modelspec.data.features.number import numpy_dtype
from modelspec.data.table.table import SHOWN
from modelspec.diagnostics import did_you_mean, name_list
from modelspec.shapes import text

if TYPE_CHECKING:
    from collections.abc import Collection

    import polars as pl

    from modelspec.data.features.feature import FitChunks
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Kind


@dataclass(frozen=True, slots=True)
class Category(Feature):
    """A vocabulary of classes, in order.

    Attributes:
        encode_as: `one_hot`, `index`, `multi_hot`, or `binary`: 0.0 for the first class and 1.0
            for the second; empty until fitted, where the spec leaves it to the model.
        classes: Sorted (by number, if all are integers), unless the spec gives their order.
        unknown: `error`, or `ignore`: zeros, or the index after the last class.
        separator: What stands between the classes of one value, for `multi_hot`.
    """

    type: ClassVar[str] = "category"
    kind: ClassVar[Kind] = "text"

    encode_as: str = ""
    classes: tuple[str, ...] = ()
    unknown: str = "error"
    separator: str = ","

    def fit(self, chunks: FitChunks) -> Category:
        """With the classes of the training rows, and the encoding that its field needs."""
        classes = self.classes or _sorted(self._found(chunks))
        fitted = replace(self, classes=classes, encode_as=encoding(chunks.field, self.encode_as))
        if not fitted._suits(chunks):
            raise UnfitError
        return fitted

    def _found(self, chunks: FitChunks) -> set[str]:
        """The classes of the training rows."""
        found: set[str] = set()
        for context, rows in chunks:
            values = self._values(context)
            if values is None:
                raise UnfitError
            values = values if rows is None else values[rows]
            if self.encode_as == "multi_hot":
                values = self._parts(values).explode().drop_nulls()
            found.update(values.unique().to_list())
        return found

    def encode(self, context: EncodeContext) -> Array | None:
        """Indices (int64 for targets), one-hot rows, or zeros and ones."""
        values = self._values(context)
        if values is None:
            return None
        if self.encode_as == "multi_hot":
            return self._several(context, values)
        field, count = context.field, len(self.classes)
        indices = self._indices(context, values)
        if indices is None:
            return None
        of_target = field.role == "output"
        if self.encode_as == "one_hot":
            shape = context.sizes.fit((count,), field, self._what(), context.findings)
            if shape is None:
                return None
            rows = np.zeros((len(indices), count), numpy_dtype(field.dtype))
            known = np.flatnonzero(indices < count)
            rows[known, indices[known]] = 1
            return rows.reshape(len(indices), *shape)
        if self.encode_as == "index" and of_target:
            field = index_field(field)
        shape = context.sizes.fit((), field, self._what(), context.findings)
        if shape is None:
            return None
        return indices.astype(numpy_dtype(field.dtype)).reshape(len(indices), *shape)

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The most probable class, and the probability of each (of yes or no: of the second)."""
        names = self._names()
        if self.encode_as == "multi_hot":
            joined = [self.separator.join(map(str, names[row])) for row in values >= THRESHOLD]
            return {
                name: np.array(joined, np.str_),
                f"{name}_probability": Labelled(values, self.classes),
            }
        if self.encode_as == "binary":
            flat = values.reshape(len(values))
            label = names[(flat >= THRESHOLD).astype(np.int64)]
            return {
                name: label,
                f"{name}_probability": Labelled(flat[:, None], (self.classes[1],)),
            }
        return {
            name: names[values.argmax(axis=-1)],
            f"{name}_probability": Labelled(values, self.classes),
        }

    def _values(self, context: EncodeContext) -> pl.Series | None:
        """What each row holds; a row that lists no class is none that misses its value."""
        column = context.table.columns[self.columns[0]]
        if self.encode_as == "multi_hot" and not isinstance(column, np.ndarray):
            return column.fill_null("")
        return texts(context, self.columns[0])

    def _several(self, context: EncodeContext, values: pl.Series) -> Array | None:
        """A vector for each row, with a 1 for each class that its value lists."""
        shape = context.sizes.fit(
            (len(self.classes),), context.field, self._what(), context.findings
        )
        if shape is None:
            return None
        parts = self._parts(values)
        owners = np.repeat(np.arange(len(values)), parts.list.len().to_numpy())
        named = parts.filter(parts.list.len() > 0).explode()
        found = self._indices(context._replace(table=context.table.keep(owners)), named)
        if found is None:
            return None
        rows = np.zeros((len(values), len(self.classes)), numpy_dtype(context.field.dtype))
        known = found < len(self.classes)
        rows[owners[known], found[known]] = 1
        return rows.reshape(len(rows), *shape)

    def _parts(self, values: pl.Series) -> pl.Series:
        """The classes that each value lists."""
        import polars as pl

        stripped = values.str.split(self.separator).list.eval(pl.element().str.strip_chars())
        return stripped.list.eval(pl.element().filter(pl.element() != ""))

    def _names(self) -> Array:
        """The classes as text, or as integers where all are."""
        if all(_is_integer(name) for name in self.classes):
            return np.array([int(name) for name in self.classes], np.int64)
        return np.array(self.classes, np.str_)

    def _what(self) -> str:
        if self.encode_as in ("one_hot", "multi_hot"):
            return f"the {len(self.classes)} classes of {self.what()}"
        return self.what()

    def _suits(self, chunks: FitChunks) -> bool:
        """Whether the classes are those that the field has room for."""
        is_input = chunks.field.role == "input"
        misfit = (self._input_misfit if is_input else self._output_misfit)(chunks.field)
        if misfit:
            message, help = misfit
            chunks.findings.add("MS805" if is_input else "MS607", message, help=help)
        return not misfit

    def _input_misfit(self, field: ModelField) -> tuple[str, str] | None:
        """What is wrong with an input, and the way out."""
        count = len(self.classes)
        if self.encode_as == "index":
            return self._too_many(field)
        if width(field) in (None, count):
            return None
        message = f"{field.text} is `{text(field.shape)}`, {self.what()} has {self._listed()}"
        return message, f"declare the input as `[{count}]`, or list all `classes`"

    def _too_many(self, field: ModelField) -> tuple[str, str] | None:
        """Whether an embedding has too few vectors."""
        room = len(self.classes) + (self.unknown == "ignore")
        if field.limit is None or room <= field.limit.rows:
            return None
        ignored = " and one for those that are ignored" * (self.unknown == "ignore")
        node, listed = field.limit.node, self._listed()
        message = f"`{node}` takes {field.limit.rows} classes, {self.what()} has {listed}{ignored}"
        return message, f"set `input_dim` of `{node}` to {room}"

    def _output_misfit(self, field: ModelField) -> tuple[str, str] | None:
        """What is wrong with a target, and the way out."""
        count, wanted, found = len(self.classes), width(field), self._listed()
        if field.targets == "numbers":
            message = f"{field.loss} compares numbers, {self.what()} is a category"
            return message, "use a cross-entropy, or a column of numbers"
        if self.unknown != "error":
            message = f"the classes of {field.text} must all be known"
            return message, "remove `unknown`, and list all `classes`"
        if self.encode_as == "multi_hot" and field.targets not in ("binary", None):
            message = f"{field.loss} wants one class a row, {self.what()} lists several"
            return message, "use a sigmoid with `binary_crossentropy`"
        if self.encode_as == "one_hot" and field.targets == "indices":
            message = f"{field.loss} wants class indices, {self.what()} is one-hot"
            return message, "remove `encode`, or use `categorical_crossentropy`"
        if self.encode_as == "binary" and count != 2:
            told = field.loss or "one unit"
            message = f"{told} tells two classes apart, {self.what()} has {found}"
            return message, "list two `classes`, or use a softmax with `categorical_crossentropy`"
        if self.encode_as != "binary" and wanted not in (None, count):
            message = f"{field.text} has {wanted} classes, the training rows have {found}"
            return message, f"give the layer before it {count} units, or list all `classes`"
        return None

    def _listed(self) -> str:
        what = "class" if len(self.classes) == 1 else "classes"
        return f"{len(self.classes)} {what} ({name_list(self.classes, limit=SHOWN + 1)})"

    def _indices(self, context: EncodeContext, values: pl.Series) -> Array | None:
        """The index of each row's class; one past the last for those that are ignored."""
        import polars as pl

        count = len(self.classes)
        found = values.replace_strict(
            list(self.classes), list(range(count)), default=None, return_dtype=pl.Int64
        )
        if self.unknown == "error" and found.null_count():
            self._report_unknown(context, values, found.is_null().arg_true().to_numpy())
            return None
        return found.fill_null(count).to_numpy()

    def _report_unknown(self, context: EncodeContext, values: pl.Series, rows: Array) -> None:
        name = values[int(rows[0])]
        near = did_you_mean(name, self.classes)
        known = f"did you mean `{near}`?" if near else f"there are {name_list(self.classes)}"
        if context.field.role == "input":
            known += "; or set `unknown: ignore`"
        problem = f"`{self.columns[0]}` is `{name}`, which is no class of the training rows,"
        report_rows(context, rows.astype(np.int64), "MS803", problem, help=known)


def encoding(field: ModelField, wished: str) -> str:
    """The encoding of a category in its field: as the spec wishes, or as the model needs it."""
    if field.role == "input":
        return wished or ("index" if field.integers else "one_hot")
    several = (width(field) or 1) > 1
    if wished == "multi_hot":
        return wished
    if field.targets == "binary" or (field.targets is None and not several):
        return "one_hot" if several else "binary"
    return wished or "index"


def _sorted(names: Collection[str]) -> tuple[str, ...]:
    integers = all(_is_integer(name) for name in names)
    return tuple(sorted(names, key=int) if integers else sorted(names))


def _is_integer(name: str) -> bool:
    digits = name.removeprefix("-")
    return name == "0" or (digits.isascii() and digits.isdigit() and digits[0] != "0")
