"""The shapes of inputs that a spec leaves to its `data` section."""

from __future__ import annotations

from dataclasses import replace
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

_WRITE = "write `shape: [...]`, without the batch axis; null is any size, `[]` one number"


class _Tensor(NamedTuple):
    """What a feature makes of its columns, row by row."""

    shape: Shape
    dtype: str = "float32"


class _MissingKeyError(Exception):
    """What a feature does not say, and its shape depends on."""


def fill_shapes(
    inputs: dict[str, Input], data: DataSettings | None, report: Report, *, silent: bool
) -> dict[str, Input]:
    """The inputs with the shapes and dtypes that `data` gives, where they have none of their own.

    Args:
        inputs: Of a spec.
        data: Its `data` section.
        report: Gets a finding about each input whose shape nothing says.
        silent: Whether `data` is there and broken, so that it may well have said it.
    """
    filled = dict(inputs)
    for name, given in inputs.items():
        if not given.left_to_data or silent:
            continue
        feature = data.features.get(name) if data else None
        try:
            shape, dtype = _tensor(name, feature, given.dtype)
        except _MissingKeyError as error:
            known = " or let `data.features` say it" if data is None else ""
            message = f"input `{name}` needs `shape`{error}"
            help = f"{_WRITE};{known}" if known else f"{_WRITE}"
            report.add(given.place.finding("MS202", message, help=help, key=True))
        else:
            filled[name] = replace(given, shape=shape, dtype=given.dtype or dtype)
    return filled


def _tensor(name: str, feature: FeatureSettings | None, dtype: str | None) -> _Tensor:
    """What a feature makes of its columns, in an input of this dtype.

    Raises:
        _MissingKeyError: It does not say that; the error says how to go on in the sentence.
    """
    match feature:
        case None:
            raise _MissingKeyError
        case TextFeature():
            return _Tensor((feature.length or _steps(name),), "int64")
        case SequenceFeature():
            return _Tensor((feature.length or _steps(name), 1))
        case ImageFeature():
            if feature.size is None:
                raise _MissingKeyError(", or its picture a `size`")
            return _Tensor((*feature.size, feature.channels or 3))
        case DateFeature():
            return _Tensor((feature.width(),))
        case CategoryFeature() if feature.type == "category":
            return _of_category(feature, dtype)
        case NumberFeature() if feature.type == "number" or feature.columns is not None:
            return _Tensor((feature.width(),))
    raise _MissingKeyError(", or its feature a `type`")


def _of_category(feature: CategoryFeature, dtype: str | None) -> _Tensor:
    """One-hot rows; or integers, if `encode` or the dtype says so."""
    indices = feature.encode == "index" or (feature.encode is None and dtype in INTEGERS)
    if indices:
        return _Tensor((feature.id_columns(),) if feature.columns else (), "int64")
    width = feature.width()
    if width is None:
        raise _MissingKeyError(", or its feature `classes` or a `size`")
    return _Tensor((width,))


def _steps(name: str) -> Expr:
    """Any number of steps, a symbol of the input's own."""
    return symbol(f"{name}_steps")
