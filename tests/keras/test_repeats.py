"""Structures that follow each other are one block with `repeat`."""

from modelspec.keras.body import Body, Node
from modelspec.keras.built import Built
from modelspec.keras.repeats import fold


def residual(prefix: str, source: str, units: int) -> list[Node]:
    """Three nodes with a way past the first two."""
    dense = {"type": "Dense", "units": units}
    return [
        Node(f"{prefix}_in", dense, {"": [source]}, f"layers/{prefix}/in"),
        Node(f"{prefix}_act", {"type": "ReLU"}, {"": [f"{prefix}_in"]}),
        Node(f"{prefix}_add", {"type": "Add"}, {"": [source, f"{prefix}_act"]}),
    ]


def built(nodes: list[Node], outputs: dict[str, str] | None = None) -> Built:
    body = Body("model", inputs={"image": [8]}, nodes={node.name: node for node in nodes})
    body.outputs = outputs or {"out": nodes[-1].name}
    return Built(body)


def three(units: tuple[int, int, int] = (8, 8, 8)) -> list[Node]:
    first = residual("block1", "image", units[0])
    second = residual("block2", "block1_add", units[1])
    return [*first, *second, *residual("block3", "block2_add", units[2])]


def test_copies_become_one_block() -> None:
    model = built([*three(), Node("end", {"type": "Dense", "units": 2}, {"": ["block3_add"]}, "w")])
    fold(model)
    assert len(model.body.nodes) == 2
    (name, node), (_, end) = model.body.nodes.items()
    (kind,) = model.blocks
    assert node.entry == {"type": kind, "repeat": 3}
    assert node.operands == {"": ["image"]}
    assert end.operands == {"": [name]}
    inner = model.blocks[kind].body
    assert [each.entry["type"] for each in inner.nodes.values()] == ["Dense", "ReLU", "Add"]
    first, _, last = inner.nodes
    assert inner.nodes[last].operands == {"": ["x", list(inner.nodes)[1]]}
    assert model.body.weights() == {
        f"{name}_1": {first: "layers/block1/in"},
        f"{name}_2": {first: "layers/block2/in"},
        f"{name}_3": {first: "layers/block3/in"},
        "end": "w",
    }


def test_what_differs_stays() -> None:
    model = built(three((8, 8, 4)))
    fold(model)
    assert [node.entry.get("repeat") for node in model.body.nodes.values()] == [2, None, None, None]


def test_values_that_are_read_elsewhere_stay() -> None:
    nodes = three()
    nodes.append(Node("late", {"type": "Add"}, {"": ["block3_add", "block2_act"]}))
    model = built(nodes)
    fold(model)
    assert not model.blocks
    model = built(three(), {"out": "block3_add", "side": "block1_act"})
    fold(model)
    assert "block1_act" in model.body.nodes


def test_folds_beside_each_other() -> None:
    nodes = three()
    last = nodes[-1].name
    for number in range(4, 6):
        nodes += residual(f"block{number}", last, 3)
        last = nodes[-1].name
    model = built(nodes)
    fold(model)
    first, second = model.body.nodes.values()
    assert (first.entry["repeat"], second.entry["repeat"]) == (3, 2)
    assert second.operands == {"": [first.name]}
    assert model.body.outputs == {"out": second.name}
    copies = {f"{node.name}_{n}" for node in (first, second) for n in (1, 2, 3)}
    assert not copies & model.body.nodes.keys()
