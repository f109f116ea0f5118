"""Rewrites of a built module. Each takes one and gives another that shares its weights."""

from modelspec.torch.passes.logits import leave_logits
from modelspec.torch.passes.masks import without_masks
from modelspec.torch.passes.pool_first import pool_first
from modelspec.torch.passes.values import values_at

__all__ = ["leave_logits", "pool_first", "values_at", "without_masks"]
