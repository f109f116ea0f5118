"""The files of the page at `/`, made once from a model's description."""

from __future__ import annotations

from html import escape
from typing import Any, NamedTuple


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
    name = escape(description["name"])
    html = (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>{name}</title>'
        f'<h1>{name}</h1><p><a href="docs">How to ask this model</a></p></html>'
    )
    return {"/": PageFile("text/html; charset=utf-8", html.encode())}
