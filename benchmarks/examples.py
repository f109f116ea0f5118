"""The examples of `specs/` beside plain torch scripts for the same jobs.

    python benchmarks/examples.py [NAME ...] [--repeats 3] [--threads 1]

Each is trained by `modelspec train`, as a user runs it, and by the script of its name in
`by_hand/`: the same model, optimizer, epochs, batch size and rows, in processes of their own, in
turns, every repeat with another seed. Both measure the validation rows after every epoch and keep
the best weights; early stopping is off, so that both do the same work. Printed are medians: the
score of the best weights on the test rows, the wall time and the CPU time of the whole process, and
its peak memory; and how many times the script's time ours is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
SCORES = {
    "breast_cancer": "accuracy",
    "diabetes": "r2_score",
    "digits": "accuracy",
    "siamese_digits": "accuracy",
    "reviews": "accuracy",
    "garments": "r2_score",
}
"""The metric of each example."""
NEVER = "train.callbacks.0.patience=100000"


class Cost(NamedTuple):
    """What a process took: its score, seconds, and MB."""

    score: float
    wall: float
    cpu: float
    peak: float


def main() -> None:
    """Print a table: two rows an example."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"some of {', '.join(SCORES)}")
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--threads", type=int, default=1, help="of the CPU, for both")
    options = parser.parse_args()
    if unknown := [name for name in options.names if name not in SCORES]:
        parser.error(f"there is no example {', '.join(unknown)}; there are {', '.join(SCORES)}")
    names = options.names or list(SCORES)
    subprocess.run([sys.executable, "specs/make_data.py", "data", *names], cwd=ROOT, check=True)
    print(f"\n{'':<26}{'test score':>20}{'wall s':>14}{'CPU s':>14}{'peak MB':>9}")
    for name in names:
        compare(name, options.repeats, options.threads)


def compare(name: str, repeats: int, threads: int) -> None:
    """Run both ways in turns, and print what they took."""
    with tempfile.TemporaryDirectory() as text:
        folder = Path(text)
        (folder / "rows.json").write_text(json.dumps(split_of(name)))
        pairs = [
            (with_modelspec(name, folder, threads, seed), by_hand(name, folder, threads, seed))
            for seed in range(repeats)
        ]
    ours, theirs = (
        Cost(*map(median, zip(*costs, strict=True))) for costs in zip(*pairs, strict=True)
    )
    ratios = [median(one[i] / other[i] for one, other in pairs) for i in (1, 2)]
    for title, cost, (wall, cpu) in (
        (f"{name}, modelspec", ours, (f" ({ratios[0]:.2f})", f" ({ratios[1]:.2f})")),
        (f"{name}, by hand", theirs, (" " * 7, " " * 7)),
    ):
        print(
            f"{title:<26}{f'{SCORES[name]} {cost.score:.4f}':>20}{cost.wall:>7.2f}{wall}"
            f"{cost.cpu:>7.2f}{cpu}{cost.peak:>9.0f}",
            flush=True,
        )


def with_modelspec(name: str, folder: Path, threads: int, seed: int) -> Cost:
    """`modelspec train`; its test score is measured by `modelspec eval`, which is not timed."""
    command = [sys.executable, "-m", "modelspec"]
    train = ["train", f"specs/{name}.yaml", "--runs-dir", str(folder), "--threads", str(threads)]
    _, wall, cpu, peak = timed([*command, *train, "--set", NEVER, "--set", f"train.seed={seed}"])
    told = subprocess.run(
        [*command, "eval", str(folder / name / "latest"), "--json"],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    (values,) = json.loads(told.stdout)["outputs"].values()
    return Cost(values[SCORES[name]], wall, cpu, peak)


def by_hand(name: str, folder: Path, threads: int, seed: int) -> Cost:
    """The script, which measures its test score itself."""
    weights = str(folder / "best.pt")
    told, wall, cpu, peak = timed(
        [sys.executable, f"benchmarks/by_hand/{name}.py", str(folder / "rows.json"),
         "--weights", weights, "--threads", str(threads), "--seed", str(seed)]
    )  # fmt: skip
    return Cost(json.loads(told.splitlines()[-1])["score"], wall, cpu, peak)


def timed(command: list[str]) -> tuple[str, float, float, float]:
    """What a command prints, its wall time and CPU time in seconds, and its peak memory in MB."""
    with tempfile.TemporaryFile("w+") as output:
        began = time.perf_counter()
        child = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        told = output.read()
    if child.returncode:
        sys.exit(told)
    return told, wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def split_of(name: str) -> dict[str, list[int]]:
    """The rows of each part, as the spec deals them out."""
    from modelspec import lint
    from modelspec.data.readers import open_source
    from modelspec.data.splitting.split import split_column, split_rows
    from modelspec.data.table.findings import Findings
    from modelspec.diagnostics import Report

    examined = lint.examine(str(ROOT / "specs" / f"{name}.yaml"))
    assert examined.spec
    assert examined.spec.data
    settings = examined.spec.data
    file = settings.files["train"]
    findings = Findings(Report(), str(ROOT / "specs" / file.path))
    source = open_source(file.format, findings)
    assert source
    first = next(iter(source.names))
    table = source.read(split_column(settings.split, source) or {first: source.kind(first)})
    assert table
    parts = split_rows(table, settings.split, findings)
    assert parts
    return {part: rows.tolist() for part, rows in parts._asdict().items()}


if __name__ == "__main__":
    main()
