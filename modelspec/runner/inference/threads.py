"""How many threads of the CPU a trained model computes with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.runner.process.cpu_threads import threads_for

if TYPE_CHECKING:
    from modelspec.runner.inference.trained_model import TrainedModel

_BATCH_SIZE = 32


def set_threads(threads: int | None, trained: TrainedModel) -> None:
    """Compute with so many threads, or with as many as the model is worth."""
    train = trained.spec.train
    wanted = threads or threads_for(trained.graph, train.batch_size if train else _BATCH_SIZE)
    if wanted is not None:
        import torch

        torch.set_num_threads(wanted)
