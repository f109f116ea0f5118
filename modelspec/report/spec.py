"""The spec, with its keys and comments in colours."""

from __future__ import annotations

import re

from modelspec.report.markup import Html, element, together

_LINE = re.compile(r"(\s*(?:- )*)([\w.$/-]+|\"[^\"]*\")(:)(?=\s|$)(.*)", re.DOTALL)


def spec_drawn(text: str) -> Html:
    """YAML as it is."""
    return element("pre", *map(_line, text.splitlines(keepends=True)), class_="card", tabindex=0)


def _line(line: str) -> Html:
    if line.lstrip().startswith("#"):
        return element("span", line, class_="comment")
    found = _LINE.fullmatch(line)
    if found is None:
        return together(line)
    indent, key, colon, rest = found.groups()
    return together(indent, element("span", key, class_="name"), colon, rest)
