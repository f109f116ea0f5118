"""What a layer does with masks is what it says of itself."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn

from modelspec.layers import Layer
from modelspec.torch.layers import Call, find
from tests.layers.calling import BATCH, chief, draw


def check_masks(
    layer: Layer, shapes: Sequence[tuple[int, ...]], dtype: str, module: nn.Module | None
) -> None:
    """A mask of all steps changes nothing; what stands at masked steps does not matter.

    Where the output has a mask, it is one: of truth values, with the first axes of the output.
    """
    use = layer.mask_use()
    ranks = {len(shape) for shape in shapes}
    if use == "drops" or min(ranks) < 2 or (use == "joins" and max(ranks) > 2):
        return  # a mask that leaves out some of the axes cannot be joined
    if module is not None:
        module.eval()
    operands = draw(shapes, dtype)
    if use == "starts":
        check_mask(call_of(layer, shapes, module, []), operands)
        return
    every = [torch.ones(BATCH, shape[0], dtype=torch.bool) for shape in shapes]
    some = [mask & (torch.arange(mask.shape[1]) % 3 != 1) for mask in every]
    for masks in (every, some) if use != "uses" else ():
        check_mask(call_of(layer, shapes, module, masks), operands)
    if "uses" in use:
        plain = compute(call_of(layer, shapes, module, []), operands)
        torch.testing.assert_close(compute(call_of(layer, shapes, module, every), operands), plain)
        check_hidden(call_of(layer, shapes, module, some), operands)


def check_mask(call: Call[Any], operands: list[Tensor]) -> None:
    """The output's mask has its first axes."""
    mask = find(call.layer).output_mask(call, *operands)
    output = compute(Call(call.layer, call.shapes, call.module, call.get_module), operands)
    assert mask.dtype == torch.bool
    assert mask.shape == output.shape[: mask.dim()]


def check_hidden(call: Call[Any], operands: list[Tensor]) -> None:
    """Other numbers at masked steps give the same where the output counts."""
    other = [
        torch.where(mask.reshape(*mask.shape, *(1,) * (x.dim() - 2)), x, x.flip(0))
        for mask, x in zip(call.masks[""], operands, strict=True)
    ]
    found, expected = compute(call, other), compute(call, operands)
    assert bool(torch.isfinite(expected).all())
    if call.layer.mask_use() != "uses":
        mask = find(call.layer).output_mask(call, *operands)
        found, expected = found[mask], expected[mask]
    torch.testing.assert_close(found, expected)


def compute(call: Call[Any], operands: list[Tensor]) -> Tensor:
    """The output."""
    output: Tensor = chief(find(call.layer).outputs(call, {"": operands}))
    return output


def call_of(
    layer: Layer,
    shapes: Sequence[tuple[int, ...]],
    module: nn.Module | None,
    masks: list[Tensor],
) -> Call[Any]:
    """A call whose operands have masks, or have none."""
    given = {"": masks} if masks else {}
    return Call(layer, tuple(shapes), module, lambda: module, given)
