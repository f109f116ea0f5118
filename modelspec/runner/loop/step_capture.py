"""Which steps of a training are captured, when, and until when that holds."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, TypeAlias

import torch
from torch import nn

from modelspec.runner.input.batches import InMemoryRows, batch_of
from modelspec.torch import switches
from modelspec.torch.capture import CaptureError, Replay, Trial, captured_step
from modelspec.torch.own_code import is_own

if TYPE_CHECKING:
    from collections.abc import Hashable

    from torch import Tensor

    from modelspec.runner.input.batches import Batch, BatchSource, Taken
    from modelspec.runner.loop.objective import Objective
    from modelspec.runner.loop.train_state import TrainPlan, TrainState
    from modelspec.torch.capture import StepGraph
    from modelspec.torch.optimizers import Optimizer

MOST_BYTES = 16 << 20
"""Of a batch, and of all that a step makes. In larger steps, a few percent lie between kernels."""
FEWEST_STEPS = 200
"""Of a kind that must be expected: capturing one and proving it costs what about 100 gain."""
PROOFS = 2
"""On so many batches of different values a captured step must do what the step does."""
MOST_KINDS = 4
"""Kinds of batches that are captured."""
MOST_SEEN = 64
"""Kinds of batches that are told apart."""

Named: TypeAlias = "dict[tuple[str, str], Tensor]"


class CapturedStep:
    """A step that was captured, and what there is to prove that it does what the step does.

    Args:
        graph: The step.
        batch: The one that it was recorded on.
        optimizer: Takes its gradients.
        parameters: By name.
        rows: What batches are indices of rows in; None where they are batches.

    Attributes:
        is_proven: Whether it stands for the step from now on.
    """

    def __init__(
        self,
        graph: StepGraph,
        batch: Named,
        optimizer: Optimizer,
        parameters: dict[str, nn.Parameter],
        rows: BatchSource | None,
    ) -> None:
        names = [name for name, slot in graph.gradients.items() if slot is not None]
        alignment = {slot: batch[key].data_ptr() % 64 for slot, key in graph.inputs.items()}
        self._gradients = optimizer.fixed_gradients(names)
        self._replay = Replay(graph, alignment, self._gradients.homes)
        self._gradients.complete(self._replay.gradients)
        self._graph = graph
        self._optimizer = optimizer
        self._parameters = parameters
        self._places = [(kind, name, place) for (kind, name), place in self._replay.inputs.items()]
        self._sources = _sources(rows, self._places) if isinstance(rows, InMemoryRows) else []
        self._trial: Trial | None = None
        self._tried = batch
        self.proofs = 0
        self.is_proven = False

    @property
    def bytes(self) -> int:
        """Of the memory that it keeps."""
        return self._replay.bytes

    def try_on(self, batch: Batch) -> None:
        """Make the step on a batch, keep what it does, and take that back."""
        named = named_tensors(batch)
        new = any(not torch.equal(each, self._tried[key]) for key, each in named.items())
        self._trial = Trial(self._graph, self._replay, named) if new else None
        self._tried = named

    def difference(self, loss: Tensor) -> str | None:
        """What it has done differently than the step, which has been made on the same batch."""
        if self._trial is None:
            return None
        found = self._trial.difference(
            loss, {name: each.grad for name, each in self._parameters.items()}
        )
        self._trial = None
        self.proofs += 1
        self.is_proven = self.proofs >= PROOFS
        if self.is_proven:
            self._tried = {}
        return found

    def loss(self, taken: Taken) -> Tensor:
        """Make the step; the loss of a batch, and the gradients of the parameters."""
        if isinstance(taken, torch.Tensor):
            for source, place in self._sources:
                torch.index_select(source, 0, taken, out=place)
        else:
            for kind, name, place in self._places:
                place.copy_(getattr(taken, kind)[name])
        self._replay.run()
        return self._replay.loss

    def update(self) -> None:
        """Update the weights."""
        self._optimizer.step_on(self._gradients)

    def show(self) -> None:
        """Let the parameters have their gradients."""
        for name, gradient in self._replay.gradients.items():
            self._parameters[name].grad = gradient


class StepCapture:
    """Captures steps of a training where that gains something and changes nothing.

    A step of small kernels takes longer between them than in them. After the first one, which
    makes what is made once, one is recorded; it is repeated as a list of calls as soon as that has
    done the same to the bit, with all that it changes, on batches of different values.

    A reason against it that lies in a batch, as its size does, is one against its kind alone.
    """

    def __init__(self, plan: TrainPlan, train_state: TrainState) -> None:
        self._rows = plan.rows
        self._train_state = train_state
        self._module = train_state.module
        self._parameters = dict(self._module.named_parameters())
        self._steps: dict[Hashable, CapturedStep] = {}
        self._last: CapturedStep | None = None
        self._made = 0
        self._seen: Counter[Hashable] = Counter()
        self._state: Any = None
        self._refused: dict[Hashable, str] = {}
        self._ended = _refusal(plan, train_state)

    @property
    def reason(self) -> str | None:
        """Why no step is captured, or no longer; None where nothing stands in the way."""
        if self._ended is not None or self._steps:
            return self._ended
        return next(iter(self._refused.values()), None)

    @property
    def is_active(self) -> bool:
        """Whether steps are made as one that was captured."""
        return any(each.is_proven for each in self._steps.values())

    def check(self) -> None:
        """Captures no longer if what was captured is no longer so: at the begin of an epoch."""
        if self._steps and self._state != self._found_state():
            self.end("weights or layers were replaced or changed")

    def end(self, reason: str) -> None:
        """Capture nothing from now on."""
        self._ended = reason
        self._steps = {}

    def of(self, taken: Taken, left: int) -> CapturedStep | None:
        """The captured step for a batch; None where it is to be made as usual.

        Args:
            taken: The next batch.
            left: How many batches there are still to come.
        """
        if self._ended is not None:
            return None
        self._made += 1
        # Copies of as many rows lie as each other.
        kind = taken.shape if isinstance(taken, torch.Tensor) else _layouts(taken)
        found = self._steps.get(kind)
        if found is None and self._is_worth_it(kind, left):
            self._record(taken, kind)
        if found is None or not found.is_proven:
            self._last = None
        elif found is not self._last:
            self._last = found
            found.show()
        return found

    def judge(self, captured: CapturedStep, loss: Tensor) -> None:
        """Compare what a captured step did with the step."""
        difference = captured.difference(loss)
        if difference is not None:
            self.end(f"{difference} of a repeated step is another one")

    def _is_worth_it(self, kind: Hashable, left: int) -> bool:
        """Whether so many batches of this kind are to be expected that capturing one gains."""
        seen = self._seen
        seen[kind] += 1
        if len(seen) > MOST_SEEN:
            self.end("batches are of many shapes")
            return False
        expected = left * seen[kind] / self._made
        if self._made <= 1 or expected < FEWEST_STEPS or kind in self._refused:
            return False
        return len(self._steps) + len(self._refused) < MOST_KINDS

    def _record(self, taken: Taken, kind: Hashable) -> None:
        train_state, module = self._train_state, self._module
        batch = batch_of(self._rows, taken)
        named, rows = named_tensors(batch), None if batch is taken else self._rows
        if (reason := unrepeatable(module, train_state.objective)) is not None:
            self.end(reason)
            return
        if sum(each.nbytes for each in named.values()) > MOST_BYTES:
            self._refused[kind] = "batches are too large"
            return
        try:
            graph = recorded_step(train_state, batch, MOST_BYTES)
            step = CapturedStep(graph, named, train_state.optimizer, self._parameters, rows)
        except CaptureError as error:
            if error.of_batch or self._steps:
                self._refused[kind] = str(error)
            else:
                self.end(str(error))
            return
        if not self._steps:
            self._state = self._found_state()
        self._steps[kind] = step

    def _found_state(self) -> tuple[Any, ...]:
        """What must stay as it is between steps, besides values."""
        module = self._module
        tensors = [*module.parameters(), *module.buffers()]
        return (
            [each.data_ptr() for each in tensors],
            [each.requires_grad for each in tensors],
            [each.training for each in module.modules()],
            has_hooks(module),
            torch.get_num_threads(),
        )


def recorded_step(train_state: TrainState, batch: Batch, most_bytes: int) -> StepGraph:
    """Forward pass, objective and backward pass of a batch, as they are recorded.

    Raises:
        CaptureError: They cannot be repeated as a list of calls.
    """

    def step() -> Tensor:
        loss = train_state.loss(batch)
        train_state.precision.backward(loss)
        return loss

    module = train_state.module
    owners = [module, train_state.objective, train_state.precision, train_state.forward]
    return captured_step(step, module, named_tensors(batch), owners, most_bytes)


def named_tensors(batch: Batch | InMemoryRows) -> Named:
    """The tensors of a batch, or of all rows, as a recorded step calls them."""
    return {
        **{("inputs", name): each for name, each in batch.inputs.items()},
        **{("targets", name): each for name, each in batch.targets.items()},
    }


def _sources(
    rows: InMemoryRows, places: list[tuple[str, str, Tensor]]
) -> list[tuple[Tensor, Tensor]]:
    """All rows of each tensor of a batch, and where the batch's are to be."""
    return [(getattr(rows, kind)[name], place) for kind, name, place in places]


def unrepeatable(module: nn.Module, objective: Objective) -> str | None:
    """Why a step may do what no record of it shows; None where all of it is seen.

    The code of a plugin may keep and look at whatever it likes between steps.
    """
    if has_hooks(module):
        return "hooks look on"
    losses = [each.loss.twin for each in objective.measures if each.loss is not None]
    metrics = [metric for each in objective.measures for metric in each.metrics.values()]
    for part in (*module.modules(), *losses, *metrics):
        if not is_own(part):
            return f"`{type(part).__name__}` is of a plugin"
    return None


def has_hooks(module: nn.Module) -> bool:
    """Whether anything looks on while a module or its gradients are computed."""
    return any(
        own
        for each in module.modules()
        for own in (
            each._forward_hooks,
            each._forward_pre_hooks,
            each._backward_hooks,
            each._backward_pre_hooks,
        )
    ) or any(
        each._backward_hooks or getattr(each, "_post_accumulate_grad_hooks", None)
        for each in module.parameters()
    )


def _refusal(plan: TrainPlan, train_state: TrainState) -> str | None:
    """Why no step of a training is captured."""
    if not switches.CAPTURE:
        return "switched off"
    if plan.device.type != "cpu":
        return "not on a CPU"
    if plan.group.size > 1:
        return "several processes"
    if train_state.precision.scales:
        return "the loss is scaled"
    return "compiled" if train_state.compiled else None


def _layouts(batch: Batch) -> Hashable:
    """What steps on batches must have in common to be one."""
    tensors = (*batch.inputs.values(), *batch.targets.values())
    return (batch.rows, batch.whole, *map(_layout, tensors))


def _layout(tensor: Tensor) -> Hashable:
    return tensor.shape, tensor.dtype, tensor.stride(), tensor.data_ptr() % 64
