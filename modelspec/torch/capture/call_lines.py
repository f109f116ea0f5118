"""The calls of a step as lines of one function."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from modelspec.torch.capture.out_forms import fill_value, function_of, leaves_memory, out_form
from modelspec.torch.capture.prune import made_by
from modelspec.torch.capture.step_graph import Slot, slots_in

if TYPE_CHECKING:
    from collections.abc import Callable

    from modelspec.torch.capture.memory_plan import MemoryPlan
    from modelspec.torch.capture.step_graph import Call, HostSum, Layout, StepGraph


class CallLines:
    """A function that makes calls, line after line.

    Tensors that stay where they are, functions and arguments are its globals, other results its
    locals, which are let go after the last line that needs them.
    """

    def __init__(self, graph: StepGraph, plan: MemoryPlan) -> None:
        self._graph = graph
        self._plan = plan
        self._lines: list[str] = []
        self._globals: dict[str, Any] = {}
        self._names: dict[int, str] = {}
        self._locals: dict[tuple[int, Layout], str] = {}
        self._last: dict[str, int] = {}

    def add(self, call: Call) -> None:
        """The line of a call; none for a view of what stays where it is."""
        slots = [slot for slot in call.results if slot is not None]
        if leaves_memory(call.op) or (not call.writes and set(slots) <= set(call.reads)):
            return
        fixed = all(self._plan.is_fixed(slot) for slot in slots)
        if call.writes or not fixed:
            self._add_plain(call, slots)
        elif made_by(self._graph, call):
            self._add_into(call, slots)

    def add_sum(self, each: HostSum) -> None:
        """The line that adds a number to a sum on the host."""
        take = self._global(each.accumulator.take)
        value, divisor = self._text(each.value), self._text(each.divisor)
        self._lines.append(f"{take}({value}, {divisor}, times={each.times}, each={each.each})")

    def add_copy(self, target: Tensor, slot: int) -> None:
        """The line that copies a tensor to where it is to be at the end."""
        self._lines.append(f"{self._global(target)}.copy_({self._text(Slot(slot))})")

    def kept(self, slot: int) -> Tensor:
        """A tensor that is there after the function was called."""
        if self._plan.is_fixed(slot):
            return self._plan.tensor(slot)
        layout = self._graph.layouts[slot]
        target = torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype)
        self.add_copy(target, slot)
        return target

    def function(self) -> Callable[[], None]:
        """What makes all the calls."""
        ends: dict[int, list[str]] = {}
        for name, last in self._last.items():
            ends.setdefault(last, []).append(name)
        body = []
        for number, line in enumerate(self._lines):
            names = ends.get(number)
            body.append(f"    {line}" + (f"; del {', '.join(names)}" if names else ""))
        code = "\n".join(["def step():", *(body or ["    pass"])])
        exec(code, self._globals)
        found: Callable[[], None] = self._globals["step"]
        return found

    def called(self, call: Call) -> Any:
        """The result of a call at once, on what stays where it is."""
        tensors = self._plan.tensor

        def filled(value: Any) -> Any:
            if isinstance(value, Slot):
                return tensors(value)
            return [filled(each) for each in value] if isinstance(value, list) else value

        value, made = fill_value(call), call.results[0]
        if value is not None and made is not None:
            layout = self._graph.layouts[made]
            return torch.empty_strided(layout.shape, layout.stride, dtype=layout.dtype).fill_(value)
        with torch.no_grad():
            named = {name: filled(each) for name, each in call.kwargs.items()}
            return call.op(*map(filled, call.args), **named)

    def _add_plain(self, call: Call, slots: list[int]) -> None:
        line = self._call_text(function_of(call.op), call)
        returns = call.op._schema.returns
        if not call.writes and slots:
            names = [self._local(slot) for slot in call.results]
            several = len(returns) > 1 or "List" in str(returns[0].type) or len(names) > 1
            line = f"{', '.join(names)}{',' if several else ''} = {line}"
        self._lines.append(line)

    def _add_into(self, call: Call, slots: list[int]) -> None:
        """A call whose results have their places already."""
        value = fill_value(call)
        if value is not None:
            self._lines.append(f"{self._text(Slot(slots[0]))}.fill_({self._text(value)})")
            return
        form = out_form(call.op)
        assert form is not None
        function, outs = form
        given = {name: self._text(Slot(slot)) for name, slot in zip(outs, slots, strict=True)}
        self._lines.append(self._call_text(function, call, given))

    def _call_text(
        self, function: Callable[..., Any], call: Call, given: dict[str, str] | None = None
    ) -> str:
        texts = [self._text(each) for each in call.args]
        texts += [f"{name}={self._text(each)}" for name, each in call.kwargs.items()]
        texts += [f"{name}={text}" for name, text in (given or {}).items()]
        return f"{self._global(function)}({', '.join(texts)})"

    def _text(self, value: Any) -> str:
        if isinstance(value, Slot):
            if self._plan.is_fixed(value):
                return self._global(self._plan.tensor(value))
            return self._local(value)
        if isinstance(value, list) and any(True for _ in slots_in(value)):
            return f"[{', '.join(map(self._text, value))}]"
        literal = value is None or isinstance(value, bool | int)
        if literal or (isinstance(value, float) and isfinite(value)):
            return repr(value)
        return self._global(value)

    def _global(self, value: Any) -> str:
        key = id(value)
        if key not in self._names:
            name = self._names[key] = f"g{len(self._names)}"
            self._globals[name] = value
        return self._names[key]

    def _local(self, slot: int | None) -> str:
        """The name of a result that each step has anew, which this line makes or needs."""
        if slot is None:
            return "_"
        memory = self._plan.memory(slot)
        key = memory, self._graph.layouts[slot]._replace(memory=0)
        name = self._locals.setdefault(key, f"t{len(self._locals)}")
        self._last[name] = len(self._lines)
        return name
