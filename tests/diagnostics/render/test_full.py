"""The format for people."""

from hypothesis import given
from hypothesis import strategies as st

from modelspec.diagnostics import Diagnostic, Related, Span
from modelspec.diagnostics.render import Style, render
from modelspec.diagnostics.render.style import cells, width
from modelspec.diagnostics.sources import Sources
from tests.diagnostics.render.findings import FILE, MISMATCH, WARNING, sources


def shown(
    text: str, span: Span, *, caption: str = "here", columns: int = 60, colour: bool = False
) -> list[str]:
    """The frame of a finding about a text."""
    found = Diagnostic("MS201", "message", span, caption=caption)
    style = Style(colour, columns)
    return render("full", [found], Sources({span.file: text}), style).splitlines()[1:]


def test_a_finding_shows_its_line_its_notes_and_the_way_out() -> None:
    assert render("full", [MISMATCH], sources()) == (
        "specs/qa.yaml:4:3 error[shape-mismatch]: `merge` (Add) cannot add `[32]` and `[16]`\n"
        "    4 |   merge: Add\n"
        "      |   ^^^^^ receives `left` [32] and `right` [16]\n"
        "   note: this is where 32 comes from\n"
        "    2 |   left:  {type: Dense, units: 32}\n"
        "      |                               --\n"
        "   help: use `Concatenate`, or give both the same `units`\n"
    )


def test_an_empty_line_stands_between_findings() -> None:
    text = render("full", [MISMATCH, WARNING], sources())
    assert "`units`\n\nspecs/qa.yaml:3:3 warning[linear-stack]: two layers,\n" in text


def test_a_note_on_the_same_line_stands_below_it() -> None:
    related = (Related(Span("x", 2, 1, 2, 2), "there"), Related(Span("x", 1, 4, 1, 5), "from here"))
    found = Diagnostic("MS401", "cycle", Span("x", 1, 9, 1, 10), caption="to here", related=related)
    text = render("full", [found], Sources({"x": "e: a -> b -> a\nf: 1"}))
    assert text.splitlines()[1:] == [
        "    1 | e: a -> b -> a",
        "      |         ^ to here",
        "      |    - from here",
        "   note: there",
        "    2 | f: 1",
        "      | -",
    ]


def test_a_very_long_line_costs_no_more_than_what_is_shown_of_it() -> None:
    text = "{" + "ab, " * 500_000 + "}"
    found = [
        Diagnostic("MS201", f"m{n}", Span("x", 1, 4 * n + 2, 1, 4 * n + 4)) for n in range(1, 2000)
    ]
    shown = render("full", found, Sources({"x": text}), Style(width=80)).split("\n\n")
    for _, code, carets in (frame.splitlines() for frame in shown):
        place = carets.index("^")
        assert code[place : place + 2] == "ab"
        assert len(code) <= 80


def test_a_note_on_another_file_names_it() -> None:
    related = Related(Span("block.yaml", 1, 1, 1, 5), "declared here")
    found = Diagnostic("MS202", "no `units`", Span(FILE, 2, 3, 2, 7), related=(related,))
    text = render("full", [found], Sources({FILE: "a\nb: c\n", "block.yaml": "unit: 3"}))
    assert "   note: block.yaml: declared here\n    1 | unit: 3\n      | ----\n" in text


def test_tabs_and_wide_characters_keep_the_carets_under_their_token() -> None:
    assert shown("a:\t日本\tbad\n", Span("x", 1, 7, 1, 10)) == [
        "    1 | a:  日本    bad",
        "      |             ^^^ here",
    ]
    assert shown("é́: bad", Span("x", 1, 5, 1, 8)) == [
        "    1 | é́: bad",
        "      |    ^^^ here",
    ]
    assert shown("k: 日本", Span("x", 1, 4, 1, 6))[1] == "      |    ^^^^ here"


def test_a_long_line_is_cut_around_the_token() -> None:
    text = "x" * 300 + " bad " + "y" * 300
    line, carets = shown(text, Span("x", 1, 302, 1, 305), columns=60)
    assert line.startswith("    1 | …xxx")
    assert line.endswith("yyy…")
    assert len(line) <= 60
    assert line.index("bad") == carets.index("^^^")


def test_of_a_long_line_as_much_is_shown_before_a_token_as_behind_it() -> None:
    code, marks = shown("a" * 100 + "bb" + "c" * 100, Span("x", 1, 101, 1, 103), caption="")
    code = code.removeprefix("    1 | ")
    assert code.count("a") == code.count("c") == 24
    assert marks.removeprefix("      | ") == " " * code.index("bb") + "^^"


def test_a_token_wider_than_the_screen_is_marked_as_far_as_it_is_shown() -> None:
    line, carets = shown("k: " + "z" * 500, Span("x", 1, 4, 1, 504), columns=60, caption="")
    assert len(line) <= 60
    assert len(carets) <= 60
    assert line.index("z") == carets.index("^")


def test_a_span_over_lines_is_marked_on_each() -> None:
    text = "a: |\n   one\n   two\nb: 1\n"
    assert shown(text, Span("x", 1, 4, 3, 7)) == [
        "    1 | a: |",
        "      |    ^",
        "    2 |    one",
        "      |    ^^^",
        "    3 |    two",
        "      |    ^^^ here",
    ]


def test_of_a_span_over_many_lines_the_ends_are_shown() -> None:
    text = "a: |\n" + "".join(f"   line{n}\n" for n in range(9))
    lines = shown(text, Span("x", 1, 4, 10, 9))
    assert lines[:2] == ["    1 | a: |", "      |    ^"]
    assert lines[4] == "  ... |"
    assert lines[-1] == "      |    ^^^^^ here"


def test_a_span_that_ends_before_the_first_column_leaves_that_line_out() -> None:
    assert shown("ab\n  cd\nef", Span("x", 1, 1, 3, 1)) == [
        "    1 | ab",
        "      | ^^",
        "    2 |   cd",
        "      |   ^^ here",
    ]


def test_the_end_of_a_file_and_an_empty_token_have_a_caret() -> None:
    assert shown("a: 1\n", Span("x", 2, 1, 2, 1)) == ["    2 |", "      | ^ here"]
    assert shown("a: 1", Span("x", 1, 5, 1, 5)) == ["    1 | a: 1", "      |     ^ here"]


def test_a_file_that_cannot_be_read_has_no_frame() -> None:
    found = Diagnostic("MS209", "there is no such file", Span("no/such.yaml"), "make it")
    assert render("full", [found]) == (
        "no/such.yaml:1:1 error[missing-file]: there is no such file\n   help: make it\n"
    )


def test_lines_end_where_yaml_ends_them() -> None:
    text = "a: 1\r\nb: 2\rc: 3\u2028d: 4\x0be\n"
    assert shown(text, Span("x", 4, 1, 4, 2))[0] == "    4 | d: 4\ufffde"


def test_what_could_drive_the_terminal_is_not_written() -> None:
    found = Diagnostic(
        "MS205", "no type `\x1b[2J`", Span("x", 1, 4, 1, 9), "\x07", caption="\x1b[31m"
    )
    text = render("full", [found], Sources({"x": "a: \x1b[2J\n"}))
    assert "\x1b" not in text
    assert "\x07" not in text


def test_colours_are_all_that_colours_change() -> None:
    import re

    plain = render("full", [MISMATCH, WARNING], sources(), Style(colour=False))
    colour = render("full", [MISMATCH, WARNING], sources(), Style(colour=True))
    assert colour != plain
    assert re.sub(r"\x1b\[[0-9;]*m", "", colour) == plain


@given(st.text(max_size=200), st.integers(1, 210), st.integers(0, 210), st.integers(20, 120))
def test_any_line_is_shown_with_its_caret_within_the_width(
    line: str, column: int, length: int, columns: int
) -> None:
    text = "".join(c for c in line if c not in "\r\n\x85\u2028\u2029")
    span = Span("x", 1, column, 1, column + length)
    code, carets = shown(text, span, caption="", columns=columns)
    assert code.startswith("    1 |")
    assert carets.startswith("      | ")
    assert "^" in carets
    assert width(code) <= max(columns, 28) + 1
    start = len("".join(cells(text)[: column - 1]))
    if "…" not in code and column <= len(text):
        assert carets.index("^") == 8 + width("".join(cells(text)[: column - 1])), start
