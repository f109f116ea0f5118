"""What Python holds of a training: attributes, and random numbers of other libraries."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

import numpy as np
from torch import Tensor

from modelspec.torch.capture.owned_tensors import PLAIN, owned_dicts

if TYPE_CHECKING:
    from collections.abc import Iterable


class PythonState:
    """The numbers, texts and tensors that objects have as attributes or in dicts.

    Args:
        owners: The objects, with all that they hold.
    """

    def __init__(self, owners: Iterable[Any]) -> None:
        self._random = random.getstate()
        self._numpy = np.random.get_state(legacy=False)
        self._dicts = [(each, _kept(each)) for each in owned_dicts(owners)]

    def undo(self) -> str | None:
        """Give all that has changed its value back.

        Returns:
            What had changed; None where nothing has.
        """
        changed = None
        for held, before in self._dicts:
            found = _kept(held)
            for key in found.keys() | before.keys():
                if key not in found and key in held:
                    continue  # an object made when first needed
                if key in found and key in before and _same(found[key], before[key]):
                    continue
                changed = f"changes `{key}`"
                if key in before:
                    held[key] = before[key]
                else:
                    del held[key]
        if random.getstate() != self._random or _drew(self._numpy):
            random.setstate(self._random)
            np.random.set_state(self._numpy)
            changed = "draws random numbers that are not torch's"
        return changed


def _kept(held: dict[Any, Any]) -> dict[Any, Any]:
    return {key: each for key, each in held.items() if isinstance(each, (*PLAIN, Tensor))}


def _same(one: Any, other: Any) -> bool:
    if one is other:
        return True
    plain = isinstance(one, PLAIN) and isinstance(other, PLAIN)
    return plain and type(one) is type(other) and bool(one == other)


def _drew(before: Any) -> bool:
    found: Any = np.random.get_state(legacy=False)
    return found["state"]["pos"] != before["state"]["pos"] or not np.array_equal(
        found["state"]["key"], before["state"]["key"]
    )
