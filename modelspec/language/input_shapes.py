"""The shapes of inputs that a spec leaves to its `data` section."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.language.features import (
    CategoryFeature,
    DateFeature,
    ImageFeature,
    NumberFeature,
    SequenceFeature,
    TextFeature,
)
from modelspec.layers.values import INTEGERS
from modelspec.shapes import symbol

if TYPE_CHECKING:
    from modelspec.diagnostics import Report
    from modelspec.language.data import DataSettings
    from modelspec.language.features import FeatureSettings
    from modelspec.language.model import Input
    from modelspec.shapes import Expr, Shape


class _Tensor(NamedTuple):
    """What a feature makes of its columns, row by row.

    Attributes:
        certain: Whether nothing in the file can make it another: a column may hold lists.
    """

    shape: Shape
    dtype: str = "float32"
    certain: bool = True


class _MissingKeyError(Exception):
    """What a feature does not say, and its shape depends on; nothing where there is none."""


def fill_shapes(
    inputs: dict[str, Input], data: DataSettings | None, report: Report
) -> dict[str, Input]:
    """The inputs with the shapes and dtypes that `data` gives, where they have none of their own.

    Args:
        inputs: Of a spec.
        data: Its `data` section.
        report: Gets a finding about each input whose shape nothing says.
    """
    filled = dict(inputs)
    for name, given in inputs.items():
        if not given.left_to_data:
            continue
        try:
            feature = data.features.get(name) if data else None
            shape, dtype, _ = _tensor(name, feature, given.dtype)
        except _MissingKeyError as error:
            help = "write `shape: [...]`, without the batch axis; null is any size, `[]` one number"
            if data is not None:
                give = f"give `data.features.{name}` a `{error.args[0] if error.args else 'type'}`"
                help = f"{give}, which says it; or {help}"
            message = f"input `{name}` needs `shape`"
            report.add(given.place.finding("MS202", message, help=help, key=True))
        else:
            filled[name] = given._replace(shape=shape, dtype=given.dtype or dtype)
    return filled


def known_shape(name: str, feature: FeatureSettings, dtype: str) -> Shape | None:
    """The shape that a feature's rows have, whatever the file holds. None where that decides it.

    Args:
        name: Of the input.
        feature: What fills it.
        dtype: Of the input.
    """
    try:
        found = _tensor(name, feature, dtype)
    except _MissingKeyError:
        return None
    return found.shape if found.certain else None


def _tensor(name: str, feature: FeatureSettings | None, dtype: str | None) -> _Tensor:
    """What a feature makes of its columns, in an input of this dtype.

    Raises:
        _MissingKeyError: It does not say that.
    """
    match feature:
        case None:
            raise _MissingKeyError
        case TextFeature():
            # An input of floats takes a vector for each token.
            certain = dtype is None or dtype in INTEGERS
            return _Tensor((feature.length or _steps(name),), "int64", certain)
        case SequenceFeature():
            return _Tensor((feature.length or _steps(name), 1), certain=False)
        case ImageFeature():
            if feature.size is None:
                raise _MissingKeyError("size")
            certain = feature.channels is not None
            return _Tensor((*feature.size, feature.channels or 3), certain=certain)
    indicators = len(feature.indicators(name))
    match feature:
        case DateFeature():
            return _Tensor((feature.width() + indicators,))
        case CategoryFeature() if feature.type == "category":
            if feature.is_index(integers=dtype in INTEGERS):
                return _Tensor((feature.id_columns(),) if feature.columns else (), "int64")
            width = feature.width()
            if width is None:
                raise _MissingKeyError("classes` or a `size")
            return _Tensor((width + indicators,))
        case NumberFeature() if feature.type == "number" or feature.columns is not None:
            width = len(feature.sources(name)) + indicators
            return _Tensor((width,), certain=width > 1)
    raise _MissingKeyError("type")


def _steps(name: str) -> Expr:
    """Any number of steps, a symbol of the input's own."""
    return symbol(f"{name}_steps")
