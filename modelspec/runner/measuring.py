"""Going once through rows without learning from them."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from modelspec.runner.objective import Objective
    from modelspec.runner.rows import Rows


def measure(
    module: torch.nn.Module,
    rows: Rows,
    objective: Objective,
    batch_size: int,
    interrupted: Callable[[], bool] = lambda: False,
    context: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> bool:
    """Measure a module on rows, all of them once.

    Args:
        module: Gives outputs, or logits where the objective takes those.
        rows: With targets.
        objective: Takes it all in, from the beginning.
        batch_size: Rows at a time.
        interrupted: Asked after every batch whether to leave.
        context: Makes what the module runs in.

    Returns:
        False where it was interrupted.
    """
    module.eval()
    objective.reset()
    with torch.inference_mode():
        for batch in rows.batches(batch_size):
            with context():
                outputs = objective.run(module, batch.inputs)
            objective.add(outputs, batch.targets, batch.rows)
            if interrupted():
                return False
    return True
