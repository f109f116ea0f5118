"""A module for its users, who want the outputs and not their masks."""

from copy import deepcopy

from modelspec.torch.fx_recorder import erase_unread
from modelspec.torch.module import SpecModule


def without_masks(module: SpecModule, outputs: list[str]) -> SpecModule:
    """A view of a module that was built with `masks`, which returns its outputs only.

    Args:
        module: Stays as it is.
        outputs: The names of its outputs.
    """
    graph = deepcopy(module.graph)
    end = graph.output_node()
    results = end.args[0]
    assert isinstance(results, dict)
    if len(results) == len(outputs):
        return module
    end.args = ({name: results[name] for name in outputs},)
    erase_unread(graph)
    view = SpecModule(module, graph, type(module).__name__)
    view.training = module.training
    return view
