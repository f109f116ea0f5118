"""What the training rows look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.report.markup import Html, element, together
from modelspec.report.names import readable
from modelspec.report.numbers import counted, short

if TYPE_CHECKING:
    from collections.abc import Mapping

    from modelspec.report.contents import Contents

MOST_FEATURES = 60
MOST_VALUES = 10
MOST_COLUMNS = 6
LONGEST = 120
"""A row is shown up to so many characters."""
HIGH, WIDE = 46, 300
_NOTHING = 1e-8
"""A mean this small is that of values brought around 0."""


def data_drawn(contents: Contents) -> Html:
    """How many rows there are, and a card for each input and target."""
    parts = ", ".join(f"{rows:,} {part}" for part, rows in contents.rows.items())
    said = f"Rows: {parts}." if parts else ""
    if contents.features:
        said += " Below, the training rows as the model gets them."
    cards = [_card(each) for each in contents.features[:MOST_FEATURES]]
    left = len(contents.features) - MOST_FEATURES
    more = f"and {left} more: modelspec data shows them" if left > 0 else None
    return together(
        element("p", said, class_="soft"),
        element("ul", *(element("li", line) for line in contents.cells[:MOST_FEATURES]))
        if contents.cells
        else None,
        element("div", *cards, class_="features") if cards else None,
        element("p", more, class_="soft") if more else None,
    )


def _card(feature: Mapping[str, Any]) -> Html:
    columns = [str(name) for name in feature["columns"]]
    told = ", ".join(columns[:MOST_COLUMNS]) + (", …" if len(columns) > MOST_COLUMNS else "")
    shape = ", ".join("any" if size is None else str(size) for size in feature["shape"])
    facts = {name: _fact(value) for name, value in feature["facts"].items()}
    if feature["missing"]:
        facts["missing"] = f"{feature['missing']:,}"
    sampled, counts = feature.get("sampled"), feature["counts"]
    measured = "deviation" in feature["facts"] and len(counts) > 1
    rows = feature["rows"][:2] if feature["kind"] == "text" else ()
    return element(
        "article",
        element(
            "h4",
            feature["name"],
            element("span", feature["role"], class_=f"chip {feature['role']}"),
        ),
        element("p", f"{feature['kind']} of {told}", class_="soft"),
        element("p", f"[{shape}] {feature['dtype']}", class_="soft code"),
        element("p", f"from {counted(sampled, 'row')}", class_="soft") if sampled else None,
        _histogram(counts) if measured else _bars(counts),
        element(
            "dl",
            *(
                element("div", element("dt", name), element("dd", value))
                for name, value in facts.items()
            ),
            class_="facts",
        ),
        *(element("p", f"“{str(row)[:LONGEST]}”", class_="sample") for row in rows),
        class_="card",
    )


def _fact(value: float | str) -> str:
    if isinstance(value, str):
        return value
    return short(0 if abs(value) < _NOTHING else value)


def _bars(counts: Mapping[str, int]) -> Html | None:
    if not counts:
        return None
    most = max(counts.values()) or 1
    rows = [
        element(
            "div",
            element("span", readable(name), class_="name"),
            element("span", element("i", style=f"width:{100 * count / most:.1f}%"), class_="track"),
            element("span", f"{count:,}", class_="count"),
        )
        for name, count in list(counts.items())[:MOST_VALUES]
    ]
    left = len(counts) - MOST_VALUES
    more = element("p", f"and {left:,} more", class_="soft") if left > 0 else None
    return together(element("div", *rows, class_="bars"), more)


def _histogram(counts: Mapping[str, int]) -> Html:
    """Columns for intervals, and the ends of their range."""
    most, width = max(counts.values()) or 1, WIDE / len(counts)
    columns = [
        element(
            "rect",
            element("title", f"{name}: {count:,}"),
            x=number * width + 1,
            y=HIGH - max(HIGH * count / most, 1 if count else 0),
            width=width - 2,
            height=max(HIGH * count / most, 1 if count else 0),
            rx=1.5,
            class_="bar",
        )
        for number, (name, count) in enumerate(counts.items())
    ]
    names = list(counts)
    ends = (names[0].partition(" to ")[0], names[-1].rpartition(" to ")[2])
    return together(
        element(
            "svg",
            *columns,
            viewBox=f"0 0 {WIDE} {HIGH}",
            preserveAspectRatio="none",
            role="img",
            aria_label="histogram",
            class_="histogram",
        ),
        element("p", *(element("span", end) for end in ends), class_="ends"),
    )
