"""End a run whose loss is no longer a number."""

from typing import ClassVar

from modelspec.training.callback import Callback, Training


class TerminateOnNaN(Callback):
    """Ends a run at the first loss that is no finite number, and names the node where it began.

    The batch is not learnt from, so the weights are those before it. Without it, such a loss ends
    the run too, at the end of its epoch. It waits for the device at every batch, which costs time
    on a GPU.
    """

    type_name: ClassVar[str] = "terminate_on_nan"
    keras: ClassVar[str] = "terminate_on_nan/"

    def on_train_begin(self, run: Training) -> None:
        """Ask for the check."""
        run.guard()
