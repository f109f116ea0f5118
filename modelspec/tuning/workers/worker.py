"""A worker: trains one job after the other, and ends when its parent does."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.tuning.workers.messages import Begun
from modelspec.tuning.workers.parent import Parent
from modelspec.tuning.workers.train_job import JobTrainer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from modelspec.tuning.workers.launch import Place


def work(connection: Connection, place: Place) -> None:
    """Train jobs until the parent is gone; then the process ends at once."""
    parent = Parent(connection)
    trainer = JobTrainer(place, parent)
    while True:
        job = parent.next_job()
        parent.send(Begun())
        parent.send(trainer.train(job))
