"""Write how large the gradients are."""

from typing import Annotated, ClassVar

from pydantic import Field, PrivateAttr

from modelspec.training.callback import Callback, Logs, Training


class GradientNorms(Callback):
    """Writes the norms of a batch's gradients into `gradient_norms.csv`: of all, and by weight.

    They are those that the update took, after clipping. A norm that grows from row to row, or
    one that is nearly 0 in the first layers, says what a loss that does not fall does not say.
    """

    looks_inside: ClassVar[bool] = True
    only_one: ClassVar[bool] = True

    every_steps: Annotated[int, Field(gt=0)] | None = None
    """After how many batches each; by default after the last one of every epoch."""

    _rows: list[dict[str, float]] = PrivateAttr(default_factory=list)

    def files(self) -> tuple[str, ...]:
        """The one file."""
        return ("gradient_norms.csv",)

    def state(self) -> dict[str, list[dict[str, float]]]:
        """All rows so far."""
        return {"rows": self._rows}

    def load_state(self, state: dict[str, list[dict[str, float]]]) -> None:
        """Take back what `state` returned."""
        self._rows = state["rows"]

    def on_batch_end(self, run: Training) -> None:
        """Measure, where it is due."""
        last = run.batch == run.batches
        if run.step % self.every_steps == 0 if self.every_steps else last:
            self._measure(run)

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Write what there is."""
        self._write(run)

    def on_train_end(self, run: Training) -> None:
        """Write what there is."""
        self._write(run)

    def _measure(self, run: Training) -> None:
        import numpy as np

        found = run.inspection.gradients()
        norms = {name: float(np.linalg.norm(each.ravel())) for name, each in found.items()}
        whole = sum(norm * norm for norm in norms.values()) ** 0.5
        self._rows.append({"epoch": run.epoch, "step": run.step, "all": whole, **norms})

    def _write(self, run: Training) -> None:
        """Write the file anew: an epoch is taken again after a kill."""
        if not run.folder or not self._rows:
            return
        from csv import DictWriter

        path = run.folder / "gradient_norms.csv"
        part = path.with_name(f".unfinished-{path.name}")
        columns = list(dict.fromkeys(name for row in self._rows for name in row))
        with open(part, "w", encoding="utf-8", newline="") as file:
            writer = DictWriter(file, columns)
            writer.writeheader()
            writer.writerows(self._rows)
        part.replace(path)
