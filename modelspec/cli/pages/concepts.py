"""The pages of concepts: what the reference pages under `docs` say of them.

A section there that has `<!-- explain: NAME, OTHER NAME | what it is about -->` below its heading
is a topic here. `docs/generate.py` copies these sections into one file of the package.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

FILE = Path(__file__).with_name("concepts.md")
MARK = "<!-- explain: "


class Concept(NamedTuple):
    """A section: its names, what it is about, where it stands, and its text with its heading."""

    names: tuple[str, ...]
    summary: str
    where: str
    text: str


def topics() -> dict[str, str]:
    """The concepts by their first names."""
    return {concept.names[0]: concept.summary for concept in _concepts()}


def names() -> list[str]:
    """All names of all concepts."""
    return [name for concept in _concepts() for name in concept.names]


def page(topic: str, level: int = 1) -> str | None:
    """A concept's page, or None where there is no such concept. Any of its names will do."""
    wanted = _plain(topic)
    for concept in _concepts():
        if wanted in map(_plain, concept.names):
            deeper = "#" * (level - 1)
            text = re.sub(r"^(?=#+ )", deeper, concept.text, flags=re.MULTILINE)
            return f"{text}\nPage: `{concept.where}`\n"
    return None


def _plain(name: str) -> str:
    return name.strip().lower().replace("_", " ").replace("-", " ").rstrip("s")


@cache
def _concepts() -> tuple[Concept, ...]:
    _, *sections = FILE.read_text(encoding="utf-8").split(f"\n{MARK}")
    return tuple(_concept(section) for section in sections)


def _concept(section: str) -> Concept:
    head, _, text = section.partition("\n")
    names, summary, where = head.removesuffix(" -->").split(" | ")
    return Concept(tuple(name.strip() for name in names.split(",")), summary, where, text)
