"""Which kind of feature fills a slot, by the spec, the model and the file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.data.features import Binary, Category, Feature, Labels, Number
from modelspec.data.features.labels import width
from modelspec.diagnostics import did_you_mean, name_list
from modelspec.spec.data import NumberFeature, class_text

if TYPE_CHECKING:
    from modelspec.data.findings import Findings
    from modelspec.data.slots import Slot
    from modelspec.data.table import Source
    from modelspec.spec.data import FeatureSettings


def declared_feature(
    slot: Slot, feature: FeatureSettings, source: Source, findings: Findings
) -> Feature | None:
    """The feature that fills a slot, not fitted yet. None after a finding.

    Where the spec leaves the type open, a column of text is a category, unless the output's
    loss compares numbers: then its text is a mistake.
    """
    columns = feature.sources(slot.name)
    if not check_columns(columns, slot, source, findings):
        return None
    if feature.type == "category":
        classes = tuple(class_text(value).strip() for value in feature.classes or ())
        return Category(columns, feature.encode or "", classes, feature.unknown)
    undeclared = feature.type is None and len(columns) == 1 and slot.targets != "numbers"
    if undeclared and source.kind(columns[0]) == "text":
        return Category(columns)
    normalize = feature.normalize if isinstance(feature, NumberFeature) else "none"
    numeric = _numeric(slot, columns, normalize)
    if normalize != "none" and not isinstance(numeric, Number):
        message = f"the targets of {slot.loss} are classes, which are not normalised"
        findings.add("MS607", message, help="remove `normalize`")
        return None
    return numeric


def plain_feature(slot: Slot) -> Feature:
    """The feature of a slot of which no spec says anything: its own name's numbers."""
    return _numeric(slot, (slot.name,), "none")


def check_columns(columns: tuple[str, ...], slot: Slot, source: Source, findings: Findings) -> bool:
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
        message = f"`{findings.file}` has no column `{column}`, wanted by {slot.text}"
        findings.add("MS802", message, help=help)
    return sound


def _numeric(slot: Slot, columns: tuple[str, ...], normalize: str) -> Feature:
    if slot.targets in ("classes", "indices"):
        return Labels(columns, width(slot) or 0)
    return Binary(columns) if slot.targets == "binary" else Number(columns, normalize)
