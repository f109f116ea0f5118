"""Order, cycles and liveness, against brute force on random graphs."""

from collections import deque

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.graph.building import built, clean, found, wired

NAMES = [f"n{index}" for index in range(7)]
Pair = tuple[str, str]

arrows = st.lists(
    st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), max_size=14, unique=True
)


def _way(start: str, end: str, edges: list[Pair]) -> int | None:
    """The length of the shortest way of at least one edge."""
    distance = {target: 1 for source, target in edges if source == start}
    waiting = deque(distance)
    while waiting:
        name = waiting.popleft()
        for source, target in edges:
            if source == name and target not in distance:
                distance[target] = distance[name] + 1
                waiting.append(target)
    return distance.get(end)


@settings(max_examples=200)
@given(arrows)
def test_order_and_cycles(pairs: list[Pair]) -> None:
    edges = [("x", "n0"), *pairs]
    graph, report = built(wired(edges, NAMES, ["x"], ["n6"]))
    cycles = [each for each in report if each.code == "MS401"]
    on_cycles = [name for name in NAMES if _way(name, name, edges)]
    behind = {name for name in NAMES if any(_way(on, name, edges) for on in on_cycles)}
    assert bool(cycles) == bool(on_cycles)
    order = list(graph.nodes)
    assert set(order) == {"x", *NAMES}
    for source, target in edges:
        if target not in behind:
            assert order.index(source) < order.index(target)
    assert order[len(order) - len(behind) :] == [name for name in NAMES if name in behind]
    if on_cycles:
        shortest = min(_way(name, name, edges) or 99 for name in on_cycles)
        lengths = [max(len(each.related), 1) for each in cycles]
        assert min(lengths) == shortest


@settings(max_examples=200)
@given(arrows)
def test_a_node_is_alive_on_a_path_from_an_input_to_an_output(pairs: list[Pair]) -> None:
    edges = [("x", "n0"), *pairs]
    graph, _ = built(wired(edges, NAMES, ["x", "z"], ["n6", "n5"]))
    for name, node in graph.nodes.items():
        reached = name in "xz" or any(_way(start, name, edges) for start in "xz")
        useful = name in ("n5", "n6") or any(_way(name, end, edges) for end in ("n5", "n6"))
        assert node.alive == (reached and useful), name


def test_free_nodes_stand_in_file_order() -> None:
    edges = [("x", "n2"), ("x", "n0"), ("n0", "n1"), ("n2", "n1"), ("x", "n3"), ("n3", "n1")]
    names = ["n1", "n3", "n0", "n2"]
    assert list(clean_order(edges, names)) == ["x", "n3", "n0", "n2", "n1"]


def clean_order(edges: list[Pair], names: list[str]) -> list[str]:
    return list(built(wired(edges, names, ["x"], ["n1"]))[0].nodes)


def test_a_cycle_says_its_way_round_and_the_line_of_each_edge() -> None:
    edges = [("x", "join"), ("conv1", "join"), ("join", "conv1"), ("conv1", "y")]
    (cycle,) = found(wired([*edges, ("x", "y")], ["conv1", "join", "y"], ["x"], ["y"]))
    assert cycle.message == "cycle `conv1 -> join -> conv1`"
    assert [(each.message, each.span.line) for each in cycle.related] == [
        ("`conv1 -> join`", 8),
        ("`join -> conv1`", 9),
    ]
    assert (cycle.span.line, cycle.path) == (9, "edges.2")


def test_cycles_that_share_no_edge_are_all_reported() -> None:
    edges = [("x", "a"), ("a", "b"), ("b", "a"), ("b", "c"), ("c", "d"), ("d", "c"), ("x", "d")]
    messages = [each.message for each in found(wired(edges, list("abcd"), ["x"], ["d"]))]
    assert messages == ["cycle `a -> b -> a`", "cycle `c -> d -> c`"]


def test_one_wrong_edge_is_one_finding() -> None:
    """Two ways lead from v to u, and the wrong edge u -> v closes both."""
    edges = [("x", "v"), ("v", "p"), ("v", "q"), ("p", "u"), ("q", "u"), ("u", "v"), ("u", "y")]
    edges += [("x", "p"), ("x", "q"), ("x", "y")]
    messages = [each.message for each in found(wired(edges, list("vpquy"), ["x"], ["y"]))]
    assert messages == ["cycle `v -> p -> u -> v`"]


def test_of_cycles_of_equal_length_the_first_of_the_file_is_reported() -> None:
    edges = [("x", "v"), ("v", "p"), ("v", "q"), ("p", "u"), ("q", "u"), ("u", "v"), ("u", "y")]
    edges += [("x", "p"), ("x", "q"), ("x", "y")]
    messages = [each.message for each in found(wired(edges, list("vpuqy"), ["x"], ["y"]))]
    assert messages == ["cycle `v -> p -> u -> v`"]


def test_a_layer_into_itself() -> None:
    edges = [("x", "a"), ("a", "a"), ("a", "b"), ("x", "b")]
    assert [each.message for each in found(wired(edges, ["a", "b"], ["x"], ["b"]))] == [
        "`a` leads into itself"
    ]


def test_twice_the_same_operand() -> None:
    graph = clean(wired([("x", "a"), ("x", "a")], ["a"], ["x"], ["a"]))
    assert [str(source) for source in graph.nodes["a"].operands[""]] == ["x", "x"]
