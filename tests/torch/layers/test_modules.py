"""What the modules do that shapes do not show: memory layout, modes, dropout, wrappers."""

from typing import Any

import pytest
import torch
from torch import nn

from modelspec.layers import Layer, registry
from modelspec.torch import switches
from modelspec.torch.layers import conv, find, freeze, is_random, mixes_samples
from modelspec.torch.layers.activations import activate
from tests.layers.check_layer import draw, make, record, run
from tests.layers.test_registry import Twice


def build(name: str, **arguments: Any) -> Layer:
    return registry.find(name)(**arguments)


class TwiceTwin(find(build("Flatten")).__class__.__mro__[1]):  # type: ignore[misc]
    """The twin of a plugin's layer."""

    def forward(self, call: Any, *operands: Any) -> Any:
        return operands[0] * 2


def test_a_plugin_names_its_twin(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Twice, "twin", f"{__name__}:TwiceTwin")
    assert run(Twice(), [(2,)], None, torch.ones(1, 2))[""].tolist() == [[2, 2]]


def test_a_missing_twin_is_named() -> None:
    class Lost(Twice):
        """A declaration whose twin is nowhere."""

        twin = "modelspec.torch.layers.core:Lost"

    with pytest.raises(LookupError, match="`Lost` has no torch twin"):
        find(Lost)


@pytest.mark.parametrize("name", ["Conv1D", "Conv2D"])
@pytest.mark.parametrize("padding", ["valid", "same"])
def test_convolutions_stay_channels_last(name: str, padding: str) -> None:
    layer = build(name, filters=4, kernel_size=3, padding=padding)
    shape = (6, 3) if name == "Conv1D" else (6, 5, 3)
    module = make(layer, [shape])
    assert run(layer, [shape], module, *draw([shape], "float32"))[""].is_contiguous()
    weight = module.weight.unsqueeze(2) if name == "Conv1D" else module.weight
    assert weight.is_contiguous(memory_format=torch.channels_last)
    run(layer, [shape], module, *draw([shape], "float32"))[""].sum().backward()
    assert module.weight.grad.stride() == module.weight.stride()


def test_modules_are_torchs_own() -> None:
    assert type(make(build("Dense", units=2), [(3,)])) is nn.Linear
    assert isinstance(make(build("Dropout", rate=0.5), [(3,)]), nn.Dropout)
    with switches.DROPOUT.off():
        assert type(make(build("Dropout", rate=0.5), [(3,)])) is nn.Dropout
    image = build("Conv2D", filters=2, kernel_size=3)
    assert type(make(image, [(3, 3, 1)])) is conv.FastConv2d
    with switches.WINOGRAD.off():
        direct = make(image, [(3, 3, 1)])
    assert type(direct) is conv.DirectConv2d
    assert direct.convolve.keywords == {"winograd": False}
    with switches.CONVOLUTION.off():
        assert type(make(image, [(3, 3, 1)])) is conv.ChannelsLastConv2d
    assert type(make(build("LayerNormalization"), [(3,)])) is nn.LayerNorm
    lstm = make(build("LSTM", units=2), [(3, 4)])
    assert isinstance(lstm, nn.LSTM)
    nn.LSTM(4, 2).load_state_dict(lstm.state_dict())
    nn.GRU(4, 2).load_state_dict(make(build("GRU", units=2), [(3, 4)]).state_dict())


def test_frozen_normalization_measures_nothing() -> None:
    layer = build("BatchNormalization")
    module = make(layer, [(3,)]).train()
    x = draw([(3,)], "float32")[0] * 5
    before = {name: value.clone() for name, value in module.state_dict().items()}
    freeze(nn.Sequential(module))
    torch.testing.assert_close(module(x), x / (1 + layer.epsilon) ** 0.5)
    assert all(torch.equal(before[name], value) for name, value in module.state_dict().items())


def test_normalization_of_one_sample_in_training() -> None:
    module = make(build("BatchNormalization", momentum=0.5), [(3,)]).train()
    output = module(torch.tensor([[1.0, 2.0, 3.0]]))
    torch.testing.assert_close(output, torch.zeros(1, 3), atol=1e-5, rtol=0)
    assert module.running_mean.tolist() == [0.5, 1.0, 1.5]
    torch.testing.assert_close(module.running_var, torch.full((3,), 0.5))


def test_normalization_of_shifted_data() -> None:
    module = make(build("BatchNormalization", momentum=0.0), [(2,)]).train()
    x = torch.tensor([[1.0, 1e-3], [2.0, 2e-3], [4.0, 4e-3]]) + 100
    module(x)
    expected = x.double().var(0, correction=0).float()
    torch.testing.assert_close(module.running_var, expected, atol=1e-8, rtol=1e-3)


def test_dropout_keeps_the_mean() -> None:
    layer = build("Dropout", rate=0.25)
    y = run(layer, [(100,)], make(layer, [(100,)]).train(), torch.ones(500, 100))[""]
    assert y.unique().tolist() == pytest.approx([0, 4 / 3])
    assert y.mean().item() == pytest.approx(1, abs=0.01)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_recurrent_dropout_is_for_training(name: str) -> None:
    plain = make(build(name, units=8, return_sequences=True), [(6, 8)])
    layer = build(name, units=8, return_sequences=True, dropout=0.5, recurrent_dropout=0.5)
    module = make(layer, [(6, 8)])
    module.load_state_dict(plain.state_dict())
    x = draw([(6, 8)], "float32")[0]
    torch.testing.assert_close(module.eval()(x)[0], plain(x)[0])
    module.train()
    assert not torch.equal(module(x)[0], module(x)[0])


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_input_dropout_is_one_mask_for_all_steps(name: str) -> None:
    layer = build(name, units=4, return_sequences=True, dropout=0.5)
    module = make(layer, [(6, 4)]).train()
    row = torch.randn(1, 1, 4).expand(64, 6, 4)
    seen: list[torch.Tensor] = []
    module.register_forward_hook(lambda *args: seen.append(args[2][0]))
    with torch.no_grad():
        module.weight_hh_l0.zero_()
        module(row)
    if name == "GRU":  # its state flows on even without a kernel; the first step tells enough
        assert len(seen[0][:, 0].unique(dim=0)) > 1
        return
    gates = seen[0]
    assert len(gates[:, 0].unique(dim=0)) > 1
    assert torch.equal(gates[:, 0] == 0, gates[:, 3] == 0)


@pytest.mark.parametrize("name", ["SimpleRNN", "LSTM", "GRU"])
def test_scan_and_fused_kernel_agree(name: str) -> None:
    inner = build(name, units=3, return_sequences=True, recurrent_dropout=0.5)
    layer = build("Bidirectional", layer=inner)
    module = make(layer, [(5, 2)]).eval()
    x = draw([(5, 2)], "float32")[0]
    fused, states = module._fused(x, ())
    scanned, own = module._by_direction(x, (), None, fused=False)
    torch.testing.assert_close([*fused, *states], [*scanned, *own])


def test_states_flow_from_layer_to_layer() -> None:
    layer = build("LSTM", units=3, return_sequences=True)
    module = make(layer, [(6, 2)]).eval()
    x = draw([(6, 2)], "float32")[0]
    whole = run(layer, [(6, 2)], module, x)
    first = run(layer, [(2, 2)], module, x[:, :2])
    second = run(layer, [(4, 2)], module, x[:, 2:], state=(first["state"],))
    joined = torch.cat([first[""], second[""]], 1)
    torch.testing.assert_close(joined, whole[""])
    torch.testing.assert_close((second["h"], second["c"]), (whole["h"], whole["c"]))
    one_by_one = run(layer, [(4, 2)], module, x[:, 2:], state=(first["h"], first["c"]))
    assert torch.equal(one_by_one[""], second[""])


def test_time_distributed_statistics_are_of_each_step() -> None:
    inner = build("BatchNormalization", momentum=0.5)
    layer = build("TimeDistributed", layer=build("TimeDistributed", layer=inner))
    x = draw([(2, 3, 4)], "float32")[0]
    module = make(layer, [(2, 3, 4)]).train()
    y = run(layer, [(2, 3, 4)], module, x)[""]
    alone = make(inner, [(4,)]).train()
    for i in range(2):
        for j in range(3):
            torch.testing.assert_close(y[:, i, j], alone(x[:, i, j]))
    torch.testing.assert_close(module.running_var, alone.running_var)
    recorded = record(layer, [(2, 3, 4)], make(layer, [(2, 3, 4)])).train()
    torch.testing.assert_close(recorded(x), y)
    torch.testing.assert_close(recorded.eval()(x), run(layer, [(2, 3, 4)], module.eval(), x)[""])


def test_what_a_pass_must_know() -> None:
    norm = build("BatchNormalization")
    assert mixes_samples(norm)
    assert mixes_samples(build("TimeDistributed", layer=norm))
    assert not mixes_samples(build("BatchNormalization", trainable=False))
    assert not mixes_samples(build("LSTM", units=2))
    assert is_random(build("Dropout", rate=0.5))
    assert not is_random(build("Dropout", rate=0))
    assert is_random(build("Bidirectional", layer=build("GRU", units=2, dropout=0.5)))
    assert not is_random(build("Bidirectional", layer=build("GRU", units=2)))


def test_generated_code_reads_well() -> None:
    dense = build("Dense", units=2, activation="softmax")
    code = record(dense, [(3,)], make(dense, [(3,)])).code
    assert "layer = self.layer(x0)" in code
    assert "torch.softmax(layer, dim = -1)" in code
    assert "torch.flatten(x0, 1)" in record(build("Flatten"), [(3, 4)], None).code
    assert "x0 + x1" in record(build("Add"), [(3,), (3,)], None).code


def test_hard_activations_have_kerass_slopes() -> None:
    x = torch.tensor([-4.0, -1.0, 1.0])
    assert activate("leaky_relu", x).tolist() == pytest.approx([-0.8, -0.2, 1.0])
    assert activate("hard_sigmoid", x).tolist() == pytest.approx([0, 1 / 3, 2 / 3])
    assert activate(None, x) is x
