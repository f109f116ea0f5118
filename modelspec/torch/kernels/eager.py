"""Where kernels of our own may run: whether a call runs now, on a CPU, and on which."""

from __future__ import annotations

from functools import cache

import torch
from torch import Tensor, nn
from torch.autograd import forward_ad

_PLAIN = (Tensor, nn.Parameter)


def runs_eagerly(*operands: Tensor) -> bool:
    """Whether nobody records, compiles, exports or transforms the call, nor changes its types."""
    return (
        not torch.compiler.is_compiling()
        and all(type(x) in _PLAIN and x.device.type == "cpu" for x in operands)
        and not torch.is_autocast_enabled("cpu")
        and not torch._C._are_functorch_transforms_active()
        and forward_ad._current_level < 0
    )


@cache
def capability() -> str:
    """The widest vectors that torch's kernels use here: `AVX512`, `AVX2`, `DEFAULT`, ..."""
    return torch.backends.cpu.get_cpu_capability()
