"""Second-hand garments on offer: numbers, a brand, a text and a picture, which make a price.

The picture alone shows what the garment is and what pattern it has; only the text says what state
it is in; brand, age and how often it was worn are columns. The price is a product of all of these
and of a number near 1 that nobody can know, whose deviation is `LUCK`. Who sees all can explain
98 % of the prices' variance; without the picture 42 %, without the text 78 %, without the brand
76 %, without the two numbers 85 %.
"""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, NamedTuple

from PIL import Image, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

LUCK = 0.08
SIZE = 32
"""Pixels of a picture's edge."""

KINDS = {"shirt": 18.0, "trousers": 30.0, "dress": 45.0, "coat": 70.0}
"""What they cost in euros, as Maple makes them, new and plain."""
PATTERNS = {"plain": 1.0, "striped": 1.15, "dotted": 1.3}
BRANDS = {"Nordlys": 1.6, "Ardent": 1.3, "Maple": 1.0, "Basico": 0.7}
STATES = {
    1.0: ("like new", "no stains, no holes", "never worn", "still has its tag", "nothing torn"),
    0.75: ("a little faded", "one button is missing", "washed often", "some loose threads"),
    0.5: ("a hole under the arm", "the lining is torn", "a stain that stays", "the zip is broken"),
}
REASONS = (
    "My son has outgrown it", "Bought by mistake", "I need the room", "A present",
    "Too warm for where I live", "It never fitted", "From my aunt",
)  # fmt: skip
TERMS = ("collect in town", "can be posted", "no returns", "smoke-free home", "price is fixed")

OUTLINES = {
    "shirt": [
        (2, 8), (10, 4), (22, 4), (30, 8), (27, 14), (23, 12), (23, 27), (9, 27), (9, 12), (5, 14),
    ],
    "trousers": [(9, 3), (23, 3), (25, 29), (18, 29), (16, 11), (14, 29), (7, 29)],
    "dress": [(11, 2), (21, 2), (20, 12), (27, 30), (5, 30), (12, 12)],
    "coat": [
        (11, 2), (21, 2), (28, 6), (31, 21), (27, 22), (24, 11),
        (26, 31), (6, 31), (8, 11), (5, 22), (1, 21), (4, 6),
    ],
}  # fmt: skip
"""Corners, in pixels."""

Color = tuple[int, int, int]


class Garment(NamedTuple):
    """One offer: a row of the table, and what its picture shows."""

    picture: Image.Image
    description: str
    brand: str
    age: int
    worn: int
    price: float


def garments(rows: int, seed: int = 0) -> Iterator[Garment]:
    """Offers: age in years, worn so many times, price in euros."""
    dealt = Random(seed)
    for _ in range(rows):
        kind, pattern = dealt.choice(list(KINDS)), dealt.choice(list(PATTERNS))
        brand, state = dealt.choice(list(BRANDS)), dealt.choice(list(STATES))
        age, worn = dealt.randrange(11), dealt.randrange(101)
        value = KINDS[kind] * PATTERNS[pattern] * BRANDS[brand] * state
        value *= 0.94**age * (1 - 0.003 * worn) * dealt.gauss(1, LUCK)
        parts = [dealt.choice(REASONS), dealt.choice(STATES[state]), dealt.choice(TERMS)]
        dealt.shuffle(parts)
        text = ", ".join(parts)
        text = f"{text[0].upper()}{text[1:]}."
        yield Garment(_picture(kind, pattern, dealt), text, brand, age, worn, round(value, 2))


def _picture(kind: str, pattern: str, dealt: Random) -> Image.Image:
    """A garment in a color of its own on a background of its own, not always in the middle."""
    background, cloth, second = _colors(dealt)
    picture = Image.new("RGB", (SIZE, SIZE), background)
    mask = Image.new("1", (SIZE, SIZE))
    right, down = dealt.randint(-2, 2), dealt.randint(-2, 2)
    ImageDraw.Draw(mask).polygon([(x + right, y + down) for x, y in OUTLINES[kind]], fill=1)
    picture.paste(_cloth(pattern, cloth, second), (0, 0), mask)
    return picture


def _colors(dealt: Random) -> tuple[Color, Color, Color]:
    """A light background, a darker cloth, and the pattern's color."""
    background = tuple(dealt.randint(190, 255) for _ in range(3))
    cloth = tuple(dealt.randint(20, 150) for _ in range(3))
    return background, cloth, tuple(min(255, channel + 90) for channel in cloth)


def _cloth(pattern: str, cloth: Color, second: Color) -> Image.Image:
    woven = Image.new("RGB", (SIZE, SIZE), cloth)
    draw = ImageDraw.Draw(woven)
    for y in range(0, SIZE, 4):
        if pattern == "striped":
            draw.line([(0, y), (SIZE, y)], fill=second)
        elif pattern == "dotted":
            draw.point([(x + y % 8 // 2, y) for x in range(0, SIZE, 4)], fill=second)
    return woven
