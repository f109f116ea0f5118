"""The graph of an ensemble as a spec has it: inputs, blocks, what joins them, outputs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import name_list
from modelspec.ensembles.members import SPREAD
from modelspec.language.model import Declared, Edge, Endpoint, Model, Output
from modelspec.layers import registry
from modelspec.source import Place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from modelspec.ensembles.inputs import JoinedInputs
    from modelspec.ensembles.members import Member
    from modelspec.ensembles.outputs import JoinedOutput, Line
    from modelspec.ensembles.weighting.result import Weighting
    from modelspec.layers import Layer


class Body:
    """Builds the body of an ensemble's spec.

    Attributes:
        inner: Of each output, the endpoint of each member that its mean is of.
        notes: What has to be said of it.
    """

    def __init__(
        self,
        members: Sequence[Member],
        inputs: JoinedInputs,
        outputs: Mapping[str, JoinedOutput],
        weightings: Mapping[str, Weighting],
    ) -> None:
        self.inner: dict[str, tuple[str, ...]] = {}
        self.notes: list[str] = []
        self._members, self._inputs = members, inputs
        self._place = Place(members[0].trained.spec.document)
        self._nodes: dict[str, Declared] = {}
        self._edges: list[Edge] = []
        self._outputs: dict[str, Output] = {}
        self._reserved = {*inputs.inputs, *outputs}
        self._add_members()
        for output in outputs.values():
            self._join(output, weightings.get(output.name))

    def model(self) -> Model:
        """The body."""
        return Model(
            name="",
            place=self._place,
            params={},
            inputs={name: each.given for name, each in self._inputs.inputs.items()},
            nodes=self._nodes,
            shared={},
            edges=tuple(self._edges),
            outputs=self._outputs,
            description=self._description(),
        )

    def _description(self) -> str:
        names = name_list([member.name for member in self._members], limit=8)
        return f"The mean of what {names} say."

    def _add_members(self) -> None:
        """Each member as a block; those of one spec are one block, with weights of their own."""
        for member in self._members:
            own = member.trained.spec.model
            block = _as_block(own, member.block)
            self._nodes[member.name] = Declared(member.name, block, self._place, block=block.name)
            for name, joined in self._inputs.names[member.name].items():
                port = name if len(own.inputs) > 1 else ""
                self._edge(Endpoint(joined), Endpoint(member.name, port))

    def _join(self, output: JoinedOutput, weighting: Weighting | None) -> None:
        sources = tuple(
            self._said(member, output, place) for place, member in enumerate(self._members)
        )
        self.inner[output.name] = tuple(map(str, sources))
        given = weighting.weights if weighting else (1.0,) * len(sources)
        weights = {} if len(set(given)) == 1 else {"operand_weights": given}
        mean = self._mean(output, sources, weights, weighting.temperature if weighting else 1.0)
        first = self._members[0].trained.graph.outputs[output.name]
        self._outputs[output.name] = Output(
            name=output.name,
            source=Endpoint(mean),
            place=self._place,
            loss=output.loss,
            weight=first.weight,
            metrics=output.metrics,
            class_weight=first.class_weight,
            decision=first.decision,
        )
        self._spread(output, sources, weights)

    def _mean(
        self,
        output: JoinedOutput,
        sources: Sequence[Endpoint],
        weights: dict[str, Any],
        temperature: float,
    ) -> str:
        """The node of the mean, behind one temperature where there is one."""
        if temperature == 1.0:
            return self._layer(output.name, "Average", weights, *sources, own=True)
        mean = self._layer(f"{output.name}_mean", "Average", weights, *sources)
        arguments: dict[str, Any] = {"temperature": temperature}
        if output.kind == "yes":
            arguments["of"] = "sigmoid"
        return self._layer(output.name, "TemperatureScaling", arguments, Endpoint(mean), own=True)

    def _spread(
        self, output: JoinedOutput, sources: Sequence[Endpoint], weights: dict[str, Any]
    ) -> None:
        """How far the members are apart, as an output of its own."""
        if output.curved:
            self.notes.append(
                f"`{output.name}` is normalised by no line: the mean is one of normalised numbers, "
                "and the members' spread is not said"
            )
            return
        called = f"{output.name}_{SPREAD}"
        arguments = dict(weights)
        if output.kind == "classes":
            arguments["at_largest"] = True
        scale = output.units.scale if output.units else (1.0,)
        if set(scale) == {1.0}:
            node = self._layer(called, "Spread", arguments, *sources)
        else:
            apart = self._layer(f"{called}_normalised", "Spread", arguments, *sources)
            scaled = {"scale": _one(scale)}
            node = self._layer(called, "Rescaling", scaled, Endpoint(apart))
        self._outputs[node] = Output(name=node, source=Endpoint(node), place=self._place)

    def _said(self, member: Member, output: JoinedOutput, place: int) -> Endpoint:
        """A member's output in the form of all: probabilities, or numbers of one scale."""
        several = len(member.trained.graph.outputs) > 1
        found = Endpoint(member.name, output.name if several else "")
        called = f"{member.name}_{output.name}"
        activation, line = output.activations[place], output.lines[place]
        if activation:
            arguments: dict[str, Any] = {"activation": activation}
            found = Endpoint(self._layer(called, "Activation", arguments, found))
        if line is not None:
            found = Endpoint(self._layer(called, "Rescaling", _rescaling(line), found))
        return found

    def _layer(
        self,
        name: str,
        type: str,
        arguments: dict[str, Any],
        *sources: Endpoint,
        own: bool = False,
    ) -> str:
        """Add a layer; its node's name, which is `name` where that is free."""
        while name in self._nodes or name in (self._inputs.inputs if own else self._reserved):
            name += "_"
        declared = registry.find(type)
        assert declared
        layer: Layer = declared(**arguments)
        self._nodes[name] = Declared(name, layer, self._place)
        for source in sources:
            self._edge(source, Endpoint(name))
        return name

    def _edge(self, source: Endpoint, target: Endpoint) -> None:
        span = self._place.span
        self._edges.append(Edge(source, target, self._place, span, span))


def _as_block(model: Model, name: str) -> Model:
    """A member's body without what only a spec has: the shapes of its inputs, and losses."""
    inputs = {
        key: each._replace(shape=None, dtype=None, description="")
        for key, each in model.inputs.items()
    }
    outputs = {
        key: Output(name=key, source=each.source, place=each.place)
        for key, each in model.outputs.items()
    }
    return replace(model, name=name, inputs=inputs, outputs=outputs)


def _rescaling(line: Line) -> dict[str, Any]:
    return {"scale": _one(line.scale), "offset": _one(line.offset)}


def _one(values: tuple[float, ...]) -> float | tuple[float, ...]:
    """One number for all, where they are the same."""
    return values[0] if len(set(values)) == 1 else values
