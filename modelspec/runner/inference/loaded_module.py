"""The module of a trained model, built and given its weights: the only place where both happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.checkpoint.load_weights import load_weights
from modelspec.torch import build

if TYPE_CHECKING:
    import torch

    from modelspec.graph.graph import Graph
    from modelspec.runner.inference.trained_model import TrainedModel
    from modelspec.torch import SpecModule


def loaded_module(
    trained: TrainedModel,
    device: torch.device | str = "cpu",
    graph: Graph | None = None,
    *,
    masks: bool = True,
) -> SpecModule:
    """The module, in evaluation mode.

    Args:
        trained: The model.
        device: Where it is to be.
        graph: The model's graph with further outputs; by default as it is.
        masks: Whether it returns the masks of its outputs too.

    Raises:
        SpecError: The weights do not fit the model, or are damaged.
    """
    graph = graph or trained.graph
    module = build(graph, seed=0, masks=masks)
    load_weights(module, trained.weights, graph)
    return module.to(device).eval()
