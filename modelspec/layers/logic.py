"""Compare, Logical, Where: what is true of numbers, and a choice by it.

As in Keras, they lose masks.
"""

from typing import ClassVar, Literal

from modelspec.layers.kept import NOTHING
from modelspec.layers.merging.base import _Merge
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.operations import Number
from modelspec.layers.values import FLOATS, Arity, Example, LayerError
from modelspec.shapes import Shape


def _check_count(given: int, wanted: int, help: str) -> None:
    if given != wanted:
        inputs = "one input" if wanted == 1 else f"{wanted} inputs"
        raise LayerError("MS406", f"takes {inputs} with these arguments, gets {given}", help)


class Compare(_Merge):
    """Whether a comparison holds, number by number: of two inputs, or of one and a constant.

    Inputs: two, of one shape; a size of 1, or a missing first axis, is repeated. One with
    `constant`. Output: that shape, bool.

    Example:
        ```yaml
        layers: {valid: {type: Compare, function: not_equal, constant: 0}}
        edges: [words -> valid]
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    arity = Arity(1, 2)
    verb = "compare"
    operand_order_matters = True
    examples: ClassVar = (
        *(
            Example({"function": name}, ((4,), (4,)), "int64")
            for name in ("equal", "not_equal", "greater", "greater_equal", "less", "less_equal")
        ),
        Example({"function": "greater"}, ((3, 2), (1, 2))),
        Example({"function": "less", "constant": 0.25}, ((3, 5),)),
        Example({"function": "equal", "constant": 1}, ((6,),), "int32"),
    )

    function: Literal["equal", "not_equal", "greater", "greater_equal", "less", "less_equal"]
    """The comparison."""
    constant: Number | None = None
    """What a single input is compared with; none for two inputs."""

    def output_shape(self, *shapes: Shape) -> Shape:
        wanted = 2 if self.constant is None else 1
        _check_count(len(shapes), wanted, "compare two inputs, or one with a `constant`")
        return super().output_shape(*shapes)

    def output_dtype(self, *dtypes: str) -> str:
        return "bool"


class Logical(_Merge):
    """And, or, either-or, not: of what is true, every number but 0 being true.

    Inputs: two, of one shape; a size of 1, or a missing first axis, is repeated. One for
    `logical_not`. Output: that shape, bool.

    Example:
        ```yaml
        layers: {both: {type: Logical, function: logical_and}}
        edges: ["known, wanted -> both"]
        ```
    """

    keras = "../ops/numpy/"
    keeps = NOTHING
    arity = Arity(1, 2)
    verb = "combine"
    examples: ClassVar = (
        *(
            Example({"function": name}, ((6,), (6,)), "int64")
            for name in ("logical_and", "logical_or", "logical_xor")
        ),
        Example({"function": "logical_and"}, ((3, 2), (1, 2)), "bool"),
        Example({"function": "logical_not"}, ((4, 3),), "int32"),
    )

    function: Literal["logical_and", "logical_or", "logical_xor", "logical_not"]
    """The operation."""

    def output_shape(self, *shapes: Shape) -> Shape:
        wanted = 1 if self.function == "logical_not" else 2
        _check_count(len(shapes), wanted, "`logical_not` takes one input, the others take two")
        return super().output_shape(*shapes)

    def output_dtype(self, *dtypes: str) -> str:
        return "bool"


class Where(_Merge):
    """Numbers of one input where a condition holds, and of another where it does not.

    Inputs: the condition, every number but 0 being true; what holds where it is true, unless `x1`
    says so; what holds where it is not, unless `x2` does. Of one shape; a size of 1, or a missing
    first axis, is repeated. Output: that shape, in the type of the numbers; float32 of two
    constants, and of integers with a constant that is none.

    Example:
        ```yaml
        layers: {kept: {type: Where, x2: 0.0}}
        edges: ["valid, values -> kept"]
        ```
    """

    keras = "../ops/core/"
    keeps = NOTHING
    arity = Arity(1, 3)
    verb = "choose between"
    operand_order_matters = True
    examples: ClassVar = (
        Example({}, ((6,), (6,), (6,)), "int64"),
        Example({}, ((3, 2), (1, 2), (3, 1)), "int64"),
        Example({"x2": 0.0}, ((6,), (6,))),
        Example({"x1": -1.0}, ((6,), (6,)), "int64"),
        Example({"x1": 0.5}, ((6,), (6,)), "int64"),
        Example({"x1": 1.0, "x2": -1.0}, ((3, 4),), "int32"),
    )

    x1: Number | None = None
    """The number where the condition holds, in the place of an input."""
    x2: Number | None = None
    """The number where it does not, in the place of an input."""

    def output_shape(self, *shapes: Shape) -> Shape:
        wanted = 1 + (self.x1 is None) + (self.x2 is None)
        help = "the condition, then what is taken: inputs, or the arguments `x1` and `x2`"
        _check_count(len(shapes), wanted, help)
        return super().output_shape(*shapes)

    def output_dtype(self, *dtypes: str) -> str:
        numbers = dtypes[1:]
        if not numbers:
            return "float32"
        dtype = promoted(*numbers)
        given = [each for each in (self.x1, self.x2) if each is not None]
        if dtype not in FLOATS and not all(each.is_integer() for each in given):
            return "float32"
        return "int64" if dtype == "bool" and given else dtype
