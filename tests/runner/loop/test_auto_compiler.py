"""Steps that are compiled meanwhile. A made-up process compiles, and graphs run call by call."""

import json
import os
import shutil

import pytest
import torch
from torch import fx

from modelspec.diagnostics import SpecError
from modelspec.runner.assemble import assemble
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.loop import auto_compiler
from modelspec.runner.loop.compile_gain import CompileGain
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from modelspec.torch.capture import CaptureError
from modelspec.torch.compiled import CompilingProcess, compiling_process
from tests.runner.worlds import (
    STEPS_AN_EPOCH,
    interrupt_at,
    prepared,
    run,
    same_end,
    same_weights,
    write_flowers,
)

NO_COMPILER = shutil.which("g++") is None or "ATEN_CPU_CAPABILITY" in os.environ
AUTO = ("train.compile=auto", "train.epochs=4")
READY = 2
"""Asked so often, at the begin of an epoch each, the made-up process has ended."""


class Process:
    """Compiles nothing; it has ended when it is asked for the n-th time."""

    ready = READY
    reason = None
    open = 0

    def __init__(self, module, arguments):
        assert isinstance(module, fx.GraphModule)
        assert len(arguments) == len([n for n in module.graph.nodes if n.op == "placeholder"])
        self.asked = 0
        Process.open += 1

    @property
    def has_ended(self):
        self.asked += 1
        return self.asked >= self.ready

    def failure(self):
        return self.reason

    def close(self):
        Process.open -= 1


@pytest.fixture
def world(tmp_path, monkeypatch):
    """A spec whose compiled steps round differently, which takes two epochs, and is faster."""
    monkeypatch.setattr(auto_compiler, "CompilingProcess", Process)
    monkeypatch.setattr(Process, "ready", READY)
    monkeypatch.setattr(Process, "reason", None)
    monkeypatch.setattr(Process, "open", 0)
    monkeypatch.setattr(auto_compiler, "SAVED", 100.0)
    monkeypatch.setattr(auto_compiler, "FEWEST_BATCHES", 0)
    monkeypatch.setattr(auto_compiler, "step_gain", lambda *_: CompileGain(1.0, 1e-3, 3e-3))
    monkeypatch.setattr("modelspec.torch.compiled.compiled_step.compiled", lambda given, _: given)
    yield write_flowers(tmp_path)
    assert Process.open == 0


@pytest.fixture
def learnt(monkeypatch):
    """How many batches were done at each compiled step, from 0; those that were tried count not."""
    found = []
    learn = auto_compiler.compiled_step

    def counted(train_state, plan, *, guarded):
        step = learn(train_state, plan, guarded=guarded)
        run = step.run

        def noted(rows):
            loss = run(rows)
            found.append(train_state.optimizer.iterations - 1)
            return loss * (1 + 2**-20)

        step.run = noted
        return step

    monkeypatch.setattr(auto_compiler, "compiled_step", counted)
    return found


def told(spec, *settings, **options):
    said = []
    found = train(
        prepared(spec, *settings),
        TrainOptions(runs=spec.parent / "runs", device="cpu", say=said.append, **options),
    )
    return [each for each in said if each.startswith("train.compile")], found.folder


def decision(folder):
    return json.loads((folder / "run.json").read_text()).get("compile")


def test_it_switches_at_the_end_of_an_epoch(world, learnt):
    said, folder = told(world, *AUTO)
    assert said == [
        "train.compile: auto: steps are compiled meanwhile, by a process of its own",
        "train.compile: auto: from here on steps are compiled: a batch takes 1 ms compiled, "
        "3 ms without; the 10 batches left gain 0 s",
    ]
    assert decision(folder) == {"after_step": 2 * STEPS_AN_EPOCH, "compiled": True}
    whole = [n for n in range(2 * STEPS_AN_EPOCH, 4 * STEPS_AN_EPOCH) if n % STEPS_AN_EPOCH != 4]
    assert learnt == whole


def test_before_it_switches_no_bit_differs(world, learnt):
    plain = run(world, "train.compile=false", "train.epochs=2")
    auto = run(world, "train.compile=auto", "train.epochs=2")
    assert not learnt
    assert same_end(auto.folder, plain.folder)


@pytest.mark.parametrize("question", [3, 13, 15, 19])
def test_a_run_that_was_stopped_ends_as_one_that_was_not(world, learnt, question, monkeypatch):
    whole = run(world, *AUTO).folder
    assert learnt
    with monkeypatch.context() as patch:
        interrupt_at(question, patch)
        folder = run(world, *AUTO, runs=world.parent / "stopped").folder
    assert (decision(folder) is None) == (question == 3)
    run(world, *AUTO, resume=folder)
    assert decision(folder) == decision(whole)
    assert same_end(folder, whole)


@pytest.mark.parametrize("compiled", [True, False])
def test_a_run_that_lost_the_steps_after_its_decision_repeats_it(
    world, learnt, compiled, monkeypatch
):
    """As one that was killed between the decision and the next state."""
    monkeypatch.setattr(Process, "reason", None if compiled else "it failed")
    whole = run(world, *AUTO).folder
    monkeypatch.setattr(Process, "reason", None)
    with monkeypatch.context() as patch:
        interrupt_at(STEPS_AN_EPOCH + 2, patch)
        folder = run(world, *AUTO, runs=world.parent / "killed").folder
    assert decision(folder) is None
    record = json.loads((folder / "run.json").read_text())
    (folder / "run.json").write_text(json.dumps(record | {"compile": decision(whole)}))
    monkeypatch.setattr(auto_compiler, "CompilingProcess", None)  # it is not asked again
    learnt.clear()
    run(world, *AUTO, resume=folder)
    assert (learnt[:1] == [2 * STEPS_AN_EPOCH]) == compiled
    assert same_end(folder, whole)


def test_a_decision_that_no_run_wrote_is_refused(world):
    folder = run(world, *AUTO).folder
    for broken in (True, {"after_step": 3}, {"after_step": "3", "compiled": True}):
        record = json.loads((folder / "run.json").read_text()) | {"compile": broken}
        (folder / "run.json").write_text(json.dumps(record))
        with pytest.raises(SpecError, match="`compile` is not what a run wrote"):
            run(world, "train.compile=auto", "train.epochs=6", resume=folder)


def slower(*_):
    return CompileGain(1.0, 3e-3, 1e-3)


def refuse(*_, **__):
    raise CaptureError("it would learn by other gradients")


@pytest.mark.parametrize(
    ("place", "name", "value", "reason"),
    [
        (Process, "reason", "there is no C++ compiler", "there is no C++ compiler"),
        (Process, "ready", 9, "the training ended first"),
        (auto_compiler, "step_gain", slower, "a batch takes 3 ms compiled, 1 ms as it is"),
        (auto_compiler, "compiled_step", refuse, "it would learn by other gradients"),
        (auto_compiler, "LOADING", 1e9, "the 10 batches left would not make up for loading"),
    ],
)
def test_what_keeps_it_from_switching_is_said_once(world, place, name, value, reason, monkeypatch):
    monkeypatch.setattr(place, name, value)
    said, folder = told(world, *AUTO)
    assert len(said) == 2
    assert said[1].startswith(f"train.compile: auto: steps stay as they are: {reason}")
    assert (decision(folder) or {"compiled": False})["compiled"] is False
    plain = run(world, "train.epochs=4").folder
    assert same_weights(folder, plain)
    assert (folder / "history.csv").read_text() == (plain / "history.csv").read_text()


@pytest.mark.parametrize(
    ("name", "value", "settings", "reason"),
    [
        ("SAVED", 1e-9, (), "the 20 batches left would not make up for compiling"),
        ("FEWEST_BATCHES", 21, (), "the 20 batches left would not make up for compiling"),
        ("LOADING", 5.0, ("train.accumulate=2",), "`gradient_accumulation_steps` updates after"),
    ],
)
def test_it_does_not_begin_where_it_cannot_gain(world, name, value, settings, reason, monkeypatch):
    monkeypatch.setattr(auto_compiler, name, value)
    monkeypatch.setattr(auto_compiler, "CompilingProcess", None)
    said, folder = told(world, *AUTO, *settings)
    assert len(said) == 1
    assert reason in said[0]
    assert decision(folder) is None


def test_nothing_is_said_to_who_wants_it_quiet(world, learnt):
    assert told(world, *AUTO, quiet=True)[0] == []
    assert learnt


def test_a_run_that_can_no_longer_compile_goes_on_and_says_so(world, monkeypatch):
    folder = run(world, *AUTO).folder
    monkeypatch.setattr(auto_compiler, "compiled_step", refuse)
    said = []
    options = TrainOptions(runs=None, device="cpu", say=said.append)
    longer = prepared(world, "train.compile=auto", "train.epochs=5", resume=folder)
    train(longer, options)
    assert sum("those of this run were compiled, and round differently" in each for each in said)


def test_it_stays_where_there_can_be_no_process(world, monkeypatch):
    def none(*_):
        raise OSError("no more processes")

    monkeypatch.setattr(auto_compiler, "CompilingProcess", none)
    said, _ = told(world, *AUTO)
    assert said == ["train.compile: auto: steps stay as they are: no more processes"]


def test_an_error_ends_the_process(world, monkeypatch):
    monkeypatch.setattr(Process, "ready", 9)
    monkeypatch.setattr("modelspec.runner.loop.trainer.Trainer._end_epoch", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(world, *AUTO)


def test_on_other_devices_and_by_several_processes_it_stays(world):
    said = []
    group = ProcessGroup()
    options = TrainOptions(runs=None, say=said.append)
    found, _ = assemble(prepared(world, *AUTO), options, torch.device("meta"), None, group)
    assert found.compiler is None
    assert found.train_state.compiled is False
    assert said == ["train.compile: auto: steps stay as they are: it is for one process on a CPU"]


@pytest.mark.skipif(NO_COMPILER, reason="it takes a C++ compiler")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_machine_code_that_another_process_made_is_taken(tmp_path, monkeypatch):
    class Waiting(CompilingProcess):
        @property
        def has_ended(self):
            self.wait()
            return True

    monkeypatch.setattr(auto_compiler, "CompilingProcess", Waiting)
    code = f"import os; os.nice = id; {compiling_process.CODE}"  # the test waits for it
    monkeypatch.setattr(compiling_process, "CODE", code)
    monkeypatch.setattr(auto_compiler, "SAVED", 100.0)
    monkeypatch.setattr(auto_compiler, "FEWEST_BATCHES", 0)
    monkeypatch.setattr(auto_compiler, "step_gain", lambda *_: CompileGain(1.0, 1e-3, 3e-3))
    from torch._inductor.cpp_builder import CppBuilder

    build, built = CppBuilder.build, []
    monkeypatch.setattr(
        CppBuilder, "build", lambda self: (built.append(self.get_target_file_path()), build(self))
    )
    spec = write_flowers(tmp_path)
    found = run(spec, "train.compile=auto", "train.epochs=2")
    assert decision(found.folder) == {"after_step": STEPS_AN_EPOCH, "compiled": True}
    assert not [each for each in built if not each.endswith(".i")]  # headers, to name the cache by
    plain = run(spec, "train.epochs=2")
    for one, other in zip(plain.history, found.history, strict=True):
        assert one == pytest.approx(other, rel=1e-4)
