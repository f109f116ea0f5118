"""The files of the page at `/`, made once from a model's description."""

from __future__ import annotations

from importlib.resources import files
from typing import Any, NamedTuple

from modelspec.serving.page.form import document

SCRIPTS = ("page.js", "fields.js", "arrays.js", "pictures.js", "answer.js", "snippets.js")


class PageFile(NamedTuple):
    """One file that the server sends.

    Attributes:
        media_type: `text/html; charset=utf-8`.
        content: Its bytes.
    """

    media_type: str
    content: bytes


def page_files(description: dict[str, Any]) -> dict[str, PageFile]:
    """The page, by the path that it is asked for at, and whatever it loads.

    Args:
        description: What `serving.description.description` gives.

    Returns:
        `/` and the paths of style sheets and scripts, `/page.css`. The server sends them with a
        Content-Security-Policy that lets a page load from its own server only, and run no script
        that stands in it. Addresses in them are relative (`predict`, `page.css`), so that the
        application can be mounted under a prefix.
    """
    here, report = files("modelspec.serving.page"), files("modelspec.report")
    style = (report / "theme.css").read_bytes() + (here / "page.css").read_bytes()
    found = {
        "/": PageFile("text/html; charset=utf-8", document(description).encode()),
        "/page.css": PageFile("text/css; charset=utf-8", style),
    }
    for name in SCRIPTS:
        content = (here / name).read_bytes()
        found[f"/{name}"] = PageFile("text/javascript; charset=utf-8", content)
    return found
