"""Samples per CPU second in training: modelspec's loop against loops written by hand.

    python benchmarks/train_step.py [--rounds 3] [--models dense,conv,lstm]

`plain` is a torch loop over index batches, with torch's own layers and Adam and nothing read
under way; it is 1.00. `tutorial` is the loop of most tutorials: a DataLoader, and `loss.item()`
at every step. Each measurement is a process of its own on one thread, and the best of the rounds.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch

EPOCHS = 4
"""The first of them is for warming up, and is not counted."""
LOOPS = ("plain", "tutorial", "modelspec")

HEAD = """\
name: {name}
data: {{file: {name}.npz}}
train: {{optimizer: adam, epochs: {epochs}, batch_size: {batch}}}
"""


class Model(NamedTuple):
    """A model, as a spec; `plain_module` has the same one in torch's own layers."""

    spec: str
    rows: int
    batch: int
    shape: tuple[int, ...]
    classes: int
    vocabulary: int = 0


MODELS = {
    "dense": Model(
        """\
inputs: {x: [64]}
layers:
  fc1: {type: Dense, units: 32, activation: relu}
  fc2: {type: Dense, units: 32, activation: relu}
  y: {type: Dense, units: 10, activation: softmax}
outputs: {y: sparse_categorical_crossentropy}
""",
        rows=40_000,
        batch=32,
        shape=(64,),
        classes=10,
    ),
    "conv": Model(
        """\
inputs: {x: [28, 28, 1]}
layers:
  conv1: {type: Conv2D, filters: 32, kernel_size: 3, activation: relu}
  pool1: {type: MaxPooling2D, pool_size: 2}
  conv2: {type: Conv2D, filters: 64, kernel_size: 3, activation: relu}
  pool2: {type: MaxPooling2D, pool_size: 2}
  flat: Flatten
  fc: {type: Dense, units: 64, activation: relu}
  y: {type: Dense, units: 10, activation: softmax}
outputs: {y: sparse_categorical_crossentropy}
""",
        rows=2_048,
        batch=64,
        shape=(28, 28, 1),
        classes=10,
    ),
    "lstm": Model(
        """\
inputs: {x: {shape: [40], dtype: int64}}
layers:
  embed: {type: Embedding, input_dim: 1000, output_dim: 32}
  lstm: {type: LSTM, units: 32}
  y: {type: Dense, units: 5, activation: softmax}
outputs: {y: sparse_categorical_crossentropy}
""",
        rows=4_096,
        batch=64,
        shape=(40,),
        classes=5,
        vocabulary=1_000,
    ),
}


def arrays(model: Model) -> tuple[np.ndarray, np.ndarray]:
    """Rows of random numbers, and random classes."""
    generator = np.random.default_rng(0)
    shape = (model.rows, *model.shape)
    if model.vocabulary:
        x = generator.integers(0, model.vocabulary, shape)
    else:
        x = generator.normal(size=shape).astype(np.float32)
    return x, generator.integers(0, model.classes, model.rows)


def modelspec_seconds(name: str, x: np.ndarray, y: np.ndarray) -> float:
    """CPU seconds of the epochs after the first one, trained by modelspec."""
    from modelspec import lint
    from modelspec.diagnostics import Report
    from modelspec.runner.run.options import TrainOptions
    from modelspec.runner.setup.prepare import prepare
    from modelspec.runner.train import train
    from modelspec.training.callback import Callback, Logs, Training

    class Clock(Callback):
        _began: float = 0.0
        _ended: float = 0.0

        def on_epoch_end(self, run: Training, logs: Logs) -> None:  # noqa: ARG002
            self._ended = time.process_time()
            self._began = self._began or self._ended

    model, clock = MODELS[name], Clock()
    with tempfile.TemporaryDirectory() as folder:
        np.savez(f"{folder}/{name}.npz", x=x, y=y)
        spec = Path(folder, f"{name}.yaml")
        spec.write_text(HEAD.format(name=name, epochs=EPOCHS, batch=model.batch) + model.spec)
        examined = lint.examine(str(spec), training=True)
        examined.report.raise_if_failed()
        assert examined.spec
        assert examined.graph
        prepared = prepare(examined.spec, examined.graph, Report())
        assert prepared
        train(
            prepared,
            TrainOptions(runs=None, device="cpu", threads=1, quiet=True, callbacks=(clock,)),
        )
    return clock._ended - clock._began


def by_hand_seconds(name: str, x: np.ndarray, y: np.ndarray, *, tutorial: bool) -> float:
    """CPU seconds of the epochs after the first one, in a loop written by hand."""
    import torch

    torch.set_num_threads(1)
    torch.manual_seed(0)
    inputs, targets = torch.from_numpy(x), torch.from_numpy(y)
    if name == "conv":
        inputs = inputs.permute(0, 3, 1, 2).contiguous()
    module = plain_module(name)
    optimizer = torch.optim.Adam(module.parameters())
    loss_of = torch.nn.CrossEntropyLoss()

    def step(batch: torch.Tensor, truth: torch.Tensor) -> torch.Tensor:
        optimizer.zero_grad()
        loss = loss_of(module(batch), truth)
        loss.backward()
        optimizer.step()
        return loss.detach()

    size = MODELS[name].batch
    loader = torch.utils.data.DataLoader(
        torch.utils.data.TensorDataset(inputs, targets), batch_size=size, shuffle=True
    )

    def tutorial_epoch() -> float:
        return sum(step(batch, truth).item() * len(batch) for batch, truth in loader)

    def plain_epoch() -> torch.Tensor:
        total = torch.zeros(())
        for index in torch.randperm(len(inputs)).split(size):
            total += step(inputs[index], targets[index]) * len(index)
        return total

    epoch: Callable[[], object] = tutorial_epoch if tutorial else plain_epoch
    epoch()
    began = time.process_time()
    for _ in range(EPOCHS - 1):
        epoch()
    return time.process_time() - began


def plain_module(name: str) -> torch.nn.Module:
    """The model of `MODELS` in torch's own layers."""
    from torch import nn

    if name == "dense":
        layers = [nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 10)]
        return nn.Sequential(*layers)
    if name == "conv":
        return nn.Sequential(
            nn.Conv2d(1, 32, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(32, 64, 3),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Flatten(),
            nn.Linear(1600, 64),
            nn.ReLU(),
            nn.Linear(64, 10),
        )

    class Recurrent(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.embed = nn.Embedding(1000, 32)
            self.lstm = nn.LSTM(32, 32, batch_first=True)
            self.head = nn.Linear(32, 5)

        def forward(self, words):  # type: ignore[no-untyped-def]
            return self.head(self.lstm(self.embed(words))[0][:, -1])

    return Recurrent()


def measure(name: str, loop: str) -> float:
    """Samples per CPU second."""
    x, y = arrays(MODELS[name])
    if loop == "modelspec":
        seconds = modelspec_seconds(name, x, y)
    else:
        seconds = by_hand_seconds(name, x, y, tutorial=loop == "tutorial")
    return (EPOCHS - 1) * len(x) / seconds


def measured_apart(name: str, loop: str) -> float:
    """`measure` in a process of its own."""
    done = subprocess.run(
        [sys.executable, __file__, "--one", name, loop],
        check=True,
        capture_output=True,
        text=True,
    )
    return float(json.loads(done.stdout))


def main() -> None:
    """Print a table: a row a model, a column a loop."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--models", default=",".join(MODELS))
    parser.add_argument("--one", nargs=2, metavar=("MODEL", "LOOP"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(measure(*options.one)))
        return
    print(f"{'':<8}" + "".join(f"{loop:>22}" for loop in LOOPS) + "   samples/CPU s (of plain)")
    for name in options.models.split(","):
        best = dict.fromkeys(LOOPS, 0.0)
        for _ in range(options.rounds):
            for loop in LOOPS:
                best[loop] = max(best[loop], measured_apart(name, loop))
        cells = (f"{best[loop]:,.0f} ({best[loop] / best['plain']:.2f})" for loop in LOOPS)
        print(f"{name:<8}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    main()
