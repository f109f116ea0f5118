"""Operations of two tensors that are no merging layers of Keras, under the names of its `ops`.

As in Keras, they lose masks.
"""

from modelspec.layers.merging.base import _Merge
from modelspec.layers.values import Arity, Example


class _Pair(_Merge):
    arity = Arity(2, 2)
    accepts = "float"
    operand_order_matters = True
    verb = "combine"
    examples = (Example({}, ((4,), (4,))), Example({}, ((3, 2), (1, 2))))


class Mod(_Pair):
    """What is left of the first of two inputs when divided by the second, with its sign.

    Inputs: two, of one shape, floats; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {rest: Mod}
        edges: ["value, period -> rest"]
        ```
    """

    keras = "../ops/numpy/"


class Arctan2(_Pair):
    """The angle of the points (second input, first input), from -pi to pi.

    Inputs: two, of one shape, floats; a size of 1, or a missing first axis, is repeated.
    Output: that shape.

    Example:
        ```yaml
        layers: {angle: Arctan2}
        edges: ["y, x -> angle"]
        ```
    """

    keras = "../ops/numpy/"
