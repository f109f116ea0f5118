"""Inputs: of a whole model, as declared; of a block, what a call gives it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.graph.graph import Node
from modelspec.layers.values import (
    FLOATS,
    INTEGERS,
    UNKNOWN_DTYPE,
    Bundle,
    LayerError,
    Tensor,
    Value,
)
from modelspec.shapes import UNKNOWN, Dim, Expr, Shape, same, text

if TYPE_CHECKING:
    from modelspec.language.model import Input, Model


def own_input(declared: Input, shape: Shape | None = None) -> Node:
    """The node of a whole model's input, of its declared shape or of another one."""
    given = declared.shape if shape is None else shape
    return _node(declared, Tensor(given, declared.dtype or UNKNOWN_DTYPE))


def given_input(declared: Input, value: Value) -> Node:
    """The node of a block's input in one call. What a call leaves open, the declaration says."""
    if isinstance(value, Tensor) and value.shape is None and declared.shape is not None:
        shape = tuple(UNKNOWN if isinstance(size, Expr) else size for size in declared.shape)
        value = Tensor(shape, declared.dtype or value.dtype)
    return _node(declared, value)


def _node(declared: Input, value: Value) -> Node:
    return Node(
        name=declared.name,
        path=declared.name,
        kind="input",
        place=declared.place,
        outputs={"": value},
    )


def check_given(model: Model, values: dict[str, Value]) -> None:
    """Check what a call gives a block against what its inputs declare.

    A symbol of a block's inputs stands for the same size wherever it stands in them.

    Raises:
        LayerError: It does not fit.
    """
    sizes: dict[str, Dim] = {}
    for name, declared in model.inputs.items():
        value = values.get(name)
        if isinstance(value, Bundle) and declared.shape is not None:
            problem = f"takes a tensor at `{name}`, gets a bundle of recurrent states"
            raise LayerError("MS503", problem)
        if isinstance(value, Tensor) and value.shape is not None:
            _check_dtype(declared, value)
            if declared.shape is not None:
                _check_shape(declared, declared.shape, value.shape, sizes)


def _check_dtype(declared: Input, value: Tensor) -> None:
    wanted = declared.dtype
    for kind in (FLOATS, INTEGERS):
        if wanted in kind and value.dtype not in kind and value.dtype != UNKNOWN_DTYPE:
            raise LayerError("MS506", f"takes {wanted} at `{declared.name}`, gets {value.dtype}")


def _check_shape(declared: Input, wanted: Shape, given: Shape, sizes: dict[str, Dim]) -> None:
    texts = f"takes `{text(wanted)}` at `{declared.name}`, gets `{text(given)}`"
    if len(wanted) != len(given):
        raise LayerError("MS503", texts)
    for size, actual in zip(wanted, given, strict=True):
        known = sizes.setdefault(str(size), actual) if isinstance(size, Expr) else size
        if same(known, actual) is False:
            where = f", and `{size}` is `{known}` already" if isinstance(size, Expr) else ""
            raise LayerError("MS501", texts + where)
