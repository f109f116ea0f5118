"""What the layers have in common that work number by number."""

from collections.abc import Iterable
from typing import ClassVar

from modelspec.layers.base import Layer
from modelspec.layers.merging.mixed import listed, promoted
from modelspec.layers.values import Arity, Example, LayerError
from modelspec.shapes import Dim, Shape, broadcast, product


class _Merge(Layer):
    """What the layers have in common that work number by number.

    Shapes need not be the same: ranks are aligned at the right, and a size of 1 gives way.
    """

    arity = Arity(1, None)
    accepts = "any"
    broadcasts = True
    verb: ClassVar[str]

    def output_shape(self, *shapes: Shape) -> Shape:
        merged = broadcast(shapes)
        if merged is None:
            raise LayerError(
                "MS501",
                f"cannot {self.verb} {listed(shapes)}",
                "use `Concatenate`, or give what is before it the same shapes",
            )
        return merged

    def agreements(self, *shapes: Shape) -> Iterable[tuple[Dim, Dim]]:
        for axis in range(1, max(map(len, shapes)) + 1):
            sizes = [shape[-axis] for shape in shapes if len(shape) >= axis]
            fixed = [size for size in sizes if isinstance(size, int) and size > 1]
            yield from ((size, fixed[0]) for size in sizes if fixed)

    def output_dtype(self, *dtypes: str) -> str:
        return promoted(*dtypes)

    def flops(self, *shapes: Shape) -> Dim:
        return product(self.output_shape(*shapes)) * (len(shapes) - 1)


EXAMPLES = (
    Example({}, ((4,), (4,))),
    Example({}, ((3, 2), (3, 2), (3, 2))),
    Example({}, ((3, 4), (1, 4))),
    Example({}, ((2, 3, 4), (4,))),
    Example({}, ((5,),)),
)
