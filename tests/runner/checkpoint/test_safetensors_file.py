from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from safetensors.torch import load_file

from modelspec.runner.checkpoint.safetensors_file import (
    DamagedFileError,
    read_tensors,
    write_tensors,
)

TENSORS = {
    "a.weight": torch.arange(6.0).reshape(2, 3),
    "b": torch.tensor(3),
    "empty": torch.zeros(0, 4),
    "half": torch.ones(3, dtype=torch.bfloat16),
    "image": torch.randn(2, 3, 4, 4).contiguous(memory_format=torch.channels_last),
    "truth": torch.tensor([True, False]),
}


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    digest = write_tensors(path, TENSORS)
    found, again = read_tensors(path)
    assert digest == again
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_others_can_read_it(tmp_path: Path) -> None:
    path = tmp_path / "t.safetensors"
    write_tensors(path, TENSORS)
    assert torch.equal(load_file(path)["image"], TENSORS["image"])


def test_equal_tensors_make_equal_files(tmp_path: Path) -> None:
    for name in ("one", "other"):
        write_tensors(tmp_path / name, TENSORS)
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


@given(st.data())
def test_no_flipped_bit_goes_unseen(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = tmp_path_factory.mktemp("flip") / "t.safetensors"
    write_tensors(path, TENSORS)
    content = bytearray(path.read_bytes())
    place = data.draw(st.integers(0, len(content) * 8 - 1))
    content[place // 8] ^= 1 << place % 8
    path.write_bytes(content)
    try:
        found, _ = read_tensors(path)
    except DamagedFileError:
        return
    assert found.keys() == TENSORS.keys()
    assert all(torch.equal(found[name], TENSORS[name]) for name in TENSORS)


def test_a_missing_file_is_a_damaged_one(tmp_path: Path) -> None:
    with pytest.raises(DamagedFileError, match=r"gone\.safetensors"):
        read_tensors(tmp_path / "gone.safetensors")
