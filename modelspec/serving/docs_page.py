"""The page at `/docs`: how to ask the model, made of its schema. It loads nothing else."""

from __future__ import annotations

import json
from html import escape
from typing import TYPE_CHECKING, Any

from modelspec.serving.page.files import PageFile

if TYPE_CHECKING:
    from collections.abc import Iterable

_STYLE = """\
body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:0 auto;padding:1rem;color:#1b1f24;
background:#fff}
td code{overflow-wrap:anywhere}h1,h2{line-height:1.2}h2{margin-top:2.5rem;font-size:1.2rem}
pre{background:#f4f5f7;padding:.8rem;white-space:pre-wrap;overflow-wrap:anywhere;border-radius:6px}
code,pre{font:14px/1.45 ui-monospace,monospace}
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%}
th,td{text-align:left;vertical-align:top;padding:.35rem .8rem .35rem 0;
border-bottom:1px solid #d9dde2}
@media(prefers-color-scheme:dark){body{color:#e6e8eb;background:#15181c}
pre{background:#22262c}th,td{border-color:#3a4048}a{color:#8ab4f8}}
"""
STYLE = PageFile("text/css; charset=utf-8", _STYLE.encode())
_KINDS = {
    "array": "nested lists",
    "sequence": "list of numbers",
    "category": "class",
    "classes": "classes",
    "text": "text",
    "date": "date",
    "image": "picture",
}
_SHOWN = 1_500
"""An example of more characters is cut."""


def docs_page(document: dict[str, Any], about: dict[str, Any]) -> PageFile:
    """The page.

    Args:
        document: The OpenAPI document.
        about: The model's description.
    """
    schemas = document["components"]["schemas"]
    name = escape(about["name"])
    parts = [
        f"<h1>{name}</h1><p>{_marked(document['info']['description'])}"
        ' <a href="./">Try it</a>, or read the <a href="openapi.json">OpenAPI document</a>.</p>',
        _request(document, about),
        "<h2>A row</h2>" + _table(("column", "type", ""), _columns(schemas["Row"], about)),
        "<h2>An answer</h2>" + _table(("column", "type", ""), _answers(schemas["Prediction"])),
        "<p>Answers stand in the order of the rows. <code>warnings</code> says which cells "
        "something else stands for: missing, unknown, clipped or cut ones.</p>",
        "<h2>Status codes</h2>" + _table(("code", ""), _statuses(document)),
        "<h2>Other addresses</h2>" + _table(("address", ""), _others(document)),
    ]
    html = (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<title>{name}: how to ask</title><link rel="stylesheet" href="docs.css"></head>'
        f"<body>{''.join(parts)}</body></html>"
    )
    return PageFile("text/html; charset=utf-8", html.encode())


def _request(document: dict[str, Any], about: dict[str, Any]) -> str:
    post = document["paths"]["/predict"]["post"]
    example = post["requestBody"]["content"]["application/json"].get("example")
    limits = about["limits"]
    said = f"At most {limits['rows']:,} rows and {limits['body']:,} bytes a request."
    if about["threshold"]:
        said += " <code>threshold</code>, beside <code>rows</code>, is a probability from which on"
        said += " outputs of yes or no say yes."
    text = '{"rows": [...]}' if example is None else json.dumps(example, ensure_ascii=False)
    if len(text) > _SHOWN:
        text = f"{text[:_SHOWN]} ..."
    command = f"curl -H 'content-type: application/json' http://HOST:PORT/predict -d '{text}'"
    return f"<h2>POST /predict</h2><p>{said}</p><pre>{escape(command)}</pre>"


def _columns(row: dict[str, Any], about: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    for column in about["columns"]:
        name = column["name"]
        said = row["properties"][name].get("description", "")
        if name not in row["required"]:
            said += " May be `null` or left out."
        yield name, _kind(column), said


def _kind(column: dict[str, Any]) -> str:
    """What a cell is, in words."""
    if column["kind"] == "number":
        return "whole number" if column.get("integer") else "number"
    return _KINDS[column["kind"]]


def _answers(prediction: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    for name, schema in prediction["properties"].items():
        kinds = schema["type"]
        yield name, kinds if isinstance(kinds, str) else kinds[0], schema.get("description", "")


def _statuses(document: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    responses = document["paths"]["/predict"]["post"]["responses"]
    return ((code, about["description"]) for code, about in responses.items())


def _others(document: dict[str, Any]) -> Iterable[tuple[str, ...]]:
    for path, methods in document["paths"].items():
        if "get" in methods:
            yield f"GET {path}", methods["get"]["summary"]


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    head = "".join(f"<th>{each}</th>" for each in heads)
    body = "".join("<tr>" + "".join(_cells(row)) + "</tr>" for row in rows)
    return f'<div class="wide"><table><tr>{head}</tr>{body}</table></div>'


def _cells(row: tuple[str, ...]) -> Iterable[str]:
    first, *others = row
    yield f"<td><code>{escape(first)}</code></td>"
    for text in others:
        yield f"<td>{_marked(text)}</td>"


def _marked(text: str) -> str:
    """Text whose names in backticks are code."""
    parts = escape(text).split("`")
    return "".join(f"<code>{each}</code>" if at % 2 else each for at, each in enumerate(parts))
