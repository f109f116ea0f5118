"""Studies killed at random moments and gone on with, against one that was never killed.

    python benchmarks/tune_kill.py --kills 20 --samplers tpe,random,nsga2,cmaes,gp,grid

Each kill ends the parent and all its workers at once (SIGKILL). Compared are all trials (values,
seeds, statuses, objectives, epochs, what was rejected), all repeats, and the best.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.tuning.study.killing import came_to, run_study, run_with_kills, write_study


def main() -> int:
    """Print a row a sampler; the exit code says whether all are the same."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--kills", type=int, default=20)
    options.add_argument("--samplers", default="tpe")
    options.add_argument("--trials", type=int, default=40)
    options.add_argument("--epochs", type=int, default=9)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--seed", type=int, default=0)
    given = options.parse_args()
    alike = [compare(sampler, given) for sampler in given.samplers.split(",")]
    return 0 if all(alike) else 1


def compare(sampler: str, given: argparse.Namespace) -> bool:
    """Whether a killed study comes to the same."""
    begin = time.perf_counter()
    with TemporaryDirectory() as name:
        specs = []
        for folder in (Path(name) / "plain", Path(name) / "killed"):
            folder.mkdir()
            specs.append(spec_of(folder, sampler, given))
        run_study(specs[0], resume=False, workers=given.workers)
        kills = run_with_kills(specs[1], given.kills, Random(given.seed), workers=given.workers)
        wanted, found = map(came_to, specs)
    statuses = [each["status"] for each in wanted[:-1]]
    counts = ", ".join(f"{statuses.count(each)} {each}" for each in sorted(set(statuses)))
    same = "the same" if wanted == found else "OTHERS"
    seconds = time.perf_counter() - begin
    print(f"{sampler:<8} {kills} kills: {same} ({counts}), {seconds:.0f} s", flush=True)
    return wanted == found


def spec_of(folder: Path, sampler: str, given: argparse.Namespace) -> Path:
    """The spec; a grid has a list for each range."""
    spec = write_study(folder, sampler=sampler, trials=given.trials, epochs=given.epochs)
    if sampler == "grid":
        text = spec.read_text().replace("{float: [1.0e-4, 1.0e-1], log: true}", "[0.001, 0.03]")
        spec.write_text(text)
    return spec


if __name__ == "__main__":
    sys.exit(main())
