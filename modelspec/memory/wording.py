"""Amounts of memory, and what does not fit, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.memory.training import RESOLUTION

if TYPE_CHECKING:
    from modelspec.memory.training import TrainingMemory


def bytes_text(size: int) -> str:
    """`1.25 MB`, `24.6 GB`."""
    return f"{size / 1e6:.3g} MB" if size < 1e9 else f"{size / 1e9:.3g} GB"


def peak_text(size: int, *, on_cpu: bool = True) -> str:
    """`24.6 GB`; of a peak that is mostly torch's own code, what it is less than."""
    if on_cpu and size < RESOLUTION:
        return f"less than {bytes_text(RESOLUTION)}"
    return bytes_text(size)


def _about(size: int, *, on_cpu: bool) -> str:
    """`about 24.6 GB`; `up to 20 MB`."""
    less = on_cpu and size < RESOLUTION
    return f"up to {bytes_text(RESOLUTION)}" if less else f"about {bytes_text(size)}"


def lengths_text(memory: TrainingMemory) -> str:
    """`, T = 32`: what open sizes were taken to be, and what is not counted; else empty."""
    said = [f"{name} = {size}" for name, size in memory.lengths.items()]
    said += [f"`{name}` not counted" for name in memory.uncounted]
    return f", {', '.join(said)}" if said else ""


def too_large(
    memory: TrainingMemory, batch_size: int, available: int, *, on_cpu: bool = True
) -> str | None:
    """What is said of a step that does not fit into so many bytes; None of one that does.

    Args:
        memory: What the training takes.
        batch_size: The rows of a batch in one process.
        available: Bytes that are free.
        on_cpu: Whether it runs on the CPU.
    """
    peak = memory.peak(batch_size, on_cpu=on_cpu)
    if peak <= available:
        return None
    fits = memory.largest_batch(available, on_cpu=on_cpu)
    way = (
        f"a batch of {fits:,} fits: `--set train.batch_size={fits}`"
        if fits
        else f"even a batch of 1 takes {_about(memory.peak(1, on_cpu=on_cpu), on_cpu=on_cpu)}"
    )
    return (
        f"warning: a step of {batch_size:,} samples takes {_about(peak, on_cpu=on_cpu)}"
        f"{lengths_text(memory)}, and {bytes_text(available)} are free; {way}"
    )
