"""How much each path mattered, as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.report.markup import Html, element, together
from modelspec.report.numbers import percent

if TYPE_CHECKING:
    from modelspec.report.study.contents import StudyContents

MOST_PATHS = 40


def importance_drawn(contents: StudyContents) -> Html:
    """A bar for each path, or why there is none."""
    found = contents.importance
    if isinstance(found, str):
        return element("p", f"No importance: {found}.", class_="soft")
    shares = sorted(found.items(), key=lambda item: -item[1])
    most = max(found.values(), default=1.0) or 1.0
    rows = [_row(path, share, most) for path, share in shares[:MOST_PATHS]]
    left = len(shares) - MOST_PATHS
    return together(
        element("p", contents.importance_told, class_="soft"),
        element("div", *rows, class_="bars importance paths card"),
        element("p", f"and {left} more paths", class_="soft") if left > 0 else None,
    )


def _row(path: str, share: float, most: float) -> Html:
    width = f"width:{100 * share / most:.1f}%"
    return element(
        "div",
        element("span", path, class_="name", title=path),
        element("span", element("i", style=width), class_="track"),
        element("span", percent(share, 1), class_="count"),
        title=f"{path}: {share!r}",
    )
