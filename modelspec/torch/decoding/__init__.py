"""Sequences out: what a trained model says, one token after another."""

from modelspec.torch.decoding.stepping import Stepper
from modelspec.torch.decoding.strategies import Decoded, decode

__all__ = ["Decoded", "Stepper", "decode"]
