"""Write what nodes give for one sample."""

from typing import Annotated, ClassVar

from pydantic import Field

from modelspec.training.callback import Callback, Logs, Training


class ActivationLogger(Callback):
    """Writes the values of nodes for the first validation sample, an NPZ file an epoch.

    Without validation rows it is the first training sample. The files are
    `activations/epoch-0001.npz` in the run directory; each array is called as its node,
    `stage_1/conv1`, and has no batch axis.
    """

    looks_inside: ClassVar[bool] = True
    only_one: ClassVar[bool] = True

    nodes: list[Annotated[str, Field(min_length=1)]] | None = None
    """Which nodes, `conv1` or `stage_1/conv1`; all of them by default."""
    every_epochs: Annotated[int, Field(gt=0)] = 1
    """After how many epochs each."""

    def files(self) -> tuple[str, ...]:
        """The folder of its files."""
        return ("activations",)

    def wanted_nodes(self) -> list[str]:
        """Those that are named."""
        return self.nodes or []

    def on_epoch_end(self, run: Training, logs: Logs) -> None:
        """Write the epoch's file."""
        if not run.folder or run.epoch % self.every_epochs:
            return
        import numpy as np

        values = run.inspection.values(1, self.nodes)
        folder = run.folder / "activations"
        folder.mkdir(exist_ok=True)
        path = folder / f"epoch-{run.epoch:04d}.npz"
        part = path.with_name(f".unfinished-{path.name}")
        np.savez(part, allow_pickle=False, **{name: each[0] for name, each in values.items()})
        part.replace(path)
