"""A rendered spec is a spec of the same meaning."""

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Report
from modelspec.language import Model, Spec, Use, read, render
from modelspec.language.yaml_writer import entry
from modelspec.source import load, parse
from tests.language.reading import clean

SPECS = sorted(Path(__file__).parents[2].glob("specs/*.yaml"))


def meaning(model: Model) -> dict[str, Any]:
    """All that a model says, as plain data."""
    return {
        "inputs": [(i.name, i.shape, i.dtype, i.description) for i in model.inputs.values()],
        "nodes": [
            (each.name, what(each.what), each.trainable, each.repeat)
            for each in model.nodes.values()
        ],
        "shared": [(each.name, what(each.what)) for each in model.shared.values()],
        "operands": {
            name: [(e.source, e.target.port) for e in model.edges if e.target.node == name]
            for name in model.nodes
        },
        "outputs": [
            (o.name, o.source, o.loss, o.weight, o.metrics, o.class_weight)
            for o in model.outputs.values()
        ],
        "description": model.description,
    }


def what(called: Any) -> Any:
    if isinstance(called, Model):
        return meaning(called)
    if isinstance(called, Use):
        return ("use", called.shared)
    inner = getattr(called, "layer", None)
    if inner is not None:
        return (type(called).__name__, called.model_copy(update={"layer": None}), what(inner))
    return called


def check(spec: Spec) -> str:
    text = render(spec)
    again = clean(text)
    assert again.name == spec.name
    assert meaning(again.model) == meaning(spec.model)
    assert render(again) == text
    return text


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_specs(path: Path) -> None:
    report = Report()
    document = load(str(path), report)
    assert document is not None
    spec = read(document, report)
    assert spec is not None
    text = render(spec)
    again = parse(text, str(path), report)
    assert again is not None
    second = read(again, report)
    assert second is not None
    assert list(report) == []
    assert meaning(second.model) == meaning(spec.model)
    assert render(second) == text
    assert (second.train is None) == (spec.train is None)


def test_render() -> None:
    text = check(
        clean(
            "name: all\n"
            "params: {n: 4}\n"
            "inputs: {x: {shape: [T, null, 3], dtype: float64}, z: [8]}\n"
            "shared: {e: {type: Dense, units: $n, trainable: false}, s: {type: b, n: 2}}\n"
            "layers:\n"
            "  a: {use: e}\n"
            "  f: {use: s, trainable: false}\n"
            "  g: {type: b, repeat: 3}\n"
            "  h: {type: b, n: 7, repeat: 2}\n"
            "  t: {type: TimeDistributed, layer: {type: b, n: 9}}\n"
            "  u: {type: Bidirectional, layer: {type: LSTM, units: 2, trainable: false}}\n"
            "  v: {type: TimeDistributed, layer: {use: e}}\n"
            "  m: Add\n"
            "edges:\n"
            "  - x -> a -> g -> h -> t -> u -> v -> m\n"
            "  - z -> f -> m\n"
            "  - u.state -> m\n"
            "  - g_2 -> m\n"
            "outputs:\n"
            "  m: {loss: mse, class_weight: {0: 2.0, '1': 3.0}}\n"
            "  state: {from: u.h, loss: mae, weight: 1e-5, metrics: [mae]}\n"
            "  last: {from: h}\n"
            "blocks:\n"
            "  b: {params: {n: 4}, inputs: [i], layers: {d: {type: Dense, units: $n}, k: in2},"
            " outputs: [k], blocks: {in2: {inputs: [j], layers: {r: Flatten}, outputs: [r]}}}\n"
            "train: {epochs: $n, callbacks: [{type: early_stopping, monitor: loss}]}\n"
        )
    )
    assert "  - x -> a -> g -> h -> t -> u -> v -> m\n" in text
    assert "  g: {type: b_2, repeat: 3}\n" in text
    assert "  last:  {from: h}\n" in text
    assert text.count("  in2:\n") == 1
    assert "in2_2" not in text
    assert "  epochs:    4\n" in text


def test_chains_and_groups() -> None:
    text = check(
        clean(
            "inputs: {x: [8], y: [8]}\nlayers: {a: Add, b: Add, c: Add, d: Add}\n"
            "edges:\n  - x, y -> a -> b -> c, d\n  - x -> d\n  - b -> a\n"
            "outputs: [c, d]\n"
        )
    )
    assert "  - x, y -> a -> b -> c, d\n  - x -> d\n  - b -> a\n" in text


def test_no_edges_at_all_stay_none() -> None:
    assert "edges: []" in check(
        clean("inputs: {x: [8]}\nlayers: {a: Flatten}\nedges: []\noutputs: [a]\n")
    )


NODES = "abcdefg"
PAIRS = st.lists(st.tuples(st.sampled_from("x" + NODES), st.sampled_from(NODES)), max_size=20)


@given(PAIRS)
def test_any_edges(pairs: list[tuple[str, str]]) -> None:
    layers = ", ".join(f"{name}: Add" for name in NODES)
    lines = "".join(f"  - {source} -> {target}\n" for source, target in pairs)
    edges = f"edges:\n{lines}" if lines else "edges: []\n"
    check(clean(f"inputs: {{x: [8]}}\nlayers: {{{layers}}}\n{edges}outputs: [a]\n"))


TEXT = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Z", "Cc")))
SCALAR = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | TEXT
DATA = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
    max_leaves=30,
)


@given(DATA)
def test_written_data_is_read_again(value: Any) -> None:
    report = Report()
    document = parse("\n".join(entry("key", value, 0)), "spec.yaml", report)
    assert document is not None, list(report)
    assert document.data == {"key": value}
    assert not len(report)


@given(DATA)
def test_written_data_reads_the_same_in_yaml_1_1(value: Any) -> None:
    import yaml

    assert yaml.safe_load("\n".join(entry("key", value, 0))) == {"key": value}


def test_a_search_is_of_the_file_as_it_was_written() -> None:
    body = "params: {p: 1}\ninputs: {x: [8]}\nlayers: {}\noutputs: [x]\n"
    spec = clean(body + "tune: {search: {params.p: [1, 2]}}\n")
    assert "tune" not in render(spec)
    clean(render(spec))


ODD = [
    *("on", "off", "yes", "no", "y", "n", "null", "true", "Null", "TRUE", "None", "nan", "inf"),
    *("_", "e1", "class", "def", "train", "self", "inputs", "layers", "T", "use", "x1", "Dense_"),
]
"""Names that mean something else to YAML, to Python or elsewhere in a spec."""


@given(st.lists(st.sampled_from(ODD), min_size=7, max_size=7, unique=True), st.sampled_from(ODD))
def test_odd_names_survive(names: list[str], title: str) -> None:
    import yaml

    first, second, shared, block, param, inner, symbol = names
    spec = clean(
        f'name: "{title}"\n'
        f'params: {{"{param}_": 4}}\n'
        f'inputs: {{"{first}": ["{symbol}", 8]}}\n'
        f'shared: {{"{shared}": {{type: Dense, units: ${param}_}}}}\n'
        f'blocks: {{"{block}": {{inputs: ["{inner}"], layers: {{"{symbol}": Flatten}}, '
        f'outputs: ["{symbol}"]}}}}\n'
        f'layers: {{"{second}": {{use: "{shared}"}}, "{inner}": {{type: "{block}"}}}}\n'
        f'edges: ["{first} -> {second} -> {inner}"]\n'
        f'outputs: {{"{inner}": mse, "{title}_": {{from: "{second}"}}}}\n'
    )
    text = check(spec)
    report = Report()
    document = parse(text, "spec.yaml", report)
    assert document is not None
    assert yaml.safe_load(text) == document.data
