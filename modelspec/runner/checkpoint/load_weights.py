"""Weights from a file into a module, or a full account of why they do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from modelspec.diagnostics import Diagnostic, Span, SpecError, did_you_mean, name_list
from modelspec.graph.node_patterns import of_part
from modelspec.keras.archive import is_keras_file
from modelspec.runner.checkpoint.safetensors_file import DamagedFileError, read_tensors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from torch import Tensor, nn

    from modelspec.graph.graph import Graph


def load_weights(module: nn.Module, path: Path, graph: Graph) -> None:
    """Give a module the weights of a file of safetensors or of Keras.

    Args:
        module: Takes them.
        path: The file.
        graph: What the module was built of; the layers of a Keras file have the names of nodes.

    Raises:
        SpecError: The file is unreadable or damaged (MS807, MS901), or its names or shapes are
            others than the module's (MS806, which names them all).
    """
    tensors, other_shapes, left = _read(path, graph)
    wanted = module.state_dict()
    misfits = [(message, "") for message in other_shapes]
    if not other_shapes:
        misfits += _misfits(wanted, tensors, left)
    findings = [Diagnostic("MS806", message, Span(str(path)), help) for message, help in misfits]
    if findings:
        raise SpecError(findings)
    module.load_state_dict(tensors)


class Matching(NamedTuple):
    """What of a file fits a module.

    Attributes:
        taken: The weights of the same names and shapes.
        other_shapes: The names of those whose shapes differ.
        new: The names that only the module has.
        left: The names that only the file has.
    """

    taken: dict[str, Tensor]
    other_shapes: list[str]
    new: list[str]
    left: list[str]


def matching_weights(
    module: nn.Module, path: Path, graph: Graph, *, within: Sequence[str] = ()
) -> Matching:
    """The weights of a file that fit a module, by name and shape.

    Args:
        module: Has the names and shapes.
        path: A file of safetensors or of Keras.
        graph: What the module was built of; of a single layer, what the layer lies in.
        within: What the module may be called in the file: where none of its names is there, those
            that begin with the first of these that any does are taken.

    Raises:
        SpecError: The file is unreadable or damaged (MS807, MS901), or nothing in it fits (MS806).
    """
    (tensors, other_shapes, left), wanted = _read(path, graph), module.state_dict()
    if tensors.keys().isdisjoint(wanted):
        tensors = of_part(tensors, within)
    both = [name for name in wanted if name in tensors]
    same = [name for name in both if tensors[name].shape == wanted[name].shape]
    found = Matching(
        {name: tensors[name] for name in same},
        [name for name in both if name not in same] + other_shapes,
        [name for name in wanted if name not in tensors],
        [name for name in tensors if name not in wanted] + left,
    )
    if not same:
        message = f"nothing in it fits the model, which has {name_list(list(wanted), limit=6)}"
        has = [*tensors, *left] or other_shapes
        help = f"it has {name_list(has, limit=6)}: names are `NODE.WEIGHT`"
        if part := _part_that_fits(wanted, tensors):
            help = f"it fits `{part}`: `train: {{weights: {{{part}: FILE}}}}`"
        raise SpecError([Diagnostic("MS806", message, Span(str(path)), help)])
    return found


def _part_that_fits(wanted: Mapping[str, Tensor], tensors: Mapping[str, Tensor]) -> str:
    """The block, `encoder/base`, whose weights a file has; nothing if there is none."""
    for name in wanted:
        *parts, _, _ = name.split(".")
        for end in range(1, len(parts) + 1):
            if name.removeprefix(".".join(parts[:end]) + ".") in tensors:
                return "/".join(parts[:end])
    return ""


def _read(path: Path, graph: Graph) -> tuple[dict[str, Tensor], list[str], list[str]]:
    """What `KerasTensors` holds, of a file of either kind."""
    try:
        if is_keras_file(str(path)):
            from modelspec.runner.checkpoint.keras_weights import read_keras_tensors

            return read_keras_tensors(graph, path)
        return read_tensors(path)[0], [], []
    except OSError as error:
        raise SpecError([Diagnostic("MS807", str(error), Span(str(path)))]) from error
    except DamagedFileError as damage:
        help = "take other weights with `--weights last`" if path.stem == "best" else ""
        raise SpecError([Diagnostic("MS807", str(damage), Span(str(path)), help)]) from damage


def _misfits(
    wanted: Mapping[str, Tensor], found: Mapping[str, Tensor], left: Sequence[str]
) -> Iterator[tuple[str, str]]:
    """What does not fit, as messages with a way out."""
    missing = [name for name in wanted if name not in found]
    unexpected = [*(name for name in found if name not in wanted), *left]
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
