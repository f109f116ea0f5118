"""What a column is to the model: the entries of `data.features`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field

from modelspec.diagnostics import Fix, did_you_mean, name_list
from modelspec.language.base_feature import BaseFeature
from modelspec.language.category_keys import CategoryKeys
from modelspec.language.data_model import Number, Size, first_twice
from modelspec.language.date_keys import DateKeys
from modelspec.language.foreign.keys import foreign_key
from modelspec.language.foreign.values import foreign_choice
from modelspec.language.gaps import about_missing
from modelspec.language.validation import validated

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.diagnostics import Report
    from modelspec.source import Place

Normalize: TypeAlias = Literal["standard", "minmax", "robust", "quantile", "log1p", "none"]
Clip: TypeAlias = (
    Annotated[float, Field(gt=0, allow_inf_nan=False)]
    | Annotated[list[Number], Field(min_length=2, max_length=2)]
)


class NumberFeature(BaseFeature):
    """Numbers: one column, several as one vector, a column of lists, or an array."""

    type: Literal["number"] = "number"
    """`number`."""
    format: Literal["percent", "currency"] | None = None
    """How numbers are written: `percent` reads `92%` as 0.92, `currency` reads `$1,200.50`."""
    normalize: Normalize | dict[str, Normalize] = "none"
    """`standard`: mean 0 and deviation 1; `minmax`: from 0 to 1; `robust`: median 0 and
    interquartile range 1; `quantile`: a normal distribution; `log1p`: the logarithm of 1 + x, then
    as `standard`; over the training rows. Or one for each column, `{income: log1p}`."""
    clip: Clip | None = None
    """The least and the largest number, `[low, high]` or `high` for both signs, once normalised:
    what lies beyond is set to them."""

    def normalizations(self, name: str) -> tuple[str, ...]:
        """How each of the `sources` is normalised."""
        columns = self.sources(name)
        if isinstance(self.normalize, dict):
            return tuple(self.normalize.get(column, "none") for column in columns)
        return (self.normalize,) * len(columns)

    @property
    def bounds(self) -> tuple[float, ...]:
        """The least and the largest number after normalising; none without `clip`."""
        return bounds_of(self.clip)


class CategoryFeature(BaseFeature, CategoryKeys):
    """One of several classes, or several of them: text, or numbers that only name something."""

    type: Literal["category"] = "category"
    """`category`."""


class _Steps(BaseFeature):
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
    normalize: Normalize = "none"
    """As of numbers, over all steps of the training rows."""
    clip: Clip | None = None
    """As of numbers."""
    separator: str | None = Field(None, min_length=1)
    """What stands between the numbers of a text: blanks by default."""
    fill_steps: Number = 0.0
    """What the steps that are added hold, after normalising."""

    @property
    def bounds(self) -> tuple[float, ...]:
        """The least and the largest number after normalising; none without `clip`."""
        return bounds_of(self.clip)


class ImageFeature(BaseFeature):
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


class DateFeature(BaseFeature, DateKeys):
    """Dates and times as numbers, one for each part."""

    type: Literal["date"] = "date"
    """`date`."""
    normalize: Literal["standard", "minmax", "robust", "quantile", "none"] = "none"
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
_OF_NUMBERS = ("normalize", "clip", "format")
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
    cls = declared or AnyFeature
    feature = validated(cls, raw, place, report, elsewhere=lambda key: _of_other_type(key, cls))
    if feature is None:
        return None
    problems = list(_contradictions(feature))
    feature = feature if problems else _narrowed(feature)
    problems += about_missing(feature, name)
    for key, message, help in problems:
        report.add(place.at(key).finding("MS206", message, help=help, key=True))
    return None if problems else feature


def _of_other_type(key: str, cls: type[FeatureSettings]) -> str:
    """What is said of a key that features of another type have; nothing of other keys."""
    if foreign_key(key, cls, cls.model_fields) or did_you_mean(key, cls.model_fields):
        return ""
    for other in TYPES.values():
        meant = key if key in other.model_fields else foreign_key(key, other, other.model_fields)
        if meant:
            types = [f"type: {each}" for each, its in TYPES.items() if meant in its.model_fields]
            return f"`{meant}` is a key of {name_list(types, last='or')}"
    return ""


def _unknown_type(given: object, place: Place, report: Report) -> None:
    near = foreign_choice(str(given), TYPES) or did_you_mean(str(given), TYPES)
    help = f"did you mean `{near}`?" if near else f"there are {name_list(TYPES)}"
    fix = Fix(place.span, near, f"write `{near}`") if near else None
    report.add(place.finding("MS205", f"there is no feature type `{given}`", help=help, fix=fix))


def _contradictions(feature: FeatureSettings) -> Iterator[tuple[str, str, str]]:
    """What the keys of a feature contradict each other in: (key, message, help)."""
    written = feature.model_fields_set
    category = [key for key in _OF_CATEGORIES if key in written]
    numbers = [key for key in _OF_NUMBERS if key in written]
    if isinstance(feature, AnyFeature) and numbers and category:
        message = f"`{numbers[0]}` is for numbers, `{category[0]}` for categories"
        yield numbers[0], message, "remove one of them"
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
    if isinstance(feature, NumberFeature | SequenceFeature):
        low, high = feature.bounds or (0, 1)
        if low >= high:
            yield "clip", f"`clip` goes from {low:g} to {high:g}", "write `[low, high]`"


def _narrowed(feature: FeatureSettings) -> FeatureSettings:
    """A feature without `type` whose other keys say which it is."""
    if not isinstance(feature, AnyFeature):
        return feature
    written = {key: getattr(feature, key) for key in feature.model_fields_set - {"type"}}
    if written.keys() & set(_OF_NUMBERS):
        return NumberFeature(**written)
    if written.keys() & set(_OF_CATEGORIES):
        return CategoryFeature(**written)
    return feature


def bounds_of(clip: float | list[float] | None) -> tuple[float, ...]:
    """The least and the largest number of a `clip`; none without one."""
    if clip is None:
        return ()
    return tuple(map(float, clip)) if isinstance(clip, list) else (-float(clip), float(clip))
