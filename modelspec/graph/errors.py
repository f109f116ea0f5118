"""From a layer's refusal to a finding: which node, what it was given, and why it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Related, Report
from modelspec.graph.call import MOST_STEPS_BACK
from modelspec.layers.values import UNKNOWN_DTYPE, Bundle, LayerError, Operands, Tensor, Value
from modelspec.shapes import text

if TYPE_CHECKING:
    from modelspec.graph.call import Call, Caller
    from modelspec.graph.graph import Node
    from modelspec.language.model import Endpoint, Input
    from modelspec.source import Place

MOST_OPERANDS_SHOWN = 4
MOST_CALLS_SHOWN = 4


class TooShort(NamedTuple):
    """An MS502 that waits for its help: how long the inputs must be."""

    finding: Diagnostic
    node: str
    """The node of the outermost graph that it happened at, or inside."""


class Failures:
    """Reports what layers refuse. Knows which calls of blocks are under way."""

    def __init__(self, report: Report) -> None:
        self.callers: list[Caller] = []
        self.too_short: list[TooShort] = []
        self._report = report
        self._blamed: set[Place] = set()

    def add(self, call: Call, error: LayerError) -> None:
        """Report the error of a call."""
        origins = [_origin(call.nodes, source) for source in call.node.sources]
        if error.code == "MS506" and (
            _has_unknown_dtype(call.operands) or self._is_inputs_fault(call, origins, error)
        ):
            return
        finding = self._finding(call, origins, error)
        if error.code == "MS502":
            outermost = self.callers[0].node if self.callers else call.node
            self.too_short.append(TooShort(finding, outermost.name))
        else:
            self._report.add(finding)

    def _finding(self, call: Call, origins: list[Node], error: LayerError) -> Diagnostic:
        from modelspec.graph.help import suggest_help

        place, is_argument = _place(call.node, error)
        help, fix = suggest_help(call, origins, error)
        return place.finding(
            error.code,
            f"{call.title} {error.message}",
            key=not is_argument,
            help=help,
            caption=f"receives {_listed(call)}",
            related=(*_how_each_came(call, origins), *self._calls()),
            fix=fix,
        )

    def _calls(self) -> tuple[Related, ...]:
        """The calls of blocks that led here, innermost first."""
        return tuple(
            Related(
                caller.node.place.key_span,
                f"inside `{caller.node.name}`, called on {_values(caller.operands)}",
            )
            for caller in self.callers[: -MOST_CALLS_SHOWN - 1 : -1]
        )

    def _is_inputs_fault(self, call: Call, origins: list[Node], error: LayerError) -> bool:
        """Blame a dtype on an input that declares none, once for all that it feeds."""
        inputs = [call.model.inputs.get(origin.name) for origin in origins]
        silent = next((each for each in inputs if each and _says_no_dtype(each)), None)
        if silent is None or self.callers:
            return False
        if silent.place not in self._blamed:
            from modelspec.graph.fixes import dtype_fix

            self._blamed.add(silent.place)
            self._report.add(
                silent.place.finding(
                    "MS506",
                    f"input `{silent.name}` is float32, but {call.title} takes integers",
                    key=True,
                    help="say `dtype: int64`",
                    related=(Related(call.node.place.key_span, f"`{call.node.name}` {error}"),),
                    fix=dtype_fix(silent),
                )
            )
        return True


def _has_unknown_dtype(operands: Operands) -> bool:
    tensors = (value for values in operands.values() for value in values)
    return any(isinstance(value, Tensor) and value.dtype == UNKNOWN_DTYPE for value in tensors)


def _says_no_dtype(declared: Input) -> bool:
    place = declared.place.at("dtype")
    return place.document.value(place.path) is None


def _place(node: Node, error: LayerError) -> tuple[Place, bool]:
    """The argument to blame, if it is one and stands in the file; else the node."""
    place = node.place
    if error.argument:
        argument = place.at(error.argument)
        if place.document.value(argument.path) is not None:
            return argument, True
    return place, False


def _origin(nodes: dict[str, Node], source: Endpoint) -> Node:
    """Where a value got its shape: the last node on the way that changed or chose it."""
    node = nodes[source.node]
    for _ in range(MOST_STEPS_BACK):
        sources = node.sources
        if len(sources) != 1 or node.kind != "layer" or hasattr(node.layer, "units"):
            break
        before = nodes[sources[0].node]
        given = before.outputs.get(sources[0].port)
        if given is None or given != node.outputs.get(""):
            break
        node = before
    return node


def _how_each_came(call: Call, origins: list[Node]) -> tuple[Related, ...]:
    values = [value for values in call.operands.values() for value in values]
    told: list[Related] = []
    for origin, value in list(zip(origins, values, strict=True))[:MOST_OPERANDS_SHOWN]:
        verb = "is" if origin.kind == "input" else "makes"
        told.append(Related(origin.place.key_span, f"`{origin.name}` {verb} {_shown(value)}"))
    return tuple(dict.fromkeys(told))


def _listed(call: Call) -> str:
    """`` `left` `[32]` and `right` `[16]` ``, as in the edges."""
    values = [value for values in call.operands.values() for value in values]
    named = [
        f"`{source}` {_shown(value)}"
        for source, value in zip(call.node.sources, values, strict=True)
    ]
    if len(named) > MOST_OPERANDS_SHOWN:
        kept = MOST_OPERANDS_SHOWN - 1
        named = [*named[:kept], f"{len(named) - kept} more"]
    return " and ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)


def _values(operands: Operands) -> str:
    return " and ".join(_shown(value) for values in operands.values() for value in values)


def _shown(value: Value) -> str:
    if isinstance(value, Bundle):
        return "a bundle of states"
    return f"`{text(value.shape)}`"
