"""A recorded step and its update as one graph, which takes the rows' numbers."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, fx

from modelspec.torch.capture import Call, CaptureError, Slot, StepGraph
from modelspec.torch.compiled.draws import draws

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from modelspec.torch.optimizers import Optimizer
    from modelspec.torch.optimizers.functional import FunctionalStep

aten = torch.ops.aten


@dataclass(frozen=True)
class StepModule:
    """The graph of a step, and what it takes.

    Its arguments are the indices of the batch's rows, all rows, the scalars of the update, the
    draws, and the tensors that outlive a step, which it changes. It returns the loss, the numbers
    that are added up on the host, and the gradients.

    Attributes:
        inputs: What it takes all rows of, by kind (`inputs`, `targets`) and name, in order.
        draws: What is drawn before each step, in order.
        held: Parameters, slots, buffers, sums and constants.
        learning: The names of the parameters that have gradients, in order.
    """

    module: fx.GraphModule
    inputs: tuple[tuple[str, str], ...]
    draws: list[Callable[[], Tensor]]
    held: list[Tensor]
    learning: tuple[str, ...]


def step_module(
    graph: StepGraph, optimizer: Optimizer, update: FunctionalStep, *, guarded: bool
) -> StepModule:
    """The graph of a step with its update.

    Args:
        graph: What was recorded.
        optimizer: Has the slots.
        update: Its step, of the parameters that have gradients in the graph.
        guarded: Whether nothing is learnt of a loss that is not finite.

    Raises:
        CaptureError: It cannot be repeated so.
    """
    return _Builder(graph, optimizer, update, guarded).build()


class _Builder:
    def __init__(
        self, graph: StepGraph, optimizer: Optimizer, update: FunctionalStep, guarded: bool
    ) -> None:
        self._step, self._optimizer, self._update = graph, optimizer, update
        self._guarded = guarded
        self._graph = fx.Graph()
        self._nodes: dict[int, fx.Node] = {}
        self._held: list[Tensor] = []

    def build(self) -> StepModule:
        drawn = draws(self._step)
        rows = self._graph.placeholder("rows")
        names = tuple(dict.fromkeys(self._step.inputs.values()))
        inputs = {name: self._graph.placeholder(f"all_{i}") for i, name in enumerate(names)}
        scalars = self._graph.placeholder("scalars")
        drawn_nodes = iter([self._graph.placeholder(f"draw_{i}") for i in range(len(drawn))])
        for index, (slot, tensor) in enumerate(self._step.held.items()):
            self._nodes[slot] = self._hold(f"held_{index}", tensor)
        slots = self._take_slots()
        self._gather(rows, inputs)
        for call in self._step.calls:
            if call.draws:
                (drawn_slot,) = call.results
                assert drawn_slot is not None
                self._nodes[drawn_slot] = next(drawn_nodes)
            else:
                self._add(call)
        loss = self._nodes[self._step.loss]
        gradients = self._add_update(scalars, slots)
        sums = [
            self._nodes[each]
            for found in self._step.sums
            for each in (found.value, found.divisor)
            if isinstance(each, Slot)
        ]
        self._graph.output((loss, *sums, *gradients))
        self._check_memory()
        module = fx.GraphModule(torch.nn.Module(), self._graph)
        return StepModule(module, names, drawn, self._held, tuple(slots))

    def _gather(self, rows: fx.Node, inputs: Mapping[tuple[str, str], fx.Node]) -> None:
        """The rows of the batch."""
        select = aten.index_select.default
        taken = {
            name: self._graph.call_function(select, (each, 0, rows))
            for name, each in inputs.items()
        }
        for slot, name in self._step.inputs.items():
            self._nodes[slot] = taken[name]

    def _hold(self, name: str, tensor: Tensor) -> fx.Node:
        self._held.append(tensor.detach())
        return self._graph.placeholder(name)

    def _take_slots(self) -> dict[str, dict[str, fx.Node]]:
        """A node for each slot of a parameter that gets a gradient, by the parameter's name."""
        found: dict[str, dict[str, fx.Node]] = {}
        for place, name in enumerate(self._optimizer.names):
            if self._step.gradients.get(name) is None:
                continue
            found[name] = {
                slot: self._hold(f"{slot}_{place}", tensors[place])
                for slot, tensors in self._optimizer.slots.items()
            }
        return found

    def _add(self, call: Call) -> None:
        if call.op is aten.mkldnn_rnn_layer.default:
            raise CaptureError("Inductor calls the kernel of an LSTM as it predicts")
        op, args, kwargs = _declared(call)
        made = self._graph.call_function(op, self._filled(args), self._filled(kwargs))
        several = [str(each.type) for each in call.op._schema.returns] != ["Tensor"]
        for index, slot in enumerate(call.results):
            if slot is not None:
                taken = (made, index)
                node = self._graph.call_function(operator.getitem, taken) if several else made
                self._nodes[slot] = node

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Slot):
            return self._nodes[value]
        if isinstance(value, dict):
            return {name: self._filled(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return type(value)(map(self._filled, value))
        return value

    def _add_update(self, scalars: fx.Node, slots: dict[str, dict[str, fx.Node]]) -> list[fx.Node]:
        """Update the parameters; their gradients after clipping."""
        parameters = self._parameters(slots)
        tracer = fx.proxy.GraphAppendingTracer(self._graph)

        def proxies(nodes: Mapping[str, fx.Node]) -> dict[str, Any]:
            return {name: fx.Proxy(node, tracer) for name, node in nodes.items()}

        found = {name: self._gradient(name) for name in slots}
        gradients = self._update.clipped(proxies(found))
        numbers: Any = fx.Proxy(scalars, tracer)
        rows = [numbers[index] for index in range(self._update.count)]
        kept = {name: proxies(nodes) for name, nodes in slots.items()}
        moved = self._update(proxies(parameters), gradients, kept, rows)
        for name, each in moved.items():
            self._write(parameters[name], each.parameter)
            for slot, after in each.slots.items():
                self._write(slots[name][slot], after)
        return [each.node for each in gradients.values()]  # type: ignore[attr-defined]

    def _parameters(self, slots: Mapping[str, object]) -> dict[str, fx.Node]:
        """The node of each parameter that is updated: it may not be among what the step reads."""
        known = {id(tensor): slot for slot, tensor in self._step.held.items()}
        memories = {_place(tensor): slot for slot, tensor in self._step.held.items()}
        found = {}
        for name, tensor in zip(self._optimizer.names, self._optimizer.parameters, strict=True):
            if name in slots:
                slot = known.get(id(tensor), memories.get(_place(tensor)))
                if slot is None:
                    raise CaptureError(f"`{name}` learns without being read")
                found[name] = self._nodes[slot]
        return found

    def _gradient(self, name: str) -> fx.Node:
        slot = self._step.gradients[name]
        assert slot is not None
        return self._nodes[slot]

    def _write(self, node: fx.Node, value: Any) -> None:
        """Put a value into the memory of a tensor."""
        after = value.node
        if self._guarded:
            loss = self._nodes[self._step.loss]
            finite = self._graph.call_function(torch.isfinite, (loss,))
            after = self._graph.call_function(torch.where, (finite, after, node))
        self._graph.call_function(aten.copy_.default, (node, after))

    def _check_memory(self) -> None:
        """Refuse tensors that overlap: a compiled step takes each as memory of its own."""
        spans = sorted((*_span(tensor), index) for index, tensor in enumerate(self._held))
        for (_, end, _), (start, _, _) in pairwise(spans):
            if start < end:
                raise CaptureError("keeps two tensors in one memory")


def _declared(call: Call) -> tuple[Any, tuple[Any, ...], dict[str, Any]]:
    """A call by a name whose schema says what it changes."""
    if call.op is aten.native_batch_norm.default and call.args[3] is not None:
        return aten._native_batch_norm_legit.default, call.args, call.kwargs
    return call.op, call.args, call.kwargs


def _place(tensor: Tensor) -> tuple[int, tuple[int, ...]]:
    return tensor.data_ptr(), tuple(tensor.shape)


def _span(tensor: Tensor) -> tuple[int, int]:
    """The bytes that a tensor reaches over: from the first to behind the last."""
    if not tensor.numel():
        return 0, 0
    reach = sum((n - 1) * step for n, step in zip(tensor.shape, tensor.stride(), strict=True))
    start = tensor.data_ptr()
    return start, start + (reach + 1) * tensor.element_size()
