"""The folds of a cross-validation on one page: their values, their curves, where each is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from modelspec.report.curves import (
    MOST_CHARTS,
    VALIDATION,
    Line,
    chart_drawn,
    finite_points,
    line_drawn,
)
from modelspec.report.markup import Html, element, prose, together
from modelspec.report.numbers import counted, exact, short
from modelspec.report.page import document
from modelspec.training.callback import measured_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from modelspec.report.axes import Axis


@dataclass(frozen=True, slots=True)
class FoldContents:
    """One fold.

    Attributes:
        name: `fold-1`.
        told: How it ended.
        values: What its best weights measure; none of one that did not come to its end.
        history: One row an epoch.
        link: The path of its own report, from this page's folder; empty for none.
    """

    name: str
    told: str
    values: Mapping[str, float]
    history: Sequence[dict[str, float]]
    link: str = ""


@dataclass(frozen=True, slots=True)
class FoldsContents:
    """All folds.

    Attributes:
        name: What the runs are called.
        folder: `NAME/TIME`.
        folds: In order.
        means: Of each value.
        deviations: Of each value that several folds have.
        notes: What has to be said of the values.
        files: What else lies beside the page, by what it is.
    """

    name: str
    folder: str
    folds: Sequence[FoldContents]
    means: Mapping[str, float]
    deviations: Mapping[str, float]
    notes: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def folds_page(contents: FoldsContents) -> str:
    """A cross-validation as an HTML file that fetches nothing and runs nothing."""
    sections: list[tuple[str, str, Html]] = [("folds", "Folds", _table(contents))]
    charts = list(_charts(contents.folds))
    if charts:
        sections.append(("curves", "Curves", element("div", *charts, class_="charts")))
    return document(
        f"{contents.name}, {counted(len(contents.folds), 'fold')}",
        _header(contents),
        sections,
        contents.folder,
    )


def _header(contents: FoldsContents) -> Html:
    keys = sorted(contents.means, key=lambda key: not key.startswith(VALIDATION))
    figures = [
        element(
            "div",
            element("span", key),
            element("b", exact(contents.means[key]), _plus_minus(contents, key)),
            class_="card figure",
        )
        for key in keys[:6]
    ]
    done = sum(bool(fold.values) for fold in contents.folds)
    told = f"mean ± standard deviation over {done} of {counted(len(contents.folds), 'fold')}"
    links = [element("a", name, href=file) for name, file in contents.files.items()]
    return element(
        "header",
        element("h1", contents.name),
        element("p", told, class_="soft"),
        element("div", *figures, class_="figures"),
        *(element("p", note, class_="soft") for note in contents.notes),
        element("p", *links) if links else None,
    )


def _plus_minus(contents: FoldsContents, key: str) -> str | None:
    deviation = contents.deviations.get(key)
    return None if deviation is None else f" ± {short(deviation)}"


def _table(contents: FoldsContents) -> Html:
    keys = list(contents.means)
    heads = [element("th", key, scope="col") for key in ("", "ending", *keys)]
    rows = [
        element(
            "tr",
            element("th", _linked(fold), scope="row"),
            element("td", prose(fold.told)),
            *(_cell(fold.values.get(key)) for key in keys),
        )
        for fold in contents.folds
    ]
    summed = [
        element(
            "tr",
            element("th", name, scope="row"),
            element("td"),
            *(_cell(values.get(key)) for key in keys),
        )
        for name, values in (
            ("mean", contents.means),
            ("standard deviation", contents.deviations),
        )
    ]
    table = element(
        "table",
        element("thead", element("tr", *heads)),
        element("tbody", *rows),
        element("tfoot", *summed),
        class_="plain metrics",
    )
    return element("div", table, class_="scroll")


def _linked(fold: FoldContents) -> Html:
    return element("a", fold.name, href=fold.link) if fold.link else together(fold.name)


def _cell(value: float | None) -> Html:
    return element("td") if value is None else exact(value, "td")


def _charts(folds: Sequence[FoldContents]) -> Iterator[Html]:
    """A chart for each value that is logged, with a line for each fold."""
    rows = [row for fold in folds for row in fold.history[:1]]
    keys = dict.fromkeys(key for row in rows for key in measured_keys(row))
    for key in sorted(keys, key=lambda key: not key.startswith(VALIDATION))[:MOST_CHARTS]:
        yield _chart(key, folds)


def _chart(key: str, folds: Sequence[FoldContents]) -> Html:
    kind = "validation" if key.startswith(VALIDATION) else "train"
    lines = [
        (fold.name, Line(f"{kind} one", points))
        for fold in folds
        if (points := finite_points(key, fold.history))
    ]

    def inside(across: Axis, up: Axis) -> Iterator[Html | None]:
        for name, line in lines:
            title = element("title", f"{name}, in the end {short(line.points[-1][1])}")
            yield element("g", title, line_drawn(line, across, up))

    keys = [element("span", "each fold", class_=f"key {kind}")]
    return chart_drawn(key, keys, [point for _, line in lines for point in line.points], inside)
