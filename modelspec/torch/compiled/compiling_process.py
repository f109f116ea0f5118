"""A process of its own that compiles a graph, so that compiling it here takes what it has made."""

from __future__ import annotations

import json
import os
import pickle
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import torch

from modelspec.torch.compiled.compiler import CompileError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor, fx

CODE = (
    "import json, sys; sys.path[:] = json.loads(sys.argv[1]); "
    "given = sys.stdin.buffer.read(int(sys.argv[2])); "
    "from modelspec.torch.compiled.compiling import compile_given; compile_given(given)"
)
"""The process knows where modules lie as this one does, and nothing of its `__main__`."""
PATIENCE = 5.0
"""Seconds until a process that does not end is killed."""


class CompilingProcess:
    """Compiles a graph at the lowest priority, into Inductor's cache on disk.

    It is a session of its own: a Ctrl-C of the terminal goes to the parent alone. It ends when the
    parent closes it or ends, however that ends. What it is given goes through a pipe.

    Args:
        module: Takes and returns tensors.
        arguments: Some that it takes; only their shapes, strides and dtypes are passed on.

    Raises:
        CompileError: The graph cannot be passed on.
        OSError: There can be no further process.
    """

    def __init__(self, module: fx.GraphModule, arguments: Sequence[Tensor]) -> None:
        given = _packed(module, arguments)
        self._log = tempfile.TemporaryFile()  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-c", CODE, json.dumps(sys.path), str(len(given))],
            stdin=subprocess.PIPE,
            stdout=self._log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._process.stdin is not None
        with suppress(BrokenPipeError):  # it has ended; `failure` says why
            self._process.stdin.write(given)
            self._process.stdin.flush()

    @property
    def has_ended(self) -> bool:
        """Whether it has compiled the graph, or failed."""
        return self._process.poll() is not None

    def wait(self) -> None:
        """Wait until it has ended."""
        self._process.wait()

    def failure(self) -> str | None:
        """Why it could not compile the graph; None where it could. It has ended."""
        if self._process.returncode == 0:
            return None
        self._log.seek(0)
        lines = self._log.read().decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else f"its process ended by {self._process.returncode}"

    def close(self) -> None:
        """End it, and the compiler that it has started."""
        assert self._process.stdin is not None
        if not self.has_ended:
            _end(self._process)
        with suppress(BrokenPipeError):
            self._process.stdin.close()
        self._log.close()


def _end(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):  # it has ended in between
            os.killpg(process.pid, signal.SIGTERM)  # a compiler removes what it has half written
    else:
        process.terminate()
    try:
        process.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _packed(module: fx.GraphModule, arguments: Sequence[Tensor]) -> bytes:
    layouts = [(tuple(each.shape), each.stride(), each.dtype) for each in arguments]
    settings: dict[str, Any] = {
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn_only": torch.is_deterministic_algorithms_warn_only_enabled(),
    }
    try:
        return pickle.dumps((settings, module, layouts))
    except (pickle.PicklingError, AttributeError, TypeError) as error:
        raise CompileError(f"its graph cannot be passed on: {error}") from error
