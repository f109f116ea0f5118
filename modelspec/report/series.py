"""Several runs of one spec on one page: their values, their curves, where each is."""

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
class SeriesRunContents:
    """One run.

    Attributes:
        name: `fold-1`.
        done: Whether it was trained to its end.
        told: How it ended.
        values: What its best weights measure; none of one that did not come to its end.
        history: One row an epoch.
        link: The path of its own report, from this page's folder; empty for none.
    """

    name: str
    done: bool
    told: str
    values: Mapping[str, float]
    history: Sequence[dict[str, float]]
    link: str = ""


@dataclass(frozen=True, slots=True)
class SeriesContents:
    """All runs.

    Attributes:
        kind: What they differ in, `fold` or `seed`.
        name: What the runs are called.
        folder: `NAME/TIME`.
        runs: In order.
        means: Of each value.
        deviations: Of each value that several runs have.
        notes: What has to be said of the values.
        files: What else lies beside the page, by what it is.
    """

    kind: str
    name: str
    folder: str
    runs: Sequence[SeriesRunContents]
    means: Mapping[str, float]
    deviations: Mapping[str, float]
    notes: Sequence[str] = ()
    files: Mapping[str, str] = field(default_factory=dict)


def series_page(contents: SeriesContents) -> str:
    """Several runs as an HTML file that fetches nothing and runs nothing."""
    sections: list[tuple[str, str, Html]] = [
        (f"{contents.kind}s", f"{contents.kind}s".capitalize(), _table(contents))
    ]
    charts = list(_charts(contents))
    if charts:
        sections.append(("curves", "Curves", element("div", *charts, class_="charts")))
    return document(
        f"{contents.name}, {counted(len(contents.runs), contents.kind)}",
        _header(contents),
        sections,
        contents.folder,
    )


def _header(contents: SeriesContents) -> Html:
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
    done = sum(run.done for run in contents.runs)
    told = f"mean ± standard deviation over {done} of {counted(len(contents.runs), contents.kind)}"
    links: list[Html | str] = []
    for name, file in contents.files.items():
        links += [" · "] if links else []
        links.append(element("a", name, href=file))
    return element(
        "header",
        element("h1", contents.name),
        element("p", told, class_="soft"),
        element("div", *figures, class_="figures"),
        *(element("p", note, class_="soft") for note in contents.notes),
        element("p", *links) if links else None,
    )


def _plus_minus(contents: SeriesContents, key: str) -> str | None:
    deviation = contents.deviations.get(key)
    return None if deviation is None else f" ± {short(deviation)}"


def _table(contents: SeriesContents) -> Html:
    keys = list(contents.means)
    heads = [element("th", key, scope="col") for key in ("", "ending", *keys)]
    rows = [
        element(
            "tr",
            element("th", _linked(run), scope="row"),
            element("td", prose(run.told)),
            *(_cell(run.values.get(key)) for key in keys),
        )
        for run in contents.runs
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
        class_="plain lines metrics",
    )
    return element("div", table, class_="scroll")


def _linked(run: SeriesRunContents) -> Html:
    return element("a", run.name, href=run.link) if run.link else together(run.name)


def _cell(value: float | None) -> Html:
    return element("td") if value is None else exact(value, "td")


def _charts(contents: SeriesContents) -> Iterator[Html]:
    """A chart for each value that is logged, with a line for each run."""
    rows = [row for run in contents.runs for row in run.history[:1]]
    keys = dict.fromkeys(key for row in rows for key in measured_keys(row))
    for key in sorted(keys, key=lambda key: not key.startswith(VALIDATION))[:MOST_CHARTS]:
        yield _chart(key, contents)


def _chart(key: str, contents: SeriesContents) -> Html:
    kind = "validation" if key.startswith(VALIDATION) else "train"
    lines = [
        (run.name, Line(f"{kind} one", points))
        for run in contents.runs
        if (points := finite_points(key, run.history))
    ]

    def inside(across: Axis, up: Axis) -> Iterator[Html | None]:
        for name, line in lines:
            title = element("title", f"{name}, in the end {short(line.points[-1][1])}")
            yield element("g", title, line_drawn(line, across, up))

    keys = [element("span", f"each {contents.kind}", class_=f"key {kind}")]
    return chart_drawn(key, keys, [point for _, line in lines for point in line.points], inside)
