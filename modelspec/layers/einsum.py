"""EinsumDense: a trained kernel, multiplied along any axes."""

import re
from math import prod
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, field_validator

from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product, text

_FORMS = (
    r"(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)",
    r"\.\.\.(?P<input>[a-zA-Z]+),(?P<kernel>[a-zA-Z]+)->\.\.\.(?P<output>[a-zA-Z]+)",
    r"(?P<input>[a-zA-Z]{2,})\.\.\.,(?P<kernel>[a-zA-Z]+)->(?P<output>[a-zA-Z]+)\.\.\.",
)
_Sizes = Annotated[tuple[PositiveInt | None, ...], Field(strict=False, min_length=1)]


class EinsumDense(Layer):
    """A trained kernel, multiplied with the operand as an equation in Einstein's notation says.

    Input: any shape, floats. Output: `activation(einsum(equation, x, kernel) + bias)`.
    Weights: `kernel`, whose axes are those of the equation; `bias`, along `bias_axes`.

    An equation is `X,K->Y`, `...X,K->...Y` or `X...,K->Y...`: the axes of the operand, of the
    kernel and of the result, each a letter. Without leading dots, the first letter is the batch.

    Example:
        ```yaml
        heads: {type: EinsumDense, equation: "abc,cde->abde", output_shape: [null, 8, 64]}
        ```
    """

    model_config = ConfigDict(serialize_by_alias=True)

    keras = "core_layers/einsum_dense/"
    examples: ClassVar = (
        Example({"equation": "ab,bc->ac", "output_shape": 4, "bias_axes": "c"}, ((3,),)),
        Example(
            {"equation": "abc,cd->abd", "output_shape": (None, 4), "bias_axes": "d"}, ((5, 3),)
        ),
        Example({"equation": "...x,xy->...y", "output_shape": 4, "bias_axes": "y"}, ((2, 5, 3),)),
        Example(
            {"equation": "abc,cde->abde", "output_shape": (None, 2, 3), "bias_axes": "de"},
            ((4, 5),),
        ),
        Example(
            {"equation": "abc,bd->adc", "output_shape": (4, None), "bias_axes": "d"}, ((2, 3),)
        ),
        Example({"equation": "ab...,bc->ac...", "output_shape": 4}, ((3, 2),)),
        Example(
            {
                "equation": "abc,cd->abd",
                "output_shape": (None, 2),
                "bias_axes": "d",
                "activation": "relu",
                "kernel_regularizer": "l2",
                "bias_initializer": "ones",
            },
            ((3, 3),),
        ),
    )

    equation: str
    """What is multiplied and added up: `ab,bc->ac` is `Dense`."""
    output_shape_: Annotated[_Sizes | PositiveInt, Field(alias="output_shape")]
    """The sizes of the result without the batch and what the dots stand for; null for a size that
    the operand gives. One integer for a list of one."""
    activation: ActivationName | None = None
    """The function of the result; none by default."""
    bias_axes: str | None = None
    """The letters of the result's axes that have a bias of their own; no bias by default."""
    kernel_initializer: Initializer = "glorot_uniform"
    """What the kernel starts as."""
    bias_initializer: VectorInitializer = "zeros"
    """What the bias starts as."""
    kernel_regularizer: Regularizer = None
    """What is added to the loss for the kernel."""
    bias_regularizer: Regularizer = None
    """What is added to the loss for the bias."""
    kernel_constraint: Constraint = None
    """What the kernel is held to after every update."""
    bias_constraint: Constraint = None
    """What the bias is held to after every update."""

    @field_validator("equation")
    @classmethod
    def _readable(cls, equation: str) -> str:
        if _parts(equation) is None:
            raise ValueError(
                f"`{equation}` is none of `X,K->Y`, `...X,K->...Y` and `X...,K->Y...`, with a "
                "letter for each axis"
            )
        return equation

    def output_shape(self, *shapes: Shape) -> Shape:
        sizes, dots = self._sizes(shapes[0])
        found = tuple(sizes[letter] for letter in self._letters("output"))
        return (*found, *dots) if self._trailing else (*dots, *found)

    def weights(self, *shapes: Shape) -> tuple[Weight, ...]:
        sizes, dots = self._sizes(shapes[0])
        kernel = tuple(known_size(sizes[each], "features") for each in self._letters("kernel"))
        if self.bias_axes is None:
            return (Weight("kernel", kernel),)
        letters = self._letters("output")
        first = min(map(letters.index, self.bias_axes))
        bias = [
            known_size(sizes[each], "features") if each in self.bias_axes else 1
            for each in letters[first:]
        ]
        ones = [1] * len(dots) if self._trailing else []
        return (Weight("kernel", kernel), Weight("bias", (*bias, *ones)))

    def fan(self, kernel: tuple[int, ...]) -> tuple[int, int]:
        """How many numbers of the operand make one of the result, and the other way round.

        Args:
            kernel: Its shape. The letters that the result has too are outputs.
        """
        kept = [letter in self._letters("output") for letter in self._letters("kernel")]
        inputs = prod(size for size, output in zip(kernel, kept, strict=True) if not output)
        return inputs, prod(size for size, output in zip(kernel, kept, strict=True) if output)

    def flops(self, *shapes: Shape) -> Dim:
        """A multiplication and an addition for every combination of letters, and the bias."""
        sizes, _ = self._sizes(shapes[0])
        result = product(self.output_shape(*shapes))
        wanted = self._letters("output")
        summed = {*self._letters("input"), *self._letters("kernel")} - {*wanted}
        inner = product(tuple(sizes[letter] for letter in sorted(summed)))
        return result * inner * 2 + result * (self.bias_axes is not None)

    @property
    def _trailing(self) -> bool:
        return self.equation.endswith("...")

    def _letters(self, part: str) -> str:
        """The letters of the operand, the kernel or the result, that of the batch left out."""
        found = _parts(self.equation)
        assert found is not None
        letters = found[part]
        return letters if part == "kernel" or self.equation.startswith("...") else letters[1:]

    def _sizes(self, shape: Shape) -> tuple[dict[str, Dim], Shape]:
        """The size of each letter, and of the axes that the dots stand for."""
        given, wanted = self._letters("input"), self._letters("output")
        dotted = len(shape) - len(given)
        if dotted < 0 or (dotted and "..." not in self.equation):
            raise LayerError(
                "MS503",
                f"multiplies `{self.equation}`, gets `{text(shape)}`",
                "write a letter for each axis, the batch first, or `...`",
                "equation",
            )
        own, dots = (
            (shape[: len(given)], shape[len(given) :])
            if self._trailing
            else (shape[dotted:], shape[:dotted])
        )
        sizes: dict[str, Dim] = dict(zip(given, own, strict=True))
        listed = self.output_shape_
        row = (listed,) if isinstance(listed, int) else listed
        if len(row) != len(wanted):
            raise LayerError(
                "MS501",
                f"has {len(row)} sizes in `output_shape` for the {len(wanted)} axes `{wanted}`",
                "list them without the batch and without `...`",
                "output_shape",
            )
        for letter, size in zip(wanted, row, strict=True):
            if size is not None:
                self._check(letter, size, sizes)
                sizes[letter] = size
        unknown = [each for each in wanted + self._letters("kernel") if each not in sizes]
        unknown += [each for each in self.bias_axes or "" if each not in wanted]
        if unknown:
            raise LayerError(
                "MS501",
                f"does not say the size of `{unknown[0]}`",
                "give it in `output_shape`; `bias_axes` are letters of the result",
                "equation",
            )
        return sizes, dots

    def _check(self, letter: str, size: int, sizes: dict[str, Dim]) -> None:
        known = sizes.get(letter)
        if isinstance(known, int) and known != size:
            message = f"makes {size} of `{letter}`, which is {known} in the operand"
            raise LayerError("MS501", message, "write null for it", "output_shape")


def _parts(equation: str) -> dict[str, str] | None:
    """The letters of the three parts of an equation, None where it is none."""
    for form in _FORMS:
        if found := re.fullmatch(form, equation.replace(" ", "")):
            return found.groupdict()
    return None
