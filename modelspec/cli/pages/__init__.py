"""What there is to explain, as Markdown: `modelspec explain` and the pages under `docs`."""

from collections.abc import Iterator
from typing import NamedTuple

from modelspec.cli.pages import layers, rules, training


class Group(NamedTuple):
    """Topics of one kind: what they are called together, and each with a line about it."""

    title: str
    topics: dict[str, str]


def groups() -> list[Group]:
    """All topics, by kind."""
    return [
        Group("Findings", rules.topics()),
        Group("Layers", layers.topics()),
        *(Group(kind.title, kind.topics()) for kind in training.KINDS),
    ]


def pages(topic: str) -> Iterator[str]:
    """The pages on a topic: none, one, or several where a name means several things.

    Names are found in any case, and findings by code or name.
    """
    kinds = (rules.page, layers.page, *(kind.page for kind in training.KINDS))
    for page in kinds:
        text = page(topic)
        if text is not None:
            yield text


def names() -> list[str]:
    """All that `pages` knows, for "did you mean"."""
    return [*(name for group in groups() for name in group.topics), *rules.names()]
