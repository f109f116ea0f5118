"""What several tensors that are mixed become."""

from modelspec.layers.values import FLOATS
from modelspec.shapes import Shape, text

_ORDER = "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64".split()


def promoted(*dtypes: str) -> str:
    """The dtype of what mixes these, as torch has it."""
    widest = max(dtypes, key=_ORDER.index)
    kinds = set(dtypes)
    if kinds >= {"uint8", "int8"} and widest == "int8":
        return "int16"
    if kinds >= {"float16", "bfloat16"} and widest in FLOATS - {"float64"}:
        return "float32"
    return widest


def listed(shapes: tuple[Shape, ...]) -> str:
    """Shapes in a sentence: `[4]` and `[5]`."""
    names = [f"`{text(shape)}`" for shape in shapes]
    return f"{', '.join(names[:-1])} and {names[-1]}"
