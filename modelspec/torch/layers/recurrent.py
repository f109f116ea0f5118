"""Twins of SimpleRNN, LSTM, GRU."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import torch
from torch import Generator, Tensor, nn
from torch.nn import functional as F  # noqa: N812

from modelspec.layers import recurrent
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
from modelspec.torch.layers.twin import Call, Twin, assign, made_of, unset

Declared = recurrent.SimpleRNN | recurrent.LSTM | recurrent.GRU


class _Recurrent(Twin[Any]):
    random = True

    network: type["Network"]

    def empty(self, layer: Declared, weights: Sequence[Weight]) -> nn.Module:
        return self.make(layer, weights[0].shape[0])

    def make(self, layer: Declared, features: int, merge_mode: str = "") -> "Network":
        """A network for a declaration, its weights not set yet."""
        return unset(
            lambda: made_of(
                self.network,
                layer,
                input_size=features,
                hidden_size=layer.units,
                bias=layer.use_bias,
                input_dropout=layer.dropout,
                merge_mode=merge_mode,
            )
        )

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

    Args:
        input_size: The number of features.
        hidden_size: The number of units.
        activation: The candidate's function.
        recurrent_activation: The gates' function; a plain network has no gates.
        bias: Whether there are biases.
        return_sequences: Whether the output is that of all steps.
        go_backwards: Whether the last step is read first.
        input_dropout: In training, the share of the input that is dropped.
        recurrent_dropout: In training, the share of the state that is dropped.
        reset_after: Of a GRU, whether the reset gate acts after the product.
        zero_output_for_mask: Whether masked steps give 0.
        merge_mode: How two directions are joined, or `none`; "" where there is but one.
    """

    step: Step
    read_masked: Callable[[Direction, Tensor, Tensor, States], tuple[Tensor, States]]
    gates: int
    states: int

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        activation: str = "tanh",
        recurrent_activation: str = "sigmoid",
        bias: bool = True,
        return_sequences: bool = False,
        go_backwards: bool = False,
        input_dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        reset_after: bool = False,
        zero_output_for_mask: bool = False,
        merge_mode: str = "",
    ) -> None:
        super().__init__(  # type: ignore[call-arg]
            input_size,  # type: ignore[arg-type]
            hidden_size,
            bias=bias,
            batch_first=True,
            bidirectional=bool(merge_mode),
        )
        self.activation = activation
        self.recurrent_activation = recurrent_activation
        self.return_sequences = return_sequences
        self.go_backwards = go_backwards
        self.input_dropout = input_dropout
        self.recurrent_dropout = recurrent_dropout
        self.reset_after = reset_after
        self.zero_output_for_mask = zero_output_for_mask
        self.merge_mode = merge_mode
        if bias and not reset_after:
            for suffix in self.suffixes:
                delattr(self, f"bias_hh_l0{suffix}")
                self.register_buffer(f"bias_hh_l0{suffix}", torch.zeros(self.gates * hidden_size))
            self._init_flat_weights()

    @property
    def suffixes(self) -> tuple[str, ...]:
        """What the weights' names end with, a direction each."""
        return ("", "_reverse") if self.merge_mode else ("",)

    def forward(self, x: Tensor, *first: Any, mask: Tensor | None = None) -> tuple[Any, ...]:
        states = tuple(flat(first))
        if self.go_backwards:
            x, mask = x.flip(1), None if mask is None else mask.flip(1)
        fused = self._fusible and not torch.compiler.is_exporting()
        if fused and mask is None:
            outputs, final = self._fused(x, states)
        else:
            outputs, final = self._by_direction(x, states, mask, fused=fused)
        if not self.return_sequences:
            each = len(final) // len(outputs)
            outputs = list(final[::each])
        if mask is not None and self._zeroed:
            outputs = [zeroed(output, mask, self.return_sequences) for output in outputs]
        if not self.merge_mode:
            return outputs[0], final
        return self._merged(outputs), final, *outputs

    @property
    def _zeroed(self) -> bool:
        """Whether masked steps give 0."""
        return self.return_sequences if self.merge_mode else self.zero_output_for_mask

    @property
    def _fusible(self) -> bool:
        return (
            self.activation == "tanh"
            and self.recurrent_activation == "sigmoid"
            and (self.reset_after or self.gates != 3)
            and not (self.training and self.recurrent_dropout)
        )

    def _fused(self, x: Tensor, states: States) -> tuple[list[Tensor], States]:
        x = self._dropped(x)
        kinds = self.states
        packed = [torch.stack(states[kind::kinds]) for kind in range(kinds)] if states else []
        given = None if not packed else packed[0] if kinds == 1 else tuple(packed)
        output, final = super().forward(x, given)
        final = (final,) if kinds == 1 else final
        directions = range(len(self.suffixes))
        halves = output.chunk(2, -1) if self.merge_mode else (output,)
        return list(halves), tuple(final[k][way] for way in directions for k in range(kinds))

    def _dropped(self, x: Tensor) -> Tensor:
        if not (self.training and self.input_dropout):
            return x
        return x * F.dropout(x.new_ones(x.shape[0], 1, x.shape[2]), self.input_dropout)

    def _by_direction(
        self, x: Tensor, states: States, mask: Tensor | None, *, fused: bool
    ) -> tuple[list[Tensor], States]:
        x = self._dropped(x) if fused else x
        kinds = self.states
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
        return Cell(self.gates, self.activation, self.recurrent_activation, self.reset_after)

    def _weights(self, suffix: str) -> Direction:
        names = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
        return Direction(*(getattr(self, f"{name}{suffix}", None) for name in names))  # type: ignore[arg-type]

    def _zeros(self, x: Tensor) -> States:
        return tuple(x.new_zeros(x.shape[0], self.hidden_size) for _ in range(self.states))

    def _masks(self, x: Tensor) -> Masks:
        if not self.training:
            return Masks()
        rates = self.input_dropout, self.recurrent_dropout
        return draw_masks(x, self.hidden_size, self.gates, *rates)

    def extra_repr(self) -> str:
        shown = f"{self.input_size}, {self.hidden_size}"
        return f"{shown}, merge_mode={self.merge_mode!r}" if self.merge_mode else shown


class SimpleNetwork(Network, nn.RNN):  # type: ignore[misc]
    """The plain network."""

    step = staticmethod(simple_step)
    read_masked = staticmethod(read_simple)
    gates = 1
    states = 1


class LSTMNetwork(Network, nn.LSTM):  # type: ignore[misc]
    """Long short-term memory."""

    step = staticmethod(lstm_step)
    read_masked = staticmethod(read_lstm)
    gates = 4
    states = 2


class GRUNetwork(Network, nn.GRU):  # type: ignore[misc]
    """Gated recurrent unit."""

    step = staticmethod(gru_step)
    read_masked = staticmethod(read_gru)
    gates = 3
    states = 1


SimpleRNN.network = SimpleNetwork
LSTM.network = LSTMNetwork
GRU.network = GRUNetwork


def zeroed(output: Tensor, mask: Tensor, return_sequences: bool) -> Tensor:
    """0 for the masked steps of an output, `mask` being `[batch, steps]` as they were read.

    The output is `[batch, steps, ...]`, or that of the last step, `[batch, ...]`.
    """
    valid = mask if return_sequences else mask[:, -1]
    ones = (1,) * (output.dim() - valid.dim())
    return torch.where(valid.reshape(*valid.shape, *ones), output, 0.0)


def flat(states: Iterable[Any]) -> Iterable[Tensor]:
    """States one by one, whether they come in tuples or not."""
    for state in states:
        yield from state if isinstance(state, tuple | list) else (state,)
