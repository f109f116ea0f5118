"""What the texts of a diagram say."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING, Any

from modelspec.graph.block import type_text
from modelspec.layers import Layer
from modelspec.layers.values import Bundle, Value, Weight
from modelspec.shapes import text
from modelspec.training import losses

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from modelspec.graph.graph import GraphOutput, Node
    from modelspec.training.losses import Loss

TIMES = "\u00d7"

_ALWAYS = frozenset({"units", "filters", "kernel_size", "pool_size", "rate"})
_NEVER = frozenset({"trainable", "layer"})


def arguments(layer: object) -> list[str]:
    """A layer's telling arguments, `["32 filters", "3×3", "same", "relu"]`.

    Those at their defaults are left out, but for the few that everybody looks for.
    """
    if not isinstance(layer, Layer):
        return []
    words = []
    for name, field in type(layer).model_fields.items():
        value = getattr(layer, name)
        if name in _NEVER or value is None or (name not in _ALWAYS and value == field.default):
            continue
        word = _WORDINGS[name](value) if name in _WORDINGS else _plain(name, value)
        if word:
            words.append((_RANK.get(name, len(_RANK)), word))
    inner = arguments(getattr(layer, "layer", None))
    return inner + [word for _, word in sorted(words, key=lambda word: word[0])]


def type_name(node: Node) -> str:
    """`Conv2D`; of a wrapper `Bidirectional(LSTM)`; `?` where the declaration is broken."""
    return "?" if node.kind == "layer" and node.layer is None else type_text(node)


def value_text(value: Value | None, *, dtype: bool) -> str:
    """`[26, 26, 32]`, with the dtype behind it if asked for; a bundle's parts joined by `+`."""
    if value is None:
        return ""
    if isinstance(value, Bundle):
        return " + ".join(value_text(part, dtype=dtype) for part in value.parts)
    return f"{text(value.shape)} {value.dtype}" if dtype and value.shape else text(value.shape)


def count_text(weights: int) -> str:
    """`1,234 params`, or nothing for none."""
    if not weights:
        return ""
    return f"{weights:,} param{'s' if weights != 1 else ''}"


def weight_count(weights: Iterable[Weight]) -> int:
    """How many numbers these arrays hold."""
    return sum(prod(weight.shape) for weight in weights)


def main_value(node: Node) -> Value | None:
    """The value that a node shows: its default output's, or its first one's."""
    if "" in node.outputs:
        return node.outputs[""]
    return next(iter(node.outputs.values()), None)


def training(output: GraphOutput) -> str:
    """How an output is trained, `mse × 0.25`."""
    if output.loss is None:
        return ""
    name = losses.called(output.loss)
    return name if output.weight == 1 else f"{name} {TIMES} {output.weight:g}"


def loss_text(loss: Loss) -> str:
    """A loss with the arguments that it was given, `huber, delta 2.0`."""
    given = loss.model_dump(exclude_unset=True)
    return ", ".join([losses.called(loss), *(f"{key} {value}" for key, value in given.items())])


def facts(node: Node, weights: int) -> list[tuple[str, str]]:
    """All that is to know of a node, as rows of a name and a value."""
    rows = []
    if isinstance(node.layer, Layer):
        for name in type(node.layer).model_fields:
            value = getattr(node.layer, name)
            if not isinstance(value, Layer) and not hasattr(value, "graph"):
                rows.append((name, _value(value)))
        inner = getattr(node.layer, "layer", None)
        for name, value in inner if isinstance(inner, Layer) else ():
            rows.append((f"layer.{name}", _value(value)))
    for port, value in node.outputs.items():
        rows.append((f"output.{port}" if port else "output", value_text(value, dtype=True)))
    for weight in node.weights:
        frozen = "" if weight.trainable and node.trainable else ", frozen"
        rows.append((weight.name, f"{text(weight.shape)}{frozen}"))
    if weights:
        rows.append(("parameters", f"{weights:,}"))
    if isinstance(node.flops, int) and node.flops:
        rows.append(("flops", f"{node.flops:,}"))
    return rows


def _value(value: object) -> str:
    if isinstance(value, tuple | list):
        between = TIMES if all(isinstance(each, int) for each in value) else ", "
        return between.join(map(_value, value)) if value else "()"
    if isinstance(value, float):
        return f"{value:g}"
    return "yes" if value is True else "no" if value is False else str(value)


def _plain(name: str, value: object) -> str:
    words = name.replace("_", " ")
    if isinstance(value, bool):
        return words if value else f"no {words}"
    return f"{words} {_value(value)}"


def _window(value: Any) -> str:
    return _value(value) if isinstance(value, tuple | list) else f"{value} wide"


def _strides(value: Any) -> str:
    if isinstance(value, tuple | list) and len(set(value)) == 1:
        value = value[0]
    return "" if value == 1 else f"stride {_value(value)}"


def _own(value: object) -> str:
    return "" if value == "linear" else _value(value)


def _of(noun: str) -> Callable[[Any], str]:
    return lambda value: f"{value:,} {noun if value != 1 else noun.removesuffix('s')}"


_WORDINGS: dict[str, Callable[[Any], str]] = {
    "units": _of("units"),
    "num_heads": _of("heads"),
    "key_dim": lambda value: f"keys of {value:,}",
    "filters": _of("filters"),
    "kernel_size": _window,
    "pool_size": _window,
    "strides": _strides,
    "padding": _own,
    "activation": _own,
    "target_shape": lambda value: f"to {text(tuple(value))}",
    "dims": lambda value: f"axes {', '.join(map(str, value))}",
    "return_sequences": lambda value: "sequences" if value else "",
    "use_bias": lambda value: "" if value else "no bias",
    "input_dim": lambda value: f"{value:,} words",
    "output_dim": lambda value: f"to {value:,}",
    "n": lambda value: f"{value} times",
}
_RANK = {name: rank for rank, name in enumerate(_WORDINGS)}
