"""The table of widths against the fonts that we ship, read by hand."""

import struct
from importlib.resources import files

import pytest

from modelspec.plot import font_widths
from modelspec.plot.text_metrics import covered, fitted, text_width


def advances(style: str) -> dict[str, int]:
    """Advance widths in thousandths, from the `cmap` (format 4) and `hmtx` tables of a font."""
    data = (files("modelspec.plot") / "fonts" / f"ModelspecSans-{style}.ttf").read_bytes()
    tables = {}
    for index in range(struct.unpack_from(">H", data, 4)[0]):
        tag, _, offset, _ = struct.unpack_from(">4sIII", data, 12 + 16 * index)
        tables[tag] = offset
    units = struct.unpack_from(">H", data, tables[b"head"] + 18)[0]
    count = struct.unpack_from(">H", data, tables[b"hhea"] + 34)[0]

    def width(glyph: int) -> int:
        at = tables[b"hmtx"] + 4 * min(glyph, count - 1)
        return round(struct.unpack_from(">H", data, at)[0] * 1000 / units)

    return {chr(code): width(glyph) for code, glyph in glyphs(data, tables[b"cmap"]).items()}


def glyphs(data: bytes, cmap: int) -> dict[int, int]:
    found: dict[int, int] = {}
    for index in range(struct.unpack_from(">H", data, cmap + 2)[0]):
        at = cmap + struct.unpack_from(">HHI", data, cmap + 4 + 8 * index)[2]
        if struct.unpack_from(">H", data, at)[0] != 4:
            continue
        segments = struct.unpack_from(">H", data, at + 6)[0] // 2
        for segment in range(segments):
            end, start, delta, reach = (
                struct.unpack_from(">H", data, at + base + 2 * segment)[0]
                for base in (14, 16 + 2 * segments, 16 + 4 * segments, 16 + 6 * segments)
            )
            for code in range(start, min(end, 0xFFFE) + 1):
                if not reach:
                    found[code] = (code + delta) & 0xFFFF
                    continue
                place = at + 16 + 6 * segments + 2 * segment + reach + 2 * (code - start)
                found[code] = (struct.unpack_from(">H", data, place)[0] + delta) & 0xFFFF
    return found


@pytest.mark.parametrize(
    ("style", "table"), [("Regular", font_widths.REGULAR), ("Bold", font_widths.BOLD)]
)
def test_the_table_says_what_the_font_says(style: str, table: dict[int, str]) -> None:
    said = {letter: width for width, letters in table.items() for letter in letters}
    assert said == advances(style)


def test_widths_are_those_of_helvetica() -> None:
    """Adobe's Helvetica.afm: H 722, e 556, l 222, o 556; bold H 722, i 278."""
    assert text_width("Hello", 1000) == 722 + 556 + 2 * 222 + 556
    assert text_width("Hi", 10, bold=True) == pytest.approx(10.0)


def test_a_long_text_is_cut_to_fit() -> None:
    text = "kernel_initializer, " * 9
    cut = fitted(text, 10.0, 100.0)
    assert cut.endswith("\u2026")
    assert 80 < text_width(cut, 10.0) <= 100
    assert fitted("short", 10.0, 100.0) == "short"


def test_covered_says_which_texts_the_fonts_have() -> None:
    assert covered("Größe 3×3 → relu …")
    assert not covered("模型")
