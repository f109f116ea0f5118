"""Training on a table ten times larger than the memory that its data may take.

    python benchmarks/large_data.py [--bound 256] [--times 10] [--format csv] [--folder DIR]

A table of 784 pixels (0 to 255) and a label a row is written with a seed; as float32 its pixels
take `--times` times the bound, in MB. Each job runs in a process of its own, from nothing, and
is held against the bound: its peak resident memory, less that of a process that only imports
torch, polars and modelspec.

- convert    the data is read for the first time: fitted, split, encoded into the cache
- cached     it is read again
- train      `modelspec train`, one epoch of a small dense network, from the cache
- polars     a script as one writes it by hand: reads the table whole, and trains by index
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
import polars as pl

COLUMNS = [f"p{number}" for number in range(784)]
CLASSES = 10
ROW = 4 * len(COLUMNS)
"""Bytes of a row's pixels as float32."""

SPEC = """
name: large
inputs: {{pixels: [784]}}
layers:
  hidden: {{type: Dense, units: 64, activation: relu}}
  digit:  {{type: Dense, units: 10, activation: softmax}}
outputs: {{digit: {{loss: sparse_categorical_crossentropy}}}}
data:
  file: {file}
  memory: {bound}MB
  split: {{validation: 0.05}}
  features:
    pixels: {{columns: [{columns}], normalize: standard}}
    digit:  {{column: label, type: category}}
train: {{epochs: 1, batch_size: 256, optimizer: {{type: adam}}}}
"""

IMPORTS = "import torch, polars, modelspec.data, modelspec.runner.train"

LOAD = """
import sys
import polars, torch
from modelspec import data, graph, language, source
from modelspec.diagnostics import Report
report = Report()
read = language.read(source.load(sys.argv[1], report), report)
splits = data.load(read.data, graph.build(read, report), ".", report)
report.raise_if_failed()
print(splits.train.rows)
"""

POLARS = """
import sys
import polars as pl, torch
from torch import nn
table = getattr(pl, "read_" + sys.argv[1].rpartition(".")[2])(sys.argv[1])
y = table["label"].to_torch().long()
x = table.drop("label").to_torch(dtype=pl.Float32).contiguous()
del table
torch.manual_seed(0)
order = torch.randperm(len(x))
held = len(x) // 20
train, validation = order[held:], order[:held]
mean, deviation = x[train].mean(0), x[train].std(0)
x = (x - mean) / deviation
model = nn.Sequential(nn.Linear(784, 64), nn.ReLU(), nn.Linear(64, 10))
optimizer = torch.optim.Adam(model.parameters())
for start in range(0, len(train), 256):
    rows = train[start : start + 256]
    optimizer.zero_grad()
    nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
    optimizer.step()
with torch.no_grad():
    print(nn.functional.cross_entropy(model(x[validation]), y[validation]).item())
"""


class Cost(NamedTuple):
    """What a process took: seconds, and MB."""

    seconds: float
    peak: float


def main() -> None:
    """Write the table, run the jobs, print what they took."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bound", type=int, default=256, help="MB that the data may take")
    parser.add_argument("--times", type=float, default=10, help="the data's size, in bounds")
    parser.add_argument("--format", choices=["csv", "parquet"], default="csv")
    parser.add_argument("--folder", help="where to write; by default a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = int(options.bound * options.times * 1e6 / ROW)
        work(Path(folder), rows, options.bound, options.format)


def work(folder: Path, rows: int, bound: int, format: str) -> None:
    """Run every job."""
    start = time.perf_counter()
    large = folder / f"large.{format}"
    writing = multiprocessing.Process(target=write_table, args=(large, rows))
    writing.start()  # not here: a child counts what its parent took as its own peak
    writing.join()
    on_disk = large.stat().st_size / 1e6
    print(f"{rows:,} rows, {rows * ROW / 1e6:,.0f} MB of float32 pixels; the bound is {bound} MB")
    print(f"{large.name} has {on_disk:,.0f} MB, written in {time.perf_counter() - start:.0f} s\n")
    spec = write_spec(large, bound)
    load = [sys.executable, "-c", LOAD]
    base = run([sys.executable, "-c", IMPORTS], spec, folder).peak
    print(f"{'':<9}{'s':>7}{'rows/s':>10}{'peak MB':>9}{'above imports':>15}{'of the bound':>14}")
    for name, command, given in (
        ("convert", load, spec),
        ("cached", load, spec),
        ("train", [sys.executable, "-m", "modelspec", "train"], spec),
        ("polars", [sys.executable, "-c", POLARS], large),
    ):
        cost = run(command, given, folder)
        above = cost.peak - base
        print(
            f"{name:<9}{cost.seconds:>7.1f}{rows / cost.seconds:>10,.0f}{cost.peak:>9,.0f}"
            f"{above:>15,.0f}{above / bound:>14.2f}",
            flush=True,
        )
    kept = sum(file.stat().st_size for file in (folder / "cache").rglob("*") if file.is_file())
    print(f"\nthe cache has {kept / 1e6:,.0f} MB")


def write_table(path: Path, rows: int, seed: int = 0) -> None:
    """Blurred marks of ten classes, some rows at a time, so that this process stays small."""
    draw = np.random.default_rng(seed)
    marks = draw.random((CLASSES, len(COLUMNS)))
    step = 20_000
    parts = []
    for start in range(0, rows, step):
        label = draw.integers(0, CLASSES, min(step, rows - start))
        noise = draw.random((len(label), len(COLUMNS)), np.float32)
        pixels = (255 * (0.3 * marks[label] + 0.7 * noise)).astype(np.uint8)
        frame = pl.DataFrame(pixels, schema=COLUMNS).with_columns(label=pl.Series(label))
        if path.suffix == ".csv":
            with path.open("ab") as file:
                frame.write_csv(file, include_header=not start)
        else:
            parts.append(path.with_name(f"part-{start}.parquet"))
            frame.write_parquet(parts[-1])
    if parts:
        pl.scan_parquet(parts).sink_parquet(path, row_group_size=step)
    for part in parts:
        part.unlink()


def write_spec(file: Path, bound: int) -> Path:
    """The spec of a table."""
    spec = file.with_name(f"{file.stem}.yaml")
    spec.write_text(SPEC.format(file=file, bound=bound, columns=", ".join(COLUMNS)))
    return spec


def run(command: list[str], given: Path, folder: Path) -> Cost:
    """Run a job to its end.

    Raises:
        SystemExit: It failed.
    """
    root = str(Path(__file__).parents[1])
    about = {"MODELSPEC_CACHE": str(folder / "cache"), "PYTHONPATH": root, "OMP_NUM_THREADS": "2"}
    with (folder / "output").open("w+b") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            [*command, str(given)],
            cwd=folder,
            env=os.environ | about,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(f"{command[-1][:40]} failed:\n{output.read().decode()[-3000:]}")
    return Cost(seconds, used.ru_maxrss * 1024 / 1e6)


if __name__ == "__main__":
    main()
