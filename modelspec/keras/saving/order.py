"""In which order Keras has the layers of a functional model, by which it finds their weights.

That is what `map_graph` makes of them (`keras/src/ops/function.py`): those farthest from the
outputs first, those as far as each other as they are met on the way from the outputs back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

Json = Any
Call = tuple[str, int]


def layer_order(layers: Mapping[str, Json], outputs: Sequence[Call]) -> list[str]:
    """The names of the layers in Keras's order.

    Args:
        layers: What is saved of each, by name.
        outputs: The calls that give the outputs, in the order of Keras's flat list.
    """
    finished, met = _walk(layers, outputs)
    depths: dict[Call, int] = {}
    deepest: dict[str, int] = {}
    for call in reversed(finished):
        depth = max(depths.get(call, 0), deepest.get(call[0], 0))
        depths[call] = deepest[call[0]] = depth
        for parent in _parents(layers, call):
            depths[parent] = max(depths.get(parent, 0), depth + 1)
    for name in layers:
        deepest.setdefault(name, 0)
        met.setdefault(name, -1)
    return sorted(layers, key=lambda name: (-deepest[name], met[name]))


def _walk(layers: Mapping[str, Json], outputs: Sequence[Call]) -> tuple[list[Call], dict[str, int]]:
    """The calls, each after what it reads, and when each layer is met first."""
    finished: dict[Call, None] = {}
    met: dict[str, int] = {}
    stack = [(call, False) for call in reversed(outputs)]
    while stack:
        call, ready = stack.pop()
        if ready:
            finished[call] = None
        elif call not in finished:
            met.setdefault(call[0], len(met))
            stack.append((call, True))
            stack += [(each, False) for each in reversed(_parents(layers, call))]
    return list(finished), met


def _parents(layers: Mapping[str, Json], call: Call) -> list[Call]:
    nodes = layers[call[0]]["inbound_nodes"]
    if not nodes:
        return []
    node = nodes[call[1]]
    return list(_tensors([node["args"], node["kwargs"]]))


def _tensors(value: Json) -> Iterator[Call]:
    """The calls that give the tensors in an argument."""
    if isinstance(value, dict):
        if value.get("class_name") == "__keras_tensor__":
            name, call, _ = value["config"]["keras_history"]
            yield name, call
            return
        value = [value[key] for key in sorted(value)]
    if isinstance(value, list):
        for each in value:
            yield from _tensors(each)
