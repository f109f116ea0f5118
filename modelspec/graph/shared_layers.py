"""Shared layers: who calls them, and whether all calls ask for the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Related, Report
from modelspec.graph.block import flat_weights
from modelspec.graph.graph import Node, SharedLayer
from modelspec.language.model import Use
from modelspec.layers import Layer
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.language.model import Model, What
    from modelspec.layers.values import Operands, Weight


class Sharing:
    """The shared layers of one graph, as their calls come in, in topological order."""

    def __init__(self, model: Model, report: Report) -> None:
        self._model = model
        self._report = report
        self._layers: dict[str, SharedLayer] = {}
        self._first: dict[str, tuple[Node, Operands, tuple[Weight, ...]]] = {}
        self._conflicting: set[str] = set()

    def call(self, node: Node, operands: Operands) -> None:
        """Take in a call. Reports MS505 where it asks for other weights than an earlier one."""
        if node.shared is None:
            return
        shared = self._layer(node.shared, node)
        shared.calls.append(node.name)
        shared.trainable = shared.trainable and node.trainable
        weights = node.weights
        if node.graph is not None:
            weights = flat_weights(node.graph.body or node.graph)
        if not weights:
            return
        if node.shared not in self._first:
            self._first[node.shared] = (node, operands, weights)
            shared.weights = weights if node.graph is None else ()
            shared.graph = node.graph
        elif node.shared not in self._conflicting:
            self._compare(node, operands, weights)

    def layers(self) -> dict[str, SharedLayer]:
        """The shared layers that are called, in the order of the file."""
        return {name: self._layers[name] for name in self._model.shared if name in self._layers}

    def _layer(self, name: str, node: Node) -> SharedLayer:
        if name not in self._layers:
            declared = self._model.shared[name]
            layer = declared.what if isinstance(declared.what, Layer) else None
            self._layers[name] = SharedLayer(
                name=name,
                place=declared.place,
                calls=[],
                layer=layer,
                graph=node.graph,
                block=declared.block,
            )
        return self._layers[name]

    def _compare(self, node: Node, operands: Operands, weights: tuple[Weight, ...]) -> None:
        assert node.shared is not None
        first, first_operands, first_weights = self._first[node.shared]
        if len(first_weights) != len(weights):  # a `Bidirectional` around it has two of each
            return
        if [weight.shape for weight in first_weights] == [weight.shape for weight in weights]:
            return
        self._conflicting.add(node.shared)
        here, there = _given(operands), _given(first_operands)
        self._report.add(
            node.place.finding(
                "MS505",
                f"`{node.shared}` ({node.type}) is called on {there} by `{first.name}` and on "
                f"{here} by `{node.name}`: its weights cannot fit both",
                key=True,
                help="give both the same number of features, or use two layers",
                caption=f"calls it on {here}",
                related=(
                    Related(first.place.key_span, f"calls it on {there}"),
                    Related(self._model.shared[node.shared].place.key_span, "is declared here"),
                ),
            )
        )


def _given(operands: Operands) -> str:
    values = [value for values in operands.values() for value in values]
    shapes = (getattr(value, "shape", None) for value in values)
    return " and ".join(f"`{text(shape)}`" for shape in shapes)


def report_unused_shared(model: Model, report: Report) -> None:
    """Report MS306 for shared layers that nothing calls."""
    if not model.shared or not model.complete:
        return
    used = {
        name
        for declared in (*model.nodes.values(), *model.shared.values())
        for name in _uses(declared.what)
    }
    for name, declared in model.shared.items():
        if name not in used:
            help = f"call it under `layers`, `name: {{use: {name}}}`, or remove it"
            message = f"shared `{name}` is never called"
            report.add(declared.place.finding("MS306", message, key=True, help=help))


def _uses(what: What) -> list[str]:
    """The shared layers that an entry names, also inside wrappers."""
    while isinstance(what, Layer) and "layer" in type(what).model_fields:
        what = what.layer  # type: ignore[attr-defined]
    return [what.shared] if isinstance(what, Use) else []
