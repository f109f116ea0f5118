"""Functions of TensorFlow that Keras 2 saved as layers, as operations of Keras 3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.keras.legacy.calls import FUNCTIONS
from modelspec.keras.model import UnknownPartError
from modelspec.keras.typed import text

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["FUNCTIONS", "operation"]

Call = dict[str, Any]

_PLAIN = {
    **{name: name.title() for name in "exp log sqrt square sin cos tan tanh sigmoid".split()},
    **{name: name.title() for name in "sinh cosh erf floor ceil round sign rsqrt".split()},
    **{name: name.title() for name in "relu relu6 elu selu softplus softsign".split()},
    "abs": "Absolute", "negative": "Negative", "neg": "Negative", "reciprocal": "Reciprocal",
    "log1p": "Log1p", "expm1": "Expm1", "log_sigmoid": "LogSigmoid", "silu": "Silu",
    "swish": "Silu", "asin": "Arcsin", "acos": "Arccos", "atan": "Arctan", "identity": "Identity",
}  # fmt: skip
"""Functions of one tensor."""
_OF_TWO = {
    "add": "Add", "add_v2": "Add", "subtract": "Subtract", "multiply": "Multiply",
    "truediv": "TrueDivide", "divide": "TrueDivide", "maximum": "Maximum", "minimum": "Minimum",
    "pow": "Power", "floordiv": "FloorDivide", "floormod": "Mod",
    "greater": "Greater", "greater_equal": "GreaterEqual", "less": "Less",
    "less_equal": "LessEqual", "equal": "Equal", "not_equal": "NotEqual",
    "logical_and": "LogicalAnd", "logical_or": "LogicalOr",
}  # fmt: skip
"""Functions of two values, called `x` and `y` in TensorFlow."""
_REDUCTIONS = {
    "reduce_mean": "Mean", "reduce_sum": "Sum", "reduce_max": "Max", "reduce_min": "Min",
    "reduce_prod": "Prod", "reduce_any": "Any", "reduce_all": "All",
}  # fmt: skip


def operation(saved: dict[str, Any], nodes: list[Call]) -> tuple[list[Call], str, dict[str, Any]]:
    """The calls, class and arguments of the operation of Keras 3.

    Args:
        saved: The layer, `{"class_name": "TFOpLambda", ...}`.
        nodes: Its calls.

    Raises:
        UnknownPartError: There is no such operation, or an argument of it has no counterpart.
    """
    config = saved["config"]
    name = config.get("name")
    function = text(config.get("function"), f"the function of `{name}`")
    own = function.rpartition(".")[2]
    found: list[Call] = []
    kind, options = own, dict[str, Any]()
    for node in nodes:
        given = {key: value for key, value in node["kwargs"].items() if value is not None}
        given.pop("name", None)
        make = _SPECIAL.get(own) or _usual(own)
        if make is None:
            raise UnknownPartError(f"`{name}` is the function `tf.{function}`, which is not known")
        kind, args, rest = make(node["args"][0], given)
        if given:
            left = ", ".join(given)
            message = f"`{name}` calls `tf.{function}` with `{left}`, which is not known"
            raise UnknownPartError(message)
        if found and rest != options:
            raise UnknownPartError(f"`{name}` calls `tf.{function}` in several ways")
        found.append({"args": args, "kwargs": {}})
        options = rest
    return found, kind, {"name": name, **options}


Made = tuple[str, list[Any], dict[str, Any]]


def _usual(name: str) -> Callable[[Any, dict[str, Any]], Made] | None:
    """What makes the operation of a function that is like others."""
    if name in _PLAIN:
        return lambda first, _: (_PLAIN[name], [first], {})
    if name in _OF_TWO:
        return lambda first, given: (_OF_TWO[name], [first, given.pop("y", None)], {})
    if name in _REDUCTIONS:
        return lambda first, given: _reduction(_REDUCTIONS[name], first, given)
    return None


def _reduction(kind: str, first: Any, given: dict[str, Any]) -> Made:
    axis = given.pop("axis", None)
    if isinstance(axis, list) and len(axis) == 1:
        (axis,) = axis
    return kind, [first], {"axis": axis, "keepdims": bool(given.pop("keepdims", False))}


def _with_axis(kind: str, default: Any) -> Callable[[Any, dict[str, Any]], Made]:
    def make(first: Any, given: dict[str, Any]) -> Made:
        return kind, [first], {"axis": given.pop("axis", default)}

    return make


def _reshape(first: Any, given: dict[str, Any]) -> Made:
    return "Reshape", [first], {"newshape": given.pop("shape", None)}


def _transpose(first: Any, given: dict[str, Any]) -> Made:
    if given.get("conjugate") is False:
        del given["conjugate"]
    return "Transpose", [first], {"axes": given.pop("perm", None)}


def _matmul(first: Any, given: dict[str, Any]) -> Made:
    for key in ("transpose_a", "adjoint_a", "adjoint_b", "a_is_sparse", "b_is_sparse"):
        if given.get(key) is False:
            del given[key]
    if given.get("transpose_b") is False:
        del given["transpose_b"]
    return "Matmul", [first, given.pop("b", None)], {}


def _get_item(first: Any, given: dict[str, Any]) -> Made:
    return "GetItem", [first, given.pop("slice_spec", None)], {}


def _cast(first: Any, given: dict[str, Any]) -> Made:
    return "Cast", [first], {"dtype": given.pop("dtype", None)}


def _clip(first: Any, given: dict[str, Any]) -> Made:
    low, high = given.pop("clip_value_min", None), given.pop("clip_value_max", None)
    return "Clip", [first], {"x_min": low, "x_max": high}


def _leaky_relu(first: Any, given: dict[str, Any]) -> Made:
    return "LeakyRelu", [first], {"negative_slope": given.pop("alpha", 0.2)}


def _gelu(first: Any, given: dict[str, Any]) -> Made:
    return "Gelu", [first], {"approximate": bool(given.pop("approximate", False))}


_SPECIAL: dict[str, Callable[[Any, dict[str, Any]], Made]] = {
    "concat": _with_axis("Concatenate", -1),
    "stack": _with_axis("Stack", 0),
    "expand_dims": _with_axis("ExpandDims", 0),
    "squeeze": _with_axis("Squeeze", None),
    "softmax": _with_axis("Softmax", -1),
    "log_softmax": _with_axis("LogSoftmax", -1),
    "reshape": _reshape,
    "transpose": _transpose,
    "matmul": _matmul,
    "getitem": _get_item,
    "cast": _cast,
    "clip_by_value": _clip,
    "leaky_relu": _leaky_relu,
    "gelu": _gelu,
}
