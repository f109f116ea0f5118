from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from modelspec.report.spec import spec_drawn
from tests.report.pages import part, texts

SPECS = Path(__file__).parents[2] / "specs"


@given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n")))
def test_a_spec_is_shown_as_it_is(text: str) -> None:
    assert "".join(part(spec_drawn(text)).itertext()) == text


def test_keys_and_comments_are_marked() -> None:
    text = '# hi\nlayers:\n  "a b": {type: Add}\nedges:\n  - x -> y\n  - name: 3:4\n'
    marked = {each.text: each.get("class") for each in part(spec_drawn(text)).iter("span")}
    assert marked == {
        "# hi\n": "comment", "layers": "name", '"a b"': "name", "edges": "name", "name": "name",
    }  # fmt: skip


def test_real_ones() -> None:
    for path in SPECS.glob("*.yaml"):
        text = path.read_text("utf-8")
        assert texts(part(spec_drawn(text)), "pre") == [text]
