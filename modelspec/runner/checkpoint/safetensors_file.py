"""Tensors in safetensors files, which know their own checksums."""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from modelspec.source.special_files import check_regular

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DIGEST = "modelspec.digest"


class DamagedFileError(Exception):
    """A file that is not what was written: cut off, or changed. The message says which and why."""


def write_tensors(path: Path, tensors: Mapping[str, Tensor]) -> str:
    """Write tensors, and return their checksum, which the file holds too.

    Raises:
        OSError: The disk is full, or refuses otherwise.
    """
    plain = _plain(tensors)
    digest = checksum(plain)
    _save(path, plain, {DIGEST: digest})  # of several entries the order would be random
    return digest


def write_unsummed_tensors(path: Path, tensors: Mapping[str, Tensor]) -> None:
    """Write tensors to a file whose checksum is kept elsewhere.

    Raises:
        OSError: The disk is full, or refuses otherwise.
    """
    _save(path, _plain(tensors), None)


def _plain(tensors: Mapping[str, Tensor]) -> dict[str, Tensor]:
    return {name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()}


def _save(path: Path, tensors: dict[str, Tensor], metadata: dict[str, str] | None) -> None:
    path.touch()
    mode = path.stat().st_mode  # as the user wants files to be; safetensors makes it its own
    try:
        save_file(tensors, path, metadata)
    except SafetensorError as error:
        raise _of_the_system(error, path) from error
    path.chmod(mode)


def _of_the_system(error: SafetensorError, path: Path) -> Exception:
    """What the system said, where it was the system that refused to write."""
    number = re.search(r"os error (\d+)", str(error))
    return OSError(int(number[1]), os.strerror(int(number[1])), str(path)) if number else error


def read_tensors(path: Path) -> tuple[dict[str, Tensor], str]:
    """The tensors of a file and their checksum.

    Files that others wrote have no checksum to compare with, and are taken as they are.

    Raises:
        DamagedFileError: It is missing, unreadable, or not what was written.
    """
    try:
        check_regular(path)
        with safe_open(path, "pt") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            written = (file.metadata() or {}).get(DIGEST)
    except (SafetensorError, OSError, ValueError, TypeError, RuntimeError) as error:
        raise DamagedFileError(f"{path}: {error}") from error
    digest = checksum(tensors)
    if written is not None and written != digest:
        raise DamagedFileError(f"{path}: its checksum does not match what it holds")
    return tensors, digest


def checksum(tensors: Mapping[str, Tensor]) -> str:
    """SHA-256 over names, dtypes, shapes and values, in the order of the names."""
    whole = hashlib.sha256()
    for name in sorted(tensors):
        tensor = tensors[name]
        whole.update(f"{name} {tensor.dtype} {list(tensor.shape)}\n".encode())
        whole.update(tensor.reshape(-1).view(torch.uint8).numpy().data)
    return whole.hexdigest()
