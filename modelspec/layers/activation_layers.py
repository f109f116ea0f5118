"""ReLU, LeakyReLU, PReLU, ELU, Softmax, GLU: activations with arguments, as layers."""

from typing import Annotated, ClassVar, TypeAlias

from pydantic import Field

from modelspec.layers.axes import distinct, resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import Axes
from modelspec.layers.initializers import VectorInitializer
from modelspec.layers.kept import FLOAT, OPERANDS, OUTPUT, Kept
from modelspec.layers.options.initializers import Finite
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, MaskUse, Weight
from modelspec.shapes import Dim, Shape, product

NotNegative: TypeAlias = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Elementwise(Layer):
    masks: ClassVar[MaskUse] = "passes"

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class ReLU(_Elementwise):
    """Numbers above a threshold as they are, others as 0, or sloping down.

    Input: any shape, floats. Output: the same shape.

    `relu` and `relu6` are activations of their own, which most layers take as an argument.

    Example:
        ```yaml
        act: {type: ReLU, max_value: 6.0}
        ```
    """

    keras = "activation_layers/relu/"
    examples: ClassVar = (
        Example({}, ((9,),)),
        Example({"max_value": 6.0}, ((3, 5),)),
        Example({"negative_slope": 0.1}, ((9,),)),
        Example({"threshold": 0.5}, ((9,),)),
        Example({"max_value": 0.75, "negative_slope": 0.2, "threshold": 0.25}, ((4, 9),)),
    )

    max_value: NotNegative | None = None
    """What numbers are cut off at; null for no bound."""
    negative_slope: NotNegative = 0.0
    """The slope below the threshold."""
    threshold: NotNegative = 0.0
    """From where on numbers are as they are."""

    def kept(self, *shapes: Shape) -> Kept:
        plain = self.max_value is None and not self.negative_slope and not self.threshold
        return OUTPUT if plain else OPERANDS


class LeakyReLU(_Elementwise):
    """Numbers above 0 as they are, others times a small factor.

    Input: any shape, floats. Output: the same shape.

    The activation `leaky_relu` has a slope of 0.2, as in Keras.

    Example:
        ```yaml
        act: {type: LeakyReLU, negative_slope: 0.1}
        ```
    """

    keras = "activation_layers/leaky_relu/"
    keeps = OPERANDS
    examples: ClassVar = (
        Example({}, ((9,),)),
        Example({"negative_slope": 0.1}, ((3, 5),)),
    )

    negative_slope: NotNegative = 0.3
    """The factor of what is below 0."""


class PReLU(_Elementwise):
    """Numbers above 0 as they are, others times a trained factor.

    Input: any shape, floats. Output: the same shape.
    Weights: `alpha`, of the input's shape, with size 1 along `shared_axes`.

    Example:
        ```yaml
        act: {type: PReLU, shared_axes: [1, 2]}
        ```
    """

    keras = "activation_layers/prelu/"
    examples: ClassVar = (
        Example({"alpha_initializer": "normal"}, ((5,),)),
        Example({"shared_axes": [1, 2]}, ((4, 5, 3),)),
        Example({"shared_axes": 1, "alpha_initializer": "ones"}, ((4, 3),)),
        Example({"alpha_regularizer": "l2", "alpha_constraint": "non_neg"}, ((2, 3),)),
    )

    shared_axes: Axes | None = None
    """Axes along which all numbers have one factor. The batch axis counts as 0."""
    alpha_initializer: VectorInitializer = "zeros"
    """What the factors start as."""
    alpha_regularizer: Regularizer = None
    """What is added to the loss for the factors."""
    alpha_constraint: Constraint = None
    """What the factors are held to after every update."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self._shared(shapes[0])
        return shapes[0]

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        shared = self._shared(shape)
        sizes = (1 if axis in shared else _known(size) for axis, size in enumerate(shape))
        return (Weight("alpha", tuple(sizes)),)

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0]) * 4

    def _shared(self, shape: Shape) -> set[int]:
        return {resolve(axis, shape, "shared_axes") for axis in self.shared_axes or ()}

    def kept(self, *shapes: Shape) -> Kept:
        return Kept(more=2 * FLOAT * product(shapes[0]))


class ELU(_Elementwise):
    """Numbers above 0 as they are, others as `alpha * (exp(x) - 1)`.

    Input: any shape, floats. Output: the same shape.

    Example:
        ```yaml
        act: {type: ELU, alpha: 0.5}
        ```
    """

    keras = "activation_layers/elu/"
    keeps = OPERANDS
    examples: ClassVar = (
        Example({}, ((9,),)),
        Example({"alpha": 0.5}, ((3, 5),)),
    )

    alpha: Finite = 1.0
    """What large negative numbers come near to, below 0."""


class Softmax(_Elementwise):
    """Positive numbers whose sum is 1 along an axis, or along several together.

    Input: any shape, floats. Output: the same shape.

    Along the last axis it is the activation `softmax` too, which layers take as an argument.
    Steps that a mask leaves out get 0.

    Example:
        ```yaml
        weights: {type: Softmax, axis: 1}
        ```
    """

    keras = "activation_layers/softmax/"
    keeps = OUTPUT
    masks = "uses and passes"
    examples: ClassVar = (
        Example({}, ((5,),)),
        Example({"axis": 1}, ((4, 3),)),
        Example({"axis": [1, -1]}, ((3, 2, 4),)),
    )

    axis: Axes = (-1,)
    """The axis or axes. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        distinct(self.axis, shape)
        return shape

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0]) * 3


class GLU(Layer):
    """A gated linear unit: half of the numbers along an axis, times the `sigmoid` of the other.

    Input: any shape, floats. Output: half as long along the axis.

    Example:
        ```yaml
        gated: {type: GLU, axis: -1}
        ```
    """

    keras = "../ops/nn/"
    keeps = OPERANDS
    examples: ClassVar = (
        Example({}, ((6,),)),
        Example({"axis": 1}, ((4, 3),)),
    )

    axis: int = -1
    """The axis that is halved. -1 is the last; the batch axis counts as 0."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        place = resolve(self.axis, shape)
        size = known_size(shape[place], "places along the axis that is halved")
        if size % 2:
            message = f"halves an axis of size {size}"
            raise LayerError("MS504", message, "it needs an even size", "axis")
        return (*shape[:place], size // 2, *shape[place + 1 :])

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0]) * 2


def _known(size: Dim) -> int:
    try:
        return known_size(size, "factors along every axis")
    except LayerError as error:
        error.help = "name the axis of unknown size in `shared_axes`"
        raise
