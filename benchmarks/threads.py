"""Whether a second thread gains in training, and what `modelspec train` chooses.

    python benchmarks/threads.py [--models mlp,qa] [--threads 2] [--seconds 1.5]

Wall time of an epoch of the ten models with one thread and with more, in turns, the least of all
epochs: for a machine that nobody else uses.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

sys.path.insert(0, str(Path(__file__).resolve().parent / "workloads"))

from definitions import WORKLOADS
from run_modelspec import prepared

from modelspec.runner.process.cpu_threads import threads_for
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from modelspec.training.callback import Callback, Logs, Training

if TYPE_CHECKING:
    from modelspec.runner.setup.prepare import Prepared

ROUNDS = 2
WARM_UP = 1


class Epochs(Callback):
    """Wall seconds of each epoch, until they are enough."""

    _seconds: list[float]
    _enough: float
    _begun: float = 0.0

    def on_epoch_begin(self, run: Training) -> None:  # noqa: ARG002
        """Begin to measure."""
        self._begun = time.perf_counter()

    def on_epoch_end(self, run: Training, logs: Logs) -> None:  # noqa: ARG002
        """Note what was measured; end the run when it is enough."""
        self._seconds.append(time.perf_counter() - self._begun)
        if len(self._seconds) > WARM_UP + 1 and sum(self._seconds) > self._enough:
            run.stop("measured")


def epoch_seconds(ready: Prepared, threads: int, seconds: float, folder: Path) -> float:
    """The least wall time of an epoch after the first."""
    epochs = Epochs()
    epochs._seconds, epochs._enough = [], seconds
    options = TrainOptions(
        runs=folder / "runs", quiet=True, threads=threads, callbacks=(epochs,), device="cpu"
    )
    train(ready, options)
    return min(epochs._seconds[WARM_UP:])


def main() -> None:
    """Measure, print a Markdown table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--models", default=",".join(WORKLOADS))
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=1.5)
    options = parser.parse_args()
    print(f"| | 1 thread, ms an epoch | {options.threads} threads | gain | chosen |")
    print("|---|---|---|---|---|")
    for model in options.models.split(","):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            ready = prepared(model, "", folder)
            found: dict[int, list[float]] = {1: [], options.threads: []}
            for _ in range(ROUNDS):
                for threads, seconds in found.items():
                    seconds.append(epoch_seconds(ready, threads, options.seconds, folder))
            chosen = threads_for(ready.graph, ready.settings.batch_size)
        one, more = min(found[1]), min(found[options.threads])
        told = "all" if chosen is None else chosen
        print(f"| {model} | {one * 1e3:.1f} | {more * 1e3:.1f} | {one / more:.2f} | {told} |")


if __name__ == "__main__":
    main()
