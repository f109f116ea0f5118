"""The losses against Keras's values, and what they refuse."""

import pytest
import torch

from modelspec.torch.losses import OutputLoss, TargetError
from modelspec.training import losses
from tests.torch.golden_values import ARRAYS, GOLDEN, sample_weights


def loss_of(name, **options):
    return OutputLoss(losses.find(name), **options)


@pytest.mark.parametrize("entry", GOLDEN["losses"], ids=lambda entry: str(entry["case"]))
def test_values_are_those_of_keras(entry):
    name, from_logits, prediction, target = entry["case"]
    loss = loss_of(name, from_logits=from_logits)
    outputs, targets = ARRAYS[prediction], ARRAYS[target]
    close = {"rtol": 1e-6, "atol": 1e-6}
    torch.testing.assert_close(loss(outputs, targets), torch.tensor(entry["value"]), **close)
    weighted = loss(outputs, targets, sample_weights(len(targets)))
    torch.testing.assert_close(weighted, torch.tensor(entry["weighted"]), **close)


def test_categorical_crossentropy_takes_indices_too():
    loss = loss_of("categorical_crossentropy", from_logits=True)
    by_row = loss(ARRAYS["logits"], ARRAYS["one_hot"])
    by_index = loss(ARRAYS["logits"], ARRAYS["classes"].long())
    column = loss(ARRAYS["logits"], ARRAYS["classes"].long()[:, None])
    torch.testing.assert_close(by_row, by_index)
    torch.testing.assert_close(by_row, column)


@pytest.mark.parametrize("from_logits", [True, False])
def test_logits_and_probabilities_have_one_gradient(from_logits):
    logits = ARRAYS["logits"].clone().requires_grad_()
    outputs = logits if from_logits else logits.softmax(-1)
    loss_of("categorical_crossentropy", from_logits=from_logits)(
        outputs, ARRAYS["one_hot"]
    ).backward()
    wanted = (logits.softmax(-1) - ARRAYS["one_hot"]) / len(logits)
    torch.testing.assert_close(logits.grad, wanted.detach(), rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "output", "target"),
    [
        ("mse", (4, 3), (4, 1)),
        ("mse", (4, 1), (4, 3)),
        ("mse", (4, 3), (4,)),
        ("mse", (4, 1), (5, 1)),
        ("mae", (4, 2, 3), (4, 2)),
        ("binary_crossentropy", (4, 1), (4, 4)),
        ("categorical_crossentropy", (4, 3), (4, 4)),
        ("categorical_crossentropy", (4, 6, 3), (4, 3)),
        ("sparse_categorical_crossentropy", (4, 3), (4, 3)),
    ],
)
def test_nothing_is_broadcast(name, output, target):
    prediction = torch.rand(output)
    with pytest.raises(TargetError) as raised:
        loss_of(name)(prediction, torch.zeros(target))
    assert str(list(target)) in str(raised.value)
    assert str(list(output)) in str(raised.value)


@pytest.mark.parametrize("name", ["mse", "mae", "binary_crossentropy"])
def test_a_column_and_a_vector_are_the_same(name):
    column, vector = torch.rand(4, 1), torch.tensor([0.0, 1.0, 1.0, 0.0])
    wanted = loss_of(name)(column, vector[:, None])
    torch.testing.assert_close(loss_of(name)(column, vector), wanted)
    torch.testing.assert_close(loss_of(name)(column[:, 0], vector[:, None]), wanted)


@pytest.mark.parametrize("label", [3, -1, -100])
def test_a_label_out_of_range_is_refused(label):
    with pytest.raises(IndexError, match="out of bounds"):
        loss_of("sparse_categorical_crossentropy", from_logits=True)(
            torch.zeros(1, 3), torch.tensor([label])
        )


@pytest.mark.parametrize("name", ["categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_class_weights_are_sample_weights(name):
    logits, classes = ARRAYS["logits"], ARRAYS["classes"].long()
    factors = torch.tensor([1.0, 2.0, 0.5, 3.0])
    plain = loss_of(name, from_logits=True)(logits, classes, factors[classes])
    weighted = loss_of(name, from_logits=True, class_weight=factors)(logits, classes)
    torch.testing.assert_close(weighted, plain)


def test_class_weights_of_one_hot_rows():
    factors = torch.tensor([1.0, 2.0, 0.5, 3.0])
    loss = loss_of("categorical_crossentropy", from_logits=True, class_weight=factors)
    by_row = loss(ARRAYS["logits"], ARRAYS["one_hot"])
    torch.testing.assert_close(by_row, loss(ARRAYS["logits"], ARRAYS["classes"].long()))


def test_class_weights_of_a_binary_loss():
    loss = loss_of("binary_crossentropy", class_weight=torch.tensor([1.0, 5.0]))
    chances, truth = ARRAYS["chances"], ARRAYS["binary"]
    plain = loss_of("binary_crossentropy").per_sample(chances, truth)
    weighted = loss.per_sample(chances, truth[:, 0])
    torch.testing.assert_close(weighted, plain * torch.where(truth[:, 0] == 1, 5.0, 1.0))


def test_half_precision_is_computed_in_single():
    value = loss_of("mse")(torch.zeros(2, 1, dtype=torch.bfloat16), torch.full((2, 1), 1e-3))
    assert value.dtype == torch.float32
