"""Texts are split by columns as one by one."""

from __future__ import annotations

from collections import Counter

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.data.features import text_splitting
from modelspec.data.features.text_splitting import split_column, split_text
from modelspec.data.features.tokens import UNKNOWN, Vocabulary, counted

PLAIN = st.text(st.characters(max_codepoint=127), max_size=20)
TEXTS = st.lists(st.one_of(PLAIN, st.text(max_size=12), st.sampled_from(["Don't", "İzmir É"])))
KINDS = st.sampled_from(["word", "character"])


@settings(max_examples=200)
@given(TEXTS, KINDS, st.booleans())
def test_a_column_is_split_as_its_texts(texts, kind, lower) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(text_splitting, "_ROWS", 3)
        lists = [
            row
            for part in split_column(pl.Series(texts, dtype=pl.String), kind, lower=lower)
            for row in part.to_list()
        ]
    wanted = [list(split_text(text, kind, lower=lower)) for text in texts]
    assert lists == wanted
    column = pl.Series(texts, dtype=pl.String)
    assert counted(column, kind, lower=lower) == Counter(each for row in wanted for each in row)
    some = [each for row in wanted[::2] for each in row]
    vocabulary = Vocabulary(kind, list(dict.fromkeys(some)), lower=lower)
    ids, sizes = vocabulary.ids(texts)
    assert sizes.tolist() == [len(row) for row in wanted]
    assert ids.tolist() == [vocabulary.id(each) for row in wanted for each in row]
    assert all(id == UNKNOWN or id > UNKNOWN for id in ids)


@pytest.mark.parametrize("code", range(128))
def test_every_plain_character(code: int) -> None:
    text = f"a{chr(code)}b {chr(code)}"
    found = next(split_column(pl.Series([text]), "word", lower=True))
    assert found.to_list() == [list(split_text(text, "word", lower=True))]
