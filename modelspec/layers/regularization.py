"""Dropout."""

from typing import ClassVar

from modelspec.layers.base import Layer
from modelspec.layers.fields import Rate
from modelspec.layers.values import Example
from modelspec.shapes import Shape


class Dropout(Layer):
    """In training, sets a share of the numbers to zero and scales up the others.

    Input: any shape, floats. Output: the same shape. Does nothing outside training.

    Example:
        ```yaml
        drop: {type: Dropout, rate: 0.5}
        ```
    """

    keras = "regularization_layers/dropout/"
    examples: ClassVar = (
        Example({"rate": 0.5}, ((8,),)),
        Example({"rate": 0}, ((3, 4),)),
        Example({"rate": 0.25}, ((5, 5, 2),)),
    )

    rate: Rate
    """The share of numbers that are dropped; what is kept is divided by `1 - rate`."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]
