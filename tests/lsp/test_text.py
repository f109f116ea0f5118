"""Lines and columns as editors count them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lsprotocol.types import (
    Position,
    Range,
    TextDocumentContentChangePartial,
    TextDocumentContentChangeWholeDocument,
)

from modelspec.diagnostics import Span
from modelspec.lsp.text import Edit, Text

TEXTS = st.text(alphabet="ab é\n\r\u2028\x85𝔸😀", max_size=30)
ENCODINGS = st.sampled_from(["utf-8", "utf-16", "utf-32"])


@given(TEXTS, ENCODINGS)
def test_every_character_is_found_again(content: str, encoding: str) -> None:
    text = Text(content, encoding)
    for offset in range(len(content) + 1):
        if content[max(offset - 1, 0) : offset + 1] != "\r\n":
            assert text.offset(text.position(offset)) == offset


@pytest.mark.parametrize(("encoding", "column"), [("utf-8", 5), ("utf-16", 3), ("utf-32", 2)])
def test_columns_are_of_the_encoding(encoding: str, column: int) -> None:
    text = Text("x😀: 1", encoding)
    assert text.position(2) == Position(0, column)
    assert text.offset(Position(0, column)) == 2
    assert text.offset(Position(0, 99)) == len("x😀: 1")
    assert text.offset(Position(7, 0)) == len("x😀: 1")


def test_the_middle_of_a_pair_is_its_start() -> None:
    assert Text("a😀b").offset(Position(0, 2)) == 1


def test_lines_of_yaml_are_not_those_of_the_editor() -> None:
    text = Text("a: \u2028b: 1\nc: 2")
    assert text.of_span(Span("f", 2, 1, 2, 2)) == Range(Position(0, 4), Position(0, 5))
    assert text.of_span(Span("f", 3, 1, 3, 2)) == Range(Position(1, 0), Position(1, 1))
    assert text.line(0) == "a: \u2028b: 1"


def test_a_mark_is_no_column_of_a_span() -> None:
    assert Text("\ufeffa: 1").of_span(Span("f", 1, 1, 1, 2)) == Range(
        Position(0, 1), Position(0, 2)
    )


@given(TEXTS, TEXTS, st.data())
def test_a_change_replaces_what_it_says(content: str, put: str, data: st.DataObject) -> None:
    text = Text(content)
    ends = st.integers(0, len(content))
    start, end = sorted((data.draw(ends), data.draw(ends)))
    start, end = (text.offset(text.position(at)) for at in (start, end))
    change = TextDocumentContentChangePartial(range=text.range(start, end), text=put)
    after, edit = text.changed(change)
    assert after.content == content[:start] + put + content[end:]
    assert edit == Edit(start, end, len(put))


def test_a_change_of_the_whole_text() -> None:
    after, edit = Text("abc").changed(TextDocumentContentChangeWholeDocument(text="de"))
    assert (after.content, edit) == ("de", Edit(0, 3, 2))


def test_places_move_with_an_edit() -> None:
    edit = Edit(3, 5, 10)
    assert [edit.moved(at) for at in (0, 3, 4, 5, 9)] == [0, 3, None, 13, 17]
