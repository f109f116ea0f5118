"""What the plugin declares. Nothing here imports torch: `lint` and `explain` stay quick."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar

from pydantic import Field

from modelspec.layers import Layer
from modelspec.layers.values import Example
from modelspec.shapes import Dim, Shape, product
from modelspec.training.callback import Callback, Logs, Training
from modelspec.training.losses import Loss
from modelspec.training.metrics import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.layers.values import Array


class Swish(Layer):
    """Multiplies each number by the sigmoid of `beta` times itself.

    Input: any shape, floats. Output: the same shape.

    Example:
        ```yaml
        soft: {type: Swish, beta: 1.5}
        ```
    """

    source = "https://arxiv.org/abs/1710.05941"
    twin = "acme.twins:Swish"
    masks = "passes"
    examples: ClassVar = (Example({}, ((3,),)), Example({"beta": 2.0}, ((4, 2),)))

    beta: float = 1.0
    """How sharply it bends."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        """A product, a sigmoid of three operations, a product: five a number."""
        return product(shapes[0]) * 5

    def reference(self, operands: Sequence[Array], weights: Mapping[str, Array]) -> Array:
        import numpy as np

        (x,) = operands
        return x / (1 + np.exp(-self.beta * x))


class Pinball(Loss):
    """The loss of a quantile: what lies above it costs `quantile`, what lies below the rest."""

    source = "https://doi.org/10.2307/1913643"
    twin = "acme.twins:Pinball"
    examples: ClassVar = ({}, {"quantile": 0.9})

    quantile: Annotated[float, Field(gt=0, lt=1)] = 0.5
    """Which quantile."""

    def reference(self, prediction: Array, target: Array) -> Array:
        import numpy as np

        error = target - prediction
        return np.maximum(self.quantile * error, (self.quantile - 1) * error)


class WithinTolerance(Metric):
    """The share of predictions that are off by at most a tolerance."""

    source = "https://doi.org/10.1016/0169-2070(92)90008-W"
    twin = "acme.twins:WithinTolerance"
    examples: ClassVar = ({}, {"tolerance": 0.2})

    tolerance: Annotated[float, Field(ge=0)] = 0.5
    """How far off is near enough."""

    def reference(self, prediction: Array, target: Array, weight: Array | None = None) -> Array:
        import numpy as np

        near = (abs(prediction - target) <= self.tolerance).astype("float64")
        rows = near.reshape(len(near), -1).mean(1)
        return np.average(rows, weights=weight)


class GPUStats(Callback):
    """Counts the epochs into `gpu_stats.txt`. A spec calls it `gpu_stats`."""

    def files(self) -> tuple[str, ...]:
        """The one file."""
        return ("gpu_stats.txt",)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Write how many epochs are done."""
        if run.folder is not None:
            (run.folder / "gpu_stats.txt").write_text(f"{run.epoch}\n", encoding="utf-8")
