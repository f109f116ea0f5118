"""What is not there: nodes that nothing reaches, or that lead nowhere. One mistake, one finding.

A forgotten edge leaves a loose end behind (a layer or an input that leads nowhere) and a loose
beginning in front (a layer that nothing reaches). The beginning is reported, with the end in
its help. What lies on a cycle, or before or behind one, counts as connected: the cycle is
reported already. Where an edge or a name was broken, nothing is said at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Related, Report, name_list
from modelspec.graph.operands import edges_into_inputs
from modelspec.graph.structure import Structure, ancestors, components, descendants, joined
from modelspec.language.model import Use
from modelspec.layers import Layer

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from modelspec.graph.operands import Bound
    from modelspec.graph.resolve import Called
    from modelspec.language.model import Edge, Model, Output
    from modelspec.source import Place

_COUNTS = {2: "two", 3: "three", 4: "four"}


def report_unreachable(
    model: Model,
    structure: Structure,
    called: dict[str, Called],
    bound: dict[str, Bound],
    report: Report,
) -> set[str]:
    """Report MS304, MS305, MS402 to MS404, MS407, and MS406 where an operand is missing.

    Returns:
        The nodes that get one operand too many because an edge is written backwards.
    """
    if not (model.complete and model.inputs and model.outputs) or edges_into_inputs(model):
        return set()
    lacks = [
        _Loose(each.lack, [each.lacking])
        for name, each in bound.items()
        if each.lack and name not in structure.unordered
    ]
    view = _View.of(model, structure)
    if view.whole:
        report.extend(loose.finding for loose in lacks)
        return set()
    merges = [loose for loose in lacks if loose.finding.code == "MS407"]
    beginnings = [
        *_unreachable_outputs(view),
        *_starved_layers(view, called),
        *(loose for loose in lacks if loose.finding.code != "MS407"),
    ]
    ends = [*_unused_inputs(view), *_dead_ends(view)]
    if ends and len(ends) <= len(beginnings):
        beginnings, ends = [_led_to(each, ends, len(beginnings)) for each in beginnings], []
    elif merges and len(merges) <= len(ends):
        ends, merges = [_led_on(each, merges, len(ends)) for each in ends], []
    report.extend(loose.finding for loose in (*beginnings, *ends, *merges))
    report.extend(_unconnected_layers(view))
    report.extend(_separate_graphs(view))
    return {edge.target.node for loose in beginnings for edge in loose.backwards}


class _View(NamedTuple):
    """A model's structure, with the nodes on and around cycles taken as connected.

    Attributes:
        parts: What edges connect.
        graphs: What edges or calls of the same shared layers connect.
    """

    model: Model
    structure: Structure
    reached: set[str]
    useful: set[str]
    parts: list[list[str]]
    graphs: list[list[str]]
    output_sources: set[str]
    rank: dict[str, int]

    @classmethod
    def of(cls, model: Model, structure: Structure) -> _View:
        names = list(structure.incoming)
        sources = {output.source.node for output in model.outputs.values()} & set(names)
        useful = structure.useful
        if structure.unordered:
            useful = ancestors(sources | structure.unordered, structure.incoming)
        reached = structure.reached | structure.unordered
        rank = {name: index for index, name in enumerate(names)}
        parts = components(structure)
        graphs = joined(parts, [_shared(model, part) for part in parts])
        return cls(model, structure, reached, useful, parts, graphs, sources, rank)

    @property
    def whole(self) -> bool:
        """Whether nothing is missing anywhere."""
        return len(self.graphs) == 1 and len(self.reached) == len(self.useful) == len(
            self.structure.incoming
        )

    def sorted(self, names: Iterable[str]) -> list[str]:
        """The names in file order."""
        return sorted(names, key=self.rank.__getitem__)

    def beginnings(self, names: Iterable[str]) -> list[str]:
        """The layers among the names that no edge reaches, in file order."""
        incoming = self.structure.incoming
        nodes = self.model.nodes
        return self.sorted(name for name in names if name in nodes and not incoming[name])


class _Loose(NamedTuple):
    """A finding about a place where an edge is missing, and the nodes at it."""

    finding: Diagnostic
    names: list[str]
    backwards: tuple[Edge, ...] = ()


def _led_to(beginning: _Loose, ends: list[_Loose], beginnings: int) -> _Loose:
    """A beginning whose help names the ends that could lead into it."""
    if beginning.backwards:
        return beginning
    names = [name for end in ends for name in end.names]
    if len(names) == 1 and beginnings == 1:
        help = f"`{names[0]}` leads nowhere; should it be `{names[0]} -> {beginning.names[0]}`?"
    else:
        lead = "leads" if len(names) == 1 else "lead"
        help = f"lead an edge into `{beginning.names[0]}`; {name_list(names)} {lead} nowhere"
    return beginning._replace(finding=beginning.finding._replace(help=help))


def _led_on(end: _Loose, merges: list[_Loose], ends: int) -> _Loose:
    """An end whose help names the merging layers of one input that it could lead into."""
    targets = [merge.names[0] for merge in merges]
    if ends == 1 and len(end.names) == 1:
        help = f"`{targets[0]}` gets one input only; should it be `{end.names[0]} -> {targets[0]}`?"
    else:
        get = "gets" if len(targets) == 1 else "get"
        help = f"connect it; {name_list(targets)} {get} one input only"
    return end._replace(finding=end.finding._replace(help=help))


def _unreachable_outputs(view: _View) -> Iterator[_Loose]:
    if view.output_sources <= view.reached:
        return
    by_source: dict[str, list[Output]] = {}
    for output in view.model.outputs.values():
        by_source.setdefault(output.source.node, []).append(output)
    for part in view.parts:
        sources = [name for name in part if name in by_source and name not in view.reached]
        if sources:
            outputs = [output for name in sources for output in by_source[name]]
            names = view.beginnings(ancestors(sources, view.structure.incoming))
            backwards = _backwards(view, names)
            yield _Loose(_unreachable(outputs, names, backwards), names, backwards)


def _backwards(view: _View, beginnings: list[str]) -> tuple[Edge, ...]:
    """The edge from an only beginning to what an input reaches, if there is just one."""
    if len(beginnings) != 1:
        return ()
    leaving = view.structure.outgoing[beginnings[0]]
    found = tuple(edge for edge in leaving if edge.target.node in view.reached)
    return found if len(found) == 1 else ()


def _unreachable(
    outputs: list[Output], beginnings: list[str], backwards: tuple[Edge, ...]
) -> Diagnostic:
    plural = "s" if len(outputs) > 1 else ""
    chains = f"the chain begins at `{beginnings[0]}`"
    if len(beginnings) > 1:
        chains = f"the chains begin at {name_list(beginnings)}"
    help = f"lead an edge from an input into `{beginnings[0]}`"
    if backwards:
        edge = backwards[0]
        help = f"is `{edge.source} -> {edge.target}` written backwards?"
    return outputs[0].place.finding(
        "MS402",
        f"no input reaches output{plural} {name_list(o.name for o in outputs)}; {chains}",
        key=True,
        help=help,
        related=(
            *(Related(edge.target_span, f"`{edge.source} -> {edge.target}`") for edge in backwards),
            *(
                Related(output.place.key_span, f"nor this output, `{output.name}`")
                for output in outputs[1:4]
            ),
        ),
    )


def _starved_layers(view: _View, called: dict[str, Called]) -> Iterator[_Loose]:
    starved = [name for name in view.beginnings(view.useful) if name not in view.reached]
    if not starved:
        return
    lost = (name for name in view.output_sources if name not in view.reached)
    covered = ancestors(lost, view.structure.incoming)
    for name in starved:
        if name not in covered:
            declared = view.model.nodes[name]
            finding = declared.place.finding(
                "MS406",
                f"{called[name].title(name)} takes {called[name].takes}, gets none",
                key=True,
                help=f"lead an edge into `{name}`",
            )
            yield _Loose(finding, [name])


def _unused_inputs(view: _View) -> Iterator[_Loose]:
    outgoing = view.structure.outgoing
    for name, declared in view.model.inputs.items():
        if name in view.useful:
            continue
        led_to = descendants([name], outgoing)
        dead = view.sorted(other for other in led_to if not outgoing[other])
        message = f"input `{name}` feeds nothing"
        if dead != [name]:
            reach = "reaches" if len(dead) == 1 else "reach"
            message = f"input `{name}` leads only to {name_list(dead)}, which {reach} no output"
        help = "connect it, or remove it"
        yield _Loose(declared.place.finding("MS305", message, key=True, help=help), dead)


def _dead_ends(view: _View) -> Iterator[_Loose]:
    unused = (name for name in view.model.inputs if name not in view.useful)
    covered = descendants(unused, view.structure.outgoing)
    told: set[str] = set()
    for part in view.parts:
        if not _is_adrift(view, part):
            for name in part:
                if name not in view.useful and _is_end(view, name) and name not in covered:
                    before = _dead_before(view, name, told)
                    yield _Loose(_dead_end(view, name, before), [name])


def _is_end(view: _View, name: str) -> bool:
    return bool(view.structure.incoming[name]) and not view.structure.outgoing[name]


def _is_adrift(view: _View, part: list[str]) -> bool:
    """Whether a part has neither an input nor an output."""
    return not any(name in view.reached or name in view.useful for name in part)


def _dead_before(view: _View, end: str, told: set[str]) -> list[str]:
    """The dead layers that lead to an end and have not been told of yet, in file order."""
    found: set[str] = set()
    waiting = [end]
    while waiting:
        for edge in view.structure.incoming[waiting.pop()]:
            name = edge.source.node
            if name not in view.useful and name not in told:
                told.add(name)
                found.add(name)
                waiting.append(name)
    return view.sorted(found)


def _dead_end(view: _View, name: str, before: list[str]) -> Diagnostic:
    also = f", and so nor does {name_list(before, last='nor')}" if before else ""
    return view.model.nodes[name].place.finding(
        "MS403",
        f"`{name}` reaches no output{also}",
        key=True,
        help="connect it, name it under `outputs`, or remove it",
    )


def _unconnected_layers(view: _View) -> Iterator[Diagnostic]:
    for part in view.parts:
        if not _is_adrift(view, part):
            continue
        declared = view.model.nodes[part[0]]
        what = f"`{part[0]}` is in no edge"
        if len(part) > 1:
            what = f"{name_list(part)} are connected to no input and to no output"
        yield declared.place.finding("MS304", what, key=True, help="connect it, or remove it")


def _separate_graphs(view: _View) -> Iterator[Diagnostic]:
    alive = view.reached & view.useful
    graphs = [part for part in view.graphs if any(name in alive for name in part)]
    if len(graphs) < 2:
        return
    texts = [f"`{{{', '.join(_some(part))}}}`" for part in graphs[:4]]
    count = _COUNTS.get(len(graphs), str(len(graphs)))
    more = f" and {len(graphs) - 4} more" if len(graphs) > 4 else ""
    place = _place(view.model, graphs[1][0])
    yield place.finding(
        "MS404",
        f"{count} graphs that share no node and no layer: {' and '.join(texts)}{more}",
        key=True,
        help="connect them, or write a spec for each if they are to be two models",
        related=(Related(_place(view.model, graphs[0][0]).key_span, "the first begins here"),),
    )


def _shared(model: Model, part: list[str]) -> set[str]:
    """The shared layers that some nodes call, also inside wrappers."""
    found: set[str] = set()
    for name in part:
        what = model.nodes[name].what if name in model.nodes else None
        while isinstance(what, Layer) and hasattr(what, "layer"):
            what = what.layer
        if isinstance(what, Use):
            found.add(what.shared)
    return found


def _some(part: list[str]) -> list[str]:
    return part if len(part) <= 6 else [*part[:4], "...", part[-1]]


def _place(model: Model, name: str) -> Place:
    return model.inputs[name].place if name in model.inputs else model.nodes[name].place
