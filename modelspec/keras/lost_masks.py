"""Takes masks off in a spec where Keras has lost them (`mask_run`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.keras.body import Node
from modelspec.keras.mask_run import MaskRun, Reading

if TYPE_CHECKING:
    from modelspec.keras.body import Names
    from modelspec.keras.built import Built
    from modelspec.keras.classes import Converter
    from modelspec.keras.model import KerasLayer, KerasModel, Source

_UNMASKED = {"type": "GetItem", "key": "[...]"}
"""What gives what it gets, but hands no mask on, and costs nothing."""
OWN_MASK = "let it take the mask that reaches it from an Embedding or a Masking; then save it again"
LOST = (
    "`use_masks: false`, `..._unmasked`: Keras's MultiHeadAttention takes the mask off what it"
    " reads: attention after it sees the padding, and losses count it. Leave these out to have it"
    " masked there too."
)
"""What the spec says of the nodes that stand for a lost mask."""


class LostMasks:
    """Changes the nodes of bodies.

    Args:
        model: The whole model.
        converter: Takes the findings and the notes.
    """

    def __init__(self, model: KerasModel, converter: Converter) -> None:
        self._run = MaskRun()
        ends = zip(model.outputs.values(), self._run.run(model), strict=True)
        self._ends = {end for end, seen in ends if seen.masked and not seen.tensor.masked}
        self._converter = converter

    def take_off(
        self, model: KerasModel, source: Source, node: Node, names: Names, built: Built
    ) -> None:
        """Take the masks off what a call reads, where Keras has lost them before it.

        Args:
            model: Where the call is.
            source: The call.
            node: What has become of it; its entry or operands are changed.
            names: Gives out names for nodes of the body.
            built: The body; takes such nodes.
        """
        layer, run = model.layers[source.layer], self._run
        read = layer.calls[source.call].sources()
        readings = {each: Reading(id(model), source, each) for each in read}
        self._check(layer, (id(model), source), list(readings.values()))
        if (id(model), source) in run.blind:
            node.entry["use_masks"] = False
            self._converter.notes.add(LOST)
            return
        lost = {built.ends[each] for each, reading in readings.items() if reading in run.lost}
        for ends in node.operands.values():
            ends[:] = [_unmasked(end, names, built) if end in lost else end for end in ends]
        if lost and not layer.is_operation:
            self._converter.notes.add(LOST)

    def take_off_output(self, end: Source, names: Names, built: Built) -> str:
        """What gives an output of the whole model, without a mask where Keras has lost it.

        The loss and the metrics go by that mask: Keras's then count the padding too.
        """
        if end not in self._ends:
            return built.ends[end]
        self._converter.notes.add(LOST)
        return _unmasked(built.ends[end], names, built)

    def _check(self, layer: KerasLayer, call: tuple[int, Source], readings: list[Reading]) -> None:
        """Report what no spec can tell."""
        if any(each in self._run.lost and each in self._run.kept for each in readings):
            message = "reads a mask in one call of the model that it lies in, and not in another"
            help = "give each call a model of its own, and save it again"
            self._converter.complain(layer.name, message, help)
        if call in self._run.missing:
            message = "is given a mask that MultiHeadAttention has taken off what it reads"
            help = "let attention read it through a `Rescaling(1.0)`; then save it again"
            self._converter.complain(layer.name, message, help)

    def take_off_result(
        self, model: KerasModel, source: Source, name: str, names: Names, built: Built
    ) -> None:
        """Take the mask off what an operation gives, which has none in Keras."""
        if (id(model), source) in self._run.bare:
            built.ends[source] = _unmasked(name, names, built)


def _unmasked(end: str, names: Names, built: Built) -> str:
    """A node that gives a value without its mask."""
    if end not in built.unmasked:
        built.unmasked[end] = bare = names.fresh(f"{end.replace('.', '_')}_unmasked")
        built.body.nodes[bare] = Node(bare, dict(_UNMASKED), {"": [end]})
    return built.unmasked[end]
