"""The finding for a layer type that there is not, with the one that may have been meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modelspec.diagnostics import Diagnostic, Fix, name_list
from modelspec.language.called_in_text import as_mapping
from modelspec.language.foreign.layer_types import ACTIVATIONS, FOREIGN_TYPES, NO_LAYERS
from modelspec.language.names import renaming
from modelspec.layers import registry

if TYPE_CHECKING:
    from collections.abc import Collection

    from modelspec.language.context import ReadContext
    from modelspec.source import Place


def unknown_layer(
    kind: str, where: Place, blocks: Collection[str], context: ReadContext
) -> Diagnostic:
    """The finding for the name of a layer type that there is not.

    Args:
        kind: The name.
        where: Where it stands.
        blocks: The names of the blocks that could be meant.
        context: Of the spec that is being read.
    """
    names = registry.names()
    called, bracket, _ = kind.partition("(")
    if bracket:
        return _called_type(kind, called.rpartition(".")[2], where, context)
    foreign = FOREIGN_TYPES.get(kind)
    known = foreign in blocks or foreign in names
    near = foreign if known else context.suggestions.nearest(kind, blocks, names)
    if foreign and near == foreign:
        help = f"in modelspec, it is `{foreign}`"
        help += f" with `activation: {ACTIVATIONS[kind]}`" if kind in ACTIVATIONS else ""
    elif kind in NO_LAYERS:
        help, near = NO_LAYERS[kind], None
    elif near:
        help = f"did you mean `{near}`?"
    else:
        listed = f"; the blocks are {name_list(blocks)}" if blocks else ""
        help = f"`modelspec explain` lists the layer types{listed}"
    return where.finding(
        "MS205",
        f"there is no layer type `{kind}`",
        help=help,
        fix=renaming(where, near) if kind not in ACTIVATIONS else None,
    )


def _called_type(kind: str, called: str, where: Place, context: ReadContext) -> Diagnostic:
    """The finding for a layer written as Python writes one."""
    foreign = FOREIGN_TYPES.get(called)
    near = called if registry.find(called) else foreign
    near = near or context.suggestions.nearest(called, registry.names())
    help = "write `{type: ..., ...}`, with its arguments as keys"
    mapping = ""
    declared = context.layer_type(near) if near else None
    if near and declared:
        mapping = "" if foreign else as_mapping(kind, near, declared)
        help = f"write `{mapping or f'{{type: {near}, ...}}'}`, with its arguments as keys"
    fix = Fix(where.span, mapping, "write it as a mapping") if mapping else None
    message = f"there is no layer type `{kind}`"
    return where.finding("MS205", message, help=help, fix=fix)
