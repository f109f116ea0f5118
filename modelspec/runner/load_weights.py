"""Weights from a file into a module, or a full account of why they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Span, SpecError, did_you_mean, name_list
from modelspec.runner.tensor_file import DamagedFileError, read_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from torch import Tensor, nn


def load_weights(module: nn.Module, path: Path) -> None:
    """Give a module the weights of a safetensors file.

    Raises:
        SpecError: The file is unreadable or damaged (MS807), or its names or shapes are others
            than the module's (MS806, which names them all).
    """
    try:
        tensors, _ = read_tensors(path)
    except DamagedFileError as damage:
        help = "take other weights with `--weights last`" if path.stem == "best" else ""
        raise SpecError([Diagnostic("MS807", str(damage), Span(str(path)), help)]) from damage
    wanted = module.state_dict()
    findings = [
        Diagnostic("MS806", message, Span(str(path)), help)
        for message, help in _misfits(wanted, tensors)
    ]
    if findings:
        raise SpecError(findings)
    module.load_state_dict(tensors)


def _misfits(
    wanted: Mapping[str, Tensor], found: Mapping[str, Tensor]
) -> Iterator[tuple[str, str]]:
    """What does not fit, as messages with a way out."""
    missing = [name for name in wanted if name not in found]
    unexpected = [name for name in found if name not in wanted]
    if missing:
        near = did_you_mean(missing[0], unexpected)
        help = f"`{near}` may be what is called `{missing[0]}` here" if near else ""
        yield f"the file lacks {name_list(missing)}", help
    if unexpected:
        yield f"the model has no {name_list(unexpected, last='or')}", ""
    for name in wanted.keys() & found.keys():
        if wanted[name].shape != found[name].shape:
            yield (
                f"`{name}` is `{list(found[name].shape)}` in the file and "
                f"`{list(wanted[name].shape)}` in the model",
                "",
            )
