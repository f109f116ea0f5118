"""Candidates: linted as `train` would, measured as `summary` does, each once."""

from pathlib import Path

import pytest

from modelspec import lint
from modelspec.diagnostics import SpecError
from modelspec.graph import totals
from modelspec.language.tune import Limits
from modelspec.tuning.space.candidates import Candidates, settings

SPEC = """\
params: {n: 4}
inputs: {x: [12, 3]}
blocks: {part: ./part.yaml}
layers:
  conv: {type: Conv1D, filters: $n, kernel_size: 3, activation: relu}
  part: part
  flat: Flatten
  y:    {type: Dense, units: 1}
outputs: {y: mse}
train: {optimizer: adam}
tune:
  search:
    params.n: {int: [1, 64]}
    layers.conv.kernel_size: [3, 13]
    train.optimizer: [adam, {type: sgd, momentum: 0.5}]
"""
PART = """\
inputs: [x]
layers: {pool: {type: MaxPooling1D, pool_size: 2}}
outputs: [pool]
"""


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "part.yaml").write_text(PART)
    path = tmp_path / "spec.yaml"
    path.write_text(SPEC)
    return str(path)


def test_a_candidate_weighs_what_summary_says(file: str) -> None:
    candidates = Candidates(file, ["layers.y.units=2"], limits=Limits())
    found = candidates.examine({"params.n": 7, "train.optimizer": {"type": "sgd", "momentum": 0.9}})
    examined = lint.examine(file, overrides=["layers.y.units=2", "params.n=7"])
    assert examined.graph is not None
    sums = totals(examined.graph)
    assert found.ok
    assert found.why == ""
    assert (found.parameters, found.flops) == (sums.parameters, sums.flops)


def test_what_cannot_be_trained_says_why(file: str) -> None:
    found = Candidates(file, limits=Limits()).examine({"layers.conv.kernel_size": 13})
    assert not found.ok
    assert [each.code for each in found.errors] == ["MS502"]
    assert found.why.startswith("MS502 ")


def test_what_a_plain_lint_lets_pass_is_an_error_where_train_has_it(file: str) -> None:
    found = Candidates(file, limits=Limits()).examine({"outputs.y": {}})
    assert [each.code for each in found.errors] == ["MS604"]


def test_limits_are_held_to_the_last_one(file: str) -> None:
    free = Candidates(file, limits=Limits()).examine({"params.n": 8})
    assert free.flops is not None
    held = Limits(parameters=free.parameters, flops=free.flops)
    assert Candidates(file, limits=held).examine({"params.n": 8}).ok
    tight = Limits(parameters=free.parameters - 1, flops=free.flops // 2)
    found = Candidates(file, limits=tight).examine({"params.n": 8})
    assert not found.ok
    assert found.over["flops"] == pytest.approx(1, rel=0.01)
    assert found.over["parameters"] == pytest.approx(1 / (free.parameters - 1))
    assert "parameters, 1.0" in found.why
    assert "FLOPs a sample, 2 times the limit" in found.why


def test_flops_of_open_sizes(file: str) -> None:
    path = Path(file)
    path.write_text(SPEC.replace("x: [12, 3]", "x: [T, 3]").replace("Flatten", "LastStep"))
    values = {"params.n": 4, "layers.flat": {"type": "GlobalMaxPooling1D"}}
    open_ = Candidates(file, limits=Limits()).examine(values)
    assert open_.ok
    assert open_.flops is None
    limited = Candidates(file, limits=Limits(flops=10)).examine(values)
    assert [each.code for each in limited.errors] == ["MS711"]


def test_each_is_linted_once_and_files_are_read_once(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    candidates = Candidates(file, limits=Limits())
    first = candidates.examine({"params.n": 1, "layers.conv.kernel_size": 3})
    Path(file).unlink()
    Path(file).with_name("part.yaml").unlink()
    assert candidates.examine({"layers.conv.kernel_size": 3, "params.n": 1}) is first
    assert candidates.examine({"params.n": 2}).ok
    assert len(candidates) == 2


def test_the_section_is_not_read_again_for_each(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object) -> None:
        raise AssertionError

    monkeypatch.setattr("modelspec.language.tune.read_tune", never)
    assert Candidates(file, limits=Limits()).examine({"params.n": 3}).ok


def test_values_lie_in_place_whatever_their_order() -> None:
    values = {"train.optimizer.momentum": 0.5, "train.optimizer": {"type": "sgd"}, "a": "1e3"}
    assert settings(values) == [
        'a="1e3"',
        "train.optimizer={type: sgd}",
        "train.optimizer.momentum=0.5",
    ]


def test_an_override_that_leads_nowhere(file: str) -> None:
    with pytest.raises(SpecError, match="MS201"):
        Candidates(file, ["layers.z.units=3"], limits=Limits())
