"""Which rows weights may be fitted on, and which they may be measured on.

No member was trained on either: each member's own split is known from its run.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from modelspec.diagnostics import Diagnostic, Report, Span, SpecError, name_list
from modelspec.ensembles.inputs import encoding
from modelspec.runner.inference.trained_model import load_splits
from modelspec.runner.run.data_fingerprint import PARTS, fingerprint, recorded
from modelspec.runner.run.diff import difference_text, differences
from modelspec.runner.run.directory import RECORD, read_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from modelspec.data import Arrays, Splits
    from modelspec.data.table.table import RowIndices
    from modelspec.runner.inference.trained_model import TrainedModel

HELD_OUT = ("validation", "test")


class PartRows(NamedTuple):
    """Rows of one part of a member's data.

    Attributes:
        file: The path of the file that they stand in.
        rows: Which, from 0, rising.
    """

    file: str
    rows: RowIndices


@dataclass(frozen=True, slots=True)
class AllowedRows:
    """The rows that no member was trained on.

    Attributes:
        validation: Those that are for validation in every member, by file.
        test: Those that are for testing in every member, by file.
        why_no_validation: Why there are none of the former.
    """

    validation: dict[str, RowIndices] = field(default_factory=dict)
    test: dict[str, RowIndices] = field(default_factory=dict)
    why_no_validation: str = ""


def allowed_rows(members: Sequence[TrainedModel], names: Sequence[str]) -> AllowedRows:
    """The rows that the members may be weighed on.

    Args:
        members: Each with its run directory.
        names: What they are called.

    Raises:
        SpecError: The data of a member cannot be read, or has changed since its training (MS807).
    """
    parts = [*_parts_of(members)]
    held_out = {
        part: _common([member[part] for member in parts if part in member], len(parts))
        for part in HELD_OUT
    }
    why = "" if held_out["validation"] else _why(members, names, parts)
    return AllowedRows(held_out["validation"], held_out["test"], why)


def _parts_of(members: Sequence[TrainedModel]) -> Iterable[dict[str, PartRows]]:
    """The rows of each member, by part; those of one and the same data are read once."""
    known: dict[str, dict[str, PartRows]] = {}
    for member in members:
        assert member.run
        assert member.spec.data
        was = recorded(read_json(member.run, RECORD))
        key = json.dumps([member.folder, member.spec.document.data.get("data"), was], default=str)
        if key not in known:
            splits = _unchanged(member, was)
            files = {
                part: os.path.realpath(os.path.join(member.folder, file.path))
                for part, file in member.spec.data.files.items()
            }
            known[key] = {
                part: PartRows(files.get(part, files["train"]), _numbers(arrays))
                for part in PARTS
                if (arrays := getattr(splits, part)) is not None
            }
        yield known[key]


def _unchanged(member: TrainedModel, was: Mapping[str, object]) -> Splits:
    """The data of a run, which is what it was trained on.

    Raises:
        SpecError: It cannot be read, or is another (MS807).
    """
    report = Report()
    splits = load_splits(member, report)
    report.raise_if_failed()
    assert splits
    changes = [
        difference_text(f"data of {path}", old, new)
        for path, old, new in differences(dict(was), fingerprint(splits))
    ]
    if not changes:
        own, fitted = member.preprocessing.features, splits.preprocessing.features
        changes = [
            f"what was learnt of `{name}` is not what it holds"
            for name in own
            if name not in fitted or encoding(own[name]) != encoding(fitted[name])
        ]
    if changes:
        message = f"its data has changed since it was trained: {changes[0]}"
        help = "train it again: which rows it has not seen is no longer known"
        raise SpecError([Diagnostic("MS807", message, Span(str(member.run)), help)])
    return splits


def _numbers(arrays: Arrays) -> RowIndices:
    return np.arange(arrays.rows) if arrays.kept is None else np.sort(arrays.kept)


def _common(parts: Sequence[PartRows], members: int) -> dict[str, RowIndices]:
    """The rows that all members have in a part, by file."""
    if len(parts) < members or len({part.file for part in parts}) > 1:
        return {}
    rows = parts[0].rows
    for part in parts[1:]:
        rows = np.intersect1d(rows, part.rows, assume_unique=True)
    return {parts[0].file: rows} if len(rows) else {}


def _why(
    members: Sequence[TrainedModel], names: Sequence[str], parts: Sequence[dict[str, PartRows]]
) -> str:
    """Why there is no row that all members validate on."""
    without = [name for name, part in zip(names, parts, strict=True) if "validation" not in part]
    if without:
        verb = "has" if len(without) == 1 else "have"
        return f"{name_list(without)} {verb} no validation rows"
    if len({part["validation"].file for part in parts}) > 1:
        return "the members validate on different files"
    if any(member.spec.data and member.spec.data.split.fold for member in members):
        return (
            "the members are validated on different folds: each row that one has not seen, "
            "another was trained on"
        )
    return "the members hold out different rows: each that one has not seen, another was trained on"
