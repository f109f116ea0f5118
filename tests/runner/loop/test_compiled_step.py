"""Whole steps that are compiled. Most tests run their graph call by call, which costs nothing."""

import os
import shutil

import numpy as np
import pytest
import torch

from modelspec.runner.assemble import assemble
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.loop import compile_gain
from modelspec.runner.loop.compiled_step import compiled_step, step_gain
from modelspec.runner.loop.step_capture import CapturedStep
from modelspec.runner.run.errors import TrainingError
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from modelspec.torch.capture import CaptureError
from modelspec.torch.compiled import CompileError, compiler
from modelspec.torch.optimizers.functional import FunctionalStep
from tests.runner.worlds import (
    FLOWERS,
    interrupted_run,
    prepared,
    run,
    same_end,
    write_flowers,
    write_spec,
)

NO_COMPILER = shutil.which("g++") is None or "ATEN_CPU_CAPABILITY" in os.environ
ROWS = 44
SPEC = """
    name: mixed
    inputs: {x: [6], word: {shape: [3], dtype: int32}}
    layers:
      looked: {type: Embedding, input_dim: 9, output_dim: 4}
      flat: Flatten
      both: Concatenate
      wide: {type: Dense, units: 140, activation: relu, kernel_regularizer: {type: l2, l2: 0.01}}
      normal: BatchNormalization
      drop: {type: Dropout, rate: 0.3}
      noise: {type: GaussianNoise, stddev: 0.1}
      layered: LayerNormalization
      kind: {type: Dense, units: 3, activation: softmax}
      size: {type: Dense, units: 1}
    edges:
      - word -> looked -> flat
      - x, flat -> both -> wide -> normal -> drop -> noise -> layered -> kind, size
    outputs:
      kind: {loss: categorical_crossentropy, metrics: [accuracy, auc]}
      size: {loss: mse, weight: 0.5, metrics: [mae, r2_score]}
    data: {file: rows.npz, split: {validation: 0.1}}
    train: {optimizer: sgd, learning_rate: 0.05, epochs: 3, batch_size: 16}
"""
SETTINGS = (
    (),
    ("train.optimizer={type: adam, weight_decay: 0.01}", "train.warmup_steps=3"),
    ("train.optimizer={type: rmsprop, momentum: 0.5}", "train.gradient_clip=0.2"),
    ("train.optimizer={type: nadam, use_ema: true}", "train.learning_rate_multipliers={k*: 0.1}"),
    ("train.freeze=[wide]", "train.callbacks=[terminate_on_nan]", "train.shuffle=false"),
    ("train.precision=bfloat16", "train.validate_every=2"),
)


@pytest.fixture
def spec(tmp_path):
    draws = np.random.default_rng(3)
    kind = draws.integers(0, 3, ROWS)
    x = draws.normal(size=(ROWS, 6)) + kind[:, None]
    word = draws.integers(0, 9, (ROWS, 3))
    size = x.sum(1, keepdims=True) / 3
    np.savez(
        tmp_path / "rows.npz",
        x=x.astype(np.float32),
        word=word.astype(np.int32),
        kind=np.eye(3, dtype=np.float32)[kind],
        size=size.astype(np.float32),
    )
    return write_spec(tmp_path, SPEC)


@pytest.fixture
def call_by_call(monkeypatch):
    """No compiler: the graph that one would get runs as it is."""
    monkeypatch.setattr("modelspec.torch.compiled.compiled_step.compiled", lambda module, _: module)


def trainer_of(spec, *settings):
    options = TrainOptions(runs=None, quiet=True)
    found, _ = assemble(
        prepared(spec, *settings), options, torch.device("cpu"), None, ProcessGroup()
    )
    return found


def state_of(trainer):
    state = trainer.train_state
    sums = [each.clone() for each in state.objective.sums()]
    tensors = [*state.module.state_dict().values(), *state.optimizer.state_dict().values(), *sums]
    return [each.clone() for each in tensors]


@pytest.mark.usefixtures("call_by_call")
@pytest.mark.parametrize("settings", SETTINGS, ids=" ".join)
def test_a_compiled_step_is_the_step(spec, settings, monkeypatch):
    plain, trainer = trainer_of(spec, *settings), trainer_of(spec, *settings)
    guarded = "train.callbacks=[terminate_on_nan]" in settings
    drawn = torch.get_rng_state()
    before = state_of(trainer)
    step = compiled_step(trainer.train_state, trainer.plan, guarded=guarded)
    assert all(map(torch.equal, before, state_of(trainer)))
    assert torch.equal(drawn, torch.get_rng_state())

    plain.train_state.module.train()
    for batch in plain._batches():
        plain._train_batch(batch)
    ended = torch.get_rng_state()
    torch.set_rng_state(drawn)
    trainer._compiled = step
    trainer.train_state.module.train()
    sizes, run_compiled = [], step.run
    monkeypatch.setattr(step, "run", lambda rows: (sizes.append(len(rows)), run_compiled(rows))[1])
    taken = list(trainer._batches())
    for batch in taken:
        trainer._train_batch(batch)
    assert list(map(len, taken))[:2] == sizes
    assert len(taken) == 3
    assert torch.equal(ended, torch.get_rng_state())
    rtol = 0.05 if "train.precision=bfloat16" in settings else 2e-4
    for one, other in zip(state_of(plain), state_of(trainer), strict=True):
        torch.testing.assert_close(one, other, rtol=rtol, atol=2e-4)
    pairs = (each.train_state.module.parameters() for each in (plain, trainer))
    assert all((a.grad is None) == (b.grad is None) for a, b in zip(*pairs, strict=True))


@pytest.mark.usefixtures("call_by_call")
@pytest.mark.parametrize("question", [2, 4, 6])
def test_where_it_is_cut_changes_no_bit(spec, question, monkeypatch):
    settings = ("train.compile=true", "train.optimizer=rmsprop", "train.validate_every=2")
    whole = run(spec, *settings).folder
    folder = interrupted_run(question, monkeypatch, spec, *settings)
    run(spec, *settings, resume=folder)
    assert same_end(folder, whole)


@pytest.mark.usefixtures("call_by_call")
def test_nothing_is_learnt_of_a_loss_that_is_no_number(spec):
    trainer = trainer_of(spec)
    trainer.guard()
    trainer.train_state.module.train()
    trainer._compiled = compiled_step(trainer.train_state, trainer.plan, guarded=True)
    rows = trainer.plan.rows.inputs["x"]
    batch = next(trainer._batches())
    rows[batch[3]] = torch.nan
    learnt = [each.detach().clone() for each in trainer.train_state.module.parameters()]
    with pytest.raises(TrainingError, match="first value that is not finite is that of `x`"):
        trainer._train_batch(batch)
    for before, after in zip(learnt, trainer.train_state.module.parameters(), strict=True):
        assert torch.equal(before, after)


@pytest.mark.usefixtures("call_by_call")
def test_measuring_learns_nothing_and_is_against_captured_steps(spec, monkeypatch):
    monkeypatch.setattr(compile_gain, "SECONDS", 0.0)
    captured = []
    monkeypatch.setattr(
        CapturedStep,
        "update",
        lambda self: captured.append(self._optimizer.step_on(self._gradients)),
    )
    trainer = trainer_of(spec, "train.batch_size=8")
    step = compiled_step(trainer.train_state, trainer.plan, guarded=False)
    before, drawn = state_of(trainer), torch.get_rng_state()
    gain = step_gain(trainer.train_state, trainer.plan, step, 3.0, 10_000)
    assert 2.0 < gain.warm_up <= 3.0
    assert len(captured) >= 2
    assert all(map(torch.equal, before, state_of(trainer)))
    assert torch.equal(drawn, torch.get_rng_state())


@pytest.mark.usefixtures("call_by_call")
def test_a_step_with_other_gradients_is_refused(spec, monkeypatch):
    trainer = trainer_of(spec)
    formula = FunctionalStep.clipped
    halved = lambda self, found: {k: v * 0.5 for k, v in formula(self, found).items()}  # noqa: E731
    monkeypatch.setattr(FunctionalStep, "clipped", halved)
    with pytest.raises(CaptureError, match="other gradients"):
        compiled_step(trainer.train_state, trainer.plan, guarded=False)


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        (("train.accumulate=2",), "gradient_accumulation_steps"),
        (("train.batch_size=64",), "no batch is whole"),
        (("train.optimizer=muon",), "`Muon` has no step"),
        (("layers.kind.kernel_constraint=non_neg",), "constraints"),
    ],
)
def test_what_stands_against_it_is_named(spec, settings, reason):
    trainer = trainer_of(spec, *settings)
    with pytest.raises(CaptureError, match=reason):
        compiled_step(trainer.train_state, trainer.plan, guarded=False)


def test_the_passes_are_compiled_where_whole_steps_cannot_be(spec, monkeypatch):
    said, calls = [], []
    monkeypatch.setattr(torch.nn.Module, "compile", lambda self: calls.append(self))
    options = TrainOptions(runs=None, device="cpu", say=said.append)
    train(prepared(spec, "train.compile=true", "train.accumulate=2", "train.epochs=1"), options)
    assert len(calls) == 1
    told = [each for each in said if each.startswith("train.compile: ")]
    assert "`gradient_accumulation_steps` updates after some batches only" in told[0]
    assert "a batch takes" in told[1]


@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_a_machine_without_a_compiler_is_told_so(spec, monkeypatch):
    def none():
        raise CompileError("there is no C++ compiler")

    monkeypatch.setattr(compiler, "compiler", none)
    with pytest.raises(TrainingError, match="there is no C\\+\\+ compiler") as caught:
        run(spec, "train.compile=true")
    assert "train.compile: false" in caught.value.help


@pytest.mark.skipif(NO_COMPILER, reason="it takes a C++ compiler")
@pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning")
def test_machine_code_is_resumed_to_the_bit_and_near_the_other(tmp_path, monkeypatch):
    compile_once, made = compiler.compiled, {}

    def remembered(module, arguments):
        if module.code not in made:
            made[module.code] = compile_once(module, arguments)
        return made[module.code]

    monkeypatch.setattr("modelspec.torch.compiled.compiled_step.compiled", remembered)
    spec = write_flowers(tmp_path, "[]", FLOWERS.replace("units: 8", "units: 128"))
    settings = ("train.optimizer=sgd", "train.epochs=2")
    whole = run(spec, "train.compile=true", *settings)
    folder = interrupted_run(4, monkeypatch, spec, "train.compile=true", *settings)
    run(spec, "train.compile=true", *settings, resume=folder)
    assert len(made) == 1
    assert same_end(folder, whole.folder)
    plain = run(spec, *settings)
    for one, other in zip(plain.history, whole.history, strict=True):
        assert one == pytest.approx(other, rel=1e-4)
