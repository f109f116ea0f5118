"""The process that compiles: it ends with whoever started it, and says why it failed."""

import json
import os
import sys
import time

import pytest
import torch
from torch import fx

from modelspec.torch.compiled import CompilingProcess, compiling_process

READ = "import json, os, subprocess, sys, time; given = sys.stdin.buffer.read(int(sys.argv[2])); "
SLEEP = "import time; time.sleep(600)"
PATIENCE = 60.0


@pytest.fixture
def start(monkeypatch):
    """Starts a process that does something else."""
    started = []

    def start(code):
        monkeypatch.setattr(compiling_process, "CODE", READ + code)
        graph = fx.Graph()
        graph.output((graph.call_function(torch.sin, (graph.placeholder("x"),)),))
        module = fx.GraphModule(torch.nn.Module(), graph)
        started.append(CompilingProcess(module, [torch.ones(3)]))
        return started[-1]

    yield start
    for each in started:
        each.close()


def wait_until(true):
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


def is_gone(number):
    """Whether a process has ended; one whose parent has died may stay as a zombie."""
    try:
        with open(f"/proc/{number}/stat", encoding="ascii") as file:
            return file.read().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


@pytest.mark.skipif(sys.platform != "linux", reason="it looks into /proc")
def test_closing_ends_it_and_its_compiler(start, tmp_path):
    note = tmp_path / "number"
    process = start(
        f"child = subprocess.Popen([sys.executable, '-c', {SLEEP!r}]); "
        f"open({str(note)!r}, 'w').write(str(child.pid)); {SLEEP}"
    )
    wait_until(lambda: note.exists() and note.read_text())
    assert not process.has_ended
    process.close()
    assert process.has_ended
    wait_until(lambda: is_gone(note.read_text()))


def test_it_compiles_what_it_is_given_at_the_lowest_priority_and_ends_with_the_parent(
    start, tmp_path
):
    note = tmp_path / "found"
    code = f"""
sys.path[:] = json.loads(sys.argv[1])
from modelspec.torch.compiled import compiling

def compiled(module, given):
    (x,) = given
    with open({str(note)!r} + "-part", "w") as part:
        json.dump([module.code.count("torch.sin"), list(x.shape), os.nice(0)], part)
    os.rename(part.name, {str(note)!r})
    time.sleep(600)

compiling.compiled = compiled
compiling.compile_given(given)
"""
    process = start(f"exec({code!r})")
    wait_until(note.exists)
    assert json.loads(note.read_text()) == [1, [3], min(19, os.nice(0) + 19)]
    assert not process.has_ended
    process._process.stdin.close()  # as the system does when the parent is killed
    process.wait()
    assert process.failure() is not None


def test_it_says_why_it_failed(start):
    process = start("sys.exit('there is no C++ compiler')")
    process.wait()
    assert process.failure() == "there is no C++ compiler"
    silent = start("os.kill(os.getpid(), 9)")
    silent.wait()
    assert silent.failure() == "its process ended by -9"
    done = start("assert len(given) == int(sys.argv[2])")
    done.wait()
    assert done.failure() is None
