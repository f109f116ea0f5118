"""One page that works alone: the SVG, with pan, zoom, hovering and a panel of details."""

from __future__ import annotations

import json
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING

from modelspec.plot.painters.svg import svg_element
from modelspec.plot.theme import PAINTS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from modelspec.diagnostics import Diagnostic
    from modelspec.plot.diagram import Diagram
    from modelspec.plot.scene import Scene


SCRIPTS = ("page.js", "page_search.js")


def paint_html(scene: Scene, diagram: Diagram, findings: Iterable[Diagnostic] = ()) -> str:
    """The scene as a page that fetches nothing."""
    folder = files("modelspec.plot")
    style = (folder / "page.css").read_text("utf-8")
    script = "".join((folder / name).read_text("utf-8") for name in SCRIPTS)
    title = escape(scene.title)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_colours()}{style}</style>\n</head>\n<body>\n"
        '<main id="view" tabindex="0" aria-label="diagram">\n'
        f"{svg_element(scene, _variable)}</main>\n"
        '<form id="search" role="search"><input id="query" type="search" placeholder="search  /"'
        ' aria-label="search for a node" autocomplete="off" spellcheck="false">'
        '<output id="count" for="query"></output></form>\n'
        '<nav aria-label="zoom"><button id="in" title="zoom in (+)">+</button>'
        '<button id="out" title="zoom out (-)">\u2212</button>'
        '<button id="fit" title="fit (0)">fit</button>'
        '<button id="theme" title="light or dark">\u25d0</button></nav>\n'
        '<aside id="panel" aria-live="polite" hidden></aside>\n'
        f"{_findings(findings)}"
        f'<script type="application/json" id="details">{_details(diagram)}</script>\n'
        f"<script>\n{script}</script>\n</body>\n</html>\n"
    )


def _variable(name: str) -> str:
    return f"var(--{name})"


def _colours() -> str:
    light = "".join(f"--{name}:{paint.light};" for name, paint in PAINTS.items())
    dark = "".join(f"--{name}:{paint.dark};" for name, paint in PAINTS.items())
    return (
        f":root{{{light}}}\n"
        f"@media(prefers-color-scheme:dark){{:root:not([data-theme=light]){{{dark}}}}}\n"
        f":root[data-theme=dark]{{{dark}}}\n"
    )


def _details(diagram: Diagram) -> str:
    details = {
        box.key: {
            "name": box.name,
            "type": box.type,
            "colour": box.family,
            "shared": box.shared,
            "times": box.times,
            "level": box.mark.level,
            "messages": box.mark.messages,
            "facts": box.facts,
        }
        for box in diagram.walk()
    }
    return json.dumps(details, ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")


def _findings(findings: Iterable[Diagnostic]) -> str:
    rows = [
        f'<li class="{finding.severity.value}"><b>{finding.code}</b> {escape(finding.message)}'
        f"<small>{escape(str(finding.span))}</small></li>"
        for finding in findings
    ]
    if not rows:
        return ""
    heading = f"{len(rows)} finding{'s' if len(rows) > 1 else ''}"
    return (
        f'<details id="findings" open><summary>{heading}</summary>'
        f"<ul>{''.join(rows)}</ul></details>\n"
    )
