"""One of several classes that text names."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from modelspec.data.features.absent import BLANKS
from modelspec.data.features.binary import THRESHOLD
from modelspec.data.features.category_misfits import (
    Found,
    encoding,
    input_misfit,
    listed,
    output_misfit,
)
from modelspec.data.features.column_values import count_cells, report_rows, texts
from modelspec.data.features.feature import EncodeContext, Feature, Labelled, Remark, UnfitError
from modelspec.data.features.few_categories import FewCategories, FewClasses
from modelspec.data.features.few_cells import Gaps
from modelspec.data.features.few_sets import FewSets
from modelspec.data.features.field_limits import numpy_dtype
from modelspec.data.features.labels import index_field
from modelspec.data.features.missing import indicator_columns, marker_texts
from modelspec.data.features.spellings import Respelling, alike, respelling
from modelspec.data.features.vocabulary import is_integer, learnt
from modelspec.diagnostics import did_you_mean, name_list
from modelspec.language.category_keys import OTHER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import polars as pl

    from modelspec.data.features.feature import FitChunks
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Column, Kind, RowIndices


@dataclass(frozen=True, slots=True)
class Category(Feature):
    """A vocabulary of classes, in order.

    Attributes:
        encode_as: `one_hot`, `index`, `multi_hot`, or `binary`: 0.0 for the first class and 1.0
            for the second; empty until fitted, where the spec leaves it to the model.
        classes: Sorted (by number, if all are integers), unless the spec gives their order.
        unknown: `error`; `ignore`: zeros, or the index after the last entry; `other`: the class of
            that name.
        separator: What stands between the classes of one value, for `multi_hot`.
        lower: Whether upper case is read as lower case.
        most_common: How many of the most frequent classes are learnt; 0 for all.
        min_count: How many training rows a class has at least.
        size: How many entries the spec says; those after the last class stay empty.
        rows: How many training rows each class has; none where the spec lists the classes.
        merged: Spellings of yes and no that are one of two classes.
    """

    type: ClassVar[str] = "category"
    kind: ClassVar[Kind] = "text"

    encode_as: str = ""
    classes: tuple[str, ...] = ()
    unknown: str = "error"
    separator: str = ","
    lower: bool = False
    most_common: int = 0
    min_count: int = 1
    size: int = 0
    rows: tuple[int, ...] = ()
    merged: tuple[str, ...] = ()

    @property
    def entries(self) -> int:
        """How many entries a one-hot row has, or how many ids there are but that of `ignore`."""
        return max(self.size, len(self.classes))

    def fit(self, chunks: FitChunks) -> Category:
        """With the classes of the training rows, and the encoding that its field needs."""
        encode_as = encoding(chunks.field, self.encode_as)
        fitted = replace(self, encode_as=encode_as)
        if not self.classes:
            (counts,) = count_classes([self], chunks)
            fitted = fitted.learn(counts, chunks)
        is_input = chunks.field.role == "input"
        wrong = (input_misfit if is_input else output_misfit)(chunks.field, fitted.found())
        if wrong:
            chunks.findings.add("MS805" if is_input else "MS607", wrong.message, help=wrong.help)
            raise UnfitError
        return fitted

    def learn(self, counts: Counter[str], chunks: FitChunks) -> Category:
        """With the classes of some values.

        Raises:
            UnfitError: None has as many rows as it should, of which there is a finding.
        """
        other = self.unknown == OTHER
        found = learnt(
            {name: count for name, count in counts.items() if not (other and name == OTHER)},
            apart=self._apart(),
            booleans=self.encode_as != "multi_hot",
            most_common=self.most_common,
            min_count=self.min_count,
        )
        rows = dict(found.rows)
        if not rows and counts:
            message = f"no class of {self.what()} has {self.min_count} training rows"
            chunks.findings.add("MS803", message, help="make `min_count` smaller")
            raise UnfitError
        if other:
            rows[OTHER] = counts.total() - sum(rows.values())
        stated = self.most_common + other if self.most_common else self.size
        return replace(
            self,
            classes=tuple(rows),
            rows=tuple(rows.values()),
            merged=found.merged,
            size=stated if chunks.field.role == "input" else self.size,
        )

    def _apart(self) -> tuple[str, ...]:
        """The classes that stand for what the data lacks."""
        if self.strategy(self.columns[0]) != "constant":
            return ()
        filled = tuple(str(value) for value in self.fill if value is not None)
        return tuple(value.lower() for value in filled) if self.lower else filled

    def found(self) -> Found:
        """What is held against the field."""
        count = len(self.classes)
        about = (listed(self.classes), count, self.entries, self.size)
        return Found(self.what(), *about, self.encode_as, self.unknown, len(self.indicators))

    def remarks(self) -> Iterator[Remark]:
        """Classes that are perhaps one, and spellings that were taken for one."""
        if self.merged:
            message = f"{self.what()} says yes and no in {len(self.merged)} ways"
            names = " and ".join(f"`{name}`" for name in self.classes[:2])
            help = f"they are {names} now; write them in one way, or list `classes`"
            yield Remark("MS812", f"{message} ({name_list(self.merged)})", help)
        rows = dict(zip(self.classes, self.rows, strict=False))
        groups = list(alike(rows))
        for group in groups[:1]:
            counted = [f"`{name}` ({rows[name]:,})" for name in group]
            more = f", and {len(groups) - 1} more such groups" if len(groups) > 1 else ""
            message = f"classes of {self.what()} differ in upper and lower case only: "
            help = "`lower: true` makes them one; or list `classes` if they are several"
            yield Remark("MS811", message + " and ".join(counted) + more, help)

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Column | None:
        """The classes, of which those that differ in case only are one with `lower`."""
        return lowered(super(Category, self).measured(context, column, rows), lower=self.lower)

    def encode(self, context: EncodeContext) -> Array | None:
        """Indices (int64 for targets), one-hot rows, or zeros and ones."""
        values = self.values(context)
        if values is None:
            return None
        if self.encode_as == "multi_hot":
            return self._several(context, values)
        indices = self.indices(context, values)
        if indices is None:
            return None
        if self.encode_as == "one_hot":
            return self._one_hot(context, np.arange(len(indices)), indices, len(indices))
        field = context.field
        if self.encode_as == "index" and field.role == "output":
            field = index_field(field)
        shape = context.sizes.fit((), field, self.what(), context.findings)
        if shape is None:
            return None
        return indices.astype(numpy_dtype(field.dtype)).reshape(len(indices), *shape)

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:  # noqa: ARG002
        """What encodes few rows."""
        column = self.few_classes(Gaps.of(self, field, self.columns[0]), marker_texts(self))
        if self.encode_as == "multi_hot":
            return FewSets.of(field, column, self.separator)
        if self.encode_as == "index" and field.role == "output":
            field = index_field(field)
        one_hot = self.encode_as == "one_hot"
        return FewCategories.of(self, field, (column,), self.entries, one_hot=one_hot)

    def few_classes(self, gaps: Gaps, absent: frozenset[str], ignored: str = "") -> FewClasses:
        """What tells the classes of few rows.

        Args:
            gaps: What a missing value becomes.
            absent: The texts that stand for one.
            ignored: As of `indices`.
        """
        numbers, (other, became) = self.numbers(), self.unknown_as(ignored)
        direct = {
            name: index
            for name, index in numbers.items()
            if name.strip(BLANKS) == name and name not in ("", *absent) and not self.lower
        }
        return FewClasses(
            gaps,
            direct,
            numbers,
            self.respelling(numbers),
            None if self.unknown == "error" else other,
            became,
            absent,
            self.lower,
            self.entries,
        )

    def decode(self, name: str, values: Array) -> dict[str, Array | Labelled]:
        """The most probable class, and the probability of each (of yes or no: of the second)."""
        names = self.remembered(self._names)
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

    def values(self, context: EncodeContext) -> pl.Series | None:
        """What each row holds; a row that lists no class is none that misses its value."""
        column = context.table.columns[self.columns[0]]
        if self.encode_as == "multi_hot" and not isinstance(column, np.ndarray):
            found: pl.Series | None = column.fill_null("")
        else:
            found = texts(context, self.columns[0])
        return found.str.to_lowercase() if self.lower and found is not None else found

    def parts(self, values: pl.Series) -> pl.Series:
        """The classes that each value lists."""
        import polars as pl

        stripped = values.str.split(self.separator).list.eval(pl.element().str.strip_chars())
        return stripped.list.eval(pl.element().filter(pl.element() != ""))

    def _several(self, context: EncodeContext, values: pl.Series) -> Array | None:
        """A vector for each row, with a 1 for each class that its value lists."""
        parts = self.parts(values)
        owners = np.repeat(np.arange(len(values)), parts.list.len().to_numpy())
        named = parts.filter(parts.list.len() > 0).explode()
        found = self.indices(context._replace(table=context.table.keep(owners)), named)
        return None if found is None else self._one_hot(context, owners, found, len(values))

    def _one_hot(
        self, context: EncodeContext, owners: RowIndices, indices: Array, count: int
    ) -> Array | None:
        """So many rows of zeros, with a 1 at each index of the row that owns it."""
        what = f"the {self.entries} classes of {self.what()}"
        width = self.entries + len(self.indicators)
        shape = context.sizes.fit((width,), context.field, what, context.findings)
        if shape is None:
            return None
        rows = np.zeros((count, width), numpy_dtype(context.field.dtype))
        known = np.flatnonzero(indices < self.entries)
        rows[owners[known], indices[known]] = 1
        if self.indicators:
            rows[:, self.entries :] = indicator_columns(self, context)
        return rows.reshape(count, *shape)

    def _names(self) -> Array:
        """The classes as text, or as integers where all are."""
        if all(is_integer(name) for name in self.classes):
            return np.array([int(name) for name in self.classes], np.int64)
        return np.array(self.classes, np.str_)

    def indices(self, context: EncodeContext, values: pl.Series, ignored: str = "") -> Array | None:
        """The index of each row's class; one past the last entry for those that are ignored.

        Args:
            context: Where the values come from.
            values: The classes, named as `values` gives them.
            ignored: What stands for those that are ignored; empty for what the encoding says.
        """
        import polars as pl

        numbers = self.numbers()
        found = values.replace_strict(
            list(numbers), list(numbers.values()), default=None, return_dtype=pl.Int64
        )
        if not found.null_count():
            return found.to_numpy()
        rows = found.is_null().arg_true().to_numpy().astype(np.int64)
        indices = found.fill_null(self.entries).to_numpy().copy()
        spellings = self.respelling(numbers)
        if spellings is not None:
            known = spellings.of_column(values[rows])
            indices[rows] = known.fill_null(self.entries).to_numpy()
            rows = rows[known.is_null().to_numpy()]
        if len(rows) and self.unknown == "error":
            self._report_unknown(context, values, rows)
            return None
        if len(rows):
            indices[rows] = self._count_unknown(context, rows, ignored)
        return indices

    def numbers(self) -> dict[str, int]:
        """The index of each class."""
        names = [name.lower() for name in self.classes] if self.lower else self.classes
        return {name: index for index, name in enumerate(names)}

    def respelling(self, numbers: dict[str, int]) -> Respelling | None:
        """The other spellings of the classes, of which these are the `numbers`."""
        own = [name for name in numbers if not (self.unknown == OTHER and name == OTHER)]
        return respelling(numbers, own, self._apart())

    def unknown_as(self, ignored: str = "") -> tuple[int, str]:
        """The index of what is no class, and how a count says it; as of `indices`."""
        index = self.entries
        if self.unknown == OTHER:
            return self.classes.index(OTHER), f"`{OTHER}`"
        return index, ignored or (f"the id {index}" if self.encode_as == "index" else "zeros")

    def _count_unknown(self, context: EncodeContext, rows: RowIndices, ignored: str) -> int:
        """The index of what is no class; such rows are counted."""
        index, became = self.unknown_as(ignored)
        kept = context.table.kept
        _, firsts = np.unique(rows if kept is None else kept[rows], return_index=True)
        count_cells(context, self.columns[0], "unknown", rows[firsts], became)
        return index

    def _report_unknown(self, context: EncodeContext, values: pl.Series, rows: Array) -> None:
        name = values[int(rows[0])]
        near = did_you_mean(name, self.classes)
        known = f"did you mean `{near}`?" if near else f"there are {name_list(self.classes)}"
        if context.field.role == "input":
            known += "; or set `unknown: ignore`"
        problem = f"`{self.columns[0]}` is `{name}`, which is no class of the training rows,"
        report_rows(context, rows, "MS803", problem, help=known)


def lowered(column: Column | None, *, lower: bool) -> Column | None:
    """A column of text in lower case, if it is read so."""
    if not lower or column is None or isinstance(column, np.ndarray):
        return column
    return column.str.to_lowercase()


def count_classes(features: Sequence[Category], chunks: FitChunks) -> list[Counter[str]]:
    """How many training rows have each class of some columns.

    Raises:
        UnfitError: After a finding.
    """
    counts: list[Counter[str]] = [Counter() for _ in features]
    for context, rows in chunks:
        for feature, found in zip(features, counts, strict=True):
            values = feature.values(context)
            if values is None:
                raise UnfitError
            values = values if rows is None else values[rows]
            if feature.encode_as == "multi_hot":
                values = feature.parts(values).explode().drop_nulls()
            named = values.alias("class").value_counts(name="rows")
            found.update(dict(zip(named["class"].to_list(), named["rows"].to_list(), strict=True)))
    return counts
