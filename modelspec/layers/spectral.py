"""SpectralNormalization: a layer whose kernel is kept from growing."""

from typing import ClassVar

from modelspec.layers.base import Layer
from modelspec.layers.choices import Option
from modelspec.layers.fields import PositiveInt
from modelspec.layers.kept import Kept
from modelspec.layers.values import Example, Inference, LayerError, Operands, Weight, fixed
from modelspec.layers.wrappers import InnerLayer, Later
from modelspec.shapes import Shape

INNER = ("Dense", "Conv1D", "Conv2D")
"""What it can hold: layers with one kernel."""


def _examples() -> tuple[Example, ...]:
    from modelspec.layers.conv import Conv1D, Conv2D
    from modelspec.layers.core import Dense

    conv = Conv2D(filters=3, kernel_size=(2, 2), use_bias=False)
    return (
        Example({"layer": Dense(units=4, activation="relu")}, ((5,),)),
        Example({"layer": Dense(units=3, use_bias=False), "power_iterations": 3}, ((4, 2),)),
        Example({"layer": Conv1D(filters=2, kernel_size=3)}, ((6, 3),)),
        Example({"layer": conv, "power_iterations": 2}, ((4, 5, 2),)),
    )


class SpectralNormalization(Layer):
    """A layer whose kernel is divided by its largest singular value, in training.

    Input: what the inner layer takes. Output: what it gives.
    Weights: those of the inner layer and, not trained, behind its kernel `vector_u`,
    `[1, the last size of the kernel]`.

    Before each call in training, the largest singular value is estimated by power iterations
    that go on from `vector_u`, and the kernel and `vector_u` are replaced. The gradient is that
    of the new kernel, as in Keras on TensorFlow. Outside training, and where it is frozen
    (`trainable: false`), the kernel is as it is.

    Example:
        ```yaml
        critic: {type: SpectralNormalization, layer: {type: Dense, units: 64}}
        ```
    """

    keras = "normalization_layers/spectral_normalization/"
    examples: ClassVar = Later(_examples)

    layer: InnerLayer
    """The layer: a Dense, a Conv1D or a Conv2D."""
    power_iterations: PositiveInt = 1
    """How often a call improves the estimate of the singular value."""

    def infer(self, operands: Operands) -> Inference:
        if self.layer is None:
            return self.unknown()
        if not isinstance(self.layer, Layer) or type(self.layer).__name__ not in INNER:
            held = type(self.layer).__name__ if isinstance(self.layer, Layer) else "block"
            kinds = f"{', '.join(INNER[:-1])} or {INNER[-1]}"
            raise LayerError(
                "MS501",
                f"needs a layer with one kernel, not a `{held}`",
                f"hold a {kinds} in it",
                "layer",
            )
        inner = self.layer.infer(operands)
        if not inner.weights:
            return inner
        weights = inner.weights if self.trainable else fixed(inner.weights)
        return Inference(inner.outputs, _with_vector(weights), inner.flops)

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.layer.output_shape(*shapes)  # type: ignore[no-any-return]

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        return _with_vector(self.layer.weights(*shapes))

    def option(self, weight: str, kind: str) -> object:
        return self.layer.option(weight, kind)

    def activity_options(self) -> tuple[Option, ...]:
        inner = self.layer.activity_options() if isinstance(self.layer, Layer) else ()
        return (*inner, *super().activity_options())

    def kept(self, *shapes: Shape) -> Kept:
        return self.layer.kept(*shapes)  # type: ignore[no-any-return]


def _with_vector(weights: tuple[Weight, ...]) -> tuple[Weight, ...]:
    """The weights of a layer, and the vector behind its kernel."""
    kernel, *others = weights
    vector = Weight("vector_u", (1, kernel.shape[-1]), trainable=False)
    return (kernel, vector, *others)
