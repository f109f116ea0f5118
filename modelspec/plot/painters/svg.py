"""SVG, written by hand: short, stable and readable."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from modelspec.plot.scene import Group, Item, Line, Rect, Scene, Text
from modelspec.plot.text_metrics import printable
from modelspec.plot.theme import FONT, PAINTS

if TYPE_CHECKING:
    from modelspec.plot.layout import Route

Colour = Callable[[str], str]

_LETTERS = {"move": "M", "line": "L", "curve": "C"}


def paint_svg(scene: Scene) -> str:
    """The scene as an SVG document on a light ground."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{svg_element(scene, light)}'


def light(name: str) -> str:
    """A named colour on a light ground."""
    return PAINTS[name].light


def svg_element(scene: Scene, colour: Colour) -> str:
    """The scene as an `<svg>` element.

    Args:
        scene: What to paint.
        colour: What to write for a named colour.
    """
    width, height = number(scene.width), number(scene.height)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}"'
        f' viewBox="0 0 {width} {height}" role="img" aria-labelledby="diagram-title diagram-desc"'
        f" font-family={quoteattr(FONT)}>",
        f'<title id="diagram-title">{_clean(scene.title)}</title>',
        f'<desc id="diagram-desc">{_clean(scene.description)}</desc>',
        "<style>.b{font-weight:700}.m{text-anchor:middle}.e{text-anchor:end}</style>",
        f'<rect width="{width}" height="{height}" fill="{colour("ground")}"/>',
        *(_group(group, colour) for group in scene.groups),
        "</svg>\n",
    ]
    return "\n".join(lines)


def number(value: float) -> str:
    """At most two decimals, and none that are zeros."""
    text = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text


def path_data(route: Route) -> str:
    """A route as the `d` of a path."""
    return "".join(
        _LETTERS[step.kind] + " ".join(f"{number(x)},{number(y)}" for x, y in step.points)
        for step in route
    )


def _group(group: Group, colour: Colour) -> str:
    attributes = f'<g class="{group.role}"'
    if group.role == "edge":
        attributes += f" data-from={_quoted(group.keys[0])} data-to={_quoted(group.keys[1])}"
    elif group.keys:
        attributes += f" data-key={_quoted(group.keys[0])}"
    if group.faded:
        attributes += ' opacity="0.4"'
    tooltip = f"<title>{_clean(group.tooltip)}</title>" if group.tooltip else ""
    items = "".join(filter(None, (_item(item, colour) for item in group.items)))
    return f"{attributes}>{tooltip}{items}</g>"


def _item(item: Item, colour: Colour) -> str:
    if isinstance(item, Text):
        return _text(item, colour)
    if isinstance(item, Rect):
        return _rect(item, colour)
    return _line(item, colour)


def _text(item: Text, colour: Colour) -> str:
    classes = ("b" if item.bold else "") + {"start": "", "middle": " m", "end": " e"}[item.anchor]
    marked = f' class="{classes.strip()}"' if classes else ""
    return (
        f'<text x="{number(item.x)}" y="{number(item.y)}" font-size="{number(item.size)}"'
        f' fill="{colour(item.colour)}"{marked}>{_clean(item.text)}</text>'
    )


def _rect(item: Rect, colour: Colour) -> str:
    if not item.fill and not item.stroke:
        return ""
    paint = _fill(item.fill, colour) + _stroke(item.stroke, item.stroke_width, colour)
    if item.upper:
        return f'<path d="{_upper_round(item)}"{paint}/>'
    return (
        f'<rect x="{number(item.x)}" y="{number(item.y)}" width="{number(item.width)}"'
        f' height="{number(item.height)}" rx="{number(item.radius)}"{paint}/>'
    )


def _line(item: Line, colour: Colour) -> str:
    end = "Z" if item.fill else ""
    dash = ' stroke-dasharray="5 4"' if item.dash else ""
    paint = _fill(item.fill, colour) + _stroke(item.stroke, item.width, colour)
    return f'<path d="{path_data(item.route)}{end}"{paint}{dash}/>'


def _upper_round(item: Rect) -> str:
    """A rectangle whose upper corners only are round, as the `d` of a path."""
    x, y, r = number(item.x), number(item.y), number(item.radius)
    right, low = number(item.x + item.width), number(item.y + item.height)
    start, end = number(item.x + item.radius), number(item.x + item.width - item.radius)
    under = number(item.y + item.radius)
    left_corner = f"A{r},{r} 0 0 1 {start},{y}"
    right_corner = f"A{r},{r} 0 0 1 {right},{under}"
    return f"M{x},{low}V{under}{left_corner}H{end}{right_corner}V{low}Z"


def _fill(name: str, colour: Colour) -> str:
    return f' fill="{colour(name) if name else "none"}"'


def _stroke(name: str, width: float, colour: Colour) -> str:
    if not name:
        return ""
    wide = "" if width == 1 else f' stroke-width="{number(width)}"'
    return f' stroke="{colour(name)}"{wide}'


def _quoted(text: str) -> str:
    return quoteattr(printable(text))


def _clean(text: str) -> str:
    return escape(printable(text))
