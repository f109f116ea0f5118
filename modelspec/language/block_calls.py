"""Blocks called with arguments: each set of arguments is read once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modelspec.diagnostics import Diagnostic, Related, name_list
from modelspec.language.names import is_name, renaming
from modelspec.language.params import is_broken
from modelspec.language.scope import MAX_BLOCK_DEPTH

if TYPE_CHECKING:
    from modelspec.language.context import ReadContext
    from modelspec.language.model import Model
    from modelspec.language.scope import Block
    from modelspec.source import Place


def call_block(
    block: Block, arguments: dict[str, Any], place: Place, where: Place, context: ReadContext
) -> Model | None:
    """The model that a block is for these arguments, or None where it is broken.

    Args:
        block: The block.
        arguments: Its params, substituted.
        place: The call's entry.
        where: Where the call names the block.
        context: Takes the findings.
    """
    block.used = True
    if block.body is None or not _arguments_fit(block, arguments, place, context):
        return None
    way = [other for other, _ in context.open_blocks]
    if block in way:
        context.report.add(_recursion(block, where, context))
        return None
    if len(way) >= MAX_BLOCK_DEPTH:
        if not context.too_deep:
            message = f"blocks contain each other over {MAX_BLOCK_DEPTH} levels deep"
            context.report.add(where.finding("MS104", message))
        context.too_deep = True
        return None
    key = (block, repr(sorted(arguments.items())))
    if key not in context.models:
        if not context.admit(0, where):
            return None
        context.models[key] = _read(block, arguments, where, context)
    return context.models[key]


def read_unused(block: Block, context: ReadContext) -> None:
    """Read a block that nothing calls with its defaults, for the findings in it."""
    is_open = any(block is other for other, _ in context.open_blocks)
    if block.body is not None and not is_open and None not in block.params.values():
        call_block(block, {}, block.place, block.place, context)


def _read(
    block: Block, arguments: dict[str, Any], where: Place, context: ReadContext
) -> Model | None:
    context.open_blocks.append((block, where))
    model = context.read_body(block, arguments, context)
    context.open_blocks.pop()
    return model


def _arguments_fit(
    block: Block, arguments: dict[str, Any], place: Place, context: ReadContext
) -> bool:
    unknown = [key for key in arguments if key not in block.params]
    free = [name for name in block.params if name not in arguments and is_name(name)]
    meant: set[str] = set()
    for key in unknown:
        own_keys = [name for name in ("repeat", "trainable") if name not in arguments]
        near = context.suggestions.nearest(str(key), [*free, *own_keys])
        meant |= {near} if near else set()
        known = f"its params are {name_list(block.params)}" if block.params else "it has no params"
        context.report.add(
            place.at(key).finding(
                "MS201",
                f"`{key}` is not a param of block `{block.name}`",
                help=f"did you mean `{near}`?" if near else known,
                key=True,
                fix=renaming(place.at(key), near, key=True),
            )
        )
    missing = [name for name in free if block.params[name] is None and name not in meant]
    for name in missing:
        message = f"block `{block.name}` needs `{name}`"
        help = f"add `{name}`, or give the param a default"
        context.report.add(place.finding("MS202", message, help=help, key=True))
    broken = any(map(is_broken, arguments.values()))
    return not (unknown or missing or broken)


def _recursion(block: Block, where: Place, context: ReadContext) -> Diagnostic:
    start = [other for other, _ in context.open_blocks].index(block)
    way = [*context.open_blocks[start + 1 :], (block, where)]
    names = " -> ".join(f"`{other.name}`" for other in [block, *(each for each, _ in way)])
    holders = [block, *(each for each, _ in way[:-1])]
    related = tuple(
        Related(place.span, f"`{holder.name}` contains `{inner.name}` here")
        for holder, (inner, place) in zip(holders, way, strict=True)
        if len(way) > 1
    )
    return where.finding(
        "MS307",
        f"block `{block.name}` contains itself: {names}",
        help="a block is written out where it is used, so it cannot hold itself; "
        "use `repeat` for a chain of copies",
        related=related,
    )
