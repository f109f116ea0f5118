"""What two specs differ in: causes, and what follows from them."""

from modelspec.comparison.changes import NOTHING, Change, Comparison, Consequence
from modelspec.comparison.compare import compare

__all__ = ["NOTHING", "Change", "Comparison", "Consequence", "compare"]
