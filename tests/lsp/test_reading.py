"""What is told of a text: hover, symbols, folding, fixes, the diagram."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest

from modelspec import lint
from modelspec.lsp.diagram import MARK

if TYPE_CHECKING:
    from tests.lsp.client import Client

SPECS = Path(__file__).parents[2] / "specs"
QA = (SPECS / "qa.yaml").read_text()
WRONG = """\
version: 1
name: wrong
inputs: {x: [4]}
layers:
  first: {type: Dense, unitz: 8, activation: relu}
  last: {type: Dens, units: 1}
edges: [x -> frist -> last]
outputs: {last: mse}
"""


def hovered(client: Client, uri: str, text: str, before: str) -> str:
    """What is said of the word that follows a part of a text."""
    offset = text.index(before) + len(before)
    line = text.count("\n", 0, offset)
    found = client.at("hover", uri, line, offset - text.rfind("\n", 0, offset) - 1)
    return found["contents"]["value"] if found else ""


HOVERS = {
    "  encode_story:    {type: ": "# LSTM",
    "{type: LSTM, ": "**units**: The length of the state",
    "question_vocabulary, output_dim: 32}\n  ": "**encode_question**: LSTM `[16]`",
    "  - story -> ": "**embed_story**: Embedding `[S, 64]`",
    "merge -> ": "- from `merge`",
    "- merge": "- to `answer`",
    "input_dim: $": "`$story_vocabulary` is `10000`",
    "{loss: ": "# categorical_crossentropy (loss)",
    "metrics: [": "# accuracy (metric)",
    "{optimizer: ": "# rmsprop (optimizer)",
    "rmsprop, ": "**epochs**",
    "units: $answers, activation: ": "softmax",
    "story:    {shape: [": "`S` is any size from 1 on",
    "\ntr": "**train**",
}


@pytest.mark.parametrize("before", HOVERS)
def test_the_word_under_the_mouse_is_explained(client: Client, before: str) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    client.findings(uri)
    assert HOVERS[before] in hovered(client, uri, QA, before)
    client.close(uri)


def test_of_white_space_and_of_other_yaml_nothing_is_said(client: Client, tmp_path: Path) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    assert client.at("hover", uri, 5, 0) is None
    other = client.open(tmp_path / "other.yaml", "type: Dense\n")
    assert client.at("hover", other, 0, 7) is None
    client.close(uri)
    client.close(other)


def test_a_code_in_a_comment_is_explained(client: Client, tmp_path: Path) -> None:
    text = f"{WRONG}# modelspec: ignore[MS601]\n"
    uri = client.open(tmp_path / "s.yaml", text)
    assert "loss-activation" in hovered(client, uri, text, "ignore[")
    client.close(uri)


def applied(text: str, edits: list[dict[str, Any]]) -> str:
    """A text of ASCII after some edits."""
    lines = text.splitlines(keepends=True)
    starts = [sum(map(len, lines[:number])) for number in range(len(lines) + 1)]

    def index(at: dict[str, int]) -> int:
        return min(starts[at["line"]] + at["character"], len(text))

    for edit in sorted(edits, key=lambda e: index(e["range"]["start"]), reverse=True):
        start, end = index(edit["range"]["start"]), index(edit["range"]["end"])
        text = text[:start] + edit["newText"] + text[end:]
    return text


def fixes(client: Client, uri: str, **only: Any) -> list[dict[str, Any]]:
    """The fixes of a whole text."""
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 99, "character": 0}}
    context = {"diagnostics": client.found[uri], **only}
    return client.ask(
        "textDocument/codeAction",
        {"textDocument": {"uri": uri}, "range": whole, "context": context},
    )


def test_quick_fixes_and_all_at_once_mend_the_text(client: Client, tmp_path: Path) -> None:
    path = tmp_path / "wrong.yaml"
    uri = client.open(path, WRONG)
    mendable = [each for each in lint.examine(str(path), text=WRONG).report if each.fix]
    client.findings(uri)
    quick = fixes(client, uri, only=["quickfix"])
    assert len(quick) == len(mendable) > 1
    assert all(each["diagnostics"] for each in quick)
    [every] = fixes(client, uri, only=["source.fixAll"])
    assert [each["kind"] for each in fixes(client, uri)][-1] == "source.fixAll"
    assert fixes(client, uri, only=["refactor"]) == []
    [change] = every["edit"]["documentChanges"]
    assert change["textDocument"] == {"uri": uri, "version": 1}
    mended = applied(WRONG, change["edits"])
    again = client.replace(uri, mended)
    assert len(client.findings(uri, again)) < len(mendable)
    one_by_one = WRONG
    for each in sorted(
        quick, key=lambda e: -e["edit"]["documentChanges"][0]["edits"][0]["range"]["start"]["line"]
    ):
        one_by_one = applied(one_by_one, each["edit"]["documentChanges"][0]["edits"])
    assert one_by_one == mended
    client.close(uri)


def test_symbols_are_the_sections_with_their_entries(client: Client) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    found = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    sections = {each["name"]: each for each in found}
    assert list(sections) == re.findall(r"^(\w+):", QA, re.MULTILINE)
    layers = sections["layers"]["children"]
    assert [each["name"] for each in layers][:2] == ["embed_story", "encode_story"]
    assert [each["detail"] for each in layers][:2] == ["[S, 64]", "[32]"]
    for each in found:
        first, last = each["range"]["start"]["line"], each["range"]["end"]["line"]
        for inner in each["children"]:
            assert first <= inner["range"]["start"]["line"] <= inner["range"]["end"]["line"] <= last
    client.close(uri)


def test_a_block_is_a_symbol_with_its_own(client: Client) -> None:
    path = SPECS / "siamese_digits.yaml"
    uri = client.open(path, path.read_text())
    found = client.ask("textDocument/documentSymbol", {"textDocument": {"uri": uri}})
    [blocks] = [each for each in found if each["name"] == "blocks"]
    [reader] = blocks["children"]
    assert [each["name"] for each in reader["children"]] == ["inputs", "layers", "outputs"]
    assert "conv1" in [each["name"] for each in reader["children"][1]["children"]]
    client.close(uri)


def test_sections_fold(client: Client) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    found = client.ask("textDocument/foldingRange", {"textDocument": {"uri": uri}})
    lines = QA.splitlines()
    folds = {lines[each["startLine"]]: lines[each["endLine"]].strip() for each in found}
    assert folds["edges:"] == "- merge -> answer"
    assert folds["outputs:"].startswith("answer:")
    assert "version: 1" not in folds
    client.close(uri)


def drawn(client: Client, *arguments: Any) -> str:
    """What the command for the diagram gives."""
    return client.ask(
        "workspace/executeCommand", {"command": "modelspec.diagram", "arguments": [*arguments]}
    )


@pytest.mark.parametrize(
    ("before", "node"),
    [("  - story -> embed_", "embed_story"), ("{type: LSTM, un", "encode_story"), ("\nout", None)],
)
def test_the_diagram_marks_the_node_under_the_cursor(
    client: Client, before: str, node: str | None
) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    client.findings(uri)
    offset = QA.index(before) + len(before)
    line = QA.count("\n", 0, offset)
    position = {"line": line, "character": offset - QA.rfind("\n", 0, offset) - 1}
    svg = drawn(client, uri, position)
    assert svg.count(MARK) == (node is not None)
    marked = [
        each.get("data-key")
        for each in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g")
        if each.get("data-key") and MARK.split('"')[1] in ElementTree.tostring(each).decode()
    ]
    assert marked == ([node] if node else [])
    client.close(uri)


def test_there_is_no_diagram_of_what_never_had_a_graph(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "none.yaml", "layers: [")
    client.findings(uri)
    assert drawn(client, uri) is None
    assert drawn(client, "file:///nowhere.yaml") is None
    client.close(uri)
