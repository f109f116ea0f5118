"""Predicting sequences: the outputs with `decode`, token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.data.features import Text
from modelspec.diagnostics import Report
from modelspec.graph.decoding import fed_nodes, way
from modelspec.layers.values import INTEGERS
from modelspec.layers.values import Tensor as Value
from modelspec.runner.loop.objective import wanted_logits
from modelspec.runner.setup.decode_tokens import ends_of, fed_inputs
from modelspec.torch.decoding import Stepper, decode
from modelspec.torch.decoding.stepping import Fed
from modelspec.torch.decoding.strategies import Marks
from modelspec.torch.passes import leave_logits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data import Labelled, Preprocessing
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.runner.input.batches import Batch
    from modelspec.torch import SpecModule


def without_fed(graph: Graph) -> Graph:
    """What of a graph can be computed without the inputs that decoding feeds."""
    gone: set[str] = set()
    for feed in fed_inputs(graph):
        gone |= fed_nodes(graph, feed)
    return replace(
        graph,
        inputs={name: node for name, node in graph.inputs.items() if name not in gone},
        nodes={name: node for name, node in graph.nodes.items() if name not in gone},
        outputs={k: v for k, v in graph.outputs.items() if v.source.node not in gone},
        body=None,
    )


class Speaking:
    """Says the sequence of one output.

    Args:
        graph: The whole graph.
        output: One with `decode`.
        module: What was built of the graph, with its weights, in evaluation mode.
        preprocessing: Knows the tokens.
        device: Where to compute.

    Raises:
        SpecError: The tokens at the ends are not known (MS609).
    """

    def __init__(
        self,
        graph: Graph,
        output: GraphOutput,
        module: SpecModule,
        preprocessing: Preprocessing,
        device: torch.device,
    ) -> None:
        assert output.decode is not None
        report = Report()
        ends = ends_of(output, preprocessing, report)
        report.raise_if_failed()
        assert ends is not None
        self._settings = output.decode
        self._marks = Marks(*ends)
        self._output = output
        self._way = way(graph, output.decode.feed)
        self._fed = _fed(graph, output.decode.feed)
        self._view, self._left_out = leave_logits(module, wanted_logits(graph))
        self._device = device
        self._generator = torch.Generator(device).manual_seed(output.decode.seed)
        self._spoken: list[tuple[Array, Array]] = []

    def add(self, batch: Batch) -> None:
        """Let some rows speak."""
        stepper = Stepper(
            self._view,
            self._output.name,
            self._fed,
            self._way,
            batch.inputs,
            logits=self._output.name in self._left_out,
        )
        settings, marks = self._settings, self._marks
        found = decode(stepper, batch.rows, marks, settings, self._device, self._generator)
        self._spoken.append((found.tokens.numpy(force=True), found.scores.numpy(force=True)))

    def columns(self, preprocessing: Preprocessing) -> dict[str, Array | Labelled]:
        """What was said, as text or as integers, and the logarithm of its probability."""
        name = self._output.name
        feature = preprocessing.features.get(name)
        scores = np.concatenate([scores for _, scores in self._spoken])
        said = list(self._rows())
        if isinstance(feature, Text):
            texts = [feature.read(row.tolist()) for row in said]
            return {name: np.array(texts, np.str_), f"{name}_score": scores}
        longest = max(len(row) for row in said)
        fill = max(self._marks.stop, 0)
        padded = [np.pad(row, (0, longest - len(row)), constant_values=fill) for row in said]
        return {name: np.stack(padded), f"{name}_score": scores}

    def _rows(self) -> Iterator[Array]:
        for tokens, _ in self._spoken:
            yield from tokens


def _fed(graph: Graph, feed: str) -> Fed:
    value = graph.inputs[feed].outputs[""]
    assert isinstance(value, Value)
    assert value.shape is not None
    width = value.shape[1] if len(value.shape) > 1 else 0
    length = value.shape[0]
    return Fed(
        feed,
        width if isinstance(width, int) else 0,
        length if isinstance(length, int) else 0,
        torch.int64 if value.dtype in INTEGERS else torch.float32,
    )
