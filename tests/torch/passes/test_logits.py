"""Outputs as logits."""

import pytest
import torch

from modelspec.torch import build
from modelspec.torch.losses import OutputLoss
from modelspec.torch.passes import leave_logits
from modelspec.training import losses
from tests.torch import specs
from tests.torch.specs import graph_of

IN_BLOCK = """
    inputs: {x: [4]}
    blocks:
      head:
        inputs: [x]
        layers: {fc: {type: Dense, units: 3}, soft: {type: Activation, activation: softmax}}
        outputs: [soft]
    layers:
      fc: {type: Dense, units: 5}
      out: {type: head}
    outputs: {out: categorical_crossentropy}
    """


@pytest.mark.parametrize(
    ("text", "shapes", "wanted"),
    [
        (specs.SEQUENTIAL, [(3, 64)], {"out": "softmax"}),
        (specs.SIAMESE, [(3, 4, 5), (3, 6, 5)], {"out": "sigmoid"}),
        (specs.THREE_OUTPUTS, [(3, 8, 4)], {"income": "softmax", "gender": "sigmoid"}),
        (specs.SEQUENCES, [(3, 4, 5), (3, 6, 5)], {"words": "softmax"}),
        (IN_BLOCK, [(3, 4)], {"out": "softmax"}),
    ],
)
def test_activated_logits_are_the_outputs(text, shapes, wanted):
    module = build(graph_of(text), seed=0)
    view, left_out = leave_logits(module, wanted)
    assert left_out == wanted
    inputs = [torch.randn(shape) for shape in shapes]
    outputs, logits = module(*inputs), view(*inputs)
    assert list(logits) == list(outputs)
    for name, value in outputs.items():
        activation = {"softmax": lambda x: x.softmax(-1), "sigmoid": torch.sigmoid}
        make = activation.get(wanted.get(name), lambda x: x)
        torch.testing.assert_close(make(logits[name]), value)
        assert name not in wanted or not torch.equal(logits[name], value)


def test_weights_are_the_same_under_the_same_names():
    for text in (specs.THREE_OUTPUTS, IN_BLOCK):
        module = build(graph_of(text), seed=0)
        view, _ = leave_logits(module, {"income": "softmax", "out": "softmax"})
        for (name, one), (other_name, other) in zip(
            module.named_parameters(), view.named_parameters(), strict=True
        ):
            assert name == other_name
            assert one is other


def test_other_outputs_stay():
    module = build(graph_of(specs.THREE_OUTPUTS), seed=0)
    _, left_out = leave_logits(module, {"income": "sigmoid", "age": "softmax"})
    assert left_out == {}


def test_an_output_that_another_layer_reads_too():
    module = build(
        graph_of("""
        inputs: {x: [4]}
        layers:
          soft: {type: Dense, units: 3, activation: softmax}
          next: {type: Dense, units: 2}
        edges: [x -> soft -> next]
        outputs: {soft: categorical_crossentropy, next: mse}
        """),
        seed=0,
    )
    view, left_out = leave_logits(module, {"soft": "softmax"})
    assert left_out == {"soft": "softmax"}
    x = torch.randn(2, 4)
    torch.testing.assert_close(view(x)["next"], module(x)["next"])


def test_a_shared_head_keeps_its_activation():
    module = build(
        graph_of(
            IN_BLOCK.replace(
                "layers:\n      fc:", "shared: {top: {type: head}}\n    layers:\n      fc:"
            )
            .replace("out: {type: head}", "back: {type: Dense, units: 4}\n      out: {use: top}")
            .replace("units: 5", "units: 4")
            .replace("fc: {type: Dense, units: 4}\n", "fc: {use: top}\n")
        ),
        seed=0,
    )
    _, left_out = leave_logits(module, {"out": "softmax"})
    assert left_out == {}


def test_the_loss_is_that_of_the_probabilities_and_cannot_overflow():
    module = build(graph_of(specs.SEQUENTIAL), seed=0)
    view, _ = leave_logits(module, {"out": "softmax"})
    loss = losses.find("categorical_crossentropy")()
    x, classes = torch.randn(6, 64), torch.randint(0, 10, (6,))
    by_chance = OutputLoss(loss)(module(x)["out"], classes)
    torch.testing.assert_close(OutputLoss(loss, True)(view(x)["out"], classes), by_chance)
    far = OutputLoss(loss, True)(view(1e6 * x)["out"], classes)
    far.backward()
    assert far > 1e4
    assert module.fc1.weight.grad.isfinite().all()
    assert module.fc1.weight.grad.abs().sum() > 0


def test_a_view_may_be_viewed_again_and_compiled():
    module = build(graph_of(specs.THREE_OUTPUTS), seed=0)
    view, _ = leave_logits(module, {"income": "softmax"})
    view, left_out = leave_logits(view, {"income": "softmax", "gender": "sigmoid"})
    assert left_out == {"gender": "sigmoid"}
    x = torch.randn(2, 8, 4)
    compiled = torch.compile(view, backend="eager", fullgraph=True)
    torch.testing.assert_close(compiled(posts=x), view(x))
