"""Dense, Activation, Embedding, Identity."""

from typing import ClassVar

from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import (
    ActivationName,
    PositiveInt,
)
from modelspec.layers.initializers import MatrixInitializer, VectorInitializer
from modelspec.layers.kept import NOTHING, OPERANDS, Kept, kept_by_activation
from modelspec.layers.regularizers import MatrixRegularizer, Regularizer
from modelspec.layers.values import Arity, Example, LayerError, MaskUse, Weight
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
    keeps = OPERANDS
    masks = "passes"
    examples: ClassVar = (
        Example({"units": 32}, ((64,),)),
        Example({"units": 3, "use_bias": False}, ((5,),)),
        Example({"units": 4, "activation": "relu", "bias_initializer": "ones"}, ((7, 5),)),
        Example({"units": 2, "activation": "softmax"}, ((3, 4, 5),)),
        Example({"units": 1, "kernel_initializer": "he_normal", "trainable": False}, ((6,),)),
        Example({"units": 2, "kernel_regularizer": "l2", "bias_regularizer": "l1"}, ((3,),)),
        Example(
            {"units": 2, "kernel_constraint": "unit_norm", "bias_constraint": "non_neg"}, ((3,),)
        ),
        Example({"units": 2, "activity_regularizer": {"type": "l1", "l1": 0.1}}, ((3,),)),
    )

    units: PositiveInt
    """The number of outputs."""
    activation: ActivationName | None = None
    """The function of the result; none by default."""
    use_bias: bool = True
    """Whether a trained bias is added."""
    kernel_initializer: MatrixInitializer = "glorot_uniform"
    """What the kernel starts as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the bias starts as."""
    kernel_regularizer: MatrixRegularizer = None
    """What is added to the loss for the kernel."""
    bias_regularizer: Regularizer = None
    """What is added to the loss for the bias."""
    kernel_constraint: Constraint = None
    """What the kernel is held to after every update."""
    bias_constraint: Constraint = None
    """What the bias is held to after every update."""

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
    masks = "passes"
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

    def kept(self, *shapes: Shape) -> Kept:
        return kept_by_activation(self.activation, shapes[0])


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
    keeps = OPERANDS
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
        Example(
            {
                "input_dim": 5,
                "output_dim": 3,
                "embeddings_regularizer": "l2",
                "embeddings_constraint": "non_neg",
            },
            ((2,),),
            "int64",
        ),
    )

    input_dim: PositiveInt
    """The number of indices: the largest index + 1."""
    output_dim: PositiveInt
    """The length of a vector."""
    embeddings_initializer: MatrixInitializer = "uniform"
    """What the vectors start as: `uniform` is between -0.05 and 0.05."""
    embeddings_regularizer: MatrixRegularizer = None
    """What is added to the loss for the vectors."""
    embeddings_constraint: Constraint = None
    """What the vectors are held to after every update."""
    mask_zero: bool = False
    """Whether index 0 is padding: such steps do not count for the recurrent layers, means, losses
    and metrics behind it, as `Masking` says."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return (*shapes[0], self.output_dim)

    def output_dtype(self, *dtypes: str) -> str:
        return "float32"

    def mask_use(self) -> MaskUse:
        return "starts" if self.mask_zero else "drops"

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return (Weight("embeddings", (self.input_dim, self.output_dim)),)


class Identity(Layer):
    """Gives its input back: a place to name, or one to leave empty.

    Input: any shape. Output: the same.

    Example:
        ```yaml
        skip: Identity
        ```
    """

    keras = "core_layers/identity/"
    keeps = NOTHING
    gives_view = True
    masks = "passes"
    accepts = "any"
    examples: ClassVar = (Example({}, ((3, 2),)), Example({}, ((4,),), "int64"))

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]


def _features(shape: Shape) -> int:
    try:
        return known_size(shape[-1], "features")
    except LayerError as error:
        error.help = (
            "pool over the unknown length first (`GlobalAveragePooling1D`, `GlobalMaxPooling1D`),"
            " take a recurrent layer's last state, or give the input a fixed shape"
        )
        raise
