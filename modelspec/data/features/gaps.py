"""What a feature makes of missing values, by the spec."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.data.features.categories import Categories
from modelspec.data.features.category import Category
from modelspec.data.features.category_misfits import encoding
from modelspec.language.data_model import class_text

if TYPE_CHECKING:
    from modelspec.data.features.feature import Feature
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.language.base_feature import Value
    from modelspec.language.features import FeatureSettings

_OF_TEXT = ("category", "text")
"""Features whose values have no mean."""


def with_gaps(
    feature: Feature, field: ModelField, settings: FeatureSettings, findings: Findings
) -> Feature | None:
    """A feature with what the spec says of missing values. None after a finding.

    Lint has looked at features whose type is given; what a column without one turns out to hold
    is known only here.
    """
    name = field.name
    strategies, fills = settings.strategies(name), settings.fills(name)
    for column, strategy, fill in zip(feature.columns, strategies, fills, strict=True):
        if isinstance(fill, str) and feature.kind == "number":
            message = f"`fill` is `{fill}`, and `{column}` holds numbers"
            findings.add("MS803", message, help="write a number, or declare `type: category`")
            return None
        if feature.type in _OF_TEXT and strategy in ("mean", "median"):
            message = f"`{column}` holds text, which has no {strategy}"
            help = "use `missing: mode` or `constant`, or declare `type: number`"
            findings.add("MS803", message, help=help)
            return None
    indicators = settings.indicators(name)
    if indicators and isinstance(feature, Category | Categories):
        encode = encoding(field, feature.encode_as)
        if encode != "one_hot":
            message = f"`indicator` gives one more number, and {feature.what()} becomes an index"
            findings.add("MS805", message, help="remove `indicator`, or use `encode: one_hot`")
            return None
    filled = tuple(_fill(each, feature) for each in fills)
    return replace(
        feature,
        missing=strategies[0] if len(set(strategies)) == 1 else strategies,
        fill=filled if any(each is not None for each in filled) else (),
        markers=tuple(settings.missing_values or ()),
        indicators=indicators,
    )


def _fill(value: Value | None, feature: Feature) -> str | float | None:
    """What stands for a missing value: text for text, else a number."""
    if value is None:
        return None
    return class_text(value) if feature.kind == "text" or isinstance(value, str) else float(value)
