"""A training step as a plain list of kernel calls: recorded once, of an ordinary step."""

from modelspec.torch.capture.record import StepRecorder, noted
from modelspec.torch.capture.step_graph import Call, CaptureError, HostSum, Slot, StepGraph

__all__ = ["Call", "CaptureError", "HostSum", "Slot", "StepGraph", "StepRecorder", "noted"]
