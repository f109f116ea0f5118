"""From which probability on a model's answer is yes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from modelspec.data.features.category import Category

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.data.features.feature import Feature, Labelled
    from modelspec.data.table.table import Array


def decided(values: Array, thresholds: tuple[float, ...]) -> Array:
    """1 for a yes and 0 for a no, `[..., labels]`; one threshold for all labels, or one each."""
    yes = values >= np.array(thresholds, np.float32)
    return yes.astype(values.dtype if values.dtype.kind == "f" else np.float32)


def decode_decided(
    feature: Feature, name: str, values: Array, thresholds: tuple[float, ...]
) -> dict[str, Array | Labelled]:
    """What `Feature.decode` makes of probabilities, the answers being those at the thresholds."""
    answers: Mapping[str, Array | Labelled] = feature.decode(name, decided(values, thresholds))
    return feature.decode(name, values) | {name: answers[name]}


def picks_one(feature: Feature | None) -> bool:
    """Whether the answer is one of several classes, to which no threshold leads."""
    return isinstance(feature, Category) and feature.encode_as in ("one_hot", "index")
