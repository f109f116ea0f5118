"""Spans: of every key and value, of parts of texts, and of overrides."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Report, Span
from modelspec.source import Document, Place, parse, parse_override
from modelspec.source.scalars import resolve
from tests.source.marks import cut, unmark
from tests.source.test_composer import KEYS, TEXTS

SPEC = """\
# a comment
name: "a \\"quoted\\" name"
inputs: {x: [8, 'T', null]}
layers:
  fc: &anchor   {type: Dense,
       units: 64}
  other:
    type: !!str Dense
edges:
- x -> fc
- 'it''s'
-   - nested
empty:
text: |
  line one
  line two
"""


def read(text: str) -> Document:
    document = parse(text, "spec.yaml", Report())
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("path", "value", "key"),
    [
        ((), "name", "name"),
        (("name",), '"a \\"quoted\\" name"', "name"),
        (("inputs",), "{x: [8, 'T', null]}", "inputs"),
        (("inputs", "x"), "[8, 'T', null]", "x"),
        (("inputs", "x", 0), "8", "8"),
        (("inputs", "x", 1), "'T'", "'T'"),
        (("layers",), "fc", "layers"),
        (("layers", "fc"), "{", "fc"),
        (("layers", "fc", "units"), "64", "units"),
        (("layers", "other"), "type", "other"),
        (("layers", "other", "type"), "Dense", "type"),
        (("edges",), "-", "edges"),
        (("edges", 1), "'it''s'", "'it''s'"),
        (("edges", 2), "-", "-"),
        (("edges", 2, 0), "nested", "nested"),
        (("empty",), "empty", "empty"),
        (("text",), "|\n  line one\n  line two", "text"),
        (("layers", "fc", "absent"), "fc", "fc"),
        (("layers", "absent", "type"), "layers", "layers"),
        (("absent",), "name", "name"),
        (("inputs", "x", 9), "x", "x"),
        (("name", "too", "far"), "name", "name"),
    ],
)
def test_spans(path: tuple[str | int, ...], value: str, key: str) -> None:
    document = read(SPEC)
    assert cut(SPEC, document.span(path)) == value
    assert cut(SPEC, document.key_span(path)) == key


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
    max_leaves=10,
)


def leaves(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict):
        return [leaf for key in value for leaf in leaves(value[key], (*path, key))]
    if isinstance(value, list):
        return [leaf for i, item in enumerate(value) for leaf in leaves(item, (*path, i))]
    return [(path, value)]


@given(st.dictionaries(KEYS, NESTED, min_size=1), st.sampled_from([True, False, None]))
def test_a_span_holds_its_value(value: dict[str, Any], flow: bool | None) -> None:
    import yaml

    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=60)
    document = read(text)
    for path, leaf in leaves(document.data):
        span = document.span(path)
        alone = yaml.load(cut_at(document, span), yaml.BaseLoader)
        written = document.source_text(path)
        assert cut_at(document, span) == written
        if written[:1] in ("'", '"'):
            assert alone == leaf
        else:
            assert resolve(alone) == leaf or leaf == alone
        if path and isinstance(path[-1], str):
            key = cut_at(document, document.key_span(path))
            assert yaml.load(key, yaml.BaseLoader) == path[-1]


def cut_at(document: Document, span: Span) -> str:
    starts = document.lines.starts
    start = starts[span.line - 1] + span.column - 1
    return document.text[start : starts[span.end_line - 1] + span.end_column - 1]


@pytest.mark.parametrize(
    "text",
    [
        "e: a -> «b» -> c",
        "e: 'it''s «here»'",
        'e: "tab\\t\\x41 \\u00e9 «here»"',
        'e: "folded \\\n   to «here»"',
        "e: a\n   -> «b»",
        "e: 'a\n   -> «b» c'",
        "e: >\n  a\n  -> «b»\n  c",
        "e: |\n  a\n  -> «b»\n",
        "e: &x !!str a «b»",
        "e: 😀 «b»",
        "ключ: ->   «b»",
    ],
)
def test_parts_of_texts(text: str) -> None:
    plain, (span,) = unmark(text)
    document = read(plain)
    (path,) = [(key,) for key in document.data]
    value = document.data[path[0]]
    marked = cut(plain, span)
    start = value.rindex(marked)
    assert Place(document, path).within(start, start + len(marked)) == span
    written = document.written(path)
    if written is not None:
        assert written.span(start, start + len(marked)) == span


@given(TEXTS.filter(bool), st.sampled_from(["'", '"', "|", ">", None]), st.data())
def test_parts_of_any_text(text: str, style: str | None, data: st.DataObject) -> None:
    import yaml

    dumped = yaml.dump({"e": text}, default_style=style, allow_unicode=True, width=10)
    document = read(dumped)
    (value,) = document.data.values()
    if value != text:  # a text that 1.2 takes for a number
        return
    index = data.draw(st.integers(0, len(text) - 1))
    span = document.scalar_span(tuple(document.data), index, index + 1)
    found = cut_at(document, span)
    if not text[index].isspace() and "\\" not in found and found != "''":
        assert found == text[index]


def override(text: str) -> Document:
    made = parse_override(text, Report())
    assert made is not None
    path = tuple(int(p) if p.isdigit() else p for p in text.partition("=")[0].split("."))
    return read(SPEC).with_override(path, made)


def test_override() -> None:
    document = override("layers.fc.units=[1, two]")
    path = ("layers", "fc", "units")
    file = "--set layers.fc.units=[1, two]"
    assert document.data["layers"]["fc"] == {"type": "Dense", "units": [1, "two"]}
    assert document.span(path) == Span(file, 1, 17, 1, 25)
    assert document.span((*path, 1)) == Span(file, 1, 21, 1, 24)
    assert document.key_span(path) == Span(file, 1, 1, 1, 16)
    assert document.key_span((*path, 1)) == Span(file, 1, 21, 1, 24)
    assert document.scalar_span((*path, 1), 1, 2) == Span(file, 1, 22, 1, 23)
    assert document.span(("layers", "fc", "type")).file == "spec.yaml"
    assert read(SPEC).data["layers"]["fc"]["units"] == 64


def test_override_makes_sections() -> None:
    document = override("train.optimizer.type=adam")
    assert document.data["train"] == {"optimizer": {"type": "adam"}}
    for path in (("train",), ("train", "optimizer"), ("train", "optimizer", "type")):
        assert document.key_span(path) == Span("--set train.optimizer.type=adam", 1, 1, 1, 21)


def test_override_of_a_list() -> None:
    assert override("edges.0=b -> c").data["edges"][0] == "b -> c"
    with pytest.raises(KeyError):
        override("edges.7=b")
    with pytest.raises(KeyError):
        override("name.x=b")


def test_the_last_override_holds() -> None:
    document = override("train.epochs=3")
    whole = parse_override("train={epochs: 4}", Report())
    assert whole is not None
    document = document.with_override(("train",), whole)
    assert document.data["train"] == {"epochs": 4}
    assert document.span(("train", "epochs")) == Span("--set train={epochs: 4}", 1, 16, 1, 17)


def test_empty_override() -> None:
    document = override("name=")
    assert document.data["name"] is None
    assert document.span(("name",)).file == "--set name="
