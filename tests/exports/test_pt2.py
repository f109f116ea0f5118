"""Programs of torch.export, read where there is no modelspec."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from modelspec.exports import pt2
from modelspec.exports.errors import ExportError
from modelspec.exports.formats import ExportOptions
from modelspec.exports.write import write
from tests.exports.specs import CONVOLUTION, model_of

ALONE = """\
import sys
sys.modules["modelspec"] = None
import numpy, torch
module = torch.export.load(sys.argv[1]).module()
words = torch.from_numpy(numpy.load(sys.argv[2]))
numpy.save(sys.argv[3], module(words)["pool"].detach().numpy())
"""


def test_it_is_read_by_torch_alone(tmp_path: Path) -> None:
    model = model_of(CONVOLUTION, tmp_path)
    done = write(model, tmp_path / "m.pt2")
    assert done.difference < 1e-6
    assert done.notes == ()
    inputs = model.inputs({"batch": 4, "T": 11})
    np.save(tmp_path / "words.npy", inputs["words"].numpy())
    files = [str(tmp_path / name) for name in ("m.pt2", "words.npy", "said.npy")]
    subprocess.run([sys.executable, "-c", ALONE, *files], check=True, cwd=tmp_path)
    said = torch.from_numpy(np.load(tmp_path / "said.npy"))
    torch.testing.assert_close(said, model.outputs(inputs)["pool"])


def test_open_sizes_have_the_names_of_the_spec(tmp_path: Path) -> None:
    program = pt2.program_of(model_of(CONVOLUTION, tmp_path))
    ranges = sorted(each.lower for each in program.range_constraints.values())
    assert ranges == [0, 4]  # torch takes a batch that may be of 1 row for any


def test_no_compiler_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from torch._inductor.exc import InvalidCxxCompiler

    def compile(*args: object, **kwargs: object) -> None:
        raise InvalidCxxCompiler

    monkeypatch.setattr("torch._inductor.aoti_compile_and_package", compile)
    monkeypatch.setattr(pt2, "program_of", lambda model: model)
    with pytest.raises(ExportError, match="needs a C\\+\\+ compiler") as raised:
        write(model_of(CONVOLUTION, tmp_path), tmp_path / "m.pt2", ExportOptions(compile=True))
    assert "CXX" in raised.value.help
    assert not (tmp_path / "m.pt2").exists()
