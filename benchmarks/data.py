"""Reading a CSV of numbers and encoding it as float32, standardised: against pandas and pyarrow.

    python benchmarks/data.py [--rows 1000000] [--columns 30] [--rounds 3]

Each reader runs in a process of its own; printed are the wall and CPU seconds of reading and
encoding (imports left out; the round that took the least CPU) and the peak memory of the process.
The file is written once, with a seed. Where neither pandas nor pyarrow is installed,
`numpy.loadtxt` reads a twentieth of it.
"""

import argparse
import importlib.util
import os
import subprocess
import sys
import tempfile
from pathlib import Path

MODELSPEC = """
import polars
from modelspec import data, graph, language, source
from modelspec.diagnostics import Report
names = [f"x{i}" for i in range(columns)]
text = f'''
inputs: {{x: [{columns}]}}
layers: {{y: {{type: Dense, units: 1}}}}
outputs: {{y: {{}}}}
data: {{file: "{path}", features: {{x: {{columns: [{", ".join(names)}], normalize: standard}}}}}}
'''
def work():
    report = Report()
    read = language.read(source.parse(text, "spec.yaml", report), report)
    splits = data.load(read.data, graph.build(read, report), ".", report)
    report.raise_if_failed()
    return splits.train.inputs["x"]
"""

STANDARDISE = """
def standardise(table):
    return ((table - table.mean(axis=0)) / table.std(axis=0)).astype("float32")
"""

POLARS = """
import polars
def work():
    return standardise(polars.read_csv(path).to_numpy())
"""

PANDAS = """
import pandas
def work():
    return standardise(pandas.read_csv(path).to_numpy())
"""

PYARROW = """
import pyarrow.csv, numpy
def work():
    table = pyarrow.csv.read_csv(path)
    return standardise(numpy.stack([column.to_numpy() for column in table.columns], axis=1))
"""

LOADTXT = """
import numpy
def work():
    return standardise(numpy.loadtxt(path, delimiter=",", skiprows=1, max_rows=rows // 20))
"""

MEASURE = """
import resource, time
start, cpu = time.perf_counter(), time.process_time()
array = work()
seconds, cpu = time.perf_counter() - start, time.process_time() - cpu
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
assert array.dtype == "float32" and abs(array.mean()) < 1e-3 and abs(array.std() - 1) < 1e-3
print(len(array), seconds, cpu, peak)
"""


def write_table(path: Path, rows: int, columns: int) -> None:
    """Normally distributed numbers with four decimals."""
    import numpy as np
    import polars as pl

    draw = np.random.Generator(np.random.PCG64(0))
    table = {f"x{i}": draw.normal(size=rows).round(4) for i in range(columns)}
    pl.DataFrame(table).write_csv(path)


def measure(code: str, path: Path, rows: int, columns: int) -> tuple[int, float, float, float]:
    """(rows, wall seconds, CPU seconds, MB) of one run.

    Raises:
        subprocess.CalledProcessError: It failed.
    """
    given = f"path, rows, columns = {str(path)!r}, {rows}, {columns}\n"
    command = [sys.executable, "-c", given + STANDARDISE + code + MEASURE]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    count, seconds, cpu, peak = done.stdout.split()
    return int(count), float(seconds), float(cpu), float(peak)


def contestants() -> dict[str, str]:
    """The readers that are installed."""
    found = {"modelspec": MODELSPEC, "polars by hand": POLARS}
    others = {"pandas": PANDAS, "pyarrow": PYARROW}
    installed = {name: code for name, code in others.items() if importlib.util.find_spec(name)}
    return found | (installed or {"numpy.loadtxt": LOADTXT})


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--columns", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "table.csv")
        write_table(path, options.rows, options.columns)
        size = os.path.getsize(path) / 1e6
        print(f"{options.rows:,} rows x {options.columns} columns, {size:.0f} MB of CSV")
        print(f"{'':<16} {'rows':>10} {'seconds':>8} {'CPU':>8} {'CPU us/row':>11} {'peak MB':>8}")
        for name, code in contestants().items():
            runs = [
                measure(code, path, options.rows, options.columns) for _ in range(options.rounds)
            ]
            rows, seconds, cpu, peak = min(runs, key=lambda run: run[2])
            each = cpu / rows * 1e6
            print(f"{name:<16} {rows:>10,} {seconds:>8.2f} {cpu:>8.2f} {each:>11.2f} {peak:>8.0f}")


if __name__ == "__main__":
    main()
