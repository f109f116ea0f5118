"""Rescaling, Normalization, Discretization, CategoryEncoding: raw numbers made ready."""

from typing import Annotated, Any, ClassVar, Literal, Self, TypeAlias

from pydantic import Field, PlainValidator, WithJsonSchema, model_validator
from pydantic_core import PydanticKnownError

from modelspec.layers.axes import resolve
from modelspec.layers.base import Layer, known_size
from modelspec.layers.fields import PositiveInt
from modelspec.layers.kept import NOTHING
from modelspec.layers.values import FLOATS, Example, LayerError
from modelspec.shapes import Dim, Shape, product, text

_EMPTY: dict[str, Any] = {"field_type": "List", "min_length": 1, "actual_length": 0}


def _numbers(value: object) -> object:
    """A number, or a list of numbers, as a tuple."""
    if not isinstance(value, list | tuple):
        return _number(value)
    if not value:
        raise PydanticKnownError("too_short", _EMPTY)
    return tuple(map(_number, value))


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticKnownError("float_type")
    return float(value)


Numbers: TypeAlias = Annotated[
    Any,
    PlainValidator(_numbers),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number"},
                {"type": "array", "items": {"type": "number"}, "minItems": 1},
            ]
        }
    ),
]
"""A number, or one for each place of an axis."""

Boundaries: TypeAlias = Annotated[tuple[float, ...], Field(strict=False, min_length=1)]


class _Scaling(Layer):
    """What keeps the shape of any numbers and gives floats."""

    keeps = NOTHING
    accepts = "any"

    def output_shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def output_dtype(self, *dtypes: str) -> str:
        """Floats stay what they are; integers become float32."""
        return dtypes[0] if dtypes[0] in FLOATS else "float32"

    def flops(self, *shapes: Shape) -> Dim:
        """One multiplication and one addition a number."""
        return product(shapes[0]) * 2

    def check_last(self, numbers: Any, shape: Shape, axis: int, argument: str) -> None:
        """Refuse a list of numbers that does not fit an axis.

        Raises:
            LayerError: MS504, with both lengths.
        """
        if not isinstance(numbers, tuple) or len(numbers) == 1:
            return
        if not shape or known_size(shape[axis], "places on the axis") != len(numbers):
            raise LayerError(
                "MS501",
                f"has {len(numbers)} numbers in `{argument}`, gets `{text(shape)}`",
                f"give one number for all, or as many as the axis of `{text(shape)}` has",
                argument,
            )


class Rescaling(_Scaling):
    """Multiplies by a number and adds another: `x * scale + offset`.

    Input: any shape, any numbers. Output: the same shape; floats stay what they are, integers
    become float32.

    Example:
        ```yaml
        unit: {type: Rescaling, scale: 0.00392156862745098}
        signed: {type: Rescaling, scale: 0.00784313725490196, offset: -1}
        ```
    """

    keras = "preprocessing_layers/image_preprocessing/rescaling/"
    masks = "passes"
    examples: ClassVar = (
        Example({"scale": 0.5}, ((4, 5, 2),)),
        Example({"scale": 1 / 127.5, "offset": -1.0}, ((4, 5, 3),), "uint8"),
        Example({"scale": (2.0, 0.5), "offset": (1.0, -1.0)}, ((3, 2),), "int64"),
        Example({"scale": 3.0}, ((),)),
    )

    scale: Numbers
    """What to multiply by: one number, or one for each place of the last axis."""
    offset: Numbers = 0.0
    """What to add then: one number, or one for each place of the last axis."""

    def output_shape(self, *shapes: Shape) -> Shape:
        self.check_last(self.scale, shapes[0], -1, "scale")
        self.check_last(self.offset, shapes[0], -1, "offset")
        return shapes[0]


class Normalization(_Scaling):
    """Shifts and scales by a mean and a variance that you give: `(x - mean) / sqrt(variance)`.

    Input: any shape, any numbers. Output: the same shape; floats stay what they are, integers
    become float32. A root of the variance below 1e-7 counts as 1e-7.

    Keras can also measure the mean and the variance (`adapt`). Here they are numbers of the spec.

    Example:
        ```yaml
        norm: {type: Normalization, mean: [0.485, 0.456, 0.406], variance: [0.052, 0.05, 0.05]}
        ```
    """

    keras = "preprocessing_layers/numerical/normalization/"
    masks = "passes"
    examples: ClassVar = (
        Example({"mean": 3.0, "variance": 2.0}, ((4, 2),)),
        Example({"mean": (1.0, 2.0), "variance": (4.0, 0.25)}, ((3, 2),), "uint8"),
        Example({"mean": (1.0, 2.0), "variance": (4.0, 0.0), "invert": True}, ((3, 2),)),
        Example({"mean": (1.0, 2.0, 0.0), "variance": (4.0, 0.25, 9.0), "axis": 1}, ((3, 2),)),
    )

    mean: Numbers
    """The mean: one number, or one for each place of the axis."""
    variance: Numbers
    """The variance, not negative, in the same form."""
    axis: int = -1
    """The axis whose places have numbers of their own; -1 is the last, the batch counts as 0."""
    invert: bool = False
    """Whether to go back instead: `x * sqrt(variance) + mean`."""

    @model_validator(mode="after")
    def _numbers_fit(self) -> Self:
        mean, variance = (n if isinstance(n, tuple) else (n,) for n in (self.mean, self.variance))
        if len(mean) != len(variance):
            raise ValueError(
                f"mean and variance must be as long, but are {len(mean)} and {len(variance)}"
            )
        if min(variance) < 0:
            raise ValueError("the variance must be 0 or more")
        return self

    def output_shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        listed = isinstance(self.mean, tuple) or isinstance(self.variance, tuple)
        if listed and not shape:
            help = "give one number for the mean, and one for the variance"
            raise LayerError(
                "MS509", "has numbers for an axis, gets one number a sample", help, "mean"
            )
        axis = resolve(self.axis, shape) if shape else 0
        self.check_last(self.mean, shape, axis, "mean")
        return shape


class _Encoding(Layer):
    """What can give rows of zeros and ones."""

    keeps = NOTHING
    accepts = "any"

    def encoded(self, shape: Shape, mode: str, depth: int) -> Shape:
        """The shape of an encoding.

        Raises:
            LayerError: MS503, where there is no axis to take together.
        """
        if mode == "one_hot":
            return (*(shape[:-1] if shape and shape[-1] == 1 else shape), depth)
        if not shape:
            raise LayerError(
                "MS503", f"with `output_mode: {mode}` needs an axis to take together, gets `[]`"
            )
        return (*shape[:-1], depth)


class Discretization(_Encoding):
    """The number of the bin in which each number lies.

    Input: any shape, any numbers. Output: with `int` the same shape, int32, from 0 to the number
    of boundaries; else as in `CategoryEncoding`, float32, with one more place than boundaries.
    A bin has its lower boundary, not its upper one.

    Example:
        ```yaml
        age_group: {type: Discretization, bin_boundaries: [18, 30, 65]}
        ```
    """

    keras = "preprocessing_layers/numerical/discretization/"
    examples: ClassVar = (
        Example({"bin_boundaries": (-0.5, 0.0, 1.0)}, ((4, 2),)),
        Example({"bin_boundaries": (1.0, 2.0)}, ((5,),), "int64"),
        Example({"bin_boundaries": (0.0,), "output_mode": "one_hot"}, ((3,),)),
        Example({"bin_boundaries": (-0.5, 0.5), "output_mode": "multi_hot"}, ((4,),)),
        Example({"bin_boundaries": (-0.5, 0.5), "output_mode": "count"}, ((4,),)),
    )

    bin_boundaries: Boundaries
    """The boundaries between the bins, in rising order."""
    output_mode: Literal["int", "one_hot", "multi_hot", "count"] = "int"
    """The bin's number, or its encoding."""

    @model_validator(mode="after")
    def _boundaries_rise(self) -> Self:
        if list(self.bin_boundaries) != sorted(set(self.bin_boundaries)):
            raise ValueError("the bin_boundaries must rise")
        return self

    def output_shape(self, *shapes: Shape) -> Shape:
        if self.output_mode == "int":
            return shapes[0]
        return self.encoded(shapes[0], self.output_mode, len(self.bin_boundaries) + 1)

    def output_dtype(self, *dtypes: str) -> str:
        return "int32" if self.output_mode == "int" else "float32"


class CategoryEncoding(_Encoding):
    """Categories, numbered from 0, as rows of zeros and ones.

    Input: any shape, integers below `num_tokens`. Output: float32. `one_hot` adds an axis, or
    takes the place of a last axis of size 1: `[..., num_tokens]` with a 1 where the category is.
    `multi_hot` and `count` take the last axis together: a 1 for each category that is there, or
    how often it is there.

    Example:
        ```yaml
        color: {type: CategoryEncoding, num_tokens: 12, output_mode: one_hot}
        ```
    """

    keras = "preprocessing_layers/categorical/category_encoding/"
    accepts = "integer"
    examples: ClassVar = (
        Example({"num_tokens": 4}, ((5,),), "int64"),
        Example({"num_tokens": 3, "output_mode": "one_hot"}, ((2,),), "uint8"),
        Example({"num_tokens": 3, "output_mode": "one_hot"}, ((),), "int64"),
        Example({"num_tokens": 3, "output_mode": "count"}, ((5,),), "int64"),
    )

    num_tokens: PositiveInt
    """How many categories there are."""
    output_mode: Literal["one_hot", "multi_hot", "count"] = "multi_hot"
    """What the row says."""

    def output_shape(self, *shapes: Shape) -> Shape:
        return self.encoded(shapes[0], self.output_mode, self.num_tokens)

    def output_dtype(self, *dtypes: str) -> str:
        return "float32"
