"""Going once through rows without learning from them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import numpy as np
import torch

from modelspec.runner.input.batch_sharding import share

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from modelspec.runner.distributed.process_group import Team
    from modelspec.runner.input.batches import Rows
    from modelspec.runner.loop.objective import Objective


def measure(
    module: torch.nn.Module,
    rows: Rows,
    objective: Objective,
    batch_size: int,
    interrupted: Callable[[], bool] = lambda: False,
    context: Callable[[], AbstractContextManager[object]] = nullcontext,
    team: Team | None = None,
) -> bool:
    """Measure a module on rows, all of them once.

    Args:
        module: Gives outputs, or logits where the objective takes those.
        rows: With targets.
        objective: Takes it all in, from the beginning.
        batch_size: Rows at a time.
        interrupted: Asked after every batch whether to leave.
        context: Makes what the module runs in.
        team: The processes that share the rows, if several do.

    Returns:
        False where it was interrupted.
    """
    module.eval()
    objective.reset()
    with torch.inference_mode():
        taken = share(rows.count, batch_size, team) if team else None
        for batch in rows.batches(batch_size, taken):
            with context():
                outputs = objective.run(module, batch.inputs)
            objective.add(outputs, batch.targets, batch.rows)
            if interrupted():
                return False
        if team and team.size > 1:
            _go_along(module, rows, batch_size, team)
    if team:
        team.add(objective.sums())
    return True


def _go_along(module: torch.nn.Module, rows: Rows, batch_size: int, team: Team) -> None:
    """Run once more where others have one more batch: they may need this process's weights."""
    batches = -(-rows.count // batch_size)
    if team.rank >= batches % team.size > 0:
        (batch,) = rows.batches(1, np.arange(1))
        module(batch.inputs)
