"""Text of a spec, a table and a file's name is text, wherever it is shown or written."""

import csv
import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from tests.cli.running import Run

DRIVES = "\x1b[31m\x07\x9b2J\u202e\r"
MARKS = "<script>alert(1)</script>&\"']]>[bold red]"
CLASSES = [f"a{MARKS}", f"b{DRIVES}c", "=1+1", "%0A::error::x"]
SPEC = """\
name: hostile
inputs: {x: [1]}
layers: {y: {type: Dense, units: 4, activation: softmax}}
outputs: {y: {loss: categorical_crossentropy, metrics: [accuracy]}}
data:
  file: table.csv
  features: {x: {type: number, column: COLUMN}, y: {type: category}}
train: {epochs: 1}
"""


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.add(tag)


def _assert_plain(text: str) -> None:
    odd = {letter for letter in text if not letter.isprintable() and letter != "\n"}
    assert not odd


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    generator = np.random.default_rng(1)
    with open("table.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow([f"x{MARKS}\x1b", "y"])
        writer.writerows([generator.normal(), CLASSES[row % 4]] for row in range(40))
    column = json.dumps(f"x{MARKS}\x1b")
    Path("spec.yaml").write_text(SPEC.replace("COLUMN", column))
    return tmp_path


def test_a_run_on_hostile_text(table: Path, run: Run) -> None:
    commands = [
        ["lint", "spec.yaml", "--data"],
        ["data", "spec.yaml"],
        ["train", "spec.yaml"],
        ["eval", "hostile", "--split", "train"],
        ["runs"],
        ["predict", "hostile", "--data", "table.csv", "-o", "out.csv"],
    ]
    for command in commands:
        ended = run(*command)
        assert ended.code == 0, ended
        _assert_plain(ended.out + ended.err)
    with open("out.csv", newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert {row["y"] for row in rows} <= set(CLASSES)
    report = (table / "runs/hostile/latest/report.html").read_text("utf-8")
    parser = _Tags()
    parser.feed(report)
    assert "script" not in parser.tags
    assert "\x1b" not in report
    assert "&lt;script&gt;" in report


@pytest.mark.parametrize("text", [MARKS, DRIVES])
@pytest.mark.parametrize("format", ["full", "concise", "github", "json", "sarif"])
def test_findings(format: str, text: str, tmp_path: Path, run: Run) -> None:
    path = tmp_path / f"{text.replace('/', '|')}.yaml"
    path.write_text(f"name: {json.dumps(text)}\ninputs: {{x: [{json.dumps(text)}]}}\nlayers: {{}}")
    ended = run("lint", str(path), "--format", format)
    assert ended.code == 1
    _assert_plain(ended.out + ended.err)
    if format == "json":
        assert any(text in finding["message"] for finding in json.loads(ended.out))
    if format == "github":
        assert all(line.startswith("::error ") for line in ended.out.splitlines())
