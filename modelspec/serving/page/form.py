"""The page with a form, made of a model's description."""

from __future__ import annotations

import json
from collections import Counter
from itertools import groupby
from typing import TYPE_CHECKING, Any

from modelspec.report.markup import Html, element
from modelspec.serving.page.fields import field

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINKS = {"docs": "How to ask it", "openapi.json": "OpenAPI", "metrics": "Metrics"}
_NO_SCRIPT = "This page asks the model with a script, and scripts are switched off here."
_SENT = ("name", "kind", "required", "integer", "shape", "least", "separator", "formats", "maximum")
"""What the script knows of a column; the rest stands in the page already."""


def document(description: dict[str, Any]) -> str:
    """The page as HTML, with no script in it.

    Args:
        description: What `serving.description.description` gives.
    """
    name = description["name"]
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", name),
        element("link", rel="icon", href="data:,"),
        element("link", rel="stylesheet", href="page.css"),
        element("script", type="module", src="page.js"),
    )
    body = element(
        "body",
        element(
            "header",
            element("h1", name),
            element("p", "A trained model, served by modelspec. Try it here.", class_="soft"),
            _links(),
            element("noscript", element("p", _NO_SCRIPT, class_="note")),
        ),
        element("main", _form(description), _answer(description)),
        _foot(description),
        _about(description),
    )
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def _links() -> Html:
    links = [element("a", said, href=address) for address, said in _LINKS.items()]
    return element("nav", *links, aria_label="more")


def _form(description: dict[str, Any]) -> Html:
    columns = description["columns"]
    found = [_group(title, inside) for title, inside in _groups(columns)]
    if description["threshold"]:
        found.append(_threshold(description["outputs"]))
    buttons = element(
        "div",
        element("button", "Predict", type="submit", class_="main"),
        element("button", "Example", type="reset", title="fill in the example again"),
        element("span", id="state", class_="soft", role="status"),
        class_="buttons",
    )
    return element("form", *found, buttons, id="form", novalidate="", autocomplete="off")


def _groups(columns: list[dict[str, Any]]) -> Iterator[tuple[str, list[Html]]]:
    """A title and its fields: an input of several columns has one, where it is not the only one."""
    sizes = Counter(column["inputs"][0] for column in columns)

    def title(numbered: tuple[int, dict[str, Any]]) -> str:
        name = numbered[1]["inputs"][0]
        return name if len(sizes) > 1 and sizes[name] > 1 else ""

    for name, members in groupby(enumerate(columns), key=title):
        yield name, [field(number, column) for number, column in members]


def _group(title: str, inside: list[Html]) -> Html:
    if title:
        return element("fieldset", element("legend", title), *inside, class_="card grid")
    return element("div", *inside, class_="card grid")


def _threshold(outputs: list[dict[str, Any]]) -> Html:
    known = sorted({f"{each:.3g}" for output in outputs for each in output.get("threshold", ())})
    described = "threshold-told threshold-problem"
    told = f"from which probability on it says yes; empty: {', '.join(known)}, as trained"
    return element(
        "div",
        element(
            "div",
            element("label", "threshold", for_="threshold"),
            element("input", id="threshold", inputmode="decimal", aria_describedby=described),
            element("p", told, class_="hint", id="threshold-told"),
            element("p", class_="problem", id="threshold-problem", hidden=""),
            class_="field wide",
            id="threshold-field",
        ),
        class_="card grid",
    )


def _answer(description: dict[str, Any]) -> Html:
    names = [element("li", element("b", each["name"])) for each in description["outputs"]]
    return element(
        "section",
        element("h2", "Answer", id="answer-title"),
        element(
            "div",
            element("p", "Not asked yet. The model says:", class_="soft"),
            element("ul", *names, class_="names"),
            id="answer",
            aria_live="polite",
        ),
        element(
            "details",
            element("summary", "The same request from elsewhere"),
            *(_snippet(key, said) for key, said in (("curl", "curl"), ("python", "Python"))),
            element(
                "p",
                element("a", "request.json", id="request", download="request.json", href="#"),
                " is the request as a file.",
                class_="soft",
            ),
            id="elsewhere",
        ),
        class_="card aside",
        aria_labelledby="answer-title",
    )


def _snippet(key: str, said: str) -> Html:
    return element(
        "div",
        element(
            "div",
            element("h3", said, id=f"{key}-title"),
            element("button", "Copy", type="button", data_copy=key, aria_label=f"Copy {said}"),
            class_="title",
        ),
        element("pre", id=key, tabindex="0", role="region", aria_labelledby=f"{key}-title"),
        class_="snippet",
    )


def _foot(description: dict[str, Any]) -> Html:
    limits = description["limits"]
    said = f"at most {limits['rows']:,} rows and {limits['body']:,} bytes a request"
    return element("footer", f"modelspec {description['modelspec']} · {said}")


def _about(description: dict[str, Any]) -> Html:
    """What the script is told, as data that no browser takes for markup or code."""
    columns = [
        {key: value for key, value in column.items() if key in _SENT}
        for column in description["columns"]
    ]
    told = {"columns": columns, "outputs": description["outputs"], "limits": description["limits"]}
    text = json.dumps(told, separators=(",", ":")).replace("<", "\\u003c")
    return element("script", Html(text), type="application/json", id="about")
