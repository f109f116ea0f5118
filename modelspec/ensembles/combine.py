"""From members to one spec: each is a block, and a weighted `Average` joins what they say."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from modelspec import lint
from modelspec.data import Preprocessing
from modelspec.diagnostics import name_list
from modelspec.ensembles.body import Body
from modelspec.ensembles.data_section import join_data
from modelspec.ensembles.decisions import (
    mean_thresholds,
    thresholds_told,
    written_decision,
)
from modelspec.ensembles.inputs import JoinedInputs, join_inputs
from modelspec.ensembles.members import weights_told
from modelspec.ensembles.outputs import JoinedOutput, differing, dropped_outputs, join_outputs
from modelspec.language.data import weight_key
from modelspec.language.yaml_writer import entries
from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.inference.trained_model import TrainedModel
from modelspec.torch.naming import Attributes

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from torch import Tensor

    from modelspec.ensembles.members import Member
    from modelspec.ensembles.weighting.result import Weighting
    from modelspec.graph.graph import Graph
    from modelspec.language.model import Model, Spec


MEMBERS = 2
"""How many members an ensemble has at least."""


@dataclass(frozen=True, slots=True)
class Combined:
    """Members as one model.

    Attributes:
        members: In the order of their weights.
        used: Those that count something, which are in the spec.
        model: The body of the spec: each member a block, and what joins them.
        section: Its `data` section.
        text: The spec, YAML.
        spec: The same, read.
        outputs: What is averaged, by name.
        inner: Of each output, the endpoint of each member that the mean is of: `wide.species`.
        folder: What the paths of its data are relative to.
        notes: What has to be said: what is left out, and why.
    """

    members: tuple[Member, ...]
    used: tuple[Member, ...]
    model: Model
    section: dict[str, Any]
    text: str
    spec: Spec
    graph: Graph
    preprocessing: Preprocessing
    outputs: dict[str, JoinedOutput]
    inner: dict[str, tuple[str, ...]]
    folder: str
    notes: tuple[str, ...] = field(default=())

    def tensors(self) -> dict[str, Tensor]:
        """The weights of all members, by their names in the whole.

        Raises:
            DamagedFileError: A file of weights is not what was written.
        """
        attributes = Attributes(self.graph.nodes)
        found: dict[str, Tensor] = {}
        for member in self.used:
            prefix = attributes.of(member.name, shared=False)
            own = read_tensors(member.trained.weights)[0]
            found |= {f"{prefix}.{name}": tensor for name, tensor in own.items()}
        return found

    def trained(self, weights: Path, run: Path | None = None) -> TrainedModel:
        """The model, with the file of its weights.

        Args:
            weights: Where `tensors` lie.
            run: Its run directory, once there is one.
        """
        return TrainedModel(self.spec, self.graph, self.preprocessing, weights, self.folder, run)


def combine(
    members: Sequence[Member],
    weightings: Mapping[str, Weighting] | None = None,
    *,
    name: str = "",
    plugins: Sequence[str] = (),
) -> Combined:
    """The members as one model.

    Args:
        members: Two or more.
        weightings: What they count, by output; without an entry they count the same.
        name: What the spec is called; by default after the first member's.
        plugins: Installed packages whose layers they have.

    Raises:
        SpecError: They cannot be joined: no common output, other classes, other data.
    """
    used, counts = _used(members, weightings or {})
    inputs, outputs = join_inputs(used), join_outputs(used)
    data = join_data(used, inputs, outputs)
    body = Body(used, inputs, outputs, counts)
    called = name or f"{members[0].trained.spec.name}_ensemble"
    preprocessing = _preprocessing(used, inputs, outputs)
    model, told = _decided(body.model(), data.section, preprocessing)
    text = spec_text(called, model, data.section)
    examined = lint.examine(f"{called}.yaml", text=text, plugins=plugins)
    examined.report.raise_if_failed()
    assert examined.spec
    assert examined.graph
    return Combined(
        tuple(members),
        tuple(used),
        model,
        data.section,
        text,
        examined.spec,
        examined.graph,
        preprocessing,
        outputs,
        body.inner,
        data.folder,
        (
            *data.notes,
            *weights_told([each.name for each in used], [each.trained for each in used]),
            *dropped_outputs(used, outputs),
            *differing(used, outputs),
            *body.notes,
            *_idle(members, used),
            *told,
        ),
    )


def _used(
    members: Sequence[Member], weightings: Mapping[str, Weighting]
) -> tuple[Sequence[Member], dict[str, Weighting]]:
    """The members that count for any output, and their weights; all, where only one does."""
    places = [
        place
        for place in range(len(members))
        if not weightings or any(each.weights[place] for each in weightings.values())
    ]
    if len(places) < MEMBERS:
        return members, dict(weightings)
    counts = {
        name: replace(each, weights=tuple(each.weights[place] for place in places))
        for name, each in weightings.items()
    }
    return [members[place] for place in places], counts


def _idle(members: Sequence[Member], used: Sequence[Member]) -> list[str]:
    left = [member.name for member in members if member not in used]
    if not left:
        return []
    verbs = "counts nothing, and is" if len(left) == 1 else "count nothing, and are"
    return [f"{name_list(left)} {verbs} no part of the spec"]


def spec_text(
    name: str,
    model: Model,
    section: Mapping[str, Any],
    train: Mapping[str, Any] | None = None,
) -> str:
    """A spec as YAML.

    Args:
        name: What it is called.
        model: Its body.
        section: Its `data`.
        train: Its `train`; None for none.
    """
    from modelspec.language.render_spec import render_body

    lines = [*render_body(name, model), "", "data:", *entries(dict(section), 2)]
    if train is not None:
        lines += ["", "train:", *entries(dict(train), 2)]
    return "\n".join(lines) + "\n"


def _preprocessing(
    members: Sequence[Member], inputs: JoinedInputs, outputs: Mapping[str, JoinedOutput]
) -> Preprocessing:
    first = members[0].trained.preprocessing
    features = {name: each.feature for name, each in inputs.inputs.items()}
    for name in outputs:
        for key in (name, weight_key(name)):
            if key in first.features:
                features[key] = first.features[key]
    return Preprocessing(features, first.style, mean_thresholds(members, outputs))


def _decided(
    model: Model, section: Mapping[str, Any], preprocessing: Preprocessing
) -> tuple[Model, list[str]]:
    """The body with thresholds that can be chosen, or else with the mean of the members' own.

    Returns:
        The body, and what is to be said of it.
    """
    split = section.get("split") or {}
    validates = "validation" in section or any(split.get(key) for key in ("validation", "column"))
    outputs, told = dict(model.outputs), []
    for name, output in outputs.items():
        if output.decision is None or output.decision.best is None or validates:
            continue
        mean = preprocessing.thresholds.get(name)
        decision = written_decision(mean, preprocessing, name) if mean else None
        outputs[name] = output._replace(decision=decision)
        told.append(
            f"{name} is yes from {thresholds_told(mean) if mean else '0.5'} on: "
            + ("the mean of the members' thresholds" if mean else "not all members have chosen it")
        )
    return replace(model, outputs=outputs), told
