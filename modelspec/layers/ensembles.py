"""Spread and temperature scaling: what ensembles are made of, beside the weighted `Average`."""

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from modelspec.layers.base import Layer
from modelspec.layers.kept import FLOAT, Kept
from modelspec.layers.merging.average import _Weighted
from modelspec.layers.values import Example, LayerError
from modelspec.shapes import Dim, Shape, product

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.layers.values import Array


class Spread(_Weighted):
    """The standard deviation between its inputs, number by number; with weights a weighted one.

    It is that of a whole population: the root of the mean of the squared distances from the mean.
    With `at_largest`, only that of the place where the mean is largest: of probabilities of
    classes, how far apart the inputs are in that of the class which they predict together.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape; with `at_largest` its last axis is 1.

    Example:
        ```yaml
        layers: {doubt: {type: Spread, at_largest: true}}
        edges: ["first, second, third -> doubt"]
        ```
    """

    source = "https://arxiv.org/abs/1612.01474"
    verb = "compare"
    idle_alone = False
    examples: ClassVar = (
        Example({}, ((4,), (4,))),
        Example({"operand_weights": (3.0, 1.0, 1.0)}, ((3, 2), (3, 2), (3, 2))),
        Example({"operand_weights": (0.0, 2.0)}, ((3, 4), (1, 4))),
        Example({"at_largest": True}, ((5,), (5,), (5,))),
        Example({"at_largest": True, "operand_weights": (1.0, 2.0)}, ((2, 3), (2, 3))),
    )

    at_largest: bool = False
    """Whether only the place of the last axis is given where the mean is largest."""

    def output_shape(self, *shapes: Shape) -> Shape:
        shape = super().output_shape(*shapes)
        if self.at_largest and not shape:
            raise LayerError(
                "MS503",
                "gets inputs without an axis, and `at_largest` looks along the last one",
                "remove `at_largest`",
                "at_largest",
            )
        return (*shape[:-1], 1) if self.at_largest else shape

    def flops(self, *shapes: Shape) -> Dim:
        """A mean, and of each input a difference, a square and a sum."""
        return super().flops(*shapes) * 4

    def reference(self, operands: "Sequence[Array]", weights: "Mapping[str, Array]") -> "Array":
        import numpy as np

        rank = max(each.ndim for each in operands)
        aligned = [
            each.reshape(each.shape[0], *(1,) * (rank - each.ndim), *each.shape[1:])
            for each in operands
        ]
        values = np.stack(np.broadcast_arrays(*aligned)).astype(np.float64)
        mean = np.average(values, axis=0, weights=self.operand_weights)
        spread = np.sqrt(np.average((values - mean) ** 2, axis=0, weights=self.operand_weights))
        if self.at_largest:
            place = mean.argmax(axis=-1)[..., None]
            spread = np.take_along_axis(spread, place, axis=-1)
        return np.asarray(spread, np.float32)

    def kept(self, *shapes: Shape) -> Kept:
        size = product(super().output_shape(*shapes))
        return Kept(more=FLOAT * size * (len(shapes) + 1))


class TemperatureScaling(Layer):
    """Probabilities made less sure by one temperature, or surer: the logits divided by it.

    Input: probabilities, `[..., classes]` or of yes or no. Output: the same shape. Which class is
    the most probable stays as it is, and so do probabilities of 0 and of 1.

    A temperature above 1 brings the probabilities closer to each other; one below 1 further
    apart. Of a softmax, `softmax(log(p) / temperature)`; of a sigmoid,
    `sigmoid(logit(p) / temperature)`. Of what is no probability, a softmax takes numbers below 0
    as 0, and a sigmoid leaves those below 0 and above 1 as they are.

    Example:
        ```yaml
        calibrated: {type: TemperatureScaling, temperature: 1.4}
        ```
    """

    source = "https://arxiv.org/abs/1706.04599"
    masks = "passes"
    examples: ClassVar = (
        Example({"temperature": 1.5}, ((4,),)),
        Example({"temperature": 0.5}, ((3, 5),)),
        Example({"temperature": 2.0, "of": "sigmoid"}, ((1,),)),
        Example({"temperature": 0.8, "of": "sigmoid"}, ((2, 3),)),
    )

    temperature: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    """What the logits are divided by."""
    of: Literal["softmax", "sigmoid"] = "softmax"
    """Which probabilities they are: `softmax`, of classes along the last axis, of which one is
    right; `sigmoid`, of a yes at each place."""

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.of == "softmax" and not shapes[0]:
            raise LayerError(
                "MS503",
                "gets numbers without an axis, and a softmax is along the last one",
                "write `of: sigmoid`, if they are probabilities of a yes",
            )
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        """A logarithm, a division, an exponential, a sum and a division: five a number."""
        return product(shapes[0]) * 5

    def reference(self, operands: "Sequence[Array]", weights: "Mapping[str, Array]") -> "Array":
        import numpy as np

        (p,) = operands
        p = p.astype(np.float64)
        if self.of == "softmax":
            p = np.where((p > 0).any(axis=-1, keepdims=True), np.maximum(p, 0), 1)
            power = p ** (1 / self.temperature)
            return np.asarray(power / power.sum(axis=-1, keepdims=True), np.float32)
        inside = (p > 0) & (p < 1)
        odds = np.divide(p, 1 - p, out=np.ones_like(p), where=inside) ** (1 / self.temperature)
        return np.asarray(np.where(inside, odds / (1 + odds), p), np.float32)
