"""The diagram of a run, as a part of the page."""

from __future__ import annotations

import re
from base64 import b64encode
from xml.etree import ElementTree

from modelspec.report.markup import Html, element

_KNOWN = {"svg", "g", "path", "rect", "text", "tspan", "title", "desc", "style"}
_SVG = "{http://www.w3.org/2000/svg}"
_STYLE = re.compile(r"<style>(.*?)</style>", re.DOTALL)
_ID = re.compile(r'\b(id|aria-labelledby)="([^"]*)"')


def diagram_drawn(svg: str) -> Html:
    """The diagram: its elements, or a picture of it where there are some that we do not write."""
    drawn = _inlined(svg) if _is_ours(svg) else _pictured(svg)
    return element("div", drawn, class_="card diagram", tabindex=0)


def _is_ours(svg: str) -> bool:
    """Whether a file has nothing that acts or fetches: elements and attributes that we write."""
    try:
        root = ElementTree.fromstring(svg)
    except ElementTree.ParseError:
        return False
    return all(
        each.tag.removeprefix(_SVG) in _KNOWN
        and not any(name.startswith("on") or "href" in name for name in each.attrib)
        and not re.search(r"url\(|@|\\", "".join(each.attrib.values()) * (each.tag != "title"))
        and (each.tag != f"{_SVG}style" or re.fullmatch(r"[\w.{}:;-]*", each.text or ""))
        for each in root.iter()
    )


def _inlined(svg: str) -> Html:
    """Its ids and classes stay its own."""
    body = svg[svg.index("<svg") :]
    body = _STYLE.sub(lambda found: f"<style>{_scoped(found[1])}</style>", body)
    return Html(_ID.sub(lambda found: f'{found[1]}="{_prefixed(found[2])}"', body))


def _scoped(style: str) -> str:
    return re.sub(r"(?:^|(?<=\}))\s*\.", ".diagram .", style)


def _prefixed(names: str) -> str:
    return " ".join(f"graph-{name}" for name in names.split())


def _pictured(svg: str) -> Html:
    content = b64encode(svg.encode()).decode()
    return element("img", src=f"data:image/svg+xml;base64,{content}", alt="the diagram")
