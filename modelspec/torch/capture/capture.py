"""Recording a step without making it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.torch.capture.python_state import PythonState
from modelspec.torch.capture.record import StepRecorder
from modelspec.torch.capture.step_graph import CaptureError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from torch import Tensor, nn

    from modelspec.torch.capture.step_graph import StepGraph


def captured_step(
    step: Callable[[], Tensor],
    module: nn.Module,
    batch: Mapping[tuple[str, str], Tensor],
    owners: Sequence[Any],
    most_bytes: int,
) -> StepGraph:
    """What a step is. Afterwards all is as before it, but that there are no gradients.

    Args:
        step: Forward pass, objective and backward pass; gives the loss.
        module: Whose parameters get gradients.
        batch: What the step takes, by name.
        owners: The objects whose tensors outlive the step, the module among them.
        most_bytes: Of all that the step may make.

    Raises:
        CaptureError: It cannot be repeated as a list of calls.
    """
    parameters = dict(module.named_parameters())
    for each in parameters.values():
        each.grad = None
    state = PythonState(owners)
    recorder = StepRecorder(batch, owners, most_bytes)
    try:
        with recorder:
            loss = step()
        graph = recorder.finish(loss, {name: each.grad for name, each in parameters.items()})
    except RuntimeError as error:  # of the step itself: it fails again when it is made
        raise CaptureError(f"fails: {error}") from error
    finally:
        recorder.undo()
        changed = state.undo()
        for each in parameters.values():
            each.grad = None
    if changed is not None:
        raise CaptureError(changed)
    return graph
