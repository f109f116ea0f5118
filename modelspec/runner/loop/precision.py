"""Mixed precision: autocast and gradient scaling."""

from __future__ import annotations

from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd.graph import _engine_run_backward

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from torch import Tensor

    from modelspec.language.train import Precision as Name
    from modelspec.torch.optimizers import Optimizer

_DTYPES = {"bfloat16": torch.bfloat16, "float16": torch.float16}


class Precision:
    """Runs layers in a dtype by torch's autocast; weights and losses stay `float32`.

    The gradients of `float16` would often be zero: the loss is scaled up before them, by a factor
    that halves whenever they overflow, which skips the step, and grows again with time.

    Source: https://docs.pytorch.org/docs/stable/amp.html
    """

    def __init__(self, name: Name, device: torch.device) -> None:
        self._device = device.type
        self._dtype = _DTYPES.get(name)
        self._one = torch.ones((), device=device)
        self._scaler: Any = None
        if self._dtype == torch.float16:
            from torch.amp.grad_scaler import GradScaler

            self._scaler = GradScaler(self._device)

    @property
    def tolerance(self) -> float:
        """How far gradients may be from each other by rounding, relative to their size."""
        return 0.01 if self._dtype is None else 0.2

    def context(self) -> AbstractContextManager[object]:
        """What layers run in; one batch each, for it keeps copies of the weights."""
        if self._dtype is None:
            return nullcontext()
        return torch.autocast(self._device, self._dtype)

    @property
    def scales(self) -> bool:
        """Whether the loss is scaled, by a factor that changes with time."""
        return self._scaler is not None

    def differentiate(self, loss: Tensor, optimizer: Optimizer) -> None:
        """Take a batch's gradients in the place of those before."""
        optimizer.zero_grad()
        if self._scaler is None:
            self.backward(loss)
        else:
            torch.autograd.backward(self._scaler.scale(loss))

    def update(self, optimizer: Optimizer) -> None:
        """Update the weights by the gradients."""
        if self._scaler is None:
            optimizer.step()
        else:
            self._scaler.step(optimizer)
            self._scaler.update()

    def backward(self, loss: Tensor) -> None:
        """`torch.autograd.backward` of one number, without what that asks of its arguments.

        That takes 50 us a call, a quarter of the whole step of a small model.
        """
        if loss.dtype != torch.float32 or loss.ndim:
            torch.autograd.backward(loss)
            return
        _engine_run_backward(
            (loss,), (self._one,), False, False, (), allow_unreachable=True, accumulate_grad=True
        )

    def state(self) -> dict[str, Any]:
        """What must outlive a resume."""
        return self._scaler.state_dict() if self._scaler else {}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take back what `state` returned."""
        if self._scaler:
            self._scaler.load_state_dict(state)
