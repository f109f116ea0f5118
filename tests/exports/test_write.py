"""What lies in a folder after an export, and after one that failed."""

import errno
import json
import os
import resource
from pathlib import Path

import pytest

from modelspec.exports import pt2
from modelspec.exports.errors import ExportError, NoTargetError, SmallSizesError
from modelspec.exports.formats import ExportOptions
from modelspec.exports.model import ExportModel
from modelspec.exports.write import check_target, write
from tests.exports.specs import CONVOLUTION, DENSE, model_of


@pytest.fixture
def faked(monkeypatch: pytest.MonkeyPatch) -> list[ExportModel]:
    """A format that writes a text, and computes what the model does."""
    written: list[ExportModel] = []

    def put(model: ExportModel, path: Path, options: ExportOptions) -> list[str]:
        written.append(model)
        path.write_text("a program")
        path.with_suffix(".safetensors").write_text("weights")
        return ["a note"]

    monkeypatch.setattr(pt2, "write", put)
    monkeypatch.setattr(pt2, "reader", lambda path, model: model.outputs)
    return written


def test_all_files_lie_beside_each_other(tmp_path: Path, faked: list[ExportModel]) -> None:
    model, out = model_of(DENSE, tmp_path), tmp_path / "out"
    out.mkdir()
    done = write(model, out / "m.pt2")
    assert sorted(os.listdir(out)) == ["m.json", "m.pt2", "m.safetensors"]
    assert [path.name for path in done.files] == ["m.pt2", "m.safetensors", "m.json"]
    assert (done.difference, done.notes) == (0, ("a note",))
    found = json.loads((out / "m.json").read_text())
    assert found["files"] == ["m.pt2", "m.safetensors"]
    assert found["inputs"] == [{"name": "x", "dtype": "float32", "shape": ["batch", 3]}]
    assert found["sizes"] == {"batch": {"minimum": 1}}
    (output,) = found["outputs"]
    assert output["values"] == "probabilities"
    assert output["shape"] == ["batch", 2]
    assert len(found["checked"]) == 3
    assert set(found["preprocessing"]["features"]) >= {"x"}
    write(model, out / "m.pt2")  # once more: its own files are replaced


def test_logits_are_said_to_be_some(tmp_path: Path, faked: list[ExportModel]) -> None:
    text = DENSE.replace(", activation: softmax", "").replace(
        "sparse_categorical_crossentropy",
        "{loss: {type: sparse_categorical_crossentropy, from_logits: true}}",
    )
    write(model_of(text, tmp_path), tmp_path / "m.pt2")
    (output,) = json.loads((tmp_path / "m.json").read_text())["outputs"]
    assert output["values"] == "logits: softmax makes probabilities of them"


def test_a_full_disk_leaves_what_was_there(
    tmp_path: Path, faked: list[ExportModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = model_of(DENSE, tmp_path)
    write(model, tmp_path / "m.pt2")
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def full(model: ExportModel, path: Path, options: ExportOptions) -> list[str]:
        path.write_text("half")
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(pt2, "write", full)
    with pytest.raises(NoTargetError, match=r"m\.pt2`: No space left on device"):
        write(model, tmp_path / "m.pt2")
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_a_disk_that_fills_while_torch_writes_ends_no_process(tmp_path: Path) -> None:
    model, out = model_of(DENSE, tmp_path), tmp_path / "out"
    out.mkdir()
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1_000, hard))
    try:
        with pytest.raises(NoTargetError, match="File too large"):
            write(model, out / "m.pt2")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert os.listdir(out) == []


def test_what_says_something_else_is_not_left(
    tmp_path: Path, faked: list[ExportModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, out = model_of(DENSE, tmp_path), tmp_path / "out"
    out.mkdir()
    wrong = {"kind": model.outputs(model.inputs({"batch": 2}))["kind"] + 1}
    monkeypatch.setattr(pt2, "reader", lambda path, model: lambda inputs: wrong)
    with pytest.raises(ExportError, match="something else than the model"):
        write(model, out / "m.pt2")
    assert os.listdir(out) == []


def test_a_larger_least_size_is_said(
    tmp_path: Path, faked: list[ExportModel], monkeypatch: pytest.MonkeyPatch
) -> None:
    put = pt2.write

    def picky(model: ExportModel, path: Path, options: ExportOptions) -> list[str]:
        if model.sizes.least["T"] == 4:
            raise SmallSizesError("no")
        return put(model, path, options)

    monkeypatch.setattr(pt2, "write", picky)
    done = write(model_of(CONVOLUTION, tmp_path), tmp_path / "m.pt2")
    assert done.notes[0].startswith("the file takes `T` from 6 on, the model from 4")
    assert json.loads((tmp_path / "m.json").read_text())["sizes"]["T"] == {"minimum": 6}


@pytest.mark.parametrize(
    ("file", "compile", "says"),
    [
        ("m.pt", False, "must end in"),
        ("m", False, "must end in"),
        ("m.onnx", True, "only a `.pt2` file can be compiled"),
        ("no/m.pt2", False, "there is no folder"),
        ("folder.pt2", False, "it is a folder"),
        ("data.pt2", False, "is another file"),
    ],
)
def test_where_nothing_can_be_written(file: str, compile: bool, says: str, tmp_path: Path) -> None:
    (tmp_path / "folder.pt2").mkdir()
    (tmp_path / "data.json").write_text("[1, 2]")
    with pytest.raises(NoTargetError, match=says):
        check_target(tmp_path / file, ExportOptions(compile=compile))
    assert (tmp_path / "data.json").read_text() == "[1, 2]"
