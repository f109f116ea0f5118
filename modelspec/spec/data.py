"""The `data:` section: where the arrays come from, and how columns become numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.spec.validation import validated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from modelspec.diagnostics import Report
    from modelspec.source import Place

Format: TypeAlias = Literal["npz", "csv", "tsv", "parquet"]
FORMATS: tuple[Format, ...] = ("npz", "csv", "tsv", "parquet")
PARTS = ("train", "validation", "test")


def _underscored(name: str) -> str:
    return name.replace("-", "_")


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Split(_Section):
    """How the rows of one file are dealt out, at random.

    A part of `fraction` gets `round(fraction * rows)` rows, a half rounded up; the training
    rows are the rest.
    """

    validation: float = Field(0.0, ge=0, lt=1)
    """The fraction of the rows that is measured after every epoch."""
    test: float = Field(0.0, ge=0, lt=1)
    """The fraction of the rows that is kept for `modelspec eval`."""
    seed: int = Field(0, ge=0)
    """Another seed deals the rows out otherwise."""


class _Feature(_Section):
    column: str | None = Field(None, min_length=1)
    """The column, or the array of an NPZ file. Left out, it is called like the feature."""
    columns: list[Annotated[str, Field(min_length=1)]] | None = Field(None, min_length=1)
    """Several columns that make one vector."""

    def sources(self, name: str) -> tuple[str, ...]:
        """The columns of the feature called `name`."""
        if self.columns is not None:
            return tuple(self.columns)
        return (self.column or name,)


class NumberFeature(_Feature):
    """Numbers: one column, several as one vector, or an array."""

    type: Literal["number"] = "number"
    """`number`."""
    normalize: Literal["standard", "minmax", "none"] = "none"
    """`standard`: mean 0 and deviation 1; `minmax`: from 0 to 1; over the training rows."""


class CategoryFeature(_Feature):
    """One of several classes: text, or numbers that only name something."""

    type: Literal["category"] = "category"
    """`category`."""
    encode: (
        Annotated[Literal["one_hot", "one-hot", "index"], AfterValidator(_underscored)] | None
    ) = None
    """`one_hot`: a vector with a 1; `index`: an integer. Left out, as the model needs it."""
    classes: list[str | bool | int | float] | None = Field(None, min_length=1)
    """The classes in their order. Left out, those of the training rows, sorted."""
    unknown: Literal["error", "ignore"] = "error"
    """What a class that training has not seen is: an `error`, or nothing (`ignore`): a vector
    of zeros, or the index after the last class."""


class AnyFeature(NumberFeature, CategoryFeature):
    """A feature that leaves its type to the column: numbers, or else a category."""

    type: Literal[None] = None  # type: ignore[assignment]


FeatureSettings: TypeAlias = NumberFeature | CategoryFeature | AnyFeature
TYPES: dict[str, type[NumberFeature] | type[CategoryFeature]] = {
    "number": NumberFeature,
    "category": CategoryFeature,
}


class DataSection(_Section):
    """Where the data comes from, and what its columns are to the model."""

    file: str | None = Field(None, min_length=1)
    """One file for everything, dealt out by `split`. Paths are relative to the spec's folder."""
    train: str | None = Field(None, min_length=1)
    """The training rows, where they are a file of their own."""
    validation: str | None = Field(None, min_length=1)
    """The validation rows, where they are a file of their own."""
    test: str | None = Field(None, min_length=1)
    """The test rows, where they are a file of their own."""
    format: Format | None = None
    """What the files are, where their suffix does not say it."""
    split: Split | None = None
    """How the rows of `file` (or of `train`, for the parts without a file) are dealt out."""
    features: dict[Any, Any] = Field(default_factory=dict)
    """The columns of each input and output. One that is missing here has its own name's."""


class DataFile(NamedTuple):
    """A file as the spec names it, and where it does."""

    path: str
    format: Format
    place: Place


@dataclass(frozen=True, slots=True)
class DataSettings:
    """A sound `data:` section.

    Attributes:
        files: By part: `train`, and `validation` and `test` where they have their own files.
        split: What is dealt out of the training file; no fractions where there is no `split`.
        features: By name of input or output; those that were written.
    """

    place: Place
    files: dict[str, DataFile]
    split: Split
    features: dict[str, FeatureSettings]

    def feature(self, name: str) -> FeatureSettings:
        """The settings of an input or output: those written, or its own name's column."""
        return self.features.get(name) or AnyFeature()


def read_data(
    value: object,
    place: Place,
    report: Report,
    inputs: Collection[str] = (),
    outputs: Collection[str] = (),
) -> DataSettings | None:
    """The settings of a `data:` section, or None where it is not sound.

    Args:
        value: The section as plain data, params substituted.
        place: Where it stands.
        report: Gets the findings.
        inputs: The model's inputs; together with `outputs`, the names that features may have.
        outputs: The model's outputs.
    """
    findings = len(report)
    section = validated(DataSection, value, place, report)
    written = value.get("features") if isinstance(value, dict) else None
    features = _features(written if isinstance(written, dict) else {}, place, report)
    _check_names(features, [*inputs, *outputs], place.at("features"), report)
    if section is None:
        return None
    files = _files(section, place, report)
    _check_split(section, place, report)
    if len(report) > findings:
        return None
    sound = {name: feature for name, feature in features.items() if feature}
    return DataSettings(place, files, section.split or Split(), sound)


def _files(section: DataSection, place: Place, report: Report) -> dict[str, DataFile]:
    if section.file is None and section.train is None:
        message = "`data` names no file"
        help = "set `file`, or `train` (and `validation`, `test`)"
        report.add(place.finding("MS202", message, help=help, key=True))
        return {}
    others = [part for part in PARTS if getattr(section, part) is not None]
    if section.file is not None and "train" in others:
        message = "`data` has both `file` and `train`, which are the same rows"
        help = "keep `file` with `split`, or name one file a part"
        report.add(place.at("train").finding("MS206", message, help=help, key=True))
    files = {part: getattr(section, part) for part in others}
    if section.file is not None:
        files["train"] = section.file
    found: dict[str, DataFile] = {}
    for part, path in files.items():
        key = "file" if part == "train" and section.file is not None else part
        format = section.format or _format_of(path, place.at(key), report)
        if format:
            found[part] = DataFile(path, format, place.at(key))
    return found


def format_of(path: str) -> Format | None:
    """The format that a file's suffix says, or None."""
    suffix = path.rpartition(".")[2].lower()
    return next((format for format in FORMATS if suffix == format), None)


def _format_of(path: str, place: Place, report: Report) -> Format | None:
    format = format_of(path)
    if format is None:
        message = f"the suffix of `{path}` does not say what kind of file it is"
        help = f"set `format` to {name_list(FORMATS, last='or')}"
        report.add(place.finding("MS202", message, help=help))
    return format


def _check_split(section: DataSection, place: Place, report: Report) -> None:
    if section.split is None:
        return
    where = place.at("split")
    if section.split.validation + section.split.test >= 1:
        message = (
            f"`validation` {section.split.validation:g} and `test` {section.split.test:g} "
            "leave no rows to train on"
        )
        report.add(where.finding("MS204", message, help="make them sum to less than 1", key=True))
    for part in ("validation", "test"):
        if getattr(section.split, part) and getattr(section, part) is not None:
            message = f"`{part}` has a file of its own and a fraction of the training rows"
            help = f"remove one: `data.{part}` or `data.split.{part}`"
            report.add(where.at(part).finding("MS206", message, help=help, key=True))


def _features(
    written: dict[str, Any], place: Place, report: Report
) -> dict[str, FeatureSettings | None]:
    return {
        name: _feature(name, raw, place.at("features", name), report)
        for name, raw in written.items()
    }


def _check_names(
    names: Collection[str], known: Collection[str], place: Place, report: Report
) -> None:
    for name in names if known else ():
        if name not in known:
            near = did_you_mean(str(name), known)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
            message = f"`{name}` is neither an input nor an output"
            report.add(place.at(name).finding("MS301", message, help=help, key=True))


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
    near = did_you_mean(str(given), TYPES)
    help = f"did you mean `{near}`?" if near else f"there are {name_list(TYPES)}"
    report.add(place.finding("MS205", f"there is no feature type `{given}`", help=help))


def _contradictions(feature: FeatureSettings) -> Iterator[tuple[str, str, str]]:
    """What the keys of a feature contradict each other in: (key, message, help)."""
    written = feature.model_fields_set
    category = [key for key in ("encode", "classes", "unknown") if key in written]
    if "normalize" in written and category:
        message = f"`normalize` is for numbers, `{category[0]}` for categories"
        yield "normalize", message, "remove one of them"
    if feature.column is not None and feature.columns is not None:
        yield "columns", "a feature has either `column` or `columns`", "remove one of them"
    if feature.columns is not None:
        if twice := _first_twice(feature.columns):
            yield "columns", f"`columns` names `{twice}` twice", "name each column once"
        if category or feature.type == "category":
            help = "make one input a column, and join them with Concatenate"
            yield "columns", "a category is one `column`, not several", help
    classes = getattr(feature, "classes", None) or ()
    if twice := _first_twice([class_text(value) for value in classes]):
        yield "classes", f"`classes` names `{twice}` twice", "name each class once"


def _narrowed(feature: FeatureSettings) -> FeatureSettings:
    """A feature without `type` whose other keys say which it is."""
    if not isinstance(feature, AnyFeature):
        return feature
    written = {key: getattr(feature, key) for key in feature.model_fields_set - {"type"}}
    if "normalize" in written:
        return NumberFeature(**written)
    if written.keys() & {"encode", "classes", "unknown"}:
        return CategoryFeature(**written)
    return feature


def class_text(value: str | bool | int | float) -> str:
    """A class as text, which is how classes are compared: `true`, `7`, `red`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _first_twice(values: list[str]) -> str | None:
    seen: set[str] = set()
    for value in values:
        if value in seen:
            return value
        seen.add(value)
    return None
