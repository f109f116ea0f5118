"""Bare functions of tensors in a Keras model, `x * 0.5` and `keras.ops.mean`, as layers."""

from __future__ import annotations

from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any

from modelspec.keras import tensor_functions
from modelspec.keras.model import Call, KerasLayer, Source, snake_case, sources
from modelspec.keras.tensor_functions import UnknownOperationError
from modelspec.layers.core import Activation
from modelspec.layers.logic import Compare, Logical
from modelspec.layers.operations import Arithmetic, Elementwise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from modelspec.keras.body import Entry

_FUNCTIONS = frozenset(Elementwise.model_fields["function"].annotation.__args__)  # type: ignore[union-attr]
_ACTIVATIONS = frozenset(
    Activation.model_fields["activation"].annotation.__args__  # type: ignore[union-attr]
)
_WITH_CONSTANT = frozenset(Arithmetic.model_fields["function"].annotation.__args__)  # type: ignore[union-attr]
_OF_TWO = {
    "add": "Add",
    "subtract": "Subtract",
    "multiply": "Multiply",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "divide": "Divide",
    "matmul": "Matmul",
    "mod": "Mod",
    "arctan2": "Arctan2",
}
_REDUCTIONS = frozenset({"mean", "sum", "max", "min", "prod", "var", "std", "logsumexp"})
_COMPARISONS = frozenset(Compare.model_fields["function"].annotation.__args__)  # type: ignore[union-attr]
_LOGICAL = frozenset(Logical.model_fields["function"].annotation.__args__)  # type: ignore[union-attr]


@contextmanager
def _malformed() -> Iterator[None]:
    """Arguments that are not what the operation takes as an operation that is not known."""
    try:
        yield
    except (KeyError, TypeError, IndexError) as error:
        raise UnknownOperationError(str(error)) from error


def operation(layer: KerasLayer, call: Call) -> Entry:
    """What stands under `layers` for one call of an operation.

    Raises:
        UnknownOperationError: There is no such layer.
    """
    parts(layer, ())
    with _malformed():
        return _operation(layer, call)


def _operation(layer: KerasLayer, call: Call) -> Entry:
    name = snake_case(layer.type).replace("true_divide", "divide")
    config = {key: value for key, value in layer.config.items() if key != "name"}
    if name == "get_item":
        return _get_item(call)
    if name in _COMPARISONS:
        return tensor_functions.compare(name, call)
    if name in _LOGICAL:
        return tensor_functions.logical(name, call)
    if name == "where":
        return tensor_functions.where(call)
    if name in _SPECIAL:
        return _SPECIAL[name](config)
    if name in _WITH_CONSTANT | _OF_TWO.keys() and len(call.args) == 2:
        return _arithmetic(name, call)
    if name in _REDUCTIONS and config.get("axis") is not None:
        _check_usual(name, {"initial": config.get("initial")})
        keep = {"keepdims": True} if config.get("keepdims") else {}
        return {"type": layer.type, "axis": config["axis"], **keep}
    if name in _REDUCTIONS:
        raise UnknownOperationError(f"is `keras.ops.{name}` of the whole batch, which is not known")
    if name in _FUNCTIONS | _ACTIVATIONS:
        _check_usual(name, config)
    if name in _FUNCTIONS:
        return {"type": "Elementwise", "function": name}
    if name in _ACTIVATIONS:
        return {"type": "Activation", "activation": name}
    raise UnknownOperationError(f"is `keras.ops.{name}`, for which there is no layer")


def parts(layer: KerasLayer, places: Sequence[int]) -> dict[int, Entry]:
    """What stands under `layers` for each output that is read, where those are layers of their own.

    Raises:
        UnknownOperationError: There are no such layers.
    """
    several = tensor_functions.SEVERAL.get(snake_case(layer.type))
    with _malformed():
        return several(layer.config, places) if several else {}


_USUAL = {"alpha": 1.0, "axis": -1, "b": 4, "decimals": 0, "threshold": 0.5, "initial": None}


def _check_usual(name: str, config: dict[str, Any]) -> None:
    """Refuse an argument that the function has no more here, unless it is Keras's default."""
    for key, value in config.items():
        if value != _USUAL.get(key):
            raise UnknownOperationError(
                f"is `keras.ops.{name}` with `{key}: {value}`, which is not known"
            )


def _arithmetic(name: str, call: Call) -> Entry:
    """Two tensors, or one with a constant."""
    tensors = [isinstance(each, Source) for each in call.args]
    if all(tensors):
        if name in _OF_TWO:
            return {"type": _OF_TWO[name]}
        raise UnknownOperationError(f"is `keras.ops.{name}` of two tensors, which is not known")
    if name not in _WITH_CONSTANT:
        raise UnknownOperationError(f"is `keras.ops.{name}` with a constant, which is not known")
    constant = _constant(call.args[tensors.index(False)])
    first = {"constant_first": True} if tensors[1] else {}
    return {"type": "Arithmetic", "function": name, "constant": constant, **first}


def _constant(value: Any) -> Any:
    """A number, or a list of one for each place along the last axis."""
    value = tensor_functions.constant(value)
    if isinstance(value, list) and any(isinstance(each, list) for each in value):
        raise UnknownOperationError(
            "has a constant that differs along more than the last axis, which is not known"
        )
    return value


def _gelu(config: dict[str, Any]) -> Entry:
    if config.get("approximate", True):
        return {"type": "Elementwise", "function": "approximate_gelu"}
    return {"type": "Activation", "activation": "gelu"}


def _softmax(config: dict[str, Any]) -> Entry:
    axis = config.get("axis", -1)
    if axis == -1:
        return {"type": "Activation", "activation": "softmax"}
    return {"type": "Softmax", "axis": axis}


def _leaky_relu(config: dict[str, Any]) -> Entry:
    return {"type": "LeakyReLU", "negative_slope": config.get("negative_slope", 0.2)}


def _elu(config: dict[str, Any]) -> Entry:
    alpha = config.get("alpha", 1.0)
    if alpha == 1.0:
        return {"type": "Activation", "activation": "elu"}
    return {"type": "ELU", "alpha": alpha}


def _normalize(config: dict[str, Any]) -> Entry:
    if config.get("order", 2) != 2 or config.get("epsilon") is not None:
        raise UnknownOperationError("is `keras.ops.normalize` of another order or epsilon")
    axis = config.get("axis", -1)
    return {"type": "UnitNormalization"} | ({} if axis == -1 else {"axis": axis})


def _pad(config: dict[str, Any]) -> Entry:
    first, *inner, last = config["pad_width"]
    plain_zeros = config.get("mode", "constant") == "constant"
    if any(first) or any(last) or not plain_zeros or not 1 <= len(inner) <= 3:
        raise UnknownOperationError(
            "is `keras.ops.pad` of another kind than zeros around steps or pixels"
        )
    padding = [list(pair) for pair in inner]
    return {
        "type": f"ZeroPadding{len(inner)}D",
        "padding": padding if len(padding) > 1 else padding[0],
    }


def _resize(config: dict[str, Any]) -> Entry:
    usual = ("antialias", "crop_to_aspect_ratio", "pad_to_aspect_ratio")
    if any(config.get(key) for key in usual):
        raise UnknownOperationError(f"is `keras.ops.image.resize` with one of `{usual}`")
    height, width = config["size"]
    interpolation = config.get("interpolation", "bilinear")
    return {"type": "Resizing", "height": height, "width": width} | (
        {} if interpolation == "bilinear" else {"interpolation": interpolation}
    )


def _reshape(config: dict[str, Any]) -> Entry:
    shape = list(config["newshape"])
    if not shape or shape[0] not in (-1, None):
        raise UnknownOperationError("reshapes the batch axis too, which is not known")
    rest = [-1 if size is None else size for size in shape[1:]]
    return {"type": "Reshape", "target_shape": rest}


def _transpose(config: dict[str, Any]) -> Entry:
    axes = config.get("axes")
    if not axes or axes[0] != 0:
        raise UnknownOperationError("moves the batch axis, which is not known")
    return {"type": "Permute", "dims": list(axes[1:])}


def _concatenate(config: dict[str, Any]) -> Entry:
    axis = config.get("axis", -1)
    return {"type": "Concatenate"} if axis == -1 else {"type": "Concatenate", "axis": axis}


def _get_item(call: Call) -> Entry:
    key = call.args[1] if len(call.args) > 1 else call.kwargs.get("key")
    parts = key if isinstance(key, list) else [key]
    if sources(parts):
        raise UnknownOperationError("takes items by another tensor, which is not known")
    return {"type": "GetItem", "key": f"[{', '.join(map(_index, parts))}]"}


def _index(part: Any) -> str:
    if not isinstance(part, dict):
        return str(part)
    if part.get("class_name") == "__ellipsis__":
        return "..."
    own = part["config"]
    ends = ["" if own[key] is None else str(own[key]) for key in ("start", "stop")]
    return ":".join([*ends, str(own["step"])] if own.get("step") is not None else ends)


def _named(kind: str, *keys: str) -> Callable[[dict[str, Any]], Entry]:
    def made(config: dict[str, Any]) -> Entry:
        return {"type": kind, **{key: config[key] for key in keys if config.get(key) is not None}}

    return made


_SPECIAL: dict[str, Callable[[dict[str, Any]], Entry]] = {
    "argmax": partial(tensor_functions.place, "Argmax"),
    "argmin": partial(tensor_functions.place, "Argmin"),
    "einsum": tensor_functions.einsum,
    "glu": tensor_functions.glu,
    "norm": tensor_functions.norm,
    "split": tensor_functions.split,
    "tile": tensor_functions.tile,
    "cast": _named("Cast", "dtype"),
    "clip": _named("Clip", "x_min", "x_max"),
    "concatenate": _concatenate,
    "elu": _elu,
    "expand_dims": _named("ExpandDims", "axis"),
    "gelu": _gelu,
    "leaky_relu": _leaky_relu,
    "normalize": _normalize,
    "pad": _pad,
    "reshape": _reshape,
    "resize": _resize,
    "softmax": _softmax,
    "squeeze": _named("Squeeze", "axis"),
    "stack": _named("Stack", "axis"),
    "transpose": _transpose,
}
