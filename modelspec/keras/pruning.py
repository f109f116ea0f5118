"""What no output needs goes, and is named: Keras keeps inputs that nothing reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.keras.body import node_of

if TYPE_CHECKING:
    from modelspec.keras.body import Body


def prune(body: Body) -> list[str]:
    """Take out the inputs, nodes and shared layers that lead to no output.

    Returns:
        Their names.
    """
    needed = {node_of(end) for end in body.outputs.values()}
    for node in reversed(body.nodes.values()):
        if node.name in needed:
            needed.update(node.sources())
    gone = [name for name in (*body.inputs, *body.nodes) if name not in needed]
    for name in gone:
        body.inputs.pop(name, None)
        body.nodes.pop(name, None)
    used = {_shared(node.entry) for node in body.nodes.values()}
    for name in [name for name in body.shared if name not in used]:
        del body.shared[name]
        body.shared_weights.pop(name, None)
        gone.append(name)
    return gone


def _shared(entry: object) -> object:
    """The shared layer that an entry calls, also inside wrappers."""
    while isinstance(entry, dict) and "use" not in entry:
        entry = entry.get("layer")
    return entry["use"] if isinstance(entry, dict) else None
