"""Texts split into words or characters, by columns."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    import polars as pl

_WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
_ASCII_WORD = r"[0-9A-Za-z_]+(?:'[0-9A-Za-z_]+)*|[^0-9A-Za-z_\s\x1c-\x1f]"
"""The same for ASCII, where all libraries of regular expressions mean the same by their classes."""
_ROWS = 1 << 17
"""How many rows are split at a time, so that their tokens take little memory."""


def split_text(text: str, kind: str, *, lower: bool) -> Sequence[str]:
    """The tokens of a text: of kind `word` words, and marks one by one; else characters."""
    if kind == "character":
        return text
    return _WORD.findall(text.lower() if lower else text)


def split_column(texts: pl.Series, kind: str, *, lower: bool) -> Iterator[pl.Series]:
    """The tokens of many texts, lists some thousand rows at a time.

    Args:
        texts: None missing.
        kind: As for `split_text`, which gives the same.
        lower: Whether upper case is read as lower case.
    """
    for start in range(0, len(texts), _ROWS):
        yield _split(texts.slice(start, _ROWS), kind, lower=lower)


def _split(texts: pl.Series, kind: str, *, lower: bool) -> pl.Series:
    import polars as pl

    plain = texts.str.len_bytes() == texts.str.len_chars()
    if kind == "word" and plain.all():
        return (texts.str.to_lowercase() if lower else texts).str.extract_all(_ASCII_WORD)
    if kind == "word" and plain.any():
        found = _split(texts.filter(plain), kind, lower=lower)
        others = _split(texts.filter(~plain), kind, lower=lower)
        order = pl.concat([plain.arg_true(), (~plain).arg_true()])
        return pl.concat([found, others]).gather(order.arg_sort())
    tokens = [list(split_text(text, kind, lower=lower)) for text in texts]
    return pl.Series(tokens, dtype=pl.List(pl.String))
