"""Twins of ConvLSTM1D, ConvLSTM2D, ConvLSTM3D."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import convolutional_recurrent
from modelspec.layers.values import Weight
from modelspec.torch.layers.activations import activate
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.recurrent import flat, zeroed
from modelspec.torch.layers.scans import Cell, Direction, Masks, States, read_steps
from modelspec.torch.layers.twin import Call, Twin, assign, made_of
from modelspec.torch.layers.windows import even, same_pads

Declared = convolutional_recurrent._ConvLSTM


class _ConvLSTM(Twin[Any]):
    random = True

    def empty(self, layer: Declared, weights: Sequence[Weight]) -> nn.Module:
        kernel, strides, dilation = layer.window()
        return made_of(
            ConvLSTMNetwork,
            layer,
            channels=weights[0].shape[-2],
            kernel_size=kernel,
            strides=strides,
            dilation=dilation,
            bias=layer.use_bias,
        )

    def initial(
        self, layer: Declared, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        starts = (layer.kernel_initializer, layer.recurrent_initializer, layer.bias_initializer)
        pairs = zip(starts, weights, strict=False)
        arrays = [draw(start, weight.shape, generator) for start, weight in pairs]
        if layer.use_bias and layer.unit_forget_bias:
            arrays[2][layer.filters : 2 * layer.filters] = 1
        return arrays

    def load_keras(self, module: nn.Module, layer: Declared, arrays: Sequence[Any]) -> None:
        assert isinstance(module, ConvLSTMNetwork)
        kernel, state_kernel, *bias = (torch.as_tensor(array) for array in arrays)
        for target, array in ((module.weight_ih, kernel), (module.weight_hh, state_kernel)):
            axes = range(array.dim() - 2)
            assign(target, array.permute(array.dim() - 1, array.dim() - 2, *axes))
        for array in bias:
            assign(module.bias, array)

    def outputs(self, call: Call[Any], operands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        assert call.module is not None
        mask = {} if call.mask is None else {"mask": _of_steps(call)}
        result = call.module(*operands[""], *operands.get("state", ()), **mask)
        states = result[1]
        return {"": result[0], "state": states, "h": states[0], "c": states[1]}

    def output_mask(self, call: Call[Any], *operands: Any) -> Any:
        return _of_steps(call)


def _of_steps(call: Call[Any]) -> Any:
    """The operand's mask, `[batch, steps]`: a step counts where any place in it does."""
    return torch.any(torch.flatten(call.mask, 2), -1) if call.mask_axes > 1 else call.mask


class ConvLSTM1D(_ConvLSTM):
    pass


class ConvLSTM2D(_ConvLSTM):
    pass


class ConvLSTM3D(_ConvLSTM):
    pass


class ConvLSTMNetwork(nn.Module):
    """Reads `[batch, steps, ..., channels]` by convolutions of the input and of the state.

    Takes first states too, if need be, as one tuple or one by one; gives the output and a tuple
    of the final states. Weights are laid out as torch's, the gates in the order of Keras.
    """

    gates = 4
    states = 2

    def __init__(
        self,
        channels: int,
        filters: int,
        kernel_size: tuple[int, ...],
        *,
        strides: tuple[int, ...],
        dilation: tuple[int, ...],
        padding: str = "valid",
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        bias: bool = True,
        return_sequences: bool = False,
        go_backwards: bool = False,
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        zero_output_for_mask: bool = False,
    ) -> None:
        super().__init__()
        self.channels = channels
        self.filters = filters
        self.kernel_size = kernel_size
        self.strides = strides
        self.dilation = dilation
        self.padding = padding
        self.activation = activation
        self.recurrent_activation = recurrent_activation
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.zero_output_for_mask = zero_output_for_mask
        width = self.gates * filters
        self.weight_ih = nn.Parameter(torch.zeros(width, channels, *kernel_size))
        self.weight_hh = nn.Parameter(torch.zeros(width, filters, *kernel_size))
        self.bias = nn.Parameter(torch.zeros(width)) if bias else None

    def forward(self, x: Tensor, *first: Any, mask: Tensor | None = None) -> tuple[Any, ...]:
        if self.go_backwards:
            x, mask = x.flip(1), None if mask is None else mask.flip(1)
        x = x.movedim(-1, 2)
        projected = self._projected(x)
        states = tuple(state.movedim(-1, 1) for state in flat(first)) or self._zeros(projected)
        cell = Cell(self.gates, self.activation, self.recurrent_activation)
        weights = Direction(self.weight_ih, self.weight_hh, self.bias, None)
        dropped = Masks(state=self._dropped(states[0], self.recurrent_dropout))
        outputs, states = read_steps(
            conv_lstm_step, cell, weights, projected, states, dropped, mask
        )
        final = tuple(state.movedim(1, -1) for state in states)
        output = outputs.movedim(2, -1) if self.return_sequences else final[0]
        if mask is not None and self.zero_output_for_mask:
            output = zeroed(output, mask, self.return_sequences)
        return output, final

    def _projected(self, x: Tensor) -> Tensor:
        """What the gates take from `[batch, steps, channels, ...]`, of all steps at once."""
        masks = self._dropped(x[:, :1], self.dropout)
        weights = self.weight_ih.chunk(len(masks)) if masks else (self.weight_ih,)
        seen = [x * mask for mask in masks] if masks else [x]
        parts = [self._convolved(*pair) for pair in zip(seen, weights, strict=True)]
        joined = torch.cat(parts, 2) if masks else parts[0]
        if self.bias is None:
            return joined
        return joined + self.bias.reshape(-1, *(1,) * (joined.dim() - 3))

    def _convolved(self, x: Tensor, weight: Tensor) -> Tensor:
        same = self.padding == "same"
        out = convolve(x.flatten(0, 1), weight, self.strides, self.dilation, same=same)
        return torch.unflatten(out, 0, x.shape[:2])

    def _dropped(self, like: Tensor, rate: float) -> tuple[Tensor, ...] | None:
        """What dropout leaves of a tensor of a step, for each gate; None without dropout."""
        if not (self.training and rate):
            return None
        return tuple(F.dropout(torch.ones_like(like), rate) for _ in range(self.gates))

    def _zeros(self, projected: Tensor) -> States:
        shape = (projected.shape[0], self.filters, *projected.shape[3:])
        return tuple(projected.new_zeros(shape) for _ in range(self.states))

    def extra_repr(self) -> str:
        return f"{self.filters}, kernel_size={self.kernel_size}, strides={self.strides}"


def conv_lstm_step(
    cell: Cell, weights: Direction, gates: Tensor, states: States, masks: Masks
) -> States:
    """Input, forget, candidate and output gate; states `h`, `c`, `[batch, filters, ...]`."""
    h, c = states
    ones = (1,) * (h.dim() - 2)
    kernels = weights.weight_hh.chunk(len(masks.state)) if masks.state else (weights.weight_hh,)
    seen = [h * mask for mask in masks.state] if masks.state else [h]
    pairs = zip(seen, kernels, strict=True)
    both = gates + torch.cat([convolve(*pair, ones, ones, same=True) for pair in pairs], 1)
    i, f, candidate, o = both.chunk(4, 1)
    gate = cell.recurrent_activation
    c = activate(gate, f) * c + activate(gate, i) * activate(cell.activation, candidate)
    return activate(gate, o) * activate(cell.activation, c), c


def convolve(
    x: Tensor, weight: Tensor, strides: Sequence[int], dilation: Sequence[int], *, same: bool
) -> Tensor:
    """`[batch, channels, ...]` by a kernel of torch's layout, padded as Keras does."""
    kernel = weight.shape[2:]
    padding: tuple[int, ...] = (0,) * len(kernel)
    if same:
        pads = same_pads(x.shape[2:], kernel, strides, dilation)
        if even(pads):
            padding = tuple(before for before, _ in pads)
        else:
            x = F.pad(x, [cells for pair in reversed(pads) for cells in pair])
    convolution: Any = (F.conv1d, F.conv2d, F.conv3d)[len(kernel) - 1]
    result: Tensor = convolution(x, weight, None, tuple(strides), padding, tuple(dilation))
    return result
