"""Several processes that train together, forked by one that has imported torch once.

torch's own launcher imports it in each of them: most of what a small training takes.
"""

from __future__ import annotations

import os
import subprocess
import sys

PROGRAM = """
import os, socket, sys
import torch.distributed.fsdp
import modelspec.runner.loop.strategies, modelspec.runner.train
from importlib import import_module

size, target, *arguments = sys.argv[1:]
module, _, name = target.partition(":")
run = getattr(import_module(module), name)
with socket.socket() as free:
    free.bind(("localhost", 0))
    port = free.getsockname()[1]
shared = {"WORLD_SIZE": size, "LOCAL_WORLD_SIZE": size, "MASTER_ADDR": "localhost",
          "MASTER_PORT": str(port), "TORCHELASTIC_RUN_ID": "forked"}
children = []
for rank in range(int(size)):
    child = os.fork()
    if child == 0:
        os.environ.update(shared, RANK=str(rank), LOCAL_RANK=str(rank))
        code = 1
        try:
            code = run(arguments) or 0
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    children.append(child)
sys.exit(max(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children))
"""


def run_forked(size: int, target: str, *arguments: str) -> tuple[int, str]:
    """Call a function with the arguments in so many processes, under torchrun's environment.

    Args:
        size: How many.
        target: `module:function`.
        arguments: What it takes, as one list.

    Returns:
        The worst exit code, and all that was printed.
    """
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(size), target, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    return done.returncode, done.stdout
