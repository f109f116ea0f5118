"""Trainings of the ten models in this process, as `modelspec train` puts them together."""

from __future__ import annotations

import tempfile
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from run_modelspec import prepared

from modelspec.runner.assemble import assemble
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.run.options import TrainOptions

if TYPE_CHECKING:
    from modelspec.runner.loop.trainer import Trainer
    from modelspec.torch.switches import Switch


def trainer_of(model: str, off: Switch | None = None) -> Trainer:
    """A training of a model that has taken one epoch, put together with a switch off."""
    with tempfile.TemporaryDirectory() as folder, off.off() if off else nullcontext():
        spec = prepared(model, "", Path(folder))
        options = TrainOptions(runs=None, device="cpu", quiet=True)
        trainer, _ = assemble(spec, options, torch.device("cpu"), None, ProcessGroup())
        trainer._train_epoch(lambda: False)
    return trainer


def microseconds(trainer: Trainer) -> float:
    """CPU time of a step, over one epoch."""
    begun = time.process_time()
    trainer._train_epoch(lambda: False)
    return (time.process_time() - begun) / trainer.batches * 1e6
