"""The losses against Keras's values, and what they refuse."""

import pytest
import torch

from modelspec.torch.losses import OutputLoss, TargetError
from modelspec.training import losses
from tests.golden.keras_names import needs_golden
from tests.torch.golden_values import ARRAYS, GOLDEN, sample_mask, sample_weights

CASES = pytest.mark.parametrize(
    "entry", GOLDEN["losses"], ids=lambda entry: "-".join(map(str, entry["case"]))
)


def loss_of(name, arguments=(), **options):
    return OutputLoss(losses.find(name)(**dict(arguments)), **options)


@CASES
def test_values_are_those_of_keras(entry):
    name, arguments, prediction, target = entry["case"]
    loss = loss_of(name, arguments)
    outputs, targets = ARRAYS[prediction], ARRAYS[target]
    weights, mask = sample_weights(len(targets)), sample_mask(len(targets))
    found = {
        "value": loss(outputs, targets),
        "weighted": loss(outputs, targets, weights),
        "masked": loss(outputs, targets, mask=mask),
        "masked_weighted": loss(outputs, targets, weights, mask),
    }
    for kind, value in found.items():
        if kind in entry:
            wanted = torch.tensor(entry[kind])
            torch.testing.assert_close(value, wanted, rtol=1e-5, atol=1e-6, equal_nan=True)


@CASES
def test_gradients_are_finite_where_the_value_is(entry):
    name, arguments, prediction, target = entry["case"]
    outputs = ARRAYS[prediction].clone().requires_grad_()
    loss_of(name, arguments)(outputs, ARRAYS[target]).backward()
    if "extreme" not in prediction and "sure" not in prediction:
        assert outputs.grad.isfinite().all()
    assert outputs.grad.isnan().sum() == 0


def test_the_largest_percents_fit() -> None:
    """As in Keras 3.15, where a row that counts for nothing must not be infinite."""
    outputs, targets = torch.tensor([[1e30, 0.0, 0.0], [1.5, 1.0, 1.0]]), torch.ones(2, 3)
    targets[0, 0] = 1e-30
    loss = loss_of("mape")(outputs, targets, torch.tensor([0.0, 1.0]))
    torch.testing.assert_close(loss, torch.tensor(50 / 3 / 2))


def test_one_number_for_a_batch_is_its_own_sum() -> None:
    """As in Keras 3.15: unweighted, `dice` over all axes is one number, and so is its sum."""
    outputs, targets = torch.tensor([[0.25], [0.75]]), torch.tensor([[0.0], [1.0]])
    for name in ("dice", "tversky"):
        found = loss_of(name, {"reduction": "sum"})(outputs, targets)
        torch.testing.assert_close(found, loss_of(name)(outputs, targets))


@pytest.mark.parametrize("name", losses.names())
def test_every_loss_is_held_against_keras(name):
    held = {losses.find(entry["case"][0]) for entry in GOLDEN["losses"]}
    assert losses.find(name) in held or not needs_golden(losses.find(name), "losses")


def test_every_argument_is_held_against_keras():
    held = {
        (losses.name(name), key)
        for name, arguments, *_ in (entry["case"] for entry in GOLDEN["losses"])
        for key in arguments
    }
    fields = {
        (name, key)
        for name, found in losses.classes().items()
        if needs_golden(found, "losses")
        for key in found.model_fields
        if key != "reduction"
    }
    # Keras cannot compute it on JAX: `test_classes_of_indices_may_lie_along_any_axis`.
    assert fields - held == {("sparse_categorical_crossentropy", "axis")}


def test_classes_of_indices_may_lie_along_any_axis():
    planes, classes = ARRAYS["plane_logits"], ARRAYS["region_classes"].long()
    name, given = "sparse_categorical_crossentropy", {"from_logits": True}
    wanted = loss_of(name, given)(planes.movedim(1, -1), classes)
    for axis in (1, -3):
        loss = loss_of(name, {**given, "axis": axis})
        torch.testing.assert_close(loss(planes, classes), wanted)
        torch.testing.assert_close(loss(planes, classes.unsqueeze(1)), wanted)


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
    loss_of("categorical_crossentropy", {"from_logits": from_logits})(
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
    weights = torch.where(truth[:, 0] == 1, 5.0, 1.0)
    plain = loss_of("binary_crossentropy")(chances, truth, weights)
    torch.testing.assert_close(loss(chances, truth[:, 0]), plain)


def test_a_batch_without_a_valid_sample_costs_nothing():
    outputs, nothing = ARRAYS["numbers"].clone().requires_grad_(), torch.zeros(6)
    value = loss_of("mse")(outputs, ARRAYS["other_numbers"], mask=nothing)
    value.backward()
    assert value == 0
    assert outputs.grad.abs().sum() == 0


def test_what_is_masked_may_be_anything():
    outputs = torch.tensor([[1.0], [float("nan")]])
    value = loss_of("mse")(outputs, torch.zeros(2, 1), mask=torch.tensor([1.0, 0.0]))
    assert value == 1.0


def test_an_impossible_sequence_has_a_finite_loss_and_gradient():
    outputs = torch.zeros(2, 2, 3, requires_grad=True)
    value = loss_of("ctc")(outputs, torch.tensor([[1, 1, 2], [1, 2, 0]]))
    value.backward()
    assert value.isfinite()
    assert outputs.grad.isfinite().all()


def test_half_precision_is_computed_in_single():
    value = loss_of("mse")(torch.zeros(2, 1, dtype=torch.bfloat16), torch.full((2, 1), 1e-3))
    assert value.dtype == torch.float32
