"""What each optimization of training gains: CPU microseconds of a step with and without it.

    python benchmarks/switches.py [--models mlp,wide_deep] [--switches NAME,NAME] [--rounds 8]

The models are those of `workloads.py`. Two trainings in one process, one of them put together with
the switch off, take epochs in turns, on one thread; the least of the rounds is shown, and the
losses of the last epoch.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).resolve().parent / "workloads"))
sys.argv, arguments = sys.argv[:1], sys.argv[1:]

from definitions import WORKLOADS  # noqa: E402
from trainers import microseconds, trainer_of  # noqa: E402

from modelspec.runner.process.malloc import keep_freed_memory  # noqa: E402
from modelspec.torch import switches  # noqa: E402

SWITCHES = {n: each for n, each in vars(switches).items() if isinstance(each, switches.Switch)}


def main() -> None:
    """Print a row for each model and switch."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--models", default="mlp,wide_deep")
    parser.add_argument("--switches", default=",".join(SWITCHES))
    parser.add_argument("--rounds", type=int, default=8)
    options = parser.parse_args(arguments)
    for name in (models := options.models.split(",")):
        if name not in WORKLOADS:
            parser.error(f"no model `{name}`: {', '.join(WORKLOADS)}")
    for name in (chosen := options.switches.split(",")):
        if name not in SWITCHES:
            parser.error(f"no switch `{name}`: {', '.join(SWITCHES)}")
    torch.set_num_threads(1)
    keep_freed_memory()
    print(f"{'model':<12}{'switch':<20}{'with':>10}{'without':>10}  us a step, gain; losses")
    for model in models:
        for name in chosen:
            pair = trainer_of(model), trainer_of(model, SWITCHES[name])
            least = [float("inf")] * 2
            for each in range(options.rounds):
                for place in (0, 1) if each % 2 else (1, 0):
                    least[place] = min(least[place], microseconds(pair[place]))
            losses = " ".join(f"{trainer.history[-1]['loss']:.6f}" for trainer in pair)
            gain = least[1] / least[0]
            print(
                f"{model:<12}{name:<20}{least[0]:>10,.0f}{least[1]:>10,.0f}  {gain:.2f}; {losses}"
            )


if __name__ == "__main__":
    main()
