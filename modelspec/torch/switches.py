"""Switches of what makes models faster, to compare with and without: all are on by default."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Switch:
    """One optimization. It is true while it is on.

    Whoever puts a module or a training together asks it once; no step does.

    Args:
        effect: What it does, in a sentence.
    """

    def __init__(self, effect: str) -> None:
        self.effect = effect
        self._on = True

    def __bool__(self) -> bool:
        return self._on

    @contextmanager
    def off(self) -> Iterator[None]:
        """Off for what is put together in the block."""
        before, self._on = self._on, False
        try:
            yield
        finally:
            self._on = before


DROPOUT = Switch("`Dropout` draws 16 random bits an element on a CPU, and keeps a byte for each")
CONVOLUTION = Switch("the gradients of `Conv1D` and `Conv2D` on a CPU are taken in the fastest way")
WINOGRAD = Switch("3 x 3 windows over many channels take half the products, with `CONVOLUTION`")
DIRECT_FORWARD = Switch("layers are called without `nn.Module.__call__`")
FLAT_OPTIMIZER = Switch("the small tensors of an optimizer lie in one buffer")
INDEX_TARGETS = Switch("one-hot targets become class indices, once")
EMBEDDING = Switch("the gradient of a narrow `Embedding` on a CPU is added row after row")
FEW_CLASSES = Switch(
    "softmax and cross-entropy of few classes on a CPU take several numbers at once"
)
POOL_FIRST = Switch("max pooling comes before the `relu` in front of it, with `DIRECT_FORWARD`")
CAPTURE = Switch(
    "the steps of small models on a CPU are repeated as the kernel calls of one of them"
)
