"""The layout against what every layout must be, on random graphs."""

from itertools import combinations

import networkx
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.plot.layout import Link, Vertex, arrange, cyclic_parts
from modelspec.plot.layout.levels import assign_layers, back_edges


@st.composite
def graphs(draw: st.DrawFn, *, cyclic: bool = False) -> tuple[list[Vertex], list[Link]]:
    count = draw(st.integers(1, 14))
    sizes = st.tuples(st.integers(10, 200), st.integers(0, 120))
    vertices = [Vertex(*map(float, draw(sizes))) for _ in range(count)]
    ends = draw(
        st.lists(st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)), max_size=30)
    )
    links = []
    for source, target in ends:
        if not cyclic:
            source, target = min(source, target), max(source, target)
            if source == target:
                continue
        aside = draw(st.sampled_from((0.0, -0.3, 0.3)))
        enters = draw(st.sampled_from((None, 0.0, 0.25)))
        links.append(
            Link(
                source,
                target,
                aside * vertices[source].width,
                None if enters is None else enters * vertices[target].width,
            )
        )
    return vertices, links


def box(vertex: Vertex) -> tuple[float, float, float, float]:
    return (
        vertex.x - vertex.width / 2,
        vertex.y - vertex.height / 2,
        vertex.x + vertex.width / 2,
        vertex.y + vertex.height / 2,
    )


def points(link: Link) -> list[tuple[float, float]]:
    """Points along the way of a link, close to each other."""
    found: list[tuple[float, float]] = []
    for step in link.route:
        if step.kind == "move":
            found.append(step.points[0])
            continue
        start, end = found[-1], step.points[-1]
        first, second = step.points[:2] if step.kind == "curve" else (start, end)
        if step.kind == "line":
            first = tuple(a + (b - a) / 3 for a, b in zip(start, end, strict=True))  # type: ignore[assignment]
            second = tuple(a + (b - a) * 2 / 3 for a, b in zip(start, end, strict=True))  # type: ignore[assignment]
        for index in range(1, 25):
            t = index / 24
            weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
            stops = (start, first, second, end)
            found.append(
                (
                    sum(w * p[0] for w, p in zip(weights, stops, strict=True)),
                    sum(w * p[1] for w, p in zip(weights, stops, strict=True)),
                )
            )
    return found


def check(vertices: list[Vertex], links: list[Link], dummies: int = 1000) -> None:
    size = arrange(vertices, links, dummies=dummies)
    boxes = [box(vertex) for vertex in vertices]
    for left, right in combinations(boxes, 2):
        apart = max(right[0] - left[2], left[0] - right[2], right[1] - left[3], left[1] - right[3])
        assert apart > 5, (left, right)
    for x0, y0, x1, y1 in boxes:
        assert min(x0, y0) > -0.01
        assert x1 < size.width + 0.01
        assert y1 < size.height + 0.01
    for link in links:
        way = points(link)
        assert_on_border(way[0], boxes[link.source])
        assert_on_border(way[-1], boxes[link.target])
        for x, y in way:
            for x0, y0, x1, y1 in boxes:
                assert not (x0 + 0.5 < x < x1 - 0.5 and y0 + 0.5 < y < y1 - 0.5), link


def assert_on_border(point: tuple[float, float], sides: tuple[float, float, float, float]) -> None:
    (x, y), (x0, y0, x1, y1) = point, sides
    assert x0 - 0.01 <= x <= x1 + 0.01
    assert y0 - 0.01 <= y <= y1 + 0.01
    assert min(abs(x - x0), abs(x - x1), abs(y - y0), abs(y - y1)) < 0.01


@given(graphs())
@settings(max_examples=150)
def test_boxes_do_not_overlap_and_links_avoid_them(
    graph: tuple[list[Vertex], list[Link]],
) -> None:
    check(*graph)


@given(graphs(cyclic=True))
@settings(max_examples=150)
def test_cycles_are_laid_out_too(graph: tuple[list[Vertex], list[Link]]) -> None:
    check(*graph)


@given(graphs())
@settings(max_examples=50)
def test_acyclic_links_lead_down(graph: tuple[list[Vertex], list[Link]]) -> None:
    vertices, links = graph
    arrange(vertices, links)
    for link in links:
        assert box(vertices[link.source])[3] < box(vertices[link.target])[1]


def test_links_that_go_around_avoid_the_boxes() -> None:
    vertices = [Vertex(100.0, 40.0 + 10 * (index % 3)) for index in range(30)]
    links = [Link(index, index + 1) for index in range(29)]
    links += [Link(index, min(index + 7 + index % 5, 29)) for index in range(0, 22, 2)]
    links += [Link(25, 3), Link(0, 12), Link(0, 20)]
    check(vertices, links, dummies=0)
    assert max(x for link in links for x, _ in points(link)) > 150


def test_a_chain_is_a_straight_line() -> None:
    vertices = [Vertex(50.0 + 30 * (index % 3), 40.0) for index in range(9)]
    links = [Link(index, index + 1) for index in range(8)]
    arrange(vertices, links)
    assert len({vertex.x for vertex in vertices}) == 1
    assert all(len(link.route) == 2 for link in links)


def test_a_skip_does_not_bend_the_chain() -> None:
    vertices = [Vertex(100.0, 40.0) for _ in range(6)]
    links = [Link(index, index + 1) for index in range(5)] + [Link(0, 4), Link(1, 3)]
    arrange(vertices, links)
    assert len({vertex.x for vertex in vertices}) == 1


def test_many_skips_do_not_bend_the_chain() -> None:
    vertices = [Vertex(100.0, 40.0) for _ in range(200)]
    links = [Link(index, index + 1) for index in range(199)]
    links += [Link(index, index + 2 + index % 40) for index in range(0, 150, 3)]
    arrange(vertices, links)
    assert len({vertex.x for vertex in vertices}) == 1


def test_a_fan_is_symmetric() -> None:
    vertices = [Vertex(80.0, 40.0) for _ in range(7)]
    links = [Link(0, index) for index in range(1, 6)] + [Link(index, 6) for index in range(1, 6)]
    arrange(vertices, links)
    branches = sorted(vertex.x for vertex in vertices[1:6])
    middle = (branches[0] + branches[-1]) / 2
    assert abs(vertices[0].x - middle) < 0.01
    assert abs(vertices[6].x - middle) < 0.01


def test_a_side_chain_stands_near_where_it_leads() -> None:
    """0..5 is the long chain; 6 -> 7 joins it at 5."""
    pairs = [(index, index + 1) for index in range(5)] + [(6, 7), (7, 5)]
    layers = assign_layers([Vertex(1.0, 1.0) for _ in range(8)], pairs)
    assert layers == [0, 1, 2, 3, 4, 5, 3, 4]


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_without_back_edges_no_cycle_is_left(pairs: list[tuple[int, int]]) -> None:
    turned = back_edges(8, pairs)
    graph = networkx.DiGraph(
        (b, a) if index in turned else (a, b) for index, (a, b) in enumerate(pairs) if a != b
    )
    assert networkx.is_directed_acyclic_graph(graph)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=30))
def test_cyclic_parts_are_those_of_networkx(pairs: list[tuple[int, int]]) -> None:
    graph = networkx.DiGraph(pairs)
    graph.add_nodes_from(range(10))
    wanted = {
        frozenset(part)
        for part in networkx.strongly_connected_components(graph)
        if len(part) > 1 or graph.has_edge(*list(part) * 2)
    }
    parts = cyclic_parts(10, pairs)
    found: dict[int, set[int]] = {}
    for vertex, part in enumerate(parts):
        if part >= 0:
            found.setdefault(part, set()).add(vertex)
    assert {frozenset(part) for part in found.values()} == wanted


def test_an_empty_graph_has_no_size() -> None:
    assert arrange([], []) == (0.0, 0.0)
