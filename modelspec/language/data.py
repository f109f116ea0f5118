"""The `data:` section: where the arrays come from, and how columns become numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, TypeAlias

from pydantic import Field

from modelspec.diagnostics import did_you_mean, name_list
from modelspec.language.byte_sizes import ByteSize, byte_count
from modelspec.language.data_format import FileFormat, WrittenFormat, check_format, file_format
from modelspec.language.data_model import DataModel
from modelspec.language.features import (
    AnyFeature,
    CategoryFeature,
    NumberFeature,
    read_features,
)
from modelspec.language.split import Split, check_split
from modelspec.language.validation import validated
from modelspec.source.data_suffixes import FORMATS

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from modelspec.diagnostics import Report
    from modelspec.language.features import FeatureSettings
    from modelspec.source import Place

PARTS = ("train", "validation", "test")
WEIGHT = ".sample_weight"
Column: TypeAlias = Annotated[str, Field(min_length=1)]


class DataSection(DataModel):
    """Where the data comes from, and what its columns are to the model."""

    file: str | None = Field(None, min_length=1)
    """One file for everything, dealt out by `split`. Paths are relative to the spec's folder."""
    train: str | None = Field(None, min_length=1)
    """The training rows, where they are a file of their own."""
    validation: str | None = Field(None, min_length=1)
    """The validation rows, where they are a file of their own."""
    test: str | None = Field(None, min_length=1)
    """The test rows, where they are a file of their own."""
    format: WrittenFormat | None = None
    """What the files are, where their suffix does not say it; or a mapping that says how text
    files are written as well, `{separator: ";", decimal: ","}`."""
    split: Split | None = None
    """How the rows of `file` (or of `train`, for the parts without a file) are dealt out."""
    sample_weight: Column | dict[str, Column] | None = None
    """The column that says how much each row counts in the losses (and in the metrics that are
    `weighted`); or one column an output, `{age: age_weight}`."""
    missing_values: list[str | int | float] | None = Field(None, min_length=1)
    """Values that stand for none in every column, `[NA, "?", -999]`. Of numbers, dates and
    sequences `NA`, `?`, `null` and the like stand for none without being listed."""
    memory: ByteSize | None = None
    """How much memory the data may take, `2GB` for instance; by default half of what is free. A
    table that needs more is converted once, into files that the rows are then read from."""
    features: dict[str, Any] = Field(default_factory=dict)
    """The columns of each input and output. One that is missing here has its own name's."""


class DataFile(NamedTuple):
    """A file as the spec names it, and where it does."""

    path: str
    format: FileFormat
    place: Place


@dataclass(frozen=True, slots=True)
class DataSettings:
    """A sound `data:` section.

    Attributes:
        files: By part: `train`, and `validation` and `test` where they have their own files.
        split: What is dealt out of the training file; no fractions where there is no `split`.
        features: By name of input or output; those that were written.
        sample_weight: The columns of weights, by the output's name and `.sample_weight`.
        memory: How many bytes the data may take; None for what there is.
        missing_values: What stands for none in every column, beside the usual markers.
    """

    place: Place
    files: dict[str, DataFile]
    split: Split
    features: dict[str, FeatureSettings]
    sample_weight: dict[str, str]
    memory: int | None = None
    missing_values: tuple[str | int | float, ...] = ()

    def feature(self, name: str) -> FeatureSettings:
        """The settings of an input or output: those written, or its own name's column."""
        if name in self.sample_weight:
            return NumberFeature(column=self.sample_weight[name])
        feature = self.features.get(name) or AnyFeature()
        if not self.missing_values:
            return feature
        markers = [*self.missing_values, *(feature.missing_values or ())]
        return feature.model_copy(update={"missing_values": markers})


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
    columns = value.get("features") if isinstance(value, dict) else None
    features = read_features(
        columns if isinstance(columns, dict) else {}, place.at("features"), report
    )
    _check_names(features, [*inputs, *outputs], place.at("features"), report)
    _check_targets(features, outputs, place.at("features"), report)
    if section is None:
        return None
    files = _files(section, place, report)
    if section.split is not None:
        own_files = [part for part in PARTS[1:] if getattr(section, part) is not None]
        check_split(section.split, own_files, place.at("split"), report)
    weights = _weights(section.sample_weight, outputs, place.at("sample_weight"), report)
    if len(report) > findings:
        return None
    sound = {name: feature for name, feature in features.items() if feature}
    memory = byte_count(section.memory) if section.memory else None
    split, markers = section.split or Split(), tuple(section.missing_values or ())
    return DataSettings(place, files, split, sound, weights, memory, markers)


def _check_targets(
    features: Mapping[str, FeatureSettings | None],
    outputs: Collection[str],
    place: Place,
    report: Report,
) -> None:
    """Refuse targets that are made of what only inputs are."""
    for name, feature in features.items():
        if name not in outputs or feature is None:
            continue
        if feature.indicator:
            message = f"`indicator` is for inputs, and `{name}` is an output"
            at = place.at(name, "indicator")
            report.add(at.finding("MS206", message, help="remove it", key=True))
        if not isinstance(feature, CategoryFeature):
            continue
        if feature.type == "category" and feature.id_columns() > 1:
            message = f"the classes of output `{name}` are those of one `column`"
            help = "give each column an output of its own"
            report.add(place.at(name, "columns").finding("MS206", message, help=help, key=True))


def _weights(
    written: str | dict[str, str] | None, outputs: Collection[str], place: Place, report: Report
) -> dict[str, str]:
    """The column of each output's weights, by `NAME.sample_weight`."""
    if isinstance(written, dict):
        _check_names(written, outputs, place, report, "no output")
    elif written is not None:
        written = dict.fromkeys(outputs, written)
    return {weight_key(name): column for name, column in (written or {}).items()}


def weight_key(output: str) -> str:
    """What the weights of an output's rows are called, among features and targets."""
    return output + WEIGHT


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
        format = file_format(section.format, path)
        if format:
            found[part] = DataFile(path, format, place.at(key))
        else:
            _report_suffix(path, place.at(key), report)
    if isinstance(section.format, FileFormat) and len(found) == len(files):
        types = {file.format.type for file in found.values() if file.format.type}
        check_format(section.format, types, place.at("format"), report)
    return found


def _report_suffix(path: str, place: Place, report: Report) -> None:
    message = f"the suffix of `{path}` does not say what kind of file it is"
    help = f"set `format` to {name_list(FORMATS, last='or', limit=len(FORMATS))}"
    report.add(place.finding("MS202", message, help=help))


def _check_names(
    names: Collection[str],
    known: Collection[str],
    place: Place,
    report: Report,
    what: str = "neither an input nor an output",
) -> None:
    for name in names if known else ():
        if name not in known:
            near = did_you_mean(str(name), known)
            help = f"did you mean `{near}`?" if near else f"there are {name_list(known)}"
            message = f"`{name}` is {what}"
            report.add(place.at(name).finding("MS301", message, help=help, key=True))
