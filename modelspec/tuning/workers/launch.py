"""Starting worker processes."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Place:
    """What a worker has to itself.

    Attributes:
        index: Which of the workers it is, from 0.
        device: What a job computes on that says `auto`.
        threads: Of the CPU, the most that a job takes that says nothing of them.
    """

    index: int
    device: str = "auto"
    threads: int = 1

    def as_data(self) -> dict[str, object]:
        """The same as JSON data."""
        return asdict(self)


class Process(Protocol):
    """A worker process, as the parent sees it.

    Attributes:
        connection: To it; at its end, or when it has died, nobody is at the other end.
    """

    connection: Connection

    def exit_code(self) -> int | None:
        """Wait until it has ended: below 0 by which signal; None where that is not known."""


class Launcher(Protocol):
    """Starts worker processes."""

    def launch(self, place: Place) -> Process:
        """Start one. It may be a while until it can begin, which is not waited for."""

    def log(self) -> str:
        """What its processes have said of why they could not start."""

    def close(self) -> None:
        """End all of them, whatever they are at."""
