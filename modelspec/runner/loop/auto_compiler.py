"""Steps that are compiled while a training goes on: `train.compile: auto`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.loop.compile_gain import compile_clock
from modelspec.runner.loop.compiled_step import (
    all_rows,
    compiled_step,
    step_gain,
    step_to_compile,
)
from modelspec.runner.run.compile_decision import CompileDecision, read_decision, write_decision
from modelspec.torch.capture import CaptureError
from modelspec.torch.compiled import CompileError, CompilingProcess, step_arguments

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.runner.loop.train_state import Batches, TrainPlan, TrainState
    from modelspec.torch.compiled import CompiledStep

SAVED = 1.2e-6
"""Seconds that compiling saves of each kernel call of a step."""
COST, COST_OF_CALL = 15.0, 0.05
"""CPU seconds that compiling takes for the first time, in both processes, and for each call."""
LOADING = 5.0
"""Of these, seconds that the training itself waits."""
FEWEST_BATCHES = int(COST_OF_CALL / SAVED)
"""Below so many, no step is worth it, whatever its calls."""
ALONE = "it is for one process on a CPU"
"""Why a training on a GPU, or by several processes, keeps to ordinary steps."""


def stays(reason: object) -> str:
    """What is said of a training that keeps to ordinary steps."""
    return f"train.compile: auto: steps stay as they are: {reason}"


class AutoCompiler:
    """Has whole steps compiled by a process of its own, and takes them at an epoch's end.

    What it decides is written to the run, and a resumed run goes by it: it takes compiled steps
    from the same step on, whatever it would measure.

    Args:
        say: Takes a sentence.
    """

    compiles_passes = False

    def __init__(self, say: Callable[[str], object]) -> None:
        self._say = say
        self._process: CompilingProcess | None = None
        self._decision: CompileDecision | None = None
        self._calls = 0
        self._begun = self._settled = False

    def step(
        self, train_state: TrainState, plan: TrainPlan, batches: Batches, *, guarded: bool
    ) -> CompiledStep | None:
        """The compiled step, from that epoch on at whose begin it is there and faster.

        Args:
            train_state: What it changes, in this process alone.
            plan: Has the rows.
            batches: Those done and those still to come.
            guarded: Whether nothing is learnt of a loss that is not finite.

        Raises:
            OSError: The decision cannot be written.
            SpecError: What the run has decided cannot be read.
        """
        if self._settled:
            return None
        if not self._begun:
            self._begun = True
            self._decision = read_decision(plan.folder) if plan.folder else None
            if self._decision is None:
                self._begin(train_state, plan, batches.left, guarded)
                return None
        if self._decision is not None:
            return self._decided(train_state, plan, batches.done, guarded)
        if self._process is not None and self._process.has_ended:
            return self._judge(train_state, plan, batches, guarded)
        return None

    def close(self, *, finished: bool) -> None:
        """End the process, should it still compile.

        Args:
            finished: Whether the training came to its end.
        """
        if self._process is not None:
            self._end_process()
            if finished:
                self._say(stays("the training ended first"))
        self._settled = True

    def _begin(self, train_state: TrainState, plan: TrainPlan, left: int, guarded: bool) -> None:
        """Let another process compile, if what is left is worth it."""
        if left < FEWEST_BATCHES:
            self._stay(f"the {left:,} batches left would not make up for compiling")
            return
        try:
            graph, made, update, _ = step_to_compile(train_state, plan, guarded=guarded)
        except CaptureError as error:
            self._stay(error)
            return
        self._calls = len(graph.calls)
        if not self._pays(left, COST + COST_OF_CALL * self._calls):
            self._stay(f"the {left:,} batches left would not make up for compiling")
            return
        arguments = step_arguments(made, update, all_rows(plan), plan.batch_size)
        try:
            self._process = CompilingProcess(made.module, arguments)
        except (CompileError, OSError) as error:
            self._stay(error)
            return
        self._say("train.compile: auto: steps are compiled meanwhile, by a process of its own")

    def _pays(self, left: int, cost: float) -> bool:
        return left * self._calls * SAVED > cost

    def _decided(
        self, train_state: TrainState, plan: TrainPlan, done: int, guarded: bool
    ) -> CompiledStep | None:
        """What the run that is resumed did at this step."""
        assert self._decision is not None
        if not self._decision.compiled:
            self._stay("so this run decided")
        elif done >= self._decision.after_step:
            self._settled = True
            try:
                return compiled_step(train_state, plan, guarded=guarded)
            except (CaptureError, CompileError, OSError) as error:
                self._stay(f"{error}; those of this run were compiled, and round differently")
        return None

    def _judge(
        self, train_state: TrainState, plan: TrainPlan, batches: Batches, guarded: bool
    ) -> CompiledStep | None:
        """Take what was compiled, if it is the step, and faster."""
        assert self._process is not None
        done, left = batches
        reason = self._process.failure()
        self._end_process()
        step = None
        if reason is None and not self._pays(left, LOADING):
            reason = f"the {left:,} batches left would not make up for loading what was compiled"
        if reason is None:
            step, reason = self._faster(train_state, plan, left, guarded)
        if plan.folder is not None:
            write_decision(plan.folder, CompileDecision(done, compiled=step is not None))
        self._settled = True
        if reason is not None:
            self._stay(reason)
        return step

    def _faster(
        self, train_state: TrainState, plan: TrainPlan, left: int, guarded: bool
    ) -> tuple[CompiledStep | None, str | None]:
        """The compiled step; None, and why, where it is not to be taken."""
        clock = compile_clock(plan.device)
        begun = clock()
        try:
            step = compiled_step(train_state, plan, guarded=guarded)
        except (CaptureError, CompileError, OSError) as error:
            return None, str(error)
        gain = step_gain(train_state, plan, step, clock() - begun, left)
        times = f"a batch takes {gain.compiled * 1e3:.3g} ms compiled, {gain.plain * 1e3:.3g} ms "
        if gain.compiled >= gain.plain:
            return None, f"{times}as it is"
        saved = (gain.plain - gain.compiled) * left
        self._say(
            f"train.compile: auto: from here on steps are compiled: {times}without; the "
            f"{left:,} batches left gain {saved:.0f} s"
        )
        return step, None

    def _stay(self, reason: object) -> None:
        self._settled = True
        self._say(stays(reason))

    def _end_process(self) -> None:
        assert self._process is not None
        self._process.close()
        self._process = None
