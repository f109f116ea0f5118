"""What the process that `CompilingProcess` starts does."""

from __future__ import annotations

import os
import pickle
import signal
import sys
import threading

import torch

from modelspec.torch.compiled.compiler import CompileError, compiled

NICENESS = 19


def compile_given(given: bytes) -> None:
    """Compile what the parent has sent, and end with it.

    Args:
        given: The settings that Inductor's cache goes by, the graph, and its arguments' layouts.

    Raises:
        SystemExit: It cannot be compiled.
    """
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    # The parent has pickled it and holds the pipe: it comes from no file.
    settings, module, layouts = pickle.loads(given)
    torch.set_num_threads(settings["threads"])
    deterministic = settings["deterministic"]
    torch.use_deterministic_algorithms(deterministic, warn_only=settings["warn_only"])
    arguments = [torch.empty_strided(shape, step, dtype=dtype) for shape, step, dtype in layouts]
    try:
        compiled(module, arguments)
    except CompileError as error:
        sys.exit(str(error))


def _end_with_parent() -> None:
    """Wait for the end of the pipe, which the parent holds."""
    while os.read(0, 1024):
        pass
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGTERM)
    os._exit(1)
