"""Saving and reading the state of a sharded training, beside `torch.distributed.checkpoint`.

    python benchmarks/sharded_state.py

Two processes hold the shards of 68 million float32 numbers, as Adam has for 34 million weights.
Each way writes and reads them five times in turn; the middle time is shown, in milliseconds.
"""

from __future__ import annotations

import os
import shutil
import statistics
import tempfile
import time
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor
from torch.multiprocessing import spawn

from modelspec.runner.checkpoint.sharded import load_shards, save_shards
from modelspec.runner.distributed.process_group import process_group

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.runner.distributed.process_group import ProcessGroup

PROCESSES, WIDTH, TENSORS, TIMES = 2, 2048, 16, 5
MODELSPEC, TORCH = "modelspec: safetensors and JSON", "torch.distributed.checkpoint"


def _tensors() -> dict[str, DTensor]:
    mesh = init_device_mesh("cpu", (PROCESSES,))
    return {
        f"{number}": distribute_tensor(torch.randn(WIDTH, WIDTH), mesh, [Shard(0)])
        for number in range(TENSORS)
    }


def _process(rank: int, folder: str) -> None:
    warnings.simplefilter("ignore")
    os.environ |= {"RANK": str(rank), "WORLD_SIZE": str(PROCESSES)}
    torch.set_num_threads(1)
    with process_group(torch.device("cpu")) as group:
        for (name, kind), seconds in _times(Path(folder), group).items():
            if group.is_main:
                print(f"{name:32} {kind}  {statistics.median(seconds) * 1000:7.0f} ms")


def _times(folder: Path, group: ProcessGroup) -> dict[tuple[str, str], list[float]]:
    tensors = _tensors()
    ways: dict[str, list[Callable[[Path], object]]] = {
        MODELSPEC: [
            lambda path: save_shards(path, tensors, group),
            lambda path: load_shards(path, tensors),
        ],
        TORCH: [
            lambda path: dcp.save(dict(tensors), checkpoint_id=path),
            lambda path: dcp.load(dict(tensors), checkpoint_id=path),
        ],
    }
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(TIMES):
        for name, actions in ways.items():
            path = folder / f"{len(name)}-{turn}"
            for kind, action in zip(("save", "load"), actions, strict=True):
                dist.barrier()
                start = time.perf_counter()
                action(path)
                dist.barrier()
                times.setdefault((name, kind), []).append(time.perf_counter() - start)
            if group.is_main:
                shutil.rmtree(path)
    return times


def main() -> None:
    """Measure."""
    os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29517"}
    with tempfile.TemporaryDirectory() as folder:
        spawn(_process, (folder,), PROCESSES)


if __name__ == "__main__":
    main()
