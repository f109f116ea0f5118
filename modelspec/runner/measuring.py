"""Going once through rows without learning from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.runner.objective import Objective
    from modelspec.runner.rows import Rows


def measure(
    module: torch.nn.Module,
    rows: Rows,
    objective: Objective,
    batch_size: int,
    interrupted: Callable[[], bool] = lambda: False,
) -> bool:
    """Measure a module on rows, all of them once; False where it was interrupted."""
    module.eval()
    objective.reset()
    with torch.inference_mode():
        for batch in rows.batches(batch_size):
            objective.add(objective.run(module, batch.inputs), batch.targets, batch.rows)
            if interrupted():
                return False
    return True
