"""From a layer that stands for a bare function of tensors to Keras's operation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from modelspec.keras.saving.arguments import arguments, camel
from modelspec.layers.slicing import GetItem

if TYPE_CHECKING:
    from modelspec.layers import Layer

Json = Any

_PAGE = "../ops/"
_ELSEWHERE = {
    "Erf": "math", "Rsqrt": "math", "Logsumexp": "math", "Gelu": "nn", "Glu": "nn",
    "Norm": "linalg", "Cast": "core",
}  # fmt: skip
"""The modules of the operations that are not in `numpy`."""
_BY_FUNCTION = ("Elementwise", "Arithmetic", "Compare", "Logical")
_LISTED = ("Stack",)


class Operation(NamedTuple):
    """An operation and its call.

    Attributes:
        kind: Its class.
        module: Where that is defined.
        config: Its arguments.
        args: Those of its call, tensors among them.
    """

    kind: str
    module: str
    config: dict[str, Any]
    args: list[Json]


def is_operation(layer: Layer) -> bool:
    """Whether a layer stands for a bare function."""
    return layer.keras.startswith(_PAGE)


def operation(layer: Layer, tensors: list[Json]) -> Operation:
    """The operation that a layer stands for, called on tensors."""
    declared = type(layer).__name__
    kind, config, args = declared, arguments(layer), list(tensors)
    config.pop("trainable", None)
    if declared in _BY_FUNCTION:
        kind = camel(config.pop("function"))
        args = _with_constant(config, args)
    if declared == "Elementwise" and kind == "ApproximateGelu":
        kind, config = "Gelu", {"approximate": True}
    if declared == "GLU":
        kind = "Glu"
    if declared == "Where":
        numbers = [config.pop(key) for key in ("x1", "x2")]
        rest = iter(args[1:])
        args = [args[0], *(next(rest) if each is None else each for each in numbers)]
    if declared == "Einsum":
        config = {"subscripts": config["equation"]}
    if declared == "Tile":
        config["repeats"] = [1, *config["repeats"]]
    if isinstance(layer, GetItem):
        config, args = {}, [*args, key_of(layer.key)]
    if declared == "Norm":
        config = _norm(config)
    if declared in _LISTED:
        args = [args]
    if isinstance(config.get("axis"), list) and len(config["axis"]) == 1:
        (config["axis"],) = config["axis"]
    return Operation(kind, f"keras.src.ops.{_ELSEWHERE.get(kind, 'numpy')}", config, args)


def _with_constant(config: dict[str, Any], args: list[Json]) -> list[Json]:
    constant, first = config.pop("constant", None), config.pop("constant_first", False)
    if constant is None:
        return args
    if isinstance(constant, list):
        value = {"value": constant, "dtype": "float32"}
        constant = {"class_name": "__numpy__", "config": value}
    return [constant, *args] if first else [*args, constant]


def _norm(config: dict[str, Any]) -> dict[str, Any]:
    """Keras takes no order for the norm of matrices, which is Frobenius's."""
    power = config["ord"]
    if len(config["axis"]) > 1:
        return config | {"ord": None}
    return config | {"ord": float(power) if isinstance(power, str) else power}


def key_of(written: str) -> list[Json]:
    """What Keras saves of `[:, 0:2]`."""
    return [_index(part.strip()) for part in written.strip()[1:-1].split(",") if part.strip()]


def _index(part: str) -> Json:
    if part == "None":
        return None
    if part == "...":
        return {"class_name": "__ellipsis__", "config": {}}
    if ":" not in part:
        return int(part)
    ends = [int(end) if end.strip() else None for end in part.split(":")]
    start, stop, step = (*ends, None, None)[:3]
    return {"class_name": "__slice__", "config": {"start": start, "stop": stop, "step": step}}
