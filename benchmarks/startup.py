"""CPU seconds (user + system) of starting up, each command in turn, so that noise hits all alike.

    python benchmarks/startup.py [--rounds 15]

`lint` and `--help` may take 0.20 s. Bytecode is compiled first, as an install does.
"""

import argparse
import compileall
import os
import statistics
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 0.20
MODELSPEC = [str(Path(sys.executable).with_name("modelspec"))]
PYTHON = [sys.executable, "-c"]
BASE, LINT = "yaml, pydantic, one model", "modelspec lint specs/qa.yaml"

COMMANDS = {
    "python -c pass": [*PYTHON, "pass"],
    "import pydantic": [*PYTHON, "import pydantic"],
    "a pydantic model": [*PYTHON, "import pydantic; type('A', (pydantic.BaseModel,), {})"],
    BASE: [*PYTHON, "import yaml, pydantic\nclass A(pydantic.BaseModel):\n    x: int"],
    "import typer": [*PYTHON, "import typer"],
    "import yaml": [*PYTHON, "import yaml"],
    "modelspec --help": [*MODELSPEC, "--help"],
    LINT: [*MODELSPEC, "lint", "specs/qa.yaml"],
}


def cpu_seconds(command: list[str]) -> float:
    """Run a command without output and return the CPU time that it took.

    Raises:
        SystemExit: It failed.
    """
    silent = [(os.POSIX_SPAWN_OPEN, fd, os.devnull, os.O_WRONLY, 0) for fd in (1, 2)]
    child = os.posix_spawn(command[0], command, os.environ, file_actions=silent)
    _, status, usage = os.wait4(child, 0)
    if status:
        sys.exit(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    return usage.ru_utime + usage.ru_stime


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    os.chdir(ROOT)
    compileall.compile_dir("modelspec", quiet=2)
    seconds: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(rounds):
        for name, command in COMMANDS.items():
            seconds[name].append(cpu_seconds(command))
    print(f"{'CPU seconds':<30} {'median':>8} {'min':>8}")
    for name, measured in seconds.items():
        over = "  over the limit" if min(measured) > LIMIT else ""
        print(f"{name:<30} {statistics.median(measured):8.3f} {min(measured):8.3f}{over}")
    ratio = min(seconds[LINT]) / min(seconds[BASE])
    print(f"the lint takes {ratio:.2f} times what importing yaml and pydantic and one model do")


if __name__ == "__main__":
    main()
