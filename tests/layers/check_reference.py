"""The twin of what Keras does not have against the NumPy code beside its declaration."""

import numpy as np
import torch

from modelspec.layers import Layer
from modelspec.layers.values import Example
from modelspec.torch.layers import find
from modelspec.torch.losses import OutputLoss
from modelspec.torch.metrics import Setting, accumulator
from modelspec.training.losses import Loss
from modelspec.training.metrics import Metric
from tests.layers.calling import draw, infer, make, run

ROWS = 12


def check_reference(declaration: type[Layer], example: Example) -> None:
    """A layer's twin computes, with any weights, what its reference does."""
    layer = declaration(**example.arguments)
    module = make(layer, example.shapes)
    generator = np.random.default_rng(0)
    weights = {
        weight.name: generator.uniform(0.1, 1.0, weight.shape).astype("float32")
        for weight in infer(layer, example.shapes, example.dtype).weights
    }
    if module is not None:
        module.eval()
        if weights:
            arrays = [torch.from_numpy(array) for array in weights.values()]
            find(layer).load_keras(module, layer, arrays)
    operands = draw(example.shapes, example.dtype)
    found = run(layer, example.shapes, module, *operands)[""]
    wanted = layer.reference([operand.numpy() for operand in operands], weights)
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.detach().numpy(), wanted, rtol=1e-5, atol=1e-5)


def check_loss(loss: Loss) -> None:
    """A loss's values, and their mean, are those of its reference."""
    prediction, target = drawn(loss.targets)
    whole = OutputLoss(loss)
    wanted = loss.reference(prediction.numpy(), target.numpy())
    found = whole.twin.values(prediction, target)
    np.testing.assert_allclose(found.numpy(), wanted, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(whole(prediction, target), wanted.mean(), rtol=1e-5)
    asked = prediction.clone().requires_grad_()
    whole(asked, target).backward()
    assert asked.grad is not None
    assert asked.grad.isfinite().all()


def check_metric(metric: Metric) -> None:
    """A metric of two batches, weighted or not, is what its reference says of all rows."""
    prediction, target = drawn(metric.kind or "numbers")
    weight = torch.arange(ROWS) % 3 + 0.5
    for weights in (None, weight):
        counted = accumulator(metric, Setting(width=prediction.shape[-1]))
        for part in (slice(0, 5), slice(5, None)):
            rows = None if weights is None else weights[part]
            counted.update(prediction[part], target[part], rows)
        given = None if weights is None else weights.numpy()
        wanted = metric.reference(prediction.numpy(), target.numpy(), given)
        np.testing.assert_allclose(counted.result(), wanted, rtol=1e-5, atol=1e-6)


def drawn(targets: str) -> tuple[torch.Tensor, torch.Tensor]:
    """Predictions and targets of a kind, `ROWS` rows of three numbers."""
    generator = torch.Generator().manual_seed(3)
    prediction = torch.randn(ROWS, 3, generator=generator)
    if targets == "numbers":
        return prediction, torch.randn(ROWS, 3, generator=generator)
    if targets == "binary":
        truth = torch.randint(0, 2, (ROWS, 3), generator=generator)
        return prediction.sigmoid(), truth.float()
    classes = torch.randint(0, 3, (ROWS,), generator=generator)
    if targets in ("indices", "labels"):
        return prediction.softmax(-1), classes
    if targets == "classes":
        return prediction.softmax(-1), torch.nn.functional.one_hot(classes, 3).float()
    steps = torch.randn(ROWS, 4, 3, generator=generator)
    return steps, torch.randint(1, 3, (ROWS, 2), generator=generator)
