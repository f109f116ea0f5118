"""Parts of a model that start from files of their own: what training takes, and what lint sees."""

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor

from modelspec import lint
from modelspec.diagnostics import SpecError
from modelspec.layers import registry
from modelspec.lint.rules.checked.ms708_weights_misfit import _layer
from modelspec.runner.checkpoint.safetensors_file import write_tensors
from tests.layers.calling import infer, make
from tests.runner.worlds import run, write_spec

BASE = """\
    name: base
    inputs: {x: [4]}
    layers:
      hidden: {type: Dense, units: 5, activation: tanh}
      norm: BatchNormalization
    edges: [x -> hidden -> norm]
    outputs: [norm]
"""
WHOLE = """\
    name: whole
    inputs: {x: [4], z: [4]}
    blocks:
      encoder:
        inputs: {v: [4]}
        layers: {inner: {type: small, trainable: false}}
        outputs: [inner]
      small:
        inputs: {v: [4]}
        layers: {hidden: {type: Dense, units: 5, activation: tanh}, norm: BatchNormalization}
        edges: [v -> hidden -> norm]
        outputs: [norm]
    shared:
      both: {type: small}
    layers:
      one: {use: both}
      other: {use: both}
      deep: encoder
      join: Concatenate
      y: {type: Dense, units: 1}
    edges: [x -> one, z -> other, x -> deep, "one, other, deep -> join -> y"]
    outputs: {y: mse}
    data: {file: rows.npz}
    train: {epochs: 1, optimizer: sgd, learning_rate: 1.0e-30, weights: WEIGHTS}
"""


def _tensors(seed: int, prefix: str = "") -> dict[str, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    shapes = {"hidden.weight": [5, 4], "hidden.bias": [5]} | {
        f"norm.{name}": [5] for name in ("weight", "bias", "running_mean", "running_var")
    }
    return {
        f"{prefix}{name}": torch.rand(shape, generator=generator) + 0.5
        for name, shape in shapes.items()
    }


@pytest.fixture
def world(tmp_path: Path) -> Path:
    generator = np.random.default_rng(0)
    rows = {name: generator.normal(size=(20, 4)).astype(np.float32) for name in ("x", "z")}
    np.savez(tmp_path / "rows.npz", **rows, y=generator.normal(size=(20, 1)).astype(np.float32))
    write_tensors(tmp_path / "first.safetensors", _tensors(1))
    write_tensors(tmp_path / "second.safetensors", _tensors(2))
    write_tensors(tmp_path / "within.safetensors", _tensors(3, "inner."))
    write_tensors(tmp_path / "dense.safetensors", {"weight": torch.ones(1, 15)})
    return tmp_path


def _spec(folder: Path, weights: str) -> Path:
    return write_spec(folder, WHOLE.replace("WEIGHTS", weights))


@pytest.mark.parametrize(
    ("weights", "wanted"),
    [
        ("{both: first.safetensors}", {"both": 1}),
        ("{other: first.safetensors}", {"both": 1}),
        (
            "{both: first.safetensors, deep/inner: second.safetensors}",
            {"both": 1, "deep.inner": 2},
        ),
        ("{deep/inner: within.safetensors}", {"deep.inner": 3}),
    ],
)
def test_each_part_has_the_weights_of_its_file(
    weights: str, wanted: dict[str, int], world: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spec = _spec(world, weights)
    assert not list(lint.examine(str(spec)).report)
    result = run(spec, runs=world / "runs")
    state = result.module.state_dict()
    for part, seed in wanted.items():
        for name, tensor in _tensors(seed).items():
            if "running" not in name or part != "both":  # it goes on measuring
                torch.testing.assert_close(state[f"{part}.{name}"], tensor)


def test_one_layer_and_what_it_lacks(world: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = run(_spec(world, "{y: dense.safetensors}"), runs=world / "runs")
    assert torch.equal(result.module.state_dict()["y.weight"], torch.ones(1, 15))


@pytest.mark.parametrize(
    ("weights", "code", "said"),
    [
        ("{bath: first.safetensors}", "MS301", "no node is `bath`"),
        ("{join: first.safetensors}", "MS301", "no node is `join`"),
        ("{y: first.safetensors}", "MS708", "other sizes than `y`"),
        ("{deep: first.safetensors}", "MS708", "nothing for `inner.hidden`"),
        ("{both: junk.safetensors}", "MS708", "no header"),
        ("{both: wide.safetensors}", "MS708", "other sizes than `hidden` of `both`"),
        ("{}", "MS204", "weights"),
    ],
)
def test_lint_says_what_does_not_fit(weights: str, code: str, said: str, world: Path) -> None:
    (world / "junk.safetensors").write_bytes(b"hello, this is no such file")
    wide = _tensors(1) | {"hidden.weight": torch.zeros(5, 3)}
    write_tensors(world / "wide.safetensors", wide)
    (found,) = lint.examine(str(_spec(world, weights))).report
    assert found.code == code
    assert said in found.message
    assert found.span.line


@pytest.mark.parametrize("name", registry.names())
def test_the_numbers_of_a_layer_in_a_file_are_as_many_as_lint_expects(name: str) -> None:
    for example in registry.find(name).examples:
        layer = registry.find(name)(**example.arguments)
        module = make(layer, example.shapes)
        weights = infer(layer, example.shapes, example.dtype).weights
        if module is None or not weights:
            continue

        expected = _layer("", weights)
        held = sum(tensor.numel() for tensor in module.state_dict().values())
        assert expected.least <= held <= expected.most


def test_a_base_without_its_name_is_said_to_fit_a_part(world: Path) -> None:
    with pytest.raises(SpecError) as caught:
        run(_spec(world, "first.safetensors"), runs=world / "runs")
    assert "{weights: {both: FILE}}" in caught.value.diagnostics[0].help
