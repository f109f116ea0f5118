"""A worker: trains one job after the other, and ends when its parent does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.workers.messages import Ready
from modelspec.tuning.workers.parent import Parent
from modelspec.tuning.workers.train_job import JobTrainer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from modelspec.tuning.workers.launch import Place


def work(connection: Connection, place: Place) -> None:
    """Train jobs until the parent is gone; then the process ends at once."""
    parent = Parent(connection)
    trainer = JobTrainer(place, parent)
    parent.send(Ready())
    while True:
        parent.send(trainer.train(parent.next_job()))
