"""MS510 mask-dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Related, name_list
from modelspec.graph import MaskFlow, mask_flow
from modelspec.language.model import Endpoint
from modelspec.lint.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Report
    from modelspec.graph import Node
    from modelspec.lint.subject import Subject


class MaskDropped(Rule):
    """A layer loses the mask of a sequence on its way to a loss.

    An Embedding with `mask_zero`, or a Masking, marks the steps that are padding. Recurrent
    layers, attention, GlobalAveragePooling1D and losses honour the mask; convolutions, other
    poolings, Flatten and Reshape know nothing of it, compute with the padding as with anything
    else, and give a value without a mask. A sum of sequences has a mask only where each of them
    has one. Put a layer that honours masks in the place of the one that drops it, or leave the
    mask away.
    """

    code = "MS510"
    passes = (
        """\
inputs: {words: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8, mask_zero: true}
  drop: {type: Dropout, rate: 0.2}
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1, activation: sigmoid}
outputs: {y: binary_crossentropy}
""",
        """\
inputs: {words: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8}
  conv: {type: Conv1D, filters: 4, kernel_size: 3, padding: same, activation: relu}
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1, activation: sigmoid}
outputs: {y: binary_crossentropy}
""",
    )
    fails = (
        """\
inputs: {words: {shape: [T], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 100, output_dim: 8, mask_zero: true}
  conv: {type: Conv1D, filters: 4, kernel_size: 3, padding: same, activation: relu}
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1, activation: sigmoid}
outputs: {y: binary_crossentropy}
""",
        """\
inputs: {words: {shape: [T], dtype: int64}, places: {shape: [T], dtype: int64}}
layers:
  word: {type: Embedding, input_dim: 100, output_dim: 8, mask_zero: true}
  place: {type: Embedding, input_dim: 50, output_dim: 8}
  sum: Add
  read: {type: LSTM, units: 4}
  y: {type: Dense, units: 1, activation: sigmoid}
edges:
  - words -> word
  - places -> place
  - word, place -> sum -> read -> y
outputs: {y: binary_crossentropy}
""",
        """\
inputs: {words: {shape: [6], dtype: int64}}
blocks:
  encoder:
    inputs: [x]
    layers:
      embed: {type: Embedding, input_dim: 100, output_dim: 8, mask_zero: true}
      flat: Flatten
    outputs: [flat]
layers:
  code: encoder
  y: {type: Dense, units: 1, activation: sigmoid}
outputs: {y: binary_crossentropy}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Follow the masks, if any layer starts one."""
        if subject.broken or not any(
            node.layer is not None and node.layer.mask_use() == "starts"
            for body in subject.bodies
            for node in body.nodes.values()
        ):
            return
        trained = [output.source.node for output in subject.graph.outputs.values() if output.loss]
        seen: set[int] = set()
        waiting = [(mask_flow(subject.graph), trained)]
        while waiting:
            flow, ends = waiting.pop()
            useful = _behind(flow, ends)
            for name in useful & flow.dropped.keys():
                self._report(flow, flow.graph.nodes[name], report)
            for name in useful & flow.inner.keys():
                inner = flow.inner[name]
                if id(inner) not in seen:
                    seen.add(id(inner))
                    outputs = inner.graph.outputs.values()
                    waiting.append((inner, [output.source.node for output in outputs]))

    def _report(self, flow: MaskFlow, node: Node, report: Report) -> None:
        origins = [flow.graph.nodes[name] for name in sorted(flow.dropped[node.name])]
        names = " and ".join(f"`{origin.name}`" for origin in origins)
        why, help = _reason(flow, node)
        report.add(
            node.place.finding(
                self.code,
                f"`{node.name}` ({node.type}) drops the mask of {names}: {why}",
                key=True,
                help=help,
                related=tuple(
                    Related(origin.place.key_span, "the mask begins here") for origin in origins
                ),
            )
        )


def _reason(flow: MaskFlow, node: Node) -> tuple[str, str]:
    """Why a node drops a mask, and what to do about it."""
    sources = node.operands.get("", [])
    without = [str(source) for source in sources if source not in flow.masks]
    if node.layer is not None and "merges" in node.layer.mask_use() and without:
        have = f"{name_list(without)} {'has' if len(without) == 1 else 'have'}"
        help = "give all that it merges a mask (a step then counts where it does in any), or none"
        return f"{have} none, so that all behind it computes with the padding", help
    if Endpoint(node.name, "") in flow.masks:
        help = "hold a layer that honours masks, or start one for the outer steps only"
        return "what it holds computes with the padding inside each step", help
    if "state" in node.operands:
        help = "set `return_sequences`: the mask then goes on; or give it no first states"
        return "as in Keras, it computes with all steps where its first states are given", help
    return (
        "it computes with the padding, and so does all behind it",
        "use a layer that honours masks (recurrent, attention, `GlobalAveragePooling1D`), "
        "or start no mask",
    )


def _behind(flow: MaskFlow, ends: Iterable[str]) -> set[str]:
    """The nodes that lead to some nodes, these included."""
    found = set(ends)
    waiting = list(found)
    while waiting:
        node = flow.graph.nodes.get(waiting.pop())
        for sources in node.operands.values() if node else ():
            new = {source.node for source in sources} - found
            found |= new
            waiting += new
    return found
