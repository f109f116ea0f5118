"""Tensors of which each process has a part, written by all of them and read by any number.

Source: https://docs.pytorch.org/docs/stable/distributed.checkpoint.html
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from torch import Tensor


def save_shards(folder: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write each process's parts into a new folder. Called by all processes."""
    from torch.distributed.checkpoint.state_dict_saver import save

    save(dict(tensors), checkpoint_id=folder)


def load_shards(folder: Path, tensors: Mapping[str, Tensor], *, alone: bool) -> None:
    """Fill tensors, or what this process holds of them, with what was written.

    Args:
        folder: What `save_shards` made, by as many processes as there were.
        tensors: By the same names; they keep their places.
        alone: Whether this is the only process.
    """
    from torch.distributed.checkpoint.state_dict_loader import load

    with warnings.catch_warnings():
        if alone:  # it is, and torch says so
            warnings.filterwarnings("ignore", "torch.distributed is disabled", UserWarning)
        load(dict(tensors), checkpoint_id=folder, no_dist=alone)
