"""What compiling gains, without compiling anything."""

import numpy as np
import torch

from modelspec.runner.assemble import assemble
from modelspec.runner.distributed.process_group import ProcessGroup
from modelspec.runner.loop import compile_gain as compile_gains
from modelspec.runner.loop.compile_gain import CompileGain, compile_gain
from modelspec.runner.run.options import TrainOptions
from tests.runner.worlds import prepared, write_spec

SPEC = """
    name: noisy
    inputs: {x: [4]}
    layers:
      hidden: {type: Dense, units: 8}
      normal: BatchNormalization
      drop: {type: Dropout, rate: 0.3}
      out: {type: Dense, units: 1}
    outputs: {out: {loss: mse, metrics: [mae]}}
    data: {file: noisy.npz}
    train: {epochs: 2, batch_size: 16}
"""


def whole_state(trainer):
    state = trainer.train_state
    return [
        *(each.clone() for each in state.module.state_dict().values()),
        *(each.clone() for each in state.optimizer.state_dict().values()),
        *(each.clone() for each in state.objective.sums()),
        torch.get_rng_state(),
    ]


def test_measuring_changes_nothing_and_finds_the_faster_one(tmp_path, monkeypatch):
    draws = np.random.default_rng(0)
    arrays = {"x": draws.normal(size=(40, 4)), "out": draws.normal(size=(40, 1))}
    np.savez(tmp_path / "noisy.npz", **{k: v.astype(np.float32) for k, v in arrays.items()})
    options = TrainOptions(runs=None, quiet=True)
    spec = prepared(write_spec(tmp_path, SPEC))
    trainer, _ = assemble(spec, options, torch.device("cpu"), None, ProcessGroup())
    trainer._train_batch(next(trainer._batches()))
    state, forward, sizes, spent = trainer.train_state, trainer.train_state.forward, [], [0.0]

    def slow(inputs):
        sizes.append(len(inputs["x"]))
        spent[0] += 1 / 64  # exact in binary, however often it is added
        return forward(inputs)

    monkeypatch.setattr(compile_gains, "compile_clock", lambda device: lambda: spent[0])
    state.forward = slow
    before = whole_state(trainer)
    gain = compile_gain(state, trainer.plan)
    assert all(map(torch.equal, before, whole_state(trainer)))
    assert all(each.grad is None for each in state.module.parameters())
    assert gain.compiled >= 0.01 > gain.plain
    assert sizes[:2] == [16, 8]
    assert set(sizes[2:]) == {16}


def test_what_is_said_of_it():
    slower, faster = CompileGain(20.0, 0.6e-3, 0.3e-3), CompileGain(20.0, 0.2e-3, 0.3e-3)
    assert slower.told(10_000) == (
        "train.compile: 20 s to compile; then a batch takes 0.6 ms, 0.3 ms without: "
        "`train.compile: false` is faster here"
    )
    assert "the 10,000 batches left gain 1 s, less than compiling costs" in faster.told(10_000)
    assert faster.told(1_000_000).endswith("the 1,000,000 batches left gain 100 s")
