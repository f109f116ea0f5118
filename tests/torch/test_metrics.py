"""The metrics against Keras's values."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from modelspec.torch.losses import TargetError
from modelspec.torch.metrics import Mean, Setting, accumulator
from modelspec.training import metrics
from tests.golden.keras_names import needs_golden
from tests.torch.golden_values import ARRAYS, GOLDEN, sample_weights

CASES = pytest.mark.parametrize(
    "entry", GOLDEN["metrics"], ids=lambda entry: "-".join(map(str, entry["case"]))
)


def metric_of(name, arguments=(), **setting):
    return accumulator(metrics.find(name)(**dict(arguments)), Setting(**setting))


def of_case(entry):
    """The accumulator of a case, and its batches."""
    name, arguments, prediction, target = entry["case"]
    outputs, targets = ARRAYS[prediction], ARRAYS[target]
    weights = sample_weights(len(targets))
    if "iou" in name:
        weights = 2 * weights  # Keras takes whole ones only
    parts = (slice(0, len(targets) - 2), slice(len(targets) - 2, None))
    batches = [(outputs[part], targets[part], weights[part]) for part in parts]
    return metric_of(name, arguments, width=outputs.shape[-1]), batches


@pytest.mark.parametrize("weighted", [False, True])
@CASES
def test_values_are_those_of_keras(entry, weighted):
    metric, batches = of_case(entry)
    for outputs, targets, weights in batches:
        metric.update(outputs, targets, weights if weighted else None)
    wanted = entry["weighted" if weighted else "value"]
    wanted = wanted[0] if isinstance(wanted, list) and len(wanted) == 1 else wanted
    assert metric.result() == pytest.approx(wanted, rel=1e-5, abs=1e-6)


@CASES
def test_a_metric_begins_at_zero_and_forgets(entry):
    metric, batches = of_case(entry)
    assert not torch.tensor(metric.result()).any()
    metric.update(*batches[0])
    first = metric.result()
    metric.reset()
    assert metric.totals.abs().sum() == 0
    metric.update(*batches[0])
    assert metric.result() == first


@CASES
def test_totals_of_two_processes_add_up(entry):
    one, batches = of_case(entry)
    two, _ = of_case(entry)
    both, _ = of_case(entry)
    one.update(*batches[0])
    two.update(*batches[1])
    for batch in batches:
        both.update(*batch)
    one.totals += two.totals
    assert one.result() == pytest.approx(both.result(), rel=1e-9)


@pytest.mark.parametrize("name", metrics.names())
def test_every_metric_is_held_against_keras(name):
    held = {metrics.find(entry["case"][0]) for entry in GOLDEN["metrics"]}
    assert metrics.find(name) in held or not needs_golden(metrics.find(name), "metrics")


@CASES
def test_the_logs_know_how_many_values_there_are(entry):
    name, arguments, prediction, _ = entry["case"]
    declared = metrics.find(name)(**arguments, name="m")
    metric, batches = of_case(entry)
    metric.update(*batches[0])
    assert len(declared.keys(ARRAYS[prediction].shape[-1])) == metric.value().numel()


@pytest.mark.parametrize("name", ["accuracy", "precision", "recall", "auc"])
def test_class_indices_and_one_hot_rows_agree(name):
    by_row, by_index = (metric_of(name) for _ in range(2))
    by_row.update(ARRAYS["probabilities"], ARRAYS["one_hot"])
    by_index.update(ARRAYS["probabilities"], ARRAYS["classes"].long())
    assert by_row.result() == by_index.result()


def test_accuracy_of_several_binary_labels():
    metric = metric_of("accuracy", binary=True)
    metric.update(ARRAYS["label_chances"], ARRAYS["labels"])
    wanted = ((ARRAYS["label_chances"] > 0.5) == ARRAYS["labels"]).float().mean().item()
    assert metric.result() == pytest.approx(wanted)


@pytest.mark.parametrize("name", ["mae", "mse", "binary_accuracy", "precision"])
def test_nothing_is_broadcast(name):
    with pytest.raises(TargetError):
        metric_of(name).update(torch.rand(4, 1), torch.zeros(4, 3))


@settings(max_examples=25)
@given(st.integers(2, 60), st.integers(1, 7), st.integers(0, 10_000))
@pytest.mark.parametrize("name", ["accuracy", "mae", "precision", "auc"])
def test_batches_make_no_difference(name, rows, size, seed):
    generator = torch.Generator().manual_seed(seed)
    outputs = torch.rand(rows, 1, generator=generator)
    targets = (torch.rand(rows, 1, generator=generator) > 0.5).float()
    whole, parts = (metric_of(name) for _ in range(2))
    whole.update(outputs, targets)
    for some, wanted in zip(outputs.split(size), targets.split(size), strict=True):
        parts.update(some, wanted)
    assert parts.result() == pytest.approx(whole.result())


@settings(max_examples=25)
@given(st.integers(20, 300), st.integers(0, 10_000))
def test_area_is_near_the_exact_one(rows, seed):
    from sklearn.metrics import roc_auc_score

    generator = torch.Generator().manual_seed(seed)
    outputs = torch.rand(rows, generator=generator)
    targets = (outputs + torch.randn(rows, generator=generator) > 0.5).float()
    if targets.unique().numel() < 2:
        return
    metric = metric_of("auc")
    metric.update(outputs, targets)
    assert metric.result() == pytest.approx(roc_auc_score(targets, outputs), abs=0.02)


def test_mean_of_batches_counts_rows():
    mean = Mean()
    mean.add(torch.tensor(1.0), 3)
    mean.add(torch.tensor(5.0), 1)
    assert mean.result() == 2.0
