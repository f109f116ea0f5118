"""What is wrong with the processes themselves, not with what they train."""

from __future__ import annotations


class WorkerError(RuntimeError):
    """No worker process can be started. The message says why."""
