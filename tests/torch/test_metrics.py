"""The metrics against Keras's values."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.torch.losses import TargetError
from modelspec.torch.metrics import AreaUnderCurve, Mean, accumulator
from modelspec.training import metrics
from tests.torch.golden_values import ARRAYS, GOLDEN, sample_weights


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("entry", GOLDEN["metrics"], ids=lambda entry: str(entry["case"]))
def test_values_are_those_of_keras(entry, weighted):
    name, _, prediction, target = entry["case"]
    metric = accumulator(metrics.find(name))
    outputs, targets = ARRAYS[prediction], ARRAYS[target]
    weights = sample_weights(len(targets))
    for rows in (slice(0, len(targets) - 2), slice(len(targets) - 2, None)):
        metric.update(outputs[rows], targets[rows], weights[rows] if weighted else None)
    wanted = entry["weighted" if weighted else "value"]
    assert metric.result() == pytest.approx(wanted, rel=1e-6, abs=1e-6)


@pytest.mark.parametrize("name", metrics.METRICS)
def test_nothing_yet_is_zero(name):
    assert accumulator(metrics.find(name)).result() == 0.0


@pytest.mark.parametrize("name", metrics.METRICS)
def test_reset_forgets(name):
    metric = accumulator(metrics.find(name))
    kind = metrics.find(name).kind
    pair = ("probabilities", "classes" if kind == "indices" else "one_hot")
    metric.update(ARRAYS[pair[0]], ARRAYS[pair[1]])
    first = metric.result()
    metric.reset()
    assert metric.totals.sum() == 0
    metric.update(ARRAYS[pair[0]], ARRAYS[pair[1]])
    assert metric.result() == first


@pytest.mark.parametrize("name", ["accuracy", "precision", "recall", "auc"])
def test_class_indices_and_one_hot_rows_agree(name):
    by_row, by_index = (accumulator(metrics.find(name)) for _ in range(2))
    by_row.update(ARRAYS["probabilities"], ARRAYS["one_hot"])
    by_index.update(ARRAYS["probabilities"], ARRAYS["classes"].long())
    assert by_row.result() == by_index.result()


def test_accuracy_of_several_binary_labels():
    metric = accumulator(metrics.find("accuracy"), loss="binary_crossentropy")
    metric.update(ARRAYS["label_chances"], ARRAYS["labels"])
    wanted = ((ARRAYS["label_chances"] > 0.5) == ARRAYS["labels"]).float().mean().item()
    assert metric.result() == pytest.approx(wanted)


@pytest.mark.parametrize("name", ["mae", "mse", "binary_accuracy", "precision"])
def test_nothing_is_broadcast(name):
    with pytest.raises(TargetError):
        accumulator(metrics.find(name)).update(torch.rand(4, 1), torch.zeros(4, 3))


@settings(max_examples=25, deadline=None)
@given(st.integers(2, 60), st.integers(1, 7), st.integers(0, 10_000))
@pytest.mark.parametrize("name", ["accuracy", "mae", "precision", "auc"])
def test_batches_make_no_difference(name, rows, size, seed):
    generator = torch.Generator().manual_seed(seed)
    outputs = torch.rand(rows, 1, generator=generator)
    targets = (torch.rand(rows, 1, generator=generator) > 0.5).float()
    whole, parts = (accumulator(metrics.find(name)) for _ in range(2))
    whole.update(outputs, targets)
    for some, wanted in zip(outputs.split(size), targets.split(size), strict=True):
        parts.update(some, wanted)
    assert parts.result() == pytest.approx(whole.result())


@settings(max_examples=25, deadline=None)
@given(st.integers(20, 300), st.integers(0, 10_000))
def test_area_is_near_the_exact_one(rows, seed):
    from sklearn.metrics import roc_auc_score

    generator = torch.Generator().manual_seed(seed)
    outputs = torch.rand(rows, generator=generator)
    targets = (outputs + torch.randn(rows, generator=generator) > 0.5).float()
    if targets.unique().numel() < 2:
        return
    metric = AreaUnderCurve()
    metric.update(outputs, targets)
    assert metric.result() == pytest.approx(roc_auc_score(targets, outputs), abs=0.02)


def test_totals_of_two_processes_add_up():
    one, two, both = (accumulator(metrics.find("auc")) for _ in range(3))
    one.update(ARRAYS["chances"][:4], ARRAYS["binary"][:4])
    two.update(ARRAYS["chances"][4:], ARRAYS["binary"][4:])
    both.update(ARRAYS["chances"], ARRAYS["binary"])
    one.totals += two.totals
    assert one.result() == both.result()


def test_mean_of_batches_counts_rows():
    mean = Mean()
    mean.add(torch.tensor(1.0), 3)
    mean.add(torch.tensor(5.0), 1)
    assert mean.result() == 2.0
