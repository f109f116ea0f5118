"""A resolved spec as YAML, which is a spec of the same meaning."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Report
from modelspec.language.model import Endpoint, Model, Use
from modelspec.language.params import substitute
from modelspec.language.yaml_writer import WIDTH, entries, entry, scalar
from modelspec.shapes import Unknown
from modelspec.source import Place
from modelspec.training import losses, metrics

if TYPE_CHECKING:
    from modelspec.language.model import Declared, Edge, Input, Output, Spec, What
    from modelspec.layers import Layer
    from modelspec.training.metrics import Metric


def render_spec(spec: Spec) -> str:
    """The spec with params substituted, overrides applied, and blocks from files written in.

    Each block stands under `blocks` once for every set of arguments that makes a difference,
    before the blocks that use it; copies stay a `repeat`, and edges are written out even where
    they were implied. Arguments that the spec leaves to their defaults are left out, and so is
    `tune`: its paths lead to params and short forms of the file as it was written.

    Args:
        spec: A spec that was read without an error.

    Raises:
        ValueError: The spec has errors.
    """
    lines = render_body(spec.name, spec.model)
    for section in ("data", "train"):
        lines += _settings(spec, section)
    return "\n".join(lines) + "\n"


def render_body(name: str, model: Model) -> list[str]:
    """The lines of a spec up to its blocks: what it is, without `data` and `train`.

    Args:
        name: What the spec is called.
        model: A body that was read without an error.
    """
    blocks = _Blocks()
    body = _body(model, blocks, 0, spec=True)
    lines = ["version: 1", f"name: {scalar(name)}", *body]
    if blocks.bodies:
        lines += ["", "blocks:"]
        for called, inner in blocks.bodies.items():
            lines += [f"  {scalar(called)}:", *inner]
    return lines


class _Blocks:
    """The blocks of a spec, alike ones once, each under a name of its own."""

    def __init__(self) -> None:
        self.bodies: dict[str, list[str]] = {}
        self._names: dict[Model, str] = {}
        self._alike: dict[tuple[str, ...], str] = {}

    def name(self, model: Model) -> str:
        """The name of a block, which is written out when it is met first."""
        if model not in self._names:
            body = _body(model, self, 4, spec=False)
            key = (model.name, *body)
            if key not in self._alike:
                self._alike[key] = self._free(model.name)
                self.bodies[self._alike[key]] = body
            self._names[model] = self._alike[key]
        return self._names[model]

    def _free(self, name: str) -> str:
        free, number = name, 1
        while free in self.bodies:
            number += 1
            free = f"{name}_{number}"
        return free


def _settings(spec: Spec, section: str) -> list[str]:
    raw = spec.document.data.get(section)
    if not isinstance(raw, dict):
        return []
    place = Place(spec.document, (section,))
    raw = _escaped(substitute(raw, spec.model.params, place, Report()))
    return ["", f"{section}:" if raw else f"{section}: {{}}", *entries(raw, 2)]


def _body(model: Model, blocks: _Blocks, indent: int, *, spec: bool) -> list[str]:
    outputs = {name: _output(each, model.nodes) for name, each in model.outputs.items()}
    sections: list[tuple[str, Any]] = [
        ("inputs", _inputs(model.inputs, spec=spec)),
        ("shared", {name: _declared(each, blocks) for name, each in model.shared.items()}),
        ("layers", _layers(model, blocks)),
        ("edges", _chains(model, WIDTH - indent - 4)),
        ("outputs", _short(outputs)),
    ]
    head = " " * indent
    lines = [f"{head}description: {scalar(model.description)}"] if model.description else []
    for name, section in sections:
        if not section and name == "shared":
            continue
        lines += [""] if spec else []
        if not section or (isinstance(section, list) and name != "edges"):
            lines += entry(name, section, indent)
        elif isinstance(section, list):
            lines += [f"{head}{name}:", *(f"{head}  - {chain}" for chain in section)]
        else:
            lines += [f"{head}{name}:", *entries(section, indent + 2)]
    return lines


def _inputs(inputs: dict[str, Input], *, spec: bool) -> Any:
    return _short({name: _input(each, spec) for name, each in inputs.items()})


def _short(described: dict[str, dict[str, Any]]) -> Any:
    """Only the names, where there is nothing else to say."""
    return described if any(described.values()) else list(described)


def _input(given: Input, spec: bool) -> dict[str, Any]:
    written: dict[str, Any] = {}
    if given.shape is not None:
        written["shape"] = [
            None if isinstance(size, Unknown) else size if isinstance(size, int) else str(size)
            for size in given.shape
        ]
    if given.dtype is not None and not (spec and given.dtype == "float32"):
        written["dtype"] = given.dtype
    if given.description:
        written["description"] = _escaped(given.description)
    return written


def _layers(model: Model, blocks: _Blocks) -> dict[str, Any]:
    written: dict[str, Any] = {}
    for name, declared in model.nodes.items():
        repeat = declared.repeat
        if repeat is None:
            written[name] = _declared(declared, blocks)
        elif repeat.index == 1:
            written[repeat.name] = _declared(declared, blocks) | {"repeat": repeat.count}
    return written


def _declared(declared: Declared, blocks: _Blocks) -> dict[str, Any]:
    written = _what(declared.what, blocks)
    if not declared.trainable:
        written["trainable"] = False
    return written


def _what(what: What, blocks: _Blocks) -> dict[str, Any]:
    if isinstance(what, Use):
        return {"use": what.shared}
    if isinstance(what, Model):
        return {"type": blocks.name(what)}
    if what is None:
        raise ValueError("a spec with errors cannot be rendered")
    return _layer(what, blocks)


def _layer(layer: Layer, blocks: _Blocks) -> dict[str, Any]:
    given = layer.model_dump(exclude_unset=True, exclude={"layer", "trainable"})
    written = {"type": type(layer).__name__, **_escaped(given)}
    inner = getattr(layer, "layer", None)
    if inner is not None:
        written["layer"] = _what(inner, blocks)
        if not getattr(inner, "trainable", True):
            written["layer"]["trainable"] = False
    return written


def _output(output: Output, nodes: dict[str, Declared]) -> dict[str, Any]:
    written: dict[str, Any] = {}
    source = _label(output.source, nodes, leaving=True)
    if source != output.name:
        written["from"] = source
    if output.loss is not None:
        given = output.loss.model_dump(exclude_unset=True)
        written["loss"] = _named(losses.called(output.loss), given)
    if output.weight != 1.0:
        written["weight"] = output.weight
    if output.metrics:
        written["metrics"] = [_metric(metric) for metric in output.metrics]
    if output.class_weight:
        written["class_weight"] = output.class_weight
    if output.decision:
        written["decision"] = output.decision.model_dump(exclude_unset=True)
    if output.decode:
        written["decode"] = output.decode.model_dump(exclude_unset=True)
    return written


def _metric(metric: Metric) -> str | dict[str, Any]:
    """A metric, by the name that it has in the logs if it is a name of its type."""
    given = metric.model_dump(exclude_unset=True)
    name = given.pop("name", None) or ""
    if metrics.find(name) is type(metric):
        return _named(name, given)
    return {"type": metrics.called(metric), "name": name, **_escaped(given)}


def _named(name: str, given: dict[str, Any]) -> str | dict[str, Any]:
    """What is chosen by its name, alone where nothing is given."""
    return {"type": name, **_escaped(given)} if given else name


def _label(endpoint: Endpoint, nodes: dict[str, Declared], *, leaving: bool) -> str:
    """What an edge calls a node: copies by their common name, where it means this one."""
    declared = nodes.get(endpoint.node)
    repeat = declared.repeat if declared else None
    if repeat is None or repeat.index != (repeat.count if leaving else 1):
        return str(endpoint)
    return str(endpoint._replace(node=repeat.name))


def _chains(model: Model, width: int) -> list[str]:
    """The edges, joined to chains and groups that fit on a line."""
    chains: list[_Chain] = []
    for edge in _written_edges(model):
        source = _label(edge.source, model.nodes, leaving=True)
        target = _label(edge.target, model.nodes, leaving=False)
        if not (chains and chains[-1].take(source, target, width)):
            chains.append(_Chain(source, target))
    return [chain.text for chain in chains]


class _Chain:
    """Edges on one line, which is read as the same edges in the same order."""

    def __init__(self, source: str, target: str) -> None:
        self._sources = [source]
        self._targets = [target]
        self._before = ""

    @property
    def text(self) -> str:
        return f"{self._before}{', '.join(self._sources)} -> {', '.join(self._targets)}"

    def take(self, source: str, target: str, width: int) -> bool:
        """Add an edge at the end, if it belongs there and the line does not grow too long."""
        if len(self.text) + len(source) + len(target) + 4 > width:
            return False
        if self._targets == [source]:
            self._before += f"{', '.join(self._sources)} -> "
            self._sources, self._targets = [source], [target]
        elif self._sources == [source]:
            self._targets.append(target)
        elif self._targets == [target] and not self._before:
            self._sources.append(source)
        else:
            return False
        return True


def _written_edges(model: Model) -> list[Edge]:
    """The edges without those that a `repeat` makes by itself."""
    implied: set[tuple[Endpoint, Endpoint]] = set()
    for name, declared in model.nodes.items():
        repeat = declared.repeat
        if repeat is not None and repeat.index < repeat.count:
            implied.add((Endpoint(name), Endpoint(f"{repeat.name}_{repeat.index + 1}")))
    kept: list[Edge] = []
    for edge in model.edges:
        pair = (edge.source, edge.target)
        if pair in implied:
            implied.remove(pair)
        else:
            kept.append(edge)
    return kept


def _escaped(value: Any) -> Any:
    """A value whose texts are not taken for params when they are read again."""
    if isinstance(value, str):
        return f"${value}" if value.startswith("$") else value
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list | tuple) else value
