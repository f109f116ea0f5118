"""The page: what stands where."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from modelspec.report.classes import classes_drawn, labels_drawn
from modelspec.report.contents import Classes, Labels, Measures
from modelspec.report.curves import VALIDATION, charts, families
from modelspec.report.data import data_drawn
from modelspec.report.diagram import diagram_drawn
from modelspec.report.ensemble import ensemble_drawn
from modelspec.report.environment import environment_drawn
from modelspec.report.importance import importance_drawn
from modelspec.report.markup import Child, Html, element, prose, together
from modelspec.report.metrics import TOTAL, by_output, metric_table
from modelspec.report.numbers import exact
from modelspec.report.residuals import residuals_drawn
from modelspec.report.spec import spec_drawn
from modelspec.report.worst import worst_drawn
from modelspec.training.callback import measured_keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from modelspec.report.contents import Contents, Found, Output

MOST_FIGURES = 6
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:"
"""What a browser is told: nothing is fetched, and no script runs."""
STYLES = ("theme.css", "page.css")
"""Colours and letters, which other pages have too, and what only a report has."""


def page(contents: Contents) -> str:
    """A run as an HTML file that fetches nothing and runs nothing."""
    title = f"{contents.name}, run {contents.started}"
    return document(title, _header(contents), list(_sections(contents)), contents.folder)


def document(title: str, header: Html, parts: Sequence[tuple[str, str, Child]], told: str) -> str:
    """A page of sections.

    Args:
        title: What a browser's tab says.
        header: What stands above all sections.
        parts: The name, the title and the inside of each section.
        told: What the page is of, for its foot.
    """
    folder = files("modelspec.report")
    style = Html("".join((folder / each).read_text("utf-8") for each in STYLES))
    links = [element("a", each, href=f"#{name}") for name, each, _ in parts]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", title),
        element("style", style),
    )
    body = element(
        "body",
        header,
        element("nav", element("div", *links), aria_label="sections"),
        element(
            "main",
            *(
                element("section", element("h2", each), inside, id=name)
                for name, each, inside in parts
            ),
        ),
        element("footer", f"{told}, written by modelspec"),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _sections(contents: Contents) -> Iterator[tuple[str, str, Child]]:
    """The name, the title and the inside of each part of the page."""
    if contents.history:
        best_epoch = int(contents.best[0]["epoch"]) if contents.best else None
        yield "curves", "Curves", charts(contents.history, best_epoch)
    if contents.ensemble:
        yield "ensemble", "Ensemble", ensemble_drawn(contents.ensemble)
    yield "outputs", "Outputs", _outputs(contents)
    if contents.importance:
        yield "importance", "Importance", importance_drawn(contents.importance)
    if contents.diagram:
        yield "model", "Model", diagram_drawn(contents.diagram)
    if contents.rows or contents.features:
        yield "data", "Data", data_drawn(contents)
    yield "spec", "Spec", spec_drawn(contents.spec)
    yield "environment", "Environment", environment_drawn(contents.environment, contents.overrides)


def _header(contents: Contents) -> Html:
    told = f"{contents.started} · {contents.ending}"
    if contents.best:
        row, monitor = contents.best
        told += f" · best epoch {row['epoch']:g}, by {monitor}"
    trainable, other = contents.parameters
    size = f"{trainable + other:,} parameters" + (f" ({other:,} not trained)" if other else "")
    rows = [f"{count:,} {part} rows" for part, count in contents.rows.items()]
    return element(
        "header",
        element("h1", contents.name),
        element("p", prose(contents.description)) if contents.description else None,
        element("p", prose(told), class_="soft"),
        element("p", contents.note, class_="note") if contents.note else None,
        element(
            "div",
            *(
                element(
                    "div",
                    element("span", breakable(name)),
                    element("b", value),
                    class_="card figure",
                )
                for name, value in _figures(contents)
            ),
            class_="figures",
        ),
        element("p", " · ".join([size, *rows]), class_="soft"),
    )


def breakable(name: str) -> Html:
    """A name that may go on in the next line behind each `_`."""
    parts = name.split("_")
    return together(
        *(child for part in parts[:-1] for child in (f"{part}_", element("wbr"))), parts[-1]
    )


def _figures(contents: Contents) -> list[tuple[str, Html]]:
    """What stands largest: the loss, then what was measured of the validation rows, by metric."""
    if contents.best is None:
        return []
    row, monitor = contents.best
    keys = [members[0] for members in families(measured_keys(row)).values() if len(members) == 1]
    validated = [key for key in keys if key.startswith(VALIDATION)]
    validated.sort(key=lambda key: (key != monitor, key.endswith("loss")))
    keys = validated + [key for key in keys if key not in validated]
    return [(key, exact(row[key])) for key in keys[:MOST_FIGURES]]


def _outputs(contents: Contents) -> Html:
    names = [output.name for output in contents.outputs]
    keys = measured_keys((contents.history or [{}])[-1])
    owned = by_output(keys, names)
    best = contents.best[0] if contents.best else None
    last = contents.history[-1] if contents.history else None
    parts: list[Child] = []
    if best and last and owned[TOTAL]:
        total = metric_table(owned[TOTAL], best, last)
        parts.append(element("article", element("h3", "all outputs"), total, class_="card output"))
    for output in contents.outputs:
        table = metric_table(owned[output.name], best, last) if best and last else None
        parts.append(_output(output, table, contents.asked))
    return together(*parts)


def _output(output: Output, table: Html | None, asked: str) -> Html:
    title = element("h3", output.name, element("span", output.loss or "no loss", class_="chip"))
    said = None
    if output.found is not None:
        units = ", in the data's own units" if isinstance(output.found, Measures) else ""
        note = element("p", f"{asked}{units}:", class_="soft")
        said = together(note, _found(output.found))
    told = element("p", output.note, class_="soft") if output.note and table else None
    worst = worst_drawn(output.worst) if output.worst else None
    return element("article", title, table, told, said, worst, class_="card output")


def _found(found: Found) -> Html:
    if isinstance(found, Measures):
        return residuals_drawn(found)
    if isinstance(found, Labels):
        return labels_drawn(found)
    assert isinstance(found, Classes)
    return classes_drawn(found)
