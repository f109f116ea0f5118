"""A trained model in memory: built once, its weights read once, for any number of questions."""

from __future__ import annotations

from functools import cached_property
from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.data import Arrays, CellCounts, RowEncoder
from modelspec.data.decisions import with_threshold
from modelspec.diagnostics import Report
from modelspec.runner.inference.batch_size import batch_size
from modelspec.runner.inference.evaluate import Evaluator
from modelspec.runner.inference.generate import SequenceGenerator
from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.runner.inference.node_values import (
    check_nodes,
    check_not_decoded,
    direct_module,
    with_ports,
)
from modelspec.runner.input.batches import batch_source
from modelspec.runner.process.malloc import keep_freed_memory
from modelspec.runner.setup.decode_tokens import feed_inputs
from modelspec.torch import devices
from modelspec.torch.losses.probabilities import probabilities_of
from modelspec.torch.passes import without_masks
from modelspec.torch.passes.direct import InferenceForward
from modelspec.torch.passes.values import values_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Labelled, Preprocessing, Rows
    from modelspec.data.table.table import Array
    from modelspec.graph.graph import GraphOutput
    from modelspec.runner.inference.evaluate import Evaluation
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


class Predictor:
    """A trained model in memory, that predicts and measures rows again and again.

    Its answers depend on no earlier question: sampled sequences are those of the spec's seed each
    time. Any threads may `encode`, also while another one predicts; the rest is for one at a time.

    Args:
        trained: The model.
        nodes: Paths of inner nodes, `stage_1/conv1` or `lstm.h`, whose values are predicted too.
        device: Where to compute.

    Attributes:
        trained: The model.
        device: Where it is.
        module: Built from the spec, with its weights, in evaluation mode; returns the masks of
            outputs that have one beside the outputs.
        plain: The same without masks, for whoever wants the outputs.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a node does not exist.
    """

    def __init__(
        self, trained: TrainedModel, *, nodes: Sequence[str] = (), device: str = "auto"
    ) -> None:
        keep_freed_memory()
        self.trained = trained
        self.device = devices.find(device)
        self._graph = with_ports(trained.graph, nodes)
        self.module = loaded_module(trained, self.device, self._graph)
        self.plain = without_masks(self.module, list(self._graph.outputs))
        self._decoded = [each for each in self._graph.outputs.values() if each.decode]
        self._direct: SpecModule | None = self.plain
        if self._decoded:
            self._direct = direct_module(self._graph, self.plain)
            check_not_decoded(nodes, self._graph, trained)
        self._inner = [name for name in nodes if name not in self._graph.outputs]
        check_nodes(self._inner, self._direct or self.plain, trained)
        self._forward = InferenceForward(self._direct) if self._direct else None
        self._rows = batch_size(self._graph)
        self._evaluators: dict[frozenset[str], Evaluator] = {}

    def encode(
        self,
        rows: Rows | str | PathLike[str],
        *,
        targets: bool = False,
        counts: CellCounts | None = None,
    ) -> Arrays:
        """The arrays of raw rows, as the model learnt to make them.

        Args:
            rows: A data file; a polars or pandas data frame; a list of dicts, a dict each row; a
                dict of columns or arrays; or a dict of one row's values.
            targets: Whether the targets are needed; otherwise they come where all are there.
            counts: Gets what became of the cells: missing, unknown, clipped or cut ones.

        Raises:
            SpecError: A column is missing, or a row cannot be encoded.
            TypeError: It is none of these.
        """
        report, counted, trained = Report(), CellCounts(), self.trained
        encoder = self._target_encoder if targets else self._encoder
        if isinstance(rows, str | PathLike):
            arrays = encoder.encode_file(trained.spec.data, rows, report, targets, counted)
        else:
            arrays = encoder.encode_rows(rows, report, targets, counted)
        report.raise_if_failed()
        assert arrays
        if counts is not None:
            counts.take(counted if targets else counted.only(trained.graph.inputs))
        return arrays

    def predict(
        self, arrays: Arrays, threshold: float | None = None
    ) -> dict[str, Array | Labelled]:
        """Predict rows.

        Args:
            arrays: The inputs.
            threshold: From which probability on outputs of yes or no say yes; by default as the
                model has it.

        Returns:
            Columns in the order of the rows: what the preprocessing makes of each output (labels
            and probabilities of a category, numbers in their own units), then the nodes' values.

        Raises:
            ValueError: The threshold is not from 0 to 1, or no output says yes or no.
        """
        preprocessing = self._preprocessing(threshold)
        graph, columns = self._graph, dict[str, Any]()
        generators = [
            SequenceGenerator(graph, output, self.plain, preprocessing, self.device)
            for output in self._decoded
        ]
        parts: list[dict[str, Array]] = []
        forward = self._forward.current() if self._forward else None
        with torch.inference_mode():
            for batch in batch_source(self._given(arrays), self.device).batches(self._rows):
                for each in generators:
                    each.add(batch)
                if self._direct is not None and forward is not None:
                    inner = self._inner
                    values = values_at(self._direct, batch.inputs, inner) if inner else {}
                    parts.append(_arrays(forward(batch.inputs) | values))
        for each in generators:
            columns |= each.columns(preprocessing)
        for name, found in _joined(parts).items():
            output = graph.outputs.get(name) if name in preprocessing.features else None
            columns |= preprocessing.decode(name, _probabilities(output, found))
        return columns

    def evaluate(self, arrays: Arrays) -> Evaluation:
        """The loss and the metrics on rows with targets."""
        return self.evaluator(frozenset(arrays.targets)).evaluate(arrays)

    def evaluator(self, measured: frozenset[str]) -> Evaluator:
        """What measures these outputs, by the weights in memory."""
        if measured not in self._evaluators:
            self._evaluators[measured] = Evaluator(
                self.trained, measured, str(self.device), module=self.module
            )
        return self._evaluators[measured]

    def _preprocessing(self, threshold: float | None) -> Preprocessing:
        known = self.trained.preprocessing
        if threshold is None:
            return known
        return with_threshold(self.trained.graph, known, threshold)

    @cached_property
    def _encoder(self) -> RowEncoder:
        return RowEncoder(self.trained.preprocessing, self.trained.graph, self._fed)

    @cached_property
    def _target_encoder(self) -> RowEncoder:
        return RowEncoder(self.trained.preprocessing, self.trained.graph)

    @cached_property
    def _fed(self) -> frozenset[str]:
        """The inputs that decoding feeds itself."""
        return frozenset(feed_inputs(self._graph))

    def _given(self, arrays: Arrays) -> Arrays:
        """The inputs that are given; decoding feeds the others itself."""
        inputs = {name: each for name, each in arrays.inputs.items() if name not in self._fed}
        return Arrays(inputs, {}, arrays.rows, arrays.kept)


def _probabilities(output: GraphOutput | None, values: Array) -> Array:
    """The probabilities of an output that is trained on logits; other values as they are."""
    if output is None or output.loss is None:
        return values
    return np.asarray(probabilities_of(output.loss, torch.from_numpy(values)))


def _arrays(values: dict[str, Any]) -> dict[str, Array]:
    """Each tensor as an array; what is made of several is taken apart."""
    found: dict[str, Array] = {}
    for name, value in values.items():
        if isinstance(value, torch.Tensor):
            found[name] = value.float().numpy(force=True)
        elif isinstance(value, dict):
            found |= _arrays({f"{name}.{port}": inside for port, inside in value.items()})
        else:
            found |= _arrays({f"{name}.{index}": inside for index, inside in enumerate(value)})
    return found


def _joined(parts: list[dict[str, Array]]) -> dict[str, Array]:
    names = parts[0] if parts else ()
    return {name: np.concatenate([part[name] for part in parts]) for name in names}
