"""The drawn picture: nothing overlaps, texts fit, arrows meet their boxes."""

from itertools import combinations

import pytest

from modelspec.plot import RANKDIRS, PlotOptions, Rankdir
from modelspec.plot.scene import Group, Item, Line, Rect, Scene, Text
from modelspec.plot.text_metrics import text_width

from .samples import sample_graphs, scene_of

GRAPHS = sample_graphs()
VARIANTS = [
    {},
    {"rankdir": "LR"},
    {"rankdir": "BT"},
    {"rankdir": "RL"},
    {"depth": 0, "show_params": True, "show_dtype": True},
    {"shapes_on": "edges", "fold": False},
    {"rankdir": "LR", "shapes_on": "edges", "show_params": True},
]


@pytest.fixture(params=sorted(GRAPHS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=range(len(VARIANTS)))
def scene(request: pytest.FixtureRequest, name: str) -> Scene:
    graph, report = GRAPHS[name]
    return scene_of(graph, PlotOptions(**VARIANTS[request.param]), report)  # type: ignore[arg-type]


def frame(group: Group) -> Rect:
    """The largest rectangle of a box that is not one of its further copies."""
    *_, last = (item for item in group.items if isinstance(item, Rect) and item.height > 20)
    return last


def is_port(group: Group) -> bool:
    return all(not isinstance(item, Rect) or item.width < 10 for item in group.items)


def extent(text: Text) -> tuple[float, float]:
    width = text_width(text.text, text.size, text.bold)
    left = text.x - {"start": 0.0, "middle": width / 2, "end": width}[text.anchor]
    return left, left + width


def test_no_two_boxes_overlap(scene: Scene) -> None:
    frames = [frame(group) for group in scene.groups if group.role == "node" and not is_port(group)]
    for left, right in combinations(frames, 2):
        apart = max(
            right.x - left.x - left.width,
            left.x - right.x - right.width,
            right.y - left.y - left.height,
            left.y - right.y - right.height,
        )
        assert apart > 4, (left, right)


def test_boxes_lie_inside_the_picture_and_their_blocks(scene: Scene) -> None:
    blocks = {group.keys[0]: frame(group) for group in scene.groups if group.role == "block"}
    for group in scene.groups:
        if group.role not in ("node", "block") or is_port(group):
            continue
        inner = frame(group)
        outer = Rect(0, 0, scene.width, scene.height)
        around = [key for key in blocks if group.keys[0].startswith(f"{key}/")]
        for rect in [outer, *(blocks[key] for key in around)]:
            assert rect.x < inner.x
            assert rect.y < inner.y
            assert inner.x + inner.width < rect.x + rect.width
            assert inner.y + inner.height < rect.y + rect.height


def test_texts_fit_into_their_boxes(scene: Scene) -> None:
    for group in scene.groups:
        if group.role not in ("node", "block") or is_port(group):
            continue
        rect = frame(group)
        for item in group.items:
            if isinstance(item, Text):
                left, right = extent(item)
                assert rect.x + 4 < left, item
                assert right < rect.x + rect.width - 4, item
                assert rect.y < item.y < rect.y + rect.height, item


def test_texts_of_a_box_do_not_run_into_each_other(scene: Scene) -> None:
    for group in scene.groups:
        lines: dict[float, list[tuple[float, float]]] = {}
        for item in group.items:
            if isinstance(item, Text) and group.role != "edge":
                lines.setdefault(item.y, []).append(extent(item))
        for line in lines.values():
            for before, after in zip(sorted(line), sorted(line)[1:], strict=False):
                assert before[1] + 2 < after[0], group.keys


def test_arrows_start_and_end_on_borders(scene: Scene) -> None:
    spots: dict[str, Rect] = {}
    for group in scene.groups:
        if group.role in ("node", "block"):
            spots[group.keys[0]] = port(group) if is_port(group) else frame(group)
    for group in scene.groups:
        if group.role == "edge":
            way = next(item for item in group.items if isinstance(item, Line))
            assert touches(way.route[0].points[0], spots[group.keys[0]]), group.keys
            assert touches(way.route[-1].points[-1], spots[group.keys[1]]), group.keys


def port(group: Group) -> Rect:
    """A port as a point: its arrows lead to its middle."""
    (dot,) = (item for item in group.items if isinstance(item, Rect))
    return Rect(dot.x + dot.width / 2, dot.y + dot.height / 2, 0, 0)


def touches(point: tuple[float, float], rect: Rect) -> bool:
    x, y = point
    right, low = rect.x + rect.width, rect.y + rect.height
    inside = rect.x - 0.02 <= x <= right + 0.02 and rect.y - 0.02 <= y <= low + 0.02
    return inside and min(abs(x - rect.x), abs(x - right), abs(y - rect.y), abs(y - low)) < 0.02


@pytest.mark.parametrize("rankdir", RANKDIRS)
def test_the_flow_goes_where_it_is_told_to(rankdir: Rankdir) -> None:
    graph, report = GRAPHS["siamese"]
    scene = scene_of(graph, PlotOptions(rankdir=rankdir), report)
    place = {g.keys[0]: frame(g) for g in scene.groups if g.role == "node" and not is_port(g)}
    first, last = place["left"], place["outputs/same"]
    assert {
        "TB": first.y < last.y,
        "BT": first.y > last.y,
        "LR": first.x < last.x,
        "RL": first.x > last.x,
    }[rankdir]


def texts(items: list[Item]) -> list[str]:
    return [item.text for item in items if isinstance(item, Text)]


def test_what_a_box_says_is_up_to_the_options() -> None:
    graph, report = GRAPHS["digits"]

    def stem(**options: object) -> list[str]:
        scene = scene_of(graph, PlotOptions(**options), report)  # type: ignore[arg-type]
        return texts(next(g.items for g in scene.groups if g.keys == ("stem",)))

    assert "[8, 8, 32]" in stem()
    assert not any("[8" in text for text in stem(show_shapes=False))
    assert not any("[8" in text for text in stem(shapes_on="edges"))
    assert any("float32" in text for text in stem(show_dtype=True))
    assert any("320 params" in text for text in stem(show_params=True))
    assert not any("params" in text for text in stem())


def test_shapes_stand_on_edges_on_request() -> None:
    graph, report = GRAPHS["digits"]
    scene = scene_of(graph, PlotOptions(shapes_on="edges"), report)
    said = [text for g in scene.groups if g.role == "edge" for text in texts(g.items)]
    assert "[8, 8, 32]" in said


def test_faded_boxes_are_faded_and_marks_are_not() -> None:
    graph, report = GRAPHS["broken"]
    scene = scene_of(graph, PlotOptions(), report)
    assert next(g for g in scene.groups if g.keys == ("dead",)).faded
    flags = [g for g in scene.groups if g.role == "decoration" and "MS403" in texts(g.items)]
    assert flags
    assert not flags[0].faded
