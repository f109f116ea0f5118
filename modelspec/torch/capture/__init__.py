"""A training step as a plain list of kernel calls: recorded once, then repeated."""

from modelspec.torch.capture.capture import captured_step
from modelspec.torch.capture.out_forms import leaves_memory
from modelspec.torch.capture.record import StepRecorder
from modelspec.torch.capture.replay import Replay
from modelspec.torch.capture.step_graph import Call, CaptureError, HostSum, Slot, StepGraph
from modelspec.torch.capture.trial import Trial

__all__ = [
    "Call",
    "CaptureError",
    "HostSum",
    "Replay",
    "Slot",
    "StepGraph",
    "StepRecorder",
    "Trial",
    "captured_step",
    "leaves_memory",
]
