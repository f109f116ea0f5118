"""MS609 decode-mismatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.graph.decoding import feed_dependents
from modelspec.layers.values import INTEGERS, Tensor
from modelspec.lint.rule import Rule
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.diagnostics import Diagnostic, Report
    from modelspec.graph import Graph, GraphOutput
    from modelspec.language.decode import DecodeSection
    from modelspec.lint.subject import Subject
    from modelspec.source import Place


class DecodeMismatch(Rule):
    """An output that is decoded does not fit what is fed back.

    `decode` predicts a sequence token by token: what has been said so far goes into the input
    that `feed` names, and the output says how probable each next token is. So `feed` is an
    input that the output depends on, `[steps]` of integers or `[steps, tokens]` of ones and zeros,
    and the output is `[steps, tokens]`.
    """

    code = "MS609"
    passes = (
        """\
inputs: {said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 30, output_dim: 8}
  step: {type: GRU, units: 8, return_sequences: true}
  token: {type: Dense, units: 30, activation: softmax}
outputs:
  token:
    loss: categorical_crossentropy
    decode: {feed: said, start: "<", stop: ">"}
""",
    )
    fails = (
        """\
inputs: {said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 30, output_dim: 8}
  step: {type: GRU, units: 8}
  token: {type: Dense, units: 30, activation: softmax}
outputs:
  token: {loss: categorical_crossentropy, decode: {feed: said, start: 1}}
""",
        """\
inputs: {said: {shape: [T], dtype: int64}}
layers:
  read: {type: Embedding, input_dim: 30, output_dim: 8}
  step: {type: GRU, units: 8, return_sequences: true}
  token: {type: Dense, units: 30, activation: softmax}
outputs:
  token: {loss: categorical_crossentropy, decode: {feed: sayd, start: 1}}
""",
    )

    def check(self, subject: Subject, report: Report) -> None:
        """Look at the outputs with `decode`."""
        for output in subject.graph.outputs.values():
            if output.decode is None:
                continue
            place = output.place.at("decode")
            found = self._of_feed(subject.graph, output, output.decode, place)
            found = found or self._of_output(output, place)
            if found is not None:
                report.add(found)

    def _of_feed(
        self, graph: Graph, output: GraphOutput, decode: DecodeSection, place: Place
    ) -> Diagnostic | None:
        feed, where = decode.feed, place.at("feed")
        if feed not in graph.inputs:
            near = did_you_mean(feed, graph.inputs)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(graph.inputs)}"
            return where.finding(self.code, f"`{feed}` is no input", help=help)
        if output.source.node not in feed_dependents(graph, feed):
            message = f"`{output.name}` does not depend on `{feed}`"
            return where.finding(self.code, message, help="name the input of the decoder")
        value = graph.inputs[feed].outputs[""]
        assert isinstance(value, Tensor)
        rank = 1 if value.dtype in INTEGERS else 2
        if value.shape is None or len(value.shape) == rank:
            return None
        wanted = "`[steps]` of integers" if rank == 1 else "`[steps, tokens]` of ones and zeros"
        message = f"`{feed}` is `{text(value.shape)}`, and tokens are {wanted}"
        return where.finding(self.code, message, help=f"declare `{feed}` as `[T]`, `dtype: int64`")

    def _of_output(self, output: GraphOutput, place: Place) -> Diagnostic | None:
        shape = output.value.shape if isinstance(output.value, Tensor) else ()
        if shape is None or len(shape) == 2:
            return None
        message = f"`{output.name}` is `{text(shape)}`, and decoding needs `[steps, tokens]`"
        help = "set `return_sequences: true` on the decoder"
        return place.finding(self.code, message, key=True, help=help)
