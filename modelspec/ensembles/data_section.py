"""The `data` section of an ensemble: one file, the features of all members, a split of all."""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import name_list
from modelspec.ensembles.refused import refused
from modelspec.language.data import weight_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.ensembles.inputs import JoinedInputs
    from modelspec.ensembles.members import Member
    from modelspec.ensembles.outputs import JoinedOutput
    from modelspec.language.data import DataSettings
    from modelspec.language.split import Split


@dataclass(frozen=True, slots=True)
class Joined:
    """The section.

    Attributes:
        section: As a spec has it.
        folder: What its paths are relative to.
        notes: What has to be said of it.
    """

    section: dict[str, Any]
    folder: str
    notes: tuple[str, ...] = ()


def join_data(
    members: Sequence[Member], inputs: JoinedInputs, outputs: Mapping[str, JoinedOutput]
) -> Joined:
    """One `data` section for all members.

    The rows of its validation and test parts are those that no member was trained on.

    Raises:
        SpecError: They read different files, or one in another way.
    """
    first = members[0]
    settings = _settings(first)
    for member in members[1:]:
        _check_same_files(first, member)
    raw = dict(_raw(first))
    apart = any(_markers(each) != _markers(first) for each in members)
    filled = [(each.owner, each.name, name) for name, each in inputs.inputs.items()]
    filled += [(first, name, name) for name in outputs]
    features = {
        name: entry
        for owner, own, name in filled
        if (entry := _feature(owner, own, name, first, apart=apart)) is not None
    }
    if apart:
        raw.pop("missing_values", None)
    weights = {
        name: settings.sample_weight[weight_key(name)]
        for name in outputs
        if weight_key(name) in settings.sample_weight
    }
    split, notes = _common_split(members)
    section = {key: raw[key] for key in raw if key not in ("features", "split", "sample_weight")}
    if split:
        section["split"] = split
    if weights:
        section["sample_weight"] = weights
    if features:
        section["features"] = features
    return Joined(section, first.trained.folder, notes)


def _settings(member: Member) -> DataSettings:
    settings = member.trained.spec.data
    if settings is None:
        raise refused(member, "its spec names no data")
    return settings


def _raw(member: Member) -> dict[str, Any]:
    """The section as the run's resolved spec has it."""
    found: dict[str, Any] = member.trained.spec.document.data["data"]
    return found


def _check_same_files(first: Member, member: Member) -> None:
    """Refuse a member that reads other files, or reads them in another way.

    Raises:
        SpecError: It does.
    """
    one, other = _files(first), _files(member)
    if one != other:
        told = [name_list(each.values()) for each in (other, one)]
        message = f"it reads {told[0]}, and `{first.name}` reads {told[1]}"
        help = "an ensemble predicts from one file: join the columns in one, and train on that"
        raise refused(member, message, help)
    if _raw(first).get("format") != _raw(member).get("format"):
        message = f"`data.format` of it and of `{first.name}` differ"
        raise refused(member, message, "train them with the same one")


def _files(member: Member) -> dict[str, str]:
    """By part, the path of each file."""
    folder = member.trained.folder
    return {
        part: os.path.realpath(os.path.join(folder, file.path))
        for part, file in _settings(member).files.items()
    }


def _markers(member: Member) -> list[Any]:
    """What stands for no value in all its columns."""
    return list(_raw(member).get("missing_values") or [])


def _feature(owner: Member, name: str, joined: str, first: Member, *, apart: bool) -> Any:
    """What fills an input or output, as its member's spec has it.

    Args:
        owner: The member.
        name: What it calls the input.
        joined: What the ensemble calls it: its column is written where the name implied it.
        first: Whose folder the paths are relative to.
        apart: Whether what stands for no value is written at each feature.
    """
    written = (_raw(owner).get("features") or {}).get(name)
    markers = _markers(owner) if apart else []
    if not markers and (isinstance(written, str) or (written is None and name == joined)):
        return written
    entry = {"column": written} if isinstance(written, str) else dict(written or {})
    if "column" not in entry and "columns" not in entry and name != joined:
        entry = {"column": name, **entry}
    if markers:
        entry["missing_values"] = [*markers, *entry.get("missing_values", [])]
    return _rebased(entry, owner, first)


def _rebased(entry: dict[str, Any], owner: Member, first: Member) -> dict[str, Any]:
    """The same with the path of a tokenizer's file seen from the first member's folder."""
    tokenizer = entry.get("tokenizer")
    if tokenizer in (None, "word", "character") or owner.trained.folder == first.trained.folder:
        return entry
    path = os.path.join(owner.trained.folder, str(tokenizer))
    return {**entry, "tokenizer": os.path.relpath(path, first.trained.folder)}


def _common_split(members: Sequence[Member]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """How the rows are dealt out so that no member was trained on a held-out one; and why so."""
    splits = [_settings(member).split for member in members]
    raw = dict(_raw(members[0]).get("split") or {})
    same_rows = all(_dropped(each) == _dropped(members[0]) for each in members)
    if same_rows and all(split == splits[0] for split in splits):
        return raw, ()
    raw.pop("fold", None)
    raw.pop("validation", None)
    if not same_rows or len({_test_rows(split) for split in splits}) > 1:
        note = (
            "the members' rows are split differently, and the split of one spec cannot hold out "
            "those that no member was trained on: `eval` needs `--data FILE`"
        )
        return {}, (note,)
    if not any(split.fold for split in splits):
        validation = min(split.validation for split in splits)
        if validation:
            raw["validation"] = validation
            return raw, ("its validation rows are those that all members have in common",)
    note = "each validation row is one that another member was trained on: there are none in common"
    return (raw if splits[0].test else {}), (note,)


def _test_rows(split: Split) -> str:
    """What rules which rows are for testing."""
    return split.model_copy(update={"fold": None, "validation": 0.0}).model_dump_json()


def _dropped(member: Member) -> set[tuple[object, ...]]:
    """What rules which rows are left out for a missing value, before they are dealt out."""
    return {
        (column, feature.kind, feature.markers)
        for feature in member.trained.preprocessing.features.values()
        for column in feature.columns
        if feature.strategy(column) == "drop"
    }
