"""One class for each kind of feature: fitted on the training rows, it encodes and decodes.

Imports `arrays` and `table`.
"""

from __future__ import annotations

from typing import Any

from modelspec.data.features.binary import Binary
from modelspec.data.features.categories import Categories
from modelspec.data.features.category import Category
from modelspec.data.features.dates import Date
from modelspec.data.features.feature import (
    EncodeContext,
    Feature,
    FitChunks,
    Labelled,
    UnfitError,
)
from modelspec.data.features.image import Image
from modelspec.data.features.labels import Labels
from modelspec.data.features.number import Number
from modelspec.data.features.sequence import Sequence
from modelspec.data.features.text import Text
from modelspec.data.features.weight import Weight

TYPES: dict[str, type[Feature]] = {
    "number": Number,
    "category": Category,
    "categories": Categories,
    "labels": Labels,
    "binary": Binary,
    "text": Text,
    "sequence": Sequence,
    "image": Image,
    "date": Date,
    "weight": Weight,
}


def feature_from(state: dict[str, Any]) -> Feature:
    """A fitted feature from what `Feature.to_dict` gave.

    Raises:
        ValueError: The type is not known here.
    """
    if state.get("type") not in TYPES:
        raise ValueError(f"there is no feature type {state.get('type')!r}")
    return TYPES[state["type"]].from_dict(state)


__all__ = [
    "TYPES",
    "Binary",
    "Categories",
    "Category",
    "Date",
    "EncodeContext",
    "Feature",
    "FitChunks",
    "Image",
    "Labelled",
    "Labels",
    "Number",
    "Sequence",
    "Text",
    "UnfitError",
    "Weight",
    "feature_from",
]
