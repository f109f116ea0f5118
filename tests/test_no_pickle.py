"""No command unpickles anything, whoever made the files that it reads."""

import io
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

from tests.runner.worlds import write_flowers

KERAS = Path(__file__).parent / "golden" / "keras"

PROGRAM = """
import os, sys

def watch(event, arguments):
    if event == "pickle.find_class":
        os.write(2, f"UNPICKLED {arguments}\\n".encode())
        os._exit(99)

sys.addaudithook(watch)
from modelspec.cli import main
for line in sys.stdin.read().splitlines():
    code = main(line.split("\\t"))
    print("CODE", code, line.split("\\t")[0])
"""


class _Code:
    def __reduce__(self) -> tuple[object, tuple[str]]:
        return print, ("code has run",)


def _commands(folder: Path, *commands: list[str]) -> list[int]:
    """The exit codes of commands that are run in one process, with a hook on unpickling."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM],
        input="\n".join("\t".join(command) for command in commands),
        capture_output=True,
        text=True,
        cwd=folder,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "code has run" not in done.stdout + done.stderr
    return [int(line.split()[1]) for line in done.stdout.splitlines() if line.startswith("CODE ")]


def test_the_hook_sees_what_is_unpickled() -> None:
    program = PROGRAM + f"\nimport pickle; pickle.loads({pickle.dumps(_Code())!r})"
    done = subprocess.run(
        [sys.executable, "-c", program], input="", capture_output=True, text=True, check=False
    )
    assert done.returncode == 99
    assert "UNPICKLED" in done.stderr


def test_no_command_on_a_run_unpickles_anything(tmp_path: Path) -> None:
    write_flowers(tmp_path)
    run = str(Path("runs", "flowers", "latest"))
    codes = _commands(
        tmp_path,
        ["train", "spec.yaml", "--set", "train.epochs=1", "-q"],
        ["train", "spec.yaml", "--resume", run, "--set", "train.epochs=2", "-q"],
        ["eval", run],
        ["predict", run, "--data", "flowers.npz", "-o", "out.npz"],
        ["runs"],
        ["runs", "report", run],
        ["import", "keras", str(KERAS / "sequential.keras"), "-o", "sequential"],
        ["import", "keras", str(KERAS / "lambda.keras"), "-o", "lambda"],
    )
    assert codes == [0] * 7 + [1]


def _hostile(kind: str) -> bytes:
    code = pickle.dumps(_Code())
    if kind == "npz":
        stream = io.BytesIO()
        np.savez(stream, petals=np.array([_Code()], object), species=np.zeros(1))
        return stream.getvalue()
    if kind == "keras":
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr("config.json", code)
            archive.writestr("model.weights.h5", code)
        return stream.getvalue()
    return code


@pytest.mark.parametrize(
    "name",
    ["a.npz", "a.keras", "a.h5", "a.safetensors", "a.parquet", "a.jsonl", "a.csv", "a.yaml"],
)
def test_no_file_is_unpickled(name: str, tmp_path: Path) -> None:
    write_flowers(tmp_path)
    kind = name.partition(".")[2]
    (tmp_path / name).write_bytes(_hostile(kind))
    command = {
        "keras": ["import", "keras", name, "-o", "out"],
        "h5": ["import", "keras", name, "-o", "out"],
        "safetensors": ["eval", "spec.yaml", "--weights", name],
        "yaml": ["lint", name],
    }.get(kind, ["train", "spec.yaml", "--set", f"data.file={name}"])
    assert _commands(tmp_path, command) == [1]
