"""Reviews of restaurants, whose every praise can be turned round by a "not": text to classify.

A review says something of one, three or five things, and is positive where it praises more of them
than it pans. Of all remarks 45 % are negated ("not that slow", "anything but bland"), so that
counting words says little, and which words stand together says nearly all. `DISAGREE` of the labels
are turned round: no classifier can be right more often than in 97 % of new reviews.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

DISAGREE = 0.03
"""How many readers see a review otherwise than it is written."""
NEGATED = 0.45

GOOD = (
    "fresh", "friendly", "tasty", "quick", "warm", "generous", "cosy", "excellent", "lovely",
    "attentive", "cheap", "memorable",
)  # fmt: skip
BAD = (
    "stale", "rude", "bland", "slow", "cold", "tiny", "noisy", "awful", "dull", "greasy",
    "overpriced", "forgettable",
)  # fmt: skip
THINGS = (
    "the soup", "the bread", "our waiter", "the service", "the room", "the dessert", "the wine",
    "the menu", "the fish", "the place", "everything else", "the music", "the pasta", "the coffee",
)  # fmt: skip
PLAIN = ("{thing} was {word}", "{thing} was really {word}", "I found {thing} {word}")
TURNED = (
    "{thing} was not {word}",
    "{thing} was not at all {word}",
    "I would not call {thing} {word}",
    "{thing} was anything but {word}",
    "nobody can say that {thing} was {word}",
    "{thing} was never {word}",
)
BETWEEN = (", and ", ". ", "; ", ". Besides, ", ", while ")
ASIDES = (
    "We came on a Tuesday",
    "There were four of us",
    "A friend had told me about it",
    "It rained, of course",
    "My sister paid",
    "It is next to the station",
    "We did not book",
    "This was not our first visit",
)


def reviews(rows: int, seed: int = 0) -> Iterator[tuple[str, str]]:
    """Reviews, no two alike, each with `positive` or `negative`."""
    dealt, written = Random(seed), set[str]()
    while len(written) < rows:
        remarks = [_remark(dealt) for _ in range(dealt.choice((1, 3, 5)))]
        positive = sum(praise for _, praise in remarks) * 2 > len(remarks)
        if dealt.random() < DISAGREE:
            positive = not positive
        review = _joined([text for text, _ in remarks], dealt)
        if review not in written:
            written.add(review)
            yield review, "positive" if positive else "negative"


def _remark(dealt: Random) -> tuple[str, bool]:
    """What is said of one thing, and whether it is praise."""
    turned, good = dealt.random() < NEGATED, dealt.random() < 0.5
    form = dealt.choice(TURNED if turned else PLAIN)
    text = form.format(thing=dealt.choice(THINGS), word=dealt.choice(GOOD if good else BAD))
    return text, good != turned


def _joined(remarks: list[str], dealt: Random) -> str:
    text = remarks[0]
    for remark in remarks[1:]:
        between = dealt.choice(BETWEEN)
        text += between + (_sentence(remark) if between == ". " else remark)
    asides = [dealt.choice(ASIDES) for _ in range(dealt.randrange(3))]
    sentences = [*asides[:1], text, *asides[1:]]
    return " ".join(f"{_sentence(sentence)}." for sentence in sentences)


def _sentence(text: str) -> str:
    return text[0].upper() + text[1:]
