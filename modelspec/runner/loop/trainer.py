"""The training loop. It waits for the device only when somebody looks at a number."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from math import isfinite
from typing import TYPE_CHECKING, Any

import torch

from modelspec.runner.checkpoint.states import State
from modelspec.runner.checkpoint.writer import CheckpointWriter
from modelspec.runner.input.batch_sharding import shard_batches
from modelspec.runner.input.batches import InMemoryRows, batch_of, epoch_order
from modelspec.runner.loop.evaluation_pass import evaluate_pass
from modelspec.runner.loop.snapshot import capture, restore
from modelspec.runner.loop.train_state import Progress
from modelspec.runner.loop.train_step import TrainStep
from modelspec.runner.run.directory import LAST
from modelspec.runner.run.errors import TrainingError
from modelspec.torch import SpecModule
from modelspec.torch.passes.direct import InferenceForward
from modelspec.torch.passes.values import first_not_finite
from modelspec.torch.sharding import load_weight_shards, weight_shards, whole_weights
from modelspec.training.callback import LEARNING_RATE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from torch import Tensor

    from modelspec.runner.input.batches import Taken
    from modelspec.runner.loop.callback_list import CallbackList
    from modelspec.runner.loop.inspection import Inspection
    from modelspec.runner.loop.step_compiler import StepCompiler
    from modelspec.runner.loop.train_state import TrainPlan, TrainState
    from modelspec.torch.compiled import CompiledStep

KEPT = 2
"""How many states are kept: the last one, and the one before it, should the last be damaged."""
HELP = (
    "lower `train.learning_rate`, or set `train.gradient_clip`; large inputs can be "
    "normalized in `data.features`"
)


class Trainer:
    """Trains a module. What callbacks see of it is `training.callback.Training`.

    Attributes:
        compiler: Compiles whole steps, where that is asked for.
        history: One row an epoch that is done: `epoch`, what was logged, and `learning_rate`.
        validations: One row a validation in the middle of an epoch: `epoch`, `step`, and what it
            measured.
    """

    def __init__(
        self,
        plan: TrainPlan,
        train_state: TrainState,
        callbacks: CallbackList,
        inspection: Inspection,
        compiler: StepCompiler | None = None,
    ) -> None:
        self.plan = plan
        self.train_state = train_state
        self.callbacks = callbacks
        self.compiler = compiler
        self._inspection = inspection
        self._averages = train_state.averages
        self._inference: InferenceForward | None = None
        if isinstance(train_state.module, SpecModule) and plan.group.size == 1:
            self._inference = InferenceForward(train_state.module)
        self.progress = Progress()
        self._train_step = TrainStep(plan, train_state)
        self.history: list[dict[str, float]] = []
        self.validations: list[dict[str, float]] = []
        self._writer = CheckpointWriter(plan.folder, plan.group)
        self._save_wanted = False
        self._kept_states = 0
        self._guarded = False
        self._left = 0
        self._compiled: CompiledStep | None = None
        self._callback_states: list[dict[str, Any]] = []

    @property
    def epoch(self) -> int:
        """The epoch under way, from 1."""
        return self.progress.epoch

    @property
    def epochs(self) -> int:
        """How many epochs are asked for."""
        return self.plan.epochs

    @property
    def batch(self) -> int:
        """How many batches of this epoch are done."""
        return self.progress.batch

    @property
    def batches(self) -> int:
        """How many batches an epoch has."""
        return -(-self.plan.rows.count // self.plan.batch_size)

    @property
    def step(self) -> int:
        """How many updates of the weights are done, over all epochs."""
        return self.progress.step

    @property
    def batches_left(self) -> int:
        """How many batches are still to be done, over all epochs."""
        return (self.epochs - self.epoch + 1) * self.batches - self.batch

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
        logs = self.train_state.objective.logs()
        for output, key in self.train_state.objective.loss_keys.items():
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
        return self.train_state.optimizer.learning_rate

    def set_learning_rate(self, rate: float) -> None:
        """Take another step size from now on.

        Raises:
            TrainingError: A schedule rules it.
        """
        if self.train_state.optimizer.schedule is not None:
            raise TrainingError(
                "a callback changes the learning rate, which follows a schedule",
                "give `train.learning_rate` a number, or remove the callback",
                self.folder,
            )
        self.train_state.optimizer.learning_rate = rate

    def guard(self) -> None:
        """End the run at the first loss that is no finite number, before it is learnt from."""
        self._guarded = True

    def stop(self, reason: str) -> None:
        """End the run after this epoch; what is left of its batches is not taken."""
        self.progress.stopped = reason

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
            weights = whole_weights(self.train_state.module, wanted=self.plan.group.is_main)
            self._writer.save_weights(name, weights)

    def keep_weights(self, name: str) -> None:
        """Keep a copy of the weights under a name. It outlives a resume."""
        with self._shown_weights():
            self.train_state.kept[name] = weight_shards(self.train_state.module)

    def restore_weights(self, name: str) -> None:
        """Take back the weights that were kept under a name."""
        load_weight_shards(self.train_state.module, self.train_state.kept[name])

    def _shown_weights(self) -> AbstractContextManager[None]:
        """The weights that are measured and kept: their moving average, if that is asked for."""
        return self.train_state.optimizer.averaged() if self._averages else nullcontext()

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
            for close in self.callbacks.close:
                close()

    def _train(self, interrupted: Callable[[], bool]) -> bool:
        for hook in self.callbacks.train_begin:
            hook(self)
        self.callbacks.load_state(self._callback_states)
        self._compile()
        while self._unfinished:
            if not self._train_epoch(interrupted):
                self._save()
                return False
        if self.plan.final_state:
            self._save()
        else:
            self._check_weights(self.train_state.module.state_dict())
        self.train_state.optimizer.finish()
        self._averages = False
        for hook in self.callbacks.train_end:
            hook(self)
        self.save_weights(LAST)
        self._writer.close()
        return True

    def _compile(self) -> None:
        """Compile whole steps, where that is asked for and some are left."""
        if self.compiler is not None and self._unfinished:
            self._compiled = self.compiler.begin(
                self.train_state, self.plan, self.batches_left, guarded=self._guarded
            )
            if self._compiled is None:
                self._train_step.capture.end("compiled")

    @property
    def _unfinished(self) -> bool:
        between_epochs = self.batch == 0
        return self.epoch <= self.epochs and not (self.progress.stopped and between_epochs)

    def _train_epoch(self, interrupted: Callable[[], bool]) -> bool:
        for hook in self.callbacks.epoch_begin:
            hook(self)
        self.train_state.module.train()
        self._train_step.capture.check()
        short_only = self._compiled is not None
        self._left = self.epochs - self.epoch + 1 if short_only else self.batches_left
        progress, between = self.progress, self.plan.validate_every
        for taken in self._batches():
            if between and not self._validate_between(interrupted):
                return False
            if progress.stopped is not None:
                break
            self._train_batch(taken)
            if interrupted():
                return False
        self.plan.group.all_reduce_sum(self.train_state.objective.sums())
        logs = self.logs()
        measured = self._validate(interrupted)
        if measured is None:
            return False
        self._tell_validation(measured)
        self._end_epoch(logs | measured)
        return True

    def _batches(self) -> Iterator[Taken]:
        """The batches that are not done yet; their indices where rows are gathered."""
        plan = self.plan
        size = plan.batch_size
        taken = epoch_order(plan.rows, size, plan.seed, self.epoch) if plan.shuffle else None
        gathers = plan.group.size == 1 and (plan.shuffle or self._compiled is not None)
        if gathers and isinstance(plan.rows, InMemoryRows):
            return iter(plan.rows.indices(size, taken, self.batch))
        return shard_batches(plan.rows, size, taken, self.batch, plan.group)

    def _train_batch(self, taken: Taken) -> None:
        for hook in self.callbacks.batch_begin:
            hook(self)
        compiled, size = self._compiled, self.plan.batch_size
        if compiled is not None and isinstance(taken, torch.Tensor) and len(taken) == size:
            loss = compiled.run(taken)
            if self._guarded:
                self._check_loss(loss, taken)
        else:
            self._learn(taken)
        self.progress.batch += 1
        self.progress.step += 1
        for hook in self.callbacks.batch_end:
            hook(self)
        if self._save_wanted:
            self._save()

    def _learn(self, taken: Taken) -> None:
        loss = self._train_step.loss(taken, self._left)
        self._left -= 1
        if self._guarded:
            self._check_loss(loss, taken)
        self._train_step.learn(loss)

    def _check_loss(self, loss: Tensor, taken: Taken) -> None:
        if self.plan.group.any_rank(not bool(loss.isfinite())):
            raise self._not_finite(taken, loss.item())

    def _not_finite(self, taken: Taken, loss: float) -> TrainingError:
        """What is said of a loss that is no number: where it began."""
        module, batch = self.train_state.module, batch_of(self.plan.rows, taken)
        assert isinstance(module, SpecModule)
        with torch.no_grad():
            node = first_not_finite(module, batch.inputs)
        began = f"; the first value that is not finite is that of `{node}`" if node else ""
        when = f"at batch {self.batch + 1} of epoch {self.epoch}"
        return TrainingError(f"the loss became {loss} {when}{began}", HELP, self.folder)

    def _validate_between(self, interrupted: Callable[[], bool]) -> bool:
        """Measure the validation rows in the middle of an epoch where that is due."""
        every, step = self.plan.validate_every, self.step
        if not every or not self.batch or step % every or self.progress.validated == step:
            return True
        measured = self._validate(interrupted)
        if measured is None:
            return False
        self.progress.validated = step
        self.validations.append({"epoch": self.epoch, "step": step, **measured})
        self._tell_validation(measured)
        self.train_state.module.train()
        self._train_step.capture.check()
        return True

    def _validate(self, interrupted: Callable[[], bool]) -> dict[str, float] | None:
        """What the validation rows, if there are any, measure. None where it was interrupted."""
        train_state, rows = self.train_state, self.plan.validation
        if rows is None:
            return {}
        objective, size = train_state.validation_objective, 2 * self.plan.batch_size
        context, group = train_state.precision.context, self.plan.group
        asked = interrupted if group.size == 1 else lambda: False
        with self._shown_weights():
            if not evaluate_pass(
                train_state.module, rows, objective, size, asked, context, group, self._inference
            ):
                return None
        return objective.logs("val_")

    def _tell_validation(self, measured: dict[str, float]) -> None:
        for hook in self.callbacks.validation_end if measured else ():
            hook(self, measured)

    def _end_epoch(self, logs: dict[str, float]) -> None:
        row = {"epoch": self.epoch, **logs, LEARNING_RATE: self.learning_rate}
        if self.history and LEARNING_RATE not in self.history[0]:
            del row[LEARNING_RATE]  # a run of modelspec 0.1.0 goes on with the columns it has
        self.history.append(row)
        for hook in self.callbacks.epoch_end:
            hook(self, logs)
        self.progress.epoch += 1
        self.progress.batch = 0
        self.train_state.objective.reset()
        if self.plan.group.any_rank(self._save_wanted):
            self._save()

    def _save(self) -> None:
        if self.plan.group.size == 1:
            self.logs()
        found = capture(self.train_state, self.plan)
        self._check_weights(found.state.weights)
        self._save_wanted = False
        own = {
            "position": asdict(self.progress),
            "history": self.history,
            "validations": self.validations,
            "callbacks": self.callbacks.state(),
        }
        state = State(found.state.weights, {**own, **found.state.rest})
        self._writer.save_state(state, self._kept_states or KEPT, found.shards)

    def _check_weights(self, weights: Mapping[str, Tensor]) -> None:
        broken = next((n for n, each in weights.items() if not _is_finite(each)), None)
        if name := self.plan.group.broadcast(broken):
            raise TrainingError(
                f"`{name}` holds numbers that are no longer finite, in epoch {self.epoch}",
                HELP,
                self.folder,
            )

    def load_state(self, state: State) -> None:
        """Go on where a run of the same plan and module was."""
        rest = state.rest
        self.progress = Progress(**rest["position"])
        self.history = rest["history"]
        self.validations = rest["validations"]
        self._callback_states = rest["callbacks"]
        restore(self.train_state, self.plan, state, self.step)


def _is_finite(tensor: Tensor) -> bool:
    return not tensor.is_floating_point() or bool(tensor.isfinite().all())
