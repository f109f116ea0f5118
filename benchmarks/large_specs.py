"""Specs of any number of nodes, one function a shape: the texts that `lint_scale.py` lints."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

DENSE = "{type: Dense, units: 8, activation: relu}"
BRANCHES, LEVELS = 10, 10


def chain(nodes: int) -> str:
    """One long chain, an edge a line."""
    names = _names(nodes)
    return _spec(_dense(names), map(_arrow, ["x", *names], names), names[-1:])


def one_line(nodes: int) -> str:
    """The same chain as one line of edges."""
    names = _names(nodes)
    return _spec(_dense(names), [" -> ".join(["x", *names])], names[-1:])


def no_edges(nodes: int) -> str:
    """The same chain without `edges`."""
    names = _names(nodes)
    return _spec(_dense(names), [], names[-1:])


def dag(nodes: int) -> str:
    """Every second node adds the one before it to one of the last hundred."""
    draw, names = random.Random(0), _names(nodes)
    layers = {name: "Add" if place % 2 else DENSE for place, name in enumerate(names)}
    before, edges = "x", []
    for place, name in enumerate(names):
        other = f"n{draw.randrange(max(0, place - 100), place - 1)}" if place > 1 else "x"
        edges.append(_arrow(f"{before}, {other}" if place % 2 else before, name))
        before = name
    return _spec(layers, edges, names[-1:])


def fan_in(nodes: int) -> str:
    """All layers read the input, and the last one joins them: an edge a line."""
    names = _names(nodes - 1)
    edges = [f"x -> {name} -> join" for name in names]
    return _spec(_dense(names) | {"join": "Concatenate"}, edges, ["join"])


def groups(nodes: int) -> str:
    """The same, as two lines of edges: `x -> n0, n1, ...` and `n0, n1, ... -> join`."""
    names = _names(nodes - 1)
    all_of_them = ", ".join(names)
    edges = [_arrow("x", all_of_them), _arrow(all_of_them, "join")]
    return _spec(_dense(names) | {"join": "Concatenate"}, edges, ["join"])


def outputs(nodes: int) -> str:
    """One layer is read by all others, and each of these is an output."""
    names = _names(nodes - 1)
    edges = ["x -> stem", *(_arrow("stem", name) for name in names)]
    return _spec({"stem": DENSE} | _dense(names), edges, names)


def inputs(nodes: int) -> str:
    """Half the nodes are inputs, each with a layer of its own, which is an output."""
    names = _names(nodes // 2)
    edges = (_arrow(f"x{name}", name) for name in names)
    return _spec(_dense(names), edges, names, [f"x{name}" for name in names])


def branches(nodes: int) -> str:
    """Ten branches side by side that are added up, again and again."""
    layers, edges, before = dict[str, str](), list[str](), "x"
    for step in range(nodes // (BRANCHES + 1)):
        names = [f"n{step}_{branch}" for branch in range(BRANCHES)]
        layers |= {**_dense(names), f"sum{step}": "Add"}
        edges += [f"{before} -> {name} -> sum{step}" for name in names]
        before = f"sum{step}"
    return _spec(layers, edges, [before])


def shared(nodes: int) -> str:
    """One shared layer, called one call after the other."""
    names = _names(nodes)
    layers = dict.fromkeys(names, "{use: same}")
    return _spec(layers, [], names[-1:], head=[f"shared: {{same: {DENSE}}}"])


def many_shared(nodes: int) -> str:
    """Shared layers by the thousand, each called twice."""
    names = _names(nodes // 2)
    layers = {f"{name}{call}": f"{{use: {name}}}" for name in names for call in "ab"}
    body = [f"  {name}: {DENSE}" for name in names]
    return _spec(layers, [], [f"{names[-1]}b"], head=["shared:", *body])


def one_block(nodes: int) -> str:
    """One block of four layers, used again and again."""
    names = _names(nodes // 4)
    return _spec(dict.fromkeys(names, "same"), [], names[-1:], head=["blocks:", _block("same")])


def blocks(nodes: int) -> str:
    """Blocks of four layers, no two of them the same: at most 10,000."""
    names = _names(nodes // 4)
    layers = {name: f"b{name}" for name in names}
    return _spec(layers, [], names[-1:], head=["blocks:", *(_block(f"b{n}") for n in names)])


def arguments(nodes: int) -> str:
    """One block of four layers, used with other arguments each time: at most 10,000."""
    names = _names(nodes // 4)
    layers = {name: f"{{type: same, units: {8 + place}}}" for place, name in enumerate(names)}
    block = _block("same", "params: {units: 8}, ").replace("units: 8, act", "units: $units, act")
    return _spec(layers, [], names[-1:], head=["blocks:", block])


def nested(nodes: int) -> str:
    """Blocks in blocks, ten levels of them, each level a block of its own."""
    layers, head = dict[str, str](), ["blocks:"]
    for tower in range(nodes // (4 * LEVELS)):
        for level in range(LEVELS):
            inner = f"inner: b{tower}_{level - 1}, " if level else ""
            head.append(_block(f"b{tower}_{level}", inner=inner))
        layers[f"n{tower}"] = f"b{tower}_{LEVELS - 1}"
    return _spec(layers, [], [*layers][-1:], head=head)


def halved(nodes: int) -> str:
    """Convolutions that each halve an open length: the last one is `ceil(T / 2**nodes)`."""
    halving = "{type: Conv1D, filters: 8, kernel_size: 3, strides: 2, padding: same}"
    names = _names(nodes)
    return _spec(_dense(names, halving), [], names[-1:]).replace("x: [8]", "x: [T, 8]")


def unknown_types(nodes: int) -> str:
    """A chain in which every type is misspelt: as many errors as nodes."""
    return chain(nodes).replace("type: Dense", "type: Dens")


def wrong_arguments(nodes: int) -> str:
    """A chain in which every layer has an argument too much."""
    return chain(nodes).replace("units: 8", "units: 8, unit: 3")


def wrong_names(nodes: int) -> str:
    """A chain whose edges name what is not there."""
    names = _names(nodes)
    edges = [_arrow(f"n{place}x", name) for place, name in enumerate(names)]
    return _spec(_dense(names), edges, names[-1:])


def wrong_shapes(nodes: int) -> str:
    """Sums of an input and what has another width, each an error."""
    names = _names(nodes // 2)
    layers = _dense(names, "{type: Dense, units: 7}") | {f"s{name}": "Add" for name in names}
    edges = [line for name in names for line in (f"x -> {name}", f"x, {name} -> s{name}")]
    return _spec(layers, edges, [f"s{name}" for name in names])


def unread(nodes: int) -> str:
    """Layers that reach no output, each a warning."""
    names = _names(nodes - 1)
    edges = ["x -> y", *(_arrow("x", name) for name in names)]
    return _spec({"y": DENSE} | _dense(names), edges, ["y"])


VALID: dict[str, Callable[[int], str]] = {
    each.__name__: each
    for each in (
        chain, one_line, no_edges, dag, fan_in, groups, outputs, inputs, branches, shared,
        many_shared, one_block, blocks, arguments, nested, unread, halved,
    )
}  # fmt: skip
WRONG: dict[str, Callable[[int], str]] = {
    each.__name__: each for each in (unknown_types, wrong_arguments, wrong_names, wrong_shapes)
}
MOST = {"blocks": 40_000, "arguments": 40_000, "nested": 40_000}
"""Nodes that the bounds on blocks leave (`docs/bounds.md`)."""


def _names(count: int) -> list[str]:
    return [f"n{place}" for place in range(count)]


def _dense(names: Iterable[str], layer: str = DENSE) -> dict[str, str]:
    return dict.fromkeys(names, layer)


def _arrow(source: str, target: str) -> str:
    return f"{source} -> {target}"


def _block(name: str, params: str = "", inner: str = "") -> str:
    parts = ", ".join(f"{each}: {DENSE}" for each in "abcd")
    return f"  {name}: {{{params}inputs: [v], layers: {{{inner}{parts}}}, outputs: [d]}}"


def _spec(
    layers: dict[str, str],
    edges: Iterable[str],
    outputs: list[str],
    inputs: Iterable[str] = ("x",),
    head: Iterable[str] = (),
) -> str:
    written = [f"  - {edge}" for edge in edges]
    return "\n".join(
        [
            "version: 1",
            "inputs:",
            *(f"  {name}: [8]" for name in inputs),
            *head,
            "layers:",
            *(f"  {name}: {layer}" for name, layer in layers.items()),
            *(["edges:", *written] if written else []),
            "outputs:",
            *(f"  {name}: mse" for name in outputs),
            "",
        ]
    )
