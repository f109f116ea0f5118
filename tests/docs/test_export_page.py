"""The page on exports: its commands run, and its table has every spec and format."""

import json
import re
from pathlib import Path

import pytest

from modelspec.cli import main
from modelspec.exports.description import KEY, VERSION
from modelspec.exports.formats import ENDINGS

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "export.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| (\w+) \| (.+) \|$", PAGE.partition("## Every example")[2], re.MULTILINE)


def test_every_spec_and_format_is_in_the_table() -> None:
    assert [name for name, _ in ROWS[1:]] == sorted(p.stem for p in ROOT.glob("specs/*.yaml"))
    assert ROWS[0][1].split(" | ") == [f"`{ending}`" for ending in ENDINGS]
    assert all(f"`{ending}`" in PAGE.partition("## It checks")[0] for ending in ENDINGS)


def test_every_cell_is_a_small_difference_or_a_reason() -> None:
    for name, cells in ROWS[1:]:
        for cell in cells.split(" | "):
            value = cell.partition(";")[0]
            told = cell == "not measured" or cell.startswith("refused: ")
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
    table = PAGE.partition("## What lies beside it")[2].partition("## Every")[0]
    for key in found.keys() - {KEY, "modelspec", "name"}:
        assert f"`{key}`" in table
