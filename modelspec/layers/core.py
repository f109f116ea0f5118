"""Dense, Activation, Embedding."""

from typing import ClassVar

from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import (
    ActivationName,
    InitializerName,
    PositiveInt,
    VectorInitializerName,
)
from modelspec.layers.values import Arity, Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product


class Dense(Layer):
    """A fully connected layer on the last axis: `activation(x @ kernel + bias)`.

    Input: `[..., features]`, floats; every axis but the last is left as it is.
    Output: `[..., units]`.
    Weights: `kernel [features, units]`, `bias [units]`.

    The number of features must be fixed. After a tensor of unknown length, pool or take the
    last state first (`GlobalAveragePooling1D`, `LSTM`).

    Example:
        ```yaml
        hidden: {type: Dense, units: 64, activation: relu}
        ```
    """

    keras = "core_layers/dense/"
    examples: ClassVar = (
        Example({"units": 32}, ((64,),)),
        Example({"units": 3, "use_bias": False}, ((5,),)),
        Example({"units": 4, "activation": "relu", "bias_initializer": "ones"}, ((7, 5),)),
        Example({"units": 2, "activation": "softmax"}, ((3, 4, 5),)),
        Example({"units": 1, "kernel_initializer": "he_normal", "trainable": False}, ((6,),)),
    )

    units: PositiveInt
    """The number of outputs."""
    activation: ActivationName | None = None
    """The function of the result; none by default."""
    use_bias: bool = True
    """Whether a trained bias is added."""
    kernel_initializer: InitializerName = "glorot_uniform"
    """What the kernel starts as."""
    bias_initializer: VectorInitializerName = "zeros"
    """What the bias starts as."""

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        if not shape:
            raise LayerError("MS503", "needs `[..., features]`, gets `[]`, one number a sample")
        _features(shape)
        return (*shape[:-1], self.units)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        kernel = Weight("kernel", (_features(shapes[0]), self.units))
        return (kernel, Weight("bias", (self.units,))) if self.use_bias else (kernel,)

    def flops(self, *shapes: Shape) -> Dim:
        (shape,) = shapes
        return product(shape[:-1]) * self.units * (2 * _features(shape) + self.use_bias)


class Activation(Layer):
    """A function of every number, or along the last axis (`softmax`).

    Input: any shape, floats. Output: the same shape.

    Most layers take `activation` as an argument; this layer is for where something
    stands between, as in convolution, BatchNormalization, activation.

    Example:
        ```yaml
        act: {type: Activation, activation: relu}
        ```
    """

    keras = "core_layers/activation/"
    examples: ClassVar = (
        Example({"activation": "softmax"}, ((3, 5),)),
        *(
            Example({"activation": name}, ((9,),))
            for name in ActivationName.__args__  # type: ignore[attr-defined]
        ),
    )

    activation: ActivationName
    """The function."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def flops(self, *shapes: Shape) -> Dim:
        return product(shapes[0])


class Embedding(Layer):
    """A trained vector for each of a number of indices: text, categories.

    Input: any shape of integers from 0 to `input_dim - 1`. Output: `[..., output_dim]`.
    Weights: `embeddings [input_dim, output_dim]`.

    Example:
        ```yaml
        embed: {type: Embedding, input_dim: 10000, output_dim: 64}
        ```
    """

    keras = "core_layers/embedding/"
    arity = Arity()
    accepts = "integer"
    examples: ClassVar = (
        Example({"input_dim": 11, "output_dim": 4}, ((6,),), "int64"),
        Example({"input_dim": 3, "output_dim": 2}, ((),), "int32"),
        Example(
            {"input_dim": 5, "output_dim": 3, "embeddings_initializer": "normal"},
            ((2, 4),),
            "uint8",
        ),
    )

    input_dim: PositiveInt
    """The number of indices: the largest index + 1."""
    output_dim: PositiveInt
    """The length of a vector."""
    embeddings_initializer: InitializerName = "uniform"
    """What the vectors start as: `uniform` is between -0.05 and 0.05."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], self.output_dim)

    def output_dtype(self, *dtypes: str) -> str:
        return "float32"

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", (self.input_dim, self.output_dim)),)


def _features(shape: Shape) -> int:
    try:
        return known_size(shape[-1], "features")
    except LayerError as error:
        error.help = (
            "pool over the unknown length first (`GlobalAveragePooling1D`, `GlobalMaxPooling1D`),"
            " take a recurrent layer's last state, or give the input a fixed shape"
        )
        raise
