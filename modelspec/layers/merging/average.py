"""Average, and what else may weigh its inputs."""

from modelspec.layers.fields import OperandWeights
from modelspec.layers.kept import NOTHING
from modelspec.layers.merging.base import EXAMPLES, _Merge
from modelspec.layers.values import LayerError
from modelspec.shapes import Dim, Shape, product


class _Weighted(_Merge):
    """What takes a mean of its inputs, in which each may have a weight."""

    keeps = NOTHING
    masks = "merges"
    accepts = "float"

    operand_weights: OperandWeights | None = None
    """How much each input counts, in their order: `[2, 1]` is two thirds and one third. None of
    them is negative; they are divided by their sum. Without them all count the same."""

    def shares(self, count: int) -> tuple[float, ...]:
        """How much of the mean each of so many inputs is; they sum to 1."""
        given = self.operand_weights or (1.0,) * count
        return tuple(each / sum(given) for each in given)

    @property
    def has_order(self) -> bool:
        """Whether the inputs count differently."""
        return len(set(self.operand_weights or ())) > 1

    def output_shape(self, *shapes: Shape) -> Shape:
        given = self.operand_weights
        if given is not None and len(given) != len(shapes):
            raise LayerError(
                "MS501",
                f"has {len(given)} `operand_weights`, gets {len(shapes)} inputs",
                "give one for each input, in the order of the edges",
                "operand_weights",
            )
        return super().output_shape(*shapes)

    def flops(self, *shapes: Shape) -> Dim:
        return product(super().output_shape(*shapes)) * len(shapes)


class Average(_Weighted):
    """The mean of its inputs, number by number; with `operand_weights` a weighted one.

    Inputs: any number, of one shape; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers:
          mean: Average
          most_of_one: {type: Average, operand_weights: [3, 1, 1]}
        edges: ["first, second, third -> mean, most_of_one"]
        ```
    """

    keras = "merging_layers/average/"
    verb = "average"
    examples = EXAMPLES
