"""The models of `benchmarks/workloads.py`: their specs are what the other contenders train."""

from pathlib import Path

import pytest

import modelspec
from benchmarks.workloads.definitions import WORKLOADS

FOLDER = Path("benchmarks/workloads/specs")


@pytest.mark.parametrize("name", WORKLOADS)
def test_a_spec_says_what_the_definition_does(name: str) -> None:
    workload, spec = WORKLOADS[name], modelspec.load(str(FOLDER / f"{name}.yaml")).spec
    assert spec.train
    assert spec.train.batch_size == workload.batch
    assert spec.train.optimizer.learning_rate == workload.learning_rate
    assert type(spec.train.optimizer).__name__.lower() == workload.optimizer
    sizes = {
        n: (*each.shape, *([each.size] if each.kind == "onehot" else []))
        for n, each in workload.inputs.items()
    }
    assert {n: tuple(each.shape or ()) for n, each in spec.model.inputs.items()} == sizes
    wanted = {n: (each.loss, each.weight) for n, each in workload.outputs.items()}
    given = spec.model.outputs.items()
    assert {n: (str(each.loss and each.loss.type_name), each.weight) for n, each in given} == wanted


def test_every_workload_has_a_spec() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == set(WORKLOADS)
