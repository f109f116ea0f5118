"""Whether the weights of runs have a mean: they are of one spec, and began as the same weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError
from modelspec.runner.run.diff import difference_text, differences
from modelspec.runner.run.directory import INITIAL, RECORD, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from modelspec.runner.inference.trained_model import TrainedModel

FREE = ("name", "description", "train", "data", "tune")
"""What may differ in the specs: how they were trained, and on which rows."""
OTHERWISE = "without `--soup` any runs can be averaged, by what they say"
WAY_OUT = (
    "train them from one file of weights, `train: {weights: FILE}`, or with one `train.seed`; "
    f"{OTHERWISE}"
)


def check_ancestor(members: Sequence[TrainedModel]) -> None:
    """Refuse runs whose weights have no mean that means anything.

    Raises:
        SpecError: They are of different architectures, encode their columns in another way, or
            did not begin as the same weights, or that cannot be told (MS807).
    """
    first = members[0]
    for member in members[1:]:
        changes = _changes(first, member)
        if changes:
            message = f"it is another model than `{first.run}`: {changes}"
            raise _refused(member, message, OTHERWISE)
        if _columns(first) != _columns(member):
            message = f"it makes other numbers of its columns than `{first.run}`"
            raise _refused(member, message, "train them on the same rows, with the same `data`")
    began = [_initial(member) for member in members]
    for member, initial in zip(members, began, strict=True):
        if not initial:
            message = f"its `{RECORD}` does not say what weights it began as"
            raise _refused(member, f"{message}: it was trained by an older modelspec", WAY_OUT)
        if initial["digest"] != began[0]["digest"]:
            raise _refused(member, _apart(first, member, began[0], initial), WAY_OUT)


def from_trained_weights(member: TrainedModel) -> bool:
    """Whether a run began with weights of a file, and not with random ones alone."""
    return bool(_initial(member).get("files"))


def _apart(
    first: TrainedModel, member: TrainedModel, one: dict[str, Any], other: dict[str, Any]
) -> str:
    message = f"it and `{first.run}` did not begin as the same weights"
    seeds = [each.spec.train.seed if each.spec.train else 0 for each in (member, first)]
    if seeds[0] != seeds[1] and one.get("files") == other.get("files"):
        some = "the weights that no file gave" if other.get("files") else "they"
        return f"{message}: {some} were drawn with the seeds {seeds[0]} and {seeds[1]}"
    return message


def _changes(one: TrainedModel, other: TrainedModel) -> str:
    before, after = (
        {key: value for key, value in each.spec.document.data.items() if key not in FREE}
        for each in (one, other)
    )
    return ", ".join(difference_text(*each) for each in list(differences(before, after))[:3])


def _columns(member: TrainedModel) -> dict[str, Any]:
    state = member.preprocessing.to_dict()
    state.pop("thresholds", None)
    return state


def _initial(member: TrainedModel) -> dict[str, Any]:
    assert member.run
    found = read_json(member.run, RECORD).get(INITIAL)
    return found if isinstance(found, dict) else {}


def _refused(member: TrainedModel, message: str, help: str = "") -> SpecError:
    return SpecError([Diagnostic("MS807", message, Span(str(member.run)), help)])
