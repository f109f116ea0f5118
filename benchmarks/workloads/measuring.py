"""Measuring, shared by all contenders: a process trains and predicts one model, in CPU seconds."""

import argparse
import json
import os
import resource
import statistics
from collections.abc import Callable

EPOCHS, PASSES = 60, 60
"""The most that are measured."""

parser = argparse.ArgumentParser()
parser.add_argument("model")
parser.add_argument("--seconds", type=float, default=1.0, help="to measure for, at least")
parser.add_argument("--mode", default="", help="which variant of the contender")


def cpu_seconds() -> float:
    """User and system time of this process, and of its finished children (compilers)."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return sum(used.ru_utime + used.ru_stime for used in map(resource.getrusage, who))


class Windows:
    """The CPU seconds of what is done again and again: the first time apart, it warms up.

    Args:
        seconds: For how long to measure, at least, and no less than two times.
        most: How many times at most.
    """

    def __init__(self, seconds: float, most: int = EPOCHS) -> None:
        self.seconds, self.most = seconds, most
        self.first = 0.0
        self.measured: list[float] = []
        self._count = 0
        self._began = 0.0

    def begin(self) -> None:
        """One begins."""
        self._began = cpu_seconds()

    def end(self) -> bool:
        """One has ended: whether there are enough of them."""
        taken = cpu_seconds() - self._began
        if self._count:
            self.measured.append(taken)
        else:
            self.first = cpu_seconds()
        self._count += 1
        count = len(self.measured)
        return count >= 2 and (sum(self.measured) >= self.seconds or count >= self.most)

    def run(self, call: Callable[[], object]) -> None:
        """Do it until there are enough."""
        ended = False
        while not ended:
            self.begin()
            call()
            ended = self.end()


def tell(samples: int, training: Windows, predicting: Windows, loss: float) -> None:
    """Print the record of this process, JSON.

    `train` and `predict` are samples a CPU second, of the median epoch. `start` is what the
    process took up to the end of its first epoch, beyond a later epoch: imports, building,
    reading the data, compiling.
    """
    epoch = statistics.median(training.measured)
    record = {
        "train": samples / epoch,
        "predict": samples / statistics.median(predicting.measured),
        "start": training.first - epoch,
        "loss": loss,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        "cores": len(os.sched_getaffinity(0)),
    }
    print(json.dumps(record), flush=True)
