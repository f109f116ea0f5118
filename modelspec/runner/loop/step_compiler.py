"""When a training compiles its steps, and what is said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.loop.compile_gain import compile_clock, compile_gain
from modelspec.runner.loop.compiled_step import compiled_step, step_gain
from modelspec.runner.run.errors import TrainingError
from modelspec.torch.capture import CaptureError
from modelspec.torch.compiled import CompileError

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.runner.loop.train_state import Batches, TrainPlan, TrainState
    from modelspec.torch.compiled import CompiledStep

NO_COMPILER = "set `train.compile: false`; it needs a C++ compiler"


class StepCompiler:
    """Compiles whole steps before a training's first one: `train.compile: true`.

    Args:
        say: Takes a sentence; None where nothing is to be said, nor measured for it.
        compile_passes: Compiles forward and backward pass alone: what is left where something
            stands against compiling whole steps.

    Attributes:
        compiles_passes: Whether it has done so.
    """

    def __init__(
        self, say: Callable[[str], object] | None, compile_passes: Callable[[], None]
    ) -> None:
        self._say = say
        self._compile_passes = compile_passes
        self.compiles_passes = False

    def step(
        self, train_state: TrainState, plan: TrainPlan, batches: Batches, *, guarded: bool
    ) -> CompiledStep | None:
        """The compiled step of a training that begins or goes on; None where there is none.

        Args:
            train_state: What it changes, in this process alone.
            plan: Has the rows.
            batches: Those done and those still to come.
            guarded: Whether nothing is learnt of a loss that is not finite.

        Raises:
            TrainingError: There is no compiler, or it failed.
        """
        if self.compiles_passes:
            return None
        clock = compile_clock(plan.device)
        begun = clock()
        try:
            step = compiled_step(train_state, plan, guarded=guarded)
        except CaptureError as error:
            self._tell(
                f"train.compile: forward and backward pass are compiled, but not the whole "
                f"step: {error}"
            )
            self._compile_passes()
            self.compiles_passes = True
            if self._say is not None:
                self._say(compile_gain(train_state, plan).told(batches.left))
            return None
        except CompileError as error:
            raise TrainingError(f"torch.compile: {error}", NO_COMPILER, plan.folder) from error
        if self._say is not None:
            self._say(
                step_gain(train_state, plan, step, clock() - begun, batches.left).told(batches.left)
            )
        return step

    def close(self, *, finished: bool) -> None:
        """Nothing goes on beside the training."""

    def _tell(self, sentence: str) -> None:
        if self._say is not None:
            self._say(sentence)
