"""Write what TensorBoard shows."""

from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import Field, PrivateAttr

from modelspec.training.callback import Callback, Logs, Training

if TYPE_CHECKING:
    from modelspec.training.events import Events
    from modelspec.training.inspection import Array

FOLDER = "tensorboard"
ROWS = 64
"""Activations are those of so many validation rows."""


class TensorBoard(Callback):
    """Writes the run for TensorBoard, into `runs/NAME/tensorboard/TIME`, beside the run directory.

    Look at it with `tensorboard --logdir runs`. Events inside of a run directory would be shown
    twice there, since TensorBoard follows the link `latest`. Every value stands at the step, the
    count of updates, that it was measured after. A run that is resumed takes its events up where
    it was. Needs the package `tensorboard`, not TensorFlow.
    """

    type_name: ClassVar[str] = "tensorboard"
    keras: ClassVar[str] = "tensorboard/"
    looks_inside: ClassVar[bool] = True
    only_one: ClassVar[bool] = True
    needs: ClassVar[tuple[str, ...]] = ("tensorboard",)

    update_freq: Literal["epoch", "batch"] | Annotated[int, Field(gt=0)] = "epoch"
    """When losses and metrics of the training rows are written: after every `epoch`, also after
    every `batch`, or also after so many batches. It waits for the device each time."""
    histogram_freq: Annotated[int, Field(ge=0)] = 0
    """After how many epochs each to write histograms of weights, gradients and activations; 0
    for never."""
    write_graph: bool = True
    """Whether to write the graph."""
    write_diagram: bool = True
    """Whether to write the diagram, as an image."""
    embeddings_freq: Annotated[int, Field(ge=0)] = 0
    """After how many epochs each to write the embeddings, with their vocabulary as labels; 0 for
    never."""

    _train: Any = PrivateAttr(None)
    _validation: Any = PrivateAttr(None)

    def on_train_begin(self, run: Training) -> None:
        """Write what does not change."""
        if run.folder is None:
            return
        from modelspec.training.events import Events

        folder = run.folder / FOLDER
        if not folder.is_dir():  # there is one in a run that modelspec 0.1.0 began
            folder = run.folder.parent / FOLDER / run.folder.name
        self._train, self._validation = Events(folder / "train"), Events(folder / "validation")
        if self.write_graph:
            self._train.graph(run.inspection.nodes())
        if self.write_diagram and (picture := run.inspection.picture()):
            self._train.image("diagram", picture, 0)

    def on_epoch_begin(self, run: Training) -> None:
        """After a resume, let go of what was written of steps that are taken again."""
        for events in (self._train, self._validation):
            if events is not None:
                events.forget_after(run.step)

    def sees_batches(self) -> bool:
        """Where it writes more than epochs."""
        return self.update_freq != "epoch" or self.histogram_freq > 0

    def on_batch_end(self, run: Training) -> None:
        """Write the running values, where that is asked for, and an epoch's last gradients."""
        if self._train is not None and run.batch == run.batches and self._shows_histograms(run):
            _histograms(self._train, "gradients", run.inspection.gradients(), run.step)
        every = 1 if self.update_freq == "batch" else self.update_freq
        if self._train is not None and isinstance(every, int) and run.step % every == 0:
            for name, value in run.logs().items():
                self._train.scalar(f"batch_{name}", value, run.step)

    def on_validation_end(self, run: Training, logs: Logs) -> None:
        """Write the validation's values, at the names of the training's."""
        if self._validation is not None:
            for name, value in logs.items():
                self._validation.scalar(_tag(name.removeprefix("val_")), value, run.step)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Write the epoch's values, and what is due besides."""
        if self._train is None or run.folder is None:
            return
        for name, value in logs.items():
            if not name.startswith("val_"):
                self._train.scalar(_tag(name), value, run.step)
        self._train.scalar("learning_rate", run.learning_rate, run.step)
        if self._shows_histograms(run):
            _histograms(self._train, "weights", run.inspection.weights(), run.step)
            _histograms(self._train, "activations", run.inspection.values(ROWS), run.step)
        if self.embeddings_freq and run.epoch % self.embeddings_freq == 0:
            self._train.embeddings(run.inspection.embeddings(), run.step)
        self._flush()

    def close(self) -> None:
        """Close the files."""
        for events in (self._train, self._validation):
            if events is not None:
                events.close()
        self._train = self._validation = None

    def _shows_histograms(self, run: Training) -> bool:
        return self.histogram_freq > 0 and run.epoch % self.histogram_freq == 0

    def _flush(self) -> None:
        for events in (self._train, self._validation):
            if events is not None:
                events.flush()


def _histograms(events: "Events", kind: str, arrays: "dict[str, Array]", step: int) -> None:
    for name, array in arrays.items():
        events.histogram(f"{kind}/{name}", array, step)


def _tag(name: str) -> str:
    """Keras's names: `epoch_loss`, the same of training and validation rows."""
    return f"epoch_{name}"
