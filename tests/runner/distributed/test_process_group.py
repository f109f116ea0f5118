"""Two processes that train one model; where one dies, started by torch's own launcher."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import torch

from modelspec.runner.checkpoint.safetensors_file import read_tensors
from modelspec.runner.run.compare import summarize
from tests.runner.forked import run_forked
from tests.runner.worlds import run, write_spec

SPEC = """\
    name: together
    inputs: {words: {shape: [T], dtype: int64}, size: [2]}
    layers:
      embed: {type: Embedding, input_dim: 12, output_dim: 6, mask_zero: true}
      read: {type: LSTM, units: 6}
      tags: {type: TimeDistributed, layer: {type: Dense, units: 3, activation: softmax}}
      joined: Concatenate
      head: {type: two_layers}
      price: {type: Dense, units: 1 OPTION}
      unused: {type: Dense, units: 2}
    blocks:
      two_layers:
        inputs: {x: [8]}
        layers: {a: {type: Dense, units: 8, activation: tanh}, b: {type: Dense, units: 4}}
        edges: [x -> a -> b]
        outputs: [b]
    edges:
      - words -> embed -> read
      - embed -> tags
      - read, size -> joined -> head -> price
      - head -> unused
    outputs:
      price: {loss: mse, metrics: [{type: mae, weighted: true}]}
      tags: {loss: sparse_categorical_crossentropy, metrics: [accuracy]}
      unused: {}
    data:
      file: rows.npz
      sample_weight: {price: worth}
      split: {column: part}
    train:
      learning_rate: 0.01
      epochs: 3
      batch_size: 16
      callbacks: [{type: checkpoint, every_steps: 2},
                  {type: early_stopping, monitor: val_price_mae, restore_best_weights: true,
                   patience: 9}]
"""
TEXTS = """\
    name: texts
    inputs: {text: {shape: [T], dtype: int64}}
    layers:
      embed: {type: Embedding, input_dim: 9, output_dim: 4}
      pool: GlobalAveragePooling1D
      size: {type: Dense, units: 1}
    edges: [text -> embed -> pool -> size]
    outputs: {size: mse}
    data: {file: texts.csv, features: {text: {type: text}}}
    train: {learning_rate: 0.01, epochs: 2, batch_size: 8}
"""
TRAINED, HELD_OUT = 49, 40
"""A last batch of one row, which two processes cannot share, and validation batches of 32 and 8."""
PENALTIES = ", kernel_regularizer: l2, activity_regularizer: {type: l2, l2: 0.01}"


def _world(folder: Path, option: str = "") -> Path:
    generator = np.random.default_rng(3)
    count = TRAINED + HELD_OUT
    words = generator.integers(1, 12, (count, 7))
    words[np.arange(7) >= generator.integers(1, 8, (count, 1))] = 0
    size = generator.normal(size=(count, 2)).astype(np.float32)
    np.savez(
        folder / "rows.npz",
        words=words,
        size=size,
        price=(size.sum(1) + words.mean(1)).astype(np.float32),
        tags=words % 3,
        worth=generator.uniform(0, 2, count).astype(np.float32),
        part=np.array(["train"] * TRAINED + ["validation"] * HELD_OUT),
    )
    return write_spec(folder, SPEC.replace(" OPTION", option))


def _launched(spec: Path, *arguments: str, restarts: int) -> subprocess.Popen[str]:
    launcher = [sys.executable, "-m", "torch.distributed.run", "--nproc-per-node", "2"]
    launcher += ["--rdzv-backend", "c10d", "--rdzv-endpoint", "localhost:0"]
    command = ["-m", "modelspec", "train", str(spec), "--runs-dir", str(spec.parent / "runs")]
    environment = {**os.environ, "TORCH_DISABLE_SHARE_RDZV_TCP_STORE": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [*launcher, "--max-restarts", str(restarts), *command, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        start_new_session=True,
    )


def _run(spec: Path, *arguments: str) -> tuple[int, str]:
    runs = ["--runs-dir", str(spec.parent / "runs")]
    return run_forked(2, "modelspec.cli:main", "train", str(spec), *runs, *arguments)


def _folder(said: str) -> Path:
    found = re.search(r"^run +(\S+)$", said, re.MULTILINE)
    assert found, said
    return Path(found[1])


def _assert_alike(one: Path, other: Path) -> None:
    """Whether two runs ended with the same values and weights, but for rounding."""
    values, others = (np.genfromtxt(f / "history.csv", delimiter=",") for f in (one, other))
    np.testing.assert_allclose(values, others, rtol=1e-4, atol=1e-6)
    for name in ("last", "best"):
        left, right = (read_tensors(f / f"{name}.safetensors")[0] for f in (one, other))
        assert left.keys() == right.keys()
        for key, tensor in left.items():
            torch.testing.assert_close(tensor, right[key], rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize(
    ("strategy", "option"), [("ddp", PENALTIES), ("fsdp", "")], ids=["ddp", "fsdp"]
)
def test_two_train_as_one_does(strategy: str, option: str, tmp_path: Path) -> None:
    spec = _world(tmp_path, option)
    alone = run(spec, runs=tmp_path / "alone")
    code, said = _run(spec, "--set", f"train.strategy={strategy}")
    assert code == 0, said
    assert said.count("epoch 1/3") == 1
    assert alone.folder
    _assert_alike(alone.folder, _folder(said))


def test_texts_are_as_long_for_two_as_for_one(tmp_path: Path) -> None:
    spec = write_spec(tmp_path, TEXTS)
    generator = np.random.default_rng(5)
    texts = [" ".join("abcdefg"[: generator.integers(1, 8)]) for _ in range(24)]
    table = "".join(f"{text},{len(text)}\n" for text in texts)
    (tmp_path / "texts.csv").write_text(f"text,size\n{table}")
    alone = run(spec, runs=tmp_path / "alone")
    code, said = _run(spec)
    assert code == 0, said
    assert alone.folder
    _assert_alike(alone.folder, _folder(said))


def test_what_two_began_one_can_end(tmp_path: Path) -> None:
    spec = _world(tmp_path)
    alone = run(spec, runs=tmp_path / "alone")
    code, said = _run(spec, "--set", "train.strategy=fsdp", "--set", "train.epochs=1", "-q")
    assert code == 0, said
    done = run(spec, resume=_folder(said), runs=tmp_path / "runs")
    assert done.resumed_after == 1
    assert done.folder
    assert alone.folder
    _assert_alike(alone.folder, done.folder)


def test_a_process_that_dies_is_started_again_and_the_run_goes_on(tmp_path: Path) -> None:
    spec = _world(tmp_path)
    process = _launched(spec, "--set", "train.epochs=60", restarts=2)
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("runs/together/2*/checkpoints/0*")):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(children[-1]), signal.SIGKILL)
        said, _ = process.communicate(timeout=120)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
    assert process.returncode == 0, said
    assert "going on with epoch" in said
    (folder,) = (each for each in tmp_path.glob("runs/together/*") if not each.is_symlink())
    assert summarize(folder).epochs == 60


def test_a_batch_that_cannot_be_shared_is_a_finding(tmp_path: Path) -> None:
    code, said = _run(_world(tmp_path), "--set", "train.batch_size=15")
    assert code == 1
    assert said.count("`batch_size` is 15, which 2 processes cannot share evenly") == 1
    assert "use `14` or `16`" in said


def test_what_needs_whole_weights_is_a_finding(tmp_path: Path) -> None:
    spec = _world(tmp_path, PENALTIES)
    code, said = _run(spec, "--set", "train.strategy=fsdp")
    assert code == 1
    assert "regularizers and constraints hold whole weights" in said
