"""Which classes are taken for which: a confusion matrix, or where it is too large its worst."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, percent, short
from modelspec.report.scores import scores_drawn
from modelspec.report.tables import plain_table

if TYPE_CHECKING:
    from collections.abc import Iterator

    from modelspec.report.contents import Classes, Labels, Scores

MOST_CLASSES = 30
"""Of more classes, only the most confused pairs are shown."""
MOST_PAIRS = 20
FEW_PAIRS = 5
MOST_LABELS = 60
NEAR = 5
"""Of more than twice as many classes, it is told how often the right one is among so many."""


def classes_drawn(found: Classes) -> Html:
    """How often it was right, the confusion matrix, the most confused pairs, and the curves."""
    return together(_confusions(found), scores_drawn(found.names, found.scores))


def _confusions(found: Classes) -> Html:
    total = sum(found.pairs.values())
    right = sum(count for (true, said), count in found.pairs.items() if true == said)
    told = element(
        "p",
        element("b", percent(right, total) or "nothing"),
        f" right: {right:,} of {total:,}",
        class_="told",
    )
    told = together(told, _near(found.scores), _undefined(found.undefined))
    numbers = occurring(found)
    if len(numbers) > MOST_CLASSES:
        return together(told, _pairs(found, MOST_PAIRS))
    few = _pairs(found, FEW_PAIRS) if len(numbers) > 2 else None
    absent = len(found.names) - len(numbers)
    more = f"{counted(absent, 'class', 'classes')} in none of these rows, nor ever predicted"
    left_out = element("p", more, class_="soft") if absent else None
    side = element("div", told, few, left_out, class_="beside")
    return element("div", _matrix(found, numbers) if numbers else None, side, class_="matrix")


def _undefined(rows: int) -> Html | None:
    """That some rows are left out."""
    if not rows:
        return None
    told = f"{counted(rows, 'prediction')} left out: NaN"
    return element("p", told, class_="soft")


def _near(scores: Scores | None) -> Html | None:
    """How often the right one of many classes is among the first few."""
    if scores is None or scores.values.shape[1] <= 2 * NEAR or not len(scores.values):
        return None
    first = np.argpartition(-scores.values, NEAR - 1, axis=1)[:, :NEAR]
    right = int((first == scores.truth[:, None]).any(axis=1).sum())
    told = f"among the first {NEAR}: {percent(right, len(first)) or 'nothing'}"
    return element("p", told, class_="soft")


def occurring(found: Classes) -> list[int]:
    """The classes that any row is of, or is said to be of; both of two."""
    if len(found.names) == 2:
        return [0, 1]
    return sorted({each for pair, count in found.pairs.items() if count for each in pair})


def labels_drawn(found: Labels) -> Html:
    """For each label, how many rows have it, and how many of them were found."""
    head = ("label", "true", "predicted", "precision", "recall", "F1")
    rows = []
    for name, (true, said, both) in list(zip(found.names, found.counts, strict=True))[:MOST_LABELS]:
        f1 = 2 * both / (true + said) if true + said else 0.0
        cells = (f"{true:,}", f"{said:,}", percent(both, said), percent(both, true), short(f1))
        rows.append((name, *cells))
    left = len(found.names) - MOST_LABELS
    more = element("p", f"and {left} more labels", class_="soft") if left > 0 else None
    return together(
        _undefined(found.undefined),
        plain_table(head, rows),
        more,
        scores_drawn(found.names, found.scores),
    )


def _matrix(found: Classes, numbers: list[int]) -> Html:
    names, pairs = [readable(found.names[number]) for number in numbers], found.pairs
    said = {each: sum(pairs.get((true, each), 0) for true in numbers) for each in numbers}
    turned = "turned" if max(map(len, names)) > (3 if len(names) > 4 else 12) else None
    heads = [element("th", element("span", name), scope="col", class_=turned) for name in names]
    corner = element(
        "td", element("span", "predicted →"), element("span", "true ↓"), class_="corner"
    )
    recall = element("th", element("span", "recall %"), scope="col", class_=turned)
    precisions = [
        element("td", _share(pairs.get((n, n), 0), said[n]), class_="margin") for n in numbers
    ]
    table = element(
        "table",
        element("thead", element("tr", corner, *heads, recall)),
        element("tbody", *(_row(true, numbers, found) for true in numbers)),
        element(
            "tfoot",
            element("tr", element("th", "precision %", scope="row"), *precisions, element("td")),
        ),
        class_=f"confusion{' small' if len(names) > 12 else ''}",
    )
    return element("div", table, class_="scroll", tabindex=0)


def _row(true: int, numbers: list[int], found: Classes) -> Html:
    counts = {said: found.pairs.get((true, said), 0) for said in numbers}
    total, name = sum(counts.values()), readable(found.names[true])
    cells = []
    for said, count in counts.items():
        hit = said == true
        share = count / total if total else 0.0
        depth = share if hit else sqrt(share)
        taken = f"{name} predicted as {readable(found.names[said])}"
        told = f"{count:,} of {taken} ({percent(count, total)})"
        cells.append(
            element(
                "td",
                f"{count:,}" if count else "",
                class_=("hit" if hit else "miss" if count else "none")
                + (" strong" if depth > (0.5 if hit else 0.68) else ""),
                style=f"--v:{depth:.3f}",
                title=told,
            )
        )
    recall = element("td", _share(counts[true], total), class_="margin")
    return element("tr", element("th", name, scope="row"), *cells, recall)


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f}" if whole else "–"


def worst_pairs(found: Classes, most: int) -> Iterator[tuple[int, int, int]]:
    """The most confused pairs: true class, said class, how often."""
    wrong = [(n, true, said) for (true, said), n in found.pairs.items() if true != said and n]
    for count, true, said in sorted(wrong, key=lambda each: (-each[0], each[1:]))[:most]:
        yield true, said, count


def _pairs(found: Classes, most: int) -> Html:
    totals: dict[int, int] = {}
    for (true, _), count in found.pairs.items():
        totals[true] = totals.get(true, 0) + count
    rows = [
        element(
            "li",
            element(
                "span",
                element("b", readable(found.names[true])),
                " taken for ",
                element("b", readable(found.names[said])),
            ),
            element("span", f"{count:,} of {counted(totals[true], 'time')}", class_="soft"),
        )
        for true, said, count in worst_pairs(found, most)
    ]
    if not rows:
        return element("p", "No class was taken for another.", class_="soft")
    return together(element("h4", "Most confused"), element("ol", *rows, class_="pairs"))
