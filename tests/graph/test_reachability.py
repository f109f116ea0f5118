"""One mistake, one finding: what is missing, in each combination that a person makes."""

import pytest

from tests.graph.building import codes, found, wired

DENSE = "{type: Dense, units: 4, activation: relu}"


def _text(layers: str, edges: str, inputs: str = "x", outputs: str = "y") -> str:
    declared = "".join(f"  {name}: {DENSE}\n" for name in layers.split())
    declared = declared.replace(f"  add: {DENSE}", "  add: Add").replace(
        f"  sub: {DENSE}", "  sub: Subtract"
    )
    shapes = ", ".join(f"{name}: [4]" for name in inputs.split())
    lines = "".join(f"  - {edge}\n" for edge in edges.split(";"))
    return (
        f"inputs: {{{shapes}}}\nlayers:\n{declared}edges:\n{lines}"
        f"outputs: [{', '.join(outputs.split())}]\n"
    )


SHARED = """\
inputs: {a: [4], b: [3, 4]}
shared: {common: {type: Dense, units: 4}}
layers:
  one: {use: common}
  two: {type: TimeDistributed, layer: {use: common}}
  y: {type: Dense, units: 2}
  w: {type: Dense, units: 2}
edges:
  - a -> one -> y
  - b -> two -> w
outputs: [y, w]
"""
CASES = {
    "all is well": (_text("a y", "x -> a -> y"), []),
    "a layer in no edge": (_text("a b y", "x -> a -> y"), ["MS304"]),
    "layers connected to each other only": (_text("a b c y", "x -> a -> y;b -> c"), ["MS304"]),
    "an input that feeds nothing": (_text("a y", "x -> a -> y", "x z"), ["MS305"]),
    "an input that leads to a dead end": (_text("a y", "x -> y;z -> a", "x z"), ["MS305"]),
    "a dead end": (_text("a b y", "x -> y;x -> a -> b"), ["MS403"]),
    "two dead ends": (_text("a b y", "x -> y, a, b"), ["MS403", "MS403"]),
    "an edge forgotten in a chain": (_text("a b y", "x -> a;b -> y"), ["MS402"]),
    "the first edge forgotten": (_text("a y", "a -> y"), ["MS402"]),
    "the last edge forgotten": (_text("a y", "x -> a"), ["MS402"]),
    "an output on no edge, beside another": (_text("y z", "x -> y", "x", "y z"), ["MS402"]),
    "two outputs behind one gap": (_text("a y z", "x -> x2;a -> y, z", "x x2", "y z"), ["MS308"]),
    "two outputs of one lost trunk": (_text("a b y z", "x -> b;a -> y, z", "x", "y z"), ["MS402"]),
    "an operand that nothing reaches": (_text("a add y", "x, a -> add -> y"), ["MS406"]),
    "an edge forgotten beside a skip": (
        _text("a b add y", "x -> a;x, b -> add -> y"),
        ["MS406"],
    ),
    "a merge that lacks an input": (_text("add y", "x -> add -> y", "x z"), ["MS305"]),
    "a merge that lacks a layer": (_text("a add y", "x -> a, add;add -> y"), ["MS403"]),
    "a merge of one": (_text("add y", "x -> add -> y"), ["MS407"]),
    "a difference of one": (_text("sub y", "x -> sub -> y"), ["MS406"]),
    "a difference that lacks an input": (_text("sub y", "x -> sub -> y", "x z"), ["MS406"]),
    "two graphs": (_text("y w", "x -> y;z -> w", "x z", "y w"), ["MS404"]),
    "three graphs": (_text("y w v", "x -> y;z -> w;u -> v", "x z u", "y w v"), ["MS404"]),
    "two graphs that share a layer": (SHARED, []),
    "two that share a layer and a third": (
        SHARED.replace("a: [4]", "a: [4], c: [4]")
        .replace("layers:\n", "layers:\n  z: {type: Dense, units: 4}\n")
        .replace("edges:\n", "edges:\n  - c -> z\n")
        .replace("[y, w]", "[y, w, z]"),
        ["MS404"],
    ),
    "two graphs and a layer in no edge": (
        _text("y w b", "x -> y;z -> w", "x z", "y w"),
        ["MS404", "MS304"],
    ),
    "a name mistyped": (_text("a y", "x -> aa -> y"), ["MS301"]),
    "a name mistyped at the end": (_text("a b y", "x -> a -> bb;b -> y"), ["MS301"]),
    "a cycle": (_text("a add y", "x -> add -> a -> y;a -> add"), ["MS401"]),
    "an edge written backwards": (_text("a b y", "x -> a;b -> a;b -> y"), ["MS402"]),
    "a cycle by an edge written backwards": (
        _text("a b c", "x -> a -> b;c -> a;b -> c", outputs="c"),
        ["MS401"],
    ),
    "a dead end beside a cycle": (
        _text("a add y d", "x -> add -> a -> y;a -> add;x -> d"),
        ["MS401", "MS403"],
    ),
    "a duplicate edge": (_text("a y", "x -> a -> y;x -> a"), ["MS405"]),
    "too many": (_text("a b y", "x -> a, b;a, b -> y"), ["MS406"]),
    "an edge into an input": (_text("a y", "x -> a -> y;a -> x"), ["MS308"]),
    "an input as an output": (_text("a", "x -> a", outputs="a x"), []),
}


@pytest.mark.parametrize("case", CASES)
def test_one_mistake_is_one_finding(case: str) -> None:
    text, expected = CASES[case]
    assert sorted(codes(text)) == sorted(expected)


def test_the_help_names_the_edge_that_was_forgotten() -> None:
    (gap,) = found(_text("a b y", "x -> a;b -> y"))
    assert gap.help == "`a` leads nowhere; should it be `a -> b`?"
    (turned,) = found(_text("a b y", "x -> a;b -> a;b -> y"))
    assert turned.help == "is `b -> a` written backwards?"
    (unused,) = found(_text("add y", "x -> add -> y", "x mask"))
    assert unused.help == "`add` gets one input only; should it be `mask -> add`?"


def test_several_outputs_and_beginnings_are_named() -> None:
    text = _text("a b add y z", "a, b -> add;add -> y, z;x -> w", "x", "y z w").replace(
        "edges:", f"  w: {DENSE}\nedges:"
    )
    (lost,) = found(text)
    assert lost.message == ("no input reaches outputs `y` and `z`; the chains begin at `a` and `b`")


def test_dead_layers_are_named_with_their_end() -> None:
    (dead,) = found(_text("a b c y", "x -> y;x -> a -> b -> c"))
    assert dead.message == "`c` reaches no output, and so nor does `a` nor `b`"


def test_names_of_large_graphs_are_cut_short() -> None:
    names = [f"n{i}" for i in range(40)]
    edges = [("x", "n0"), *((f"n{i}", f"n{i + 1}") for i in range(19))]
    edges += [("z", "n20"), *((f"n{i}", f"n{i + 1}") for i in range(20, 39))]
    text = wired(edges, names, ["x", "z"], ["n19", "n39"])
    (parts,) = [each for each in found(text) if each.code == "MS404"]
    assert "`{x, n0, n1, n2, ..., n19}` and `{z, n20, n21, n22, ..., n39}`" in parts.message
