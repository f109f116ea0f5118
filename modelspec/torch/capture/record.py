"""Recording the calls of one ordinary training step, below autograd."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.multiprocessing.reductions import StorageWeakRef
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from modelspec.torch.capture.owned_tensors import owned_tensors
from modelspec.torch.capture.step_graph import (
    Call,
    CaptureError,
    HostSum,
    Layout,
    Slot,
    StepGraph,
    name_of,
    written_arguments,
)
from modelspec.torch.metrics.accumulator import watch_sums

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from torch._ops import OpOverload

_READERS = frozenset({"tolist", "numpy", "__array__", "__dlpack__", "data_ptr"})
"""Methods by which values of a tensor reach Python or other libraries without a call."""
_LENGTHS = frozenset({"_ctc_loss", "_pack_padded_sequence", "_embedding_bag", "tensor_split"})
"""Calls that look at numbers in a tensor on their way, or whose results have shapes by them."""
_MAKERS = frozenset({"tensor", "as_tensor", "asarray", "from_numpy", "frombuffer"})
"""Functions by which values that Python or other libraries have become tensors."""
_MASKS = (torch.bool, torch.uint8)
_PLAIN = (Tensor, torch.nn.Parameter)


class StepRecorder(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Records what runs in its block: a training step's forward pass, objective and backward pass.

    What runs is what would run without it, and its results are left where they are; `undo` takes
    back what it has changed. Some functions of torch choose another kernel of equal results up
    to rounding when they are looked at: whoever repeats the calls instead of the step compares.

    It records every kernel call below autograd, in order, of this thread: those of autograd's own
    formulas and of custom functions, random draws and running sums among them. Tensors are told
    apart by their memory and layout, thus a tensor that autograd has saved, or a detached one, is
    known again. It does not repeat what Python does besides: what is added up on the host is
    noted (`StepGraph.sums`). It ends a step, by a `CaptureError` at the next call or in `finish`,

    - that reads numbers (`item`, `tolist`, ...), or makes tensors whose shapes depend on them,
    - that takes a tensor which neither the batch nor an owner has, or makes one of Python's
      numbers, which may have been computed elsewhere,
    - whose batch has tensors that share memory,
    - that computes on another device than the CPU, or makes more than `most_bytes`.

    Args:
        batch: The tensors of the batch, by what `StepGraph.inputs` calls them.
        owners: The objects whose tensors outlive the step.
        most_bytes: That the step may make in all.
    """

    def __init__(
        self,
        batch: Mapping[tuple[str, str], Tensor],
        owners: Iterable[Any],
        most_bytes: int = 1 << 30,
    ) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.reason: str | None = None
        self._of_batch = False
        self._most = most_bytes
        self._bytes = 0
        self._calls: list[Call] = []
        self._sums: list[HostSum] = []
        self._storages: list[StorageWeakRef] = []
        self._layouts: list[Layout] = []
        self._slots: dict[Layout, Slot] = {}
        self._memories: dict[int, int] = {}
        self._known = {_layout(each): each for each in owned_tensors(owners)}
        self._owned: defaultdict[int, list[Tensor]] = defaultdict(list)
        for layout, each in self._known.items():
            self._owned[layout.memory].append(each)
        self._held: dict[int, Tensor] = {}
        self._before: list[tuple[Tensor, Tensor]] = []
        self._sums_before: dict[int, tuple[Any, Any]] = {}
        self._readable: set[int] = set()
        self._random = torch.get_rng_state()
        self._inputs = {int(self._add(tensor)): key for key, tensor in batch.items()}
        if len(self._memories) < len(batch):
            self.refuse("tensors of a batch share memory", of_batch=True)
        self._watch = _ReadersWatch(self)

    def __enter__(self) -> StepRecorder:
        self._watch.__enter__()  # type: ignore[no-untyped-call]
        super().__enter__()  # type: ignore[no-untyped-call]
        watch_sums(self.note)
        return self

    def __exit__(self, *error: Any) -> None:
        watch_sums(None)
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self._watch.__exit__(*error)  # type: ignore[no-untyped-call]

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Whether the next method is hidden from `torch._dynamo`, which takes long to import."""
        return False

    def __torch_dispatch__(
        self, func: OpOverload, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        """Run a call, and note it."""
        kwargs = kwargs or {}
        self._raise_if_refused()
        self._keep_written(func, args, kwargs)
        try:
            given, named = self._numbered(args), self._numbered(kwargs)
            self._check(func, args, kwargs)
            noted_op = _view_of(func) if torch.Tag.inplace_view in func.tags else func
            result = func(*args, **kwargs)
            results = result if isinstance(result, list | tuple) else (result,)
            slots = tuple(self._result(each) for each in results)
        except CaptureError as error:
            self.refuse(str(error), of_batch=error.of_batch)
            raise
        if func is not torch.ops.aten._local_scalar_dense.default:
            self._calls.append(Call(noted_op, given, named, slots))
        return result

    def refuse(self, reason: str, *, of_batch: bool = False) -> None:
        """Record no further: the step cannot be repeated."""
        if self.reason is None:
            self.reason, self._of_batch = reason, of_batch
        self._calls.clear()
        self._storages.clear()

    def note(
        self, accumulator: Any, value: Tensor, count: Tensor | int, times: int, each: int
    ) -> None:
        """Note what an accumulator adds up on the host, which may read these numbers."""
        self._watch.on = False
        self._sums_before.setdefault(id(accumulator), (accumulator, accumulator.host_sums))
        self._watch.on = True
        if self.reason is not None:
            return
        try:
            places = self._slot(value), self._slot(count) if isinstance(count, Tensor) else count
        except CaptureError as error:
            self.refuse(str(error))
            return
        self._readable.update(place for place in places if isinstance(place, Slot))
        self._sums.append(HostSum(accumulator, *places, times, each, len(self._calls)))

    def finish(self, loss: Tensor, gradients: Mapping[str, Tensor | None]) -> StepGraph:
        """What was recorded.

        Args:
            loss: The loss that was minimised.
            gradients: Of each parameter by name.

        Raises:
            CaptureError: The step cannot be repeated.
        """
        self._raise_if_refused()
        found = {
            name: None if each is None else int(self._slot(each))
            for name, each in gradients.items()
        }
        memories = {self._layouts[each].memory for call in self._calls for each in call.writes}
        written = [each for each in self._held if self._layouts[each].memory in memories]
        graph = StepGraph(
            tuple(self._calls),
            tuple(self._sums),
            self._inputs,
            self._held,
            int(self._slot(loss)),
            found,
            frozenset(written),
            tuple(self._layouts),
            self._bytes,
        )
        self._storages.clear()
        return graph

    @torch.no_grad()
    def undo(self) -> None:
        """Give what outlives the step, and the random numbers, the state from before it.

        Of a step that was refused, too.
        """
        for held, before in self._before:
            held.copy_(before)
        for accumulator, sums in self._sums_before.values():
            accumulator.host_sums = sums
        torch.set_rng_state(self._random)

    def _raise_if_refused(self) -> None:
        if self.reason is not None:
            raise CaptureError(self.reason, of_batch=self._of_batch)

    def _check(self, func: OpOverload, args: Any, kwargs: Any) -> None:
        tags, name = func.tags, name_of(func)
        if func is torch.ops.aten._local_scalar_dense.default:
            if self._slot(args[0]) not in self._readable:
                raise CaptureError("reads a number")
        elif func is torch.ops.aten.index.Tensor:
            if any(each is not None and each.dtype in _MASKS for each in args[1]):
                raise CaptureError("selects by a mask")
        elif torch.Tag.dynamic_output_shape in tags or torch.Tag.data_dependent_output in tags:
            raise CaptureError(f"`{name}` makes results whose shape depends on values")
        elif name in _LENGTHS:
            raise CaptureError(f"`{name}` goes by values")
        if kwargs.get("generator") is not None:
            raise CaptureError(f"`{name}` draws from a generator of its own")

    def _keep_written(self, func: OpOverload, args: Any, kwargs: Any) -> None:
        """Keep what a call is about to change of what outlives the step."""
        for given in written_arguments(func, args, kwargs):
            for each in given if isinstance(given, list) else [given]:
                if isinstance(each, Tensor):
                    owned = self._owned.pop(each.untyped_storage()._cdata, ())
                    self._before += [(held, held.detach().clone()) for held in owned]

    def _numbered(self, value: Any) -> Any:
        if isinstance(value, Tensor):
            return self._slot(value)
        if isinstance(value, dict):
            return {name: self._numbered(each) for name, each in value.items()}
        if isinstance(value, list):
            return [self._numbered(each) for each in value]
        return tuple(map(self._numbered, value)) if type(value) is tuple else value

    def _slot(self, tensor: Tensor) -> Slot:
        key = _layout(tensor)
        own = self._memories.get(key.memory)
        slot = None if own is None else self._slots.get(key._replace(memory=own))
        if slot is not None:
            return slot
        if key not in self._known:
            raise CaptureError("takes a tensor that the step has not made")
        slot = self._add(self._known[key])
        self._held[slot] = self._known[key]
        return slot

    def _result(self, result: Any) -> int | None:
        if not isinstance(result, Tensor):
            if isinstance(result, list | tuple):
                raise CaptureError("makes lists of tensors beside tensors")
            return None
        memories = len(self._memories)
        slot = self._add(result)
        if len(self._memories) > memories:
            self._bytes += result.untyped_storage().nbytes()
            if self._bytes > self._most:
                raise CaptureError("makes more than is repeated faster", of_batch=True)
        return int(slot)

    def _add(self, tensor: Tensor) -> Slot:
        if type(tensor) not in _PLAIN or tensor.device.type != "cpu":
            raise CaptureError("computes on another device, or on another kind of tensor")
        if tensor.layout != torch.strided:
            raise CaptureError("has sparse tensors")
        key = _layout(tensor)
        if key.memory not in self._memories:
            self._memories[key.memory] = len(self._memories)
            # What is let go leaves its memory, but no other one is told apart by its address.
            self._storages.append(StorageWeakRef(tensor.untyped_storage()))  # type: ignore[no-untyped-call]
        own = key._replace(memory=self._memories[key.memory])
        if own in self._slots:
            return self._slots[own]
        slot = self._slots[own] = Slot(len(self._layouts))
        self._layouts.append(own)
        return slot


class _ReadersWatch(TorchFunctionMode):
    """Refuses a step in which Python looks at the numbers of a tensor."""

    def __init__(self, recorder: StepRecorder) -> None:
        super().__init__()
        self.on = True
        self._recorder = recorder

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run a function, and refuse the step for it."""
        name = getattr(func, "__name__", "") if self.on else ""
        if name in _READERS:
            self._recorder.refuse(f"`{name}` reads numbers")
        elif name in _MAKERS:
            self._recorder.refuse(f"`{name}` makes a tensor of numbers")
        return func(*args, **(kwargs or {}))


def _layout(tensor: Tensor) -> Layout:
    memory = tensor.untyped_storage()._cdata
    shape, stride = tuple(tensor.shape), tensor.stride()
    return Layout(shape, stride, int(tensor.storage_offset()), tensor.dtype, memory)


def _view_of(op: OpOverload) -> OpOverload:
    """The call that gives the view which a call in place makes of its argument."""
    name = name_of(op).removesuffix("_")
    packet = getattr(torch.ops.aten, name, None)
    wanted = [str(each.type) for each in op._schema.arguments]
    for overload in packet.overloads() if packet is not None else ():
        view: OpOverload = getattr(packet, overload)
        if [str(each.type) for each in view._schema.arguments] == wanted:
            return view
    raise CaptureError(f"`{name}_` changes the layout of a tensor")
