"""Studies in processes of their own, which are killed and gone on with."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import numpy as np

from modelspec.tuning.results.study_results import read_results

if TYPE_CHECKING:
    from pathlib import Path
    from random import Random

SPEC = """\
version: 1
name: irises
params: {units: 8}
inputs: {petals: [4]}
layers:
  hidden: {type: Dense, units: $units, activation: relu}
  drop: {type: Dropout, rate: 0.2}
  species: {type: Dense, units: 3, activation: softmax}
outputs: {species: {loss: categorical_crossentropy, metrics: [accuracy]}}
data: {file: irises.npz, split: {validation: 0.2, test: 0.2}}
train: {epochs: EPOCHS, batch_size: 16}
tune:
  search:
    params.units: {int: [2, 64], log: true}
    train.learning_rate: {float: [1.0e-4, 1.0e-1], log: true}
    train.optimizer: [adam, {type: sgd, momentum: 0.9}]
    layers.drop.rate: [0.0, 0.2, 0.5]
  objective: OBJECTIVE
  limits: {parameters: 400}
  sampler: SAMPLER
  trials: TRIALS
  confirm: {top: 2, seeds: 2}
"""
CHILD = """
import sys
import modelspec

class Watch:
    def __getattr__(self, name):
        return lambda *told: print(name, flush=True)

file, resume, workers = sys.argv[1:]
modelspec.tune(
    file, workers=int(workers), resume=resume or None, watch=Watch(), say=print, device="cpu"
)
assert "torch" in sys.modules
"""


def write_study(
    folder: Path,
    *,
    sampler: str = "tpe",
    trials: int = 6,
    epochs: int = 4,
    objective: str = "val_loss",
) -> Path:
    """A spec that is searched, with its rows."""
    draw = np.random.default_rng(0)
    species = draw.integers(0, 3, 120)
    petals = draw.normal(size=(120, 4)) + species[:, None]
    np.savez(folder / "irises.npz", petals=petals.astype("f4"), species=species)
    text = SPEC.replace("EPOCHS", f"{epochs}").replace("TRIALS", f"{trials}")
    path = folder / "irises.yaml"
    path.write_text(text.replace("OBJECTIVE", objective).replace("SAMPLER", sampler))
    return path


def run_study(spec: Path, *, resume: bool, workers: int, kill_after: int | None = None) -> bool:
    """Run a study until it ends, or is killed with all its processes.

    Args:
        spec: What is searched.
        resume: Whether to go on with the latest.
        workers: How many processes train.
        kill_after: After so many messages; None for not at all.

    Returns:
        Whether it has ended by itself.
    """
    command = [
        sys.executable,
        "-c",
        CHILD,
        spec.name,
        "runs/irises" if resume else "",
        f"{workers}",
    ]
    child = subprocess.Popen(
        command,
        cwd=spec.parent,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    assert child.stdout
    assert child.stderr
    with child:
        for told, _ in enumerate(child.stdout, 1):
            if told == kill_after:
                os.killpg(child.pid, signal.SIGKILL)
                child.wait()
                return False
        errors = child.stderr.read()
    assert child.returncode == 0, errors
    return True


def run_with_kills(spec: Path, kills: int, draw: Random, *, workers: int = 2) -> int:
    """Run a study that is killed so many times. Gives how many kills there were."""
    done = 0
    while done < kills:
        begun = (spec.parent / "runs" / "irises" / "latest").exists()
        if run_study(spec, resume=begun, workers=workers, kill_after=draw.randint(1, 9)):
            return done
        time.sleep(draw.random() / 10)
        done += 1
    run_study(spec, resume=True, workers=workers)
    return done


def came_to(spec: Path) -> list[Any]:
    """All that is to be the same, which the time that it took is not."""
    results = read_results((spec.parent / "runs" / "irises" / "latest").resolve())
    found = [asdict(each) | {"seconds": 0, "cpu": 0} for each in results.trials]
    found += [asdict(each) for each in results.confirmations]
    return [*found, results.best and results.best.number]
