from pathlib import Path

import pytest

import modelspec
from modelspec.report.diagram import diagram_drawn
from tests.report.pages import part, texts

SPECS = Path(__file__).parents[2] / "specs"
SVG = '<svg xmlns="http://www.w3.org/2000/svg">INSIDE</svg>'


@pytest.mark.parametrize("name", ["digits", "social", "siamese_lstm"])
def test_a_diagram_is_a_part_of_the_page(name: str) -> None:
    svg = modelspec.load(str(SPECS / f"{name}.yaml")).draw().decode()
    found = part(diagram_drawn(svg))
    ids = [each.get("id") for each in found.iter() if each.get("id")]
    assert ids
    assert all((each or "").startswith("graph-") for each in ids)
    (drawing,) = found.iter("{http://www.w3.org/2000/svg}svg")
    assert set((drawing.get("aria-labelledby") or "").split()) <= set(ids)
    (style,) = texts(found, "{http://www.w3.org/2000/svg}style")
    assert all(rule.startswith(".diagram .") for rule in style.split("}") if rule)
    assert list(found.iter("img")) == []


@pytest.mark.parametrize(
    "inside",
    [
        "<script>alert(1)</script>",
        '<g onclick="alert(1)"></g>',
        '<a href="http://example.org"></a>',
        '<image href="http://example.org/x.png"></image>',
        '<rect fill="url(http://example.org)"></rect>',
        "<style>@import 'http://example.org'</style>",
        "<style>body{display:none} .x{background:url(x)}</style>",
        "<g>",
    ],
)
def test_what_we_do_not_write_becomes_a_picture_which_can_do_nothing(inside: str) -> None:
    found = part(diagram_drawn(SVG.replace("INSIDE", inside)))
    (picture,) = found.iter("img")
    assert (picture.get("src") or "").startswith("data:image/svg+xml;base64,")
    assert [each.tag for each in found.iter()] == ["div", "div", "img"]
