"""Diagrams: SVG, PNG, PDF, HTML, Mermaid and DOT, by a layout of our own."""

from modelspec.plot.draw_graph import draw, draw_differences
from modelspec.plot.merge import Differences
from modelspec.plot.options import FORMATS, RANKDIRS, Format, PlotOptions, Rankdir
from modelspec.plot.painters.png import TooLargeError

__all__ = [
    "FORMATS",
    "RANKDIRS",
    "Differences",
    "Format",
    "PlotOptions",
    "Rankdir",
    "TooLargeError",
    "draw",
    "draw_differences",
]
