"""Layers of plugins: their source stands in the file, or they are refused by name."""

import sys
import textwrap

import pytest
import torch
from torch import fx

from modelspec.diagnostics.plugin_error import PluginError
from modelspec.torch import SpecModule, code_of
from tests.torch.printing.printed import model_of
from tests.torch.specs import graph_of

GRAPH = "inputs: {x: [3]}\nlayers: {y: {type: Dense, units: 3}}\noutputs: [y]"
SOURCE = """
    import torch
    from torch import nn
    from modelspec.torch.layers.activations import activate
    from modelspec.layers.core import Dense

    LEAST = 0.5
    \"\"\"What it adds.\"\"\"

    class Bent(nn.Module):
        def __init__(self, beta, how="tanh"):
            super().__init__()
            self.beta = beta
            self.how = how

        def forward(self, x):
            return activate(self.how, self.beta * x) + LEAST

    class Forgetful(nn.Module):
        def __init__(self, beta):
            super().__init__()

    class Tied(nn.Module):
        def forward(self, x):
            return x * Dense(units=3).units

    class Odd(nn.Module):
        def __init__(self, of):
            super().__init__()
            self.of = of
    """


@pytest.fixture
def plugin(tmp_path, monkeypatch):
    (tmp_path / "bent_plugin.py").write_text(textwrap.dedent(SOURCE))
    monkeypatch.syspath_prepend(tmp_path)
    import bent_plugin

    yield bent_plugin
    del sys.modules["bent_plugin"]


def built(part):
    """A model of one module, called `y`."""
    graph = fx.Graph()
    x = graph.placeholder("x")
    y = graph.call_module("y", (x,))
    graph.output({"y": y})
    return SpecModule({"y": part}, graph, "Model")


def test_its_source_stands_in_the_file(plugin):
    module = built(plugin.Bent(2.0, "gelu"))
    text = code_of(module, graph_of(GRAPH))
    assert 'self.y = Bent(beta=2.0, how="gelu")' in text
    assert 'LEAST = 0.5\n"""What it adds."""' in text
    assert "torch.tanh" in text
    assert "torch.selu" not in text
    x = torch.randn(2, 3)
    assert torch.equal(model_of(text)(x)["y"], module(x)["y"])


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda p: p.Forgetful(1.0), "`Forgetful` does not keep its argument `beta`"),
        (lambda p: p.Tied(), "it needs `modelspec.layers.core`, which only modelspec has"),
        (lambda p: p.Odd(torch), "the argument `of` of `Odd` is of type `module`"),
        (lambda p: p.Odd(object()), "the argument `of` of `Odd` is of type `object`"),
    ],
)
def test_what_cannot_be_written_is_refused_by_name(plugin, make, why):
    with pytest.raises(PluginError, match=f"`y` cannot be written as code: .*{why}") as caught:
        code_of(built(make(plugin)), graph_of(GRAPH))
    assert "keep each argument" in caught.value.help
