"""Add, Subtract, Multiply, Maximum, Minimum."""

from modelspec.layers.kept import NOTHING, OPERANDS
from modelspec.layers.merging.base import EXAMPLES, _Merge
from modelspec.layers.merging.mixed import promoted
from modelspec.layers.values import Arity, Example, LayerError


class Add(_Merge):
    """The sum of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {join: Add}
        edges: ["left, right -> join"]
        ```
    """

    keras = "merging_layers/add/"
    keeps = NOTHING
    masks = "merges"
    verb = "add"
    examples = (*EXAMPLES, Example({}, ((3,), (3,)), "int64"))


class Subtract(_Merge):
    """The first of two inputs less the second.

    Inputs: two, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {difference: Subtract}
        edges: ["left, right -> difference"]
        ```
    """

    keras = "merging_layers/subtract/"
    keeps = NOTHING
    masks = "merges"
    arity = Arity(2, 2)
    verb = "subtract"
    operand_order_matters = True
    examples = tuple(example for example in EXAMPLES if len(example.shapes) == 2)

    def output_dtype(self, *dtypes: str) -> str:
        if "bool" in dtypes:
            raise LayerError(
                "MS506", "takes numbers, gets bool", "make numbers of it with a `Cast`"
            )
        return promoted(*dtypes)


class Multiply(_Merge):
    """The product of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, it counts as 1,
    and where none counts, the output is 0.

    Example:
        ```yaml
        layers: {gated: Multiply}
        edges: ["value, gate -> gated"]
        ```
    """

    keras = "merging_layers/multiply/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "multiply"
    examples = EXAMPLES


class Maximum(_Merge):
    """The largest of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, the others do.

    Example:
        ```yaml
        layers: {best: Maximum}
        edges: ["left, right -> best"]
        ```
    """

    keras = "merging_layers/maximum/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "compare"
    examples = EXAMPLES


class Minimum(_Merge):
    """The least of its inputs, number by number.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape. Where a mask says that a step of an input does not count, the others do.

    Example:
        ```yaml
        layers: {least: Minimum}
        edges: ["left, right -> least"]
        ```
    """

    keras = "merging_layers/minimum/"
    keeps = OPERANDS
    masks = "uses and merges"
    verb = "compare"
    examples = EXAMPLES
