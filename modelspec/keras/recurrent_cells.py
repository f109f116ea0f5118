"""`keras.layers.RNN` of cells that are known here: the recurrent layers that they make.

One cell makes the layer of its kind. Stacked cells make a model of such layers, one behind the
other: each step of a stack reads what the cell below gives at that step, as in a chain.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from modelspec.keras.model import (
    Call,
    KerasLayer,
    KerasModel,
    Source,
    UnknownPartError,
    snake_case,
    sources,
)

RNN = "RNN"
_LAYERS = {"LSTMCell": "LSTM", "GRUCell": "GRU", "SimpleRNNCell": "SimpleRNN"}
_STATES = {"LSTM": 2, "GRU": 1, "SimpleRNN": 1}
_STACKED = "StackedRNNCells"
_OUTER = ("return_sequences", "return_state", "go_backwards", "stateful", "zero_output_for_mask")


def known_cell(config: dict[str, Any]) -> tuple[str, dict[str, Any]] | None:
    """The layer type and the arguments that an RNN of one known cell comes to; None of others."""
    cell = _cell(config)
    kind = _LAYERS.get(cell.get("class_name", ""))
    return None if kind is None else (kind, _joined(cell["config"], config))


def unwrap_cell(layer: KerasLayer) -> None:
    """Make of an RNN, or of one in a wrapper, the layer that its cell stands for.

    Raises:
        UnknownPartError: Its cell is not known.
    """
    for key in ("layer", "backward_layer"):
        inner = layer.config.get(key)
        if isinstance(inner, dict) and inner.get("class_name") == RNN:
            found = known_cell(inner["config"])
            if found is None:
                raise _unknown(layer.name, inner["config"])
            same = {**inner, "class_name": found[0], "config": found[1]}
            layer.config = {**layer.config, key: same}
    if layer.type != RNN:
        return
    found = known_cell(layer.config)
    if found is not None:
        layer.type, layer.config = found
        return
    if _cell(layer.config).get("class_name") != _STACKED:
        raise _unknown(layer.name, layer.config)
    layer.model = _chain(layer)


def check_calls(layer: KerasLayer) -> None:
    """See to it that stacked cells are given nothing but a sequence, which they read forwards.

    Raises:
        UnknownPartError: A call gives them their first states; or they go backwards, where a chain
            of layers would be given the mask in the wrong direction.
    """
    if layer.type == RNN and layer.config.get("go_backwards"):
        message = f"`{layer.name}` reads backwards with stacked cells"
        raise UnknownPartError(message, "call a recurrent layer for each cell, and save it again")
    if layer.type == RNN and any(_states(call) for call in layer.calls):
        message = f"`{layer.name}` is given first states for stacked cells"
        raise UnknownPartError(message, "call a recurrent layer for each cell, and save it again")


def _states(call: Call) -> list[Source]:
    """The first states that a call is given."""
    given = {key: value for key, value in call.kwargs.items() if key not in ("sequence", "mask")}
    return sources([call.args[1:], given])


def _chain(layer: KerasLayer) -> KerasModel:
    """Stacked cells as a model."""
    cells = _cell(layer.config)["config"]["cells"]
    first = "x"
    layers = {first: KerasLayer(first, "InputLayer", "keras.layers", {}, "")}
    used: Counter[str] = Counter()
    states: dict[str, Source] = {}
    before = first
    for place, cell in enumerate(cells):
        kind = _LAYERS.get(cell["class_name"])
        if kind is None:
            raise _unknown(layer.name, {"cell": cell})
        counted = snake_case(cell["class_name"])
        number = used[counted]
        used[counted] += 1
        path = f"{layer.weights}/cell/cells/{counted}" + (f"_{number}" if number else "")
        outer = dict(layer.config)
        if place < len(cells) - 1:
            outer |= {"return_sequences": True, "zero_output_for_mask": False}
        name = f"{kind.lower()}_{place + 1}"
        made = KerasLayer(name, kind, "keras.layers", _joined(cell["config"], outer), path)
        made.calls.append(Call([Source(before, 0, 0)], {}))
        layers[name] = made
        if layer.config.get("return_state"):
            kinds = ("h", "c")[: _STATES[kind]]
            states |= {
                f"{name}_{state}": Source(name, 0, 1 + number) for number, state in enumerate(kinds)
            }
        before = name
    return KerasModel(layer.name, layers, {first: first}, {before: Source(before, 0, 0), **states})


def _cell(config: dict[str, Any]) -> dict[str, Any]:
    cell = config.get("cell")
    return cell if isinstance(cell, dict) else {}


def _joined(cell: dict[str, Any], outer: dict[str, Any]) -> dict[str, Any]:
    """A cell's arguments, with those of what runs it."""
    own = {key: value for key, value in cell.items() if key not in ("name", "trainable")}
    trainable = bool(cell.get("trainable", True) and outer.get("trainable", True))
    return {**own, **{key: outer[key] for key in _OUTER if key in outer}, "trainable": trainable}


def _unknown(name: str, config: dict[str, Any]) -> UnknownPartError:
    kind = _cell(config).get("class_name")
    return UnknownPartError(
        f"`{name}` is an RNN of `{kind}`, a cell that is not known",
        "use LSTMCell, GRUCell or SimpleRNNCell, or stack these",
    )
