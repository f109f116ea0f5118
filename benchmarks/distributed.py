"""Two processes on two cores: time and memory of DDP and FSDP2, beside both written by hand.

    python benchmarks/distributed.py

One epoch of a stack of wide Dense layers (34 million weights, Adam). Peak memory is that of the
larger of the two processes.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

WIDTH, LAYERS, ROWS, BATCH = 2048, 8, 2048, 256

SPEC = f"""\
name: wide
inputs: {{x: [{WIDTH}]}}
layers:
  deep: {{type: layer, repeat: {LAYERS}}}
  y: {{type: Dense, units: 1}}
blocks:
  layer:
    inputs: {{x: [{WIDTH}]}}
    layers: {{wide: {{type: Dense, units: {WIDTH}, activation: relu}}}}
    outputs: [wide]
outputs: {{y: mse}}
data: {{file: rows.npz}}
train: {{epochs: 1, batch_size: {BATCH}, learning_rate: 0.0001}}
"""

BY_HAND = """\
import sys

import numpy as np
import torch
import torch.distributed as dist
from torch import nn
from torch.distributed.fsdp import fully_shard
from torch.nn.parallel import DistributedDataParallel
from torch.utils.data import DataLoader, TensorDataset
from torch.utils.data.distributed import DistributedSampler

dist.init_process_group("gloo")
with np.load("rows.npz") as rows:
    data = TensorDataset(torch.from_numpy(rows["x"]), torch.from_numpy(rows["y"]))
layers = [each for _ in range(LAYERS) for each in (nn.Linear(WIDTH, WIDTH), nn.ReLU())]
model = nn.Sequential(*layers, nn.Linear(WIDTH, 1))
if sys.argv[1] == "ddp":
    model = DistributedDataParallel(model)
else:
    for layer in model[:-1:2]:
        fully_shard(layer)
    fully_shard(model)
optimizer = torch.optim.Adam(model.parameters(), lr=0.0001, fused=True)
loader = DataLoader(data, BATCH // 2, sampler=DistributedSampler(data))
for x, y in loader:
    loss = nn.functional.mse_loss(model(x)[:, 0], y)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
dist.destroy_process_group()
"""


def main() -> None:
    """Run each once, and print a table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        generator = np.random.default_rng(0)
        x = generator.normal(size=(ROWS, WIDTH)).astype(np.float32)
        np.savez(folder / "rows.npz", x=x, y=x[:, :4].sum(1))
        (folder / "wide.yaml").write_text(SPEC)
        sizes = f"WIDTH, LAYERS, BATCH = {WIDTH}, {LAYERS}, {BATCH}\n"
        (folder / "by_hand.py").write_text(sizes + BY_HAND)
        train = ["-m", "modelspec", "train", "wide.yaml", "-q", "--threads", "1"]
        launch = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
        rows = {
            "by hand, DDP, 2 processes": [*launch, "by_hand.py", "ddp"],
            "by hand, FSDP2, 2 processes": [*launch, "by_hand.py", "fsdp"],
            "modelspec, 1 process": [sys.executable, *train],
            "modelspec, DDP, 2 processes": [*launch, *train],
            "modelspec, FSDP2, 2 processes": [*launch, *train, "--set", "train.strategy=fsdp"],
        }
        print("| | seconds | peak memory of a process, MB |\n|---|---|---|")
        for label, command in rows.items():
            seconds, memory = measured(command, folder)
            print(f"| {label} | {seconds:.1f} | {memory:.0f} |", flush=True)


def measured(command: list[str], folder: Path) -> tuple[float, float]:
    """Wall time in seconds, and the most memory that a process of a command held, in MB."""
    began, most = time.perf_counter(), 0.0
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    while process.poll() is None:
        most = max([most, *(resident(each) for each in family(process.pid))])
        time.sleep(0.02)
    if process.returncode:
        raise SystemExit(f"{' '.join(command)}: exit code {process.returncode}")
    return time.perf_counter() - began, most


def family(pid: int) -> list[int]:
    """A process and all below it."""
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(each for child in children for each in family(int(child)))]


def resident(pid: int) -> float:
    """The most memory that a process has held, in MB; 0 of one that is gone."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    lines = [line for line in status.splitlines() if line.startswith("VmHWM")]
    return int(lines[0].split()[1]) / 1024 if lines else 0.0


if __name__ == "__main__":
    main()
