"""What a column is to the model: the entries of `data.features`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from modelspec.diagnostics import Fix, did_you_mean, name_list
from modelspec.language.category_keys import CategoryKeys
from modelspec.language.data_model import DataModel, Size, first_twice
from modelspec.language.date_keys import DateKeys
from modelspec.language.foreign.values import foreign_choice
from modelspec.language.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Report
    from modelspec.source import Place


class _Feature(DataModel):
    column: str | None = Field(None, min_length=1)
    """The column, or the array of an NPZ file. Left out, it is called like the feature."""
    columns: list[Annotated[str, Field(min_length=1)]] | None = Field(None, min_length=1)
    """Several columns that make one vector."""
    missing: Literal["error", "drop", "mean", "constant"] = "error"
    """What a row without a value is: an `error`, left out (`drop`), or filled with the training
    rows' `mean` or with `fill` (`constant`)."""
    fill: str | bool | int | float | None = None
    """What `missing: constant` fills in."""

    def sources(self, name: str) -> tuple[str, ...]:
        """The columns of the feature called `name`."""
        if self.columns is not None:
            return tuple(self.columns)
        return (self.column or name,)


class NumberFeature(_Feature):
    """Numbers: one column, several as one vector, a column of lists, or an array."""

    type: Literal["number"] = "number"
    """`number`."""
    normalize: Literal["standard", "minmax", "none"] = "none"
    """`standard`: mean 0 and deviation 1; `minmax`: from 0 to 1; over the training rows."""


class CategoryFeature(_Feature, CategoryKeys):
    """One of several classes, or several of them: text, or numbers that only name something."""

    type: Literal["category"] = "category"
    """`category`."""


class _Steps(_Feature):
    length: Size | None = None
    """How many steps every row gets. Left out, what the input's shape says; where that is open,
    each batch is as long as its longest row."""
    pad: Literal["end", "start"] = "end"
    """Where steps are added to a row that is too short."""
    truncate: Literal["end", "start"] = "end"
    """Where steps are taken from a row that is too long."""


class TextFeature(_Steps):
    """Text as a row of integers: 0 is padding, 1 an unknown token, 2 the most frequent one."""

    type: Literal["text"] = "text"
    """`text`."""
    tokenizer: str = Field("word", min_length=1)
    """`word`, `character`, or the path of a file of the `tokenizers` library."""
    vocabulary: Annotated[int, Field(ge=2)] | None = None
    """How many ids there are, padding and unknown counted: the most frequent tokens of the
    training rows. Left out, as many as the embedding has vectors for."""
    lower: bool = True
    """Whether upper case is read as lower case. Not for `character`, nor with a file."""
    start: str | None = Field(None, min_length=1)
    """A token that is put before every row."""
    stop: str | None = Field(None, min_length=1)
    """A token that is put after every row."""
    drop: Literal["first", "last"] | None = None
    """The token that is left away in the end: of what a decoder reads the `last`, of what it is
    to say the `first`."""


class SequenceFeature(_Steps):
    """Numbers step by step: a column of lists, or text with numbers in it."""

    type: Literal["sequence"] = "sequence"
    """`sequence`."""
    normalize: Literal["standard", "minmax", "none"] = "none"
    """As of numbers, over all steps of the training rows."""
    separator: str | None = Field(None, min_length=1)
    """What stands between the numbers of a text: blanks by default."""
    fill_steps: float = 0.0
    """What the steps that are added hold, after normalising."""


class ImageFeature(_Feature):
    """Pictures: a column of paths, relative to the data file."""

    type: Literal["image"] = "image"
    """`image`."""
    size: Annotated[list[Size], Field(min_length=2, max_length=2)] | None = None
    """Height and width that pictures are resized to. Left out, those of the input."""
    channels: Literal[1, 3, 4] | None = None
    """1 for grey, 3 for colours, 4 for colours and alpha. Left out, those of the input."""
    scale: Literal["unit", "signed", "none"] = "unit"
    """`unit`: from 0 to 1; `signed`: from -1 to 1; `none`: from 0 to 255."""
    resize: Literal["stretch", "crop", "pad"] = "stretch"
    """How another aspect ratio is met: by stretching, by cropping, or by bars of black."""


class DateFeature(_Feature, DateKeys):
    """Dates and times as numbers, one for each part."""

    type: Literal["date"] = "date"
    """`date`."""
    normalize: Literal["standard", "minmax", "none"] = "none"
    """As of numbers."""


class AnyFeature(NumberFeature, CategoryFeature):
    """A feature that leaves its type to the column: numbers, or else a category."""

    type: Literal[None] = None  # type: ignore[assignment]


FeatureSettings: TypeAlias = (
    NumberFeature
    | CategoryFeature
    | TextFeature
    | SequenceFeature
    | ImageFeature
    | DateFeature
    | AnyFeature
)
TYPES: dict[str, type[FeatureSettings]] = {
    "number": NumberFeature,
    "category": CategoryFeature,
    "text": TextFeature,
    "sequence": SequenceFeature,
    "image": ImageFeature,
    "date": DateFeature,
}
_IRREPLACEABLE = ("image", "sequence", "date")
_OF_CATEGORIES = tuple(CategoryKeys.model_fields)


def read_features(
    written: dict[str, Any], place: Place, report: Report
) -> dict[str, FeatureSettings | None]:
    """The entries of `data.features`, None for each that is not sound.

    Args:
        written: By name of input or output.
        place: Where they stand.
        report: Gets the findings.
    """
    return {name: _feature(name, raw, place.at(name), report) for name, raw in written.items()}


def _feature(name: str, raw: object, place: Place, report: Report) -> FeatureSettings | None:
    if isinstance(raw, str) and raw:
        return AnyFeature(column=raw)
    if not isinstance(raw, dict):
        message = f"`{name}` is the name of a column, or a mapping"
        help = f"write `{name}: column_name`, or `{name}: {{column: column_name}}`"
        report.add(place.finding("MS203", message, help=help))
        return None
    declared = TYPES.get(raw["type"]) if isinstance(raw.get("type"), str) else None
    if raw.get("type") is not None and declared is None:
        _unknown_type(raw["type"], place.at("type"), report)
        return None
    feature = validated(declared or AnyFeature, raw, place, report)
    if feature is None:
        return None
    problems = list(_contradictions(feature))
    for key, message, help in problems:
        report.add(place.at(key).finding("MS206", message, help=help, key=True))
    return None if problems else _narrowed(feature)


def _unknown_type(given: object, place: Place, report: Report) -> None:
    near = foreign_choice(str(given), TYPES) or did_you_mean(str(given), TYPES)
    help = f"did you mean `{near}`?" if near else f"there are {name_list(TYPES)}"
    fix = Fix(place.span, near, f"write `{near}`") if near else None
    report.add(place.finding("MS205", f"there is no feature type `{given}`", help=help, fix=fix))


def _contradictions(feature: FeatureSettings) -> Iterator[tuple[str, str, str]]:
    """What the keys of a feature contradict each other in: (key, message, help)."""
    written = feature.model_fields_set
    category = [key for key in _OF_CATEGORIES if key in written]
    if isinstance(feature, AnyFeature) and "normalize" in written and category:
        message = f"`normalize` is for numbers, `{category[0]}` for categories"
        yield "normalize", message, "remove one of them"
    if feature.column is not None and feature.columns is not None:
        yield "columns", "a feature has either `column` or `columns`", "remove one of them"
    if feature.columns is not None:
        if twice := first_twice(feature.columns):
            yield "columns", f"`columns` names `{twice}` twice", "name each column once"
        if feature.type not in ("number", "category", None):
            help = "make one input a column, and join them with Concatenate"
            yield "columns", f"a {feature.type} is one `column`, not several", help
    if isinstance(feature, CategoryKeys | DateKeys):
        yield from feature.contradictions()
    yield from _about_missing(feature)


def _about_missing(feature: FeatureSettings) -> Iterator[tuple[str, str, str]]:
    if feature.missing == "mean" and feature.type not in ("number", None):
        message = f"a {feature.type} has no mean"
        constant = "" if feature.type in _IRREPLACEABLE else ", or `constant` with `fill`"
        yield "missing", message, f"use `drop`{constant}"
    if feature.missing == "constant" and feature.fill is None:
        yield "missing", "`missing: constant` needs `fill`", "add `fill: VALUE`"
    if feature.fill is not None and feature.missing != "constant":
        yield "fill", "`fill` is for `missing: constant`", "add `missing: constant`"
    if feature.fill is not None and feature.type in _IRREPLACEABLE:
        yield "fill", f"nothing can stand for a {feature.type}", "use `missing: drop`"
    if feature.type == "number" and isinstance(feature.fill, str):
        yield "fill", f"`fill` is a number, not `{feature.fill}`", "write a number"


def _narrowed(feature: FeatureSettings) -> FeatureSettings:
    """A feature without `type` whose other keys say which it is."""
    if not isinstance(feature, AnyFeature):
        return feature
    written = {key: getattr(feature, key) for key in feature.model_fields_set - {"type"}}
    if "normalize" in written:
        return NumberFeature(**written)
    if written.keys() & set(_OF_CATEGORIES):
        return CategoryFeature(**written)
    return feature
