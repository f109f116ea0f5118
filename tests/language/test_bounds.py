"""No text makes reading raise, and no text makes it slow."""

import random
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Report
from modelspec.language import read, render
from modelspec.source import parse
from tests.language.reading import clean, read_text
from tests.language.test_render_spec import DATA
from tests.work import LINEAR, growth

WORDS = (
    "inputs layers outputs edges shared blocks params train data version name x a b Dense LSTM "
    "Bidirectional type use repeat trainable layer units from loss mse [8] $n ${n*2} 3 null -> "
    "{ } [ ] : , - 'a' x->a [x] true"
).split(" ")
KEYS = st.sampled_from([*WORDS[:24], "n"])
SPECS = st.dictionaries(
    KEYS,
    st.recursive(
        st.sampled_from(WORDS) | st.integers(-2, 5) | st.none() | st.booleans() | st.floats(),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
        max_leaves=30,
    ),
)


@given(st.lists(st.sampled_from([*WORDS, "\n", "\n  ", " "]), max_size=60).map("".join))
def test_texts(text: str) -> None:
    report = Report()
    document = parse(text, "spec.yaml", report)
    spec = document and read(document, report)
    assert spec or report.failed


@given(SPECS)
def test_data(value: dict[str, object]) -> None:
    import yaml

    report = Report()
    document = parse(yaml.safe_dump(value), "spec.yaml", report)
    if document is None:
        return
    spec = read(document, report)
    if spec is not None and not report.failed:
        render(spec)


@given(st.dictionaries(st.sampled_from(["params", "train", "data", "tune", "outputs"]), DATA))
def test_sections(value: dict[str, object]) -> None:
    import yaml

    base = {"inputs": {"x": [8]}, "layers": {"a": "Flatten"}, "outputs": ["a"]}
    report = Report()
    document = parse(yaml.safe_dump(base | value), "spec.yaml", report)
    assert document is not None
    assert read(document, report) is not None


@given(st.text(max_size=30))
def test_overrides(setting: str) -> None:
    text = "inputs: {x: [8]}\nlayers: {a: Flatten}\noutputs: [a]\n"
    read_text(text, setting, f"layers.a={setting}", f"{setting}=3")


def test_broken_copies_of_real_specs() -> None:
    """Characters deleted, doubled and exchanged at random."""
    draw = random.Random(0)
    for path in sorted(Path(__file__).parents[2].glob("specs/*.yaml")):
        text = path.read_text()
        for _ in range(40):
            broken = list(text)
            for _ in range(draw.randint(1, 4)):
                index = draw.randrange(len(broken))
                broken[index] = draw.choice(["", broken[index] * 2, " ", ":", "]", "$", "\n"])
            report = Report()
            document = parse("".join(broken), str(path), report)
            if document is not None:
                read(document, report)


def chain_of(count: int) -> str:
    layers = "".join(
        f"  l{i}: {{type: Dense, units: 32, activation: relu}}\n" for i in range(count)
    )
    edges = "".join(f"  - l{i} -> l{i + 1}\n" for i in range(count - 1))
    return (
        f"inputs: {{x: [32]}}\nlayers:\n{layers}edges:\n  - x -> l0\n{edges}"
        f"outputs: [l{count - 1}]\n"
    )


def mistaken_chain_of(count: int) -> str:
    return chain_of(count).replace("-> l", "-> m").replace("Dense", "Dens")


def test_ten_thousand_layers() -> None:
    clean(chain_of(10_000))


def test_work_is_linear() -> None:
    assert growth(lambda count: clean(chain_of(count)), 200, 800) < LINEAR


def test_many_mistakes_are_all_found() -> None:
    assert len(read_text(mistaken_chain_of(5000))[1]) >= 5000


def test_work_is_linear_in_mistakes() -> None:
    assert growth(lambda count: read_text(mistaken_chain_of(count)), 800, 3200) < LINEAR
