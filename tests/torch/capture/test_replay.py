"""Repeating a recorded step."""

import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.capture import Replay, StepGraph
from modelspec.torch.capture.prune import live_calls
from modelspec.torch.metrics import Mean
from tests.torch.capture.steps import recorded


class Net(nn.Module):
    """Has a constant, an unused result, two gradients that are one, and one that is given back."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(1)
        self.one = nn.Linear(6, 4)
        self.left, self.right = nn.Parameter(torch.ones(4)), nn.Parameter(torch.ones(4))
        self.unused = nn.Parameter(torch.ones(3))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The loss itself."""
        torch.exp(x)
        scale = torch.arange(4.0).cos().to(x.dtype)
        kept = F.dropout(self.one(x) * scale, 0.3)
        return (kept.relu() + self.left + self.right).square().mean()


def _loss(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    found: torch.Tensor = net(x)
    return found


def _recorded() -> tuple[Net, StepGraph, torch.Tensor]:
    net, x = Net(), torch.randn(5, 6)
    return net, recorded(net, _loss, x=x)[0], x


def test_it_does_what_the_step_does() -> None:
    net, graph, x = _recorded()
    home = torch.zeros(4)
    replay = Replay(graph, {slot: x.data_ptr() % 64 for slot in graph.inputs}, {"one.bias": home})
    for seed in range(3):
        batch = torch.randn(5, 6)
        torch.manual_seed(seed)
        replay.inputs["inputs", "x"].copy_(batch)
        replay.run()
        net.zero_grad()
        torch.manual_seed(seed)
        loss = net(batch)
        loss.backward()
        assert torch.equal(replay.loss, loss)
        for name, parameter in net.named_parameters():
            gradient = replay.gradients[name]
            if gradient is None:
                assert parameter.grad is None
            else:
                assert torch.equal(gradient, parameter.grad)
    assert replay.is_intact
    assert replay.gradients["one.bias"].data_ptr() == home.data_ptr()
    own = [each for each in replay.gradients.values() if each is not None]
    assert len({each.data_ptr() for each in own}) == len(own)


def test_what_nobody_needs_is_not_computed() -> None:
    _, graph, _ = _recorded()
    live = live_calls(graph)
    names = [graph.calls[place].op._schema.name for place in live]
    assert "aten::exp" in [call.op._schema.name for call in graph.calls]
    assert "aten::exp" not in names
    assert any("bernoulli" in name or "dropout" in name for name in names)


def test_what_is_added_up_later_is_not_overwritten_before() -> None:
    """What is made in between could lie in the same place."""
    net, mean, x = Net(), Mean(), torch.randn(5, 6)

    def step(net: Net, x: torch.Tensor) -> torch.Tensor:
        early = x.sum((0, 1))
        loss = net.one(x).relu().square().mean()
        mean.take(early, 5)
        return loss

    graph, _ = recorded(net, step, x=x)
    replay = Replay(graph, {slot: x.data_ptr() % 64 for slot in graph.inputs}, {})
    mean.reset()
    replay.inputs["inputs", "x"].copy_(x)
    replay.run()
    assert mean.host_sums == (x.sum((0, 1)).item(), 5.0)
