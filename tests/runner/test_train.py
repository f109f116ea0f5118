"""Training against loops written by hand, with torch's own optimizers and losses."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from modelspec.data import permutation
from modelspec.runner.run.errors import TrainingError
from modelspec.runner.run.options import TrainOptions
from modelspec.runner.train import train
from modelspec.torch import build
from tests.runner.worlds import prepared, run, write_flowers, write_spec

PLAIN = """\
    name: flowers
    inputs: {petals: [4]}
    layers:
      hidden: {type: Dense, units: 8, activation: tanh}
      species: {type: Dense, units: 3, activation: softmax}
    outputs:
      species: {loss: categorical_crossentropy, metrics: [accuracy]}
    data: {file: flowers.npz, split: {validation: 0.25}}
    train: {optimizer: sgd, learning_rate: 0.1, epochs: 3, batch_size: 16, seed: 3}
"""


def test_the_numbers_are_those_of_a_loop_written_by_hand(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, spec=PLAIN)
    trained = run(spec)
    setup = prepared(spec)
    rows, held_out = setup.splits.train, setup.splits.validation
    assert held_out
    petals = torch.from_numpy(rows.inputs["petals"])
    species = torch.from_numpy(rows.targets["species"])
    module = build(setup.graph, seed=3)
    optimizer = torch.optim.SGD(module.parameters(), lr=0.1)
    for epoch in (1, 2, 3):
        order = torch.from_numpy(permutation(rows.rows, 3, epoch))
        losses, hits = 0.0, 0
        for index in order.split(16):
            logits = module.species(torch.tanh(module.hidden(petals[index])))
            loss = functional.cross_entropy(logits, species[index])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            losses += loss.item() * len(index)
            hits += int((logits.argmax(1) == species[index]).sum())
        with torch.no_grad():
            output = module(torch.from_numpy(held_out.inputs["petals"]))["species"]
        truth = torch.from_numpy(held_out.targets["species"])
        expected = {
            "epoch": epoch,
            "loss": losses / rows.rows,
            "accuracy": hits / rows.rows,
            "val_loss": functional.nll_loss(output.log(), truth).item(),
            "val_accuracy": (output.argmax(1) == truth).double().mean().item(),
            "learning_rate": 0.1,
        }
        assert trained.history[epoch - 1] == pytest.approx(expected, rel=1e-6)
    for name, weight in module.state_dict().items():
        assert torch.equal(trained.module.state_dict()[name], weight), name


SEVERAL = """\
    name: people
    inputs: {posts: [6]}
    layers:
      trunk: {type: Dense, units: 5, activation: relu}
      age: {type: Dense, units: 1}
      income: {type: Dense, units: 4, activation: softmax}
      gender: {type: Dense, units: 1, activation: sigmoid}
    edges: [posts -> trunk, "trunk -> age, income, gender"]
    outputs:
      age: {loss: mse, weight: 0.25, metrics: [mae]}
      income: {loss: categorical_crossentropy, metrics: [accuracy]}
      gender:
        loss: binary_crossentropy
        weight: 10
        metrics: [auc]
        class_weight: {1: 3.0}
    data: {file: people.npz}
    train: {optimizer: sgd, learning_rate: 0.05, epochs: 1, batch_size: 50, shuffle: false}
"""


def test_several_outputs_count_by_their_weights(tmp_path: Path) -> None:
    generator = np.random.default_rng(0)
    arrays = {
        "posts": generator.normal(size=(50, 6)).astype(np.float32),
        "age": generator.normal(size=50).astype(np.float32),
        "income": generator.integers(0, 4, 50),
        "gender": generator.integers(0, 2, 50),
    }
    np.savez(tmp_path / "people.npz", **arrays)
    spec = write_spec(tmp_path, SEVERAL)
    trained = run(spec)
    module = build(prepared(spec).graph, seed=0)
    made = module(torch.from_numpy(arrays["posts"]))
    gender = torch.from_numpy(arrays["gender"]).float()
    age = functional.mse_loss(made["age"][:, 0], torch.from_numpy(arrays["age"]))
    income = functional.nll_loss(made["income"].log(), torch.from_numpy(arrays["income"]))
    told = functional.binary_cross_entropy(made["gender"][:, 0], gender, reduction="none")
    weighted = (told * torch.where(gender == 1, 3.0, 1.0)).mean()
    total = 0.25 * age + income + 10 * weighted
    row = trained.history[0]
    assert list(row) == [
        "epoch",
        "loss",
        "age_loss",
        "age_mae",
        "income_loss",
        "income_accuracy",
        "gender_loss",
        "gender_auc",
        "learning_rate",
    ]
    assert row["loss"] == pytest.approx(total.item(), rel=1e-5)
    assert row["age_loss"] == pytest.approx(age.item(), rel=1e-5)
    assert row["gender_loss"] == pytest.approx(weighted.item(), rel=1e-5)
    total.backward()
    for name, weight in module.named_parameters():
        assert weight.grad is not None
        expected = weight.detach() - 0.05 * weight.grad
        torch.testing.assert_close(trained.module.get_parameter(name).detach(), expected)


def test_the_same_seed_gives_the_same_run(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    assert run(spec).history == run(spec).history
    assert run(spec, "train.seed=1").history != run(spec).history


def test_a_loss_that_is_no_number_ends_the_run_and_is_named(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path, spec=PLAIN)
    with pytest.raises(TrainingError, match=r"the loss of output `species` .* in epoch [123]"):
        run(spec, "train.learning_rate=1e38")
    (folder,) = (path for path in (tmp_path / "runs/flowers").iterdir() if not path.is_symlink())
    assert not (folder / "last.safetensors").exists()


def test_a_run_may_leave_nothing_behind(tmp_path: Path) -> None:
    spec = write_flowers(tmp_path)
    before = sorted(tmp_path.iterdir())
    trained = train(prepared(spec), TrainOptions(runs=None, quiet=True, device="cpu"))
    assert trained.folder is None
    assert len(trained.history) == 3
    assert sorted(tmp_path.iterdir()) == before


def test_early_stopping_gives_back_the_best_weights(tmp_path: Path) -> None:
    callbacks = "[{type: early_stopping, monitor: loss, mode: max, restore_best_weights: true}]"
    spec = write_flowers(tmp_path, callbacks)
    stopped = run(spec)
    once = run(spec, "train.epochs=1")
    assert len(stopped.history) == 2
    for name, weight in once.module.state_dict().items():
        assert torch.equal(stopped.module.state_dict()[name], weight)


@pytest.mark.parametrize(
    ("callbacks", "files"),
    [
        ("[]", {"history.csv"}),
        ("[csv_logger]", {"history.csv"}),
        ("[{type: csv_logger, filename: log.csv}]", {"history.csv", "log.csv"}),
    ],
)
def test_there_is_always_a_history(callbacks: str, files: set[str], tmp_path: Path) -> None:
    folder = run(write_flowers(tmp_path, callbacks)).folder
    assert folder
    assert {path.name for path in folder.glob("*.csv")} == files
    assert all(len((folder / name).read_text().splitlines()) == 4 for name in files)


def test_a_run_directory_holds_all_that_it_takes(tmp_path: Path) -> None:
    trained = run(write_flowers(tmp_path))
    assert trained.folder
    names = {path.name for path in trained.folder.iterdir()}
    assert names >= {
        "spec.yaml",
        "source",
        "run.json",
        "environment.json",
        "preprocessing.json",
        "history.csv",
        "last.safetensors",
        "best.safetensors",
        "checkpoints",
    }
    assert not [name for name in names if name.startswith(".unfinished")]
    assert (trained.folder.parent / "latest").resolve() == trained.folder.resolve()
