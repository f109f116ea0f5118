"""What bounds a training step of ten models on this core, and how near the step comes to it.

    python benchmarks/limits.py [--models mlp,qa] [--rounds 6]

All kernels that a step calls are seen with their shapes: their floating point operations, and the
bytes that they read and write. What the core can do is measured in the same run: the fastest matrix
product or convolution, copies of several sizes, and the smallest call. The least time of a kernel
is that of its operations, of its bytes, or of a call, whichever is longest; the bound of a step is
their sum. A step can only become shorter than that by other kernels: fewer of them, fused ones, or
an algorithm with fewer operations. One thread, CPU time; the least of the rounds.
"""

from __future__ import annotations

import argparse
import math
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from torch.nn import functional as F  # noqa: N812
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from torch.utils.flop_counter import flop_registry

sys.path.insert(0, str(Path(__file__).resolve().parent / "workloads"))

from definitions import WORKLOADS
from machine import processor
from trainers import microseconds, trainer_of

from modelspec.runner.process.malloc import keep_freed_memory

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

COPIES = (2**14, 2**17, 2**20, 2**23, 2**25, 2**27)
"""Bytes read and written by the copies that are measured."""
GATHERS = ("aten::embedding", "aten::index_select", "aten::index", "aten::gather")
"""What reads as much of its first operand as it writes."""
IN_PLACE = {
    torch.ops.aten.addmm_: torch.ops.aten.addmm,
    torch.ops.aten.baddbmm_: torch.ops.aten.baddbmm,
}


class Kernel(NamedTuple):
    """One call: its floating point operations, the bytes it reads and writes."""

    name: str
    operations: float
    traffic: float


class Core(NamedTuple):
    """What the core can do: operations a second, bytes a second by their number, seconds a call."""

    operations: float
    copies: dict[int, float]
    call: float

    def least(self, kernel: Kernel) -> tuple[float, str]:
        """The least seconds of a kernel, and what they are spent on."""
        size = next((each for each in self.copies if each >= kernel.traffic), max(self.copies))
        return max(
            (kernel.operations / self.operations, "arithmetic"),
            (kernel.traffic / self.copies[size], "memory"),
            (self.call, "calls"),
        )


class Kernels(TorchDispatchMode):
    """Lists what is called inside the block, but for views and what only allocates."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Kernel] = []

    def __torch_dispatch__(
        self,
        func: Any,
        types: Any,
        args: tuple[Any, ...] = (),
        kwargs: dict[str, Any] | None = None,
    ) -> Any:
        kwargs = kwargs or {}
        out = func(*args, **kwargs)
        schema = func._schema
        results = [each.alias_info for each in schema.returns]
        is_view = any(alias is not None and not alias.is_write for alias in results)
        if not (is_view or "empty" in schema.name or schema.name == "aten::detach"):
            traffic = _traffic(schema, args, kwargs, out)
            self.found.append(Kernel(schema.name, _operations(func, args, kwargs, out), traffic))
        return out


def _bytes(tree: Any) -> int:
    return sum(x.numel() * x.element_size() for x in tree_leaves(tree) if torch.is_tensor(x))


def _traffic(schema: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> int:
    """The bytes of all operands and results; those of an operand that is written twice."""
    if schema.name in GATHERS:
        return _bytes(args[1:]) + 2 * _bytes(out)
    given = dict(zip((each.name for each in schema.arguments), args, strict=False)) | kwargs
    changed = [
        given.get(each.name)
        for each in schema.arguments
        if each.alias_info is not None and each.alias_info.is_write
    ]
    return _bytes(list(given.values())) + (_bytes(changed) or _bytes(out))


def _operations(func: Any, args: tuple[Any, ...], kwargs: dict[str, Any], out: Any) -> float:
    packet = IN_PLACE.get(func.overloadpacket, func.overloadpacket)
    if packet in flop_registry:
        return float(flop_registry[packet](*args, **kwargs, out_val=out))
    if func._schema.name.startswith("aten::mkldnn_rnn_layer"):
        x, weight, state_weight = args[:3]
        steps = x.shape[0] * x.shape[1]
        passes = 2 if "backward" in func._schema.name else 1
        return float(passes * 2 * steps * (weight.numel() + state_weight.numel()))
    if func._schema.name == "mkldnn::_convolution_pointwise":
        return 2.0 * out.numel() * math.prod(args[1].shape[1:])
    return 0.0


def least_seconds(call: Callable[[], object], repeats: int, rounds: int = 8) -> float:
    """CPU seconds of a call, of the fastest round of so many repeats."""
    least = float("inf")
    for _ in range(rounds):
        begun = time.process_time()
        for _ in range(repeats):
            call()
        least = min(least, (time.process_time() - begun) / repeats)
    return least


@torch.no_grad()
def measured_core() -> Core:
    """What this core does at its best."""
    fastest = 0.0
    for size in (256, 512, 1024):
        a, b = torch.randn(size, size), torch.randn(size, size)
        seconds = least_seconds(lambda a=a, b=b: a @ b, 2**30 // size**3)  # type: ignore[misc]
        fastest = max(fastest, 2 * size**3 / seconds)
    image = torch.randn(4, 128, 32, 32).contiguous(memory_format=torch.channels_last)
    kernel = torch.randn(128, 128, 3, 3).contiguous(memory_format=torch.channels_last)
    seconds = least_seconds(lambda: F.conv2d(image, kernel, padding=1), 2)
    fastest = max(fastest, 2 * image.numel() * 128 * 9 / seconds)
    copies = {}
    for traffic in COPIES:
        source = torch.zeros(traffic // 8)
        target = torch.empty_like(source)
        repeats = max(1, 2**25 // traffic)
        copies[traffic] = traffic / least_seconds(lambda s=source, t=target: t.copy_(s), repeats)  # type: ignore[misc]
    one = torch.zeros(1)
    return Core(fastest, copies, least_seconds(lambda: one.add_(one), 10_000))


def kernels_of(model: str, rounds: int) -> tuple[list[Kernel], float]:
    """What an epoch calls, and the CPU seconds of a step; the epoch's calls are those of a step."""
    trainer = trainer_of(model)
    step = min(microseconds(trainer) for _ in range(rounds)) / 1e6
    with Kernels() as seen:
        trainer._train_epoch(lambda: False)
    return _a_step(seen.found, trainer.batches), step


def _a_step(found: Iterable[Kernel], steps: int) -> list[Kernel]:
    """What every step calls at least, as often as it does."""
    return [each for each, count in Counter(found).items() for _ in range(round(count / steps))]


def row(model: str, core: Core, rounds: int) -> str:
    """A row of the table."""
    found, step = kernels_of(model, rounds)
    spent: Counter[str] = Counter()
    for kernel in found:
        seconds, kind = core.least(kernel)
        spent[kind] += seconds
    bound = sum(spent.values())
    operations, traffic = sum(k.operations for k in found), sum(k.traffic for k in found)
    most = spent.most_common(1)[0][0]
    shares = " | ".join(f"{1e3 * spent[each]:.2f}" for each in ("arithmetic", "memory", "calls"))
    return (
        f"| {model} | {operations / 1e9:,.3g} | {traffic / 1e6:,.3g} | {len(found)} | {shares} | "
        f"{1e3 * bound:,.2f} | {1e3 * step:,.2f} | {bound / step:.2f} | {most} |"
    )


def main() -> None:
    """Print the table, Markdown."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--models", default=",".join(WORKLOADS))
    parser.add_argument("--rounds", type=int, default=6)
    options = parser.parse_args()
    for name in (models := options.models.split(",")):
        if name not in WORKLOADS:
            parser.error(f"no model `{name}`: {', '.join(WORKLOADS)}")
    torch.set_num_threads(1)
    keep_freed_memory()
    core = measured_core()
    rates = ", ".join(f"{size // 1024} KB {rate / 1e9:.0f}" for size, rate in core.copies.items())
    print(f"{processor()}: {core.operations / 1e9:.0f} GFLOP/s; GB/s by bytes read and written:")
    print(f"{rates}; {1e6 * core.call:.1f} us a call.\n")
    print(
        "| | GFLOP | MB | kernels | arithmetic, ms | memory, ms | calls, ms | bound, ms |"
        " step, ms | of the bound | most is |"
    )
    print("|---" * 11 + "|")
    for model in models:
        print(row(model, core, options.rounds), flush=True)


if __name__ == "__main__":
    main()
