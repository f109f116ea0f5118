"""What there is to explain, as Markdown: `modelspec explain` and the pages under `docs`."""

from typing import NamedTuple

from modelspec.cli.pages import concepts, keys, layers, rules, training


class Group(NamedTuple):
    """Topics of one kind: what they are called together, and each with a line about it."""

    title: str
    topics: dict[str, str]


def groups() -> list[Group]:
    """All topics, by kind."""
    return [
        Group("Concepts", concepts.topics()),
        Group("Findings", rules.topics()),
        Group("Layers", layers.topics()),
        *(Group(kind.title, kind.topics()) for kind in training.KINDS),
    ]


def pages(topic: str) -> list[str]:
    """The pages on a topic: none, one, or several where a name means several things.

    Names are found in any case, findings by code or name, and a key of a section, `epochs` or
    `train.epochs`, where nothing else is called so.
    """
    kinds = (rules.page, layers.page, *(kind.page for kind in training.KINDS), concepts.page)
    found = [text for page in kinds if (text := page(topic)) is not None]
    return found or list(keys.pages(topic))


def names() -> list[str]:
    """All that `pages` knows, for "did you mean" and completion."""
    listed = [name for group in groups() for name in group.topics]
    return list(dict.fromkeys([*listed, *rules.names(), *concepts.names(), *keys.names()]))
