"""What could be done about a layer's refusal, where the cause lies in another node."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from modelspec.graph.call import MOST_STEPS_BACK
from modelspec.graph.fixes import return_sequences_fix
from modelspec.graph.resolve import innermost
from modelspec.layers import registry
from modelspec.layers.values import FLOATS, LayerError, Tensor
from modelspec.shapes import UNKNOWN, text

if TYPE_CHECKING:
    from modelspec.diagnostics import Fix
    from modelspec.graph.call import Call
    from modelspec.graph.graph import Node

_RANKED = re.compile(r"(.+)([123])D\Z")


def suggest_help(call: Call, origins: list[Node], error: LayerError) -> tuple[str, Fix | None]:
    """The help, and the edit, for errors whose cause lies in another node."""
    if error.code == "MS503":
        for origin in origins:
            if _forgets_steps(origin) and _lacks_axis(call):
                help = f"set `return_sequences: true` on `{origin.name}`"
                return help, return_sequences_fix(origin)
        batch = _batch_axis(call) if _has_axis_too_many(call) else ""
        help = _too_many_steps(call, origins) or error.help or _channel_axis(call, origins)
        return "; ".join(filter(None, (batch, help or _other_rank(call)))), None
    if error.code == "MS506" and not error.help:
        given = next(iter(call.operands.get("", ())), None)
        if isinstance(given, Tensor) and given.dtype in FLOATS:
            return "lead an input with `dtype: int64` into it", None
        return "lead integers through an `Embedding` first, or say `dtype: float32`", None
    return error.help, None


def _channel_axis(call: Call, origins: list[Node]) -> str:
    """The help for images without a channel axis; empty where that is not what is wrong."""
    axes = call.node.type[-2:]
    value = next(iter(call.operands.get("", ())), None)
    if len(origins) != 1 or not isinstance(value, Tensor) or value.shape is None:
        return ""
    origin = origins[0]
    if origin.kind != "input" or axes != f"{len(value.shape)}D":
        return ""
    shape = text((*value.shape, 1))
    if call.model.inputs[origin.name].shape is None:
        return f"give `{origin.name}` as `{shape}` if there is one channel"
    return f"write `{origin.name}: {shape}` if there is one channel"


def _other_rank(call: Call) -> str:
    """The help where a layer's sibling takes as many axes as there are: `Conv1D` for `Conv2D`."""
    found = _RANKED.match(call.node.type)
    value = next(iter(call.operands.get("", ())), None)
    if found is None or not isinstance(value, Tensor) or value.shape is None:
        return ""
    rank = len(value.shape) - 1
    sibling = f"{found[1]}{rank}D"
    ways = [f"use `{sibling}`"] if sibling in registry.names() else []
    if rank == int(found[2]) + 1:
        ways.insert(0, "wrap it in `TimeDistributed`, which calls it on each step")
    return ", or ".join(ways)


def _too_many_steps(call: Call, origins: list[Node]) -> str:
    """The help where a recurrent layer gives a sequence, and what it is joined with a vector."""
    ranks = {
        len(value.shape)
        for values in call.operands.values()
        for value in values
        if isinstance(value, Tensor) and value.shape is not None
    }
    if ranks != {1, 2}:
        return ""
    told = next((origin for origin in origins if _asks_for_steps(origin)), None)
    return f"set `return_sequences: false` on `{told.name}`, or pool over its steps" if told else ""


def _has_axis_too_many(call: Call) -> bool:
    """Whether a value has more axes than a layer takes that slides, or reads step by step."""
    found = _RANKED.match(call.node.type)
    axes = int(found[2]) + 1 if found else 2
    values = [value for values in call.operands.values() for value in values]
    return any(
        isinstance(v, Tensor) and v.shape is not None and len(v.shape) > axes for v in values
    )


def _batch_axis(call: Call) -> str:
    """The help where an input's shape begins as if with the batch; empty where none does."""
    for source in call.node.sources:
        node: Node | None = call.nodes[source.node]
        for _ in range(MOST_STEPS_BACK):
            if node is None or node.kind == "input":
                break
            before = node.sources
            node = call.nodes[before[0].node] if before else None
        value = node.outputs.get("") if node else None
        if node is None or not isinstance(value, Tensor) or value.shape is None:
            continue
        if len(value.shape) > 1 and value.shape[0] is UNKNOWN:
            shape = text(value.shape[1:])
            return f"shapes have no batch axis: if that is one, write `{node.name}: {shape}`"
    return ""


def _called(node: Node) -> object:
    """A node's layer, without its wrappers."""
    return innermost(node.layer) if node.layer is not None else None


def _asks_for_steps(node: Node) -> bool:
    return getattr(_called(node), "return_sequences", None) is True


def _forgets_steps(node: Node) -> bool:
    """Whether a node is a recurrent layer that gives its last state only."""
    return getattr(_called(node), "return_sequences", None) is False


def _lacks_axis(call: Call) -> bool:
    values = call.operands.get("", ())
    return all(isinstance(v, Tensor) and v.shape is not None and len(v.shape) < 2 for v in values)
