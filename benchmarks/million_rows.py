"""`modelspec train` on a table of a million rows: where CPU time and memory go.

    python benchmarks/million_rows.py [--rows 1000000] [--folder DIR]

26 numbers, 3 categories and a text of 3 to 12 words, written with a seed; one epoch of a small
network. The whole command, from nothing; then its stages one after another in one process, each
with the CPU seconds that it took and the peak resident memory by its end. What the command
takes beside the stages is start-up, its batches and the report.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import polars as pl

NUMBERS = [f"n{place}" for place in range(26)]
KINDS = {"colour": 12, "shop": 40, "plan": 3}
WORDS = 2000

SPEC = """
version: 1
name: million
inputs:
  numbers: [26]
  colour: [12]
  shop: [40]
  plan: [3]
  text: {{shape: [12], dtype: int32}}
layers:
  words: {{type: Embedding, input_dim: 2002, output_dim: 16}}
  told: GlobalAveragePooling1D
  all: Concatenate
  hidden: {{type: Dense, units: 32, activation: relu}}
  bought: {{type: Dense, units: 1, activation: sigmoid}}
edges:
  - text -> words -> told
  - numbers, colour, shop, plan, told -> all
  - all -> hidden -> bought
outputs: {{bought: {{loss: binary_crossentropy, metrics: [accuracy]}}}}
data:
  file: {file}
  split: {{validation: 0.1}}
  features:
    numbers: {{columns: [{columns}], normalize: standard}}
    colour: {{type: category}}
    shop: {{type: category}}
    plan: {{type: category}}
    text: {{type: text}}
    bought: {{type: category}}
train: {{epochs: 1, batch_size: 4096}}
"""

STAGES = """
import resource, sys, time
began = time.process_time()
def tell(name):
    global began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    print(f"{name:<22}{time.process_time() - began:>8.1f}{peak:>9,.0f}", flush=True)
    began = time.process_time()
import polars, torch
from modelspec import data, graph, language, source
from modelspec.data.features.preprocessing import Preprocessing
from modelspec.diagnostics import Report
loading = sys.modules["modelspec.data.load"]
tell("imports")
def told(owner, name, called):
    inner = getattr(owner, name)
    def outer(*given, **named):
        tell("(between)")
        found = inner(*given, **named)
        tell(called)
        return found
    setattr(owner, name, outer)
told(loading, "open_file", "look")
told(loading, "read_columns", "read")
told(loading, "fit_features", "fit")
told(Preprocessing, "encode", "encode")
report = Report()
spec = language.read(source.load(sys.argv[1], report), report)
built = graph.build(spec, report)
splits = data.load(spec.data, built, ".", report)
tell("split")
report.raise_if_failed()
data.check_quality(splits, built, spec.data.place, report)
tell("quality")
"""


def main() -> None:
    """Write the table, train on it, and go through the stages."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--folder", help="where to write; by default a temporary one")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        table = folder / "million.csv"
        subprocess.run(
            [sys.executable, __file__, "--write", str(table), str(options.rows)], check=True
        )
        print(f"{options.rows:,} rows, {table.stat().st_size / 1e6:,.0f} MB of CSV\n")
        spec = folder / "million.yaml"
        spec.write_text(SPEC.format(file=table, columns=", ".join(NUMBERS)))
        print(f"{'':<22}{'CPU s':>8}{'peak MB':>9}")
        run("modelspec train", [sys.executable, "-m", "modelspec", "train"], spec)
        print()
        run("", [sys.executable, "-c", STAGES], spec)


def write(path: Path, rows: int, seed: int = 0) -> None:
    """The table; a twentieth at a time, so that it takes little memory."""
    draw = np.random.default_rng(seed)
    words = np.array([f"word{place:04d}" for place in range(WORDS)])
    with path.open("wb") as file:
        for start in range(0, rows, 50_000):
            count = min(50_000, rows - start)
            numbers = draw.normal(size=(count, len(NUMBERS))).round(4)
            columns = {name: numbers[:, place] for place, name in enumerate(NUMBERS)}
            kinds = {name: draw.integers(0, most, count) for name, most in KINDS.items()}
            named = {name: np.char.add(name[0], kinds[name].astype(str)) for name in KINDS}
            lengths = draw.integers(3, 13, count)
            chosen = words[(WORDS * draw.random(lengths.sum()) ** 3).astype(int)]
            texts = [" ".join(part) for part in np.split(chosen, np.cumsum(lengths)[:-1])]
            bought = np.where(numbers[:, 0] + kinds["plan"] > 1, "yes", "no")
            frame = pl.DataFrame({**columns, **named, "text": texts, "bought": bought})
            frame.write_csv(file, include_header=not start)


def run(name: str, command: list[str], spec: Path) -> None:
    """Run a command to its end, and print what it took; its own output only without a name.

    Raises:
        SystemExit: It failed.
    """
    about = {"PYTHONPATH": str(Path(__file__).parents[1]), "OMP_NUM_THREADS": "2"}
    start = time.perf_counter()
    with (spec.parent / "output").open("w+b") as output:
        process = subprocess.Popen(
            [*command, str(spec)],
            cwd=spec.parent,
            env=os.environ | about,
            stdout=output if name else None,
            stderr=subprocess.STDOUT if name else None,
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            output.seek(0)
            raise SystemExit(output.read().decode()[-3000:])
    if name:
        took, peak = used.ru_utime + used.ru_stime, used.ru_maxrss * 1024 / 1e6
        print(f"{name:<22}{took:>8.1f}{peak:>9,.0f}   {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--write"]:
        write(Path(sys.argv[2]), int(sys.argv[3]))
    else:
        main()
