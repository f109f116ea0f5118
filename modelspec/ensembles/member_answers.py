"""What each member of an ensemble says of some rows, in the form in which it is averaged."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from modelspec.ensembles.refused import refused
from modelspec.ensembles.weighting.answers import Answers
from modelspec.language.data import weight_key
from modelspec.runner.inference.batch_size import BATCH
from modelspec.runner.input.batches import batch_source
from modelspec.torch import build, devices
from modelspec.torch.build import mask_key
from modelspec.torch.passes.values import values_at

if TYPE_CHECKING:
    from torch import Tensor

    from modelspec.data import Arrays
    from modelspec.ensembles.combine import Combined
    from modelspec.ensembles.outputs import JoinedOutput
    from modelspec.runner.input.batches import Batch


class MemberAnswers:
    """The members of an ensemble in memory, asked together.

    Args:
        combined: The members as one model.
        device: Where to compute.

    Raises:
        DeviceError: There is no such device.
        DamagedFileError: A file of weights is not what was written.
    """

    def __init__(self, combined: Combined, device: str = "auto") -> None:
        self._combined, self._device = combined, devices.find(device)
        module = build(combined.graph, seed=0, masks=True)
        module.load_state_dict(combined.tensors())
        self._module = module.to(self._device).eval()

    def __call__(self, arrays: Arrays) -> dict[str, Answers]:
        """What they say of some rows, by output: each member once, batch by batch.

        Args:
            arrays: Rows with targets, encoded by the preprocessing of the ensemble.

        Raises:
            SpecError: A member says what is no number (MS807).
        """
        outputs = self._combined.outputs
        parts: dict[str, list[_Part]] = defaultdict(list)
        with torch.inference_mode():
            for batch in batch_source(arrays, self._device).batches(BATCH):
                for name in outputs:
                    parts[name].append(self._part(name, batch))
        found = {name: _joined(outputs[name], each) for name, each in parts.items()}
        for name, answers in found.items():
            self._check(name, answers)
        return found

    def _part(self, name: str, batch: Batch) -> _Part:
        nodes = self._combined.inner[name]
        values = values_at(self._module, batch.inputs, nodes)
        said = torch.stack([values[node].double() for node in nodes])
        target = batch.targets[name]
        weight = batch.targets.get(weight_key(name))
        mask = self._mask(name, batch) if said.ndim > 3 else None
        loss = self._combined.outputs[name].loss
        return _by_step(said, target, weight, mask, getattr(loss, "ignore_class", None))

    def _mask(self, name: str, batch: Batch) -> Tensor | None:
        """Which steps of an output count; None for all."""
        mask: Tensor | None = self._module(batch.inputs).get(mask_key(name))
        return mask

    def _check(self, name: str, answers: Answers) -> None:
        for place, member in enumerate(self._combined.members):
            if not np.isfinite(answers.said[place]).all():
                message = f"output `{name}` of it is no number on some rows"
                raise refused(member, message, "leave it out")


class _Part:
    """What the members say of a batch, each step a row."""

    def __init__(self, said: Tensor, target: Tensor, weight: Tensor | None) -> None:
        self.said = said.numpy(force=True)
        self.target = target.numpy(force=True)
        self.weight = None if weight is None else weight.numpy(force=True)


def _by_step(
    said: Tensor, target: Tensor, weight: Tensor | None, mask: Tensor | None, ignored: int | None
) -> _Part:
    """Each step as a row; those that the mask, or the class, leaves out are gone.

    Args:
        said: `[members, rows, ..., columns]`.
        target: `[rows, ...]`, of classes without the last axis, or `[rows, ..., columns]`.
        weight: `[rows]`.
        mask: `[rows, steps]`.
        ignored: A class that does not count.
    """
    rows = said.shape[1]
    steps = int(np.prod(said.shape[2:-1])) if said.ndim > 3 else 1
    columns = said.shape[-1] if said.ndim > 2 else 1
    indices = not target.is_floating_point() and target.numel() == rows * steps
    flat = said.reshape(len(said), rows * steps, columns)
    target = target.reshape(rows * steps) if indices else target.reshape(rows * steps, columns)
    weight = None if weight is None else weight.double().repeat_interleave(steps)
    kept = torch.ones(rows * steps, dtype=torch.bool, device=said.device)
    if mask is not None:
        inner = steps // int(np.prod(mask.shape[1:]))
        kept &= (mask != 0).reshape(-1).repeat_interleave(inner)
    if ignored is not None and indices:
        kept &= target != ignored
    return _Part(flat[:, kept], target[kept], None if weight is None else weight[kept])


def _joined(output: JoinedOutput, parts: list[_Part]) -> Answers:
    said = np.concatenate([part.said for part in parts], axis=1)
    target: Any = np.concatenate([part.target for part in parts])
    weights = [part.weight for part in parts if part.weight is not None]
    if output.kind == "classes":
        said = said / said.sum(axis=-1, keepdims=True)  # they are float32, and summed in float64
    if target.ndim > 1 or output.kind != "classes":
        target = target.astype(np.float64).reshape(said.shape[1:])
    return Answers(output.kind, said, target, np.concatenate(weights) if weights else None)
