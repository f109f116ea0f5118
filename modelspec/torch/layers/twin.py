"""What a twin is: how one layer type runs on torch."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from inspect import signature
from typing import Any, Generic, TypeVar

import torch
from torch import Generator, Tensor, nn
from torch.overrides import TorchFunctionMode

from modelspec.layers import Layer
from modelspec.layers.values import Weight
from modelspec.shapes import Shape
from modelspec.torch.layers.activations import activate
from modelspec.torch.layers.freezing import freeze
from modelspec.torch.layers.initializers import draw

L = TypeVar("L", bound=Layer)
M = TypeVar("M", bound=nn.Module)


@dataclass(frozen=True, slots=True)
class Call(Generic[L]):
    """One call of a layer, as the builder (or a test) puts it to a twin.

    Attributes:
        layer: The declaration.
        shapes: The operands' shapes, without batch axis. Sizes may be symbolic.
        module: Calls the layer's module; None where the twin makes none. The inner block of a
            `TimeDistributed` is called by it too, and gives its one output.
        get_module: Gives the module itself, as a value to hand to a function.
        masks: The mask of each operand, by input port, None for one that has none. A port where
            no operand has one is left out.
        mask_axes: How many axes the mask of the first operand with one has after the batch's.
    """

    layer: L
    shapes: tuple[Shape, ...]
    module: Callable[..., Any] | None = None
    get_module: Callable[[], Any] | None = None
    masks: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    mask_axes: int = 1

    @property
    def mask(self) -> Any:
        """The mask of the first operand, `[batch, steps]`; None where it has none."""
        masks = self.masks.get("")
        return masks[0] if masks else None


class Twin(Generic[L]):
    """How one layer type runs on torch. Stateless; one object a type.

    A twin has two halves. `module` makes what has weights or a mode. `outputs` says how a call
    is computed, as ordinary torch code on the operands: given tensors, it computes; given
    `torch.fx.Proxy` objects, the same code records nodes, and the generated `forward` reads
    like it. It therefore never looks at a tensor's values, rank or sizes: ranks and known sizes
    come from `call.shapes`.

    Most twins override `empty` and `load_keras`, or only `forward`.
    """

    random = False
    """Whether a call in training draws random numbers."""
    mixes_samples = False
    """Whether a call in training lets samples of a batch see each other."""

    def module(self, layer: L, shapes: Sequence[Shape], generator: Generator) -> nn.Module | None:
        """A new module with initial weights, or None for a layer that needs none.

        What the declaration says is not trainable is frozen.

        Args:
            layer: The declaration.
            shapes: The operands' shapes; only what the weights depend on matters.
            generator: What random weights are drawn from.
        """
        weights = layer.weights(*shapes)
        module = self.empty(layer, weights)
        if module is not None and weights:
            self.load_keras(module, layer, self.initial(layer, weights, generator))
            if not all_trainable(layer):
                freeze(module)
        return module

    def empty(self, layer: L, weights: Sequence[Weight]) -> nn.Module | None:
        """A new module whose weights are not set yet, or None for a layer that needs none."""
        return None

    def initial(self, layer: L, weights: Sequence[Weight], generator: Generator) -> list[Tensor]:
        """Initial weights in Keras's layout: `kernel` by the argument `kernel_initializer`."""
        return [
            draw(getattr(layer, f"{weight.name}_initializer"), weight.shape, generator)
            for weight in weights
        ]

    def load_keras(self, module: nn.Module, layer: L, arrays: Sequence[Any]) -> None:
        """Copy the weights of the same layer in Keras into the module.

        Args:
            module: What `module` has made.
            layer: The declaration.
            arrays: Keras's arrays, in the order and layout of `layer.weights`, which are those of
                Keras's `get_weights()`.
        """
        raise NotImplementedError(f"{type(self).__name__} has no weights")

    def outputs(self, call: Call[L], operands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        """The value at each output port, `""` being the default one.

        Args:
            call: The declaration, the operands' shapes and the way to the module.
            operands: What reaches each input port, in edge order: tensors, and tuples of
                tensors where a bundle flows.
        """
        return {"": self.forward(call, *operands[""])}

    def output_mask(self, call: Call[L], *operands: Any) -> Any:
        """The mask of the output, asked for only where it has one.

        This one passes the first operand's on, or merges them all. A layer that starts a mask,
        or joins several, has one of its own.
        """
        first, *others = dict.fromkeys(call.masks[""])
        merged = "merges" in call.layer.mask_use()
        return reduce(operator.or_, others, first) if merged else first

    def forward(self, call: Call[L], *operands: Any) -> Any:
        """The only output: the module's, and then the layer's activation, if it has one."""
        assert call.module is not None
        return activate(getattr(call.layer, "activation", None), call.module(*operands))


def all_trainable(layer: Layer) -> bool:
    """Whether a layer is trained, and the one that it wraps."""
    inner = getattr(layer, "layer", None)
    return layer.trainable and (not isinstance(inner, Layer) or all_trainable(inner))


def made_of(kind: Callable[..., M], layer: Layer, **others: Any) -> M:
    """A module whose arguments bear the names of a declaration's, but for some others."""
    wanted = signature(kind).parameters
    return kind(**{name: getattr(layer, name) for name in wanted if hasattr(layer, name)} | others)


def unset(make: Callable[[], M]) -> M:
    """What `make` makes, without drawing torch's own initial weights first."""
    with _NothingDrawn():
        return make()


class _NothingDrawn(TorchFunctionMode):
    """Leaves memory as it is where random numbers would be drawn.

    Torch's `meta` device does so too, and takes a third of a second to import what it needs.
    """

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        arguments = kwargs or {}
        if getattr(func, "__name__", "").endswith(("uniform_", "normal_")):
            return args[0] if args else arguments["tensor"]
        return func(*args, **arguments)


def assign(target: Tensor | None, array: Any) -> None:
    """Copy an array into a parameter or a buffer, whose shape it must have.

    Raises:
        ValueError: It has another shape.
    """
    value = torch.as_tensor(array)
    if target is None or target.shape != value.shape:
        wanted = None if target is None else list(target.shape)
        raise ValueError(f"needs an array of {wanted}, gets {list(value.shape)}")
    with torch.no_grad():
        target.copy_(value)
