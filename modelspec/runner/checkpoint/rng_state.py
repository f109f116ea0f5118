"""The state of torch's random numbers: what dropout draws from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Mapping


def seed_process(seed: int, rank: int) -> None:
    """Begin to draw: other numbers in each of the processes that train together."""
    torch.manual_seed(seed + (rank << 32))


def random_state(device: torch.device) -> dict[str, Tensor]:
    """The states of the CPU's generator and of the device's."""
    states = {"cpu": torch.get_rng_state()}
    if device.type == "cuda":
        states["cuda"] = torch.cuda.get_rng_state(device)
    elif device.type == "mps":
        states["mps"] = torch.mps.get_rng_state()
    return states


def set_random_state(states: Mapping[str, Tensor], device: torch.device) -> None:
    """Go on drawing where `random_state` was taken; what another device drew is left out."""
    torch.set_rng_state(states["cpu"])
    if device.type == "cuda" and "cuda" in states:
        torch.cuda.set_rng_state(states["cuda"], device)
    elif device.type == "mps" and "mps" in states:
        torch.mps.set_rng_state(states["mps"])
