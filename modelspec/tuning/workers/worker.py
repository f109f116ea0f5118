"""A worker: trains one job after the other, and ends when its parent does."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from modelspec.tuning.workers.messages import Begun
from modelspec.tuning.workers.parent import Parent
from modelspec.tuning.workers.train_job import JobTrainer

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from modelspec.tuning.jobs import Job
    from modelspec.tuning.workers.launch import Place


def work(connection: Connection, place: Place) -> None:
    """Train jobs until the parent is gone; then the process ends at once."""
    parent = Parent(connection)
    trainer = JobTrainer(place, parent)
    while True:
        job = parent.next_job()
        parent.send(Begun())
        sys.argv = _command_line(job)
        parent.send(trainer.train(job))


def _command_line(job: Job) -> list[str]:
    """What would train a job by itself, for its run directory."""
    options = {
        "--set": job.overrides,
        "--plugin": job.plugins,
        "--include-dir": job.include_dirs,
    }
    words = (word for option, values in options.items() for v in values for word in (option, v))
    return ["modelspec", "train", job.file, *words]
