"""Twins of SimpleRNN, LSTM, GRU."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import convolutional_recurrent, recurrent
from modelspec.layers.values import Weight
from modelspec.torch.layers.initializers import draw
from modelspec.torch.layers.masked import read_gru, read_lstm, read_simple
from modelspec.torch.layers.scans import (
    Cell,
    Direction,
    Masks,
    States,
    Step,
    draw_masks,
    gru_step,
    lstm_step,
    scan,
    simple_step,
)
from modelspec.torch.layers.twin import Call, Twin, assign, unset

Declared = recurrent.SimpleRNN | recurrent.LSTM | recurrent.GRU


class _Recurrent(Twin[Any]):
    random = True

    network: type["Network"]

    def empty(self, layer: Declared, weights: Sequence[Weight]) -> nn.Module:
        return self.network.make(layer, weights[0].shape[0])

    def outputs(self, call: Call[Any], operands: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
        assert call.module is not None
        mask = {} if call.mask is None else {"mask": call.mask}
        result = call.module(*operands[""], *operands.get("state", ()), **mask)
        states = result[1]
        each = {name: states[index] for index, name in enumerate(call.layer.states)}
        return {"": result[0], "state": states, **each}

    def initial(
        self, layer: Declared, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        names = ("kernel", "recurrent", "bias")
        return [
            draw(getattr(layer, f"{name}_initializer"), weight.shape, generator)
            for name, weight in zip(names, weights, strict=False)
        ]

    def load_keras(self, module: nn.Module, layer: Declared, arrays: Sequence[Any]) -> None:
        assert isinstance(module, Network)
        self.load_direction(module, "", [torch.as_tensor(array) for array in arrays])

    def load_direction(self, module: "Network", suffix: str, arrays: Sequence[Tensor]) -> None:
        """Copy the kernel, the recurrent kernel and the bias, if any, of one direction."""
        kernel, state_kernel, *bias = (self.in_torch_order(array) for array in arrays)
        assign(getattr(module, f"weight_ih_l0{suffix}"), kernel.T)
        assign(getattr(module, f"weight_hh_l0{suffix}"), state_kernel.T)
        for array in bias:
            rows = array if array.dim() == 2 else torch.stack([array, torch.zeros_like(array)])
            assign(getattr(module, f"bias_ih_l0{suffix}"), rows[0])
            assign(getattr(module, f"bias_hh_l0{suffix}"), rows[1])

    def in_torch_order(self, array: Tensor) -> Tensor:
        """The gates, along the last axis, in torch's order."""
        raise NotImplementedError


class SimpleRNN(_Recurrent):
    def in_torch_order(self, array: Tensor) -> Tensor:
        return array


class LSTM(_Recurrent):
    def initial(
        self, layer: Declared, weights: Sequence[Weight], generator: Generator
    ) -> list[Tensor]:
        assert isinstance(layer, recurrent.LSTM)
        arrays = super().initial(layer, weights, generator)
        if layer.use_bias and layer.unit_forget_bias:
            arrays[2][layer.units : 2 * layer.units] = 1
        return arrays

    def in_torch_order(self, array: Tensor) -> Tensor:
        return array


class GRU(_Recurrent):
    def in_torch_order(self, array: Tensor) -> Tensor:
        z, r, candidate = array.chunk(3, -1)
        return torch.cat([r, z, candidate], -1)


class Network(nn.RNNBase):
    """Torch's RNN, LSTM or GRU, with what Keras has beside it.

    Takes `[batch, steps, features]` and, if need be, first states, as one tuple or one by one;
    gives the output and a tuple of the final states, each `[batch, units]`, those of the forward
    direction first; then, where there are two directions, the output of each. Weights are named and
    laid out as torch's. Where Keras has one bias, torch's second one is a buffer of zeros. An
    export goes step by step: torch would unroll its own kernels there, and so fix the number of
    steps.

    Attributes:
        merge_mode: How two directions are joined, or `none`; "" where there is but one.
    """

    step: Step
    read_masked: Callable[[Direction, Tensor, Tensor, States], tuple[Tensor, States]]
    gates: int
    layer: Declared
    merge_mode: str

    @classmethod
    def make(cls, layer: Declared, features: int, merge_mode: str = "") -> "Network":
        """A network for a declaration, its weights not set yet."""
        network: Network = unset(
            lambda: cls(  # type: ignore[call-arg]
                features,  # type: ignore[arg-type]
                layer.units,
                bias=layer.use_bias,
                batch_first=True,
                bidirectional=bool(merge_mode),
            )
        )
        network.layer = layer
        network.merge_mode = merge_mode
        if layer.use_bias and network.has_one_bias:
            for suffix in network.suffixes:
                delattr(network, f"bias_hh_l0{suffix}")
                network.register_buffer(
                    f"bias_hh_l0{suffix}", torch.zeros(network.gates * layer.units)
                )
            network._init_flat_weights()
        return network

    @property
    def has_one_bias(self) -> bool:
        """Whether only the bias of the input is trained."""
        return not getattr(self.layer, "reset_after", False)

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the weights' names end with, a direction each."""
        return ("", "_reverse") if self.merge_mode else ("",)

    def forward(self, x: Tensor, *first: Any, mask: Tensor | None = None) -> tuple[Any, ...]:
        states = tuple(flat(first))
        if self.layer.go_backwards:
            x, mask = x.flip(1), None if mask is None else mask.flip(1)
        fused = self._fusible and not torch.compiler.is_exporting()
        if fused and mask is None:
            outputs, final = self._fused(x, states)
        else:
            outputs, final = self._by_direction(x, states, mask, fused=fused)
        if not self.layer.return_sequences:
            each = len(final) // len(outputs)
            outputs = list(final[::each])
        if mask is not None and self._zeroed:
            outputs = [zeroed(self.layer, output, mask) for output in outputs]
        if not self.merge_mode:
            return outputs[0], final
        return self._merged(outputs), final, *outputs

    @property
    def _zeroed(self) -> bool:
        """Whether masked steps give 0."""
        layer = self.layer
        return layer.return_sequences if self.merge_mode else layer.zero_output_for_mask

    @property
    def _fusible(self) -> bool:
        layer = self.layer
        return (
            layer.activation == "tanh"
            and getattr(layer, "recurrent_activation", "sigmoid") == "sigmoid"
            and getattr(layer, "reset_after", True)
            and not (self.training and layer.recurrent_dropout)
        )

    def _fused(self, x: Tensor, states: States) -> tuple[list[Tensor], States]:
        x = self._dropped(x)
        kinds = len(self.layer.states)
        packed = [torch.stack(states[kind::kinds]) for kind in range(kinds)] if states else []
        given = None if not packed else packed[0] if kinds == 1 else tuple(packed)
        output, final = super().forward(x, given)
        final = (final,) if kinds == 1 else final
        directions = range(len(self.suffixes))
        halves = output.chunk(2, -1) if self.merge_mode else (output,)
        return list(halves), tuple(final[k][way] for way in directions for k in range(kinds))

    def _dropped(self, x: Tensor) -> Tensor:
        if not (self.training and self.layer.dropout):
            return x
        return x * F.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), self.layer.dropout)

    def _by_direction(
        self, x: Tensor, states: States, mask: Tensor | None, *, fused: bool
    ) -> tuple[list[Tensor], States]:
        x = self._dropped(x) if fused else x
        kinds = len(self.layer.states)
        outputs: list[Tensor] = []
        final: list[Tensor] = []
        for way, suffix in enumerate(self.suffixes):
            own = states[way * kinds : (way + 1) * kinds] or self._zeros(x)
            read = x.flip(1) if way else x
            valid = mask.flip(1) if way and mask is not None else mask
            weights = self._weights(suffix)
            if fused and valid is not None:
                output, last = type(self).read_masked(weights, read, valid, own)
            else:
                dropped = self._masks(x)
                output, last = scan(type(self).step, self._cell, weights, read, own, dropped, valid)
            outputs.append(output.flip(1) if way else output)
            final.extend(last)
        return outputs, tuple(final)

    def _merged(self, outputs: Sequence[Tensor]) -> Tensor | None:
        forward, backward = outputs
        if self.merge_mode == "none":
            return None
        if self.merge_mode == "concat":
            return torch.cat([forward, backward], -1)
        if self.merge_mode == "mul":
            return forward * backward
        total = forward + backward
        return total / 2 if self.merge_mode == "ave" else total

    @property
    def _cell(self) -> Cell:
        layer = self.layer
        after = getattr(layer, "reset_after", True)
        gate = getattr(layer, "recurrent_activation", "linear")
        return Cell(self.gates, layer.activation, gate, after)

    def _weights(self, suffix: str) -> Direction:
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        return Direction(*(getattr(self, f"{name}{suffix}", None) for name in names))  # type: ignore[arg-type]

    def _zeros(self, x: Tensor) -> States:
        return tuple(x.new_zeros(x.shape[0], self.layer.units) for _ in self.layer.states)

    def _masks(self, x: Tensor) -> Masks:
        if not self.training:
            return Masks()
        layer = self.layer
        return draw_masks(x, layer.units, self.gates, layer.dropout, layer.recurrent_dropout)

    def extra_repr(self) -> str:
        shown = f"{self.input_size}, {self.hidden_size}"
        return f"{shown}, merge_mode={self.merge_mode!r}" if self.merge_mode else shown


class SimpleNetwork(Network, nn.RNN):  # type: ignore[misc]
    """The plain network."""

    step = staticmethod(simple_step)
    read_masked = staticmethod(read_simple)
    gates = 1


class LSTMNetwork(Network, nn.LSTM):  # type: ignore[misc]
    """Long short-term memory."""

    step = staticmethod(lstm_step)
    read_masked = staticmethod(read_lstm)
    gates = 4


class GRUNetwork(Network, nn.GRU):  # type: ignore[misc]
    """Gated recurrent unit."""

    step = staticmethod(gru_step)
    read_masked = staticmethod(read_gru)
    gates = 3


SimpleRNN.network = SimpleNetwork
LSTM.network = LSTMNetwork
GRU.network = GRUNetwork


def zeroed(
    layer: Declared | convolutional_recurrent._ConvLSTM, output: Tensor, mask: Tensor
) -> Tensor:
    """0 for the masked steps of an output, `mask` being `[batch, steps]` as they were read.

    The output is `[batch, steps, ...]`, or that of the last step, `[batch, ...]`.
    """
    valid = mask if layer.return_sequences else mask[:, -1]
    ones = (1,) * (output.dim() - valid.dim())
    return torch.where(valid.reshape(*valid.shape, *ones), output, 0.0)


def flat(states: Iterable[Any]) -> Iterable[Tensor]:
    """States one by one, whether they come in tuples or not."""
    for state in states:
        yield from state if isinstance(state, tuple | list) else (state,)
