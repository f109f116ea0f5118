"""The training loop. It waits for the device only when somebody looks at a number."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

import torch

from modelspec.runner.checkpoint.states import State
from modelspec.runner.checkpoint.writer import Vault
from modelspec.runner.input.batch_sharding import dealt
from modelspec.runner.input.batches import order
from modelspec.runner.loop.evaluation_pass import measure
from modelspec.runner.loop.snapshot import snapshot, take_up
from modelspec.runner.loop.train_state import Position
from modelspec.runner.run.directory import LAST
from modelspec.runner.run.errors import TrainingError
from modelspec.torch import SpecModule
from modelspec.torch.passes.values import first_not_finite
from modelspec.torch.sharding import load_weight_parts, weight_parts, whole_weights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torch import Tensor

    from modelspec.runner.input.batches import Batch
    from modelspec.runner.loop.callback_list import Hooks
    from modelspec.runner.loop.inspection import Inspection
    from modelspec.runner.loop.train_state import Machine, Plan

KEPT = 2
"""How many states are kept: the last one, and the one before it, should the last be damaged."""
HELP = (
    "lower `train.learning_rate`, or set `train.gradient_clip`; large inputs can be "
    "normalized in `data.features`"
)


class Trainer:
    """Trains a module. What callbacks see of it is `training.callback.Training`.

    Attributes:
        history: One row an epoch that is done: `epoch`, then what was logged.
        validations: One row a validation in the middle of an epoch: `epoch`, `step`, and what it
            measured.
    """

    def __init__(self, plan: Plan, machine: Machine, hooks: Hooks, inspection: Inspection) -> None:
        self.plan = plan
        self.machine = machine
        self.hooks = hooks
        self._inspection = inspection
        self._averages = machine.averages
        self.position = Position()
        self.history: list[dict[str, float]] = []
        self.validations: list[dict[str, float]] = []
        self._vault = Vault(plan.folder, plan.team)
        self._save_wanted = False
        self._kept_states = 0
        self._guarded = False
        self._callback_states: list[dict[str, Any]] = []

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1."""
        return self.position.epoch

    @property
    def epochs(self) -> int:
        """How many epochs are asked for."""
        return self.plan.epochs

    @property
    def batch(self) -> int:
        """How many batches of this epoch are done."""
        return self.position.batch

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return -(-self.plan.rows.count // self.plan.batch_size)

    @property
    def step(self) -> int:
        """How many updates of the weights are done, over all epochs."""
        return self.position.step

    @property
    def samples(self) -> int:
        """How many samples of this epoch are done."""
        return min(self.batch * self.plan.batch_size, self.plan.rows.count)

    @property
    def folder(self) -> Path | None:
        """The run directory, if there is one."""
        return self.plan.folder

    def logs(self) -> dict[str, float]:
        """The running values of this epoch. Waits for the device.

        Raises:
            TrainingError: A loss is no longer a finite number.
        """
        logs = self.machine.objective.logs()
        for output, key in self.machine.objective.loss_keys.items():
            if not isfinite(logs[key]):
                raise TrainingError(
                    f"the loss of output `{output}` became {logs[key]} in epoch {self.epoch}",
                    HELP,
                    self.folder,
                )
        return logs

    @property
    def learning_rate(self) -> float:
        """The step size of the next update."""
        return self.machine.optimizer.learning_rate

    def set_learning_rate(self, rate: float) -> None:
        """Take another step size from now on.

        Raises:
            TrainingError: A schedule rules it.
        """
        if self.machine.optimizer.schedule is not None:
            raise TrainingError(
                "a callback changes the learning rate, which follows a schedule",
                "give `train.learning_rate` a number, or remove the callback",
                self.folder,
            )
        self.machine.optimizer.learning_rate = rate

    def guard(self) -> None:
        """End the run at the first loss that is no finite number, before it is learnt from."""
        self._guarded = True

    def stop(self, reason: str) -> None:
        """End the run after this epoch; what is left of its batches is not taken."""
        self.position.stopped = reason

    @property
    def inspection(self) -> Inspection:
        """What there is to see of the model."""
        return self._inspection

    def save_state(self, keep: int = KEPT) -> None:
        """Write all that a resume needs, once all callbacks have seen this event."""
        self._save_wanted = True
        self._kept_states = max(keep, self._kept_states)

    def save_weights(self, name: str) -> None:
        """Write the weights as `NAME.safetensors` into the run directory."""
        with self._shown_weights():
            weights = whole_weights(self.machine.module, wanted=self.plan.team.first)
            self._vault.save_weights(name, weights)

    def keep_weights(self, name: str) -> None:
        """Keep a copy of the weights under a name. It outlives a resume."""
        with self._shown_weights():
            self.machine.kept[name] = weight_parts(self.machine.module)

    def restore_weights(self, name: str) -> None:
        """Take back the weights that were kept under a name."""
        load_weight_parts(self.machine.module, self.machine.kept[name])

    def _shown_weights(self) -> AbstractContextManager[None]:
        """The weights that are measured and kept: their moving average, if that is asked for."""
        return self.machine.optimizer.averaged() if self._averages else nullcontext()

    def train(self, interrupted: Callable[[], bool]) -> bool:
        """Train until the last epoch, or until a callback stops the run.

        Args:
            interrupted: Asked after every batch whether to save and leave.

        Returns:
            Whether the run came to its end; False where it was interrupted.

        Raises:
            TrainingError: A loss is no longer a finite number.
        """
        try:
            return self._train(interrupted)
        finally:
            for close in self.hooks.close:
                close()

    def _train(self, interrupted: Callable[[], bool]) -> bool:
        for hook in self.hooks.train_begin:
            hook(self)
        self.hooks.load_state(self._callback_states)
        while self._unfinished:
            if not self._train_epoch(interrupted):
                self._save()
                return False
        self._save()
        self.machine.optimizer.finish()
        self._averages = False
        for hook in self.hooks.train_end:
            hook(self)
        self.save_weights(LAST)
        self._vault.close()
        return True

    @property
    def _unfinished(self) -> bool:
        between_epochs = self.batch == 0
        return self.epoch <= self.epochs and not (self.position.stopped and between_epochs)

    def _train_epoch(self, interrupted: Callable[[], bool]) -> bool:
        for hook in self.hooks.epoch_begin:
            hook(self)
        self.machine.module.train()
        for batch in self._batches():
            if not self._validate_between(interrupted):
                return False
            if self.position.stopped is not None:
                break
            self._train_batch(batch)
            if interrupted():
                return False
        self.plan.team.add(self.machine.objective.sums())
        logs = self.logs()
        measured = self._validate(interrupted)
        if measured is None:
            return False
        self._tell_validation(measured)
        self._end_epoch(logs | measured)
        return True

    def _batches(self) -> Iterator[Batch]:
        """The batches of this epoch that are not done yet."""
        plan = self.plan
        size = plan.batch_size
        taken = order(plan.rows, size, plan.seed, self.epoch) if plan.shuffle else None
        return dealt(plan.rows, size, taken, self.batch, plan.team)

    def _train_batch(self, batch: Batch) -> None:
        machine = self.machine
        for hook in self.hooks.batch_begin:
            hook(self)
        with machine.precision.context():
            outputs = machine.objective.run(machine.forward, batch.inputs)
        loss = machine.objective.add(outputs, batch.targets, batch.rows, batch.whole)
        if self._guarded and self.plan.team.any(not bool(loss.isfinite())):
            raise self._not_finite(batch, loss.item())
        machine.precision.learn(loss, machine.optimizer)
        machine.constraints.apply()
        self.position.batch += 1
        self.position.step += 1
        for hook in self.hooks.batch_end:
            hook(self)
        if self._save_wanted:
            self._save()

    def _not_finite(self, batch: Batch, loss: float) -> TrainingError:
        """What is said of a loss that is no number: where it began."""
        module = self.machine.module
        assert isinstance(module, SpecModule)
        with torch.no_grad():
            node = first_not_finite(module, batch.inputs)
        began = f"; the first value that is not finite is that of `{node}`" if node else ""
        when = f"at batch {self.batch + 1} of epoch {self.epoch}"
        return TrainingError(f"the loss became {loss} {when}{began}", HELP, self.folder)

    def _validate_between(self, interrupted: Callable[[], bool]) -> bool:
        """Measure the validation rows in the middle of an epoch where that is due."""
        every, step = self.plan.validate_every, self.step
        if not every or not self.batch or step % every or self.position.validated == step:
            return True
        measured = self._validate(interrupted)
        if measured is None:
            return False
        self.position.validated = step
        self.validations.append({"epoch": self.epoch, "step": step, **measured})
        self._tell_validation(measured)
        self.machine.module.train()
        return True

    def _validate(self, interrupted: Callable[[], bool]) -> dict[str, float] | None:
        """What the validation rows, if there are any, measure. None where it was interrupted."""
        machine, rows = self.machine, self.plan.validation
        if rows is None:
            return {}
        objective, size = machine.validation_objective, 2 * self.plan.batch_size
        context, team = machine.precision.context, self.plan.team
        asked = interrupted if team.size == 1 else lambda: False
        with self._shown_weights():
            if not measure(machine.module, rows, objective, size, asked, context, team):
                return None
        return objective.logs("val_")

    def _tell_validation(self, measured: dict[str, float]) -> None:
        for hook in self.hooks.validation_end if measured else ():
            hook(self, measured)

    def _end_epoch(self, logs: dict[str, float]) -> None:
        self.history.append({"epoch": self.epoch, **logs})
        for hook in self.hooks.epoch_end:
            hook(self, logs)
        self.position.epoch += 1
        self.position.batch = 0
        self.machine.objective.reset()
        if self.plan.team.any(self._save_wanted):
            self._save()

    def _save(self) -> None:
        if self.plan.team.size == 1:
            self.logs()
        found = snapshot(self.machine, self.plan)
        self._check_weights(found.state.weights)
        self._save_wanted = False
        own = {
            "position": asdict(self.position),
            "history": self.history,
            "validations": self.validations,
            "callbacks": self.hooks.state(),
        }
        state = State(found.state.weights, {**own, **found.state.rest})
        self._vault.save_state(state, self._kept_states or KEPT, found.shards)

    def _check_weights(self, weights: Mapping[str, Tensor]) -> None:
        broken = next((n for n, each in weights.items() if not _is_finite(each)), None)
        if name := self.plan.team.tell(broken):
            raise TrainingError(
                f"`{name}` holds numbers that are no longer finite, in epoch {self.epoch}",
                HELP,
                self.folder,
            )

    def load_state(self, state: State) -> None:
        """Go on where a run of the same plan and module was."""
        rest = state.rest
        self.position = Position(**rest["position"])
        self.history = rest["history"]
        self.validations = rest["validations"]
        self._callback_states = rest["callbacks"]
        take_up(self.machine, self.plan, state, self.step)


def _is_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(tensor.isfinite().all())
