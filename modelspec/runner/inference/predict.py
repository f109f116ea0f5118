"""Predicting with a trained model: labels and probabilities, and the values of inner nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.inference.predictor import Predictor

if TYPE_CHECKING:
    from collections.abc import Sequence

    from modelspec.data import Arrays, Labelled
    from modelspec.data.table.table import Array
    from modelspec.runner.inference.trained_model import TrainedModel


def predict(
    trained: TrainedModel, arrays: Arrays, *, nodes: Sequence[str] = (), device: str = "auto"
) -> dict[str, Array | Labelled]:
    """Predict rows once. A `Predictor` does it again and again.

    Args:
        trained: The model.
        arrays: Its inputs.
        nodes: Paths of inner nodes, `stage_1/conv1` or `lstm.h`, whose values are wanted too.
        device: Where to compute.

    Returns:
        Columns in the order of the rows: what the preprocessing makes of each output (labels and
        probabilities of a category, numbers in their own units), then the nodes' values.

    Raises:
        DeviceError: There is no such device.
        SpecError: The weights do not fit the model, or are damaged; a node does not exist.
    """
    return Predictor(trained, nodes=nodes, device=device).predict(arrays)
