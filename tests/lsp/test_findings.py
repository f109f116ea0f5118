"""Findings and shapes while a spec is typed, over the pipes of the server."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import pytest

from modelspec import lint
from modelspec.lsp.session import DELAY

if TYPE_CHECKING:
    from tests.lsp.client import Client

SPECS = Path(__file__).parents[2] / "specs"
QA = (SPECS / "qa.yaml").read_text()
SMALL = """\
version: 1
name: small
inputs: {x: [4]}
layers:
  a: {type: Dense, activation: relu, units: 8}
  b: {type: Dense, units: 2}
outputs: {b: mse}
"""
END = len("  a: {type: Dense, activation: relu, units: 8}")


def hints(client: Client, uri: str) -> list[tuple[int, int, str]]:
    """The line, the column and the text of each hint."""
    whole = {"start": {"line": 0, "character": 0}, "end": {"line": 10_000, "character": 0}}
    found = client.ask("textDocument/inlayHint", {"textDocument": {"uri": uri}, "range": whole})
    return [(e["position"]["line"], e["position"]["character"], e["label"]) for e in found]


def start(finding: dict[str, Any]) -> tuple[int, int]:
    """Where a finding begins."""
    return finding["range"]["start"]["line"], finding["range"]["start"]["character"]


@pytest.mark.parametrize("name", ["qa", "seq2seq", "siamese_xception"])
def test_a_spec_has_the_findings_of_lint(client: Client, name: str) -> None:
    path = SPECS / f"{name}.yaml"
    text = path.read_text().replace("Dense", "Dens", 1)
    uri = client.open(path, text)
    expected = [
        (each.code, (each.span.line - 1, each.span.column - 1))
        for each in lint.examine(str(path), text=text).report
    ]
    assert expected
    assert [(each["code"], start(each)) for each in client.findings(uri)] == expected
    client.close(uri)


def test_a_finding_leads_to_its_rule_and_to_what_explains_it(client: Client) -> None:
    path = SPECS / "qa.yaml"
    uri = client.open(path, QA.replace("merge -> answer", "merge -> answer -> merge"))
    [cycle] = [each for each in client.findings(uri) if each["code"] == "MS401"]
    page = Path(unquote(urlparse(cycle["codeDescription"]["href"]).path)).read_text()
    assert page.startswith("# MS401 cycle")
    assert cycle["severity"] == 1
    assert cycle["source"] == "modelspec"
    assert "help: " in cycle["message"]
    client.replace(uri, QA.replace("  encode_story:", "  story:"))
    [clash] = [each for each in client.findings(uri) if each["code"] == "MS302"]
    [related] = clash["relatedInformation"]
    assert related["location"]["uri"] == uri
    assert related["location"]["range"]["start"]["line"] == QA[: QA.index("  story:")].count("\n")
    client.close(uri)


def test_columns_are_utf_16(client: Client, tmp_path: Path) -> None:
    text = SMALL.replace("  b: {type: Dense", "  b: {name: '😀', type: Dense")
    uri = client.open(tmp_path / "spec.yaml", text)
    assert client.findings(uri)
    [hint] = [each for each in hints(client, uri) if each[0] == 4]
    assert hint == (4, END, "[8]")
    line = text.splitlines()[5]
    found = client.findings(uri)[0]
    assert found["range"]["start"]["character"] == line.index("name")
    client.replace(uri, text.replace("units: 2", "unitz: 2"))
    [wrong] = [each for each in client.findings(uri) if "unitz" in each["message"]]
    assert wrong["range"]["start"]["character"] == line.index("units") + 1
    client.close(uri)


@pytest.mark.parametrize("name", ["qa", "residual"])
def test_a_spec_typed_key_by_key(client: Client, tmp_path: Path, name: str) -> None:
    text = (SPECS / f"{name}.yaml").read_text()
    uri = client.open(tmp_path / f"{name}.yaml", "")
    line = character = 0
    for key in text:
        client.insert(uri, line, character, key)
        line, character = (line + 1, 0) if key == "\n" else (line, character + 1)
    assert client.findings(uri) == []
    assert client.errors == []
    assert len(hints(client, uri)) > 5
    client.close(uri)


def test_keys_in_a_row_are_examined_once(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "row.yaml", SMALL)
    client.findings(uri)
    client.published.clear()
    for _ in range(20):
        client.insert(uri, 4, 43, "9")
        version = client.insert(uri, 4, 43, "", over=1)
    assert client.findings(uri, version) == []
    versions = [each for address, each in client.published if address == uri]
    assert len(versions) < 20
    assert versions == sorted(versions)
    client.close(uri)


def test_a_text_is_left_alone_until_no_key_was_hit_for_a_while(
    client: Client, tmp_path: Path
) -> None:
    uri = client.open(tmp_path / "late.yaml", SMALL)
    client.findings(uri)
    began = time.monotonic()
    client.insert(uri, 0, 0, "# a comment\n")
    client.findings(uri)
    assert time.monotonic() - began >= DELAY


def test_shapes_stay_while_the_text_is_broken(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "broken.yaml", SMALL)
    client.findings(uri)
    before = hints(client, uri)
    assert before == [(2, 15, "[4]"), (4, END, "[8]"), (5, 28, "[2]")]
    client.insert(uri, 1, 0, "description: {\n")
    moved = [(line + 1, column, label) for line, column, label in before]
    assert hints(client, uri) == moved
    assert client.codes(uri) == ["MS101"]
    assert hints(client, uri) == moved
    client.insert(uri, 6, 25, "x")
    client.insert(uri, 1, 13, "", over=1)
    assert "MS203" in client.codes(uri)
    assert (6, 29, "[2]") in hints(client, uri)
    client.close(uri)


def test_shapes_of_copies_blocks_and_shared_layers(client: Client, tmp_path: Path) -> None:
    text = """\
version: 1
name: parts
inputs: {x: [4]}
blocks:
  half:
    params: {n: 8}
    inputs: [v]
    layers:
      d: {type: Dense, units: $n}   # a comment
    outputs: [d]
shared:
  same: {type: Dense, units: 16}
layers:
  first: {use: same}
  blocks: {type: half, n: 3, repeat: 2}
  last:   # behind this line
    type: Dense
    units: 1
outputs: {last: mse}
"""
    uri = client.open(tmp_path / "parts.yaml", text)
    assert client.findings(uri) == []
    lines = text.splitlines()
    assert {
        (lines[line][:column].split(":")[0].strip(), label)
        for line, column, label in hints(client, uri)
    } == {
        ("inputs", "[4]"),
        ("inputs", "[16]"),
        ("d", "[3]"),
        ("same", "[16]"),
        ("first", "[16]"),
        ("blocks", "[3]"),
        ("last", "[1]"),
    }
    assert (15, len("  last:"), "[1]") in hints(client, uri)
    client.close(uri)


def test_parameters_are_shown_on_demand(client: Client, tmp_path: Path) -> None:
    uri = client.open(tmp_path / "small.yaml", SMALL)
    client.findings(uri)
    for settings in ({"modelspec": {"hints": {"parameters": True}}}, {"hints": {"parameters": 1}}):
        client.tell("workspace/didChangeConfiguration", {"settings": settings})
        shown = "[8], 40 parameters" if "modelspec" in settings else "[8]"
        assert (4, END, shown) in hints(client, uri)
    client.close(uri)


def test_a_block_is_read_as_it_stands_in_the_editor(client: Client, tmp_path: Path) -> None:
    block, spec = tmp_path / "block.yaml", tmp_path / "spec.yaml"
    block.write_text(SMALL)
    text = """\
version: 1
name: top
inputs: {x: [4]}
blocks: {part: ./block.yaml}
layers: {p: {type: part}}
outputs: [p]
"""
    top = client.open(spec, text)
    assert client.findings(top) == []
    inner = client.open(block, SMALL)
    assert client.findings(inner) == []
    client.replace(inner, SMALL.replace("units: 8", "units: 0"))
    assert client.codes(inner) == ["MS204"]
    client.replace(top, text.replace("[4]", "[5]"))
    client.findings(top)
    assert [each["code"] for each in client.found[inner]] == ["MS204"]
    client.close(inner)
    while client.found[inner]:
        client._take(client._next())
    client.close(top)


def test_what_is_wrong_in_a_file_that_is_not_open(client: Client, tmp_path: Path) -> None:
    (tmp_path / "block.yaml").write_text(SMALL.replace("units: 8", "units: 0"))
    text = "version: 1\nname: t\ninputs: {x: [4]}\nblocks: {part: ./block.yaml}\n"
    top = client.open(tmp_path / "spec.yaml", f"{text}layers: {{p: part}}\noutputs: [p]\n")
    [found] = client.wait_for((tmp_path / "block.yaml").as_uri(), "MS204")
    assert start(found) == (4, len("  a: {type: Dense, activation: relu, units: "))
    client.close(top)


def test_other_yaml_is_left_alone(client: Client, tmp_path: Path) -> None:
    other = client.open(tmp_path / "compose.yaml", "services:\n  web: {image: x}\n")
    spec = client.open(tmp_path / "spec.yaml", SMALL)
    client.findings(spec)
    client.insert(other, 0, 0, "x: ][\n")
    client.insert(spec, 0, 0, "# once more\n")
    client.findings(spec)
    assert other not in client.found
    client.insert(other, 0, 0, "layers: {}\n")
    assert "MS101" in client.codes(other)
    client.close(spec)
    client.close(other)


def test_a_file_that_changes_on_the_disk_is_read_again(client: Client, tmp_path: Path) -> None:
    block = tmp_path / "block.yaml"
    block.write_text(SMALL)
    text = "version: 1\nname: t\ninputs: {x: [4]}\nblocks: {part: ./block.yaml}\n"
    top = client.open(tmp_path / "spec.yaml", f"{text}layers: {{p: part}}\noutputs: [p]\n")
    assert client.findings(top) == []
    assert client.registered == ["workspace/didChangeWatchedFiles"]
    block.write_text(SMALL.replace("units: 8", "units: 0"))
    changes = [{"uri": block.as_uri(), "type": 2}]
    client.tell("workspace/didChangeWatchedFiles", {"changes": changes})
    client.wait_for(block.as_uri(), "MS204")
    client.close(top)


def test_the_shape_of_copies_is_that_of_the_last(client: Client, tmp_path: Path) -> None:
    text = "version: 1\nname: c\ninputs: {x: [9, 4]}\nlayers:\n"
    copies = "  c: {type: Conv1D, filters: 2, kernel_size: 3, activation: relu, repeat: 3}\n"
    uri = client.open(tmp_path / "copies.yaml", f"{text}{copies}outputs: {{y: {{from: c_3}}}}\n")
    client.findings(uri)
    assert (4, len(copies) - 1, "[3, 2]") in hints(client, uri)
    client.close(uri)
