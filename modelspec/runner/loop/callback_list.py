"""The callbacks of a training. A hook that no callback overrides, or wants, costs nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from modelspec.training.callback import Callback, Logs, Training

Hook: TypeAlias = Callable[[Training], None]
LogsHook: TypeAlias = Callable[[Training, Logs], None]


class CallbackList:
    """The overridden hooks of some callbacks, in order, as bound methods.

    Attributes:
        callbacks: All of them.
        batch_begin, batch_end: Called around every batch, and mostly empty.
    """

    def __init__(self, callbacks: Sequence[Callback]) -> None:
        self.callbacks = tuple(callbacks)
        self.train_begin: list[Hook] = _overridden(self.callbacks, "on_train_begin")
        self.epoch_begin: list[Hook] = _overridden(self.callbacks, "on_epoch_begin")
        self.batch_begin: list[Hook] = _of_batches(self.callbacks, "on_batch_begin")
        self.batch_end: list[Hook] = _of_batches(self.callbacks, "on_batch_end")
        self.validation_end: list[LogsHook] = _overridden(self.callbacks, "on_validation_end")
        self.epoch_end: list[LogsHook] = _overridden(self.callbacks, "on_epoch_end")
        self.train_end: list[Hook] = _overridden(self.callbacks, "on_train_end")
        self.close: list[Callable[[], None]] = _overridden(self.callbacks, "close")

    def state(self) -> list[dict[str, Any]]:
        """What every callback has to keep, with its type's name."""
        return [
            {"type": type(callback).__name__, "state": callback.state()}
            for callback in self.callbacks
        ]

    def load_state(self, states: Sequence[dict[str, Any]]) -> None:
        """Give every callback what `state` took from the one of its place and type."""
        for callback, saved in zip(self.callbacks, states, strict=False):
            if saved["type"] == type(callback).__name__:
                callback.load_state(saved["state"])


def _overridden(callbacks: Sequence[Callback], name: str) -> list[Any]:
    plain = getattr(Callback, name)
    return [
        getattr(callback, name)
        for callback in callbacks
        if getattr(type(callback), name) is not plain
    ]


def _of_batches(callbacks: Sequence[Callback], name: str) -> list[Any]:
    """Without the hooks of callbacks that have nothing to do after a batch.

    A class that overrides the hook alone is not spoken for by the `sees_batches` that it inherits.
    """
    hooks = _overridden(callbacks, name)
    return [
        hook
        for hook in hooks
        if not issubclass(_owner(hook, "sees_batches"), _owner(hook, name))
        or hook.__self__.sees_batches()
    ]


def _owner(hook: Any, name: str) -> type:
    """The class that a method is from."""
    return next(each for each in type(hook.__self__).__mro__ if name in vars(each))
