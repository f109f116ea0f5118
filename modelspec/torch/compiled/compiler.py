"""Making machine code of a step, by Inductor and a C++ compiler."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor, fx

Compiled: TypeAlias = "Callable[..., Sequence[Tensor]]"

_OPTIONS = {"compile_threads": 1}
"""Processes that compile side by side load torch each, which takes longer than these files."""


class CompileError(Exception):
    """A step cannot be compiled here; the message says why."""


def compiler() -> str:
    """The C++ compiler that there is.

    Raises:
        CompileError: There is none.
    """
    from torch._inductor.cpp_builder import get_cpp_compiler
    from torch._inductor.exc import InvalidCxxCompiler

    try:
        return get_cpp_compiler()
    except InvalidCxxCompiler as error:
        raise CompileError("there is no C++ compiler") from error


def compiled(module: fx.GraphModule, arguments: Sequence[Any]) -> Compiled:
    """A graph of tensors as one function, which changes what the graph does.

    What was compiled once, by any process of this user, is taken from Inductor's cache.

    Args:
        module: Takes and returns tensors.
        arguments: Some that it takes; others have the same shapes, strides and dtypes.

    Raises:
        CompileError: Inductor or the compiler cannot.
    """
    from torch._dynamo.exc import TorchDynamoException
    from torch._inductor.exc import CppCompileError

    compiler()
    try:
        return _in_one_call(module, arguments)
    except (TorchDynamoException, CppCompileError, NotImplementedError, RuntimeError) as error:
        first = str(error).strip().partition("\n")[0]
        raise CompileError(f"{type(error).__name__}: {first}") from error


def _in_one_call(module: fx.GraphModule, arguments: Sequence[Any]) -> Compiled:
    """With all kernels called from one function in C++, if each can be."""
    from torch._inductor.compile_fx import compile_fx, compile_fx_inner

    def inner(lowered: fx.GraphModule, *inputs: Any, **options: Any) -> Any:
        if missing := _without_shim(lowered):
            raise _NoShimError(missing)
        return compile_fx_inner(lowered, *inputs, **options)

    made: Any
    with torch.no_grad():
        try:
            options = {**_OPTIONS, "cpp_wrapper": True}
            made = compile_fx(module, list(arguments), inner, config_patches=options)
        except _NoShimError:
            made = compile_fx(module, list(arguments), config_patches=_OPTIONS)
    call: Compiled = made
    return call


class _NoShimError(Exception):
    """Some kernels cannot be called from C++."""


def _without_shim(module: fx.GraphModule) -> list[str]:
    """The kernels of torch that Inductor calls as they are and C++ has no function for.

    Inductor would call them through its own dispatch, which mistakes results that are lists or
    undefined: the process crashes.
    """
    from torch._inductor.lowering import fallbacks, lowerings
    from torchgen.aoti.fallback_ops import inductor_fallback_ops

    called = {node.target for node in module.graph.nodes if node.op == "call_function"}
    kernels = [each for each in called if isinstance(each, torch._ops.OpOverload)]
    as_they_are = [each for each in kernels if each in fallbacks or each not in lowerings]
    return [str(each) for each in as_they_are if str(each) not in inductor_fallback_ops]
