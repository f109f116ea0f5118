"""EinsumDense, Einsum: products along any axes, with a trained kernel and of tensors."""

import re
from collections.abc import Iterable, Sequence
from math import prod
from typing import Annotated, ClassVar

from pydantic import ConfigDict, Field, field_validator

from modelspec.layers.base import Layer, known_size
from modelspec.layers.constraints import Constraint
from modelspec.layers.fields import ActivationName, PositiveInt
from modelspec.layers.initializers import Initializer, VectorInitializer
from modelspec.layers.kept import OPERANDS
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.regularizers import Regularizer
from modelspec.layers.values import Arity, Example, LayerError, Weight
from modelspec.shapes import Dim, Shape, product, same, text

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
    keeps = OPERANDS
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

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        (shape,) = shapes
        given, listed = self._letters("input"), self.output_shape_
        row = (listed,) if isinstance(listed, int) else listed
        wanted = dict(zip(self._letters("output"), row, strict=True))
        own = shape[: len(given)] if self._trailing else shape[len(shape) - len(given) :]
        for letter, size in zip(given, own, strict=True):
            if (made := wanted.get(letter)) is not None:
                yield size, made

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
        if known is not None and same(known, size) is False:
            message = f"makes {size} of `{letter}`, which is {known} in the operand"
            raise LayerError("MS501", message, "write null for it", "output_shape")


def _parts(equation: str) -> dict[str, str] | None:
    """The letters of the three parts of an equation, None where it is none."""
    for form in _FORMS:
        if found := re.fullmatch(form, equation.replace(" ", "")):
            return found.groupdict()
    return None


class Einsum(Layer):
    """A product of tensors, summed along axes, as an equation in Einstein's notation says.

    Inputs: one for each term before the arrow, floats. Output: the axes behind the arrow.

    Each term has a letter for every axis. All begin with the batch: with one letter that is the
    same everywhere, or with `...`, which then stands for the batch and what follows it.

    Example:
        ```yaml
        layers: {scores: {type: Einsum, equation: "bqd,bkd->bqk"}}
        edges: ["queries, keys -> scores"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = OPERANDS
    promotes = True
    arity = Arity(1, None)
    idle_alone = False
    operand_order_matters = True
    examples: ClassVar = (
        Example({"equation": "bqd,bkd->bqk"}, ((4, 3), (5, 3))),
        Example({"equation": "bij->bji"}, ((4, 3),)),
        Example({"equation": "bij,bjk,bk->bi"}, ((2, 3), (3, 4), (4,))),
        Example({"equation": "...ij,...j->...i"}, ((2, 3), (3,))),
        Example({"equation": "...i->..."}, ((2, 3),)),
        Example({"equation": "bii->bi"}, ((3, 3),)),
    )

    equation: str
    """What is multiplied and added up: `bij,bjk->bik` is `Matmul`."""

    @field_validator("equation")
    @classmethod
    def _readable(cls, equation: str) -> str:
        problem = _problem(equation)
        if problem:
            raise ValueError(f"`{equation}` {problem}")
        return equation

    def output_shape(self, *shapes: Shape) -> Shape:
        sizes, dots = self._sizes(shapes)
        _, result = self._terms()
        return (*dots, *(sizes[letter] for letter in result))

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def flops(self, *shapes: Shape) -> Dim:
        """A multiplication and an addition for every combination of letters."""
        sizes, dots = self._sizes(shapes)
        return product((*dots, *sizes.values())) * 2 * max(len(shapes) - 1, 1)

    def _terms(self) -> tuple[list[str], str]:
        """The letters of each operand and of the result, without the batch or the dots."""
        before, _, after = self.equation.replace(" ", "").partition("->")
        cut = 3 if "..." in before else 1
        return [term[cut:] for term in before.split(",")], after[cut:]

    def _sizes(self, shapes: Sequence[Shape]) -> tuple[dict[str, Dim], Shape]:
        """The size of each letter, and those that dots stand for beside the batch."""
        terms, _ = self._terms()
        if len(shapes) != len(terms):
            message = f"takes as many inputs as `{self.equation}` has terms, gets {len(shapes)}"
            raise LayerError("MS406", message, argument="equation")
        dotted = "..." in self.equation
        sizes: dict[str, Dim] = {}
        dots: Shape | None = None
        for term, shape in zip(terms, shapes, strict=True):
            own = len(shape) - len(term)
            if own < 0 or (own and not dotted):
                raise LayerError(
                    "MS503",
                    f"reads `{text(shape)}` by `{term}` of `{self.equation}`",
                    "each axis after the batch's has a letter",
                    "equation",
                )
            dots = self._agreed(dots, shape[:own])
            for letter, size in zip(term, shape[own:], strict=True):
                known = sizes.setdefault(letter, size)
                if not _agree(known, size):
                    raise LayerError(
                        "MS501",
                        f"has `{letter}` of size {known} and of size {size} in `{self.equation}`",
                        "axes of one letter are of one size",
                        "equation",
                    )
        return sizes, dots or ()

    def _agreed(self, dots: Shape | None, own: Shape) -> Shape:
        if dots is None:
            return own
        if len(dots) != len(own) or not all(map(_agree, dots, own)):
            raise LayerError(
                "MS501",
                f"has `{text(dots)}` and `{text(own)}` for the dots of `{self.equation}`",
                "the dots stand for the same axes in every term",
                "equation",
            )
        return dots


def _agree(left: Dim, right: Dim) -> bool:
    """Whether two sizes are one.

    Raises:
        LayerError: It cannot be known (MS508).
    """
    equal = same(left, right)
    if equal is None:
        known_size(left, "places along axes of one letter")
        known_size(right, "places along axes of one letter")
    return bool(equal)


def _problem(equation: str) -> str:
    """Why an equation of tensors is none."""
    form = r"(\.\.\.)?[a-zA-Z]*(,(\.\.\.)?[a-zA-Z]*)*->(\.\.\.)?[a-zA-Z]*"
    if re.fullmatch(form, equation.replace(" ", "")) is None:
        return "is no equation such as `bij,bjk->bik`: letters, commas, and one arrow"
    before, _, after = equation.replace(" ", "").partition("->")
    terms = [*before.split(","), after]
    dotted = {term.startswith("...") for term in terms}
    firsts = {term[:1] for term in terms}
    if dotted == {False} and (len(firsts) > 1 or firsts == {""}):
        return "does not begin every term with the same letter, that of the batch"
    if len(dotted) > 1:
        return "has dots in some terms only"
    known = set(before)
    if not set(after) <= known or len(set(after.lstrip("."))) < len(after.lstrip(".")):
        return "has a letter behind the arrow that is not before it, or twice"
    if dotted == {False} and any(term.count(term[0]) > 1 for term in terms):
        return "has the batch twice in a term"
    return ""
