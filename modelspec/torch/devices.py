"""Where a model runs: the best device there is, or the one that was asked for."""

import torch

from modelspec.diagnostics import did_you_mean


class DeviceError(ValueError):
    """A device that this machine, or this build of torch, does not have."""


def find(name: str = "auto") -> torch.device:
    """The device of a name.

    Args:
        name: `auto` is the first of `cuda`, `mps` and `cpu` that works here. Else one of these,
            or a certain GPU: `cuda:1`.

    Raises:
        DeviceError: It is not here. The message says which are.
    """
    if name == "auto":
        return torch.device(available()[0])
    kind, _, index = name.partition(":")
    if kind not in ("cpu", "cuda", "mps") or (index and not index.isdecimal()):
        near = did_you_mean(kind, ("auto", "cpu", "cuda", "mps"))
        known = "choose `auto`, `cpu`, `cuda`, `cuda:1` or `mps`"
        way = f"did you mean `{near}`?" if near else known
        raise DeviceError(f"`{name}` is no device: {way}")
    if kind not in available():
        raise DeviceError(f"there is no `{kind}` device here: {', '.join(available())}")
    if index and int(index) >= _count(kind):
        raise DeviceError(f"there is no `{name}` here: {_count(kind)} {kind} device(s), from 0")
    return torch.device(name)


def free_memory(device: torch.device) -> int | None:
    """Bytes that are free on a device; None on the CPU, and where that is not known."""
    if device.type != "cuda":
        return None
    free, _ = torch.cuda.mem_get_info(device)
    return free


def available() -> list[str]:
    """The kinds of device that work here, the fastest first."""
    found = ["cuda"] if torch.cuda.is_available() else []
    if torch.backends.mps.is_available():
        found.append("mps")
    return [*found, "cpu"]


def _count(kind: str) -> int:
    return torch.cuda.device_count() if kind == "cuda" else 1
