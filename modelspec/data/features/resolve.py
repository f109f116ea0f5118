"""Which kind of feature fills a field, by the spec, the model and the file."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from modelspec.data.features import (
    Binary,
    Categories,
    Category,
    Date,
    Feature,
    Image,
    Labels,
    Number,
    Sequence,
    Text,
    Weight,
)
from modelspec.data.features.gaps import with_gaps
from modelspec.data.features.image import BACKGROUND
from modelspec.data.features.labels import width
from modelspec.data.features.tokens import FileTokens
from modelspec.diagnostics import did_you_mean, name_list
from modelspec.diagnostics.extras import help_for, is_missing, missing
from modelspec.language.features import (
    CategoryFeature,
    DateFeature,
    ImageFeature,
    NumberFeature,
    SequenceFeature,
    TextFeature,
)
from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    from modelspec.data.table.findings import Findings
    from modelspec.data.table.model_fields import ModelField
    from modelspec.data.table.table import Source
    from modelspec.language.features import FeatureSettings


def resolve_feature(
    field: ModelField, settings: FeatureSettings, source: Source, findings: Findings, folder: str
) -> Feature | None:
    """The feature that fills a field, not fitted yet. None after a finding.

    Where the spec leaves the type open, a column of text is a category, unless the output's
    loss compares numbers: then its text is a mistake.

    Args:
        field: What is filled.
        settings: What the spec says of it.
        source: The file.
        findings: Gets what is wrong.
        folder: What the spec's paths are relative to.
    """
    if field.role == "weight":
        return _weight(field, settings, source, findings)
    columns = settings.sources(field.name)
    if not check_columns(columns, field.text, source, findings):
        return None
    feature = _of_type(field, columns, settings, source, findings, folder)
    if feature is None:
        return None
    return with_gaps(feature, field, settings, findings)


def _weight(
    field: ModelField, settings: FeatureSettings, source: Source, findings: Findings
) -> Weight | None:
    columns = settings.sources(field.name)
    return Weight(columns) if check_columns(columns, field.text, source, findings) else None


def _of_type(
    field: ModelField,
    columns: tuple[str, ...],
    settings: FeatureSettings,
    source: Source,
    findings: Findings,
    folder: str,
) -> Feature | None:
    match settings:
        case TextFeature():
            return _text(columns, settings, findings, folder)
        case SequenceFeature():
            return _sequence(columns, settings)
        case ImageFeature():
            if not _has_package("PIL", f"a picture for {field.text}", findings):
                return None
            scaled = "scale" in settings.model_fields_set
            return Image(
                columns,
                size=tuple(settings.size or ()),
                channels=settings.channels or 0,
                background=BACKGROUND,
                scale="none" if field.integers and not scaled else settings.scale,
                resize=settings.resize,
            )
        case DateFeature():
            return Date(
                columns,
                formats=settings.formats(),
                order={None: "", True: "day", False: "month"}[settings.day_first],
                time_zone=settings.time_zone or "",
                parts=tuple(settings.parts),
                cyclic=settings.cyclic,
                normalize=settings.normalize,
            )
        case CategoryFeature() if settings.type == "category":
            return _category(columns, settings)
    kind = source.kind(columns[0])
    if kind == "date":
        message = f"`{columns[0]}` holds dates, not numbers"
        findings.add("MS803", message, help="declare it with `type: date`")
        return None
    undeclared = settings.type is None and len(columns) == 1 and field.targets != "numbers"
    if undeclared and kind == "text":
        return Category(columns)
    numeric = _numeric(field, columns)
    if not isinstance(settings, NumberFeature):
        return numeric
    if isinstance(numeric, Number):
        return _scaled(numeric, settings, field.name)
    keys = {"normalize": "normalised", "clip": "clipped", "format": "read in a format"}
    for key, done in keys.items():
        if getattr(settings, key) not in ("none", None):
            message = f"the targets of {field.loss} are classes, which are not {done}"
            findings.add("MS607", message, help=f"remove `{key}`")
            return None
    return numeric


def _scaled(number: Number, settings: NumberFeature, name: str) -> Number:
    """With how the spec wants the numbers read and brought to a scale."""
    normalize = settings.normalizations(name)
    return replace(
        number,
        normalize=normalize[0] if len(set(normalize)) == 1 else normalize,
        clip=settings.bounds,
        format=settings.format or "",
    )


def _category(columns: tuple[str, ...], settings: CategoryFeature) -> Category | Categories:
    """A category, or one of several columns."""
    sizes = settings.sizes()
    total = settings.size if isinstance(settings.size, int) else 0
    parts = tuple(
        Category(
            (column,),
            settings.encode or "",
            settings.listed(column),
            settings.unknown,
            settings.separator or ",",
            lower=settings.lower,
            most_common=settings.most_common or 0,
            min_count=settings.min_count or 1,
            size=sizes[place] or 0,
        )
        for place, column in enumerate(columns)
    )
    if len(parts) == 1:
        return parts[0]
    return Categories(columns, settings.encode or "", parts, settings.unknown, total)


def _text(
    columns: tuple[str, ...], settings: TextFeature, findings: Findings, folder: str
) -> Text | None:
    rules, tokenizer = "", settings.tokenizer
    if tokenizer not in ("word", "character"):
        rules = _rules(os.path.join(folder, tokenizer), findings)
        if not rules:
            return None
    return Text(
        columns,
        length=settings.length or 0,
        pad=settings.pad,
        truncate=settings.truncate,
        tokenizer=tokenizer,
        lower=settings.lower and tokenizer == "word",
        vocabulary=settings.vocabulary or 0,
        start=settings.start or "",
        stop=settings.stop or "",
        drop=settings.drop or "",
        rules=rules,
    )


def _has_package(package: str, feature: str, findings: Findings) -> bool:
    """Whether a package is installed that a feature needs; a finding if not."""
    if is_missing(package):
        findings.add("MS801", missing(package, feature), help=help_for(package))
        return False
    return True


def _rules(file: str, findings: Findings) -> str:
    """What a tokenizer's file holds; nothing after a finding."""
    if not _has_package("tokenizers", f"the tokenizer `{file}`", findings):
        return ""
    help = "use `word`, `character`, or a file that the `tokenizers` library has saved"
    try:
        check_regular(file)
        with open(file, encoding="utf-8") as opened:
            rules = opened.read()
        FileTokens(rules).size  # noqa: B018
    except (OSError, ValueError) as error:
        cause = error.strerror if isinstance(error, OSError) else error
        findings.add("MS801", f"`{file}` cannot be read as a tokenizer: {cause}", help=help)
        return ""
    return rules


def _sequence(columns: tuple[str, ...], settings: SequenceFeature) -> Sequence:
    return Sequence(
        columns,
        length=settings.length or 0,
        pad=settings.pad,
        truncate=settings.truncate,
        normalize=settings.normalize,
        clip=settings.bounds,
        separator=settings.separator or "",
        after=settings.fill_steps,
    )


def plain_feature(field: ModelField) -> Feature:
    """The feature of a field of which no spec says anything: its own name's numbers."""
    return _numeric(field, (field.name,))


def check_columns(
    columns: tuple[str, ...], wanted_by: str, source: Source, findings: Findings
) -> bool:
    """Whether the file has these columns, once each."""
    sound = True
    for column in columns:
        if column in source.names and column not in source.repeated:
            continue
        sound = False
        if column in source.repeated:
            message = f"`{findings.file}` has several columns `{column}`"
            findings.add("MS802", message, help="give each column a name of its own")
            continue
        near = did_you_mean(column, source.names)
        help = f"did you mean `{near}`?" if near else f"it has {name_list(source.names)}"
        message = f"`{findings.file}` has no column `{column}`, wanted by {wanted_by}"
        findings.add("MS802", message, help=help)
    return sound


def _numeric(field: ModelField, columns: tuple[str, ...]) -> Feature:
    if field.targets in ("classes", "indices"):
        return Labels(columns, width(field) or 0)
    return Binary(columns) if field.targets == "binary" else Number(columns)
