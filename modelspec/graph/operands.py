"""Which edges bring what to a node: ports and arity, checked once a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Related, Report, Span, did_you_mean, name_list
from modelspec.graph.resolve import Called, count
from modelspec.layers.values import Bundle, Value

if TYPE_CHECKING:
    from collections.abc import Set

    from modelspec.graph.graph import Node
    from modelspec.graph.structure import Structure
    from modelspec.language.model import Edge, Endpoint, Model


class Bound:
    """The operands of one node.

    Attributes:
        operands: The sources, by input port, in edge order. A block's ports are its inputs.
        edges: The edges behind them.
        valid: Whether the node can be called on them.
        crowd: What to say of operands that are too many.
        lack: What to say of an operand that is missing, though others are there.
        lacking: Where it is missing, `both` or `stage.mask`.
    """

    __slots__ = ("crowd", "edges", "lack", "lacking", "operands", "valid")

    def __init__(self) -> None:
        self.operands: dict[str, list[Endpoint]] = {}
        self.edges: list[Edge] = []
        self.valid = True
        self.crowd: Diagnostic | None = None
        self.lack: Diagnostic | None = None
        self.lacking = ""


def bind(
    model: Model, structure: Structure, called: dict[str, Called], report: Report
) -> dict[str, Bound]:
    """The operands of every layer. Reports MS303, MS308 and MS405.

    Operands that are too many or too few are noted in the result: whether that is worth a word
    depends on what else is wrong.
    """
    for edge in edges_into_inputs(model):
        message = f"`{edge.target.node}` is an input: no edge can lead into it"
        report.add(edge.place.finding("MS308", message, span=edge.target_span))
    for name in model.inputs:
        for edge in structure.outgoing[name]:
            if edge.source.port:
                message = f"input `{name}` has no port `{edge.source.port}`"
                span = _port_span(edge.source_span, edge.source.port)
                report.add(edge.place.finding("MS303", message, span=span))
    bound: dict[str, Bound] = {}
    for name in model.nodes:
        bound[name] = node = _gather(name, structure.incoming[name], called, report)
        if node.valid:
            check = _check_block if called[name].model else _check_layer
            node.valid = check(name, model, called[name], node)
    return bound


def report_too_many_operands(bound: dict[str, Bound], reported: Set[str], report: Report) -> None:
    """Report MS406 for nodes that get too much, but for those where something else explains it."""
    for name, node in bound.items():
        if node.crowd and name not in reported:
            report.add(node.crowd)


def edges_into_inputs(model: Model) -> list[Edge]:
    """The edges that cannot be."""
    return [edge for edge in model.edges if edge.target.node in model.inputs]


def _gather(name: str, incoming: list[Edge], called: dict[str, Called], report: Report) -> Bound:
    target = called[name]
    layer = target.layer
    one_input = layer is not None and layer.arity.maximum == 1
    several = layer is not None and layer.several_at_ports
    bound = Bound()
    for edge in incoming:
        source = called.get(edge.source.node)
        valid = source is None or _gives_port(edge.source, source, edge, report)
        if edge.target.port and not _takes_port(edge, target, report):
            valid = False
        elif one_input and not (edge.target.port and several) and _is_again(edge, bound, report):
            continue
        bound.operands.setdefault(edge.target.port, []).append(edge.source)
        bound.edges.append(edge)
        bound.valid = bound.valid and valid
    return bound


def _gives_port(endpoint: Endpoint, source: Called, edge: Edge, report: Report) -> bool:
    """Whether a node gives a port; reports MS303 if not."""
    problem = port_problem(endpoint, source)
    if problem:
        message, help = problem
        span = _port_span(edge.source_span, endpoint.port)
        report.add(edge.place.finding("MS303", message, span=span, help=help))
    return not problem


def port_problem(endpoint: Endpoint, source: Called) -> tuple[str, str] | None:
    """What is wrong with taking a value from a port of a node, and the help."""
    ports = source.output_ports
    if ports is None or endpoint.port in ports:
        return None
    if not endpoint.port:
        if source.layer or len(ports) == 1:
            return None
        choices = name_list((f"{endpoint.node}.{port}" for port in ports), last="or")
        return f"{source.title(endpoint.node)} has several outputs", f"write {choices}"
    return _no_port(endpoint.node, source, endpoint.port, ports, "gives")


def report_missing_port(
    endpoint: Endpoint, called: Called | None, source: Node, reader: Node, report: Report
) -> None:
    """Report MS303 for a port that the type has, but this layer has not (a GRU's `.c`)."""
    if called is None or called.layer is None or port_problem(endpoint, called):
        return
    ports = tuple(port for port in source.outputs if port)
    message, help = _no_port(source.name, called, endpoint.port, ports, "gives")
    for edge in reader.edges:
        if edge.source == endpoint:
            span = _port_span(edge.source_span, endpoint.port)
            report.add(edge.place.finding("MS303", message, span=span, help=help))
            return


def output_problem(
    endpoint: Endpoint, called: Called | None, source: Node, value: Value | None
) -> tuple[str, str, str] | None:
    """Code, message and help of what is wrong with an output's source."""
    if called is None:
        if endpoint.port:
            return "MS303", f"input `{source.name}` has no port `{endpoint.port}`", ""
    elif problem := port_problem(endpoint, called):
        return "MS303", *problem
    elif value is None and called.layer:
        ports = tuple(port for port in source.outputs if port)
        return "MS303", *_no_port(source.name, called, endpoint.port, ports, "gives")
    if isinstance(value, Bundle):
        parts = (port for port in source.outputs if port and port != endpoint.port)
        choices = name_list((f"{source.name}.{port}" for port in parts), last="or")
        return "MS503", f"`{endpoint}` is a bundle of states, not a tensor", f"take {choices}"
    return None


def _takes_port(edge: Edge, target: Called, report: Report) -> bool:
    ports = target.input_ports
    if ports is None or edge.target.port in ports:
        return True
    message, help = _no_port(edge.target.node, target, edge.target.port, ports, "takes")
    span = _port_span(edge.target_span, edge.target.port)
    report.add(edge.place.finding("MS303", message, span=span, help=help))
    return False


def _no_port(
    name: str, called: Called, port: str, ports: tuple[str, ...], verb: str
) -> tuple[str, str]:
    has = f"it {verb} {name_list(ports)}" if ports else "only its value"
    near = did_you_mean(port, ports)
    title = called.title(name)
    message = f"{title} has no {f'port `{port}`' if port else 'output of its own'}: {has}"
    if not ports:
        message = f"{title} {verb} no port `{port}`, {has}"
    if not port:
        return message, f"take one: `{name}.{ports[-1]}`"
    return message, f"did you mean `{near}`?" if near else ""


def _port_span(span: Span, port: str) -> Span:
    """The span of the port at the end of an endpoint's."""
    if not port or span.line != span.end_line:
        return span
    return span._replace(column=max(span.column, span.end_column - len(port)))


def _is_again(edge: Edge, bound: Bound, report: Report) -> bool:
    """Whether an edge into a layer of one input says what another one said already."""
    for first in bound.edges:
        if first.source == edge.source and first.target == edge.target:
            where = Related(first.target_span, f"`{first.source} -> {first.target}` first")
            report.add(
                edge.place.finding(
                    "MS405",
                    f"`{edge.source} -> {edge.target}` again",
                    span=edge.target_span,
                    help="remove one; twice means something only to a layer of several inputs",
                    related=(where,),
                )
            )
            return True
    return False


def _check_layer(name: str, model: Model, called: Called, bound: Bound) -> bool:
    if called.layer is None:
        return False
    if called.layer.operand_names and not _put_in_place(name, model, called, bound):
        return False
    low, high = called.layer.arity
    for port, endpoints in bound.operands.items():
        if port and len(endpoints) > 1 and not called.layer.several_at_ports:
            bound.crowd = _too_many(name, called, bound, port, f"takes one value at `.{port}`")
            return False
    given = len(bound.operands.get("", ()))
    if high is not None and given > high:
        bound.crowd = _too_many(name, called, bound, "", f"takes {called.takes}")
        return False
    if high is None and given == 1 and called.layer.idle_alone:
        bound.lack, bound.lacking = _one_input(name, model, called, bound), name
    elif given < low:
        if bound.edges:
            bound.lack, bound.lacking = _too_few(name, model, called, given), name
        return False
    return bool(given or bound.edges)


def _put_in_place(name: str, model: Model, called: Called, bound: Bound) -> bool:
    """Make operands of those that reach a port which stands for one's place."""
    assert called.layer is not None
    names = called.layer.operand_names
    named = {port: bound.operands[port] for port in names if port in bound.operands}
    if not named:
        return True
    for port, sources in named.items():
        if len(sources) > 1:
            bound.crowd = _too_many(name, called, bound, port, f"takes one value at `.{port}`")
            return False
    free = [port for port in names if port not in named]
    unnamed = bound.operands.get("", [])
    if len(unnamed) > len(free):
        bound.crowd = _too_many(name, called, bound, "", f"takes {called.takes}")
        return False
    named |= {port: [source] for port, source in zip(free, unnamed, strict=False)}
    count = max(names.index(port) for port in named) + 1
    lacking = next((port for port in names[:count] if port not in named), None)
    if lacking:
        message = f"{called.title(name)} gets nothing at `{name}.{lacking}`"
        help = f"lead an edge into `{name}.{lacking}`"
        bound.lack = model.nodes[name].place.finding("MS406", message, key=True, help=help)
        bound.lacking = f"{name}.{lacking}"
        return False
    rest = {port: found for port, found in bound.operands.items() if port not in ("", *names)}
    bound.operands = {"": [named[port][0] for port in names[:count]], **rest}
    return True


def _too_many(name: str, called: Called, bound: Bound, port: str, takes: str) -> Diagnostic:
    edges = [edge for edge in bound.edges if edge.target.port == port]
    sources = [str(edge.source) for edge in edges]
    merge = f"merge them first: `{', '.join(sources[:3])}{', ...' if sources[3:] else ''} -> merge`"
    states = [edge for edge in edges if edge.source.port in (called.input_ports or ())]
    spare = states[0] if states else edges[-1]
    help = f"{merge}, with `merge: Concatenate` or `Add`"
    if states:
        help = f"a state has a port of its own: `{spare.source} -> {name}.{spare.source.port}`"
    return spare.place.finding(
        "MS406",
        f"{called.title(name)} {takes}, gets {len(edges)}: {name_list(sources)}",
        span=spare.target_span,
        help=help if not port else "",
        related=tuple(
            Related(edge.target_span, f"`{edge.source} -> {edge.target}`")
            for edge in edges[:4]
            if edge.place != spare.place
        ),
    )


def _too_few(name: str, model: Model, called: Called, given: int) -> Diagnostic:
    place = model.nodes[name].place
    gets = count(given).split()[0].replace("no", "none")
    message = f"{called.title(name)} takes {called.takes}, gets {gets}"
    help = f"lead an edge into `{name}`"
    return place.finding("MS406", message, key=True, help=help)


def _one_input(name: str, model: Model, called: Called, bound: Bound) -> Diagnostic:
    return model.nodes[name].place.finding(
        "MS407",
        f"{called.title(name)} of one input does nothing",
        key=True,
        help=f"lead a second edge into `{name}`, or remove it",
        caption=f"receives `{bound.operands[''][0]}` only",
    )


def _check_block(name: str, model: Model, called: Called, bound: Bound) -> bool:
    """Give each operand the name of the block's input that it goes to."""
    assert called.model is not None
    ports = list(called.model.inputs)
    unnamed = bound.operands.pop("", [])
    free = [port for port in ports if port not in bound.operands]
    bound.operands |= {port: [source] for port, source in zip(free, unnamed, strict=False)}
    crowded = [port for port, sources in bound.operands.items() if len(sources) > 1]
    if len(unnamed) > len(free) or crowded:
        if called.model.complete:
            takes = f"takes {called.takes} ({name_list(ports)})"
            edges = [edge.source for edge in bound.edges]
            spare = bound.edges[-1]
            message = (
                f"{called.title(name)} {takes}, gets {len(edges)}: {name_list(map(str, edges))}"
            )
            bound.crowd = spare.place.finding("MS406", message, span=spare.target_span)
        return False
    lacking = [port for port in ports if port not in bound.operands]
    if lacking and bound.edges and called.model.complete:
        missing = [f"{name}.{port}" for port in lacking]
        message = f"{called.title(name)} gets nothing at {name_list(missing)}"
        help = f"lead an edge into `{missing[0]}`"
        bound.lack = model.nodes[name].place.finding("MS406", message, key=True, help=help)
        bound.lacking = missing[0]
    bound.operands = {port: bound.operands[port] for port in ports if port in bound.operands}
    return not lacking
