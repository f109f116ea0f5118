"""Text to tokens and back: words, characters, or the rules of a `tokenizers` file."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from modelspec.data.features.text_splitting import split_column, split_text
from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import polars as pl

    from modelspec.data.table.table import Array, RowIndices

PADDING, UNKNOWN = 0, 1
RESERVED = 2
"""How many ids, from 0, stand for no token of the text."""
_PADDINGS = ("[PAD]", "<pad>", "<|padding|>")


class Tokens(Protocol):
    """Numbers texts."""

    @property
    def size(self) -> int:
        """How many ids there are."""
        ...

    def ids(self, texts: Iterable[str]) -> tuple[Array, RowIndices]:
        """The ids of all texts, one after another, and how many each has."""
        ...

    def few_ids(self, texts: Sequence[str]) -> tuple[Array, RowIndices]:
        """The same of so few that no data frame pays."""
        ...

    @property
    def padding(self) -> int:
        """The id of padding."""
        ...

    def id(self, token: str) -> int:
        """The id of one token."""
        ...

    def text(self, ids: Sequence[int]) -> str:
        """What ids say; those of no token say nothing."""
        ...

    def labels(self) -> list[str]:
        """What each id is called, from 0 on."""
        ...


class Vocabulary:
    """Words or characters, each with an id: 0 is padding, 1 any other token.

    Args:
        kind: `word` (words, and marks one by one) or `character`.
        tokens: Those that have ids of their own, from 2 on.
        lower: Whether upper case is read as lower case.
    """

    def __init__(self, kind: str, tokens: Sequence[str], *, lower: bool) -> None:
        self._kind = kind
        self._lower = lower
        self._tokens = tuple(tokens)
        self._ids = {token: place + RESERVED for place, token in enumerate(tokens)}

    @property
    def size(self) -> int:
        """How many ids there are, padding and unknown counted."""
        return len(self._tokens) + RESERVED

    def ids(self, texts: Iterable[str]) -> tuple[Array, RowIndices]:
        """The ids of all texts, one after another, and how many each has."""
        import polars as pl

        column = texts if isinstance(texts, pl.Series) else pl.Series(list(texts), dtype=pl.String)
        known = pl.Enum(list(self._ids))
        places = np.array([*self._ids.values(), UNKNOWN], np.int64)
        ids, sizes = [np.empty(0, np.int64)], [np.empty(0, np.int64)]
        for lists in split_column(column, self._kind, lower=self._lower):
            tokens = lists.filter(lists.list.len() > 0).explode()
            codes = tokens.cast(known, strict=False).to_physical().fill_null(len(self._ids))
            ids.append(places[codes.to_numpy()])
            sizes.append(lists.list.len().to_numpy().astype(np.int64))
        return np.concatenate(ids), np.concatenate(sizes)

    def few_ids(self, texts: Sequence[str]) -> tuple[Array, RowIndices]:
        """The same of so few that no data frame pays."""
        rows = [[self._ids.get(token, UNKNOWN) for token in self.split(text)] for text in texts]
        return _flat(rows)

    @property
    def padding(self) -> int:
        """The id of padding."""
        return PADDING

    def id(self, token: str) -> int:
        """The id of one token."""
        return self._ids.get(token, UNKNOWN)

    def text(self, ids: Sequence[int]) -> str:
        """What ids say; padding says nothing, an unknown token is `?`."""
        known = {PADDING: "", UNKNOWN: "?"}
        tokens = [known[i] if i < RESERVED else self._tokens[i - RESERVED] for i in ids]
        return ("" if self._kind == "character" else " ").join(filter(None, tokens))

    def labels(self) -> list[str]:
        """What each id is called, from 0 on."""
        return ["(padding)", "(unknown)", *self._tokens]

    def split(self, text: str) -> Sequence[str]:
        """The tokens of a text."""
        return split_text(text, self._kind, lower=self._lower)


def most_frequent(texts: Iterable[str], kind: str, *, lower: bool) -> list[str]:
    """The tokens of some texts, the most frequent first, equally frequent ones by name."""
    import polars as pl

    return by_frequency(counted(pl.Series(list(texts), dtype=pl.String), kind, lower=lower))


def counted(texts: pl.Series, kind: str, *, lower: bool) -> Counter[str]:
    """How often each token is in a column of texts, of which none is missing."""
    counts: Counter[str] = Counter()
    for lists in split_column(texts, kind, lower=lower):
        tokens = lists.filter(lists.list.len() > 0).explode().value_counts()
        counts.update(dict(tokens.iter_rows()))
    return counts


def by_frequency(counts: Counter[str]) -> list[str]:
    """Tokens, the most frequent first, equally frequent ones by name."""
    return sorted(counts, key=lambda token: (-counts[token], token))


class FileTokens:
    """The rules of a `tokenizers` file, with the ids that it gives.

    Args:
        rules: What the file holds, JSON.

    Raises:
        ValueError: They are none.
    """

    def __init__(self, rules: str) -> None:
        self._rules = rules

    @cached_property
    def _tokenizer(self) -> Any:
        require("tokenizers", "a tokenizer's file")
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_str(self._rules)
        except Exception as error:  # the library raises nothing narrower
            raise ValueError(str(error)) from error
        tokenizer.no_padding()
        tokenizer.no_truncation()
        return tokenizer

    @property
    def size(self) -> int:
        """How many ids there are."""
        return int(self._tokenizer.get_vocab_size())

    @property
    def padding(self) -> int:
        """The id of padding: that of `[PAD]` or `<pad>`, else 0."""
        found = (self._tokenizer.token_to_id(name) for name in _PADDINGS)
        return next((place for place in found if place is not None), 0)

    def ids(self, texts: Iterable[str]) -> tuple[Array, RowIndices]:
        """The ids of all texts, one after another, and how many each has."""
        return _flat([encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))])

    def few_ids(self, texts: Sequence[str]) -> tuple[Array, RowIndices]:
        """The same of so few that no data frame pays."""
        return self.ids(texts)

    def id(self, token: str) -> int:
        """The id of one token; -1 for none."""
        found = self._tokenizer.token_to_id(token)
        return -1 if found is None else int(found)

    def text(self, ids: Sequence[int]) -> str:
        """What ids say, special tokens left out."""
        return str(self._tokenizer.decode([int(each) for each in ids]))

    def labels(self) -> list[str]:
        """What each id is called, from 0 on."""
        return [str(self._tokenizer.id_to_token(each)) for each in range(self.size)]


def _flat(rows: Sequence[Sequence[int]]) -> tuple[Array, RowIndices]:
    """Rows one after another, and how long each is."""
    flat = [each for row in rows for each in row]
    return np.array(flat, np.int64), np.array([len(row) for row in rows], np.int64)
