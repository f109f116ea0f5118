"""Tables in narrow terminals never break inside a word that has room."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich import box
from rich.table import Table
from rich.text import Text

from modelspec.cli.console import console
from modelspec.cli.layers import table_of
from modelspec.cli.pages import layers, pages
from modelspec.cli.pages.terminal import lay_out


def printed(table: Table, width: int, capsys: pytest.CaptureFixture[str]) -> str:
    out = console()
    out.width = width
    out.print(table)
    return capsys.readouterr().out


def whole_words(shown: str, texts: list[str], width: int) -> list[str]:
    """The words of texts that are not in what is shown, of those that have room in a list."""
    words = {word for text in texts for word in text.split() if len(word) <= width - 4}
    return sorted(words - set(shown.split()))


def cells(table: Table) -> list[str]:
    return [str(cell) for column in table.columns for cell in column.cells]


@pytest.mark.parametrize("width", [40, 60, 80, 200])
def test_the_layers(width: int, capsys: pytest.CaptureFixture[str]) -> None:
    lines = layers.topics()
    families = {family: {n: lines[n] for n in names} for family, names in layers.families().items()}
    table = table_of(families)
    shown = printed(table, width, capsys)
    assert whole_words(shown, cells(table), width) == []
    assert max(map(len, shown.splitlines())) <= width


@pytest.mark.parametrize("width", [40, 80])
@pytest.mark.parametrize("topic", ["adam", "Conv2D", "early_stopping"])
def test_a_page_of_explain(topic: str, width: int, capsys: pytest.CaptureFixture[str]) -> None:
    out = console()
    out.width = width
    (page,) = pages(topic)
    rows = [line for line in page.splitlines() if re.match(r"\| `\w+` ", line)]
    lay_out("\n".join(["| Argument | Type | Default | Meaning |", "| --- |", *rows]), out)
    shown = capsys.readouterr().out
    texts = [row.replace("`", "").replace("\\|", "|").strip("| ") for row in rows]
    assert whole_words(shown, [text.replace(" | ", " ") for text in texts], width) == []


def narrow_table() -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for header in ("run", "validation accuracy", "notes"):
        table.add_column(header)
    table.add_row("digits", "0.9", Text("first line\nsecond line"))
    table.add_row("", "0.8", "")
    return table


def test_where_there_is_no_room_each_row_is_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(narrow_table(), 24, capsys).splitlines() == [
        "digits",
        "  validation accuracy",
        "    0.9",
        "  notes",
        "    first line",
        "    second line",
        "",
        "  validation accuracy",
        "    0.8",
    ]


def test_where_there_is_room_nothing_changes(capsys: pytest.CaptureFixture[str]) -> None:
    assert "─" in printed(narrow_table(), 60, capsys)


@given(st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=12), min_size=2, max_size=4))
@settings(max_examples=40, deadline=None)
def test_no_word_is_broken_whatever_the_columns_hold(lengths: list[list[int]]) -> None:
    texts = [
        " ".join(f"{letter}{index}".ljust(length, letter) for index, length in enumerate(column))
        for letter, column in zip("abcd", lengths, strict=False)
    ]
    for width in (30, 45, 80):
        table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
        for _ in texts:
            table.add_column("x", overflow="fold")
        table.add_row(*texts)
        out = console()
        out.width = width
        with out.capture() as shown:
            out.print(table)
        assert whole_words(shown.get(), texts, width) == []
        assert max(map(len, shown.get().splitlines())) <= width
