"""What a layer declaration is: arguments, documentation, shape rule and examples, together."""

from __future__ import annotations

from typing import ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from modelspec.layers.values import (
    FLOATS,
    INTEGERS,
    UNKNOWN_FLOPS,
    UNKNOWN_TENSOR,
    Arity,
    Example,
    Inference,
    LayerError,
    Operands,
    Tensor,
    Value,
    Weight,
    fixed,
)
from modelspec.shapes import Dim, Shape, text


@runtime_checkable
class Callee(Protocol):
    """What a node can call: a layer, or a block that stands for one."""

    def infer(self, operands: Operands) -> Inference:
        """The outputs, weights and cost of one call.

        Raises:
            LayerError: The operands do not fit.
        """
        ...


class Layer(BaseModel):
    """The base of all layer declarations.

    A declaration is a frozen pydantic model named like its Keras layer. Its fields are the
    layer's arguments, each with a string under it that says what it is; its docstring is
    what `modelspec explain` prints. It says nothing of torch: `modelspec.torch.layers` has
    a twin of the same name in a file of the same name.

    A subclass overrides `output_shape`, and `weights`, `flops`, `output_dtype` and `ports`
    where its own differ. All of them are given shapes without the batch axis, whose sizes
    may be symbolic; they use ordinary arithmetic, which carries symbols along.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    arity: ClassVar[Arity] = Arity()
    input_ports: ClassVar[tuple[str, ...]] = ()
    """Inputs beside the default one, each optional: `state`."""
    several_at_ports: ClassVar[bool] = False
    """Whether `input_ports` take several values each, which `check_ports` counts."""
    accepts: ClassVar[str] = "float"
    """What the operands must hold: `float`, `integer` or `any`."""
    operand_order_matters: ClassVar[bool] = False
    """Whether swapping two operands changes the result: `Subtract`, `Concatenate`, `Dot`."""
    examples: ClassVar[tuple[Example, ...]] = ()
    keras: ClassVar[str] = ""
    """The path of Keras's page under `keras.io/api/layers/`, the source of names and numbers."""
    twin: ClassVar[str] = ""
    """`package.module:name` of the torch twin, for layers from plugins; else found by name."""

    trainable: bool = True
    """Whether training changes the weights. A frozen BatchNormalization also stops measuring."""

    @classmethod
    def output_ports(cls) -> tuple[str, ...]:
        """The names of the outputs beside the default one."""
        return ()

    def output_shape(self, *shapes: Shape) -> Shape:
        """The default output's shape.

        Raises:
            LayerError: The operands do not fit.
        """
        raise NotImplementedError(type(self).__name__)

    def output_dtype(self, *dtypes: str) -> str:
        """The default output's dtype."""
        return dtypes[0]

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        """The values at `output_ports`."""
        return {}

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        """The arrays that the layer owns, in Keras's order.

        Raises:
            LayerError: A size that an array needs is not known (MS508).
        """
        return ()

    def flops(self, *shapes: Shape) -> Dim:
        """Floating point operations a sample, a multiplication and an addition being two."""
        return 0

    def check_ports(self, operands: Operands, *shapes: Shape) -> None:
        """Check what reaches `input_ports`.

        Raises:
            LayerError: It does not fit.
        """

    def infer(self, operands: Operands) -> Inference:
        """The outputs, weights and cost of one call.

        Raises:
            LayerError: The operands do not fit.
        """
        tensors = self._tensors(operands)
        self._check_dtypes(tensors)
        shapes = [tensor.shape for tensor in tensors]
        if None in shapes:
            return self.unknown()
        known: list[Shape] = shapes  # type: ignore[assignment]
        dtype = self.output_dtype(*(tensor.dtype for tensor in tensors))
        outputs: dict[str, Value] = {"": Tensor(self.output_shape(*known), dtype)}
        outputs |= self.ports(*known)
        self.check_ports(operands, *known)
        weights = self.weights(*known)
        if not self.trainable:
            weights = fixed(weights)
        return Inference(outputs, weights, self.flops(*known))

    def unknown(self) -> Inference:
        """What is known of a call on operands of unknown shape: its ports."""
        ports = ("", *self.output_ports())
        return Inference(dict.fromkeys(ports, UNKNOWN_TENSOR), (), UNKNOWN_FLOPS)

    def _tensors(self, operands: Operands) -> list[Tensor]:
        for value in operands.get("", ()):
            if not isinstance(value, Tensor):
                raise LayerError(
                    "MS503",
                    "takes a tensor, gets a bundle of recurrent states",
                    "lead the bundle into a recurrent layer's `.state`, or take `.h` or `.c`",
                )
        return list(operands.get("", ()))  # type: ignore[arg-type]

    def _check_dtypes(self, tensors: list[Tensor]) -> None:
        wanted = {"float": FLOATS, "integer": INTEGERS}.get(self.accepts)
        for tensor in tensors:
            if wanted and tensor.dtype not in wanted:
                kind = "integers" if self.accepts == "integer" else "floating point numbers"
                raise LayerError("MS506", f"takes {kind}, gets {tensor.dtype}")


def check_rank(shape: Shape, axes: str) -> None:
    """Refuse a shape whose rank is not that of `axes` ("height, width, channels").

    Raises:
        LayerError: MS503, with both.
    """
    if len(shape) != axes.count(",") + 1:
        raise LayerError("MS503", f"needs `[{axes}]`, gets `{text(shape)}`")


def known_size(size: Dim, what: str) -> int:
    """A size that weights depend on.

    Raises:
        LayerError: MS508, where it is not an integer.
    """
    if not isinstance(size, int):
        raise LayerError("MS508", f"needs a fixed number of {what}, gets `{size}`")
    return size
