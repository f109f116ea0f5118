"""Weights of the torch modules in Keras's layout and back, and steps of the loop by hand."""

import numpy as np
import torch
import torch_loops
from torch import nn

AXES = {
    nn.Linear: (1, 0),
    nn.Conv1d: (2, 1, 0),
    nn.Conv2d: (2, 3, 1, 0),
    nn.LSTM: (1, 0),
    nn.Embedding: (0, 1),
    nn.BatchNorm2d: (0,),
}
"""The axes of a kernel of Keras's among those of torch's."""


def weights_of(layer):
    """The tensors of a module in Keras's order."""
    if isinstance(layer, nn.LSTM):
        return [layer.weight_ih_l0, layer.weight_hh_l0, layer.bias_ih_l0]
    if isinstance(layer, nn.BatchNorm2d):
        return [layer.weight, layer.bias, layer.running_mean, layer.running_var]
    return [each for each in (layer.weight, getattr(layer, "bias", None)) if each is not None]


def layers_of(model):
    """The modules with weights, by name, each with the axes of its kernels."""
    for name, layer in model.named_modules():
        axes = next((axes for kind, axes in AXES.items() if isinstance(layer, kind)), None)
        if axes is not None:
            yield name, layer, axes


@torch.no_grad()
def load(model, arrays):
    """Give the modules Keras's arrays, by layer."""
    for name, layer, axes in layers_of(model):
        back = np.argsort(axes)
        for tensor, array in zip(weights_of(layer), arrays[name], strict=True):
            tensor.copy_(torch.from_numpy(array.transpose(back) if array.ndim > 1 else array))


def arrays_of(model):
    """The modules' weights as Keras's arrays, by layer."""
    return {
        name: [
            (each.permute(axes) if each.dim() > 1 else each).detach().numpy().copy()
            for each in weights_of(layer)
        ]
        for name, layer, axes in layers_of(model)
    }


def steps(model_name, mode, arrays, batches, floats):
    """Take some steps from given weights; losses, predictions before, weights after.

    Args:
        model_name: Of a workload.
        mode: Which loop.
        arrays: Keras's arrays, by layer.
        batches: How many batches, the first rows of the workload's data.
        floats: `float32` or `float64`.
    """
    loop = torch_loops.LOOPS[mode](model_name)
    for each in loop.model.modules():
        if isinstance(each, nn.Dropout):
            each.p = 0.0
    load(loop.model, arrays)
    dtype = getattr(torch, floats)
    for kept in (loop.inputs, loop.targets):
        for name, each in kept.items():
            kept[name] = each.to(dtype) if each.is_floating_point() else each
    size = loop.workload.batch
    first = {name: each[:size] for name, each in loop.inputs.items()}
    loop.model.eval()
    with torch.no_grad():
        said = torch_loops.torch_modules.answers(loop.workload, loop.forward(first))
    loop.model.train()
    indices = torch.arange(batches * size).view(batches, size)
    losses = [float(loop.step(index)) for index in indices]
    predicted = {name: each.numpy() for name, each in said.items()}
    return losses, predicted, arrays_of(loop.model)
