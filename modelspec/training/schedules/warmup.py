"""The way up to a learning rate."""

from typing import ClassVar

from modelspec.training.schedules.base import Schedule, Steps


class Warmup(Schedule):
    """A straight way up to the first rate of a schedule, which follows: `train.warmup_steps`.

    Step `s`, the first of which is 0, has `(s + 1) / steps` of it. What it is good for: Goyal et
    al., "Accurate, Large Minibatch SGD", 2017, section 2.2.
    """

    type_name: ClassVar[str] = ""  # no spec names it: `warmup_steps` does

    steps: Steps
    """The steps of the way up."""
    then: Schedule
    """What follows, beginning with its own step 0."""

    def rate(self, step: int) -> float:
        """The learning rate of a step."""
        if step < self.steps:
            return self.then.rate(0) * (step + 1) / self.steps
        return self.then.rate(step - self.steps)
