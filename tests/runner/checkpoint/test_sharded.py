"""What some processes wrote, others read; and what is not what they wrote is refused."""

import gc
import json
import os
import pickle
import shutil
from pathlib import Path

import pytest
import torch
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import Shard, distribute_tensor

from modelspec.diagnostics import SpecError
from modelspec.runner.checkpoint.safetensors_file import DamagedFileError
from modelspec.runner.checkpoint.sharded import load_shards, save_shards
from modelspec.runner.checkpoint.states import SHARDS, State, newest_state, save_state
from modelspec.runner.distributed.process_group import ProcessGroup, TorchProcessGroup
from modelspec.torch.sharding import local_shard
from tests.runner.forked import run_forked

SHAPES = {"even": [6, 2], "uneven": [7, 3], "fewer rows than processes": [2, 5], "vector": [5]}


def _whole() -> dict[str, torch.Tensor]:
    generator = torch.Generator().manual_seed(3)
    return {name: torch.randn(shape, generator=generator) for name, shape in SHAPES.items()}


def _tensors(size: int, whole: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    mesh = init_device_mesh("cpu", (size,))
    sharded = {name: distribute_tensor(each, mesh, [Shard(0)]) for name, each in whole.items()}
    return {**sharded, "plain": torch.tensor(4.5), "count": torch.tensor([7])}


def in_process(arguments: list[str]) -> None:
    """Write or read as one of several processes."""
    size, folder, writes = arguments
    torch.set_num_threads(1)
    torch.distributed.init_process_group("gloo")
    _write_or_read(Path(folder), int(size), writes=writes == "True")
    gc.collect()  # what waits for others must not outlive the group: it would abort
    torch.distributed.destroy_process_group()


def _write_or_read(folder: Path, size: int, *, writes: bool) -> None:
    if writes:
        save_shards(folder, _tensors(size, _whole()), TorchProcessGroup(torch.device("cpu")))
        return
    found = _tensors(size, {name: torch.zeros(shape) for name, shape in SHAPES.items()})
    load_shards(folder, found)
    for name, wanted in _tensors(size, _whole()).items():
        assert torch.equal(local_shard(found[name]), local_shard(wanted)), name


def _spawn(size: int, tmp_path: Path, *, writes: bool) -> None:
    arguments = (str(size), str(tmp_path / "shards"), str(writes))
    code, said = run_forked(size, f"{__name__}:in_process", *arguments)
    assert code == 0, said


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What three processes wrote."""
    folder = tmp_path_factory.mktemp("three")
    _spawn(3, folder, writes=True)
    return folder / "shards"


def test_two_read_what_three_wrote(written: Path, tmp_path: Path) -> None:
    shutil.copytree(written, tmp_path / "shards")
    _spawn(2, tmp_path, writes=False)


def _zeros() -> dict[str, torch.Tensor]:
    return {name: torch.zeros(shape) for name, shape in SHAPES.items()}


def test_one_reads_what_three_wrote(written: Path) -> None:
    found = _zeros() | {"plain": torch.tensor(0.0), "count": torch.tensor([0])}
    load_shards(written, found)
    for name, wanted in _whole().items():
        assert torch.equal(found[name], wanted), name
    assert found["plain"] == 4.5
    assert found["count"] == 7


def test_they_are_safetensors_and_json(written: Path) -> None:
    names = {path.name for path in written.iterdir()}
    assert names == {f"0000{rank}.{kind}" for rank in range(3) for kind in ("json", "safetensors")}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda layout: layout.pop("even"), "does not hold all of `even`"),
        (lambda layout: layout["even"].update(offset=[0, 0]), "has the same"),
        (lambda layout: layout["even"].update(offset=[5, 0]), "ends at"),
        (lambda layout: layout["even"].update(offset=[-2, 0]), "whole numbers"),
        (lambda layout: layout["even"].update(offset=[2]), "zip"),
        (lambda layout: layout["even"].update(shape=[60, 2]), "has the shape"),
        (lambda layout: layout["even"].update(more=1), "more"),
        (lambda layout: layout.update(even=[]), "00001.json"),
        (lambda layout: layout.update(unknown=layout["even"]), "unknown"),
    ],
)
def test_a_layout_that_is_not_what_was_written_is_refused(
    change: object, said: str, written: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "shards"
    shutil.copytree(written, folder)
    path = folder / "00001.json"
    layout = json.loads(path.read_text())
    assert callable(change)
    change(layout)
    path.write_text(json.dumps(layout))
    with pytest.raises(DamagedFileError, match=said):
        load_shards(folder, _zeros())


def test_tensors_of_another_shape_or_dtype_are_refused(written: Path) -> None:
    with pytest.raises(DamagedFileError, match="has the shape"):
        load_shards(written, {"even": torch.zeros(6, 3)})
    with pytest.raises(DamagedFileError, match=r"torch\.float64"):
        load_shards(written, {"even": torch.zeros(6, 2, dtype=torch.float64)})


def test_a_disk_that_refuses_is_an_error_of_the_system(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        save_shards(tmp_path / "file" / "shards", {"a": torch.zeros(2)}, ProcessGroup())


class _Code:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self),)

    def __init__(self, path: Path) -> None:
        self._path = path

    def __str__(self) -> str:
        return str(self._path)


def test_a_state_that_was_pickled_is_refused_and_kept(tmp_path: Path) -> None:
    proof = tmp_path / "code has run"

    def write(folder: Path) -> None:
        folder.mkdir()
        (folder / ".metadata").write_bytes(pickle.dumps(_Code(proof)))

    path = save_state(tmp_path / "states", State({}, {}), 1, write)
    with pytest.raises(SpecError, match="a pickle is code"):
        newest_state(tmp_path / "states", pytest.fail)
    assert not proof.exists()
    assert (path / SHARDS).is_dir()


@pytest.mark.parametrize("rest", [{"$tensor": "gone"}, {"$tensor": []}, [{"$tensor": None}]])
def test_a_state_without_its_tensors_is_damaged(rest: object, tmp_path: Path) -> None:
    save_state(tmp_path / "states", State({}, {"a": rest}), 1)
    told: list[str] = []
    assert newest_state(tmp_path / "states", told.append) is None
    assert "is not a state" in told[0]
