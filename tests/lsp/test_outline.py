"""Texts that may be broken: what they hold, and where one types."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from modelspec.lsp.outline import outline

SPECS = sorted((Path(__file__).parents[2] / "specs").glob("*.yaml"))


def plain(value: Any) -> Any:
    """What YAML read, with all scalars as texts, as far as an outline has them."""
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value if each is not None]
    return None if value is None else str(value)


def close(outlined: Any, read: Any) -> bool:
    """Whether an outline has what YAML read; scalars of several lines are not looked at."""
    if isinstance(read, dict):
        return (
            isinstance(outlined, dict)
            and outlined.keys() == read.keys()
            and all(close(outlined[key], read[key]) for key in read)
        )
    if isinstance(read, list):
        return (
            isinstance(outlined, list)
            and len(outlined) == len(read)
            and all(close(*pair) for pair in zip(outlined, read, strict=True))
        )
    return not isinstance(outlined, dict | list)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_it_holds_what_yaml_reads(path: Path) -> None:
    text = path.read_text()
    assert close(outline(text).data, plain(yaml.load(text, yaml.BaseLoader)))


@given(st.text(alphabet="ab: -{}[],#\"'\n|$", max_size=60), st.integers(0, 60))
def test_it_never_fails(text: str, offset: int) -> None:
    cursor = outline(text, min(offset, len(text))).cursor
    assert cursor is None or cursor.start <= offset


PLACES = {
    "^": ("key", ()),
    "ver^": ("key", ()),
    "version: ^": ("value", ("version",)),
    "version: 1^": ("value", ("version",)),
    "layers:\n  ^": ("key", ("layers",)),
    "layers:\n  a: Dense\n  ^": ("key", ("layers",)),
    "layers:\n  a: Dense\n  b: De^": ("value", ("layers", "b")),
    "layers:\n  a: {^": ("key", ("layers", "a")),
    "layers:\n  a: {type: ^": ("value", ("layers", "a", "type")),
    "layers:\n  a: {type: De^}\n  b: Add": ("value", ("layers", "a", "type")),
    "layers:\n  a: {type: Dense, ^\n  b: Add": ("key", ("layers", "a")),
    "layers:\n  a: {type: Dense, un^}": ("key", ("layers", "a")),
    "layers:\n  a:\n    type: Dense\n    ^\n  b: Add": ("key", ("layers", "a")),
    "layers:\n  a:\n    type: ^": ("value", ("layers", "a", "type")),
    "layers:\n  a: {type: Wrap, layer: {type: ^": ("value", ("layers", "a", "layer", "type")),
    "layers:\n  a: {type: X, axes: [1, ^": ("value", ("layers", "a", "axes", 1)),
    "edges:\n  - ^": ("value", ("edges", 0)),
    "edges:\n  - a -> ^": ("value", ("edges", 0)),
    "edges:\n- a -> b\n- c^": ("value", ("edges", 1)),
    "edges: [a -> ^": ("value", ("edges", 0)),
    "outputs:\n  y: {loss: mse, metrics: [^]}": ("value", ("outputs", "y", "metrics", 0)),
    "train:\n  callbacks:\n    - {type: ^}": ("value", ("train", "callbacks", 0, "type")),
    "train:\n  callbacks:\n    - type: x\n      ^": ("key", ("train", "callbacks", 0)),
    "train: {optimizer: adam, ^}": ("key", ("train",)),
    "a:\n  b: 1\nc^": ("key", ()),
    "a: |\n  text ^\n": None,
    "a: 1  # note ^": None,
    "a: 1\n   ^": None,
}


@pytest.mark.parametrize("text", PLACES)
def test_it_knows_where_one_types(text: str) -> None:
    offset = text.index("^")
    cursor = outline(text.replace("^", ""), offset).cursor
    assert (cursor and (cursor.kind, cursor.path)) == PLACES[text]


def test_a_bracket_that_is_not_closed_ends_with_its_entry() -> None:
    found = outline("layers:\n  a: {type: Dense, units: \n  b: Add\nedges:\n  - a -> b\n")
    assert found.data == {
        "layers": {"a": {"type": "Dense", "units": None}, "b": "Add"},
        "edges": ["a -> b"],
    }
    assert found.at(("layers", "a", "type")) == "Dense"
    assert found.at(("edges", 7)) is None
