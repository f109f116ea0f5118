"""Making a spec that fails smaller, while it fails in the same way."""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Spec = dict[str, Any]


def reduced(spec: Spec, fails: Callable[[Spec], bool], most: int = 400) -> Spec:
    """The spec without what can be left out, so that it still fails.

    Args:
        spec: What fails.
        fails: Whether a spec fails in the way that is looked into.
        most: How many attempts are made.
    """
    left = most
    going = True
    while going and left > 0:
        going = False
        for smaller in _smaller(spec):
            left -= 1
            if left <= 0:
                break
            if fails(smaller):
                spec, going = smaller, True
                break
    return spec


def _smaller(spec: Spec) -> Iterator[Spec]:
    yield from _outputs(spec)
    yield from _layers(spec)
    yield from _passed_by(spec)
    yield from _inlined(spec)
    yield from _sections(spec)
    yield from _edges(spec)
    yield from _arguments(spec)
    yield from _inputs(spec)


def _outputs(spec: Spec) -> Iterator[Spec]:
    for name in spec["outputs"]:
        if len(spec["outputs"]) > 1:
            changed = deepcopy(spec)
            del changed["outputs"][name]
            yield changed


def _layers(spec: Spec) -> Iterator[Spec]:
    """Without a layer at the end, what it reads being outputs in its place."""
    for name in reversed(spec["layers"]):
        if any(_reads(edge, name) for edge in spec["edges"]):
            continue
        changed = _without(spec, name)
        sources = [
            source
            for edge in spec["edges"]
            if _target(edge) == name
            for source in _sources(edge)
            if source.partition(".")[0] in spec["layers"]
        ]
        outputs = {k: v for k, v in changed["outputs"].items() if v["from"].split(".")[0] != name}
        for source in sources:
            outputs[f"r{len(outputs)}_{source.replace('.', '_')}"] = {"from": source}
        if outputs and changed["layers"]:
            changed["outputs"] = outputs
            yield _without_unread_inputs(changed)


def _passed_by(spec: Spec) -> Iterator[Spec]:
    """Without a layer in the middle, its readers reading what it reads."""
    for name in spec["layers"]:
        into = [edge for edge in spec["edges"] if _target(edge) == name]
        if len(into) == 1 and len(_sources(into[0])) == 1 and len(spec["layers"]) > 1:
            (source,) = _sources(into[0])
            changed = _without(spec, name)
            for index, edge in enumerate(changed["edges"]):
                sources = [source if s.split(".")[0] == name else s for s in _sources(edge)]
                changed["edges"][index] = f"{', '.join(sources)} -> {edge.split('->')[1].strip()}"
            for output in changed["outputs"].values():
                if output["from"].split(".")[0] == name:
                    output["from"] = source
            yield changed


def _inlined(spec: Spec) -> Iterator[Spec]:
    """A shared layer written at its call; a wrapper's inner layer alone."""
    for name, layer in spec["layers"].items():
        if isinstance(layer, dict) and layer.get("use") in spec.get("shared", {}):
            changed = deepcopy(spec)
            changed["layers"][name] = spec["shared"][layer["use"]]
            yield changed
        if isinstance(layer, dict) and isinstance(layer.get("layer"), dict):
            changed = deepcopy(spec)
            changed["layers"][name] = layer["layer"]
            yield changed
    for name, block in spec.get("blocks", {}).items():
        for smaller in (*_arguments(block), *_layers(block), *_edges(block)):
            changed = deepcopy(spec)
            changed["blocks"][name] = smaller
            yield changed


def _sections(spec: Spec) -> Iterator[Spec]:
    for section in ("shared", "blocks"):
        for name in spec.get(section, {}):
            changed = deepcopy(spec)
            del changed[section][name]
            if not changed[section]:
                del changed[section]
            yield changed


def _edges(spec: Spec) -> Iterator[Spec]:
    for index, edge in enumerate(spec["edges"]):
        changed = deepcopy(spec)
        del changed["edges"][index]
        yield _without_unread_inputs(changed)
        sources = _sources(edge)
        for gone in range(len(sources) if len(sources) > 1 else 0):
            changed = deepcopy(spec)
            kept = sources[:gone] + sources[gone + 1 :]
            changed["edges"][index] = f"{', '.join(kept)} -> {edge.split('->')[1].strip()}"
            yield _without_unread_inputs(changed)


def _arguments(spec: Spec) -> Iterator[Spec]:
    for section in ("layers", "shared"):
        for name, layer in spec.get(section, {}).items():
            for path in _paths(layer):
                changed = deepcopy(spec)
                holder = changed[section][name]
                for key in path[:-1]:
                    holder = holder[key]
                del holder[path[-1]]
                yield changed


def _paths(layer: Any) -> Iterator[list[str]]:
    for key in layer if isinstance(layer, dict) else ():
        if key not in ("type", "use"):
            yield [key]
        if isinstance(layer[key], dict):
            yield from ([key, *path] for path in _paths(layer[key]))


def _inputs(spec: Spec) -> Iterator[Spec]:
    inputs = spec["inputs"]
    for name in inputs if isinstance(inputs, dict) else ():
        declared = inputs[name]
        shape = declared["shape"] if isinstance(declared, dict) else declared
        if isinstance(declared, dict) and declared.get("dtype") != "float32":
            changed = deepcopy(spec)
            changed["inputs"][name]["dtype"] = "float32"
            yield changed
        for axis, size in enumerate(shape):
            if not isinstance(size, int):
                changed = deepcopy(spec)
                other = changed["inputs"][name]
                (other["shape"] if isinstance(other, dict) else other)[axis] = 3
                yield changed
        for axis in range(len(shape)):
            changed = deepcopy(spec)
            other = changed["inputs"][name]
            del (other["shape"] if isinstance(other, dict) else other)[axis]
            yield changed


def _without(spec: Spec, name: str) -> Spec:
    changed = deepcopy(spec)
    del changed["layers"][name]
    changed["edges"] = [edge for edge in changed["edges"] if _target(edge) != name]
    return changed


def _without_unread_inputs(spec: Spec) -> Spec:
    read = {source.partition(".")[0] for edge in spec["edges"] for source in _sources(edge)}
    if isinstance(spec["inputs"], dict):
        kept = {name: each for name, each in spec["inputs"].items() if name in read}
        spec["inputs"] = kept or spec["inputs"]
    return spec


def _sources(edge: str) -> list[str]:
    return [part.strip() for part in edge.split("->")[0].split(",")]


def _target(edge: str) -> str:
    return edge.split("->")[1].strip().partition(".")[0]


def _reads(edge: str, name: str) -> bool:
    return any(source.partition(".")[0] == name for source in _sources(edge))
