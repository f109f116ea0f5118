"""The outputs that the members of an ensemble have in common, and how each is brought to one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypeAlias

from modelspec.data.features import Category, Labels, Number
from modelspec.diagnostics import name_list
from modelspec.ensembles.inputs import encoding
from modelspec.ensembles.refused import refused
from modelspec.graph import mask_flow
from modelspec.layers.values import Tensor
from modelspec.shapes import text
from modelspec.training import losses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from modelspec.data.features import Feature
    from modelspec.ensembles.members import Member
    from modelspec.graph.graph import GraphOutput
    from modelspec.shapes import Shape
    from modelspec.training.losses import Loss
    from modelspec.training.metrics import Metric

Kind: TypeAlias = Literal["classes", "yes", "numbers"]
"""Probabilities of one of several classes; of yes, each for itself; or any numbers."""
CLOSE = 1e-9


class Line(NamedTuple):
    """What brings a member's normalised numbers to the scale of the first: `x * scale + offset`."""

    scale: tuple[float, ...]
    offset: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class JoinedOutput:
    """An output of an ensemble.

    Attributes:
        name: Of the output, in every member.
        kind: What it holds once it is brought to one form.
        loss: The first member's, of probabilities and not of logits.
        metrics: The first member's, by the same.
        activations: Of each member, what makes probabilities of its logits; empty for nothing.
        lines: Of each member, how its numbers reach the first one's scale; None for as they are.
        units: What brings the mean to the data's own units; None for none.
        curved: Whether it is normalised by no line: the mean is one of normalised numbers.
    """

    name: str
    kind: Kind
    loss: Loss
    metrics: tuple[Metric, ...]
    activations: tuple[str, ...]
    lines: tuple[Line | None, ...]
    units: Line | None = None
    curved: bool = False


def join_outputs(members: Sequence[Member]) -> dict[str, JoinedOutput]:
    """The outputs with a loss that all members have, by name, in the order of the first.

    Raises:
        SpecError: There is none, or one that differs in its classes, its shape or its kind.
    """
    first = members[0]
    names = [name for name in _trained(first) if all(name in _trained(each) for each in members)]
    if not names:
        told = "; ".join(f"`{each.name}` has {name_list(_trained(each))}" for each in members)
        help = "outputs of one name are averaged; train with `--set` or rename them"
        raise refused(members[-1], f"the members have no output in common: {told}", help)
    return {name: _joined(name, members) for name in names}


def dropped_outputs(members: Sequence[Member], kept: dict[str, JoinedOutput]) -> Iterator[str]:
    """What is said of outputs that the ensemble has not."""
    for member in members:
        left = [name for name in member.trained.graph.outputs if name not in kept]
        if left:
            have = "has" if len(left) == 1 else "have"
            yield f"{name_list(left)} of `{member.name}` {have} no part in the ensemble"


def differing(members: Sequence[Member], kept: Iterable[str]) -> Iterator[str]:
    """What is said of outputs whose decision, clipping or mask is not that of all members."""
    first = members[0]
    masked = [mask_flow(each.trained.graph).masked_outputs for each in members]
    for name in kept:
        if any(name in each for each in masked) and not all(name in each for each in masked):
            yield f"not all members mask the steps of `{name}`: padding counts as any other step"
        outputs = [_trained(each)[name] for each in members]
        if any(each.decision != outputs[0].decision for each in outputs):
            yield f"the members decide otherwise on `{name}`: as `{first.name}` does counts"
        features = [each.trained.preprocessing.features[name] for each in members]
        if any(
            getattr(each, "clip", None) != getattr(features[0], "clip", None) for each in features
        ):
            yield (
                f"the members clip `{name}` otherwise: it is measured against what `{first.name}` "
                "makes of it"
            )


def _trained(member: Member) -> dict[str, GraphOutput]:
    """The outputs that have a loss."""
    return {name: each for name, each in member.trained.graph.outputs.items() if each.loss}


def _joined(name: str, members: Sequence[Member]) -> JoinedOutput:
    first = _trained(members[0])[name]
    assert first.loss
    kind = _kind(first)
    for member in members:
        _check(name, kind, members[0], member)
    features = [member.trained.preprocessing.features[name] for member in members]
    outputs = [_trained(member)[name] for member in members]
    units = _line(features[0])
    curved = features[0].normalised and units is None
    return JoinedOutput(
        name=name,
        kind=kind,
        loss=_of_probabilities(first.loss),
        metrics=tuple(_metric(each, of_logits=first.loss.of_logits) for each in first.metrics),
        activations=tuple(
            each.loss.activation if each.loss and each.loss.of_logits else "" for each in outputs
        ),
        lines=tuple(_between(_line(each), units) for each in features),
        units=units,
        curved=curved,
    )


def _kind(output: GraphOutput) -> Kind:
    assert output.loss
    if output.loss.activation == "softmax":
        return "classes"
    return "yes" if output.loss.activation == "sigmoid" else "numbers"


def _check(name: str, kind: Kind, first: Member, member: Member) -> None:
    """Refuse a member whose output is another thing.

    Raises:
        SpecError: It is.
    """
    one, other = _trained(first)[name], _trained(member)[name]
    assert other.loss
    if other.decode:
        message = f"output `{name}` is decoded token by token, and texts have no mean"
        raise refused(member, message, "remove `decode` from its spec, and train again")
    if other.loss.targets in ("labels", "sequences"):
        message = f"what `{losses.called(other.loss)}` makes of output `{name}` has no mean"
        raise refused(member, message, "average models that say classes, yes or no, or numbers")
    if getattr(other.loss, "axis", -1) != -1:
        message = f"the classes of output `{name}` do not lie along its last axis"
        raise refused(member, message)
    if _kind(other) != kind:
        kinds = {"classes": "one of several classes", "yes": "yes or no", "numbers": "numbers"}
        message = f"output `{name}` says {kinds[_kind(other)]}, and that of `{first.name}` "
        raise refused(member, message + kinds[kind])
    shapes = [_shape(each) for each in (one, other)]
    if not _alike(*shapes):
        told = [text(shape) if shape is not None else "?" for shape in shapes]
        message = f"output `{name}` is `{told[1]}`, and that of `{first.name}` `{told[0]}`"
        raise refused(member, message, "the members' outputs must have one shape")
    features = [each.trained.preprocessing.features[name] for each in (first, member)]
    difference = _difference(*features)
    if difference:
        message = f"output `{name}` of it and of `{first.name}` differ: {difference}"
        raise refused(member, message, "train them on the same targets")


def _shape(output: GraphOutput) -> Shape | None:
    return output.value.shape if isinstance(output.value, Tensor) else None


def _alike(one: Shape | None, other: Shape | None) -> bool:
    """Whether two shapes have the same sizes, where these are known."""
    if one is None or other is None or len(one) != len(other):
        return False
    pairs = zip(one, other, strict=True)
    return all(a == b or not (isinstance(a, int) and isinstance(b, int)) for a, b in pairs)


def _difference(one: Feature, other: Feature) -> str:
    """In what two features differ that are to be targets of one model; empty for nothing."""
    if type(one) is not type(other):
        return f"the one is a {other.type}, the other a {one.type}"
    if one.columns != other.columns:
        return f"the one is column {name_list(other.columns)}, the other {name_list(one.columns)}"
    if isinstance(one, Category) and isinstance(other, Category):
        if one.classes != other.classes:
            told = [name_list(each.classes) for each in (other, one)]
            return f"the one has the classes {told[0]}, the other {told[1]}"
        return "" if one.encode_as == other.encode_as else "they are encoded otherwise"
    if isinstance(one, Labels) and isinstance(other, Labels):
        counts = (other.classes, one.classes)
        return "" if one == other else f"the one has {counts[0]} classes, the other {counts[1]}"
    if isinstance(one, Number) and isinstance(other, Number) and one.units != other.units:
        return f"the one is in {name_list(other.units)}, the other in {name_list(one.units)}"
    lines = [_line(each) for each in (one, other)]
    if all(lines):
        return ""
    same = encoding(one) == encoding(other)
    return "" if same else "they are normalised otherwise, and by no line (`log1p`, `quantile`)"


def _line(feature: Feature) -> Line | None:
    """What makes a feature's normalised numbers those of the data; None where no line does."""
    affine = feature.affine()
    if affine is not None:
        return Line(affine.scale, affine.offset)
    return None if feature.normalised else Line((1.0,), (0.0,))


def _between(own: Line | None, first: Line | None) -> Line | None:
    """What brings numbers of one scale to another; None where nothing has to."""
    if own is None or first is None or own == first:
        return None
    width = max(len(own.scale), len(first.scale))
    scale, offset, to_scale, to_offset = (
        values * width if len(values) == 1 else values for values in (*own, *first)
    )
    return Line(
        tuple(s / t for s, t in zip(scale, to_scale, strict=True)),
        tuple((o - p) / t for o, p, t in zip(offset, to_offset, to_scale, strict=True)),
    )


def _of_probabilities(loss: Loss) -> Loss:
    given = loss.model_dump(exclude_unset=True)
    given.pop("from_logits", None)
    return type(loss)(**given)


def _metric(metric: Metric, *, of_logits: bool) -> Metric:
    """The metric for probabilities, where it was one for logits."""
    if not of_logits:
        return metric
    given: dict[str, Any] = metric.model_dump(exclude_unset=True)
    given.pop("from_logits", None)
    if given.get("threshold") == 0:  # of logits: that of a probability of one half
        given.pop("threshold")
    return type(metric)(**given)
