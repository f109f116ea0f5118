"""Whole training steps, from the rows to the updated weights, compiled into one call."""

from modelspec.torch.compiled.compiled_step import CompiledStep, step_arguments
from modelspec.torch.compiled.compiler import CompileError
from modelspec.torch.compiled.compiling_process import CompilingProcess
from modelspec.torch.compiled.step_module import StepModule, step_module

__all__ = [
    "CompileError",
    "CompiledStep",
    "CompilingProcess",
    "StepModule",
    "step_arguments",
    "step_module",
]
