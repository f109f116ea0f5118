"""The page on exports: its commands run, and its table has every spec and format."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from modelspec.cli import main
from modelspec.exports.decoding.write import write_decoding
from modelspec.exports.description import KEY, VERSION, description, text
from modelspec.exports.formats import ENDINGS, ExportOptions, format_of
from tests.exports.decoding.specs import looking
from tests.exports.decoding.test_parts import generated
from tests.exports.specs import model_of

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\w+) \| (.+) \|$", PAGE.partition("## Every example")[2], re.MULTILINE)


def test_every_spec_and_format_is_in_the_table() -> None:
    assert [name for name, _ in ROWS[1:]] == sorted(p.stem for p in ROOT.glob("specs/*.yaml"))
    columns = [*(f"`{ending}`" for ending in ENDINGS), "in Keras 3.15.1"]
    assert ROWS[0][1].split(" | ") == columns
    assert all(f"`{ending}`" in PAGE.partition("## It checks")[0] for ending in ENDINGS)


def test_every_cell_is_a_small_difference_or_a_reason() -> None:
    for name, cells in ROWS[1:]:
        for cell in cells.split(" | "):
            value = cell.partition(";")[0]
            told = cell.startswith(("not measured: ", "refused: "))
            assert told or float(value) <= 1e-4, name


def test_every_command_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "specs").symlink_to(ROOT / "specs")
    monkeypatch.chdir(tmp_path)
    commands = re.findall(r"^\$ modelspec (.+)$", PAGE, re.MULTILINE)
    assert len(commands) >= 2
    for command in commands:
        assert main(command.split()) == 0
    found = json.loads((tmp_path / "model.json").read_text())
    assert found[KEY] == VERSION
    table = PAGE.partition("## What lies beside it")[2].partition("## ")[0]
    for key in found.keys() - {KEY, "modelspec", "name"}:
        assert f"`{key}`" in table


def test_the_loop_decodes_what_the_model_generates(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("onnxruntime")
    monkeypatch.chdir(tmp_path)
    model = model_of(looking("SimpleRNN"), tmp_path)
    path, options = Path("model.onnx"), ExportOptions()
    written, notes = write_decoding(model, path, format_of(path), options)
    files = sorted(file.name for file in Path().glob("*.onnx"))
    assert files == ["model.decoder.onnx", "model.encoder.onnx"]
    path.with_suffix(".json").write_text(text(description(model, [], [], notes, written)))
    found = json.loads(Path("model.json").read_text())["decoding"]["letter"]
    assert found["checked"]["tokens"] > 0
    assert 0 <= found["checked"]["difference"] < 1e-5
    table = PAGE.partition("## Decoding")[2].partition("## ")[0]
    assert all(f"`{key}`" in table for key in found)
    (code,) = re.findall(r"^```python\n(import json.+?)^```", PAGE, re.MULTILINE | re.DOTALL)
    loop: dict[str, Any] = {}
    exec(code, loop)
    inputs = model.inputs({"batch": 4, "S": 7, "T": 1})
    said = loop["decode"]({"source": inputs["source"].numpy()})
    expected = generated(model, inputs).numpy()
    lengths = np.cumsum(expected == 2, axis=1) - (expected == 2) == 0
    assert lengths.sum() > 4
    np.testing.assert_array_equal(said[lengths], expected[lengths])
