"""A cell that a model takes, of each kind: for documentation, a form, and the first question."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from modelspec.language.date_keys import EPOCHS

if TYPE_CHECKING:
    from collections.abc import Sequence as Sizes

    from modelspec.data.features import Category, Date, Number, Sequence, Text

PICTURE = (
    "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR42mNoAAAAggCB"
    "2kUIOwAAAABJRU5ErkJggg=="
)
"""A picture of one grey pixel."""
_WORDS = 4
_DAY = datetime(2024, 3, 25, 12, 30)  # a day that no other order reads as another date
_ORDERS = {"day": "%d/%m/%Y", "month": "%m/%d/%Y", "year": "%Y/%m/%d"}


def example_number(feature: Number, place: int) -> float:
    """The middle of the training rows, where the feature knows it; else what it fills in, or 0."""
    fill = feature.fill[place] if feature.fill else None
    kind = feature.normalize if isinstance(feature.normalize, str) else feature.normalize[place]
    found = 0.0 if fill is None else float(fill)
    if kind == "quantile" and place < len(feature.quantiles) and feature.quantiles[place]:
        quantiles = feature.quantiles[place]
        found = quantiles[len(quantiles) // 2]
    elif kind == "minmax" and place < len(feature.offset):
        found = feature.offset[place] + feature.scale[place] / 2
    elif kind in ("standard", "robust") and place < len(feature.offset):
        found = feature.offset[place]
    return float(f"{found:.4g}")


def example_category(feature: Category) -> str | int:
    """The first class."""
    return feature.classes[0] if feature.classes else ""


def example_text(feature: Text) -> str:
    """The most frequent words, or characters."""
    marks = {feature.start, feature.stop}
    own = [token for token in feature.tokens if token not in marks]
    if feature.tokenizer == "character":
        return "".join(own[:_WORDS]).strip() or "text"
    return " ".join([token for token in own if token.isalpha()][:_WORDS]) or "text"


def example_date(feature: Date) -> str | int:
    """A day in spring, as the feature reads it."""
    if feature.formats and feature.formats[0] in EPOCHS:
        return int(_DAY.timestamp()) * EPOCHS[feature.formats[0]]
    if feature.formats:
        return _DAY.strftime(feature.formats[0])
    if feature.order:
        return _DAY.strftime(_ORDERS[feature.order])
    return f"{_DAY:%Y-%m-%d}" if feature.clock in ("", "local") else f"{_DAY:%Y-%m-%dT%H:%M:%SZ}"


def example_steps(feature: Sequence, count: int, width: int) -> list[Any]:
    """Steps in the middle of the training rows'."""
    several = range(max(1, width))
    known = feature.normalize in ("standard", "minmax", "robust")
    step = [
        float(f"{feature.offset[at]:.4g}") if known and at < len(feature.offset) else 0.0
        for at in several
    ]
    return [list(step) if width else step[0] for _ in range(count)]


def zeros(shape: Sizes[int]) -> Any:
    """Nested lists of zeros."""
    if not shape:
        return 0.0
    return [zeros(shape[1:]) for _ in range(shape[0])]


def example_picture() -> str:
    """A picture of one grey pixel, as a data URL."""
    return PICTURE
