"""Pipes, devices, sockets and folders in the place of files: refused by their kind, not opened."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.running import Run

SPEC = """\
name: small
inputs: {x: [4, 4, 3]}
layers: {flat: Flatten, y: {type: Dense, units: 1}}
edges: [x -> flat -> y]
outputs: {y: mse}
"""
TABLE = "path,y\na.png,1\na.png,2\n"
PICTURES = "data: {file: table.csv, features: {x: {type: image, column: path}}}\n"
TEXT = """\
name: text
inputs: {x: {shape: [5], dtype: int64}}
layers: {e: {type: Embedding, input_dim: 9, output_dim: 2}, p: GlobalAveragePooling1D, y: {type: Dense, units: 1}}
edges: [x -> e -> p -> y]
outputs: {y: mse}
data: {file: table.csv, features: {x: {type: text, column: path, tokenizer: SPECIAL}}}
"""  # noqa: E501


@pytest.fixture(autouse=True)
def _no_waiting() -> Iterator[None]:
    def ring(number: int, frame: object) -> None:
        raise TimeoutError("it was opened, and waited for")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(30)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(params=["a named pipe", "a device", "a socket", "a folder"])
def special(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Makes `tmp_path/special` of a kind, and says which kind."""
    monkeypatch.chdir(tmp_path)
    path, kind = "special", str(request.param)
    if kind == "a named pipe":
        os.mkfifo(path)
    elif kind == "a device":
        os.symlink("/dev/zero", path)
    elif kind == "a folder":
        os.mkdir(path)
    else:
        with socket.socket(socket.AF_UNIX) as bound:
            bound.bind(path)
    return kind


def test_a_spec(special: str, run: Run) -> None:
    ended = run("summary", "special")
    assert ended.code == 2
    assert special in ended.err


def test_a_spec_in_a_folder_of_specs(special: str, run: Run) -> None:
    Path("good.yaml").write_text(SPEC)
    os.symlink("special", "bad.yaml")
    ended = run("lint", ".")
    if special == "a folder":
        assert ended.code == 0
    else:
        assert ended.code == 2
        assert special in ended.err


def test_a_block(special: str, run: Run) -> None:
    Path("spec.yaml").write_text(f"{SPEC}blocks: {{b: special}}\n".replace("Flatten", "b"))
    ended = run("lint", "spec.yaml")
    assert ended.code == 1
    assert special in ended.out or "outside of the folder" in ended.out


@pytest.mark.parametrize("ending", ["csv", "tsv", "jsonl", "parquet", "npz"])
def test_a_data_file(ending: str, special: str, run: Run) -> None:
    os.symlink("special", f"data.{ending}")
    Path("spec.yaml").write_text(f"{SPEC}data: {{file: data.{ending}}}\n")
    ended = run("lint", "spec.yaml", "--data")
    assert ended.code == 1
    assert special in ended.out


def test_a_picture(special: str, run: Run) -> None:
    os.symlink("special", "a.png")
    Path("table.csv").write_text(TABLE)
    Path("spec.yaml").write_text(SPEC + PICTURES)
    ended = run("lint", "spec.yaml", "--data")
    assert ended.code == 1
    assert special in ended.out


def test_a_tokenizer(special: str, run: Run) -> None:
    Path("table.csv").write_text(TABLE)
    Path("spec.yaml").write_text(TEXT.replace("SPECIAL", "special"))
    ended = run("lint", "spec.yaml", "--data")
    assert ended.code == 1
    assert special in ended.out


def test_weights(special: str, run: Run) -> None:
    Path("spec.yaml").write_text(SPEC)
    Path("table.csv").write_text(TABLE)
    ended = run(
        "predict", "spec.yaml", "--weights", "special", "--data", "table.csv", "-o", "o.csv"
    )
    assert ended.code in (1, 2)
    assert special in ended.out + ended.err


def test_a_keras_file(special: str, run: Run) -> None:
    ended = run("import", "keras", "special", "-o", "out")
    assert ended.code in (1, 2)
    assert special in ended.out + ended.err
