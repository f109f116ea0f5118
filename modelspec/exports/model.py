"""What is exported: a built model with its weights, and the numbers that it says itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import torch

from modelspec.exports.errors import ExportError
from modelspec.exports.example_inputs import example_inputs
from modelspec.exports.sizes import Sizes, named_size, sizes_of
from modelspec.runner.inference.loaded_module import loaded_module
from modelspec.torch import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor

    from modelspec.data import Preprocessing
    from modelspec.exports.exportable import Named, Shape
    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportModel:
    """A model that can be exported.

    Attributes:
        graph: What the spec means.
        module: Built from it, with its weights, in evaluation mode, on the CPU.
        preprocessing: How columns become its inputs, and its outputs answers; this stays outside.
        sizes: The open sizes of its inputs, and those at which an export is tried.
        weights: The file that the weights came from; None for new ones.
        run: The run directory, if it is of one.
    """

    graph: Graph
    module: SpecModule
    preprocessing: Preprocessing
    sizes: Sizes
    weights: Path | None = None
    run: Path | None = None

    @classmethod
    def from_trained(cls, trained: TrainedModel) -> Self:
        """The model of a run, or of a spec with a file of weights.

        Raises:
            SpecError: The weights do not fit the model, or are damaged.
            ExportError: It runs at none of the sizes that its spec allows.
        """
        module = loaded_module(trained, masks=False)
        return cls(
            graph=trained.graph,
            module=module,
            preprocessing=trained.preprocessing,
            sizes=_sizes(trained.graph, module),
            weights=trained.weights,
            run=trained.run,
        )

    @classmethod
    def with_new_weights(cls, graph: Graph, preprocessing: Preprocessing, *, seed: int = 0) -> Self:
        """A model that was never trained.

        Args:
            graph: Without errors.
            preprocessing: What is known of its columns.
            seed: Rules the weights.
        """
        module = build(graph, seed=seed).eval()
        sizes = _sizes(graph, module)
        return cls(graph=graph, module=module, preprocessing=preprocessing, sizes=sizes)

    @property
    def input_shapes(self) -> Mapping[str, Shape]:
        """The shape of each input."""
        return self.sizes.inputs

    @property
    def output_shapes(self) -> dict[str, Shape]:
        """The shape of each output, as far as the graph knows it."""
        return {
            name: (self.sizes.batch, *map(named_size, getattr(output.value, "shape", None) or ()))
            for name, output in self.graph.outputs.items()
        }

    @property
    def least(self) -> Mapping[str, int]:
        """The least size of each open axis of the inputs."""
        return self.sizes.least

    def inputs(self, at: Mapping[str, int]) -> dict[str, Tensor]:
        """Inputs of these sizes by name, always the same ones."""
        drawn = example_inputs(self.graph, self.sizes, at)
        return dict(zip(self.graph.inputs, drawn, strict=True))

    def outputs(self, inputs: Named) -> dict[str, Tensor]:
        """What the model itself says, by output: as the spec has it, in evaluation mode."""
        with torch.inference_mode():
            found: dict[str, Tensor] = self.module(inputs)
        return found


def _sizes(graph: Graph, module: SpecModule) -> Sizes:
    """The open sizes, of which those without a symbol are found by trying.

    Raises:
        ExportError: The model runs at none of those tried.
    """
    sizes = sizes_of(graph)
    while True:
        error = _failure(graph, module, sizes)
        if error is None:
            return sizes
        larger = sizes.with_more_room()
        if larger is None:
            shapes = {name: sizes.shape(name, sizes.longer()) for name in sizes.inputs}
            raise ExportError(
                f"the model cannot be run on inputs of the shapes {shapes}: {error}",
                "give open sizes that must be equal one symbol: `[T, 8]` and `[T, 4]`",
            ) from error
        sizes = larger


def _failure(graph: Graph, module: SpecModule, sizes: Sizes) -> Exception | None:
    """What torch says against the sizes at which an export is tried."""
    module.eval()
    for at in (*sizes.checked(), sizes.example()):
        try:
            with torch.inference_mode():
                module(*example_inputs(graph, sizes, at))
        except (RuntimeError, ValueError, IndexError) as error:
            return error
    return None
