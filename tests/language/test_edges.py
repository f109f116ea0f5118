"""The edge grammar, with the span of every token."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.language.edges import EdgeError, parse
from tests.language.reading import edges, finding, fixed, model, read_text
from tests.source.marks import cut, unmark

LAYERS = (
    "inputs: {x: [8], z: [8]}\n"
    "layers: {conv1: {type: Dense, units: 8}, b: {type: Dense, units: 8}, c: Add}\n"
    "outputs: [c]\n"
)


def wired(*lines: str) -> str:
    return LAYERS + "edges:\n" + "".join(f"  - {line}\n" for line in lines)


def test_chains_and_groups() -> None:
    body = model(wired("x -> conv1 -> b", "z, b->c", '"conv1   ->   c"', "b.h -> c.state"))
    assert edges(body) == [
        "x -> conv1",
        "conv1 -> b",
        "z -> c",
        "b -> c",
        "conv1 -> c",
        "b.h -> c.state",
    ]
    assert edges(model(wired("x -> conv1, b -> c", "z -> c"))) == [
        "x -> conv1",
        "x -> b",
        "conv1 -> c",
        "b -> c",
        "z -> c",
    ]


def test_every_token_has_its_span() -> None:
    text = wired("x ->  conv1 ->b.h", "'z, b -> c'", "x\n     -> c")
    body = model(text)
    assert [(cut(text, e.source_span), cut(text, e.target_span)) for e in body.edges] == [
        ("x", "conv1"),
        ("conv1", "b.h"),
        ("z", "c"),
        ("b", "c"),
        ("x", "c"),
    ]
    assert [e.place.path for e in body.edges] == [
        ("edges", 0),
        ("edges", 0),
        ("edges", 1),
        ("edges", 1),
        ("edges", 2),
    ]


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("«cnv1» -> c", "MS301", "did you mean `conv1`?"),
        ("x -> «q».h -> c", "MS301", ""),
        ("«x»", "MS308", "has no `->`"),
        ("«x => c»", "MS308", "write `->`, not `=>`"),
        ("x -> «a b»", "MS308", "no node"),
        ("x -> «b.h.c»", "MS308", "`name.port`"),
        ("x -> b«,» -> c", "MS308", "missing"),
        ("«x → b» -> c", "MS308", "`→`"),
        ("«[x, b] -> c»", "MS103", ""),
        ("«x -> [b, c]»", "MS103", "write `x -> b, c`"),
        ("«x, z -> conv1, b» -> c", "MS408", "an edge for each"),
        ("«3»", "MS203", "not 3"),
        ("«{x: c}»", "MS203", "a mapping"),
    ],
)
def test_wrong_edges(line: str, code: str, words: str) -> None:
    text, spans = unmark(wired("x -> conv1", line))
    spec, (found, *others) = read_text(text)
    assert others == []
    assert found.code == code
    assert words in f"{found.message} {found.help}"
    assert found.span == spans[0]
    assert spec is None or not spec.model.complete


@pytest.mark.parametrize(
    ("line", "mended"), [("«cnv1» -> c", "conv1 -> c"), ("«x -> [b, c]»", "x -> b, c")]
)
def test_fixes(line: str, mended: str) -> None:
    assert f"- {mended}\n" in fixed(wired(line))


def test_an_undefined_name_is_reported_once() -> None:
    found = finding(wired("«cnv1» -> c", "x -> cnv1", "cnv1 -> b"))
    assert [related.span.line for related in found.related] == [6, 7]


@pytest.mark.parametrize(
    ("flow", "mended"),
    [
        ("[«x -> b, c», b -> c]", '["x -> b, c", b -> c]'),
        ("[«x, z -> c», b -> c]", '["x, z -> c", b -> c]'),
        ("[x -> b, «x -> b, c, conv1», b -> c]", '[x -> b, "x -> b, c, conv1", b -> c]'),
    ],
)
def test_split_edges(flow: str, mended: str) -> None:
    marked = LAYERS + f"edges: {flow}\n"
    found = finding(marked)
    assert found.code == "MS106"
    assert mended in fixed(marked)


def test_flow_lists_of_whole_edges_are_fine() -> None:
    assert edges(model(LAYERS + "edges: [x -> b, b -> c]")) == ["x -> b", "b -> c"]


def test_a_block_list_is_not_split() -> None:
    _, found = read_text(wired("x -> b", "c"))
    assert [each.code for each in found] == ["MS308"]


def test_no_edges_is_a_chain() -> None:
    text = "inputs: {x: [8]}\nlayers: {a: Flatten, b: Flatten}\noutputs: [b]\n"
    body = model(text)
    assert edges(body) == ["x -> a", "a -> b"]
    assert cut(text, body.edges[1].target_span) == "b"
    assert edges(model(text + "edges: []")) == []


def test_a_chain_has_one_input() -> None:
    found = finding("inputs: {x: [8], z: [8]}\nlayers: {a: Flatten}\noutputs: [a]\n")
    assert (found.code, found.message) == (
        "MS202",
        "without `edges`, the layers are one chain, and there are 2 inputs",
    )
    assert "Concatenate" in found.help


def test_a_chain_may_begin_with_what_joins_its_inputs() -> None:
    body = model("inputs: {x: [8], z: [8]}\nlayers: {a: Subtract, b: Flatten}\noutputs: [b]\n")
    assert edges(body) == ["x -> a", "z -> a", "a -> b"]
    text = "inputs: {x: [8], y: [8], z: [8]}\nlayers: {a: Subtract}\noutputs: [a]\n"
    assert finding(text).code == "MS202"
    assert len(edges(model(text.replace("Subtract", "Add")))) == 3


def test_names_that_were_dropped_are_not_undefined() -> None:
    _, found = read_text(
        "inputs: {x: [8]}\nlayers: {my-a: Flatten, b: Flatten}\n"
        "edges:\n  - x -> my-a -> b\noutputs: [b]\n"
    )
    assert [each.code for each in found] == ["MS210"]


NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,5}(\.[a-z]{1,3})?", fullmatch=True)
SPACE = st.sampled_from(["", " ", "  "])


@given(st.lists(st.lists(st.tuples(SPACE, NAMES, SPACE), min_size=1, max_size=3), min_size=2))
def test_any_chain(groups: list[list[tuple[str, str, str]]]) -> None:
    text = "->".join(",".join(map("".join, group)) for group in groups)
    parsed = parse(text)
    assert [[str(token.endpoint) for token in group] for group in parsed] == [
        [name for _, name, _ in group] for group in groups
    ]
    for group in parsed:
        for token in group:
            assert text[token.start : token.end] == str(token.endpoint)


@given(st.text(alphabet="ab.,-> []=é", max_size=20))
def test_any_text(text: str) -> None:
    try:
        parse(text)
    except EdgeError as error:
        wrong = error
    else:
        return
    assert 0 <= wrong.start <= wrong.end <= len(text)
