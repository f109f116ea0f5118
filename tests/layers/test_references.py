"""What Keras does not have is held against NumPy; what it has, against Keras."""

import pytest

from modelspec.layers import Layer, registry
from modelspec.training import losses, metrics
from modelspec.training.losses import Loss
from modelspec.training.metrics import Metric
from tests.golden.keras_names import needs_golden
from tests.layers.check_reference import check_loss, check_metric, check_reference

OWN_LAYERS = [
    layer for name in registry.names() if not needs_golden(layer := registry.find(name), "layers")
]
OWN_LOSSES = [each for each in losses.classes().values() if not needs_golden(each, "losses")]
OWN_METRICS = [each for each in metrics.classes().values() if not needs_golden(each, "metrics")]


@pytest.mark.parametrize(
    ("declaration", "base"),
    [
        *((each, Layer) for each in OWN_LAYERS),
        *((each, Loss) for each in OWN_LOSSES),
        *((each, Metric) for each in OWN_METRICS),
    ],
)
def test_what_keras_does_not_have_says_what_it_computes(declaration: type, base: type) -> None:
    assert declaration.reference is not base.reference, "write a NumPy `reference`"
    assert declaration.examples, "give examples to hold it against its reference with"
    assert declaration.source.startswith("https://"), "say in `source` where it is from"


@pytest.mark.parametrize(
    ("declaration", "example"),
    [(each, example) for each in OWN_LAYERS for example in each.examples],
)
def test_layers(declaration, example) -> None:
    check_reference(declaration, example)


@pytest.mark.parametrize("loss", [each(**given) for each in OWN_LOSSES for given in each.examples])
def test_losses(loss: Loss) -> None:
    check_loss(loss)


@pytest.mark.parametrize(
    "metric", [each(**given) for each in OWN_METRICS for given in each.examples]
)
def test_metrics(metric: Metric) -> None:
    check_metric(metric)
