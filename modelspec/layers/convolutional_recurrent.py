"""ConvLSTM1D, ConvLSTM2D, ConvLSTM3D: recurrent layers whose states are images."""

from math import prod
from typing import ClassVar, Literal

from modelspec.layers.base import Layer, check_rank, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt, SizePair, SizeTriple
from modelspec.layers.initializers import Initializer
from modelspec.layers.kept import FLOAT, Kept
from modelspec.layers.recurrent import _Stateful
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, Weight
from modelspec.layers.windows import slide
from modelspec.shapes import Dim, Shape, product


class _Filters(Layer):
    """The argument that stands before all others."""

    filters: PositiveInt
    """The number of channels of the states, and so of the output."""


class _ConvLSTM(_Stateful, _Filters):
    """What the three have in common; `_window` says kernel, strides and dilation by axis."""

    gates = 4
    states = ("h", "c")
    axes: ClassVar[str]

    padding: Literal["valid", "same"] = "valid"
    """What is added to the input's borders: nothing, or zeros. The state's size always stays."""
    recurrent_activation: ActivationName = "sigmoid"
    """The function of the gates."""
    unit_forget_bias: bool = True
    """Whether the forget gate's bias starts as 1, so that a fresh layer remembers."""
    kernel_initializer: Initializer = "glorot_uniform"
    """What the input's kernel starts as."""
    recurrent_initializer: Initializer = "orthogonal"
    """What the state's kernel starts as."""
    kernel_regularizer: Regularizer = None
    """What the input's kernel costs; nothing by default."""
    recurrent_regularizer: Regularizer = None
    """What the state's kernel costs."""
    kernel_constraint: Constraint = None
    """What the input's kernel is held to after every update; nothing by default."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        """Kernel, strides and dilation, by axis."""
        raise NotImplementedError(type(self).__name__)

    def mask_axes(self, axes: int) -> int:
        """A step counts where any place in it does."""
        return 1

    def state_shape(self, shape: Shape) -> Shape:
        check_rank(shape, self.axes)
        known_size(shape[-1], "channels")
        sizes = slide(shape[1:-1], *self.window(), self.padding, "kernel_size")
        return (*sizes, self.filters)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        channels = known_size(shapes[0][-1], "channels")
        kernel, width = self.window()[0], 4 * self.filters
        kernels = (
            Weight("kernel", (*kernel, channels, width)),
            Weight("recurrent_kernel", (*kernel, self.filters, width)),
        )
        return (*kernels, Weight("bias", (width,))) if self.use_bias else kernels

    def flops(self, *shapes: Shape) -> Dim:
        """Both convolutions, the biases, and the gates' own products and sums."""
        (shape,) = shapes
        numbers = sum(prod(weight.shape) for weight in self.weights(shape)[:2])
        cells = shape[0] * product(self.state_shape(shape)[:-1])
        return cells * (2 * numbers + (4 * self.use_bias + 4) * self.filters)

    def kept(self, *shapes: Shape) -> Kept:
        """The gates and states of every step."""
        state = product(self.state_shape(shapes[0]))
        return Kept(operands=True, more=shapes[0][0] * state * FLOAT * 7)


def _examples(shape: tuple[int, ...], uneven: int | tuple[int, ...]) -> tuple[Example, ...]:
    plain: dict[str, object] = {"filters": 2, "kernel_size": 2}
    others: tuple[dict[str, object], ...] = (
        {},
        {"padding": "same", "return_sequences": True},
        {"kernel_size": uneven, "padding": "same", "strides": 2, "use_bias": False},
        {"kernel_size": 2, "dilation_rate": 2, "go_backwards": True},
        {"strides": uneven, "bias_initializer": "normal", "unit_forget_bias": False},
        {"activation": "relu", "recurrent_activation": "hard_sigmoid"},
        {"dropout": 0.25, "recurrent_dropout": 0.25, "padding": "same"},
    )
    return tuple(Example({**plain, **other}, (shape,)) for other in others)


class ConvLSTM1D(_ConvLSTM):
    """An LSTM over a sequence of rows: its products are convolutions, its states rows.

    Input: `[steps, length, channels]`, floats. Output: `[new_length, filters]`, that of the last
    step, or `[steps, new_length, filters]` with `return_sequences`.
    Input port: `.state`, what the states start as (zeros by default): another layer's `.state`,
    or two tensors, `h` and `c`.
    Output ports: `.state`, all final states in one; `.h` and `.c`, one by one.
    Weights: `kernel [kernel_size, channels, 4 * filters]`,
    `recurrent_kernel [kernel_size, filters, 4 * filters]`, `bias [4 * filters]`; the gates in the
    order input, forget, candidate, output.

    Example:
        ```yaml
        waves: {type: ConvLSTM1D, filters: 16, kernel_size: 3, padding: same}
        ```
    """

    keras = "recurrent_layers/conv_lstm1d/"
    axes = "steps, length, channels"
    examples: ClassVar = _examples((3, 5, 2), 3)

    kernel_size: PositiveInt
    """The window's length, over the input and over the state."""
    strides: PositiveInt = 1
    """The window's step over the input."""
    dilation_rate: PositiveInt = 1
    """The distance of the window's cells over the input."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return (self.kernel_size,), (self.strides,), (self.dilation_rate,)


class ConvLSTM2D(_ConvLSTM):
    """An LSTM over a sequence of images: its products are convolutions, its states images.

    Input: `[steps, height, width, channels]`, floats. Output: `[new_height, new_width, filters]`,
    that of the last step, or `[steps, new_height, new_width, filters]` with `return_sequences`.
    Input port: `.state`, what the states start as (zeros by default): another layer's `.state`,
    or two tensors, `h` and `c`.
    Output ports: `.state`, all final states in one; `.h` and `.c`, one by one.
    Weights: `kernel [kernel_height, kernel_width, channels, 4 * filters]`,
    `recurrent_kernel [kernel_height, kernel_width, filters, 4 * filters]`, `bias [4 * filters]`;
    the gates in the order input, forget, candidate, output.

    Example:
        ```yaml
        frames: {type: ConvLSTM2D, filters: 16, kernel_size: 3, padding: same}
        ```
    """

    keras = "recurrent_layers/conv_lstm2d/"
    axes = "steps, height, width, channels"
    examples: ClassVar = _examples((3, 4, 5, 2), (3, 2))

    kernel_size: SizePair
    """The window's height and width, over the input and over the state; one integer for both."""
    strides: SizePair = (1, 1)
    """The window's steps over the input; one integer for both."""
    dilation_rate: SizePair = (1, 1)
    """The distance of the window's cells over the input; one integer for both."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return self.kernel_size, self.strides, self.dilation_rate


class ConvLSTM3D(_ConvLSTM):
    """An LSTM over a sequence of volumes: its products are convolutions, its states volumes.

    Input: `[steps, depth, height, width, channels]`, floats.
    Output: `[new_depth, new_height, new_width, filters]`, that of the last step, or with `steps`
    before it with `return_sequences`.
    Input port: `.state`, what the states start as (zeros by default): another layer's `.state`,
    or two tensors, `h` and `c`.
    Output ports: `.state`, all final states in one; `.h` and `.c`, one by one.
    Weights: `kernel [kernel_depth, kernel_height, kernel_width, channels, 4 * filters]`,
    `recurrent_kernel` with `filters` for `channels`, `bias [4 * filters]`; the gates in the order
    input, forget, candidate, output.

    Example:
        ```yaml
        scans: {type: ConvLSTM3D, filters: 8, kernel_size: 3, padding: same}
        ```
    """

    keras = "recurrent_layers/conv_lstm3d/"
    axes = "steps, depth, height, width, channels"
    examples: ClassVar = _examples((2, 3, 4, 3, 1), (2, 1, 3))

    kernel_size: SizeTriple
    """The window's depth, height and width, over input and state; one integer for all."""
    strides: SizeTriple = (1, 1, 1)
    """The window's steps over the input; one integer for all."""
    dilation_rate: SizeTriple = (1, 1, 1)
    """The distance of the window's cells over the input; one integer for all."""

    def window(self) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
        return self.kernel_size, self.strides, self.dilation_rate
