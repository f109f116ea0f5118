"""The versions and the machine that a run ran on."""

from __future__ import annotations

import os
import platform
import sys
from functools import cache
from importlib.metadata import version
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

LIBRARIES = ("torch", "numpy", "polars", "pydantic", "safetensors")


def environment(device: torch.device, command_line: Sequence[str]) -> dict[str, object]:
    """Everything about the machine that can change a number, and the command line."""
    from modelspec._version import __version__

    return {
        "modelspec": __version__,
        "python": sys.version,
        "libraries": dict(_versions()),
        "platform": platform.platform(),
        "processor": platform.machine(),
        "cores": os.cpu_count(),
        "threads": torch.get_num_threads(),
        "device": str(device),
        "device_name": _device_name(device),
        "command_line": list(command_line),
    }


@cache
def _versions() -> tuple[tuple[str, str], ...]:
    return tuple((name, version(name)) for name in LIBRARIES)


def _device_name(device: torch.device) -> str:
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return device.type
