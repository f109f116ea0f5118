"""Numbers brought to a common scale, and back to their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from modelspec.data.features import normal_distribution
from modelspec.data.features.statistics import moments, sorted_entries

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from modelspec.data.features.statistics import Rows
    from modelspec.data.table.table import Array

QUANTILES = 1000
"""So many quantiles are kept of an entry, or one for each of its values."""
_RAREST = 1e-7 - float(np.spacing(1))
"""The share of the normal distribution beyond what the least and largest become: scikit-learn's."""


_CURVED = ("log1p", "quantile")
"""What no line undoes."""
_FAR_OFF = 100
"""An offset of so many times the scale takes digits away that float32 does not have."""


class Fitted(NamedTuple):
    """What a scale learns of each entry, as a feature keeps it.

    Attributes:
        quantiles: From the least value to the largest, in equal shares; none for an entry that is
            normalised in another way.
    """

    offset: tuple[float, ...]
    scale: tuple[float, ...]
    quantiles: tuple[tuple[float, ...], ...] = ()


class ScaledFeature(Protocol):
    """A feature that keeps a scale, once fitted."""

    @property
    def normalize(self) -> str | tuple[str, ...]:
        """How all its entries are normalised, or each column's."""
        ...

    @property
    def offset(self) -> tuple[float, ...]:
        """Of each entry."""
        ...

    @property
    def scale(self) -> tuple[float, ...]:
        """Of each entry."""
        ...

    @property
    def quantiles(self) -> tuple[tuple[float, ...], ...]:
        """Of each entry."""
        ...

    @property
    def clip(self) -> tuple[float, ...]:
        """The least and the largest normalised number; none for no bounds."""
        ...


def fit_scaling(rows: Rows, width: int, normalize: str | tuple[str, ...]) -> Fitted:
    """Fit a scale to each entry; a constant one becomes 0.

    Args:
        rows: The training rows. They are gone through as often as it takes.
        width: How many entries of each array's last axis are measured each by itself.
        normalize: Of all entries, or of each array's.
    """
    kinds = (normalize,) if isinstance(normalize, str) else normalize
    found = moments(rows, width, [kind == "log1p" for kind in kinds])
    kinds = kinds * len(found.mean) if len(kinds) == 1 else kinds
    offset, scale = np.zeros(len(kinds)), np.ones(len(kinds))
    span = np.where(found.low == found.high, 1.0, found.high - found.low)
    deviation = np.where(found.deviation > 0, found.deviation, 1.0)
    for entry, kind in enumerate(kinds):
        if kind in ("standard", "log1p"):
            offset[entry], scale[entry] = found.mean[entry], deviation[entry]
        elif kind == "minmax":
            offset[entry], scale[entry] = found.low[entry], span[entry]
    quantiles: list[tuple[float, ...]] = [()] * len(kinds)
    in_order = [entry for entry, kind in enumerate(kinds) if kind in ("robust", "quantile")]
    for entry, values in sorted_entries(rows, width, in_order, found.values):
        if kinds[entry] == "robust":
            lower, upper = np.percentile(values, (25, 75))
            offset[entry], scale[entry] = np.median(values), (upper - lower) or 1.0
        else:
            quantiles[entry] = _quantiles(values)
    kept = tuple(quantiles) if any(quantiles) else ()
    return Fitted(tuple(offset.tolist()), tuple(scale.tolist()), kept)


def _quantiles(values: NDArray[np.float64]) -> tuple[float, ...]:
    """Of values in order."""
    shares = np.linspace(0, 1, min(QUANTILES, len(values)))
    found = np.maximum.accumulate(np.percentile(values, shares * 100))
    return tuple(found.tolist())


@dataclass(frozen=True, slots=True)
class Scaling:
    """The scale of a fitted feature.

    Attributes:
        kinds: How each entry is normalised; one for all, where they are alike.
        bounds: The least and the largest normalised number; none for no bounds.
    """

    kinds: tuple[str, ...]
    offset: NDArray[np.float64]
    scale: NDArray[np.float64]
    quantiles: tuple[tuple[float, ...], ...]
    bounds: tuple[float, ...]

    @classmethod
    def of(cls, feature: ScaledFeature) -> Scaling:
        """That of a fitted feature."""
        normalize = feature.normalize
        return cls(
            (normalize,) if isinstance(normalize, str) else normalize,
            np.array(feature.offset),
            np.array(feature.scale),
            feature.quantiles,
            feature.clip,
        )

    @property
    def normalizes(self) -> bool:
        """Whether any entry is changed, bounds apart."""
        return any(kind != "none" for kind in self.kinds)

    @property
    def is_line(self) -> bool:
        """Whether `x * scale + offset` undoes it, for every entry."""
        return not any(kind in _CURVED for kind in self.kinds)

    @property
    def needs_float64(self) -> bool:
        """Whether float32 would round numbers in their own units that it tells apart when scaled.

        Of seconds since 1970 it has every 128th.
        """
        return bool((np.abs(self.offset) > _FAR_OFF * self.scale).any())

    def part(self, first: int, width: int) -> Scaling:
        """That of some entries by themselves."""
        entries = slice(first, first + width)
        kinds = self.kinds if len(self.kinds) == 1 else self.kinds[entries]
        quantiles = self.quantiles[entries]
        return Scaling(kinds, self.offset[entries], self.scale[entries], quantiles, self.bounds)

    def scaled(self, values: Array) -> Array:
        """Numbers, `[..., entries]`, normalised and not yet clipped."""
        if self.kinds == ("none",):
            return values
        if self.is_line:
            return np.asarray((values - self.offset) / self.scale)
        found = np.array(values, np.float64)
        for entry in range(found.shape[-1]):
            kind = self._kind(entry)
            if kind == "quantile":
                found[..., entry] = _to_normal(found[..., entry], self.quantiles[entry])
                continue
            line = np.log1p(found[..., entry]) if kind == "log1p" else found[..., entry]
            found[..., entry] = (line - self.offset[entry]) / self.scale[entry]
        return found

    def clipped(self, values: Array) -> tuple[Array, Array | None]:
        """Normalised numbers within the bounds, and which were not: None without bounds."""
        if not self.bounds:
            return values, None
        low, high = self.bounds
        return np.clip(values, low, high), (values < low) | (values > high)

    def restored(self, values: Array) -> Array:
        """Normalised numbers in the data's own units, `[..., entries]`, as float64."""
        found = values.astype(np.float64)
        if not self.normalizes:
            return found
        if self.is_line:
            return np.asarray(found * self.scale + self.offset)
        width = len(self.offset)
        cells = found.reshape(-1, width)
        for entry in range(width):
            kind = self._kind(entry)
            if kind == "quantile":
                cells[:, entry] = _from_normal(cells[:, entry], self.quantiles[entry])
                continue
            cells[:, entry] = cells[:, entry] * self.scale[entry] + self.offset[entry]
            if kind == "log1p":
                cells[:, entry] = np.expm1(cells[:, entry])
        return cells.reshape(values.shape)

    def _kind(self, entry: int) -> str:
        return self.kinds[0] if len(self.kinds) == 1 else self.kinds[entry]


def _to_normal(values: NDArray[np.float64], quantiles: tuple[float, ...]) -> NDArray[np.float64]:
    """Numbers by their place among quantiles, as those of a normal distribution.

    The place of a number that many quantiles have is the middle of theirs.
    """
    known = np.array(quantiles)
    if known[0] == known[-1]:
        return np.zeros(values.shape)
    shares = np.linspace(0, 1, len(known))
    upward = np.interp(values, known, shares)
    downward = np.interp(-values, -known[::-1], -shares[::-1])
    found = 0.5 * (upward - downward)
    found = np.where(values <= known[0], 0.0, np.where(values >= known[-1], 1.0, found))
    low, high = normal_distribution.quantile(np.array([_RAREST, 1 - _RAREST]))
    return np.clip(normal_distribution.quantile(found), low, high)


def _from_normal(values: NDArray[np.float64], quantiles: tuple[float, ...]) -> NDArray[np.float64]:
    known = np.array(quantiles)
    shares = np.linspace(0, 1, len(known))
    return np.asarray(np.interp(normal_distribution.share(values), shares, known))
