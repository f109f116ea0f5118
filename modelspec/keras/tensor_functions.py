"""Functions of several tensors, or with several outputs, in a Keras model, as layers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from modelspec.keras.classes import plain
from modelspec.keras.model import Call, Source, sources
from modelspec.layers.einsum import Einsum

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from modelspec.keras.body import Entry

_TURNED = {
    "equal": "equal",
    "not_equal": "not_equal",
    "greater": "less",
    "greater_equal": "less_equal",
    "less": "greater",
    "less_equal": "greater_equal",
}
"""What a comparison is with its sides exchanged."""


class UnknownOperationError(ValueError):
    """An operation that no layer does; says why."""


def compare(name: str, call: Call) -> Entry:
    """Two tensors, or one with a number on either side."""
    left, right = _pair(name, call)
    if isinstance(left, Source) and isinstance(right, Source):
        return {"type": "Compare", "function": name}
    if isinstance(left, Source):
        return {"type": "Compare", "function": name, "constant": number(name, right)}
    return {"type": "Compare", "function": _TURNED[name], "constant": number(name, left)}


def logical(name: str, call: Call) -> Entry:
    """One tensor or two, and no constants."""
    if not all(isinstance(each, Source) for each in [*call.args, *call.kwargs.values()]):
        raise UnknownOperationError(f"is `keras.ops.{name}` with a constant, which is not known")
    return {"type": "Logical", "function": name}


def where(call: Call) -> Entry:
    """A condition, and two tensors or numbers."""
    given = dict(zip(("condition", "x1", "x2"), call.args, strict=False)) | call.kwargs
    condition, x1, x2 = (given.get(key) for key in ("condition", "x1", "x2"))
    if x1 is None or x2 is None:
        raise UnknownOperationError("is `keras.ops.where` of places, which is not known")
    if not isinstance(condition, Source):
        raise UnknownOperationError("is `keras.ops.where` by a constant, which is not known")
    numbers = {
        key: number("where", value)
        for key, value in (("x1", x1), ("x2", x2))
        if not isinstance(value, Source)
    }
    return {"type": "Where", **numbers}


def norm(config: dict[str, Any]) -> Entry:
    """The norm of vectors, or Frobenius's of matrices."""
    axis, power = config.get("axis"), config.get("ord")
    axes = axis if isinstance(axis, list) else [axis]
    vectors = len(axes) == 1 and power not in ("fro", "nuc")
    if axis is None or not (vectors or power in (None, "fro")):
        raise UnknownOperationError(
            f"is `keras.ops.norm` with `ord: {power}` and `axis: {axis}`, which is not known"
        )
    entry: Entry = {"type": "Norm", "axis": axes if len(axes) > 1 else axes[0]}
    if vectors and power not in (None, 2):
        entry["ord"] = {float("inf"): "inf", float("-inf"): "-inf"}.get(power, power)
    return entry | ({"keepdims": True} if config.get("keepdims") else {})


def tile(config: dict[str, Any]) -> Entry:
    """Repetition along the axes after the batch's."""
    repeats = config.get("repeats")
    if not isinstance(repeats, list) or len(repeats) < 2 or repeats[0] != 1:
        raise UnknownOperationError(f"is `keras.ops.tile` of the batch: `repeats: {repeats}`")
    return {"type": "Tile", "repeats": repeats[1:]}


def einsum(config: dict[str, Any]) -> Entry:
    """A product of tensors, sample by sample."""
    equation: Any = config.get("subscripts")
    try:
        Einsum(equation=equation)
    except ValidationError as error:
        reason = error.errors()[0]["msg"].removeprefix("Value error, ")
        raise UnknownOperationError(
            f"is a `keras.ops.einsum` that is not known: {reason}"
        ) from error
    return {"type": "Einsum", "equation": equation}


def split(config: dict[str, Any]) -> Entry:
    """Parts along an axis."""
    axis, given = config.get("axis", 0), config.get("indices_or_sections")
    if axis == 0:
        raise UnknownOperationError("is `keras.ops.split` of the batch, which is not known")
    if isinstance(given, dict):
        given = given["config"]["value"]
    return {"type": "Split", "indices_or_sections": given} | ({} if axis == -1 else {"axis": axis})


def place(kind: str, config: dict[str, Any]) -> Entry:
    """The place of the largest or least number along one axis."""
    if config.get("axis") is None:
        raise UnknownOperationError(f"is `keras.ops.{kind.lower()}` of the whole batch")
    keep = {"keepdims": True} if config.get("keepdims") else {}
    return {"type": kind, "axis": config["axis"], **keep}


def glu(config: dict[str, Any]) -> Entry:
    """A gated linear unit."""
    axis = config.get("axis", -1)
    return {"type": "GLU"} | ({} if axis == -1 else {"axis": axis})


def unstack(config: dict[str, Any], places: Sequence[int]) -> dict[int, Entry]:
    """The entry of each output: one place along an axis."""
    axis = config.get("axis", 0)
    if axis == 0:
        raise UnknownOperationError("is `keras.ops.unstack` of the batch, which is not known")

    def key(place: int) -> str:
        if axis > 0:
            return f"[{':, ' * axis}{place}]"
        return f"[..., {place}{', :' * (-1 - axis)}]"

    return {place: {"type": "GetItem", "key": key(place)} for place in places}


def moments(config: dict[str, Any], places: Sequence[int]) -> dict[int, Entry]:
    """The entries of the mean and the variance."""
    axes = config.get("axes")
    if axes is None or config.get("synchronized"):
        raise UnknownOperationError("is `keras.ops.moments` of the whole batch")
    keep = {"keepdims": True} if config.get("keepdims") else {}
    axes = axes[0] if isinstance(axes, list) and len(axes) == 1 else axes
    return {place: {"type": ("Mean", "Var")[place], "axis": axes, **keep} for place in places}


SEVERAL: dict[str, Callable[[dict[str, Any], Sequence[int]], dict[int, Entry]]] = {
    "unstack": unstack,
    "moments": moments,
}
"""Functions each of whose outputs is a layer of its own."""


def constant(value: Any) -> Any:
    """An argument as plain data, and the only element of a list of one in its place."""
    value = plain(value)
    while isinstance(value, list) and len(value) == 1:
        (value,) = value
    return value


def number(name: str, value: Any) -> float:
    """A single number.

    Raises:
        UnknownOperationError: It is something else.
    """
    value = constant(value)
    if not isinstance(value, int | float):
        raise UnknownOperationError(f"is `keras.ops.{name}` with an array, which is not known")
    return value


def _pair(name: str, call: Call) -> tuple[Any, Any]:
    given = [*call.args, *call.kwargs.values()]
    if len(given) != 2 or not sources(given):
        raise UnknownOperationError(f"is `keras.ops.{name}` of {len(given)} operands")
    return given[0], given[1]
