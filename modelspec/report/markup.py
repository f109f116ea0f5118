"""HTML put together so that no text can break out of its place."""

from __future__ import annotations

import re
from html import escape
from typing import TypeAlias

_VOID = frozenset({"img", "input", "link", "meta", "wbr"})
_NOT_TEXT = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
"""What may not stand in an HTML file."""


class Html(str):
    """Text that is markup already."""

    __slots__ = ()


Child: TypeAlias = str | None
"""Markup, or text, which is escaped; None is nothing."""
Value: TypeAlias = str | float | None


def element(tag: str, /, *children: Child, **attributes: Value) -> Html:
    """`<tag attribute="value">children</tag>`.

    Args:
        tag: What kind of element it is.
        children: In order.
        attributes: `class_` is `class`, `stroke_width` is `stroke-width`; None is left out.
    """
    written = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(_value(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if tag in _VOID:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{together(*children)}</{tag}>")


def together(*children: Child) -> Html:
    """One after the other."""
    return Html(
        "".join(
            child if isinstance(child, Html) else escaped(child)
            for child in children
            if child is not None
        )
    )


def prose(text: str) -> Html:
    """Text in which `names` stand between backticks."""
    parts = text.split("`")
    if len(parts) % 2 == 0:
        return together(text)
    return together(
        *(element("code", part) if number % 2 else part for number, part in enumerate(parts))
    )


def escaped(text: str) -> str:
    """Text as it may stand between tags and in attributes."""
    return escape(_NOT_TEXT.sub("\ufffd", text))


def _value(value: str | float) -> str:
    """A length in at most two decimals; text as it is."""
    if isinstance(value, str):
        return value
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
