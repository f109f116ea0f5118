"""What a row holds: the columns that a model reads, and what each may be."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import prod
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from modelspec.data.features import Categories, Category, Date, Image, Number, Sequence, Text
from modelspec.data.features.resolve import plain_feature
from modelspec.data.table.model_fields import model_fields
from modelspec.language.base_feature import UNFILLED
from modelspec.runner.setup.decode_tokens import feed_inputs
from modelspec.serving.examples import (
    example_category,
    example_date,
    example_number,
    example_picture,
    example_steps,
    example_text,
    zeros,
)
from modelspec.shapes import evaluate

if TYPE_CHECKING:
    from modelspec.data.features import Feature
    from modelspec.data.table.model_fields import ModelField
    from modelspec.runner.inference.trained_model import TrainedModel

Kind: TypeAlias = Literal[
    "number", "array", "sequence", "category", "classes", "text", "date", "image"
]
"""`array` is nested lists of one shape, `sequence` a list of any length, `classes` several classes
of one value."""
_TEXT_FORMATS = ("percent", "currency")
_SHOWN = 256
"""The most numbers of an array that is shown as an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a row.

    Attributes:
        name: The key of a row.
        kind: What a cell holds.
        inputs: The model's inputs that are made of it.
        required: Whether every row has it; else `null` or nothing may stand for it, and `missing`
            says what the model takes then.
        missing: What stands for a cell without a value: `the mean, 38.2`.
        integer: Whether a number is a whole one.
        minimum: The least number that the model was trained on or takes, where that is known.
        maximum: The largest.
        classes: The classes, in order.
        unknown: What becomes of another class: `error`, `ignore` or `other`.
        separator: What stands between several classes, or the numbers of a sequence, in a text.
        shape: Of an array, or of a step of a sequence; None for a size of any number.
        least: Of an array, the least size of each axis.
        length: How many steps a sequence, or tokens a text has at most; what is longer is cut.
        shortest: How many steps it has at least.
        formats: How a date is written, where it is not as in ISO 8601; how a number is, where it
            is `percent` or `currency`.
        size: Height and width that a picture is resized to.
        channels: Of a picture: 1, 3 or 4.
        tokenizer: Of a text: `word`, `character` or `file`.
        example: A cell that the model takes; None for an array.
    """

    name: str
    kind: Kind
    inputs: tuple[str, ...] = ()
    required: bool = True
    missing: str = ""
    integer: bool = False
    minimum: float | None = None
    maximum: float | None = None
    classes: tuple[str, ...] = ()
    unknown: str = ""
    separator: str = ""
    shape: tuple[int | None, ...] = ()
    least: tuple[int, ...] = ()
    length: int = 0
    shortest: int = 0
    formats: tuple[str, ...] = ()
    size: tuple[int, ...] = ()
    channels: int = 0
    tokenizer: str = ""
    example: Any = None

    def as_data(self) -> dict[str, Any]:
        """As JSON data, without what does not apply; `example` is None where it would be large."""
        kept = ("name", "kind", "inputs", "required")
        found = {
            key: list(value) if isinstance(value, tuple) else value
            for key, value in asdict(self).items()
            if value or key in kept
        }
        for bound in ("minimum", "maximum"):
            if getattr(self, bound) is not None:
                found[bound] = getattr(self, bound)
        small = self.kind != "array" or prod(size or 1 for size in self.shape) <= _SHOWN
        return found | {"example": self.cell() if small else None}

    def cell(self) -> Any:
        """A cell that the model takes."""
        if self.kind != "array":
            return self.example
        return zeros([size or least for size, least in zip(self.shape, self.least, strict=True)])


def served_columns(trained: TrainedModel) -> dict[str, Column]:
    """The columns of a row by name, in the order of the model's inputs.

    A column that several inputs are made of is described as the first of them has it.
    """
    fed = feed_inputs(trained.graph)
    found: dict[str, Column] = {}
    for name, field in model_fields(trained.graph, ()).items():
        if field.role != "input" or name in fed:
            continue
        feature = trained.preprocessing.features.get(name) or plain_feature(field)
        for place, column in enumerate(feature.columns):
            about = _about(feature, field, place, trained.graph.minimums)
            known = found.get(column)
            if known is not None:
                about = asdict(known) | {
                    "inputs": (*known.inputs, name),
                    "required": known.required or about["required"],
                }
            else:
                about["inputs"] = (name,)
            found[column] = Column(**about)
    return found


def _about(
    feature: Feature, field: ModelField, place: int, minimums: dict[str, int]
) -> dict[str, Any]:
    """What is known of one column of a feature."""
    column = feature.columns[place]
    strategy, fill = feature.strategy(column), feature.stands_for(column)
    about: dict[str, Any] = {"name": column, "required": strategy in UNFILLED or fill is None}
    if not about["required"]:
        shown = feature.shown(fill)  # type: ignore[arg-type]
        about["missing"] = shown if strategy == "constant" else f"the {strategy}, {shown}"
    match feature:
        case Number():
            return about | _number(feature, field, place, minimums)
        case Category():
            return about | _category(feature)
        case Categories():
            return about | _category(feature.parts[place])
        case Date():
            formats = feature.formats or ((f"{feature.order} first",) if feature.order else ())
            return about | {
                "kind": "date",
                "formats": formats,
                "example": example_date(feature),
            }
        case Text():
            return about | {
                "kind": "text",
                "length": feature.length or _first(field),
                "tokenizer": "file" if feature.rules else feature.tokenizer,
                "example": example_text(feature),
            }
        case Sequence():
            least = 1 if feature.length or _first(field) else _least(field, minimums)
            width = _width(field)
            return about | {
                "kind": "sequence",
                "separator": feature.separator,
                "shape": (width,) if width else (),
                "length": feature.length or _first(field),
                "shortest": least,
                "example": example_steps(feature, least, width),
            }
        case Image():
            return about | {
                "kind": "image",
                "size": feature.size,
                "channels": feature.channels,
                "example": example_picture(),
            }
    raise TypeError(f"there are no inputs of `{feature.type}`")


def _number(
    feature: Number, field: ModelField, place: int, minimums: dict[str, int]
) -> dict[str, Any]:
    shape = field.shape
    if len(feature.columns) == 1 and not feature.indicators and _is_array(field):
        assert shape is not None
        sizes = tuple(size if isinstance(size, int) else None for size in shape)
        least = tuple(max(1, evaluate(size, minimums) or 1) for size in shape)
        about: dict[str, Any] = {"kind": "array", "shape": sizes, "least": least}
    else:
        about = {"kind": "number", "example": example_number(feature, place)}
        if field.integers:
            about["example"] = round(about["example"])
        about |= _range(feature, place)
        if feature.format in _TEXT_FORMATS:
            sign = "%" if feature.format == "percent" else _currency(feature, place)
            text = f"{about['example']:g}"
            about["example"] = f"{text}%" if sign == "%" else f"{sign}{text}"
            about["formats"] = (feature.format,)
    about["integer"] = field.integers
    if field.limit:
        about |= {"minimum": 0, "maximum": field.limit.rows - 1}
    return about


def _range(feature: Number, place: int) -> dict[str, float]:
    """The least and the largest number of the training rows, where the feature keeps them."""
    kind = feature.normalize if isinstance(feature.normalize, str) else feature.normalize[place]
    if kind == "minmax" and place < len(feature.offset):
        low = feature.offset[place]
        return {"minimum": low, "maximum": low + feature.scale[place]}
    if kind == "quantile" and place < len(feature.quantiles) and feature.quantiles[place]:
        quantiles = feature.quantiles[place]
        return {"minimum": quantiles[0], "maximum": quantiles[-1]}
    return {}


def _currency(feature: Number, place: int) -> str:
    return feature.units[place] if place < len(feature.units) else ""


def _category(feature: Category) -> dict[str, Any]:
    several = feature.encode_as == "multi_hot"
    return {
        "kind": "classes" if several else "category",
        "classes": feature.classes,
        "unknown": feature.unknown,
        "separator": feature.separator if several else "",
        "example": example_category(feature),
    }


def _is_array(field: ModelField) -> bool:
    """Whether a cell is more than one number."""
    return field.shape is not None and any(size != 1 for size in field.shape)


def _first(field: ModelField) -> int:
    """The fixed length of a field; 0 where it is open."""
    first = field.shape[0] if field.shape else None
    return first if isinstance(first, int) else 0


def _least(field: ModelField, minimums: dict[str, int]) -> int:
    first = field.shape[0] if field.shape else None
    return 1 if first is None or isinstance(first, int) else max(1, evaluate(first, minimums) or 1)


def _width(field: ModelField) -> int:
    """How many numbers a step has; 0 where it is one by itself."""
    if field.shape is None or len(field.shape) < 2:
        return 0
    width = field.shape[1]
    return width if isinstance(width, int) and width > 1 else 0
