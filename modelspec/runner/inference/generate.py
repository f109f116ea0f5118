"""Generating sequences: the outputs with `decode`, token by token."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.data.features import Text
from modelspec.diagnostics import Report
from modelspec.graph.decoding import decode_plan, feed_dependents
from modelspec.layers.values import INTEGERS
from modelspec.layers.values import Tensor as Value
from modelspec.runner.loop.objective import wanted_logits
from modelspec.runner.setup.decode_tokens import feed_inputs, special_tokens
from modelspec.torch.decoding import Stepper, decode
from modelspec.torch.decoding.stepping import FeedInput
from modelspec.torch.passes import leave_logits

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.data import Labelled, Preprocessing
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import Graph, GraphOutput
    from modelspec.runner.input.batches import Batch
    from modelspec.torch import SpecModule


def without_feed_inputs(graph: Graph) -> Graph:
    """The part of a graph that does not depend on the inputs that decoding feeds."""
    dependent: set[str] = set()
    for feed in feed_inputs(graph):
        dependent |= feed_dependents(graph, feed)
    return replace(
        graph,
        inputs={name: node for name, node in graph.inputs.items() if name not in dependent},
        nodes={name: node for name, node in graph.nodes.items() if name not in dependent},
        outputs={k: v for k, v in graph.outputs.items() if v.source.node not in dependent},
        body=None,
    )


class SequenceGenerator:
    """Generates the sequences of one output.

    Args:
        graph: The whole graph.
        output: An output with `decode`.
        module: Built from the graph, with its weights, in evaluation mode.
        preprocessing: Has the vocabulary.
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
        tokens = special_tokens(output, preprocessing, report)
        report.raise_if_failed()
        assert tokens is not None
        self._settings = output.decode
        self._special_tokens = tokens
        self._output = output
        self._plan = decode_plan(graph, output.decode.feed)
        self._feed = feed_input(graph, output.decode.feed)
        self._view, left_out = leave_logits(module, wanted_logits(graph))
        loss = output.loss
        self._logits = output.name in left_out or (loss is not None and loss.of_logits)
        self._device = device
        self._generator = torch.Generator(device).manual_seed(output.decode.seed)
        self._decoded: list[tuple[Array, Array]] = []

    def add(self, batch: Batch) -> None:
        """Generate the sequences of a batch."""
        stepper = Stepper(
            self._view,
            self._output.name,
            self._feed,
            self._plan,
            batch.inputs,
            logits=self._logits,
        )
        settings, tokens = self._settings, self._special_tokens
        found = decode(stepper, batch.rows, tokens, settings, self._device, self._generator)
        self._decoded.append((found.tokens.numpy(force=True), found.scores.numpy(force=True)))

    def columns(self, preprocessing: Preprocessing) -> dict[str, Array | Labelled]:
        """The sequences, as text or as integers, and the logarithms of their probabilities."""
        name = self._output.name
        feature = preprocessing.features.get(name)
        scores = np.concatenate([scores for _, scores in self._decoded])
        rows = list(self._rows())
        if isinstance(feature, Text):
            texts = [feature.read(row.tolist()) for row in rows]
            return {name: np.array(texts, np.str_), f"{name}_score": scores}
        longest = max(len(row) for row in rows)
        fill = max(self._special_tokens.stop, 0)
        padded = [np.pad(row, (0, longest - len(row)), constant_values=fill) for row in rows]
        return {name: np.stack(padded), f"{name}_score": scores}

    def _rows(self) -> Iterator[Array]:
        for tokens, _ in self._decoded:
            yield from tokens


def feed_input(graph: Graph, feed: str) -> FeedInput:
    """How a graph's input is given the tokens."""
    value = graph.inputs[feed].outputs[""]
    assert isinstance(value, Value)
    assert value.shape is not None
    width = value.shape[1] if len(value.shape) > 1 else 0
    length = value.shape[0]
    return FeedInput(
        feed,
        width if isinstance(width, int) else 0,
        length if isinstance(length, int) else 0,
        torch.int64 if value.dtype in INTEGERS else torch.float32,
    )
