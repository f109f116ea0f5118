"""The loss of a sequence that is somewhere in more steps."""

from typing import ClassVar, Literal

from modelspec.training.losses.base import Loss, Targets


class CTC(Loss):
    """Connectionist temporal classification: a sequence of classes, somewhere in more steps.

    The output is `[steps, classes]` without an activation, class 0 being "none". Its target is
    the sequence, class indices from 1 up, filled up with 0.
    """

    keras: ClassVar[str] = "probabilistic_losses/#ctc-class"
    targets: ClassVar[Targets] = "sequences"
    activation: ClassVar[Literal["", "softmax", "sigmoid"]] = "softmax"

    @property
    def of_logits(self) -> bool:
        """Whether the output is to be the logits of its probabilities."""
        return True
