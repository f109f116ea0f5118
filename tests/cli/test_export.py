"""`modelspec export`."""

import json
from pathlib import Path

import pytest

import modelspec
from tests.cli.running import Run
from tests.exports.specs import DENSE

DATA = "x,y\n" + "".join(f"{row / 12},{row % 2}\n" for row in range(12))
TRAINED = """\
version: 1
name: small
inputs: {x: [1]}
layers: {y: {type: Dense, units: 1, activation: sigmoid}}
outputs: {y: binary_crossentropy}
data: {train: t.csv}
train: {epochs: 1}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "dense.yaml").write_text(DENSE)
    (tmp_path / "small.yaml").write_text(TRAINED)
    (tmp_path / "t.csv").write_text(DATA)
    return tmp_path


def test_a_run(run: Run, folder: Path) -> None:
    assert run("train", "small.yaml").code == 0
    result = run("export", "small", "-o", "small.pt2")
    assert result.code == 0, result.err
    assert "wrote small.pt2\nwrote small.json\nworst difference to the model " in result.out
    assert "batch 2 | batch 5 | batch 1" in result.out
    assert "thresholds" in (folder / "small.json").read_text()
    assert "best.safetensors" in (folder / "small.json").read_text()
    refused = run("export", "small", "-o", "again.pt2", "--set", "name=other")
    assert refused.code == 1
    assert "a run has its spec already" in refused.err


def test_json(run: Run, folder: Path) -> None:
    result = run("export", "dense.yaml", "-o", "dense.py", "--json")
    assert result.code == 0, result.err
    found = json.loads(result.out)
    assert found["files"] == ["dense.py", "dense.safetensors", "dense.json"]
    assert (found["difference"], found["notes"]) == (0, [])
    assert [each["sizes"]["batch"] for each in found["checked"]] == [2, 5, 1]


def test_a_spec_without_weights_says_so(run: Run, folder: Path) -> None:
    result = run("export", "dense.yaml", "-o", "dense.pt2")
    assert result.code == 0, result.err
    assert "its weights are new ones" in result.err
    assert "never trained" in (folder / "dense.json").read_text()


@pytest.mark.parametrize(
    ("command", "code", "says"),
    [
        ("export dense.yaml -o dense.pt", 2, "must end in"),
        ("export dense.yaml -o no/dense.pt2", 2, "there is no folder `no`"),
        ("export dense.yaml -o dense.onnx --compile", 2, "only a `.pt2` file can be compiled"),
        ("export dense.yaml -o dense.pt2 --weights best", 1, "a spec has no `best` weights"),
        ("export dense.yaml -o dense.pt2 --weights no.safetensors", 1, "no.safetensors"),
        ("export nothing -o dense.pt2", 1, "there is no run `nothing`"),
        ("export t.csv -o dense.pt2", 1, "t.csv:1"),
        ("export dense.yaml", 2, "Missing option '-o'"),
    ],
)
def test_what_cannot_be(command: str, code: int, says: str, run: Run, folder: Path) -> None:
    before = sorted(folder.iterdir())
    result = run(*command.split())
    assert (result.code, says in result.err) == (code, True), result.err
    assert "Traceback" not in result.err
    assert sorted(folder.iterdir()) == before


def test_from_python(folder: Path) -> None:
    done = modelspec.export(modelspec.load("dense.yaml"), "d.pt2", say=lambda text: None)
    assert done.file == Path("d.pt2")
    with pytest.raises(modelspec.ExportError, match="must end in"):
        modelspec.export("dense.yaml", "d.txt")
