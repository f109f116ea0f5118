"""Keras's `fit` and `predict` on arrays; `KERAS_BACKEND` says by which backend.

`--mode 16` has Keras take 16 steps in one compiled call (`steps_per_execution`).
"""

import keras
import keras_models
from definitions import PREDICT_BATCH, WORKLOADS
from measuring import PASSES, Windows, parser, tell


class Clock(keras.callbacks.Callback):
    """Measures epochs. It has no hook for batches, which would make Keras wait at each."""

    def __init__(self, windows: Windows) -> None:
        super().__init__()
        self.windows, self.loss = windows, 0.0

    def on_epoch_begin(self, epoch, logs=None):  # noqa: ARG002
        self.windows.begin()

    def on_epoch_end(self, epoch, logs=None):  # noqa: ARG002
        self.loss = float(logs["loss"])
        self.model.stop_training = self.windows.end()


def main() -> None:
    """Train, predict, print the record."""
    options = parser.parse_args()
    workload = WORKLOADS[options.model]
    inputs, targets = workload.data()
    model = keras_models.build(options.model, steps_per_execution=int(options.mode or 1))
    training = Windows(options.seconds)
    clock = Clock(training)
    model.fit(
        inputs, targets, batch_size=workload.batch, epochs=10_000, verbose=0, callbacks=[clock]
    )
    predicting = Windows(options.seconds, PASSES)
    predicting.run(lambda: model.predict(inputs, batch_size=PREDICT_BATCH, verbose=0))
    tell(workload.samples, training, predicting, clock.loss)


if __name__ == "__main__":
    main()
