"""Text to tokens and back: words, characters, or the rules of a `tokenizers` file."""

from __future__ import annotations

import re
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from modelspec.diagnostics.extras import require

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from modelspec.data.table.table import Array, RowIndices

PADDING, UNKNOWN = 0, 1
RESERVED = 2
"""How many ids, from 0, stand for no token of the text."""
_WORD = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
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
        find, ids, sizes = self._ids.get, [], []
        for text in texts:
            tokens = self.split(text)
            ids += [find(token, UNKNOWN) for token in tokens]
            sizes.append(len(tokens))
        return np.array(ids, np.int64), np.array(sizes, np.int64)

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
        if self._kind == "character":
            return text
        return _WORD.findall(text.lower() if self._lower else text)


def most_frequent(texts: Iterable[str], kind: str, *, lower: bool) -> list[str]:
    """The tokens of some texts, the most frequent first, equally frequent ones by name."""
    splitter = Vocabulary(kind, (), lower=lower)
    counts: Counter[str] = Counter()
    for text in texts:
        counts.update(splitter.split(text))
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
        found = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        flat = [each for ids in found for each in ids]
        return np.array(flat, np.int64), np.array([len(ids) for ids in found], np.int64)

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
