"""PDF, through pydyf. Its texts are set in Helvetica, which every reader has."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pydyf  # type: ignore[import-untyped]

from modelspec.plot.painters.svg import light
from modelspec.plot.scene import Item, Line, Rect, Scene, Text
from modelspec.plot.text_metrics import text_width

if TYPE_CHECKING:
    from modelspec.plot.layout import Route

_POINTS = 0.75
"""Points in a CSS pixel."""

_MOST_SIDE = 14400.0
"""The largest side of a page, in points, that readers must open."""

_KAPPA = 0.5523
_FONTS = {"F1": "/Helvetica", "F2": "/Helvetica-Bold"}


def paint_pdf(scene: Scene) -> bytes:
    """The scene as a PDF of one page."""
    scale = min(_POINTS, _MOST_SIDE / max(scene.width, scene.height))
    width, height = round(scene.width * scale, 2), round(scene.height * scale, 2)
    brush = _Brush()
    brush.stream.push_state()
    brush.stream.set_matrix(round(scale, 6), 0, 0, -round(scale, 6), 0, height)
    for group in scene.groups:
        if group.faded:
            brush.stream.push_state()
            brush.stream.set_state("Faded")
        for item in group.items:
            brush.paint(item)
        if group.faded:
            brush.stream.pop_state()
    brush.stream.pop_state()
    return _document(scene, brush.stream, width, height)


def _document(scene: Scene, stream: pydyf.Stream, width: float, height: float) -> bytes:
    pdf = pydyf.PDF()
    pdf.info["Title"] = pydyf.String(scene.title)
    pdf.info["Subject"] = pydyf.String(scene.description)
    fonts = pydyf.Dictionary({name: _font(pdf, base) for name, base in _FONTS.items()})
    faded = pydyf.Dictionary({"Type": "/ExtGState", "ca": 0.4, "CA": 0.4})
    pdf.add_object(faded)
    pdf.add_object(stream)
    pdf.add_page(
        pydyf.Dictionary(
            {
                "Type": "/Page",
                "Parent": pdf.pages.reference,
                "MediaBox": pydyf.Array([0, 0, width, height]),
                "Contents": stream.reference,
                "Resources": pydyf.Dictionary(
                    {"Font": fonts, "ExtGState": pydyf.Dictionary({"Faded": faded.reference})}
                ),
            }
        )
    )
    output = BytesIO()
    pdf.write(output)
    return output.getvalue()


def _font(pdf: pydyf.PDF, base: str) -> bytes:
    font = pydyf.Dictionary(
        {
            "Type": "/Font",
            "Subtype": "/Type1",
            "BaseFont": base,
            "Encoding": "/WinAnsiEncoding",
        }
    )
    pdf.add_object(font)
    reference: bytes = font.reference
    return reference


class _Brush:
    """Writes primitives into a content stream whose y grows downwards."""

    def __init__(self) -> None:
        self.stream = pydyf.Stream(compress=True)

    def paint(self, item: Item) -> None:
        if isinstance(item, Text):
            self._text(item)
        elif isinstance(item, Rect):
            self._outline(item)
            self._fill_and_stroke(item.fill, item.stroke, item.stroke_width)
        else:
            self._line(item)

    def _line(self, item: Line) -> None:
        self._follow(item.route)
        if item.fill:
            self.stream.close()
        self._fill_and_stroke(item.fill, item.stroke, item.width)

    def _text(self, item: Text) -> None:
        width = text_width(item.text, item.size, item.bold)
        left = item.x - {"start": 0.0, "middle": width / 2, "end": width}[item.anchor]
        stream = self.stream
        stream.begin_text()
        stream.set_font_size("F2" if item.bold else "F1", item.size)
        stream.set_color_rgb(*_rgb(item.colour))
        stream.set_text_matrix(1, 0, 0, -1, _number(left), _number(item.y))
        stream.stream.append(b"<" + item.text.encode("cp1252", "replace").hex().encode() + b"> Tj")
        stream.end_text()

    def _fill_and_stroke(self, fill: str, stroke: str, width: float) -> None:
        if fill:
            self.stream.set_color_rgb(*_rgb(fill))
        if stroke:
            self.stream.set_color_rgb(*_rgb(stroke), stroke=True)
            self.stream.set_line_width(_number(width))
        if fill and stroke:
            self.stream.fill_and_stroke()
        elif fill:
            self.stream.fill()
        elif stroke:
            self.stream.stroke()
        else:
            self.stream.end()

    def _follow(self, route: Route) -> None:
        for step in route:
            numbers = [_number(value) for point in step.points for value in point]
            {
                "move": self.stream.move_to,
                "line": self.stream.line_to,
                "curve": self.stream.curve_to,
            }[step.kind](*numbers)

    def _outline(self, item: Rect) -> None:
        stream, radius = self.stream, min(item.radius, item.width / 2, item.height / 2)
        left, top = item.x, item.y
        right, low = left + item.width, top + item.height
        under = 0.0 if item.upper else radius
        stream.move_to(_number(left + radius), _number(top))
        stream.line_to(_number(right - radius), _number(top))
        self._corner((right - radius, top), (right, top), (right, top + radius))
        stream.line_to(_number(right), _number(low - under))
        if under:
            self._corner((right, low - under), (right, low), (right - under, low))
        stream.line_to(_number(left + under), _number(low))
        if under:
            self._corner((left + under, low), (left, low), (left, low - under))
        stream.line_to(_number(left), _number(top + radius))
        self._corner((left, top + radius), (left, top), (left + radius, top))
        stream.close()

    def _corner(
        self, start: tuple[float, float], corner: tuple[float, float], end: tuple[float, float]
    ) -> None:
        first, second = (
            tuple(a + (b - a) * _KAPPA for a, b in zip(point, corner, strict=True))
            for point in (start, end)
        )
        self.stream.curve_to(*(_number(value) for value in (*first, *second, *end)))


def _rgb(name: str) -> tuple[float, float, float]:
    code = light(name)
    red, green, blue = (round(int(code[at : at + 2], 16) / 255, 3) for at in (1, 3, 5))
    return red, green, blue


def _number(value: float) -> float:
    return round(value, 2) + 0.0
