from hypothesis import given
from hypothesis import strategies as st

from modelspec.report.markup import Html, element, prose, together
from tests.report.pages import parsed

TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc", "Cn")))


@given(TEXT, TEXT)
def test_text_comes_back_as_it_was(inside: str, attribute: str) -> None:
    found = parsed(element("p", inside, title=attribute))
    assert (found.text or "") == inside
    assert found.get("title") == attribute


def test_attributes() -> None:
    written = element("path", class_="a", stroke_width=1.5, x=2.0, y=-0.001, id=None)
    assert written == '<path class="a" stroke-width="1.5" x="2" y="0"></path>'


def test_what_is_markup_stays_as_it_is() -> None:
    assert together(Html("<b>"), "<b>", None) == "<b>&lt;b&gt;"
    assert element("wbr") == "<wbr>"


def test_names_between_backticks() -> None:
    assert prose("`a<b` is `c`") == "<code>a&lt;b</code> is <code>c</code>"
    assert prose("one ` alone") == "one ` alone"
