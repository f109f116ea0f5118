"""PNG, painted by resvg from the SVG, with the fonts that we ship."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

from modelspec.plot.painters.svg import paint_svg
from modelspec.plot.scene import Scene, Text
from modelspec.plot.text_metrics import covered

MOST_PIXELS = 60_000_000
"""240 MB of memory while it is painted."""

MOST_SIDE = 30_000


class TooLargeError(Exception):
    """A picture would have more pixels than anybody can look at."""


def paint_png(scene: Scene, scale: float) -> bytes:
    """The scene as a PNG.

    Raises:
        TooLargeError: It would have more than `MOST_PIXELS`, even at scale 0.25.
    """
    from resvg_py import svg_to_bytes

    items = (item for group in scene.groups for item in group.items)
    known = all(covered(item.text) for item in items if isinstance(item, Text))
    return svg_to_bytes(
        svg_string=paint_svg(scene),
        zoom=affordable(scene, scale),
        skip_system_fonts=known,
        font_files=list(_fonts()),
        font_family="Modelspec Sans",
        sans_serif_family="Modelspec Sans",
    )


def affordable(scene: Scene, scale: float) -> float:
    """The scale, or the largest smaller one that keeps the picture within bounds.

    Raises:
        TooLargeError: Even at scale 0.25 the picture is out of bounds.
    """
    area = (MOST_PIXELS / (scene.width * scene.height)) ** 0.5
    side = MOST_SIDE / max(scene.width, scene.height)
    fitting: float = min(scale, area, side)
    if fitting < min(0.25, scale):
        size = f"{scene.width:,.0f} x {scene.height:,.0f}"
        raise TooLargeError(
            f"a PNG cannot hold a drawing of {size} units: use svg or html, or a smaller depth"
        )
    return fitting


@cache
def _fonts() -> tuple[str, ...]:
    folder = files("modelspec.plot") / "fonts"
    return tuple(str(folder / f"ModelspecSans-{style}.ttf") for style in ("Regular", "Bold"))
