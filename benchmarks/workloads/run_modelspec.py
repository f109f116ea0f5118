"""What `modelspec train` does with the spec of a model, then what predicts with the run."""

import tempfile
from pathlib import Path

import numpy as np
from definitions import WORKLOADS
from measuring import PASSES, Windows, parser, tell

from modelspec import lint
from modelspec.diagnostics import Report
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.setup.prepare import Prepared, prepare
from modelspec.training.callback import Callback, Logs, Training

SPECS = Path(__file__).resolve().parent / "specs"
EPOCHS = 100_000


class Clock(Callback):
    """Measures epochs, and ends the run when it has enough of them."""

    _windows: Windows
    _loss: float = 0.0

    def on_epoch_begin(self, run: Training) -> None:  # noqa: ARG002
        self._windows.begin()

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        self._loss = logs["loss"]
        if self._windows.end():
            run.stop("measured")


def prepared(model: str, mode: str, folder: Path) -> Prepared:
    """The spec with its data, as `modelspec train` reads it."""
    inputs, targets = WORKLOADS[model].data()
    np.savez(folder / f"{model}.npz", **inputs, **targets)
    spec = folder / f"{model}.yaml"
    spec.write_text((SPECS / f"{model}.yaml").read_text())
    settings = [f"train.epochs={EPOCHS}", *mode.split()]
    examined = lint.examine(str(spec), overrides=settings, training=True)
    report = Report()
    found = None
    if examined.spec and examined.graph and not examined.report.failed:
        found = prepare(examined.spec, examined.graph, report)
    examined.report.raise_if_failed()
    report.raise_if_failed()
    assert found
    return found


def main() -> None:
    """Train, predict, print the record."""
    options = parser.parse_args()
    training = Windows(options.seconds)
    predicting = Windows(options.seconds, PASSES)
    clock = Clock()
    clock._windows = training
    with tempfile.TemporaryDirectory() as folder:
        ready = prepared(options.model, options.mode, Path(folder))
        from modelspec.runner.inference.predictor import Predictor
        from modelspec.runner.inference.trained_model import TrainedModel
        from modelspec.runner.train import train

        result = train(
            ready, TrainOptions(runs=Path(folder, "runs"), quiet=True, callbacks=(clock,))
        )
        assert result.folder
        predictor = Predictor(TrainedModel.from_run(result.folder))
        predicting.run(lambda: predictor.predict(ready.splits.train))
    tell(WORKLOADS[options.model].samples, training, predicting, clock._loss)


if __name__ == "__main__":
    main()
