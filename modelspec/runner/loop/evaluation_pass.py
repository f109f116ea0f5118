"""One pass over rows in evaluation mode."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.runner.input.batch_sharding import eval_shard

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from modelspec.runner.distributed.process_group import ProcessGroup
    from modelspec.runner.input.batches import BatchSource
    from modelspec.runner.loop.objective import Objective
    from modelspec.torch.passes.direct import InferenceForward


def evaluate_pass(
    module: torch.nn.Module,
    rows: BatchSource,
    objective: Objective,
    batch_size: int,
    interrupted: Callable[[], bool] = lambda: False,
    context: Callable[[], AbstractContextManager[object]] = nullcontext,
    group: ProcessGroup | None = None,
    direct: InferenceForward | None = None,
) -> bool:
    """Evaluate a module on all rows, once.

    Args:
        module: Computes outputs, or logits where the objective takes those.
        rows: With targets.
        objective: Is reset, and accumulates losses and metrics.
        batch_size: Rows at a time.
        interrupted: Called after every batch; True ends the pass.
        context: Makes the context that the module runs in, like autocast.
        group: The processes that share the rows, if several do.
        direct: Computes the outputs of the module faster, where one process has it whole.

    Returns:
        False where it was interrupted.
    """
    module.eval()
    objective.reset()
    forward = module if direct is None else direct.current()
    with torch.inference_mode():
        taken = eval_shard(rows.count, batch_size, group) if group else None
        for batch in rows.batches(batch_size, taken):
            with context():
                outputs = objective.run(forward, batch.inputs)
            objective.add(outputs, batch.targets, batch.rows)
            if interrupted():
                return False
        if group and group.size > 1:
            _join_collectives(module, rows, batch_size, group)
    if group:
        group.all_reduce_sum(objective.sums())
    return True


def _join_collectives(
    module: torch.nn.Module, rows: BatchSource, batch_size: int, group: ProcessGroup
) -> None:
    """One more forward pass where other ranks have one more batch: FSDP2 gathers from all."""
    batches = -(-rows.count // batch_size)
    if group.rank >= batches % group.size > 0:
        (batch,) = rows.batches(1, np.arange(1))
        module(batch.inputs)
