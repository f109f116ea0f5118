"""Recording a step."""

from threading import Thread

import pytest
import torch
from torch import nn
from torch.nn import functional as F  # noqa: N812

from modelspec.torch.capture import CaptureError, StepRecorder
from modelspec.torch.metrics import Mean
from tests.torch.capture.steps import recorded, rerun


def _net() -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(5, 8), nn.BatchNorm1d(8), nn.ReLU(), nn.Dropout(0.3), nn.Linear(8, 3)
    )


def _loss(module: nn.Module, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(module(x), y)


def _batch(seed: int) -> dict[str, torch.Tensor]:
    torch.manual_seed(seed)
    return {"x": torch.randn(7, 5), "y": torch.randint(3, (7,))}


def test_the_calls_are_those_of_the_step():
    net, other = _net(), _batch(3)
    graph, _ = recorded(net, _loss, **_batch(2))
    before = {name: each.clone() for name, each in net.state_dict().items()}

    torch.manual_seed(4)
    values = rerun(graph, **other)
    found = {name: each.clone() for name, each in net.named_buffers()}
    net.load_state_dict(before)
    net.zero_grad()
    torch.manual_seed(4)
    loss = _loss(net, **other)
    loss.backward()

    assert torch.equal(values[graph.loss], loss)
    for name, parameter in net.named_parameters():
        slot = graph.gradients[name]
        assert slot is not None
        assert torch.equal(values[slot], parameter.grad)
    assert all(torch.equal(found[name], each) for name, each in net.named_buffers())
    written = {id(graph.held[slot]) for slot in graph.written}
    assert written == {id(each) for each in net.buffers()}


def test_what_another_thread_adds_up_is_not_of_the_step():
    net, batch, other, value = _net(), _batch(2), Mean(), torch.tensor(2.0)
    recorder = StepRecorder({("inputs", name): each for name, each in batch.items()}, [net])
    with recorder:
        _loss(net, **batch)
        thread = Thread(target=other.add, args=(value, 5))
        thread.start()
        thread.join()
    recorder.undo()
    assert recorder.reason is None
    assert other.host_sums == (10.0, 5.0)


def test_undo_takes_back_buffers_and_random_numbers():
    net, batch = _net(), _batch(2)
    before = {name: each.clone() for name, each in net.state_dict().items()}
    drawn = torch.get_rng_state()
    recorder = StepRecorder({("inputs", name): each for name, each in batch.items()}, [net])
    with recorder:
        _loss(net, **batch)
    assert not torch.equal(torch.get_rng_state(), drawn)
    assert not torch.equal(net[1].running_mean, before["1.running_mean"])
    recorder.undo()
    assert torch.equal(torch.get_rng_state(), drawn)
    assert all(torch.equal(before[name], each) for name, each in net.state_dict().items())


def test_a_parameter_without_a_gradient_has_none():
    net = _net()
    net.extra = nn.Parameter(torch.ones(2))
    graph, _ = recorded(net, _loss, **_batch(2))
    assert graph.gradients["extra"] is None


_STRANGE = torch.ones(7, 5)


def _masked(x: torch.Tensor) -> torch.Tensor:
    return x[x > 0]


def _own_generator(x: torch.Tensor) -> torch.Tensor:
    return x + torch.rand(x.shape, generator=torch.Generator())


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda x: x * x.sum().item(), "reads a number"),
        (lambda x: x * x[0].tolist()[0], "`tolist` reads numbers"),
        (lambda x: x * float(x.detach().numpy()[0, 0]), "`numpy` reads numbers"),
        (_masked, "by a mask"),
        (lambda x: x.flatten()[x.flatten().nonzero()], "`nonzero` makes results"),
        (lambda x: x.flatten().unique(), "makes results"),
        (lambda x: x * torch.tensor(2.0), "makes a tensor of numbers"),
        (lambda x: x * _STRANGE, "has not made"),
        (_own_generator, "generator of its own"),
        (lambda x: x.to_sparse().to_dense(), "sparse"),
        (
            lambda x: F.ctc_loss(x[:, None].log_softmax(-1), *[torch.ones(1).long()] * 3),
            "_ctc_loss",
        ),
    ],
)
def test_what_cannot_be_repeated_is_refused(change, reason):
    net, x = nn.Linear(5, 3), _batch(2)["x"]
    with pytest.raises(CaptureError, match=reason):
        recorded(net, lambda module, x: module(x).sum() + change(x).sum(), x=x)
    assert recorded(net, lambda module, x: module(x).sum() + (x * 2).sum(), x=x)


def test_more_bytes_than_asked_for_are_refused():
    net, batch = _net(), _batch(2)
    recorder = StepRecorder({("inputs", name): each for name, each in batch.items()}, [net], 100)
    with pytest.raises(CaptureError, match="more than"), recorder:
        _loss(net, **batch)


def test_a_batch_whose_tensors_share_memory_is_refused():
    rows = torch.randn(4, 5)
    with pytest.raises(CaptureError, match="share memory"):
        recorded(nn.Linear(5, 1), lambda net, x, y: net(x + y).sum(), x=rows[:2], y=rows[2:])
