"""A printed file as a module beside the built one."""

import builtins
from typing import Any
from unittest import mock

import torch

from modelspec.graph import Graph
from modelspec.layers import Layer
from modelspec.layers.values import Example
from modelspec.shapes import evaluate
from modelspec.torch import SpecModule, code_of

REAL_IMPORT = builtins.__import__
EMPTY = torch.empty


def _guarded(name: str, *args: Any) -> Any:
    if name.partition(".")[0] == "modelspec":
        raise ImportError("modelspec is not here")
    return REAL_IMPORT(name, *args)


def model_of(text: str) -> torch.nn.Module:
    """The model of a file, which cannot import modelspec."""
    hidden = {**vars(builtins), "__import__": _guarded}
    space: dict[str, Any] = {"__name__": "printed", "__builtins__": hidden}
    exec(compile(text, "printed.py", "exec"), space)
    with mock.patch("torch.empty", _as_memory_may_be):
        model: torch.nn.Module = space["Model"]()
    for name, value in model.state_dict().items():
        assert not value.isnan().any(), f"`{name}` is not set"
    return model


def _as_memory_may_be(*args: Any, **kwargs: Any) -> torch.Tensor:
    """What `torch.empty` gives, in the worst case."""
    found = EMPTY(*args, **kwargs)
    return found.fill_(torch.nan) if found.is_floating_point() else found


def check_printed(module: SpecModule, graph: Graph, largest: int = 2) -> None:
    """Hold the printed model against the built one, predicting and training, at three shapes."""
    printed = model_of(code_of(module, graph))
    assert list(printed.state_dict()) == list(module.state_dict())
    printed.load_state_dict(module.state_dict())
    assert trained(printed) == trained(module)
    for more, batch in ((0, 2), (3, 3), (1, 1)):
        inputs = drawn(graph, more, batch, largest)
        for training in (False, True)[: 1 + (batch > 1)]:
            wanted, found = (outputs(each, inputs, training) for each in (module, printed))
            assert wanted.keys() == found.keys()
            for name, value in wanted.items():
                torch.testing.assert_close(found[name], value, rtol=0, atol=1e-6, equal_nan=True)
    for name, value in module.state_dict().items():
        torch.testing.assert_close(printed.state_dict()[name], value, equal_nan=True)


def trained(module: torch.nn.Module) -> list[str]:
    return [name for name, each in module.named_parameters() if each.requires_grad]


def outputs(module: torch.nn.Module, inputs: dict[str, Any], training: bool) -> dict[str, Any]:
    module.train(training)
    torch.manual_seed(0)
    found: dict[str, Any] = module(*inputs.values())
    return found


def drawn(graph: Graph, more: int, batch: int, largest: int) -> dict[str, torch.Tensor]:
    """Inputs of the least size and so many more."""
    torch.manual_seed(more)
    sizes = {name: least + more for name, least in graph.minimums.items()}
    found = {}
    for name, node in graph.inputs.items():
        value = node.outputs[""]
        shape = [evaluate(size, sizes) or 3 + more for size in value.shape]
        dtype = getattr(torch, value.dtype)
        if dtype.is_floating_point:
            found[name] = torch.randn(batch, *shape).to(dtype)
        else:
            found[name] = torch.randint(0, largest, (batch, *shape)).to(dtype)
    return found


def spec_of(layer: Layer, example: Example) -> dict[str, Any]:
    """The spec of a call of one layer."""
    inputs = {f"x{i}": {"shape": s, "dtype": example.dtype} for i, s in enumerate(example.shapes)}
    port = next(iter(layer.output_ports()), "") if has_only_ports(layer) else ""
    return {
        "inputs": inputs,
        "layers": {"y": declared(layer)},
        "edges": [f"{', '.join(inputs)} -> y"],
        "outputs": {"out": {"from": f"y.{port}" if port else "y"}},
    }


def has_only_ports(layer: Layer) -> bool:
    """Whether a layer has no output without a name."""
    return type(layer).__name__ == "Split" or getattr(layer, "merge_mode", "") is None


def declared(layer: Layer) -> dict[str, Any]:
    """A layer as a spec writes it."""
    given = layer.model_dump(exclude_unset=True, exclude={"layer"}, by_alias=True)
    inner = getattr(layer, "layer", None)
    held = {"layer": declared(inner)} if isinstance(inner, Layer) else {}
    return {"type": type(layer).__name__, **given, **held}
