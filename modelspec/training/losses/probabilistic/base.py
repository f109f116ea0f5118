"""What losses of probabilities have in common."""

from modelspec.training.losses.base import Loss


class _OfLogits(Loss):
    from_logits: bool = False
    """Whether the output has no activation, and its values are logits. Leave it out where it has
    one: training computes on its logits all the same, and `predict` gives probabilities."""

    @property
    def of_logits(self) -> bool:
        """Whether the output is to be the logits of its probabilities."""
        return self.from_logits
