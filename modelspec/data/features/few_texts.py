"""Texts of a few rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.absent import BLANKS
from modelspec.data.features.feature import Gap
from modelspec.data.features.few_cells import Gaps, if_sound, silent_context, texts_of
from modelspec.data.features.missing import marker_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from modelspec.data.arrays.arrays import Values
    from modelspec.data.features.feature import EncodeContext, Feature
    from modelspec.data.features.few import FewEncoded
    from modelspec.data.table.few_rows import FewRows
    from modelspec.data.table.model_fields import ModelField

    Encode = Callable[[EncodeContext, Sequence[str]], Values | None]


@dataclass(frozen=True, slots=True)
class FewTexts:
    """Reads a column of text, that of a `Text` or a `Date`.

    Attributes:
        encode_texts: What the feature makes of them; of a gap that is filled with a number, the
            text is empty.
    """

    field: ModelField
    minimums: Mapping[str, int]
    gaps: Gaps
    absent: frozenset[str]
    encode_texts: Encode

    @classmethod
    def of(
        cls, feature: Feature, field: ModelField, minimums: Mapping[str, int], encode: Encode
    ) -> FewTexts:
        """That of a fitted feature of one column."""
        gaps = Gaps.of(feature, field, feature.columns[0])
        return cls(field, minimums, gaps, marker_texts(feature), encode)

    def encode(self, few: FewRows) -> FewEncoded | None:
        """The values for all rows; None where one is no text, or misses and has to be there."""
        cells = few.cells(self.gaps.column)
        if cells is not None and set(map(type, cells)) == {int}:
            cells = texts_of(cells)
        if cells is None or not all(each is None or type(each) is str for each in cells):
            return None
        texts: list[str] = []
        missing: list[int] = []
        fill = self.gaps.fill
        for row, each in enumerate(cells):
            stripped = "" if each is None else each.strip(BLANKS)
            if stripped and stripped not in self.absent:
                texts.append(each)
            elif fill is not None:
                texts.append(fill if isinstance(fill, str) else "")
                missing.append(row)
            else:
                return None
        context = silent_context(self.field, few.rows, self.minimums)
        if missing and fill is not None:
            context.counts.add(self.gaps.filled(missing))
            rows = np.isin(np.arange(few.rows), missing)
            context = context._replace(gaps={self.gaps.column: Gap(rows, fill)})
        return if_sound(context, self.encode_texts(context, texts))
