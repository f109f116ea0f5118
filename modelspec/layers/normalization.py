"""BatchNormalization, LayerNormalization."""

from typing import ClassVar

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import Axes, Epsilon, Fraction, VectorInitializerName
from modelspec.layers.values import Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product


class BatchNormalization(Layer):
    """Brings each channel to mean 0 and variance 1, then scales and shifts it.

    Input: any shape with a channel axis of fixed size, floats. Output: the same shape.
    Weights: `gamma`, `beta`, and, not trained, `moving_mean`, `moving_variance`, `[channels]` each.

    In training, mean and (biased) variance are those of the batch, and the moving ones are
    moved towards them: `moving = moving * momentum + batch * (1 - momentum)`. Outside
    training, and where it is frozen (`trainable: false`), it uses the moving ones.

    Example:
        ```yaml
        norm: BatchNormalization
        ```
    """

    keras = "normalization_layers/batch_normalization/"
    examples: ClassVar = (
        Example({}, ((4, 5, 3),)),
        Example({}, ((6,),)),
        Example({"momentum": 0.5, "epsilon": 0.1}, ((7, 2),)),
        Example({"scale": False}, ((3, 2),)),
        Example({"center": False}, ((3, 2),)),
        Example({"center": False, "scale": False}, ((3,),)),
        Example({"axis": 1}, ((3, 4, 2),)),
        Example({"trainable": False}, ((3, 4),)),
        Example({"gamma_initializer": "uniform", "beta_initializer": "normal"}, ((5,),)),
    )

    axis: int = -1
    """The channel axis. -1 is the last; the batch axis counts as 0."""
    momentum: Fraction = 0.99
    """The share of the moving mean and variance that a step keeps."""
    epsilon: Epsilon = 0.001
    """Added to the variance, so that nothing is divided by zero."""
    center: bool = True
    """Whether a trained `beta` is added."""
    scale: bool = True
    """Whether the result is multiplied by a trained `gamma`."""
    beta_initializer: VectorInitializerName = "zeros"
    """What `beta` starts as."""
    gamma_initializer: VectorInitializerName = "ones"
    """What `gamma` starts as."""
    moving_mean_initializer: VectorInitializerName = "zeros"
    """What the moving mean starts as."""
    moving_variance_initializer: VectorInitializerName = "ones"
    """What the moving variance starts as."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self.weights(*shapes)
        return shapes[0]

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        size = (known_size(shape[resolve(self.axis, shape)], "channels"),)
        gamma = (Weight("gamma", size),) if self.scale else ()
        beta = (Weight("beta", size),) if self.center else ()
        mean = Weight("moving_mean", size, trainable=False)
        return (*gamma, *beta, mean, Weight("moving_variance", size, trainable=False))

    def flops(self, *shapes: Shape) -> Dim:
        """One multiplication and one addition a number, as outside training."""
        return product(shapes[0]) * 2


class LayerNormalization(Layer):
    """Brings each sample to mean 0 and variance 1 along some axes, then scales and shifts it.

    Input: any shape whose normalized axes have fixed sizes, floats. Output: the same shape.
    Weights: `gamma`, `beta`, of the sizes of the normalized axes.

    Example:
        ```yaml
        norm: LayerNormalization
        ```
    """

    keras = "normalization_layers/layer_normalization/"
    examples: ClassVar = (
        Example({}, ((4, 6),)),
        Example({}, ((5,),)),
        Example({"axis": (1, 2), "epsilon": 0.1}, ((3, 4),)),
        Example({"axis": 1}, ((3, 4),)),
        Example({"axis": (-2, -1)}, ((3, 4, 2),)),
        Example({"axis": (1, 3)}, ((3, 4, 2),)),
        Example({"scale": False}, ((3, 4),)),
        Example({"center": False, "gamma_initializer": "uniform"}, ((3, 4),)),
        Example({"center": False, "scale": False}, ((4,),)),
    )

    axis: Axes = (-1,)
    """The axes to normalize along, one or a list. -1 is the last; the batch axis counts as 0."""
    epsilon: Epsilon = 0.001
    """Added to the variance, so that nothing is divided by zero."""
    center: bool = True
    """Whether a trained `beta` is added."""
    scale: bool = True
    """Whether the result is multiplied by a trained `gamma`."""
    beta_initializer: VectorInitializerName = "zeros"
    """What `beta` starts as."""
    gamma_initializer: VectorInitializerName = "ones"
    """What `gamma` starts as."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self.weights(*shapes)
        return shapes[0]

    def normalized(self, shape: Shape) -> tuple[int, ...]:
        """The indices of the normalized axes into a shape, in their order in it.

        Raises:
            LayerError: There is no such axis, or one is named twice.
        """
        indices = tuple(sorted(resolve(axis, shape) for axis in self.axis))
        if len(set(indices)) < len(indices):
            raise LayerError(
                "MS509", f"names an axis twice in `axis` {list(self.axis)}", argument="axis"
            )
        return indices

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        (shape,) = shapes
        size = tuple(known_size(shape[axis], "features") for axis in self.normalized(shape))
        gamma = (Weight("gamma", size),) if self.scale else ()
        return (*gamma, Weight("beta", size)) if self.center else gamma

    def flops(self, *shapes: Shape) -> Dim:
        """Mean, variance, quotient, scale and shift: eight operations a number."""
        return product(shapes[0]) * 8
