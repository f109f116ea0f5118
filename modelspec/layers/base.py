"""What a layer declaration is: arguments, documentation, shape rule and examples, together."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict

from modelspec.layers.choices import Option
from modelspec.layers.kept import BOTH, Kept, with_activation
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import (
    FLOATS,
    INTEGERS,
    UNKNOWN_DTYPE,
    UNKNOWN_FLOPS,
    UNKNOWN_TENSOR,
    Arity,
    Example,
    Inference,
    LayerError,
    MaskUse,
    Operands,
    Tensor,
    Value,
    Weight,
    as_computed,
    fixed,
    typed,
)
from modelspec.shapes import Dim, Shape, text

if TYPE_CHECKING:
    from modelspec.layers.values import Array


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
    operand_names: ClassVar[tuple[str, ...]] = ()
    """Ports that stand for a place among the operands: `query` for the first one of attention."""
    several_at_ports: ClassVar[bool] = False
    """Whether `input_ports` take several values each, which `check_ports` counts."""
    accepts: ClassVar[str] = "float"
    """What the operands must hold: `float`, `integer` or `any`."""
    idle_alone: ClassVar[bool] = True
    """Whether one that takes any number of operands gives a single one back as it is."""
    broadcasts: ClassVar[bool] = False
    """Whether a size of 1 gives way where `agreements` wants two sizes to be equal."""
    promotes: ClassVar[bool] = False
    """Whether operands of several types are first cast to the output's: torch's products take one
    type only, where Keras's promote."""
    operand_order_matters: ClassVar[bool] = False
    """Whether swapping two operands changes the result: `Subtract`, `Concatenate`, `Dot`."""
    examples: ClassVar[tuple[Example, ...]] = ()
    keras: ClassVar[str] = ""
    """The path of Keras's page under `keras.io/api/layers/`, the source of names and numbers."""
    source: ClassVar[str] = ""
    """Where a layer that Keras does not have is from: the URL of a paper."""
    twin: ClassVar[str] = ""
    """`package.module:name` of the torch twin, for layers from plugins; else found by name."""

    masks: ClassVar[MaskUse] = "drops"
    """What it does with its operands' masks; `modelspec.layers.masks` says what there is."""
    masked_ports: ClassVar[tuple[str, ...]] = ("",)
    """The output ports that have the output's mask."""

    keeps: ClassVar[Kept] = BOTH
    """What it keeps for its backward pass, whatever its arguments; see `kept`."""
    halved: ClassVar[bool | None] = None
    """Whether mixed precision halves the width of its output; by default where it has a kernel, and
    otherwise where it halved that of all its operands.

    Source: the operations of torch's autocast on CPUs.
    """
    gives_view: ClassVar[bool] = False
    """Whether its output is its operand's memory, seen otherwise: nothing is copied."""

    option_names: ClassVar[Mapping[str, str]] = {}
    """What the options of a weight are called after, where it is neither the weight's name, nor
    that without `_kernel`, nor its last word: `{"kernel": "depthwise"}`."""

    trainable: bool = True
    """Whether training changes the weights. A frozen BatchNormalization also stops measuring."""
    activity_regularizer: Regularizer = None
    """What is added to the loss for the output, divided by the number of samples."""

    def output_ports(self) -> tuple[str, ...]:
        """The names of the outputs beside the default one."""
        return ()

    def output_shape(self, *shapes: Shape) -> Shape:
        """The default output's shape.

        Raises:
            LayerError: The operands do not fit.
        """
        raise NotImplementedError(type(self).__name__)

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        """Pairs of sizes that must be equal when it runs, if that depends on an open size."""
        return ()

    def port_agreements(self, operands: Operands, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        """The same of sizes at `input_ports`."""
        return ()

    def output_dtype(self, *dtypes: str) -> str:
        """The default output's dtype."""
        return dtypes[0]

    def ports(self, *shapes: Shape) -> dict[str, Value]:
        """The values at `output_ports`, which have the output's dtype."""
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

    def kept(self, *shapes: Shape) -> Kept:
        """What a call keeps of its forward pass in training until its backward pass, a sample.

        By default what `keeps` says, and where there is an argument `activation`, what that keeps.
        """
        activation: str | None = getattr(self, "activation", None)
        if activation is None:
            return self.keeps
        return with_activation(self.keeps, activation, self.output_shape(*shapes))

    def reference(self, operands: "Sequence[Array]", weights: "Mapping[str, Array]") -> "Array":
        """What the layer computes out of training, in NumPy; the tests hold the twin against it.

        A layer that Keras does not have needs one. One that Keras has is held against what Keras
        computed, in `tests/golden`.

        Args:
            operands: With the batch axis, in edge order.
            weights: By name, in the shapes of `weights`.

        Returns:
            The default output.
        """
        raise NotImplementedError(type(self).__name__)

    @property
    def has_order(self) -> bool:
        """Whether swapping two operands changes the result of a call."""
        return self.operand_order_matters

    @property
    def casts(self) -> bool:
        """Whether floats of another type than `COMPUTED` are cast to it first.

        As in Keras, layers do so, and raw operations compute in what they are given.
        """
        return not self.keras.startswith("../ops/")

    def option(self, weight: str, kind: str) -> object:
        """The initializer, the regularizer or the constraint of a weight; None without one."""
        inner = getattr(self, "layer", None)
        if isinstance(inner, Layer):
            plain = weight.removeprefix("forward_").removeprefix("backward_")
            return inner.option(plain, kind)
        return getattr(self, self._option_field(weight, kind), None)

    def _option_field(self, weight: str, kind: str) -> str:
        """The argument: `recurrent_constraint` for `recurrent_kernel`, or its last word's."""
        named = self.option_names.get(weight, weight)
        names = (named, weight.removesuffix("_kernel"), weight.rpartition("_")[2])
        fields = [f"{name}_{kind}" for name in names]
        return next((field for field in fields if hasattr(self, field)), fields[0])

    def activity_options(self) -> tuple[Option, ...]:
        """What the output costs."""
        return (self.activity_regularizer,) if self.activity_regularizer else ()

    def mask_use(self) -> MaskUse:
        """What it does with its operands' masks: `masks`, unless an argument rules it."""
        return self.masks

    def mask_axes(self, axes: int) -> int:
        """How many axes the output's mask has, where the operand's has `axes`."""
        return axes

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
        if self.casts:
            operands = as_computed(operands)
        tensors = self._tensors(operands)
        self._check_dtypes(tensors)
        shapes = [tensor.shape for tensor in tensors]
        if None in shapes:
            return self.unknown()
        known: list[Shape] = shapes  # type: ignore[assignment]
        dtypes = [tensor.dtype for tensor in tensors]
        dtype = UNKNOWN_DTYPE if UNKNOWN_DTYPE in dtypes else self.output_dtype(*dtypes)
        outputs: dict[str, Value] = {"": Tensor(self.output_shape(*known), dtype)}
        outputs |= {port: typed(value, dtype) for port, value in self.ports(*known).items()}
        self.check_ports(operands, *known)
        weights = self.weights(*known)
        for weight in weights:
            self._check_options(weight)
        if not self.trainable:
            weights = fixed(weights)
        return Inference(outputs, weights, self.flops(*known))

    def without_default(self, found: Inference, why: str, help: str) -> Inference:
        """What is known of a call of a layer that gives its values at ports only.

        Raises:
            LayerError: Its output is to cost something, and there is none.
        """
        if self.activity_options():
            raise LayerError("MS501", why, help, "activity_regularizer")
        del found.outputs[""]
        return found

    def unknown(self) -> Inference:
        """What is known of a call on operands of unknown shape: its ports."""
        ports = ("", *self.output_ports())
        return Inference(dict.fromkeys(ports, UNKNOWN_TENSOR), (), UNKNOWN_FLOPS)

    def _check_options(self, weight: Weight) -> None:
        for kind in ("regularizer", "constraint"):
            option = self.option(weight.name, kind)
            if isinstance(option, Option):
                option.check(self._option_field(weight.name, kind), weight.shape)

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


for _name in Layer.__class_vars__:  # else pydantic evaluates them anew for every class below
    del Layer.__annotations__[_name]


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
