"""What the parent and a worker tell each other: JSON, over a connection."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from modelspec.tuning.jobs import EpochDone, Job, JobDone

if TYPE_CHECKING:
    from multiprocessing.connection import Connection


@dataclass(frozen=True, slots=True)
class Begun:
    """A worker has begun with its job."""


@dataclass(frozen=True, slots=True)
class Said:
    """Something to be told the user, once a study."""

    text: str


@dataclass(frozen=True, slots=True)
class GoOn:
    """The answer to `EpochDone`.

    Attributes:
        go: False ends the training.
        why: It is ended.
    """

    go: bool
    why: str = ""


@dataclass(frozen=True, slots=True)
class Interrupt:
    """Save, and leave the job."""


Message: TypeAlias = Job | GoOn | Interrupt | Begun | Said | EpochDone | JobDone

_KINDS = {kind.__name__: kind for kind in (Job, GoOn, Interrupt, Begun, Said, EpochDone, JobDone)}


def send(connection: Connection, message: Message) -> None:
    """Send a message.

    Raises:
        OSError: Nobody is at the other end.
    """
    content = asdict(message)
    if isinstance(message, Job):
        content["folder"] = str(message.folder)
    text = json.dumps({"kind": type(message).__name__, **content})
    connection.send_bytes(text.encode())


def receive(connection: Connection) -> Message:
    """Wait for a message.

    Raises:
        EOFError, OSError: Nobody is at the other end.
    """
    content: dict[str, Any] = json.loads(connection.recv_bytes())
    message = _KINDS[content.pop("kind")](**content)
    if isinstance(message, Job):
        return replace(
            message,
            folder=Path(message.folder),
            overrides=tuple(message.overrides),
            plugins=tuple(message.plugins),
            include_dirs=tuple(message.include_dirs),
        )
    return message
