"""How much memory a training step takes, known before it runs. Imports no torch."""

from modelspec.memory.available import available_memory
from modelspec.memory.training import RESOLUTION, TrainingMemory, spec_memory, training_memory
from modelspec.memory.wording import bytes_text, lengths_text, peak_text, too_large

__all__ = [
    "RESOLUTION",
    "TrainingMemory",
    "available_memory",
    "bytes_text",
    "lengths_text",
    "peak_text",
    "spec_memory",
    "too_large",
    "training_memory",
]
