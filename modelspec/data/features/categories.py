"""Several columns of classes as one input: one-hot rows side by side, or ids for one embedding."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np

from modelspec.data.features.category import Category, count_classes
from modelspec.data.features.category_misfits import Found, encoding, input_misfit, size_misfit
from modelspec.data.features.feature import Feature, UnfitError
from modelspec.data.features.few_categories import FewCategories
from modelspec.data.features.few_cells import Gaps
from modelspec.data.features.field_limits import numpy_dtype
from modelspec.data.features.missing import indicator_columns, marker_texts

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from modelspec.data.features.feature import EncodeContext, FitChunks, Remark
    from modelspec.data.features.few import FewEncoder
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Array, Column, Kind, RowIndices

_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Categories(Feature):
    """A vocabulary for each column, their entries one after the other.

    The ids of a column begin where those of the column before it end, so that no two columns
    share one; the id of what is `ignore`d comes after those of all columns.

    Attributes:
        encode_as: `one_hot` or `index`; empty until fitted, where the spec leaves it to the model.
        parts: The category of each column.
        unknown: As in `Category`, for all columns.
        size: How many entries the spec says for all columns together; 0 where it does not.
    """

    type: ClassVar[str] = "categories"
    kind: ClassVar[Kind] = "text"

    encode_as: str = ""
    parts: tuple[Category, ...] = ()
    unknown: str = "error"
    size: int = 0

    @property
    def entries(self) -> int:
        """How many entries a one-hot row has, or how many ids there are but that of `ignore`."""
        return max(self.size, sum(part.entries for part in self.parts))

    def fit(self, chunks: FitChunks) -> Categories:
        """With the classes of the training rows, and the encoding that its field needs."""
        encode_as = encoding(chunks.field, self.encode_as)
        parts = [
            replace(
                part,
                encode_as=encode_as,
                missing=self.strategy(part.columns[0]),
                fill=self.fill[place : place + 1],
            )
            for place, part in enumerate(self.parts)
        ]
        open_parts = [part for part in parts if not part.classes]
        counts = iter(count_classes(open_parts, chunks) if open_parts else ())
        learnt = [part if part.classes else part.learn(next(counts), chunks) for part in parts]
        fitted = replace(self, encode_as=encode_as, parts=tuple(learnt))
        wrong = next(
            filter(None, (size_misfit(part.found(), exact=False) for part in learnt)), None
        )
        wrong = wrong or input_misfit(chunks.field, fitted._found())
        if wrong:
            chunks.findings.add("MS805", wrong.message, help=wrong.help)
            raise UnfitError
        return fitted

    def _found(self) -> Found:
        shown = [f"{len(part.classes)} of {part.what()}" for part in self.parts[:_SHOWN]]
        more = [f"{len(self.parts) - _SHOWN} more columns"] if len(self.parts) > _SHOWN else []
        sizes = " and ".join(filter(None, [", ".join([*shown, *more][:-1]), [*shown, *more][-1]]))
        count = sum(part.entries for part in self.parts)
        listed = f"{count} classes ({sizes})"
        about = (listed, count, self.entries, self.size)
        return Found(self.what(), *about, self.encode_as, self.unknown, len(self.indicators))

    def measured(
        self, context: EncodeContext, column: str, rows: RowIndices | None
    ) -> Column | None:
        """As of each column by itself."""
        return self.parts[self.columns.index(column)].measured(context, column, rows)

    def encode(self, context: EncodeContext) -> Array | None:
        """`[rows, entries]` of zeros and ones, or `[rows, columns]` of ids."""
        found = [self._indices(part, context) for part in self.parts]
        indices = [each for each in found if each is not None]
        if len(indices) < len(found):
            return None
        rows, one_hot = context.table.rows, self.encode_as == "one_hot"
        what = f"the {self.entries} classes of {self.what()}" if one_hot else self.what()
        width = self.entries + len(self.indicators) if one_hot else len(self.parts)
        shape = context.sizes.fit((width,), context.field, what, context.findings)
        if shape is None:
            return None
        encoded = np.zeros((rows, width), numpy_dtype(context.field.dtype))
        start = 0
        for place, (part, each) in enumerate(zip(self.parts, indices, strict=True)):
            known = each < part.entries
            if one_hot:
                encoded[np.flatnonzero(known), each[known] + start] = 1
            else:
                encoded[:, place] = np.where(known, each + start, self.entries)
            start += part.entries
        if self.indicators:
            encoded[:, self.entries :] = indicator_columns(self, context)
        return encoded.reshape(rows, *shape)

    def _indices(self, part: Category, context: EncodeContext) -> Array | None:
        values = part.values(context)
        return None if values is None else part.indices(context, values, self.ignored)

    @property
    def ignored(self) -> str:
        """What stands for a class that is ignored, as a count says it."""
        return f"the id {self.entries}" if self.encode_as == "index" else "zeros"

    def few(self, field: ModelField, minimums: Mapping[str, int]) -> FewEncoder | None:  # noqa: ARG002
        """What encodes few rows."""
        absent = marker_texts(self)
        columns = tuple(
            part.few_classes(Gaps.of(self, field, part.columns[0]), absent, self.ignored)
            for part in self.parts
        )
        one_hot = self.encode_as == "one_hot"
        return FewCategories.of(self, field, columns, self.entries, one_hot=one_hot)

    def remarks(self) -> Iterator[Remark]:
        """Those of its columns."""
        return (remark for part in self.parts for remark in part.remarks())

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> Self:
        """The feature that `to_dict` came from."""
        parts = tuple(Category.from_dict(part) for part in state["parts"])
        return super(Categories, cls).from_dict({**state, "parts": parts})
