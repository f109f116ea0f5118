"""Definition, references and rename, in one file and across several."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from modelspec import lint
from modelspec.lsp.names import occurrences
from tests.lsp.test_reading import applied

if TYPE_CHECKING:
    from tests.lsp.client import Client

SPECS = Path(__file__).parents[2] / "specs"
ALL = sorted([*SPECS.glob("*.yaml"), *SPECS.glob("made_up/*.yaml")])
QA = (SPECS / "qa.yaml").read_text()
BLOCK = """\
version: 1
name: part
params: {size: 4}
inputs: {x: [4]}
layers:
  d: {type: Dense, units: $size}
outputs: [d]
"""
TOP = """\
version: 1
name: top
params: {w: 8}
inputs: {x: [4]}
blocks: {part: ./part.yaml}
layers:
  p: {type: part, size: "${w * 2}"}
  last: {type: Dense, units: $w}
edges:
  - x -> p.x
  - p.d -> last
outputs: {last: mse}
tune: {search: {params.w: [4, 8], layers.last.units: [1, 2]}}
"""


def place(text: str, before: str) -> tuple[int, int]:
    """The line and the column behind a part of a text."""
    offset = text.index(before) + len(before)
    return text.count("\n", 0, offset), offset - text.rfind("\n", 0, offset) - 1


def renamed(client: Client, uri: str, text: str, before: str, name: str) -> dict[str, Any]:
    """The edits by address."""
    found = client.at("rename", uri, *place(text, before), newName=name)
    return {e["textDocument"]["uri"]: e["edits"] for e in found["documentChanges"]}


@pytest.mark.parametrize("path", ALL, ids=lambda path: path.stem)
def test_names_stand_where_they_are_said_to(path: Path) -> None:
    examined = lint.examine(str(path))
    assert examined.spec
    sources = examined.sources()
    found = occurrences(examined.spec.documents)
    for each in found:
        line = sources.line(each.span.file, each.span.line)
        assert line is not None
        assert line[each.span.column - 1 : each.span.end_column - 1].strip("'\"") == each.meant.name
    assert len({each.span for each in found}) == len(found)
    defined = {each.meant for each in found if each.defines}
    assert {each.meant for each in found} <= defined


@pytest.mark.parametrize(
    ("before", "name", "count"),
    [
        ("  encode_", "read_story", 3),
        ("  - story -> embed_", "words", 2),
        ("{loss: ", "", 0),
        ("units: $ans", "words_known", 2),
        ("outputs:\n  ans", "reply", 3),
    ],
)
def test_a_name_is_changed_wherever_it_stands(
    client: Client, before: str, name: str, count: int
) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    if not count:
        assert client.at("rename", uri, *place(QA, before), newName="other") is None
        assert client.at("prepareRename", uri, *place(QA, before)) is None
    else:
        references = client.at(
            "references", uri, *place(QA, before), context={"includeDeclaration": True}
        )
        assert len(references) == count
        [edits] = renamed(client, uri, QA, before, name).values()
        after = applied(QA, edits)
        assert after.count(name) == count
        examined = lint.examine("qa.yaml", text=after)
        assert not len(examined.report)
    client.close(uri)


def test_a_definition_is_where_the_name_is_declared(client: Client) -> None:
    uri = client.open(SPECS / "qa.yaml", QA)
    [found] = client.at("definition", uri, *place(QA, "  - encode_story, encode_"))
    assert found["uri"] == uri
    line = QA.splitlines()[found["range"]["start"]["line"]]
    assert line.startswith("  encode_question:")
    client.close(uri)


def test_names_of_a_block_in_another_file(client: Client, tmp_path: Path) -> None:
    (tmp_path / "part.yaml").write_text(BLOCK)
    uri, part = client.open(tmp_path / "top.yaml", TOP), (tmp_path / "part.yaml").as_uri()
    [size] = client.at("definition", uri, *place(TOP, "part, si"))
    assert (size["uri"], size["range"]["start"]["line"]) == (part, 2)
    [file] = client.at("definition", uri, *place(TOP, "./pa"))
    assert file["uri"] == part
    edits = renamed(client, uri, TOP, "- p.", "dense")
    block, top = applied(BLOCK, edits[part]), applied(TOP, edits[uri])
    assert (block.count("dense"), top.count("dense")) == (2, 1)
    edits = renamed(client, uri, TOP, "part, si", "width")
    assert applied(BLOCK, edits[part]).count("width") == 2
    assert applied(TOP, edits[uri]).count("width") == 1
    edits = renamed(client, uri, TOP, "units: $", "wide")
    assert list(edits) == [uri]
    assert applied(TOP, edits[uri]).count("wide") == 4
    client.close(uri)


REFUSED = [
    (TOP, "  la", "1st", "is no name"),
    (TOP, "  la", "p", "there is a `p` in `layers` already"),
    (TOP, "inputs: {", "last", "there is a `last` in `layers` already"),
    (f"{TOP}data: {{train: t.csv}}\n", "inputs: {", "y", "write it under `data.features` first"),
]


@pytest.mark.parametrize(("text", "before", "name", "why"), REFUSED, ids=lambda each: each[-30:])
def test_a_name_that_would_not_do_is_refused(
    client: Client, tmp_path: Path, text: str, before: str, name: str, why: str
) -> None:
    (tmp_path / "part.yaml").write_text(BLOCK)
    uri = client.open(tmp_path / "top.yaml", text)
    assert client.at("rename", uri, *place(text, before), newName=name) is None
    assert why in client.errors.pop()["message"]
    client.close(uri)


def test_a_change_that_would_be_an_error_is_refused(client: Client, tmp_path: Path) -> None:
    watched = "callbacks: [{type: activation_logger, nodes: [encode_story]}]}"
    text = QA.replace("batch_size: 128}", watched)
    uri = client.open(tmp_path / "qa.yaml", text)
    assert client.findings(uri) == []
    assert client.at("rename", uri, *place(text, "  encode_"), newName="reader") is None
    assert "it would be an error, MS301" in client.errors.pop()["message"]
    client.close(uri)


def test_blocks_of_other_folders_are_renamed_with_the_options_of_the_server(tmp_path: Path) -> None:
    from tests.lsp.client import Client

    (tmp_path / "parts").mkdir()
    (tmp_path / "top").mkdir()
    (tmp_path / "parts" / "part.yaml").write_text(BLOCK)
    text = TOP.replace("./part.yaml", "../parts/part.yaml")
    client = Client("--include-dir", str(tmp_path / "parts"))
    uri = client.open(tmp_path / "top" / "top.yaml", text)
    assert client.findings(uri) == []
    edits = renamed(client, uri, text, "part, si", "width")
    assert set(edits) == {uri, (tmp_path / "parts" / "part.yaml").as_uri()}
    assert client.end()[0] == 0
    assert client.errors == []
