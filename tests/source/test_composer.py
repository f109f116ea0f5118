"""Events to data: against JSON and PyYAML, and within bounds."""

import json
from itertools import pairwise
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Report, Span
from modelspec.source import Document, parse
from modelspec.source.scalars import resolve
from tests.source.marks import unmark
from tests.work import LINEAR, growth, work


def read(text: str | bytes) -> tuple[Document | None, Report]:
    report = Report()
    return parse(text, "spec.yaml", report), report


def data(text: str | bytes) -> Any:
    document, report = read(text)
    assert document is not None, list(report)
    assert list(report) == []
    return document.data


def only(text: str) -> tuple[str, str]:
    """The code and message of the one finding, which must be at the marked place."""
    plain, spans = unmark(text)
    _, report = read(plain)
    (found,) = report
    if spans:
        assert found.span == spans[0]
    return found.code, found.message


TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")),
    max_size=12,
)
KEYS = st.text("abcdefghij_", min_size=1, max_size=6).filter(lambda key: resolve(key) == key)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=4))
def test_json_is_read_as_json(value: dict[str, Any]) -> None:
    text = json.dumps(value, ensure_ascii=False)
    document, _ = read(text)
    assert document is not None
    assert document.data == value


@given(st.dictionaries(KEYS, VALUES, min_size=1), st.sampled_from([True, False, None]))
def test_what_pyyaml_writes_is_read_again(value: dict[str, Any], flow: bool | None) -> None:
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True, width=40)
    document, _ = read(text)
    assert document is not None
    assert _texts_alike(document.data, value)


def _texts_alike(ours: Any, written: Any) -> bool:
    """Equal, but for texts that a writer of 1.1 leaves plain and 1.2 takes for numbers."""
    if isinstance(written, dict):
        return ours.keys() == written.keys() and all(
            _texts_alike(ours[key], written[key]) for key in written
        )
    if isinstance(written, list):
        return len(ours) == len(written) and all(map(_texts_alike, ours, written))
    return bool(ours == written) or (isinstance(written, str) and ours == resolve(written))


@pytest.mark.parametrize("text", ["a: &n {b: 1}\nc: *n", "a: &n 1\nc: *n", "a: &n [1]\nc: *n"])
def test_aliases(text: str) -> None:
    assert data(text)["c"] == data(text)["a"]


def test_merge_keys() -> None:
    text = "base: &b {x: 1, y: 2}\nmore: &m {z: 3}\na: {<<: *b, y: 5}\nc: {y: 0, <<: [*m, *b]}"
    assert data(text)["a"] == {"x": 1, "y": 5}
    assert data(text)["c"] == {"y": 0, "z": 3, "x": 1}
    assert data("a: {'<<': 1}") == {"a": {"<<": 1}}
    assert only("a: {<<: «3»}") == ("MS203", "`<<` takes a mapping, or a list of them")


def test_keys() -> None:
    assert data("weights: {0: 1.0, '1': 2.0, true: 3, 1.50: 4, ~: 5, .inf: 6, 0x1F: 7}") == {
        "weights": {"0": 1.0, "1": 2.0, "true": 3, "1.50": 4, "~": 5, ".inf": 6, "0x1F": 7}
    }
    assert only("? «[a, b]»\n: 1") == ("MS203", "a key is text, not a list")


def test_standard_tags() -> None:
    assert data("a: !!str 12\nb: !!int 12\nc: ! 12\nd: !!map {}\ne: !!seq []\nf: !!float 1.0") == {
        "a": "12",
        "b": 12,
        "c": "12",
        "d": {},
        "e": [],
        "f": 1.0,
    }


@pytest.mark.parametrize(
    ("text", "tag"),
    [
        ("a: «!!python/object:os.system» {x: 1}", "!!python/object:os.system"),
        ("a: «!Ref» x", "!Ref"),
        ("a: «!!binary» x", "!!binary"),
        ("a: «!<tag:x.org,2000:y>» x", "tag:x.org,2000:y"),
        ("a: &anchor «!!set» {x}", "!!set"),
        ("a: «!!str» [x]", "!!str"),
    ],
)
def test_foreign_tags(text: str, tag: str) -> None:
    assert only(text) == ("MS104", f"tag `{tag}` is not allowed")


def test_duplicate_keys() -> None:
    plain, (first, second) = unmark("layers:\n  «d1»: 1\n  d2: 2\n  «d1»: 3\n")
    document, report = read(plain)
    (found,) = report
    assert (found.code, found.span, found.path) == ("MS102", second, "layers")
    assert found.message == "`d1` is already defined at 2:3"
    assert found.related[0].span == first
    assert document is not None
    assert document.data == {"layers": {"d1": 1, "d2": 2}}


@pytest.mark.parametrize("text", ["", "\n\n", "# nothing\n", "---\n", "null", "---\n...\n", "~"])
def test_empty(text: str) -> None:
    document, report = read(text)
    assert document is None
    assert [found.code for found in report] == ["MS211"]


def test_one_document() -> None:
    assert data("---\na: 1\n...\n") == {"a": 1}
    assert only("a: 1\n«---»\nb: 2\n")[0] == "MS101"


@pytest.mark.parametrize("opener", ["[", "{a: ", "- ", "? "])
def test_depth(opener: str) -> None:
    document, report = read(opener * 100_000)
    assert document is None
    assert [found.code for found in report] == ["MS104"]
    few, many = (work(lambda count=count: read(opener * count)) for count in (1000, 100_000))
    assert many < 2 * few


def test_depth_by_indentation() -> None:
    deep = "\n".join(" " * level + "a:" for level in range(3000))
    assert [found.code for found in read(deep)[1]] == ["MS104"]
    assert data("[" * 100 + "]" * 100)


def test_depth_through_aliases() -> None:
    lines = ["a0: &a0 [x]", *(f"a{i}: &a{i} [*a{i - 1}]" for i in range(1, 200))]
    _, report = read("\n".join(lines))
    assert [found.code for found in report] == ["MS104"]


def test_alias_bomb() -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{c}: &{c} [{', '.join(['*' + p] * 9)}]" for p, c in pairwise("abcdefghi")]
    _, report = read("\n".join(lines))
    (found,) = report
    assert found.code == "MS104"
    assert "1,000,000 values" in found.message


def test_aliases_out_of_place() -> None:
    assert only("a: &x [«*x»]") == ("MS104", "`*x` stands inside of what it stands for")
    assert only("abc: &abc 1\nb: «*abd»")[0] == "MS101"


def test_other_readers() -> None:
    code, message = only("classes: [yeah, «no»]")
    assert code == "MS105"
    assert message == "`no` is text here and `false` to readers of YAML 1.1"
    assert data('a: "no"\nb: |\n  no\n') == {"a": "no", "b": "no\n"}


def layers_of(count: int) -> str:
    return "layers:\n" + "".join(f"  l{i}: {{type: Dense, units: 32}}\n" for i in range(count))


def test_five_megabytes_are_read() -> None:
    text = layers_of(145_000)
    assert len(text) > 5_000_000
    assert len(data(text)["layers"]) == 145_000


def test_work_is_linear() -> None:
    assert growth(lambda count: data(layers_of(count)), 500, 2000) < LINEAR


def test_the_python_parser_reads_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where PyYAML was built without libyaml."""
    from modelspec.source import composer

    text = "a: [1, 'two', {c: &x ünï}]\nb: *x\n"
    fast, _ = read(text)
    monkeypatch.setattr(composer, "_LOADER", yaml.SafeLoader)
    slow, _ = read(text)
    assert fast is not None
    assert slow is not None
    assert slow.data == fast.data
    assert slow.span(("a", 2, "c")) == fast.span(("a", 2, "c")) == Span("spec.yaml", 1, 22, 1, 25)
