"""One step of a training: the loss of a batch, its gradients, and the update."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.input.batches import batch_of
from modelspec.runner.loop.step_capture import StepCapture

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.runner.input.batches import Taken
    from modelspec.runner.loop.step_capture import CapturedStep
    from modelspec.runner.loop.train_state import TrainPlan, TrainState


class TrainStep:
    """Makes the steps of a training: by its modules and autograd, or as one that was captured.

    Attributes:
        capture: What captures steps.
    """

    def __init__(self, plan: TrainPlan, train_state: TrainState) -> None:
        self._rows = plan.rows
        self._train_state = train_state
        self.capture = StepCapture(plan, train_state)
        self._captured: CapturedStep | None = None

    def loss(self, taken: Taken, left: int) -> Tensor:
        """The loss of a batch, which sums take in.

        Args:
            taken: The next batch. Of indices, a repeated step takes the rows to where it has them.
            left: How many batches there are still to come, this one included.
        """
        self._captured = captured = self.capture.of(taken, left)
        if captured is not None and captured.is_proven:
            return captured.loss(taken)
        batch = batch_of(self._rows, taken)
        if captured is not None:
            captured.try_on(batch)
        return self._train_state.loss(batch)

    def learn(self, loss: Tensor) -> None:
        """Update the weights by the gradients of the loss that was given last."""
        train_state, captured = self._train_state, self._captured
        if captured is not None and captured.is_proven:
            captured.update()
        else:
            train_state.precision.differentiate(loss, train_state.optimizer)
            if captured is not None:
                self.capture.judge(captured, loss)
            train_state.precision.update(train_state.optimizer)
        if train_state.constraints:
            train_state.constraints.apply()
